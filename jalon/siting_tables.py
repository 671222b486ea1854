"""What a plan says of each station and of each commune."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import WORKING
from geo.optimise.nearby import nearest_km, nearest_reach
from geo.optimise.plan import Plan
from jalon.model import Objective
from jalon.siting_problem import Question

PLACE_COLUMNS = ["insee", "nom", "departement", "departement_nom", "epci_siren", "epci_nom"]


def coverage_table(asked: Question, plan: Plan) -> pd.DataFrame:
    """Return one row a commune: its nearest station, how many are within reach, if it is served."""
    chosen = list(plan.chosen)
    nearest, distance_km = nearest_km(
        asked.points_m, asked.points_m[chosen], detour_factor=asked.parameters.detour_ratio
    )
    near_count = np.asarray(asked.covers[:, chosen].sum(axis=1)).ravel().astype(int)
    codes = asked.communes["insee"].to_numpy()[chosen]
    return asked.communes[[*PLACE_COLUMNS, "population"]].assign(
        station=codes[nearest],
        distance_km=distance_km,
        stations_within=near_count,
        is_covered=near_count >= asked.parameters.backup,
    )


def station_table(asked: Question, plan: Plan, coverage: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return one row a station: whom it serves first, and what would be lost without it.

    `lost_population` no longer has enough stations within the radius without this one; where
    distances are the objective, `added_km` is what its mean or longest would gain.
    """
    chosen = list(plan.chosen)
    served = coverage if _minimises_distance(asked) else coverage[coverage["is_covered"]]
    nearest = served.groupby("station")["population"].sum()
    rows = asked.communes.loc[chosen, [*PLACE_COLUMNS]].drop(columns="departement")
    table = rows.assign(
        origin=[_origin(asked, position) for position in chosen],
        is_fixed=[position in asked.required for position in chosen],
        served_population=rows["insee"].map(nearest).fillna(0).astype(int),
        lost_population=_lost_population(asked, chosen),
    ).reset_index(drop=True)
    if _minimises_distance(asked):
        table["added_km"] = _added_km(asked, chosen)
    shapes = gpd.points_from_xy(asked.points_m[chosen, 0], asked.points_m[chosen, 1])
    return gpd.GeoDataFrame(table, geometry=shapes, crs=WORKING)


def coverage_by(coverage: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    """Return inhabitants and share covered by territory, least covered first."""
    grouped = coverage.assign(
        covered=coverage["population"].where(coverage["is_covered"], 0)
    ).groupby([code, name], as_index=False)
    table = grouped.agg(population=("population", "sum"), covered=("covered", "sum"))
    table = table.astype({"population": int, "covered": int})
    share = table["covered"] / table["population"].where(table["population"] > 0)
    return table.assign(covered_share=share).sort_values(["covered_share", code], ignore_index=True)


def _minimises_distance(asked: Question) -> bool:
    return asked.parameters.objective in {Objective.MEAN_DISTANCE, Objective.LONGEST_DISTANCE}


def _origin(asked: Question, position: int) -> str:
    if position in asked.existing:
        return "existante"
    return "imposée" if position in asked.required else "proposée"


def _lost_population(asked: Question, chosen: list[int]) -> NDArray[np.int64]:
    """Return, for each station, the inhabitants no longer served without it."""
    served = asked.covers[:, chosen]
    is_just_enough = np.asarray(served.sum(axis=1)).ravel() == asked.parameters.backup
    return (served.T @ (asked.weights * is_just_enough)).astype(int)


def _added_km(asked: Question, chosen: list[int]) -> NDArray[np.float64]:
    """Return, for each station, the km its mean or longest distance would gain without it.

    Nothing can be said (nan) of the only station of a plan.
    """
    if len(chosen) == 1:
        return np.array([np.nan])
    near = nearest_reach(
        asked.points_m,
        asked.points_m[chosen],
        count=2,
        detour_factor=asked.parameters.detour_ratio,
    )
    first_km, second_km = near.distances.reshape(-1, 2).T
    first = near.sites.reshape(-1, 2)[:, 0]
    if asked.parameters.objective is Objective.LONGEST_DISTANCE:
        without_km = np.full(len(chosen), first_km.max())
        np.maximum.at(without_km, first, second_km)
        return without_km - first_km.max()
    detours = asked.weights * (second_km - first_km)
    return np.bincount(first, detours, minlength=len(chosen)) / (asked.weights.sum() or np.nan)
