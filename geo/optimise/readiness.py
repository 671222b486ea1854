"""Loops compiled before anybody waits for them."""

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Floats
from geo.optimise.coverage.curve import coverage_curve
from geo.optimise.coverage.solve import solve_coverage
from geo.optimise.covering.center import solve_center
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.covering.solve import solve_covering
from geo.optimise.effort import Effort
from geo.optimise.median.capacitated import solve_capacitated
from geo.optimise.median.problem import CapacitatedProblem, MedianProblem
from geo.optimise.median.solve import solve_median
from geo.optimise.nearby import nearest_reach
from geo.optimise.plan import Plan
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.reach import Reach
from geo.optimise.rules import count_rule, spacing_rule

SIDE_M = 40_000.0
SITE_COUNT = 120
STATION_COUNT = 12
RADIUS_KM = 4.0
SPACING_KM = 3.0

SHUFFLED_COUNT = 400
"""Rows and sites of a covering that no simplification settles: who serves whom is drawn."""

SITES_PER_ROW = 30

LITTLE = Effort(work=0.02)
"""Enough for the loops to run once; the answers are thrown away."""


def compile_loops() -> None:
    """Solve small generated instances of every kind, so that their loops are kept on disk."""
    draws = np.random.default_rng(0)
    points_m = draws.uniform(0.0, SIDE_M, (SITE_COUNT, 2))
    weights = draws.integers(1, 1_000, SITE_COUNT).astype(float)
    reach = nearest_reach(points_m, points_m, count=SITE_COUNT, detour_factor=1.0)
    _maximise_coverage(reach, weights)
    _cover_at_least_cost(draws)
    _shorten_distances(reach, weights)


def _maximise_coverage(reach: Reach, weights: Floats) -> None:
    covers = reach.within(RADIUS_KM)
    plain = CoverageProblem(weights, covers, count=STATION_COUNT)
    plan = solve_coverage(plain, LITTLE, seed=0)
    if isinstance(plan, Plan):
        coverage_curve(plain, [STATION_COUNT, STATION_COUNT + 1], plan=plan)
    counted = count_rule(STATION_COUNT, STATION_COUNT, site_count=SITE_COUNT)
    rules = (counted, spacing_rule(reach, SPACING_KM))
    solve_coverage(CoverageProblem(weights, covers, rules=rules), LITTLE, seed=0)
    twice = np.full(SITE_COUNT, 2)
    backup = CoverageProblem(weights, covers, count=STATION_COUNT, needs=twice)
    solve_coverage(backup, LITTLE, seed=0)


def _cover_at_least_cost(draws: np.random.Generator) -> None:
    rows = np.repeat(np.arange(SHUFFLED_COUNT), SITES_PER_ROW)
    sites = draws.integers(0, SHUFFLED_COUNT, len(rows))
    shape = (SHUFFLED_COUNT, SHUFFLED_COUNT)
    covers = sparse.csr_matrix((np.ones(len(rows)), (rows, sites)), shape=shape)
    weights = draws.integers(1, 1_000, SHUFFLED_COUNT).astype(float)
    for share in (1.0, 0.9):
        solve_covering(CoveringProblem(weights, covers, share=share), LITTLE, seed=0)


def _shorten_distances(reach: Reach, weights: Floats) -> None:
    solve_center(CenterProblem(reach, STATION_COUNT), LITTLE, seed=0)
    spaced = (spacing_rule(reach, SPACING_KM),)
    for rules in ((), spaced):
        solve_median(MedianProblem(reach, weights, STATION_COUNT, rules=rules), LITTLE, seed=0)
    room = np.full(SITE_COUNT, 1.5 * SITE_COUNT / STATION_COUNT)
    everybody = np.ones(SITE_COUNT)
    solve_capacitated(CapacitatedProblem(reach, everybody, room, STATION_COUNT), LITTLE, seed=0)
