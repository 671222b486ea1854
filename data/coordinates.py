"""Coordinates as published brought into Lambert-93, and those that deny their system."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.issues import Action, Issue, issue_if, rows_where
from geo.crs import EXCHANGE, METROPOLITAN_FRANCE_WGS84, WORKING
from geo.errors import CrsError, InputError
from geo.shapes import Geometries

WKT_COLUMN = "geometry_wkt"
LONLAT_COLUMN = "lonlat"

LONLAT = re.compile(r"\[?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\]?")
"""`coordonneesXY` of the IRVE schema: [longitude, latitude]."""

LAMBERT_2_COLUMNS = ["lambert2_x", "lambert2_y"]

LAMBERT_2_EXTENDED = CRS.from_epsg(27572)
"""NTF (Paris), zone II étendue: the metres of the registers of before 2000."""

MAX_LONGITUDE = 180
MAX_LATITUDE = 90

FIRST_ROWS_SHOWN = 5

FROM_ITS_FILE = "Corrigez la ligne dans le fichier d'origine."


def located(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the shapes written in one of its text columns, if it has one.

    Text coordinates are longitude, latitude (WGS84); a cell that cannot be read, or that says
    0, 0, has no shape.
    """
    readers = {WKT_COLUMN: _from_wkt, LONLAT_COLUMN: _from_lonlat}
    written = [column for column in readers if column in frame]
    placed: pd.DataFrame = frame
    if written and not isinstance(frame, gpd.GeoDataFrame):
        shapes = readers[written[0]](frame[written[0]])
        placed = gpd.GeoDataFrame(frame, geometry=shapes, crs=EXCHANGE)
    return placed


