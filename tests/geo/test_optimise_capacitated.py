"""The capacitated p-median: hand-made worlds, brute force, and what blocks a request."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.optimise.effort import Effort
from geo.optimise.median.capacitated import solve_capacitated
from geo.optimise.median.capacitated_loops import fill
from geo.optimise.median.capacitated_plans import fitting_lists, loads_of
from geo.optimise.median.problem import CapacitatedProblem
from geo.optimise.plan import Infeasible, Plan, Status
from geo.optimise.reach import Reach, reach_from_pairs


def reach_of(distances: np.ndarray) -> Reach:
    demand, sites = np.nonzero(np.isfinite(distances))
    shape = (distances.shape[0], distances.shape[1])
    return reach_from_pairs(demand, sites, distances[demand, sites], shape=shape)


def on_a_line(count: int, *, capacity: float) -> CapacitatedProblem:
    """Demands of 1 at 0, 1, 2 and 10 km, each place a site."""
    places = np.array([0.0, 1.0, 2.0, 10.0])
    distances = np.abs(places[:, None] - places[None])
    return CapacitatedProblem(reach_of(distances), np.ones(4), np.full(4, capacity), count)


def brute_force(distances: np.ndarray, problem: CapacitatedProblem) -> float:
    """The least cost of an assignment, infinity if there is none."""
    best = np.inf
    rows = np.arange(len(distances))
    for chosen in combinations(range(distances.shape[1]), problem.count):
        if not problem.required <= set(chosen) or problem.forbidden & set(chosen):
            continue
        for sites in product(chosen, repeat=len(distances)):
            used = np.bincount(sites, weights=problem.demands, minlength=problem.site_count)
            if (used <= problem.capacities + 1e-9).all():
                best = min(best, float((problem.pair_weights * distances[rows, sites]).sum()))
    return best


@st.composite
def small_worlds(draw: st.DrawFn) -> tuple[np.ndarray, CapacitatedProblem]:
    demand_count, site_count = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    draws = np.random.default_rng(draw(st.integers(0, 10_000)))
    distances = draws.integers(0, 20, (demand_count, site_count)).astype(float)
    distances[draws.random(distances.shape) < draw(st.sampled_from([0.0, 0.2]))] = np.inf
    demands = np.round(draws.uniform(0, 5, demand_count), draw(st.sampled_from([0, 2])))
    count = draw(st.integers(1, min(3, site_count)))
    capacities = np.round(draws.uniform(0.5, 1.8, site_count) * demands.sum() / count, 1)
    kinds = draws.choice(3, site_count, p=[0.8, 0.1, 0.1])
    problem = CapacitatedProblem(
        reach_of(distances),
        demands,
        capacities,
        count,
        draws.integers(1, 4, demand_count).astype(float),
        frozenset(np.flatnonzero(kinds == 1).tolist()),
        frozenset(np.flatnonzero(kinds == 2).tolist()),
    )
    return distances, problem


def test_a_full_station_sends_the_next_demand_farther() -> None:
    plan = solve_capacitated(on_a_line(2, capacity=2.0), seed=0)
    assert isinstance(plan, Plan)
    assert plan.assignment is not None
    assert (plan.objective, plan.status) == (9, Status.OPTIMAL)
    assert np.bincount(plan.assignment).max() == 2


def test_with_room_for_all_it_is_the_plain_median() -> None:
    plan = solve_capacitated(on_a_line(2, capacity=4.0), seed=0)
    assert isinstance(plan, Plan)
    assert (plan.chosen, plan.objective) == ((1, 3), 2)


@settings(max_examples=40)
@given(world=small_worlds())
def test_the_plan_is_the_one_brute_force_finds(
    world: tuple[np.ndarray, CapacitatedProblem],
) -> None:
    distances, problem = world
    best, answer = brute_force(distances, problem), solve_capacitated(problem, seed=0)
    if isinstance(answer, Infeasible):
        assert np.isinf(best)
        return
    assert answer.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(best)
    assert answer.bound <= best + 1e-9
    _require_assignment(distances, problem, answer)


@given(world=small_worlds(), work=st.sampled_from([0.0, 0.01]))
def test_the_bound_holds_wherever_the_work_stops(
    world: tuple[np.ndarray, CapacitatedProblem], work: float
) -> None:
    distances, problem = world
    answer = solve_capacitated(problem, Effort(work=work), seed=0)
    if isinstance(answer, Plan):
        best = brute_force(distances, problem)
        assert answer.bound <= best + 1e-6 <= answer.objective + 2e-6


def _require_assignment(distances: np.ndarray, problem: CapacitatedProblem, plan: Plan) -> None:
    sites = plan.assignment
    assert sites is not None
    assert set(sites.tolist()) <= set(plan.chosen)
    assert len(plan.chosen) == problem.count
    used = np.bincount(sites, weights=problem.demands, minlength=problem.site_count)
    assert (used <= problem.capacities * (1 + 1e-9)).all()
    paid = (problem.pair_weights * distances[np.arange(len(sites)), sites]).sum()
    assert plan.objective == pytest.approx(paid)


def test_too_little_room_says_how_many_stations_or_what_capacity() -> None:
    answer = solve_capacitated(on_a_line(2, capacity=1.5), seed=0)
    assert isinstance(answer, Infeasible)
    changes = [relaxation.change_fr for relaxation in answer.relaxations]
    assert changes == ["ouvrir 3 stations", "porter la capacité à 2 par station"]


def test_a_demand_larger_than_every_site_is_named() -> None:
    problem = CapacitatedProblem(
        reach_of(np.ones((2, 3))), np.array([1.0, 5.0]), np.full(3, 4.0), 2
    )
    answer = solve_capacitated(problem, seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.relaxations[0].change_fr == "porter la capacité à 5"


def test_demands_that_do_not_pack_are_refused_as_proven() -> None:
    """Three demands of 2 in two sites of 3: room for 6, but one demand only fits in each."""
    problem = CapacitatedProblem(reach_of(np.ones((3, 2))), np.full(3, 2.0), np.full(2, 3.0), 2)
    answer = solve_capacitated(problem, seed=0)
    assert isinstance(answer, Infeasible)
    assert "aucun plan trouvé" not in answer.blocking_fr[0]


def test_a_time_limit_of_a_moment_still_gives_a_plan() -> None:
    plan = solve_capacitated(on_a_line(2, capacity=2.0), Effort(time_limit_s=0.0), seed=0)
    assert isinstance(plan, Plan)
    assert (plan.status, plan.bound <= 9 <= plan.objective) == (Status.INTERRUPTED, True)


def test_the_knapsack_packs_what_saves_most() -> None:
    """Sizes 3, 4, 5 in a room of 7: the first two save 9 together, the last only 8."""
    problem = CapacitatedProblem(
        reach_of(np.ones((3, 1))), np.array([3.0, 4.0, 5.0]), np.array([7.0]), 1
    )
    packed = np.zeros(3, dtype=np.int64)
    multipliers = np.array([5.0, 6.0, 9.0])
    value, count = fill(fitting_lists(problem), loads_of(problem), multipliers, 0, packed)
    assert (value, sorted(packed[:count].tolist())) == (-9, [0, 1])


def test_missing_capacities_are_refused() -> None:
    with pytest.raises(InputError, match=r"capacités absentes, infinies ou négatives, lignes 1"):
        CapacitatedProblem(reach_of(np.ones((1, 2))), np.ones(1), np.array([1.0, np.nan]), 1)
