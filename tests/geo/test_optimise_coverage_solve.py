"""The plan: hand-made worlds, and what must hold in any world (siting properties 1 to 10)."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.coverage.solve import solve_coverage
from geo.optimise.effort import Effort
from geo.optimise.plan import Infeasible, Plan, Progress, Status
from geo.optimise.problem import CoverageProblem
from geo.optimise.verify import verify

SHORT = Effort(work=0.02)


def world(rows: list[list[int]], weights: list[float], count: int) -> CoverageProblem:
    return CoverageProblem(np.array(weights), sparse.csr_matrix(np.array(rows)), count=count)


def scattered(size: int, count: int, *, seed: int = 3) -> CoverageProblem:
    """Points of a 30 km square, each covering those within 3 km."""
    draws = np.random.default_rng(seed)
    points = draws.uniform(0, 30, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 3
    weights = draws.integers(0, 1_000, size).astype(float)
    return CoverageProblem(weights, sparse.csr_matrix(near), count=count)


def solved(problem: CoverageProblem, effort: Effort = SHORT, *, seed: int = 0) -> Plan:
    plan = solve_coverage(problem, effort, seed=seed)
    assert isinstance(plan, Plan)
    verify(problem, plan)
    return plan


def count_of(problem: CoverageProblem) -> int:
    assert problem.count is not None
    return problem.count


def brute_force(problem: CoverageProblem) -> float:
    allowed = set(range(problem.site_count)) - problem.forbidden - problem.required
    dense = problem.covers.toarray() > 0
    free_count = count_of(problem) - len(problem.required)
    return max(
        float(problem.weights[dense[:, sorted(problem.required | set(free))].any(axis=1)].sum())
        for free in combinations(sorted(allowed), free_count)
    )


@st.composite
def small_problems(draw: st.DrawFn) -> CoverageProblem:
    demand_count, site_count = draw(st.integers(1, 14)), draw(st.integers(1, 10))
    cells = st.lists(st.booleans(), min_size=site_count, max_size=site_count)
    rows = draw(st.lists(cells, min_size=demand_count, max_size=demand_count))
    weights = draw(st.lists(st.integers(0, 50), min_size=demand_count, max_size=demand_count))
    kind = st.sampled_from(["free", "free", "required", "forbidden"])
    kinds = ["free", *draw(st.lists(kind, min_size=site_count - 1, max_size=site_count - 1))]
    required = frozenset(site for site, kind in enumerate(kinds) if kind == "required")
    forbidden = frozenset(site for site, kind in enumerate(kinds) if kind == "forbidden")
    count = draw(st.integers(max(1, len(required)), site_count - len(forbidden)))
    covers = sparse.csr_matrix(np.array(rows))
    return CoverageProblem(
        np.array(weights, float), covers, required=required, forbidden=forbidden, count=count
    )


def test_one_station_goes_where_it_covers_most() -> None:
    plan = solved(world([[1, 0], [0, 1]], [10, 3], 1))
    assert (plan.chosen, plan.objective, plan.status) == ((0,), 10, Status.OPTIMAL)


def test_demand_covered_twice_counts_once() -> None:
    assert solved(world([[1, 1], [1, 1]], [4, 5], 2)).objective == 9


def test_the_greedy_trap_is_escaped() -> None:
    """The middle site covers 6 at once; the two outer ones cover 10 together."""
    trap = world([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], [2, 3, 3, 2], 2)
    assert solved(trap).chosen == (0, 2)


def test_when_everything_is_covered_the_plan_is_optimal_and_full() -> None:
    plan = solved(world([[1, 0, 0], [1, 0, 0]], [1, 1], 2))
    assert (plan.objective, plan.status, len(plan.chosen)) == (2, Status.OPTIMAL, 2)


def test_when_every_station_is_imposed_the_plan_is_theirs() -> None:
    problem = replace(world([[1, 0], [0, 1]], [10, 3], 1), required=frozenset({1}))
    plan = solved(problem)
    assert (plan.chosen, plan.objective, plan.status) == ((1,), 3, Status.OPTIMAL)


def test_demand_out_of_reach_is_listed() -> None:
    plan = solved(world([[1, 0], [0, 0], [0, 1]], [1, 7, 1], 1))
    assert (plan.unreachable, plan.bound) == ((1,), 1)


def test_each_demand_is_given_a_station_that_serves_it() -> None:
    plan = solved(world([[1, 0], [0, 0], [0, 1], [1, 1]], [5, 7, 1, 1], 1))
    assert plan.assignment is not None
    assert plan.assignment.tolist() == [0, -1, -1, 0]


def test_a_world_without_inhabitants_is_covered_by_any_plan() -> None:
    plan = solved(world([[1, 0], [0, 1]], [0, 0], 1))
    assert (plan.objective, plan.gap_share, plan.status) == (0, 0, Status.OPTIMAL)


@pytest.mark.parametrize(
    ("required", "forbidden", "count", "blocking", "changes"),
    [
        ((), (), 4, "sites candidats autorisés : 3", ["demander au plus 3 stations"]),
        (
            (),
            (0, 1),
            2,
            "sites candidats autorisés : 1",
            ["demander au plus 1 station", "autoriser 1 des 2 sites exclus"],
        ),
        (
            (0, 2),
            (),
            1,
            "sites imposés : 2",
            ["demander au moins 2 stations", "ne pas imposer plus de 1 site"],
        ),
    ],
)
def test_a_number_of_stations_that_cannot_be_says_what_would_free_it(
    required: tuple[int, ...],
    forbidden: tuple[int, ...],
    count: int,
    blocking: str,
    changes: list[str],
) -> None:
    problem = CoverageProblem(
        np.ones(3),
        sparse.csr_matrix(np.eye(3)),
        required=frozenset(required),
        forbidden=frozenset(forbidden),
        count=count,
    )
    answer = solve_coverage(problem, seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.blocking_fr == (f"nombre de stations : {count}", blocking)
    assert [relaxation.change_fr for relaxation in answer.relaxations] == changes


@given(small_problems())
def test_small_worlds_equal_brute_force(problem: CoverageProblem) -> None:
    plan = solved(problem)
    assert plan.objective == brute_force(problem)
    assert plan.status is Status.OPTIMAL


@given(small_problems(), st.sampled_from([0.0, 0.0, 1e-3, 0.1]))
def test_out_of_time_the_optimum_is_between_plan_and_bound(
    problem: CoverageProblem, time_limit_s: float
) -> None:
    plan = solved(problem, Effort(time_limit_s=time_limit_s))
    assert plan.objective <= brute_force(problem) <= plan.bound


@given(small_problems(), st.permutations(range(14)))
def test_the_order_of_demand_and_sites_does_not_matter(
    problem: CoverageProblem, order: list[int]
) -> None:
    rows = [row for row in order if row < len(problem.weights)]
    columns = [column for column in order if column < problem.site_count]
    shuffled = CoverageProblem(
        problem.weights[rows],
        problem.covers[rows][:, columns],
        required=frozenset(columns.index(site) for site in problem.required),
        forbidden=frozenset(columns.index(site) for site in problem.forbidden),
        count=problem.count,
    )
    assert solved(shuffled).objective == solved(problem).objective


@given(small_problems())
def test_splitting_a_demand_in_two_changes_nothing(problem: CoverageProblem) -> None:
    halves = np.append(problem.weights, problem.weights[0] / 2)
    halves[0] /= 2
    rows = [*range(len(problem.weights)), 0]
    split = replace(problem, weights=halves, covers=problem.covers[rows])
    assert solved(split).objective == pytest.approx(solved(problem).objective)


@given(small_problems())
def test_a_twin_of_a_candidate_changes_nothing(problem: CoverageProblem) -> None:
    columns = [*range(problem.site_count), 0]
    twin = replace(problem, covers=problem.covers[:, columns])
    assert solved(twin).objective == solved(problem).objective


@given(small_problems())
def test_requiring_the_optimal_sites_gives_them_back(problem: CoverageProblem) -> None:
    plan = solved(problem)
    again = solved(replace(problem, required=frozenset(plan.chosen)))
    assert (again.chosen, again.objective) == (plan.chosen, plan.objective)


@given(small_problems())
def test_imposing_a_site_never_covers_more(problem: CoverageProblem) -> None:
    plan = solved(problem)
    imposed = replace(problem, required=frozenset({0}), forbidden=frozenset())
    free = replace(problem, required=frozenset(), forbidden=frozenset())
    assert solved(imposed).objective <= solved(free).objective
    assert plan.objective <= solved(free).objective


@given(small_problems())
def test_one_more_station_or_heavier_weights_never_cover_less(problem: CoverageProblem) -> None:
    covered = solved(problem).objective
    if count_of(problem) < problem.site_count - len(problem.forbidden):
        assert solved(replace(problem, count=count_of(problem) + 1)).objective >= covered
    assert solved(replace(problem, weights=2 * problem.weights)).objective == 2 * covered


@given(small_problems())
def test_a_longer_reach_never_covers_less(problem: CoverageProblem) -> None:
    farther = problem.covers + sparse.eye(*problem.covers.shape, k=1, format="csr")
    assert solved(replace(problem, covers=farther)).objective >= solved(problem).objective


def test_weights_need_not_be_whole() -> None:
    problem = scattered(60, 4)
    plan = solved(replace(problem, weights=problem.weights / 7))
    assert plan.status is Status.OPTIMAL
    assert plan.objective == pytest.approx(solved(problem).objective / 7)


def test_same_seed_same_plan() -> None:
    problem = scattered(400, 25)
    assert solved(problem, seed=5) == solved(problem, seed=5)


@pytest.mark.parametrize("time_limit_s", [0.0, 0.1])
def test_out_of_time_the_plan_and_its_bound_still_hold(time_limit_s: float) -> None:
    problem = scattered(400, 25)
    plan = solved(problem, Effort(time_limit_s=time_limit_s))
    best = solved(problem, Effort(work=0.1))
    assert plan.objective <= best.bound
    assert best.objective <= plan.bound


def test_stopped_at_the_first_news_the_plan_and_its_bound_still_hold() -> None:
    problem = scattered(400, 25)
    heard: list[Progress] = []
    plan = solve_coverage(problem, seed=0, progress=heard.append, wants_stop=lambda: len(heard) > 0)
    assert isinstance(plan, Plan)
    verify(problem, plan)
    assert plan.status is Status.STOPPED
    assert plan.objective <= solved(problem).bound


def test_a_reached_gap_target_stops_the_work() -> None:
    plan = solved(scattered(400, 25), Effort(target_gap_share=0.2))
    assert plan.gap_share <= 0.2
    assert plan.status is Status.GAP


def test_progress_only_ever_gets_better() -> None:
    heard: list[Progress] = []
    solve_coverage(scattered(400, 25), SHORT, seed=0, progress=heard.append)
    assert [step.objective for step in heard] == sorted(step.objective for step in heard)
    assert [step.bound for step in heard] == sorted((s.bound for s in heard), reverse=True)


def test_the_plan_names_its_instance_and_what_was_simplified() -> None:
    """Rows 0 and 1 are equal; site 1 serves less than site 0; row 3 weighs nothing."""
    plan = solved(world([[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1]], [1, 1, 1, 0], 1))
    assert len(plan.instance_hash) == 64
    presolve = plan.presolve
    assert (presolve.row_count, presolve.merged_row_count) == (4, 2)
    assert (presolve.candidate_count, presolve.dominated_count) == (3, 2)


def test_an_optimum_of_billions_is_proven_to_the_unit() -> None:
    plan = solved(world([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [2e9, 2e9 + 1, 2e9 + 2], 1))
    assert (plan.objective, plan.bound, plan.status) == (4e9 + 3, 4e9 + 3, Status.OPTIMAL)
