"""The plan: hand-made worlds, and what must hold in any world (siting properties 1 to 10)."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.errors import InputError
from geo.optimise import bound, greedy, swap
from geo.optimise.curve import coverage_curve
from geo.optimise.problem import CoverageProblem, Plan, Progress, SolverParameters, Status
from geo.optimise.residual import NOTHING, settle
from geo.optimise.solve import solve_coverage
from geo.optimise.verify import verify


def world(rows: list[list[int]], weights: list[float], count: int) -> CoverageProblem:
    return CoverageProblem(np.array(weights), sparse.csr_matrix(np.array(rows)), count)


def scattered(size: int, count: int, *, seed: int = 3) -> CoverageProblem:
    """Points of a 30 km square, each covering those within 3 km."""
    draws = np.random.default_rng(seed)
    points = draws.uniform(0, 30, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 3
    weights = draws.integers(0, 1_000, size).astype(float)
    return CoverageProblem(weights, sparse.csr_matrix(near), count)


def brute_force(problem: CoverageProblem) -> float:
    allowed = set(range(problem.site_count)) - problem.forbidden - problem.required
    dense = problem.covers.toarray() > 0
    free_count = problem.count - len(problem.required)
    return max(
        float(problem.weights[dense[:, sorted(problem.required | set(free))].any(axis=1)].sum())
        for free in combinations(sorted(allowed), free_count)
    )


@st.composite
def small_problems(draw: st.DrawFn) -> CoverageProblem:
    demand_count, site_count = draw(st.integers(1, 12)), draw(st.integers(1, 10))
    cells = st.lists(st.booleans(), min_size=site_count, max_size=site_count)
    rows = draw(st.lists(cells, min_size=demand_count, max_size=demand_count))
    weights = draw(st.lists(st.integers(0, 50), min_size=demand_count, max_size=demand_count))
    kinds = draw(
        st.lists(
            st.sampled_from(["free", "free", "required", "forbidden"]),
            min_size=site_count,
            max_size=site_count,
        )
    )
    kinds[0] = "free"
    required = frozenset(site for site, kind in enumerate(kinds) if kind == "required")
    forbidden = frozenset(site for site, kind in enumerate(kinds) if kind == "forbidden")
    most = site_count - len(forbidden)
    count = draw(st.integers(max(1, len(required)), most))
    return CoverageProblem(
        np.array(weights, float), sparse.csr_matrix(np.array(rows)), count, required, forbidden
    )


def test_one_station_goes_where_it_covers_most() -> None:
    plan = solve_coverage(world([[1, 0], [0, 1]], [10, 3], 1), seed=0)
    assert (plan.chosen, plan.objective, plan.status) == ((0,), 10, Status.OPTIMAL)


def test_demand_covered_twice_counts_once() -> None:
    plan = solve_coverage(world([[1, 1], [1, 1]], [4, 5], 2), seed=0)
    assert plan.objective == 9


def test_the_greedy_trap_is_escaped() -> None:
    """The middle site covers 6 at once; the two outer ones cover 10 together."""
    trap = world([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], [2, 3, 3, 2], 2)
    assert solve_coverage(trap, seed=0).chosen == (0, 2)


def test_when_everything_is_covered_the_plan_is_optimal_and_full() -> None:
    plan = solve_coverage(world([[1, 0, 0], [1, 0, 0]], [1, 1], 2), seed=0)
    assert (plan.objective, plan.status, len(plan.chosen)) == (2, Status.OPTIMAL, 2)


def test_demand_out_of_reach_is_listed() -> None:
    plan = solve_coverage(world([[1, 0], [0, 0], [0, 1]], [1, 7, 1], 1), seed=0)
    assert (plan.unreachable, plan.bound) == ((1,), 1)


def test_a_world_without_inhabitants_is_covered_by_any_plan() -> None:
    plan = solve_coverage(world([[1, 0], [0, 1]], [0, 0], 1), seed=0)
    assert (plan.objective, plan.gap_share, plan.status) == (0, 0, Status.OPTIMAL)


@given(small_problems())
def test_small_worlds_equal_brute_force(problem: CoverageProblem) -> None:
    plan = solve_coverage(problem, seed=0)
    verify(problem, plan)
    assert plan.objective == brute_force(problem)
    assert plan.status is Status.OPTIMAL


@given(small_problems())
def test_the_bound_of_the_relaxation_is_on_the_right_side(problem: CoverageProblem) -> None:
    residual = settle(problem)
    relaxed = bound.relax(residual)
    limit = bound.lagrangian_bounds(
        residual, relaxed.multipliers, counts=np.array([residual.count])
    )
    assert residual.settled + limit[0] >= brute_force(problem)


@given(small_problems(), st.lists(st.floats(-1, 60), min_size=12, max_size=12))
def test_any_multipliers_give_a_bound(problem: CoverageProblem, prices: list[float]) -> None:
    residual = settle(problem)
    multipliers = np.clip(np.array(prices[: len(residual.weights)]), 0, residual.weights)
    limit = bound.lagrangian_bounds(residual, multipliers, counts=np.array([residual.count]))
    assert residual.settled + limit[0] >= brute_force(problem)


@given(small_problems(), st.permutations(range(12)))
def test_the_order_of_demand_and_sites_does_not_matter(
    problem: CoverageProblem, order: list[int]
) -> None:
    rows = [row for row in order if row < len(problem.weights)]
    columns = [column for column in order if column < problem.site_count]
    shuffled = CoverageProblem(
        problem.weights[rows],
        problem.covers[rows][:, columns],
        problem.count,
        frozenset(columns.index(site) for site in problem.required),
        frozenset(columns.index(site) for site in problem.forbidden),
    )
    assert solve_coverage(shuffled, seed=0).objective == solve_coverage(problem, seed=0).objective


@given(small_problems())
def test_requiring_the_optimal_sites_gives_them_back(problem: CoverageProblem) -> None:
    plan = solve_coverage(problem, seed=0)
    again = solve_coverage(replace(problem, required=frozenset(plan.chosen)), seed=0)
    assert (again.chosen, again.objective) == (plan.chosen, plan.objective)


@given(small_problems())
def test_one_more_station_or_heavier_weights_never_cover_less(problem: CoverageProblem) -> None:
    covered = solve_coverage(problem, seed=0).objective
    if problem.count < problem.site_count - len(problem.forbidden):
        assert (
            solve_coverage(replace(problem, count=problem.count + 1), seed=0).objective >= covered
        )
    assert (
        solve_coverage(replace(problem, weights=2 * problem.weights), seed=0).objective
        == 2 * covered
    )


def test_greedy_keeps_its_promise() -> None:
    residual = settle(scattered(300, 20))
    relaxed = bound.relax(residual)
    limit = bound.lagrangian_bounds(residual, relaxed.multipliers, counts=np.array([20]))[0]
    chosen = greedy.extend(residual, NOTHING, count=20)
    assert residual.value(chosen) >= (1 - 1 / np.e) * limit


def test_gains_of_greedy_never_rise() -> None:
    residual = settle(scattered(300, 40))
    values = greedy.prefix_values(residual, greedy.extend(residual, NOTHING, count=40))
    assert (np.diff(np.diff(values, prepend=0)) <= 0).all()


def test_no_exchange_improves_a_plan_after_the_descent() -> None:
    residual = settle(scattered(40, 5))
    chosen = swap.descend(residual, np.arange(5))
    neighbours = (
        residual.value(np.append(np.delete(chosen, rank), site))
        for rank in range(5)
        for site in range(40)
    )
    assert max(neighbours) <= residual.value(chosen)


def test_weights_need_not_be_whole() -> None:
    problem = scattered(60, 4)
    plan = solve_coverage(replace(problem, weights=problem.weights / 7), seed=0)
    assert plan.status is Status.OPTIMAL
    assert plan.objective == pytest.approx(solve_coverage(problem, seed=0).objective / 7)


def test_same_seed_same_plan() -> None:
    problem = scattered(400, 25)
    effort = SolverParameters(rounds=15)
    assert solve_coverage(problem, effort, seed=5) == solve_coverage(problem, effort, seed=5)


@pytest.mark.parametrize("time_limit_s", [0.0, 0.1])
def test_out_of_time_the_plan_and_its_bound_still_hold(time_limit_s: float) -> None:
    problem = scattered(400, 25)
    plan = solve_coverage(problem, SolverParameters(time_limit_s=time_limit_s), seed=0)
    verify(problem, plan)
    best = solve_coverage(problem, SolverParameters(rounds=50), seed=0)
    assert plan.objective <= best.bound
    assert best.objective <= plan.bound


def test_a_reached_gap_target_stops_the_work() -> None:
    problem = scattered(400, 25)
    plan = solve_coverage(problem, SolverParameters(target_gap_share=0.2), seed=0)
    assert plan.gap_share <= 0.2
    assert plan.status is Status.GAP


def test_progress_only_ever_gets_better() -> None:
    heard: list[Progress] = []
    solve_coverage(scattered(400, 25), SolverParameters(rounds=30), seed=0, progress=heard.append)
    assert [step.objective for step in heard] == sorted(step.objective for step in heard)
    assert [step.bound for step in heard] == sorted((s.bound for s in heard), reverse=True)


def test_the_curve_holds_brute_force_between_its_lines() -> None:
    problem = scattered(12, 3)
    curve = coverage_curve(problem, range(1, 13), plan=solve_coverage(problem, seed=0))
    best = [brute_force(replace(problem, count=count)) for count in range(1, 13)]
    assert (curve["covered_at_least"] <= best).all()
    assert (curve["covered_at_most"] >= best).all()


def test_the_curve_never_falls_and_passes_through_the_plan() -> None:
    problem = scattered(300, 15)
    plan = solve_coverage(problem, SolverParameters(rounds=20), seed=0)
    curve = coverage_curve(problem, range(1, 41), plan=plan)
    assert curve["covered_at_least"].is_monotonic_increasing
    assert curve["covered_at_most"].is_monotonic_increasing
    assert curve["covered_at_least"].to_numpy()[14] >= plan.objective


def test_the_curve_starts_at_the_required_sites() -> None:
    problem = replace(scattered(12, 3), required=frozenset({4, 7}))
    plan = solve_coverage(problem, seed=0)
    curve = coverage_curve(problem, [2, 3], plan=plan)
    exact = [brute_force(replace(problem, count=count)) for count in (2, 3)]
    assert curve["covered_at_least"].tolist() == exact
    with pytest.raises(InputError, match="1 stations"):
        coverage_curve(problem, [1], plan=plan)


def lying(plan: Plan, **changes: object) -> Plan:
    return replace(plan, **changes)  # type: ignore[arg-type]  # any field may be made to lie


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"chosen": (0,)}, "1 stations placées au lieu de 3"),
        ({"chosen": (1, 0, 2)}, "pas triés"),
        ({"chosen": (0, 1, 99)}, "sites inconnus"),
        ({"objective": 1.0}, "recalculé"),
        ({"bound": 1.0}, "borne 1.0 inférieure"),
        ({"gap_share": 0.5}, "écart 0.5 annoncé"),
        ({"unreachable": (3,)}, "hors de portée"),
    ],
)
def test_verify_finds_each_lie(changes: dict[str, object], fault: str) -> None:
    problem = scattered(12, 3)
    plan = solve_coverage(problem, seed=0)
    verify(problem, plan)
    with pytest.raises(InputError, match=fault):
        verify(problem, lying(plan, **changes))


def test_verify_sees_required_and_forbidden_sites() -> None:
    problem = scattered(12, 3)
    plan = solve_coverage(problem, seed=0)
    first = plan.chosen[0]
    other = min(set(range(12)) - set(plan.chosen))
    strict = replace(problem, required=frozenset({other}), forbidden=frozenset({first}))
    with pytest.raises(InputError, match=r"(?s)imposés absents.*exclus choisis"):
        verify(strict, plan)
