"""Groups of sites, annealing on their states, and the bound by prices: small worlds, plain sums."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.arrays import Integers, indicator
from geo.optimise.deadline import Deadline
from geo.optimise.effort import Effort
from geo.optimise.mixed import anneal_loops, prices_loops
from geo.optimise.mixed.anneal import Annealing, annealing_on
from geo.optimise.mixed.energies import EnergyDemand, SiteRequest, energy_coverage
from geo.optimise.mixed.groups import Groups, groups_of
from geo.optimise.mixed.model import Siting, coverage_siting, respects
from geo.optimise.mixed.prices import Pricing, pricing_of
from geo.optimise.mixed.solve import solve_mixed_coverage
from geo.optimise.plan import Plan
from geo.optimise.problem import CoverageProblem
from geo.optimise.rules import budget_rule, count_rule, territory_rules
from geo.optimise.verify import verify

SITES, ROWS = 4, 5


@st.composite
def two_energies(draw: st.DrawFn) -> CoverageProblem:
    """Two energies at four sites: two open, a quota on the first energy, one or two a site."""
    cells = st.lists(st.booleans(), min_size=ROWS * SITES, max_size=ROWS * SITES)
    masses = st.lists(st.integers(0, 20), min_size=ROWS, max_size=ROWS)
    energies = [
        EnergyDemand(
            name,
            np.array(draw(masses), dtype=float),
            sparse.csr_matrix(np.array(draw(cells), dtype=float).reshape(ROWS, SITES)),
            at_most=at_most,
        )
        for name, at_most in (("recharge", 1.0), ("bioGNV", np.inf))
    ]
    return energy_coverage(energies, SiteRequest(count=2, most_energies=draw(st.integers(1, 2))))


@st.composite
def backups(draw: st.DrawFn) -> CoverageProblem:
    """Items of two rows, needs of one or two, a count or not, a budget and a territory."""
    cells = st.lists(st.booleans(), min_size=36, max_size=36)
    needs = draw(st.lists(st.integers(1, 2), min_size=6, max_size=6))
    rules = [budget_rule(np.arange(1.0, 7.0), 11), *territory_rules(list("AABBBA"), {}, {"A": 1})]
    rules += [count_rule(1, 3, site_count=6)] if draw(st.booleans()) else []
    return CoverageProblem(
        np.array(draw(st.lists(st.integers(1, 20), min_size=3, max_size=3)), dtype=float),
        sparse.csr_matrix(np.array(draw(cells), dtype=float).reshape(6, 6)),
        required=frozenset(draw(st.sets(st.integers(1, 2), max_size=1))),
        rules=tuple(rules),
        needs=np.array(needs),
        item_of_row=np.array([0, 1, 2, 0, 1, 2]),
    )


problems = two_energies() | backups()


def every_plan(siting: Siting) -> list[Integers]:
    """Every set of sites that respects the whole of `siting`."""
    flags = product([False, True], repeat=siting.site_count)
    sets = (np.flatnonzero(bits) for bits in flags)
    return [chosen for chosen in sets if siting.is_plan(chosen)]


def pricing_and_annealing(problem: CoverageProblem) -> tuple[Siting, Pricing, Annealing]:
    siting = coverage_siting(problem)
    groups = groups_of(siting)
    return siting, pricing_of(siting, groups), annealing_on(siting, groups, seed=0)


def allowed_by(groups: Groups, opened: Integers, site_count: int) -> bool:
    vector = indicator(opened, site_count)
    states = groups.states(vector)
    return bool(groups.is_allowed[groups.table + states].all()) and respects(groups.limits, vector)


def test_a_site_and_what_it_sells_are_one_group_with_its_allowed_states() -> None:
    table = sparse.csr_matrix(np.eye(2))
    energies = [EnergyDemand(name, np.ones(2), table) for name in ("recharge", "bioGNV", "GNL")]
    problem = energy_coverage(energies, SiteRequest(count=1, most_energies=2))
    groups = groups_of(coverage_siting(problem))
    assert groups.sites.tolist() == [0, 2, 4, 6, 1, 3, 5, 7]
    allowed = np.flatnonzero(groups.is_allowed).tolist()
    assert allowed == [0b0000, 0b0011, 0b0101, 0b0111, 0b1001, 0b1011, 0b1101]
    assert groups.limits.matrix.shape[0] == 4


@settings(max_examples=15, deadline=None)
@given(backups())
def test_states_and_limits_left_allow_exactly_the_plans(problem: CoverageProblem) -> None:
    siting = coverage_siting(problem)
    groups = groups_of(siting)
    for bits in product([False, True], repeat=6):
        opened = np.flatnonzero(bits)
        assert allowed_by(groups, opened, 6) == siting.is_plan(opened)
        assert groups.chosen(groups.states(indicator(opened, 6))).tolist() == opened.tolist()


@settings(max_examples=30, deadline=None)
@given(problems, st.lists(st.floats(-30, 30), min_size=40, max_size=40))
def test_no_plan_exceeds_the_bound_of_any_prices(
    problem: CoverageProblem, drawn: list[float]
) -> None:
    siting, pricing, _ = pricing_and_annealing(problem)
    bound = pricing.bound_at(np.array(drawn[: len(pricing.prices.best)]))
    values = [siting.objective(chosen) for chosen in every_plan(siting)]
    assert all(value <= bound for value in values)


@settings(max_examples=20, deadline=None)
@given(problems)
def test_prices_going_down_keep_a_valid_bound(problem: CoverageProblem) -> None:
    siting, pricing, _ = pricing_and_annealing(problem)
    best = max((siting.objective(chosen) for chosen in every_plan(siting)), default=None)
    if best is None:
        return
    before = pricing.bound
    for _ in range(4):
        pricing.descend(rounds=100, target=best)
        assert best <= pricing.bound <= before + 1e-6


@settings(max_examples=30, deadline=None)
@given(problems, st.lists(st.floats(0, 9), min_size=40, max_size=40))
def test_the_slope_of_the_bound_is_that_of_the_answer_it_calls_for(
    problem: CoverageProblem, drawn: list[float]
) -> None:
    _, pricing, _ = pricing_and_annealing(problem)
    market, prices = pricing.market, pricing.prices
    here, there = (np.clip(np.roll(drawn, k)[: len(prices.best)], prices.lowest, prices.highest)
                   for k in (0, 1))  # fmt: skip
    prices.trial[:] = here
    value = prices_loops.judge(market, prices)
    slope = prices.gradient.copy()
    prices.trial[:] = there
    assert prices_loops.judge(market, prices) >= value + slope @ (there - here) - 1e-6


@settings(max_examples=20, deadline=None)
@given(problems)
def test_an_annealing_counts_as_if_loaded_from_nothing(problem: CoverageProblem) -> None:
    siting, _, annealing = pricing_and_annealing(problem)
    plans = every_plan(siting)
    if not plans:
        return
    list(annealing.first_cooling(plans[0], moves=300, deadline=Deadline()))
    walk, levels = annealing.walk, annealing.walk.levels.copy()
    kept = {name: getattr(walk, name).copy() for name in ("stations", "missing", "sums")}
    anneal_loops.load(annealing.board, walk, walk.states.copy())
    for name, counted in kept.items():
        assert getattr(walk, name) == pytest.approx(counted), name
    now = [anneal_loops.NOW, anneal_loops.SERVED, anneal_loops.OPENED, anneal_loops.EXCESS]
    assert walk.levels[now] == pytest.approx(levels[now], abs=1e-6)
    assert siting.is_plan(annealing.best)
    assert siting.objective(annealing.best) == pytest.approx(levels[anneal_loops.BEST])


def town(size: int, radius: float, *, seed: int) -> tuple[np.ndarray, sparse.csr_matrix]:
    draws = np.random.default_rng(seed)
    points = np.random.default_rng(7).uniform(0, 40, (size, 2))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    return draws.integers(1, 900, size).astype(float), sparse.csr_matrix(apart <= radius)


def four_energies(size: int) -> CoverageProblem:
    radii = {"recharge": 2.0, "bioGNV": 5.0, "hydrogène": 10.0, "biocarburant": 7.0}
    energies = [
        EnergyDemand(name, *town(size, radius, seed=rank), at_least=3.0, at_most=12.0)
        for rank, (name, radius) in enumerate(radii.items())
    ]
    return energy_coverage(energies, SiteRequest(count=20, most_energies=2))


def test_four_energies_get_a_plan_within_every_rule_and_a_useful_bound() -> None:
    problem = four_energies(300)
    plan = solve_mixed_coverage(problem, Effort(work=0.1), seed=0)
    assert isinstance(plan, Plan)
    verify(problem, plan)
    assert plan.gap_share < 0.06


def test_four_energies_stopped_at_once_keep_a_valid_plan() -> None:
    problem = four_energies(200)
    short = solve_mixed_coverage(problem, Effort(time_limit_s=0.1), seed=0)
    long = solve_mixed_coverage(problem, Effort(work=0.05), seed=0)
    assert isinstance(short, Plan)
    assert isinstance(long, Plan)
    verify(problem, short)
    assert short.objective <= long.bound
    assert long.objective <= short.bound
