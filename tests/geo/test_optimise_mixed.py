"""Plans under rules: every kind of rule against brute force, on worlds of at most nine sites."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.arrays import Floats
from geo.optimise.effort import Effort
from geo.optimise.mixed.model import coverage_siting
from geo.optimise.mixed.solve import solve_mixed_coverage, solve_mixed_covering
from geo.optimise.plan import Infeasible, Plan, Sense, Status
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem
from geo.optimise.reach import Reach, reach_from_pairs
from geo.optimise.rules import (
    SiteRule,
    budget_rule,
    count_rule,
    spacing_rule,
    territory_rules,
)
from geo.optimise.verify import verify

KINDS = ("count", "budget", "least", "most", "spacing")


def between(places: list[int]) -> Reach:
    """Sites on a line, 1 km a step, all distances known."""
    xs = np.array(places, dtype=float)
    first, second = np.meshgrid(np.arange(len(xs)), np.arange(len(xs)), indexing="ij")
    distances = np.abs(xs[first] - xs[second])
    shape = (len(xs), len(xs))
    return reach_from_pairs(first.ravel(), second.ravel(), distances.ravel(), shape=shape)


def rules_of(draw: st.DrawFn, kinds: set[str], site_count: int) -> Iterator[SiteRule]:
    names = draw(st.lists(st.sampled_from("AB"), min_size=site_count, max_size=site_count))
    if "count" in kinds:
        least = draw(st.integers(0, 3))
        yield count_rule(least, least + draw(st.integers(0, 2)), site_count=site_count)
    if "budget" in kinds:
        costs = draw(st.lists(st.integers(1, 9), min_size=site_count, max_size=site_count))
        yield budget_rule(np.array(costs, dtype=float), draw(st.integers(3, 20)))
    if "least" in kinds:
        yield from territory_rules(names, {"A": draw(st.integers(1, 2))}, {})
    if "most" in kinds:
        yield from territory_rules(names, {}, {"B": draw(st.integers(0, 2))})
    if "spacing" in kinds:
        places = draw(st.lists(st.integers(0, 12), min_size=site_count, max_size=site_count))
        yield spacing_rule(between(places), draw(st.sampled_from([2.0, 3.0, 4.5])))


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    """Needs of one or two stations, items of one or several rows, any mix of rules."""
    row_count, site_count = draw(st.integers(1, 8)), draw(st.integers(2, 9))
    cells = st.lists(st.booleans(), min_size=site_count, max_size=site_count)
    rows = draw(st.lists(cells, min_size=row_count, max_size=row_count))
    needs = draw(st.none() | st.lists(st.integers(1, 2), min_size=row_count, max_size=row_count))
    item_count = draw(st.integers(1, row_count)) if draw(st.booleans()) else None
    items = None if item_count is None else np.arange(row_count) % item_count
    weights = draw(st.lists(st.integers(0, 30), min_size=row_count, max_size=row_count))
    kinds = draw(st.sets(st.sampled_from(KINDS)))
    sites = draw(st.permutations(range(site_count)))
    return Coverage(
        np.array(weights[: item_count or row_count], dtype=float),
        sparse.csr_matrix(np.array(rows, dtype=float)),
        required=frozenset(sites[: draw(st.integers(0, 1))]),
        forbidden=frozenset(sites[site_count - draw(st.integers(0, 1)) :]),
        rules=tuple(rules_of(draw, kinds, site_count)),
        needs=None if needs is None else np.array(needs),
        item_of_row=items,
    )


def coverage_of(shared: Coverage, count: int | None) -> CoverageProblem:
    return CoverageProblem(
        shared.weights,
        shared.covers,
        required=shared.required,
        forbidden=shared.forbidden,
        rules=shared.rules,
        needs=shared.needs,
        item_of_row=shared.item_of_row,
        count=count,
    )


def covering_of(shared: Coverage, share: float, costs: Floats | None) -> CoveringProblem:
    return CoveringProblem(
        shared.weights,
        shared.covers,
        required=shared.required,
        forbidden=shared.forbidden,
        rules=shared.rules,
        needs=shared.needs,
        item_of_row=shared.item_of_row,
        share=share,
        costs=costs,
    )


def subsets(problem: Coverage) -> Iterator[tuple[int, ...]]:
    """Every set of sites that respects the rules, required and forbidden sites."""
    sizes = range(problem.site_count + 1)
    every = chain.from_iterable(combinations(range(problem.site_count), size) for size in sizes)
    for chosen in every:
        inside = problem.required <= set(chosen) and not problem.forbidden & set(chosen)
        if inside and not any(
            list(rule.faults(np.array(chosen, dtype=int))) for rule in problem.rules
        ):
            yield chosen


def served_weight(problem: Coverage, chosen: tuple[int, ...]) -> float:
    table = problem.covers.toarray()
    is_short = table[:, list(chosen)].sum(axis=1) < problem.row_needs
    missed = set(problem.row_items[is_short].tolist())
    return sum(weight for item, weight in enumerate(problem.weights) if item not in missed)


def best_coverage(problem: CoverageProblem) -> float | None:
    values = [
        served_weight(problem, chosen)
        for chosen in subsets(problem)
        if problem.count is None or len(chosen) == problem.count
    ]
    return max(values, default=None)


def best_covering(problem: CoveringProblem) -> float | None:
    everything = replace(problem, weights=np.ones(len(problem.weights)))
    wanted = problem.share * float(problem.weights.sum())
    costs = [
        float(problem.site_costs[list(chosen)].sum())
        for chosen in subsets(problem)
        if served_weight(problem, chosen) >= wanted - 1e-9
        and (problem.share < 1 or served_weight(everything, chosen) == len(problem.weights))
    ]
    return min(costs, default=None)


def best_of(problem: CoverageProblem | CoveringProblem) -> float | None:
    if isinstance(problem, CoveringProblem):
        return best_covering(problem)
    return best_coverage(problem)


def agrees(problem: CoverageProblem | CoveringProblem, answer: Plan | Infeasible) -> None:
    """Check `answer` against brute force and against the independent verification."""
    is_costly = isinstance(problem, CoveringProblem)
    best = best_of(problem)
    if best is None:
        assert isinstance(answer, Infeasible)
        return
    assert isinstance(answer, Plan)
    verify(problem, answer)
    assert answer.sense is (Sense.MINIMISE if is_costly else Sense.MAXIMISE)
    assert answer.objective == pytest.approx(best)
    assert answer.status is Status.OPTIMAL


@settings(deadline=None, max_examples=80)
@given(coverages(), st.none() | st.integers(1, 4), st.integers(0, 3))
def test_coverage_under_any_rules_is_the_best_of_all_plans(
    shared: Coverage, count: int | None, seed: int
) -> None:
    problem = coverage_of(shared, count)
    agrees(problem, solve_mixed_coverage(problem, seed=seed))


@settings(deadline=None, max_examples=80)
@given(coverages(), st.sampled_from([0.0, 0.4, 0.75, 1.0]), st.lists(st.integers(0, 9)))
def test_covering_under_any_rules_is_the_cheapest_of_all_plans(
    shared: Coverage, share: float, costs: list[int]
) -> None:
    padded = np.resize(np.array([*costs, 1], dtype=float), shared.site_count)
    problem = covering_of(shared, share, padded)
    agrees(problem, solve_mixed_covering(problem, seed=1))


def test_a_spacing_gathered_into_cliques_keeps_the_same_plans() -> None:
    rule = spacing_rule(between([0, 1, 2, 5, 6, 7]), 3.0)
    problem = CoverageProblem(np.ones(6), sparse.csr_matrix(np.eye(6)), rules=(rule,))
    siting = coverage_siting(problem)
    assert siting.tight_limits.matrix.toarray().tolist() == [
        [1, 1, 1, 0, 0, 0],
        [0, 0, 0, 1, 1, 1],
    ]


def scattered(size: int, *, seed: int = 3) -> CoverageProblem:
    """Points of a 30 km square that cover those within 3 km, half of them in territory A."""
    draws = np.random.default_rng(seed)
    points = draws.uniform(0, 30, (size, 2))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    first, second = np.nonzero(apart < 4)
    near = reach_from_pairs(first, second, apart[first, second], shape=(size, size))
    names = np.where(points[:, 0] < 15, "A", "B").tolist()
    rules = (*territory_rules(names, {"A": 12}, {"A": 14}), spacing_rule(near, 2.0))
    weights = draws.integers(0, 1_000, size).astype(float)
    return CoverageProblem(weights, sparse.csr_matrix(apart <= 3), rules=rules, count=20)


def test_a_time_limit_of_a_tenth_of_a_second_still_gives_a_valid_plan_and_bound() -> None:
    problem = scattered(400)
    short = solve_mixed_coverage(problem, Effort(time_limit_s=0.1), seed=0)
    long = solve_mixed_coverage(problem, Effort(work=0.2), seed=0)
    assert isinstance(short, Plan)
    assert isinstance(long, Plan)
    verify(problem, short)
    verify(problem, long)
    assert short.objective <= long.bound
    assert long.objective <= short.bound


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = scattered(200)
    plans = [solve_mixed_coverage(problem, Effort(work=0.1), seed=5) for _ in range(2)]
    assert plans[0] == plans[1]


def test_a_stop_keeps_the_plan_and_says_so() -> None:
    problem = scattered(400)
    heard: list[float] = []
    plan = solve_mixed_coverage(
        problem,
        seed=0,
        progress=lambda progress: heard.append(progress.objective),
        wants_stop=lambda: len(heard) > 0,
    )
    assert isinstance(plan, Plan)
    verify(problem, plan)
    assert plan.status is Status.STOPPED


def test_progress_never_gets_worse() -> None:
    heard: list[tuple[float, float]] = []
    solve_mixed_coverage(
        scattered(200),
        Effort(work=0.2),
        seed=0,
        progress=lambda progress: heard.append((progress.objective, progress.bound)),
    )
    objectives, bounds = zip(*heard, strict=True)
    assert list(objectives) == sorted(objectives)
    assert list(bounds) == sorted(bounds, reverse=True)


def test_an_impossible_request_is_an_answer_not_an_exception() -> None:
    problem = replace(scattered(50), count=49)
    answer = solve_mixed_coverage(problem, seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.relaxations
