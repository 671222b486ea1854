"""Coordinate systems: Lambert-93 inside, WGS84 only at the borders."""

import geopandas as gpd
from pyproj import CRS

from geo.errors import CrsError

WORKING = CRS.from_epsg(2154)
"""RGF93 v1 / Lambert-93, metres: every area and length is measured here."""

EXCHANGE = CRS.from_epsg(4326)
"""WGS 84, degrees: what GeoJSON (RFC 7946) and web maps speak."""

METROPOLITAN_FRANCE_WGS84 = (-5.6, 41.0, 10.2, 51.6)
"""West, south, east, north in degrees, with a margin at sea."""


def require_metric(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> None:
    """Raise CrsError unless `frame` is in Lambert-93 metres."""
    if frame.crs is None:
        raise CrsError(
            "La couche n'a pas de système de coordonnées.",
            "Indiquez-le, par exemple avec --crs EPSG:2154.",
        )
    if frame.crs != WORKING:
        raise CrsError(
            f"Surfaces et longueurs se mesurent en EPSG:2154, pas en {frame.crs.name}.",
            "Reprojetez la couche avant le calcul.",
        )


def to_working(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` in Lambert-93; a frame without a system is refused, never guessed."""
    if frame.crs is None:
        require_metric(frame)
    return frame.to_crs(WORKING)


def to_exchange(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` in WGS84 longitude, latitude."""
    require_metric(frame)
    return frame.to_crs(EXCHANGE)