def completed(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `frame` with a point for each row that has none but gives Lambert II étendu metres."""
    if not isinstance(frame, gpd.GeoDataFrame) or not {*LAMBERT_2_COLUMNS} <= set(frame.columns):
        return frame, ()
    metres = frame[LAMBERT_2_COLUMNS].apply(pd.to_numeric, errors="coerce").gt(0).all(axis=1)
    absent = (frame.geometry.isna() | frame.geometry.is_empty) & metres
    rebuilt = gpd.GeoSeries(
        gpd.points_from_xy(*frame.loc[absent, LAMBERT_2_COLUMNS].astype(float).to_numpy().T),
        index=frame.index[absent],
        crs=LAMBERT_2_EXTENDED,
    )
    shapes = frame.geometry.copy()
    shapes[absent] = rebuilt.to_crs(frame.crs)
    message = "Point absent : rétabli d'après ses coordonnées Lambert II étendu."
    issues = issue_if(rows_where(frame, absent), "LEC-LAMBERT2", Action.REPAIRED, message)
    return frame.set_geometry(shapes), issues


def in_working_crs(
    frame: gpd.GeoDataFrame, name: str, *, crs: str | None = None, is_lat_lon: bool = False
) -> tuple[gpd.GeoDataFrame, tuple[Issue, ...]]:
    """Return `frame` in Lambert-93 without the rows whose coordinates are nowhere.

    `crs` overrides what the file says; `is_lat_lon` turns degrees given latitude first.
    """
    if crs:
        frame = frame.set_crs(_named_crs(crs), allow_override=True)
    if frame.crs is None:
        raise CrsError(
            f"« {name} » n'a pas de système de coordonnées (fichier .prj absent ?).",
            "Indiquez-le : --crs EPSG:2154 pour du Lambert-93, --crs EPSG:4326 pour du WGS84.",
        )
    frame = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
    issues: tuple[Issue, ...] = ()
    if frame.crs.is_geographic:
        frame = _turned(frame) if is_lat_lon else frame
        _refuse_metres(frame, name)
        frame, issues = _without_swapped(frame, name)
        issues += _far_away(frame)
    else:
        _refuse_degrees(frame, name)
    moved, lost = _without_infinite(frame.to_crs(WORKING))
    return moved, (*issues, *lost)


def _named_crs(text: str) -> CRS:
    """Return the system that `text` names, for example «EPSG:2154»."""
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise CrsError(
            f"« {text} » n'est pas un système de coordonnées connu.",
            "Donnez son code : --crs EPSG:2154 pour du Lambert-93, --crs EPSG:4326 pour du WGS84.",
        ) from error


def _from_wkt(texts: pd.Series) -> Geometries:
    cells = texts.astype(object).where(texts.notna(), None).to_numpy()
    shapes: Geometries = shapely.from_wkt(cells, on_invalid="ignore")
    return shapes


def _from_lonlat(texts: pd.Series) -> Geometries:
    found = [LONLAT.fullmatch(text) if isinstance(text, str) else None for text in texts]
    pairs = [(float(m[1]), float(m[2])) if m else (0.0, 0.0) for m in found]
    points: Geometries = shapely.points(np.array(pairs, dtype=float).reshape(-1, 2))
    points[[pair == (0.0, 0.0) for pair in pairs]] = None
    return points


def _turned(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    swapped = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return frame.set_geometry(swapped, crs=frame.crs)


def _refuse_metres(frame: gpd.GeoDataFrame, name: str) -> None:
    outside = (frame.geometry.bounds.abs() > MAX_LONGITUDE).any(axis=1)
    if outside.any():
        raise CrsError(
            f"« {name} » se dit en degrés mais {int(outside.sum())} ligne(s) ont des coordonnées "
            f"en mètres (première : ligne {rows_where(frame, outside)[0]}).",
            "Relancez avec --crs EPSG:2154 si le fichier est en Lambert-93.",
        )


def _refuse_degrees(frame: gpd.GeoDataFrame, name: str) -> None:
    bounds = frame.geometry.bounds.dropna()
    is_small = bounds.abs().le([MAX_LONGITUDE, MAX_LATITUDE] * 2).all(axis=None)
    if len(bounds) and is_small:
        raise CrsError(
            f"« {name} » se dit en {frame.crs.name} (mètres) mais ses coordonnées sont en degrés.",
            "Relancez avec --crs EPSG:4326 si le fichier est en longitude, latitude.",
        )


def _without_swapped(
    frame: gpd.GeoDataFrame, name: str
) -> tuple[gpd.GeoDataFrame, tuple[Issue, ...]]:
    """Set aside the rows that are in France once turned; raise when they are the most."""
    x, y = _centres(frame)
    is_swapped = _in_france(y, x) & ~_in_france(x, y)
    rows = rows_where(frame, is_swapped)
    if len(rows) * 2 > len(frame):
        shown = ", ".join(str(row) for row in rows[:FIRST_ROWS_SHOWN])
        raise InputError(
            f"« {name} » : longitude et latitude sont inversées sur {len(rows)} ligne(s) "
            f"sur {len(frame)} (lignes {shown}{'…' if len(rows) > FIRST_ROWS_SHOWN else ''}).",
            "Relancez avec --axes lat-lon.",
        )
    message = f"Longitude et latitude inversées. {FROM_ITS_FILE}"
    return frame[~is_swapped], issue_if(rows, "LEC-INVERSION", Action.SET_ASIDE, message)


def _far_away(frame: gpd.GeoDataFrame) -> tuple[Issue, ...]:
    """Return the issue of the rows outside metropolitan France, which are kept."""
    x, y = _centres(frame)
    is_far = x.notna() & ~_in_france(x, y)
    message = "Hors de France métropolitaine : lue, mais dans aucune région de Jalon."
    return issue_if(rows_where(frame, is_far), "LEC-HORS-FRANCE", Action.NOTED, message)


def _without_infinite(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Issue, ...]]:
    """Set aside the rows Lambert-93 cannot hold (the other side of the Earth)."""
    is_lost = np.isinf(frame.geometry.bounds).any(axis=1)
    message = f"Coordonnées hors du domaine de Lambert-93. {FROM_ITS_FILE}"
    issues = issue_if(rows_where(frame, is_lost), "LEC-HORS-DOMAINE", Action.SET_ASIDE, message)
    return frame[~is_lost], issues


def _centres(frame: gpd.GeoDataFrame) -> tuple[pd.Series, pd.Series]:
    bounds = frame.geometry.bounds
    return (bounds["minx"] + bounds["maxx"]) / 2, (bounds["miny"] + bounds["maxy"]) / 2


def _in_france(x: pd.Series, y: pd.Series) -> pd.Series:
    west, south, east, north = METROPOLITAN_FRANCE_WGS84
    return x.between(west, east) & y.between(south, north)
