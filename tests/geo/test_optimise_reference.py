"""Real and published instances: the solver beside known optima, and Grand Est itself.

Published optima: Maximo, Cordeau & Nascimento, International Transactions in Operational
Research 2023 (AILS-MCLP): haversine, R = 6,378,137 m, distance <= radius, ids from 0.
"""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.spatial import cKDTree

from geo.optimise.coverage.solve import solve_coverage
from geo.optimise.effort import DEFAULT_EFFORT, Effort
from geo.optimise.nearby import coverage_within
from geo.optimise.plan import Plan, Status
from geo.optimise.problem import CoverageProblem
from geo.optimise.verify import verify

pytestmark = pytest.mark.reference

EARTH_RADIUS_M = 6_378_137.0
SHORT_WORK = Effort(work=0.1)


@dataclass(frozen=True, slots=True)
class Published:
    problem: CoverageProblem
    optimum: float
    sites: tuple[int, ...]


def city(folder: Path, name: str, *, radius_m: int, count: int) -> Published:
    lines = [line.strip() for line in (folder / f"{name}.txt").read_text().splitlines()]
    coordinates = lines.index("NODE_COORD_SECTION") + 1
    demands = lines.index("DEMAND_SECTION")
    degrees = np.array([line.split()[:2] for line in lines[coordinates:demands]], dtype=float)
    weights = np.array([line.split()[-1] for line in lines[demands + 1 :][: len(degrees)]], float)
    problem = CoverageProblem(weights, within_haversine(degrees, radius_m=radius_m), count=count)
    value, _, sites = (folder / f"opt_{name}_{count}_{radius_m}.txt").read_text().partition("\n")
    chosen = tuple(sorted(int(site) for site in sites.split(":")[1].split()))
    return Published(problem, float(value.split(":")[1]), chosen)


def within_haversine(degrees: np.ndarray, *, radius_m: float) -> sparse.csr_matrix:
    """Great-circle distance is a growing function of the chord: a tree in 3-D finds it."""
    latitude, longitude = np.radians(degrees).T
    on_sphere = np.column_stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )
    tree, chord = cKDTree(on_sphere), 2 * np.sin(radius_m / EARTH_RADIUS_M / 2)
    pairs = tree.sparse_distance_matrix(tree, chord, output_type="ndarray")
    return sparse.csr_matrix((np.ones(len(pairs)), (pairs["i"], pairs["j"])), (len(degrees),) * 2)


def solved(problem: CoverageProblem, effort: Effort = DEFAULT_EFFORT, *, seed: int = 0) -> Plan:
    plan = solve_coverage(problem, effort, seed=seed)
    assert isinstance(plan, Plan)
    verify(problem, plan)
    return plan


CITIES = [("NewYork", 400, 50), ("SanFrancisco", 600, 50)]


@pytest.mark.parametrize(("name", "radius_m", "count"), CITIES)
def test_the_published_sites_cover_the_published_weight(
    reference_dir: Path, name: str, radius_m: int, count: int
) -> None:
    published = city(
        reference_dir / "data" / "siting" / "mclp", name, radius_m=radius_m, count=count
    )
    covered = published.problem.covers[:, list(published.sites)].getnnz(axis=1) > 0
    assert published.problem.weights[covered].sum() == published.optimum


@pytest.mark.parametrize(("name", "radius_m", "count"), CITIES)
def test_the_published_optimum_lies_between_plan_and_bound(
    reference_dir: Path, name: str, radius_m: int, count: int
) -> None:
    published = city(
        reference_dir / "data" / "siting" / "mclp", name, radius_m=radius_m, count=count
    )
    plan = solved(published.problem, SHORT_WORK)
    assert plan.objective <= published.optimum <= plan.bound
    assert plan.objective >= 0.99 * published.optimum
    assert plan.gap_share <= 0.02


def test_50_stations_in_new_york_are_proven_to_be_the_published_optimum(
    reference_dir: Path,
) -> None:
    folder = reference_dir / "data" / "siting" / "mclp"
    published = city(folder, "NewYork", radius_m=400, count=50)
    plan = solved(published.problem)
    assert (plan.objective, plan.status) == (published.optimum, Status.OPTIMAL)


def grand_est(reference_dir: Path, *, radius_km: float, count: int) -> CoverageProblem:
    table = pd.read_parquet(
        reference_dir / "data" / "territory" / "communes_44.parquet",
        columns=["insee", "population", "mairie_lon", "mairie_lat"],
    ).sort_values("insee")
    places = gpd.points_from_xy(table["mairie_lon"], table["mairie_lat"], crs=4326).to_crs(2154)
    points_m = np.column_stack([places.x, places.y])
    covers = coverage_within(points_m, points_m, radius_km=radius_km, detour_factor=1.3)
    return CoverageProblem(table["population"].to_numpy(dtype=float), covers, count=count)


def test_300_stations_cover_99_percent_of_grand_est_and_prove_it(reference_dir: Path) -> None:
    problem = grand_est(reference_dir, radius_km=10, count=300)
    plan = solved(problem, SHORT_WORK)
    assert plan.objective >= 0.99 * problem.weights.sum()
    assert plan.gap_share <= 0.007


def test_the_same_seed_gives_grand_est_the_same_plan(reference_dir: Path) -> None:
    problem = grand_est(reference_dir, radius_km=10, count=300)
    assert solved(problem, SHORT_WORK, seed=7) == solved(problem, SHORT_WORK, seed=7)


@pytest.mark.parametrize(("radius_km", "optimum"), [(10, 3_796_312), (15, 4_593_052)])
def test_50_stations_are_proven_best_in_grand_est(
    reference_dir: Path, radius_km: float, optimum: float
) -> None:
    plan = solved(grand_est(reference_dir, radius_km=radius_km, count=50))
    assert (plan.objective, plan.status) == (optimum, Status.OPTIMAL)


def test_300_stations_reach_everybody_within_15_km(reference_dir: Path) -> None:
    problem = grand_est(reference_dir, radius_km=15, count=300)
    plan = solved(problem)
    assert (plan.objective, plan.status) == (problem.weights.sum(), Status.OPTIMAL)
