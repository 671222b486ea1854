"""p-center: hand-made worlds, then what must hold in any world, against brute force."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from geo.errors import InputError
from geo.optimise.arrays import Floats
from geo.optimise.covering.center import nearest_servers, solve_center
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.covering.solve import solve_covering
from geo.optimise.effort import Effort
from geo.optimise.plan import Infeasible, Plan, Sense, Status
from geo.optimise.problem import CoveringProblem
from geo.optimise.reach import Reach, reach_from_pairs
from geo.optimise.rules import territory_rules

BRIEF = Effort(work=0.05)


def reached(distances: Floats) -> Reach:
    """Return the reach of a table demand × site where infinity means no path."""
    rows, sites = np.nonzero(np.isfinite(distances))
    return reach_from_pairs(rows, sites, distances[rows, sites], shape=distances.shape)


def cut(reach: Reach, most_count: int) -> Reach:
    """Return `reach` with lists of the nearest sites only, and how far they go."""
    sizes = np.diff(reach.start)
    rank = np.arange(len(reach.sites)) - np.repeat(reach.start[:-1], sizes)
    kept = rank < most_count
    short = sizes > most_count
    beyond = np.full(reach.demand_count, np.inf)
    beyond[short] = reach.distances[reach.start[:-1][short] + most_count - 1]
    start = np.concatenate([[0], np.cumsum(np.minimum(sizes, most_count))])
    return Reach(start, reach.sites[kept], reach.distances[kept], beyond, reach.site_count)


def brute_force(problem: CenterProblem, distances: Floats) -> float:
    """Return the least radius of a plan, infinity when there is none."""
    free = sorted(set(range(distances.shape[1])) - problem.forbidden - problem.required)
    room = problem.count - len(problem.required)
    best = np.inf
    for size in range(room + 1):
        for some in combinations(free, size):
            chosen = sorted({*some, *problem.required})
            opened = np.array(chosen, dtype=int)
            if chosen and not any(list(rule.faults(opened)) for rule in problem.rules):
                best = min(best, float(distances[:, chosen].min(axis=1).max()))
    return best


def solved(problem: CenterProblem, effort: Effort = BRIEF, *, seed: int = 0) -> Plan:
    plan = solve_center(problem, effort, seed=seed)
    assert isinstance(plan, Plan)
    assert plan.sense is Sense.MINIMISE
    assert plan.bound <= plan.objective
    assert len(plan.chosen) <= problem.count
    assert problem.required <= set(plan.chosen)
    assert not problem.forbidden & set(plan.chosen)
    servers, distances = nearest_servers(problem.reach, np.array(plan.chosen, dtype=int))
    assert plan.assignment is not None
    assert (plan.assignment == servers).all()
    assert distances.max() == plan.objective
    return plan


@st.composite
def tables(draw: st.DrawFn) -> Floats:
    """Tables demand × site of whole distances, some without a path."""
    row_count, site_count = draw(st.integers(1, 10)), draw(st.integers(1, 7))
    far = st.integers(0, 20).map(float) | st.just(np.inf)
    cells = st.lists(far, min_size=site_count, max_size=site_count)
    return np.array(draw(st.lists(cells, min_size=row_count, max_size=row_count)))


@st.composite
def small_problems(draw: st.DrawFn) -> tuple[CenterProblem, Floats]:
    distances = draw(tables())
    kinds = st.sampled_from(["free", "free", "free", "required", "forbidden"])
    kind_of_site = draw(st.lists(kinds, min_size=distances.shape[1], max_size=distances.shape[1]))
    required = frozenset(s for s, kind in enumerate(kind_of_site) if kind == "required")
    forbidden = frozenset(s for s, kind in enumerate(kind_of_site) if kind == "forbidden")
    count = draw(st.integers(max(1, len(required)), distances.shape[1]))
    return CenterProblem(reached(distances), count, required, forbidden), distances


LINE = np.abs(np.subtract.outer(np.array([0.0, 1, 2, 10, 11]), np.array([0.0, 1, 2, 10, 11])))
"""Five communes on a road: three near its start, two near kilometre ten."""


def test_two_stations_on_a_road_leave_one_kilometre() -> None:
    plan = solved(CenterProblem(reached(LINE), 2))
    assert (plan.objective, plan.bound, plan.status) == (1, 1, Status.OPTIMAL)
    assert 1 in plan.chosen


def test_one_station_is_halfway_to_the_farthest() -> None:
    assert solved(CenterProblem(reached(LINE), 1)).objective == 9


def test_a_required_station_is_among_the_count() -> None:
    assert solved(CenterProblem(reached(LINE), 1, required=frozenset({0}))).objective == 11


def test_a_forbidden_station_is_not_opened() -> None:
    plan = solved(CenterProblem(reached(LINE), 2, forbidden=frozenset({1})))
    assert plan.objective == 2


def test_a_demand_without_path_is_listed() -> None:
    table = np.array([[0.0, 3], [np.inf, np.inf], [2, np.inf]])
    answer = solve_center(CenterProblem(reached(table), 1), seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.unreachable == (1,)


def test_too_few_stations_for_two_islands_are_refused_with_the_number_it_takes() -> None:
    islands = np.array([[0.0, np.inf], [np.inf, 0]])
    answer = solve_center(CenterProblem(reached(islands), 1), seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.blocking_fr == ("1 station, il en faut au moins 2 pour tous",)
    assert answer.relaxations[0].change_fr == "placer 2 stations"


def test_lists_cut_too_short_ask_for_longer_ones() -> None:
    answer = solve_center(CenterProblem(cut(reached(LINE), 1), 1), seed=0)
    assert isinstance(answer, Infeasible)
    assert "calculer les distances au-delà" in answer.relaxations[0].change_fr


def test_an_inconsistent_request_is_refused_with_all_its_faults() -> None:
    with pytest.raises(InputError, match=r"(?s)au moins 1.*sites imposés absents"):
        CenterProblem(reached(LINE), 0, required=frozenset({7}))


@given(small_problems())
def test_the_radius_is_that_of_brute_force(world: tuple[CenterProblem, Floats]) -> None:
    problem, distances = world
    least = brute_force(problem, distances)
    answer = solve_center(problem, BRIEF, seed=0)
    if np.isinf(least):
        assert isinstance(answer, Infeasible)
    else:
        assert solved(problem).objective == least
        assert solved(problem).status is Status.OPTIMAL


@given(small_problems(), st.integers(1, 6))
def test_lists_cut_short_never_prove_too_much(
    world: tuple[CenterProblem, Floats], most_count: int
) -> None:
    problem, distances = world
    answer = solve_center(replace(problem, reach=cut(problem.reach, most_count)), BRIEF, seed=0)
    if isinstance(answer, Plan):
        least = brute_force(problem, distances)
        assert answer.bound <= least <= answer.objective


@given(tables(), st.integers(1, 3), st.integers(0, 2))
def test_territories_are_respected(distances: Floats, count: int, most: int) -> None:
    names = ["A" if site % 2 else "B" for site in range(distances.shape[1])]
    rules = territory_rules(names, {}, {"A": float(most)})
    problem = CenterProblem(reached(distances), min(count, len(names)), rules=rules)
    least = brute_force(problem, distances)
    answer = solve_center(problem, BRIEF, seed=0)
    if np.isinf(least):
        assert isinstance(answer, Infeasible)
    else:
        assert solved(problem).objective == least


@given(tables(), st.integers(1, 6))
def test_the_radius_is_the_smallest_that_as_many_sites_cover(distances: Floats, count: int) -> None:
    count = min(count, distances.shape[1])
    answer = solve_center(CenterProblem(reached(distances), count), BRIEF, seed=0)
    enough = []
    for radius in np.unique(distances[np.isfinite(distances)]):
        near = sparse.csr_matrix((distances <= radius).astype(float))
        plan = solve_covering(CoveringProblem(np.ones(len(distances)), near), BRIEF, seed=0)
        if isinstance(plan, Plan) and plan.objective <= count:
            enough.append(float(radius))
    assert (min(enough) if enough else None) == getattr(answer, "objective", None)


@given(tables())
def test_a_larger_radius_never_needs_more_sites(distances: Floats) -> None:
    counts = []
    for radius in np.unique(distances[np.isfinite(distances)]):
        near = sparse.csr_matrix((distances <= radius).astype(float))
        plan = solve_covering(CoveringProblem(np.ones(len(distances)), near), BRIEF, seed=0)
        counts.append(plan.objective if isinstance(plan, Plan) else np.inf)
    assert counts == sorted(counts, reverse=True)


def roads(size: int, *, seed: int) -> Floats:
    points = np.random.default_rng(seed).uniform(0, 100, (size, 2))
    return np.round(np.linalg.norm(points[:, None] - points[None], axis=2))


@pytest.mark.parametrize("limit_s", [0.0, 0.1])
def test_out_of_time_there_is_a_plan_and_a_valid_bound(limit_s: float) -> None:
    problem = CenterProblem(reached(roads(120, seed=4)), 8)
    optimum = solved(problem, Effort()).objective
    plan = solved(problem, Effort(time_limit_s=limit_s))
    assert plan.bound <= optimum <= plan.objective


@pytest.mark.parametrize("asked_count", [0, 1, 10, 60])
def test_stopped_there_is_a_plan_and_a_valid_bound(asked_count: int) -> None:
    problem = CenterProblem(reached(roads(120, seed=4)), 8)
    optimum = solved(problem, Effort()).objective
    left = iter(range(asked_count))
    plan = solve_center(problem, seed=0, wants_stop=lambda: next(left, None) is None)
    assert isinstance(plan, Plan)
    assert plan.bound <= optimum <= plan.objective


def test_same_seed_same_plan() -> None:
    problem = CenterProblem(reached(roads(150, seed=6)), 10)
    assert solve_center(problem, BRIEF, seed=3) == solve_center(problem, BRIEF, seed=3)


def pmed(path: Path) -> tuple[Floats, int]:
    """Return the distances and p of a graph; of a repeated edge the last cost counts."""
    values = np.array(path.read_text(encoding="utf-8").split(), dtype=int)
    size, count = int(values[0]), int(values[2])
    costs = {
        (min(start, end) - 1, max(start, end) - 1): float(cost)
        for start, end, cost in values[3:].reshape(-1, 3)
    }
    ends = np.array(list(costs))
    graph = sparse.csr_matrix((list(costs.values()), (ends[:, 0], ends[:, 1])), shape=(size, size))
    return shortest_path(graph, directed=False), count


@pytest.mark.reference
@pytest.mark.parametrize(("number", "radius"), [(1, 127), (5, 48), (15, 18), (25, 11)])
def test_published_radii_are_met_and_proven(reference_dir: Path, number: int, radius: int) -> None:
    distances, count = pmed(reference_dir / f"data/siting/orlib_pmed/pmed{number}.txt")
    plan = solved(CenterProblem(reached(distances), count), Effort())
    assert (plan.objective, plan.bound) == (radius, radius)
