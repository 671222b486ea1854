"""Set covering: hand-made worlds, then what must hold in any world, against brute force."""

from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.covering.solve import solve_covering
from geo.optimise.effort import Effort
from geo.optimise.plan import Infeasible, Plan, Progress, Sense, Status
from geo.optimise.problem import CoveringProblem
from geo.optimise.verify import verify

BRIEF = Effort(work=0.05)


def world(rows: list[list[int]], weights: list[float] | None = None) -> CoveringProblem:
    table = sparse.csr_matrix(np.array(rows))
    return CoveringProblem(np.array(weights or [1.0] * table.shape[0], dtype=float), table)


def scattered(size: int, *, seed: int = 3) -> CoveringProblem:
    """Points of a 30 km square, each covering those within 3 km."""
    draws = np.random.default_rng(seed)
    points = draws.uniform(0, 30, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 3
    weights = draws.integers(0, 1_000, size).astype(float)
    return CoveringProblem(weights, sparse.csr_matrix(near))


def subsets(sites: list[int]) -> list[set[int]]:
    sizes = (combinations(sites, size) for size in range(len(sites) + 1))
    return [set(some) for some in chain.from_iterable(sizes)]


def brute_force(problem: CoveringProblem) -> float | None:
    """Return the least cost of a plan, None when there is none."""
    free = sorted(set(range(problem.site_count)) - problem.forbidden - problem.required)
    dense = problem.covers.toarray() > 0
    costs = []
    for some in subsets(free):
        chosen = sorted(some | problem.required)
        served = dense[:, chosen].any(axis=1)
        reached = problem.weights[served].sum() >= problem.share * problem.weights.sum() - 1e-9
        if served.all() or (problem.share < 1 and reached):
            costs.append(float(problem.site_costs[chosen].sum()))
    return min(costs, default=None)


def solved(problem: CoveringProblem, effort: Effort = BRIEF, *, seed: int = 0) -> Plan:
    plan = solve_covering(problem, effort, seed=seed)
    assert isinstance(plan, Plan)
    verify(problem, plan)
    return plan


@st.composite
def small_problems(draw: st.DrawFn) -> CoveringProblem:
    row_count, site_count = draw(st.integers(1, 12)), draw(st.integers(1, 10))
    cells = st.lists(st.booleans(), min_size=site_count, max_size=site_count)
    rows = draw(st.lists(cells, min_size=row_count, max_size=row_count))
    weights = draw(st.lists(st.integers(0, 50), min_size=row_count, max_size=row_count))
    kinds = st.sampled_from(["free", "free", "free", "required", "forbidden"])
    kind_of_site = draw(st.lists(kinds, min_size=site_count, max_size=site_count))
    prices = st.one_of(st.integers(0, 9).map(float), st.floats(0, 9, width=32))
    costs = draw(st.none() | st.lists(prices, min_size=site_count, max_size=site_count))
    return CoveringProblem(
        np.array(weights, dtype=float),
        sparse.csr_matrix(np.array(rows)),
        required=frozenset(s for s, kind in enumerate(kind_of_site) if kind == "required"),
        forbidden=frozenset(s for s, kind in enumerate(kind_of_site) if kind == "forbidden"),
        share=draw(st.sampled_from([1.0, 1.0, 0.9, 0.5, 1 / 3, 0.0])),
        costs=None if costs is None else np.array(costs),
    )


def test_the_fewest_stations_serve_everybody() -> None:
    plan = solved(world([[1, 1, 0], [0, 1, 0], [0, 1, 1]]))
    assert (plan.chosen, plan.objective, plan.bound, plan.status) == ((1,), 1, 1, Status.OPTIMAL)


def test_a_demand_without_weight_is_served_too() -> None:
    assert solved(world([[1, 0], [0, 1]], [5, 0])).chosen == (0, 1)


def test_a_share_leaves_out_the_cheapest_demand_to_lose() -> None:
    partial = replace(world([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [50, 45, 5]), share=0.95)
    assert solved(partial).chosen == (0, 1)


def test_exactly_the_share_asked_is_enough() -> None:
    tenths = replace(world(np.eye(10, dtype=int).tolist(), [0.1] * 10), share=0.3)
    assert solved(tenths).objective == 3


def test_two_cheap_stations_beat_a_dear_one() -> None:
    problem = replace(world([[1, 1, 0], [1, 0, 1]]), costs=np.array([5.0, 2.0, 2.5]))
    assert (solved(problem).chosen, solved(problem).objective) == ((1, 2), 4.5)


def test_required_stations_stay_and_serve() -> None:
    problem = replace(world([[1, 1], [0, 1]]), required=frozenset({0}))
    assert solved(problem).chosen == (0, 1)


def test_each_row_is_assigned_to_a_station_that_serves_it() -> None:
    plan = solved(replace(world([[1, 0], [0, 1], [0, 1]], [9, 1, 0]), share=0.5))
    assert plan.assignment is not None
    assert plan.assignment.tolist() == [0, -1, -1]


def test_the_presolve_says_what_it_settled() -> None:
    report = solved(world([[1, 1, 0], [1, 1, 0], [0, 1, 1]])).presolve
    assert (report.row_count, report.merged_row_count) == (3, 2)
    assert (report.candidate_count, report.dominated_count) == (3, 2)


def test_demand_out_of_reach_is_listed_with_the_share_that_is_not() -> None:
    problem = replace(world([[1, 0], [0, 1], [0, 0]], [600, 387, 13]), forbidden=frozenset({1}))
    answer = solve_covering(problem, seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.unreachable == (1, 2)
    assert "2 demandes qu'aucun site autorisé ne dessert" in answer.blocking_fr[0]
    assert answer.relaxations[0].change_fr == "demander au plus 60,0 %"


def test_a_share_out_of_reach_is_refused_with_the_largest_one() -> None:
    problem = replace(world([[1], [0]], [987, 13]), share=0.99)
    answer = solve_covering(problem, seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.relaxations[0].change_fr == "demander au plus 98,7 %"
    assert isinstance(solve_covering(replace(problem, share=0.987), seed=0), Plan)


@given(small_problems())
def test_the_cost_is_that_of_brute_force(problem: CoveringProblem) -> None:
    least = brute_force(problem)
    answer = solve_covering(problem, BRIEF, seed=0)
    if least is None:
        assert isinstance(answer, Infeasible)
    else:
        assert isinstance(answer, Plan)
        verify(problem, answer)
        assert answer.objective == pytest.approx(least)
        assert answer.status is Status.OPTIMAL


@given(small_problems(), st.sampled_from([0.0, 0.01]))
def test_a_bound_without_work_is_a_bound(problem: CoveringProblem, work: float) -> None:
    least = brute_force(problem)
    if least is not None:
        plan = solved(problem, Effort(work=work))
        assert plan.bound <= least * (1 + 1e-9) + 1e-9
        assert plan.objective >= least * (1 - 1e-9) - 1e-9


@given(small_problems(), st.randoms(use_true_random=False))
def test_neither_order_nor_twins_change_the_cost(
    problem: CoveringProblem, random: "np.random.RandomState"
) -> None:
    order = list(range(problem.covers.shape[0]))
    random.shuffle(order)
    doubled = sparse.hstack([problem.covers, problem.covers[:, [0]]])[order].tocsr()
    costs = np.append(problem.site_costs, problem.site_costs[0])
    forbidden = problem.forbidden | ({problem.site_count} if 0 in problem.forbidden else set())
    twin = replace(
        problem, weights=problem.weights[order], covers=doubled, costs=costs, forbidden=forbidden
    )
    first, second = (solve_covering(one, BRIEF, seed=0) for one in (problem, twin))
    if isinstance(first, Plan):
        assert isinstance(second, Plan)
        assert second.objective == pytest.approx(first.objective)


@given(small_problems(), st.integers(0, 9))
def test_the_share_is_the_inverse_of_maximal_covering(problem: CoveringProblem, count: int) -> None:
    """What `count` sites cover at most is a share that `count` sites are enough for."""
    free = replace(problem, costs=None, required=frozenset(), forbidden=frozenset())
    dense = free.covers.toarray() > 0
    most = max(
        float(free.weights[dense[:, list(some)].any(axis=1)].sum())
        for some in combinations(range(free.site_count), min(count, free.site_count))
    )
    total = float(free.weights.sum())
    if total > 0 and most < total:
        assert solved(replace(free, share=most / total)).objective <= count
        more = solve_covering(replace(free, share=(most + 0.5) / total), BRIEF, seed=0)
        assert isinstance(more, Infeasible) or more.objective > count


def test_a_region_is_proven_and_the_bound_never_crosses() -> None:
    seen: list[Progress] = []
    problem = scattered(300)
    plan = solve_covering(problem, seed=1, progress=seen.append)
    assert isinstance(plan, Plan)
    verify(problem, plan)
    assert (plan.status, plan.sense) == (Status.OPTIMAL, Sense.MINIMISE)
    assert all(step.bound <= plan.objective <= step.objective for step in seen)


@pytest.mark.parametrize("share", [1.0, 0.9])
def test_same_seed_same_plan(share: float) -> None:
    problem = replace(scattered(200, seed=5), share=share)
    assert solve_covering(problem, BRIEF, seed=7) == solve_covering(problem, BRIEF, seed=7)


@pytest.mark.parametrize("share", [1.0, 0.9])
@pytest.mark.parametrize("limit_s", [0.0, 0.1])
def test_out_of_time_there_is_a_plan_and_a_valid_bound(share: float, limit_s: float) -> None:
    problem = replace(scattered(300, seed=8), share=share)
    optimum = solved(problem, Effort()).objective
    plan = solved(problem, Effort(time_limit_s=limit_s))
    assert 0 <= plan.bound <= optimum <= plan.objective


@pytest.mark.parametrize("asked_count", [0, 1, 5, 30])
def test_stopped_there_is_a_plan_and_a_valid_bound(asked_count: int) -> None:
    problem = scattered(300, seed=9)
    optimum = solved(problem, Effort()).objective
    left = iter(range(asked_count))
    plan = solve_covering(problem, seed=0, wants_stop=lambda: next(left, None) is None)
    assert isinstance(plan, Plan)
    verify(problem, plan)
    assert 0 <= plan.bound <= optimum <= plan.objective
