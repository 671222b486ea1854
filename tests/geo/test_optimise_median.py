"""The p-median: hand-made worlds, and what must hold in any world."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.optimise.effort import Effort
from geo.optimise.median.problem import MedianProblem
from geo.optimise.median.solve import solve_median
from geo.optimise.nearby import nearest_reach
from geo.optimise.plan import Infeasible, Plan, Progress, Status
from geo.optimise.reach import Reach, reach_from_pairs
from geo.optimise.rules import SiteRule, budget_rule, spacing_rule, territory_rules


def reach_of(distances: np.ndarray) -> Reach:
    """Every finite distance listed; infinity is out of reach."""
    demand, sites = np.nonzero(np.isfinite(distances))
    shape = (distances.shape[0], distances.shape[1])
    return reach_from_pairs(demand, sites, distances[demand, sites], shape=shape)


def line(*places_km: float) -> np.ndarray:
    """Distances between points of a line, each a demand and a site."""
    places = np.array(places_km)
    return np.abs(places[:, None] - places[None])


def scattered(size: int, count: int, *, listed: int, seed: int = 3) -> MedianProblem:
    draws = np.random.default_rng(seed)
    points_m = draws.uniform(0, 50_000, (size, 2))
    reach = nearest_reach(points_m, points_m, count=listed, detour_factor=1.3)
    return MedianProblem(reach, draws.integers(1, 1_000, size).astype(float), count)


def solved(problem: MedianProblem, effort: Effort = Effort(), *, seed: int = 0) -> Plan:  # noqa: B008 - frozen
    plan = solve_median(problem, effort, seed=seed)
    assert isinstance(plan, Plan), plan
    return plan


def cost(distances: np.ndarray, weights: np.ndarray, chosen: tuple[int, ...]) -> float:
    nearest = np.where(weights > 0, distances[:, list(chosen)].min(axis=1), 0.0)
    return float((weights * nearest).sum())


def brute_force(distances: np.ndarray, problem: MedianProblem) -> float:
    """The least cost of a plan, infinity if there is none."""
    plans = (
        chosen
        for chosen in combinations(range(distances.shape[1]), problem.count)
        if problem.required <= set(chosen)
        and not problem.forbidden & set(chosen)
        and not any(list(rule.faults(np.array(chosen))) for rule in problem.rules)
    )
    return min((cost(distances, problem.weights, plan) for plan in plans), default=np.inf)


@st.composite
def small_worlds(draw: st.DrawFn) -> tuple[np.ndarray, MedianProblem]:
    demand_count, site_count = draw(st.integers(1, 10)), draw(st.integers(1, 8))
    draws = np.random.default_rng(draw(st.integers(0, 10_000)))
    distances = np.round(draws.uniform(0, 20, (demand_count, site_count)), draw(st.integers(0, 2)))
    distances[draws.random(distances.shape) < draw(st.sampled_from([0.0, 0.3]))] = np.inf
    weights = draws.integers(0, 5, demand_count).astype(float)
    kinds = draws.choice(3, site_count, p=[0.8, 0.1, 0.1])
    problem = MedianProblem(
        reach_of(distances),
        weights,
        draw(st.integers(1, site_count)),
        frozenset(np.flatnonzero(kinds == 1).tolist()),
        frozenset(np.flatnonzero(kinds == 2).tolist()),
        _drawn_rules(draw(st.integers(0, 3)), draws, site_count),
    )
    return distances, problem


def _drawn_rules(kind: int, draws: np.random.Generator, size: int) -> tuple[SiteRule, ...]:
    if kind == 1:
        return (budget_rule(draws.integers(1, 5, size).astype(float), 7.0),)
    if kind == 2:
        names = draws.choice(["nord", "sud"], size).tolist()
        return territory_rules(names, {"nord": 1}, {"sud": 2})
    if kind == 3:
        return (spacing_rule(reach_of(line(*draws.uniform(0, 10, size))), 1.5),)
    return ()


def test_one_station_goes_to_the_weighted_middle() -> None:
    problem = MedianProblem(reach_of(line(0, 1, 10)), np.array([1.0, 1.0, 5.0]), 1)
    plan = solved(problem)
    assert (plan.chosen, plan.objective, plan.status) == ((2,), 19, Status.OPTIMAL)


def test_everyone_is_assigned_to_the_nearest_station() -> None:
    problem = MedianProblem(reach_of(line(0, 1, 9, 10)), np.array([2.0, 1.0, 1.0, 2.0]), 2)
    plan = solved(problem)
    assert plan.assignment is not None
    assert (plan.chosen, plan.assignment.tolist()) == ((0, 3), [0, 0, 3, 3])


@given(world=small_worlds())
def test_the_plan_is_the_one_brute_force_finds(
    world: tuple[np.ndarray, MedianProblem],
) -> None:
    distances, problem = world
    best, answer = brute_force(distances, problem), solve_median(problem, seed=1)
    if isinstance(answer, Infeasible):
        assert np.isinf(best)
        return
    assert answer.objective == pytest.approx(best, rel=1e-9)
    assert answer.objective == pytest.approx(cost(distances, problem.weights, answer.chosen))
    assert answer.bound <= best + 1e-9
    assert answer.status is Status.OPTIMAL


@given(world=small_worlds(), work=st.sampled_from([0.0, 1e-9, 1e-3]))
def test_the_bound_holds_wherever_the_work_stops(
    world: tuple[np.ndarray, MedianProblem], work: float
) -> None:
    distances, problem = world
    answer = solve_median(problem, Effort(work=work), seed=1)
    if isinstance(answer, Plan):
        best = brute_force(distances, problem)
        assert answer.bound <= best + 1e-6 <= answer.objective + 2e-6


def test_short_lists_prove_the_same_plan_as_full_ones() -> None:
    full, cut = (scattered(120, 15, listed=listed) for listed in (120, 40))
    assert solved(cut).chosen == solved(full).chosen
    assert solved(cut).status is Status.OPTIMAL


def test_lists_too_short_never_announce_too_high_a_bound() -> None:
    optimum = solved(scattered(60, 6, listed=60)).objective
    for listed in (8, 12, 16, 24):
        answer = solve_median(scattered(60, 6, listed=listed), seed=0)
        if isinstance(answer, Plan):
            assert answer.bound <= optimum * (1 + 1e-9) <= answer.objective * (1 + 2e-9)


def test_more_stations_never_lengthen_the_way() -> None:
    costs = [solved(scattered(80, count, listed=80)).objective for count in (2, 4, 8, 16, 80)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == 0


def test_a_time_limit_of_a_moment_still_gives_a_plan_and_a_bound() -> None:
    problem = scattered(400, 20, listed=400)
    hurried = solved(problem, Effort(time_limit_s=0.0))
    assert hurried.status is Status.INTERRUPTED
    assert hurried.bound <= solved(problem).objective <= hurried.objective


def test_whoever_asks_to_stop_keeps_the_plan() -> None:
    plan = solve_median(scattered(400, 20, listed=400), seed=0, wants_stop=lambda: True)
    assert isinstance(plan, Plan)
    assert plan.status is Status.STOPPED


def test_whoever_listens_hears_the_gap_fall() -> None:
    heard: list[Progress] = []
    solve_median(scattered(300, 12, listed=300), seed=0, progress=heard.append)
    gaps = [progress.gap_share for progress in heard]
    assert len(gaps) > 1
    assert gaps == sorted(gaps, reverse=True)


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = scattered(200, 12, listed=60)
    assert replace(solved(problem, seed=5), seconds=0) == replace(solved(problem, seed=5))


def test_the_order_of_the_sites_does_not_matter() -> None:
    draws = np.random.default_rng(8)
    distances, weights = np.round(draws.uniform(0, 30, (40, 40)), 2), np.ones(40)
    shuffled = draws.permutation(40)
    plans = [
        solved(MedianProblem(reach_of(table), weights, 5))
        for table in (distances, distances[:, shuffled])
    ]
    assert plans[0].objective == pytest.approx(plans[1].objective)


def test_weights_counted_in_another_unit_scale_the_cost() -> None:
    problem = scattered(60, 6, listed=60)
    tenfold = replace(problem, weights=10 * problem.weights)
    assert solved(tenfold).objective == pytest.approx(10 * solved(problem).objective)


def test_fixing_the_best_sites_gives_the_same_plan() -> None:
    problem = scattered(60, 6, listed=60)
    best = solved(problem)
    fixed = replace(problem, required=frozenset(best.chosen))
    assert solved(fixed).chosen == best.chosen


def test_a_required_site_never_improves_the_best_plan() -> None:
    problem = scattered(60, 6, listed=60)
    outsider = min(set(range(60)) - set(solved(problem).chosen))
    forced = solved(replace(problem, required=frozenset({outsider})))
    assert outsider in forced.chosen
    assert forced.objective >= solved(problem).objective


def test_demand_without_weight_needs_no_station() -> None:
    distances = np.array([[1.0, 5.0], [np.inf, np.inf]])
    plan = solved(MedianProblem(reach_of(distances), np.array([1.0, 0.0]), 1))
    assert plan.assignment is not None
    assert (plan.chosen, plan.assignment.tolist()) == ((0,), [0, -1])


def test_demand_that_no_site_reaches_is_listed() -> None:
    distances = np.array([[1.0, 5.0], [np.inf, np.inf]])
    answer = solve_median(MedianProblem(reach_of(distances), np.ones(2), 1), seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.unreachable == (1,)


def test_too_few_stations_to_reach_everybody_says_how_many_are_enough() -> None:
    distances = np.where(np.eye(3) > 0, 0.0, np.inf)
    answer = solve_median(MedianProblem(reach_of(distances), np.ones(3), 2), seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.relaxations[0].change_fr.startswith("ouvrir 3 stations")
    assert "aucun plan trouvé" not in " ".join(answer.blocking_fr)


def test_more_required_sites_than_stations_is_refused_with_the_number_to_place() -> None:
    problem = MedianProblem(reach_of(line(0, 1, 2)), np.ones(3), 1, frozenset({0, 1}))
    answer = solve_median(problem, seed=0)
    assert isinstance(answer, Infeasible)
    assert answer.relaxations[0].change_fr == "placer 2 stations"


def test_rules_that_contradict_the_count_are_named() -> None:
    rules = (budget_rule(np.array([4.0, 4.0, 4.0]), 7.0),)
    problem = MedianProblem(reach_of(line(0, 1, 2)), np.ones(3), 2, rules=rules)
    answer = solve_median(problem, seed=0)
    assert isinstance(answer, Infeasible)
    assert "budget d'au plus 7 €" in answer.blocking_fr


def test_an_inconsistent_request_lists_all_its_faults() -> None:
    with pytest.raises(InputError) as refused:
        MedianProblem(reach_of(line(0, 1)), np.array([1.0, -1.0, 2.0]), 0, frozenset({7}))
    for fault in ("3 poids pour 2", "poids négatifs", "absents des 2 candidats", "à placer : 0"):
        assert fault in str(refused.value)
