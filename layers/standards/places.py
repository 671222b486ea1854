"""Places written in a cell of a table, as the standards ask and as producers do."""

import json
import re

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import METROPOLITAN_FRANCE_WGS84

LONGITUDE_LATITUDE = re.compile(r"\[?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\]?")

MAX_LONGITUDE, MAX_LATITUDE = 180, 90

UNREADABLE_FR = "Géométrie illisible."
SWAPPED_FR = "Longitude et latitude semblent inversées."
METRES_FR = "Coordonnées en mètres (Lambert-93 ?) où l'on attend des degrés."


def read_point(cell: str) -> tuple[float, float] | None:
    """Return the longitude and latitude of a Table Schema `geopoint`; None if it is none."""
    match = LONGITUDE_LATITUDE.fullmatch(cell)
    if match is None:
        return None
    x, y = float(match[1]), float(match[2])
    return (x, y) if abs(x) <= MAX_LONGITUDE and abs(y) <= MAX_LATITUDE else None


def read_geojson(cell: str) -> dict[str, object] | None:
    """Return the GeoJSON object of a cell, whatever its coordinates; None if it is none."""
    try:
        content = json.loads(cell)
    except json.JSONDecodeError:
        return None
    is_shape = isinstance(content, dict) and "type" in content
    return content if is_shape and {"coordinates", "geometries"} & set(content) else None


def point_advice(cell: str) -> str | None:
    """Return what looks wrong with a point written as WKT or «longitude, latitude»."""
    pair = LONGITUDE_LATITUDE.fullmatch(cell)
    shape = shapely.Point(float(pair[1]), float(pair[2])) if pair else _from_wkt(cell)
    return UNREADABLE_FR if shape is None else _place_advice(shape)


def geojson_advice(cell: str) -> str | None:
    """Return what looks wrong with a GeoJSON geometry; None where it is none at all."""
    if read_geojson(cell) is None:
        return None
    shape = shapely.from_geojson(cell, on_invalid="ignore")
    return f"{UNREADABLE_FR[:-1]} (anneau non fermé ?)." if shape is None else _place_advice(shape)


def _from_wkt(cell: str) -> BaseGeometry | None:
    return shapely.from_wkt(cell, on_invalid="ignore")


def _place_advice(shape: BaseGeometry) -> str | None:
    if shape.is_empty:
        return UNREADABLE_FR
    bounds = np.array(shape.bounds)
    if (np.abs(bounds) > MAX_LONGITUDE).any():
        return METRES_FR
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return SWAPPED_FR if _is_in_france(y, x) and not _is_in_france(x, y) else None


def _is_in_france(x: float, y: float) -> bool:
    west, south, east, north = METROPOLITAN_FRANCE_WGS84
    return west <= x <= east and south <= y <= north
