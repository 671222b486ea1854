"""Land under constraint: which rows of which table, and whether they forbid or only warn."""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import Meetings, meetings, taken
from geo.shapes import EMPTY, Geometries, polygons_only
from jalon.model import LandParameters, Prudence
from jalon.tables import LandTables
from layers.nature import Protection
from layers.risks import Hazard, Regulation

Select = Callable[[pd.DataFrame], "pd.Series[bool]"]


@dataclass(frozen=True, slots=True)
class Family:
    """Constraints of one kind. `forbids`: the land they cover is taken off the usable area."""

    name: str
    table: str
    label: str
    select: Select
    forbids: bool = False


def _among(column: str, *values: str) -> Select:
    return lambda rows: rows[column].isin(values)


WOODLAND, RESERVED = "01", "05"
"""CNIG `TYPEPSC`: classified woodland (espace boisé classé), land reserved for public works."""

HERITAGE = ("AC1", "AC4")
"""Easements of historic monuments, of remarkable heritage sites."""

LISTED_SITE = "AC2"
"""Easement of natural sites, classified or inscribed."""

NETWORKS = ("A5", "I1", "I3", "I4", "I5", "PT3", "T1")
"""Easements of pipes, power lines, cables and railways."""

FAMILIES: tuple[Family, ...] = (
    Family("forbidden", "risks", "label", _among("regulation", Regulation.FORBIDDEN), forbids=True),
    Family("unspecified", "risks", "label", _among("regulation", Regulation.UNKNOWN)),
    Family("conditional", "risks", "label", _among("regulation", Regulation.CONDITIONAL)),
    Family("hazard", "hazards", "label", lambda rows: rows["hazard_id"].notna()),
    Family("protected", "nature", "name", _among("protection", Protection.STRICT), forbids=True),
    Family("natura", "nature", "name", _among("protection", Protection.ASSESSMENT)),
    Family("inventory", "nature", "name", _among("protection", Protection.INVENTORY)),
    Family("park", "nature", "name", _among("protection", Protection.PARK)),
    Family("wetland", "nature", "name", _among("protection", Protection.WETLAND)),
    Family("woodland", "prescriptions", "label", _among("type_code", WOODLAND), forbids=True),
    Family("reserved", "prescriptions", "label", _among("type_code", RESERVED)),
    Family(
        "prescribed",
        "prescriptions",
        "label",
        lambda rows: ~rows["type_code"].isin((WOODLAND, RESERVED)),
    ),
    Family("heritage", "easements", "label", _among("category", *HERITAGE)),
    Family("listed", "easements", "label", _among("category", LISTED_SITE)),
    Family("network", "easements", "label", _among("category", *NETWORKS)),
    Family(
        "easement",
        "easements",
        "label",
        lambda rows: ~rows["category"].isin((*HERITAGE, LISTED_SITE, *NETWORKS)),
    ),
)


def with_constraints(
    sites: gpd.GeoDataFrame, tables: LandTables, parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Add, for each family, the square metres it covers and the label of its main row.

    Missing where its table was never imported. `forbidden_land` (geometry) is what no project
    may stand on, as the planner reads the zones of unknown regulation.
    """
    found = {name: _met(sites, getattr(tables, name)) for name in _tables_of(FAMILIES)}
    measured: dict[str, object] = {}
    forbidding = []
    for family in FAMILIES:
        rows, met = found[family.table]
        if rows is None or met is None:
            measured |= {f"{family.name}_m2": np.nan, f"{family.name}_label": None}
            continue
        among = met.among(family.select(rows).to_numpy(dtype=bool))
        measured[f"{family.name}_m2"] = among.covered_m2
        measured[f"{family.name}_label"] = taken(rows[family.label], among.largest()[0])
        if _forbids(family, parameters):
            forbidding.append(among.covered)
    flood_share = _flood_share(sites, found)
    land = _together(forbidding, len(sites))
    return sites.assign(**measured, flood_share=flood_share, forbidden_land=land)


Found = dict[str, tuple[gpd.GeoDataFrame | None, Meetings | None]]


def _flood_share(sites: gpd.GeoDataFrame, found: Found) -> "pd.Series[float]":
    """Return the share of each site known to be under a flood zone, of any rule or hazard.

    Missing where a zone does not say its hazard, or where no plan for natural risks speaks of
    the commune: works (PPRT) say nothing of floods.
    """
    land = [_of_hazards(found[name], Hazard.FLOOD) for name in ("risks", "hazards")]
    flooded_m2 = shapely.area(_together([m.covered for m in land if m is not None], len(sites)))
    share = pd.Series(flooded_m2, index=sites.index) / sites.area
    unsaid = _of_hazards(found["risks"], Hazard.OTHER)
    is_unsaid = np.zeros(len(sites), dtype=bool)
    if unsaid is not None:
        is_unsaid[unsaid.of_left] = True
    return share.clip(upper=1.0).where(share.gt(0) | (sites["is_flood_known"] & ~is_unsaid))


def _of_hazards(
    found: tuple[gpd.GeoDataFrame | None, Meetings | None], hazard: Hazard
) -> Meetings | None:
    rows, met = found
    if rows is None or met is None:
        return None
    return met.among(rows["hazard"].eq(hazard).to_numpy(dtype=bool))


def _tables_of(families: tuple[Family, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(family.table for family in families))


def _met(
    sites: gpd.GeoDataFrame, table: gpd.GeoDataFrame | None
) -> tuple[gpd.GeoDataFrame | None, Meetings | None]:
    if table is None:
        return None, None
    rows = table.reset_index(drop=True)
    return rows, meetings(sites.geometry, rows.geometry)


def _forbids(family: Family, parameters: LandParameters) -> bool:
    is_prudent = parameters.unspecified_risk is Prudence.EXCLUDE
    return family.forbids or (family.name == "unspecified" and is_prudent)


def _together(shapes: list[Geometries], count: int) -> Geometries:
    """Return the union, row by row, of lists of shapes; most rows have one part or none."""
    whole = np.full(count, EMPTY, dtype=object)
    for parts in shapes:
        is_new = ~shapely.is_empty(parts)
        both = is_new & ~shapely.is_empty(whole)
        whole[is_new & ~both] = parts[is_new & ~both]
        whole[both] = polygons_only(shapely.union(whole[both], parts[both]))
    return whole
