"""How far each site is from the networks a firm needs, as the crow flies."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.overlay import Floats, nearest_m
from jalon.tables import REACH_M, LandTables
from layers.access_points import AccessKind
from layers.roads import RoadClass

MAIN_ROADS = (RoadClass.MOTORWAY, RoadClass.MAIN)

ACCESS_FR = {
    "road_m": "route la plus proche",
    "main_road_m": "route principale ou autoroute",
    "motorway_m": "échangeur autoroutier",
    "rail_m": "embranchement ferroviaire ou gare de fret",
    "railway_m": "voie ferrée",
    "substation_m": "poste électrique",
}
"""Straight-line distances from the limit of the site, in metres; missing where nothing was
imported within reach: no data is never «far»."""


def with_access(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    """Add the distances of ACCESS_FR; but the first, only to sites that have a vocation."""
    asked = gpd.GeoDataFrame(sites[sites["has_vocation"]])
    return sites.assign(road_m=_nearest_m(sites, _drivable(tables.roads), "roads")).join(
        _reaches(asked, tables)
    )


def _drivable(roads: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return the roads a lorry may take: no tracks; a road of unknown class is one."""
    if roads is None or "road_class" not in roads:
        return roads
    return roads[roads["road_class"].ne(RoadClass.TRACK)]


def _in_use(railways: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return the railways trains run on; one whose state is not told is one."""
    if railways is None or "is_active" not in railways:
        return railways
    return railways[railways["is_active"].ne("non")]


def _reaches(sites: gpd.GeoDataFrame, tables: LandTables) -> pd.DataFrame:
    points, roads = tables.access_points, tables.roads
    sidings = (AccessKind.SIDING, AccessKind.FREIGHT)
    distances = {
        "main_road_m": _nearest_m(sites, _among(roads, "road_class", *MAIN_ROADS), "roads"),
        "motorway_m": _nearest_m(
            sites, _among(points, "kind", AccessKind.JUNCTION), "access_points"
        ),
        "rail_m": _nearest_m(sites, _among(points, "kind", *sidings), "access_points"),
        "railway_m": _nearest_m(sites, _in_use(tables.railways), "railways"),
        "substation_m": _nearest_m(
            sites, _among(points, "kind", AccessKind.SUBSTATION), "access_points"
        ),
    }
    return pd.DataFrame(distances, index=sites.index)


def _among(rows: gpd.GeoDataFrame | None, column: str, *values: str) -> gpd.GeoDataFrame | None:
    if rows is None or column not in rows:
        return None
    return rows[rows[column].isin(values)]


def _nearest_m(sites: gpd.GeoDataFrame, rows: gpd.GeoDataFrame | None, layer_id: str) -> Floats:
    """Return the distance to the nearest row within the reach of its layer.

    Further, a row may or may not have been read: what was not looked for is not told.
    """
    if rows is None:
        nowhere: Floats = np.full(len(sites), np.nan)
        return nowhere
    return nearest_m(sites.geometry, rows.geometry, reach_m=REACH_M[layer_id])
