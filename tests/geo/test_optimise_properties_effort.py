"""More work is never worse, the same seed repeats itself, memory follows pairs (siting 7.10)."""

import tracemalloc
from functools import partial

import numpy as np
import pytest

from geo.optimise.arrays import Floats
from geo.optimise.coverage.solve import solve_coverage
from geo.optimise.effort import Effort
from geo.optimise.median.problem import MedianProblem
from geo.optimise.median.solve import solve_median
from geo.optimise.mixed.refuelling import Trip
from geo.optimise.nearby import coverage_within, nearest_reach
from geo.optimise.plan import Plan
from geo.optimise.problem import CoverageProblem
from tests.geo.siting_engines import solve
from tests.geo.siting_worlds import COVERAGES, Problem, Variant, World, asked

SIZE = 60


def region(size: int = SIZE) -> World:
    """Points of a 30 km square, each a site; trips between neighbours in the order drawn."""
    draws = np.random.default_rng(11)
    points_m = draws.uniform(0, 30_000, (size, 2))
    reach = nearest_reach(points_m, points_m, count=size, detour_factor=1.3)
    distances = np.empty((size, size))
    distances[reach.rows, reach.sites] = reach.distances
    return World(
        distances=distances,
        weights=draws.integers(1, 1_000, size).astype(float),
        costs=draws.integers(1, 5, size).astype(float),
        places=draws.uniform(0, 100, size),
        territories=tuple(draws.choice(["A", "B"], size)),
        rooms=np.full(size, 8_000.0),
        trips=tuple(trip(draws, size) for _ in range(size)),
        radius=6.0,
        count=6,
    )


def trip(draws: np.random.Generator, size: int) -> Trip:
    positions = np.sort(draws.uniform(0, 20, 5))
    return Trip(draws.permutation(size)[:5], positions, 20.0, float(draws.integers(1, 100)))


def planned(problem: Problem, work: float, *, seed: int = 3) -> Plan:
    plan = solve(problem, Effort(work=work), seed=seed)
    assert isinstance(plan, Plan)
    return plan


@pytest.mark.parametrize("variant", Variant)
def test_less_work_never_finds_better_nor_proves_more(variant: Variant) -> None:
    problem = asked(variant, region())
    less, more = (planned(problem, work) for work in (0.001, 0.1))
    sign = 1.0 if variant in COVERAGES else -1.0
    assert sign * less.objective <= sign * more.objective * (1 + sign * 1e-9)
    assert sign * less.bound >= sign * more.bound * (1 - sign * 1e-9)


@pytest.mark.parametrize("variant", Variant)
def test_the_same_seed_gives_the_same_plan_and_assignment(variant: Variant) -> None:
    problem = asked(variant, region())
    first, second = (planned(problem, 0.01, seed=7) for _ in range(2))
    assert first == second
    assert len(first.instance_hash) == 64
    assert (first.assignment is None) == (second.assignment is None)
    if first.assignment is not None and second.assignment is not None:
        assert (first.assignment == second.assignment).all()


def test_a_median_of_nearest_lists_is_that_of_full_ones() -> None:
    draws = np.random.default_rng(2)
    points_m, weights = draws.uniform(0, 50_000, (150, 2)), draws.uniform(1, 99, 150)
    reaches = [
        nearest_reach(points_m, points_m, count=listed, detour_factor=1.3) for listed in (50, 150)
    ]
    cut, full = (planned(MedianProblem(reach, weights, 15), 0.2) for reach in reaches)
    assert cut.chosen == full.chosen
    assert cut.objective == pytest.approx(full.objective)


def large() -> tuple[Floats, Floats, Floats]:
    """20 000 demand points and 5 000 sites among them, in a square of 200 km."""
    draws = np.random.default_rng(4)
    points_m = draws.uniform(0, 200_000, (20_000, 2))
    return points_m, points_m[:5_000], draws.integers(1, 1_000, 20_000).astype(float)


BYTES_PER_PAIR = 400
"""Generous: a pair is 16 bytes in the matrix, and the engines keep several views of it."""


def test_memory_follows_the_pairs_not_the_size_of_a_dense_table() -> None:
    points_m, sites_m, weights = large()
    covers = coverage_within(points_m, sites_m, radius_km=10, detour_factor=1.3)
    reach = nearest_reach(points_m, sites_m, count=60, detour_factor=1.3)
    brief = Effort(work=0.0)
    coverage = CoverageProblem(weights, covers, count=300)
    median = MedianProblem(reach, weights, 300)
    jobs = {
        covers.nnz: partial(solve_coverage, coverage, brief, seed=0),
        len(reach.sites): partial(solve_median, median, brief, seed=0),
    }
    for pair_count, job in jobs.items():
        tracemalloc.start()
        assert isinstance(job(), Plan)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak_bytes <= BYTES_PER_PAIR * pair_count
        assert peak_bytes < 8 * len(weights) * len(sites_m) / 2
