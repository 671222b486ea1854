"""First plans and better ones: hand-made worlds, and what must hold of any search."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.arrays import NOTHING, Integers
from geo.optimise.coverage import greedy, search
from geo.optimise.coverage import search_loops as loops
from geo.optimise.coverage.relink import merge
from geo.optimise.coverage.residual import Residual, residual_of
from geo.optimise.deadline import Deadline

NO_LIMIT = Deadline()
ENOUGH_LINKS = 200_000


def world(rows: list[list[int]], weights: list[float], count: int) -> Residual:
    covers = sparse.csr_matrix(np.array(rows, dtype=float))
    return residual_of(np.array(weights), covers, sites=np.arange(covers.shape[1]), count=count)


def scattered(size: int, count: int, *, seed: int = 3) -> Residual:
    """Points of a 30 km square, each covering those within 3 km."""
    draws = np.random.default_rng(seed)
    points = draws.uniform(0, 30, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 3
    weights = draws.integers(0, 1_000, size).astype(float)
    return world(near.astype(int).tolist(), weights.tolist(), count)


@st.composite
def small_worlds(draw: st.DrawFn) -> Residual:
    row_count, site_count = draw(st.integers(1, 14)), draw(st.integers(1, 9))
    cells = st.lists(st.integers(0, 1), min_size=site_count, max_size=site_count)
    rows = draw(st.lists(cells, min_size=row_count, max_size=row_count))
    weights = draw(st.lists(st.integers(0, 50), min_size=row_count, max_size=row_count))
    return world(rows, [float(w) for w in weights], draw(st.integers(1, site_count)))


def best_value(residual: Residual) -> float:
    """The best value over every plan, by trying them all."""
    plans = combinations(range(residual.covers.shape[1]), residual.count)
    return max(residual.value(np.array(plan, dtype=int)) for plan in plans)


def last_plan(
    residual: Residual, start: Integers, *, seed: int = 1, links: int = ENOUGH_LINKS
) -> Integers:
    plans = search.improvements(residual, start, links=links, seed=seed, deadline=NO_LIMIT)
    return list(plans)[-1]


def naive_worth(residual: Residual, chosen: Integers) -> np.ndarray:
    """What each site adds, or takes away when it is closed, by counting again."""
    value = residual.value(chosen)
    return np.array(
        [
            value - residual.value(np.setdiff1d(chosen, [site]))
            if site in chosen
            else residual.value(np.append(chosen, site)) - value
            for site in range(residual.covers.shape[1])
        ]
    )


def plain_greedy(residual: Residual) -> list[int]:
    chosen: list[int] = []
    for _ in range(residual.count):
        worth = naive_worth(residual, np.array(chosen, dtype=int))
        worth[chosen] = -1.0
        chosen.append(int(np.argmax(worth)))
    return chosen


TRAP = ([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], [2.0, 3.0, 3.0, 2.0], 2)
"""The middle site covers 6 at once; the two outer ones cover 10 together."""


def test_greedy_takes_what_covers_most_first() -> None:
    residual = world(*TRAP)
    assert greedy.extend(residual, NOTHING, count=2).tolist() == [1, 0]


def test_greedy_continues_the_plan_it_is_given() -> None:
    residual = world(*TRAP)
    assert greedy.extend(residual, np.array([2]), count=2).tolist() == [2, 0]


def test_greedy_stops_when_every_site_is_open() -> None:
    residual = world([[1, 0]], [1.0], 2)
    assert greedy.extend(residual, NOTHING, count=5).tolist() == [0, 1]


@given(small_worlds())
def test_greedy_is_the_plain_one(residual: Residual) -> None:
    found = greedy.extend(residual, NOTHING, count=residual.count)
    assert found.tolist() == plain_greedy(residual)


@given(small_worlds())
def test_greedy_covers_63_percent_of_the_optimum(residual: Residual) -> None:
    value = residual.value(greedy.extend(residual, NOTHING, count=residual.count))
    assert value >= (1 - np.exp(-1)) * best_value(residual) - 1e-9


@given(small_worlds())
def test_each_site_of_greedy_adds_no_more_than_the_one_before(residual: Residual) -> None:
    chosen = greedy.extend(residual, NOTHING, count=residual.count)
    gains = np.diff(greedy.prefix_values(residual, chosen), prepend=0.0)
    assert (np.diff(gains) <= 0).all()


@given(small_worlds(), st.lists(st.integers(0, 8), max_size=5), st.integers(0, 8))
def test_a_site_adds_no_more_to_a_larger_plan(
    residual: Residual, picks: list[int], site: int
) -> None:
    size = residual.covers.shape[1]
    larger = np.unique(np.array(picks, dtype=int) % size)
    added = [
        residual.value(np.append(plan, site % size)) - residual.value(plan)
        for plan in (larger, larger[1:])
    ]
    assert added[0] <= added[1]


@given(small_worlds(), st.integers(0, 99))
def test_drawn_sites_are_closed_ones_of_the_best_worth_in_the_cold(
    residual: Residual, seed: int
) -> None:
    start = greedy.extend(residual, NOTHING, count=residual.count)[:-1]
    if not len(start):
        return
    annealing = search.Annealing.begin(residual, start, seed=seed)
    annealing.walk.levels[loops.TEMPERATURE] = 1e-3
    room = np.empty(len(residual.sites), dtype=np.int32), np.empty(len(residual.sites))
    site = loops.drawn_site(annealing.state, annealing.walk, *room)
    closed = np.setdiff1d(np.arange(len(residual.sites)), start)
    assert site in closed
    assert annealing.state.worth[site] == annealing.state.worth[closed].max()


@given(small_worlds())
def test_prefix_values_are_those_of_the_first_sites(residual: Residual) -> None:
    ordered = np.arange(residual.covers.shape[1])
    expected = [residual.value(ordered[: size + 1]) for size in range(len(ordered))]
    assert greedy.prefix_values(residual, ordered).tolist() == expected


def test_the_search_escapes_the_greedy_trap() -> None:
    residual = world(*TRAP)
    assert last_plan(residual, np.array([0, 1])).tolist() == [0, 2]


@given(small_worlds())
def test_small_worlds_are_solved(residual: Residual) -> None:
    start = greedy.extend(residual, NOTHING, count=residual.count)
    found = last_plan(residual, start)
    assert len(np.unique(found)) == residual.count
    assert residual.value(found) == best_value(residual)


@given(small_worlds(), st.integers(0, 5))
def test_plans_never_get_worse(residual: Residual, seed: int) -> None:
    start = greedy.extend(residual, NOTHING, count=residual.count)
    plans = search.improvements(residual, start, links=ENOUGH_LINKS, seed=seed, deadline=NO_LIMIT)
    values = [residual.value(plan) for plan in plans]
    assert values == sorted(values)
    assert values[0] == residual.value(start)


def test_the_search_beats_greedy_in_a_scattered_world() -> None:
    residual = scattered(300, 25)
    start = greedy.extend(residual, NOTHING, count=25)
    assert residual.value(last_plan(residual, start)) > residual.value(start)


def test_the_same_seed_gives_the_same_plans() -> None:
    residual = scattered(200, 15)
    start = greedy.extend(residual, NOTHING, count=15)
    first, second = (last_plan(residual, start, seed=7) for _ in range(2))
    assert first.tolist() == second.tolist()


def test_the_order_of_demand_does_not_change_the_plan() -> None:
    residual = scattered(200, 15)
    order = np.random.default_rng(5).permutation(200)
    shuffled = residual_of(
        residual.weights[order], residual.covers[order], sites=residual.sites, count=15
    )
    values = [
        r.value(last_plan(r, greedy.extend(r, NOTHING, count=15), links=20_000_000))
        for r in (residual, shuffled)
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-3)


def test_a_search_without_links_gives_the_start_back() -> None:
    residual = world(*TRAP)
    assert last_plan(residual, np.array([1, 0]), links=0).tolist() == [0, 1]


def test_a_plan_without_stations_stays_empty() -> None:
    assert last_plan(world(*TRAP), NOTHING).tolist() == []


def test_a_past_deadline_gives_the_start_back() -> None:
    residual = scattered(100, 10)
    start = greedy.extend(residual, NOTHING, count=10)
    plans = search.improvements(
        residual, start, links=10**12, seed=1, deadline=Deadline(limit_s=0.0)
    )
    assert [plan.tolist() for plan in plans] == [sorted(start.tolist())]


def test_a_wish_to_stop_is_heard() -> None:
    residual = scattered(100, 10)
    start = greedy.extend(residual, NOTHING, count=10)
    wishes = iter([False] * 4)
    deadline = Deadline(wants_stop=lambda: next(wishes, True))
    assert list(search.improvements(residual, start, links=10**15, seed=1, deadline=deadline))


@given(small_worlds(), st.lists(st.integers(0, 8), min_size=1, max_size=30))
def test_the_worth_of_every_site_stays_exact(residual: Residual, picks: list[int]) -> None:
    site_count = residual.covers.shape[1]
    arrays, state = search.world_of(residual), search.state_at(residual, NOTHING)
    opened: list[int] = []
    for site in (pick % site_count for pick in picks):
        if site in opened:
            loops.close_site(arrays, state, site)
            opened.remove(site)
        else:
            loops.open_site(arrays, state, site, len(opened))
            opened.append(site)
        chosen = np.array(opened, dtype=int)
        assert state.worth.tolist() == naive_worth(residual, chosen).tolist()
        assert state.counts.tolist() == residual.station_counts(chosen).tolist()


@given(small_worlds(), st.integers(0, 99))
def test_an_annealing_never_loses_count(residual: Residual, seed: int) -> None:
    """The value kept move after move is that of the stations open in the end."""
    start = greedy.extend(residual, NOTHING, count=residual.count)
    annealing = search.Annealing.begin(residual, start, seed=seed)
    annealing.links_left = 50_000
    list(annealing.anneal(1.0, links=50_000, until=NO_LIMIT))
    assert annealing.walk.levels[loops.NOW] == residual.value(annealing.plan)
    assert annealing.state.worth.tolist() == naive_worth(residual, annealing.plan).tolist()
    assert (np.flatnonzero(annealing.state.rank >= 0) == annealing.plan).all()


def test_drawn_numbers_fill_the_interval_evenly() -> None:
    draws = np.array([1], dtype=np.uint64)
    drawn = np.array([loops.draw(draws) for _ in range(20_000)])
    counts, _ = np.histogram(drawn, bins=10, range=(0, 1))
    assert counts.min() > 1_850
    assert counts.max() < 2_150


# ---- merging ----


def test_merging_takes_the_best_of_both_plans() -> None:
    residual = world(np.eye(4, dtype=int).tolist(), [5.0, 1.0, 4.0, 2.0], 2)
    plans = [np.array([0, 1]), np.array([2, 3])]
    assert merge(residual, plans, deadline=NO_LIMIT).tolist() == [0, 2]


def test_merging_equal_plans_changes_nothing() -> None:
    residual = world(*TRAP)
    plans = [np.array([0, 1]), np.array([1, 0])]
    assert merge(residual, plans, deadline=NO_LIMIT).tolist() == [0, 1]


def test_too_large_a_dispute_keeps_the_first_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.optimise.coverage.relink.LINK_LIMIT", 1)
    residual = world(*TRAP)
    plans = [np.array([0, 1]), np.array([0, 2])]
    assert merge(residual, plans, deadline=NO_LIMIT).tolist() == [0, 1]


@given(small_worlds(), st.integers(0, 9))
def test_merging_is_never_worse_than_its_plans(residual: Residual, seed: int) -> None:
    draws = np.random.default_rng(seed)
    site_count = residual.covers.shape[1]
    plans = [draws.permutation(site_count)[: residual.count] for _ in range(3)]
    found = merge(residual, plans, deadline=NO_LIMIT)
    assert len(np.unique(found)) == residual.count
    assert residual.value(found) >= max(residual.value(plan) for plan in plans)
