"""Stations over communes: from people and distances to a plan, its bound and its coverage."""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer

from geo.crs import EXCHANGE, WORKING
from geo.errors import InputError
from geo.optimise.curve import coverage_curve
from geo.optimise.nearby import coverage_within, nearest_km
from geo.optimise.problem import CoverageProblem, Plan, ProgressListener, SolverParameters
from geo.optimise.solve import solve_coverage
from geo.optimise.verify import verify
from jalon.model import StationParameters

DISTANCE_FR = "distance approchée : ligne droite × {ratio}, aucun réseau routier chargé"

CURVE_STEPS = 60


@dataclass(frozen=True, slots=True)
class StationOutcome:
    """A verified plan, told by station, by commune and by number of stations.

    `stations` has one row a station (points, EPSG:2154); `coverage` one row a commune;
    `curve` what any number of stations covers at least and at most.
    """

    plan: Plan
    stations: gpd.GeoDataFrame
    coverage: pd.DataFrame
    curve: pd.DataFrame
    parameters: StationParameters

    @property
    def population(self) -> int:
        """Inhabitants of all the communes considered."""
        return int(self.coverage["population"].sum())

    @property
    def covered_share(self) -> float:
        """Share of the inhabitants within the radius of a station."""
        return self.plan.objective / self.population if self.population else 0.0

    @property
    def distance_fr(self) -> str:
        """How the distances were obtained, to be shown beside every figure."""
        return DISTANCE_FR.format(ratio=str(self.parameters.detour_ratio).replace(".", ","))


def place_stations(
    communes: gpd.GeoDataFrame,
    parameters: StationParameters,
    *,
    seed: int,
    progress: ProgressListener | None = None,
) -> StationOutcome:
    """Return the plan that covers the most inhabitants of `communes`, proven and verified.

    Every commune is a demand (its inhabitants, at its town hall) and a candidate site.
    A commune whose population is unknown weighs nothing and stays in the table.
    """
    ordered = communes.sort_values("insee", ignore_index=True)
    points_m = town_halls_m(ordered)
    weights = ordered["population"].fillna(0).to_numpy(dtype=float)
    problem = CoverageProblem(
        weights=weights,
        covers=coverage_within(
            points_m,
            points_m,
            radius_km=parameters.radius_km,
            detour_factor=parameters.detour_ratio,
        ),
        count=parameters.count,
        required=_positions(ordered, parameters.fixed, "fixed"),
        forbidden=_positions(ordered, parameters.forbidden, "forbidden"),
    )
    effort = SolverParameters(target_gap_share=parameters.target_gap_share)
    plan = solve_coverage(problem, effort, seed=seed, progress=progress)
    verify(problem, plan)
    coverage = _coverage(ordered, points_m, plan, parameters)
    return StationOutcome(
        plan=plan,
        stations=_stations(ordered, points_m, problem, plan, coverage),
        coverage=coverage,
        curve=_curve(problem, plan),
        parameters=parameters,
    )


def town_halls_m(communes: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return the town halls as (n, 2) Lambert-93 metres."""
    to_metres = Transformer.from_crs(EXCHANGE, WORKING, always_xy=True)
    x_m, y_m = to_metres.transform(communes["mairie_lon"], communes["mairie_lat"])
    return np.column_stack([x_m, y_m])


def _positions(communes: pd.DataFrame, codes: Iterable[str], key: str) -> frozenset[int]:
    row_of = {code: row for row, code in enumerate(communes["insee"])}
    unknown = sorted(set(codes) - set(row_of))
    if unknown:
        raise InputError(
            f"Communes inconnues dans « stations.{key} » : {', '.join(unknown)}.",
            "Donnez des codes INSEE de communes du territoire choisi.",
        )
    return frozenset(row_of[code] for code in codes)


def _coverage(
    communes: gpd.GeoDataFrame,
    points_m: npt.NDArray[np.float64],
    plan: Plan,
    parameters: StationParameters,
) -> pd.DataFrame:
    """Return one row a commune with its nearest station and whether it is within reach."""
    nearest, distance_km = nearest_km(
        points_m, points_m[list(plan.chosen)], detour_factor=parameters.detour_ratio
    )
    columns = ["insee", "nom", "departement", "departement_nom", "epci_siren", "epci_nom"]
    stations = communes["insee"].to_numpy()[list(plan.chosen)]
    return communes[[*columns, "population"]].assign(
        station=stations[nearest],
        distance_km=distance_km,
        is_covered=distance_km <= parameters.radius_km,
    )


def _stations(
    communes: gpd.GeoDataFrame,
    points_m: npt.NDArray[np.float64],
    problem: CoverageProblem,
    plan: Plan,
    coverage: pd.DataFrame,
) -> gpd.GeoDataFrame:
    """Return one row a station: whom it serves first, and what would be lost without it."""
    chosen = list(plan.chosen)
    served = problem.covers[:, chosen]
    reached_once = np.asarray(served.sum(axis=1)).ravel() == 1
    only_here = served.T @ (problem.weights * reached_once)
    nearest = coverage[coverage["is_covered"]].groupby("station")["population"].sum()
    rows = communes.loc[chosen, ["insee", "nom", "departement_nom", "epci_siren", "epci_nom"]]
    table = rows.assign(
        is_fixed=[position in problem.required for position in chosen],
        served_population=rows["insee"].map(nearest).fillna(0).astype(int),
        lost_population=only_here.astype(int),
    ).reset_index(drop=True)
    shapes = gpd.points_from_xy(points_m[chosen, 0], points_m[chosen, 1])
    return gpd.GeoDataFrame(table, geometry=shapes, crs=WORKING)


def _curve(problem: CoverageProblem, plan: Plan) -> pd.DataFrame:
    """Return covered inhabitants (at least, at most) for a range of numbers of stations."""
    available = problem.covers.shape[1] - len(problem.forbidden)
    most = min(2 * problem.count, available)
    least = max(1, len(problem.required))
    counts = np.unique(np.linspace(least, most, CURVE_STEPS).astype(int))
    counts = np.unique(np.append(counts, problem.count))
    return coverage_curve(problem, counts, plan=plan)


def coverage_by(coverage: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    """Return inhabitants and share covered by territory, least covered first."""
    grouped = coverage.assign(
        covered=coverage["population"].where(coverage["is_covered"], 0)
    ).groupby([code, name], as_index=False)
    table = grouped.agg(population=("population", "sum"), covered=("covered", "sum"))
    share = table["covered"] / table["population"].where(table["population"] > 0)
    return table.assign(covered_share=share).sort_values(["covered_share", code], ignore_index=True)
