"""The compiled loops of the medians against plain recomputation."""

import numpy as np
import pytest

from geo.optimise.arrays import indicator
from geo.optimise.median.bound import ascend, decisions, relaxation, shortened
from geo.optimise.median.bound_loops import IN, OUT, open_best, price
from geo.optimise.median.lists import Lists, cost_lists, costs_to
from geo.optimise.median.search import begin, new_search, settle
from geo.optimise.median.search_loops import assign, best_exchange, drawn, worst
from geo.optimise.reach import reach_from_pairs

SIZE = 30
COUNT = 5
CHOSEN = np.array([1, 4, 9, 16, 25])


@pytest.fixture
def costs() -> np.ndarray:
    draws = np.random.default_rng(11)
    return draws.integers(1, 90, (SIZE, SIZE)).astype(float)


@pytest.fixture
def lists(costs: np.ndarray) -> Lists:
    rows, sites = np.indices(costs.shape)
    reach = reach_from_pairs(rows.ravel(), sites.ravel(), costs.ravel(), shape=(SIZE, SIZE))
    return cost_lists(reach, np.ones(SIZE), np.ones(SIZE, dtype=bool))[0]


def total(costs: np.ndarray, chosen: np.ndarray) -> float:
    return float(costs[:, chosen].min(axis=1).sum())


def test_the_cost_of_a_plan_is_that_of_the_nearest_sites(lists: Lists, costs: np.ndarray) -> None:
    assert costs_to(lists, CHOSEN).tolist() == costs[:, CHOSEN].min(axis=1).tolist()


def test_losses_are_what_closing_each_site_costs(lists: Lists, costs: np.ndarray) -> None:
    search = new_search(lists, np.zeros(SIZE, dtype=bool), count=COUNT, seed=0)
    search.current.is_open[CHOSEN] = True
    search.current.opened[:] = CHOSEN
    assert assign(lists, search.current) == total(costs, CHOSEN)
    losses = [total(costs, np.setdiff1d(CHOSEN, [site])) - total(costs, CHOSEN) for site in CHOSEN]
    assert search.current.losses[CHOSEN].tolist() == losses


def test_an_exchange_is_worth_what_the_cost_loses(lists: Lists, costs: np.ndarray) -> None:
    search = new_search(lists, np.zeros(SIZE, dtype=bool), count=COUNT, seed=0)
    search.current.is_open[CHOSEN] = True
    search.current.opened[:] = CHOSEN
    assign(lists, search.current)
    easiest = worst(search.current)
    for entering in np.setdiff1d(np.arange(SIZE), CHOSEN):
        gain, _ = best_exchange(lists, search.current, search.scratch, entering, easiest)
        after = min(
            total(costs, np.append(np.setdiff1d(CHOSEN, [site]), entering)) for site in CHOSEN
        )
        assert gain == total(costs, CHOSEN) - after


def test_no_exchange_improves_a_settled_plan(lists: Lists, costs: np.ndarray) -> None:
    search = new_search(lists, np.zeros(SIZE, dtype=bool), count=COUNT, seed=0)
    assert settle(search, CHOSEN) == total(costs, search.chosen)
    for site in search.chosen:
        others = np.setdiff1d(search.chosen, [site])
        for entering in np.setdiff1d(np.arange(SIZE), search.chosen):
            assert total(costs, np.append(others, entering)) >= total(costs, search.chosen)


def test_locked_sites_stay_open(lists: Lists) -> None:
    is_locked = np.zeros(SIZE, dtype=bool)
    is_locked[[2, 3]] = True
    search = new_search(lists, is_locked, count=COUNT, seed=0)
    begin(search)
    assert {2, 3} <= set(search.chosen.tolist())


def test_any_multipliers_bound_every_plan(lists: Lists, costs: np.ndarray) -> None:
    draws = np.random.default_rng(2)
    savings, is_open = np.zeros(SIZE), np.zeros(SIZE, dtype=bool)
    for _ in range(20):
        multipliers = draws.uniform(0, 60, SIZE)
        paid = price(lists, multipliers, savings)
        by_hand = np.minimum(0, costs - multipliers[:, None]).sum(axis=0)
        assert savings == pytest.approx(by_hand)
        saved = open_best(savings, np.zeros(SIZE, dtype=np.int64), COUNT, is_open)
        assert saved == pytest.approx(np.sort(by_hand)[:COUNT].sum())
        assert paid + saved <= total(costs, CHOSEN)


def test_decided_sites_are_opened_or_left_out(lists: Lists) -> None:
    decided = decisions(indicator(np.array([7]), SIZE) > 0, indicator(np.array([8]), SIZE) == 0)
    assert (decided[7], decided[8]) == (IN, OUT)
    relaxed = relaxation(lists, decided, np.full(SIZE, 30.0), count=COUNT)
    ascend(relaxed, 1e6, iterations=50)
    assert relaxed.ascent.is_open[7]
    assert not relaxed.ascent.is_open[8]
    assert relaxed.ascent.is_open.sum() == COUNT


def test_shortened_lists_keep_the_cost_of_the_plans_left(lists: Lists) -> None:
    decided = np.zeros(SIZE, dtype=np.int64)
    decided[[1, 4]] = IN
    decided[[0, 2, 3]] = OUT
    shorter = shortened(lists, decided)
    assert len(shorter.sites) < len(lists.sites)
    assert costs_to(shorter, CHOSEN).tolist() == costs_to(lists, CHOSEN).tolist()


def test_draws_repeat_and_cover_all_values() -> None:
    draws = [[drawn(state, 6) for _ in range(200)] for state in (_seed(1), _seed(1), _seed(2))]
    assert draws[0] == draws[1] != draws[2]
    assert set(draws[0]) == set(range(6))


def _seed(value: int) -> np.ndarray:
    return np.array([value], dtype=np.uint64)
