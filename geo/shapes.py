"""Shapes one at a time: repaired, measured, described; every length in metres (EPSG:2154)."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import require_metric

M2_PER_HA = 10_000.0

POLYGON_TYPES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)

Geometries = npt.NDArray[np.object_]

EMPTY = shapely.Polygon()


THREAD_M2 = 0.01
"""A hundred square centimetres are the thread two drawings leave between them: no shape."""


def area_ha(shapes: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Return the area of each shape in hectares; 0 where there is no shape."""
    require_metric(shapes)
    area_m2: npt.NDArray[np.float64] = np.nan_to_num(shapely.area(shapes.to_numpy()))
    return area_m2 / M2_PER_HA


def repair(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return each polygon valid; what is invalid is rebuilt by the structure method.

    The structure method keeps the area covered by rings and never turns a hole into land
    (Martínez et al., GEOS `MakeValid`, method «structure»).
    """
    array = shapes.to_numpy().copy()
    broken = ~shapely.is_valid(array) & ~shapely.is_missing(array)
    array[broken] = shapely.make_valid(array[broken], method="structure", keep_collapsed=False)
    return gpd.GeoSeries(array, index=shapes.index, crs=shapes.crs)


def polygons_only(shapes: Geometries) -> Geometries:
    """Return each shape without its points and lines; an empty polygon where none is left."""
    kept = shapes.copy()
    kinds = shapely.get_type_id(kept)
    kept[~np.isin(kinds, (*POLYGON_TYPES, shapely.GeometryType.GEOMETRYCOLLECTION))] = EMPTY
    mixed = kinds == shapely.GeometryType.GEOMETRYCOLLECTION
    kept[mixed] = [_polygonal_part(shape) for shape in kept[mixed]]
    return kept


def _polygonal_part(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    polygons = parts[np.isin(shapely.get_type_id(parts), POLYGON_TYPES)]
    return shapely.union_all(polygons) if len(polygons) else EMPTY


def inner_width_m(shapes: gpd.GeoSeries, *, tolerance_m: float = 1.0) -> npt.NDArray[np.float64]:
    """Return the diameter of the largest circle inside each shape, within `tolerance_m`."""
    require_metric(shapes)
    array = shapes.to_numpy()
    width_m = np.zeros(len(array))
    solid = shapely.area(array) > 0
    circles = shapely.maximum_inscribed_circle(array[solid], tolerance=tolerance_m)
    width_m[solid] = 2 * shapely.length(circles)
    return width_m


def elongation_ratio(shapes: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Return length over width of the narrowest rectangle around each shape: 1 is a square.

    Missing where there is no surface, or less than THREAD_M2 of it.
    """
    require_metric(shapes)
    array = shapes.to_numpy()
    ratio = np.full(len(array), np.nan)
    solid = shapely.area(array) > THREAD_M2
    # A one-dimensional array of one shape would come back as a bare shape.
    boxes = np.atleast_1d(shapely.oriented_envelope(array[solid]))
    corners = shapely.get_coordinates(shapely.get_exterior_ring(boxes)).reshape(-1, 5, 2)
    sides_m = np.linalg.norm(np.diff(corners[:, :3], axis=1), axis=2)
    ratio[solid] = sides_m.max(axis=1) / sides_m.min(axis=1)
    return ratio


def largest_part(shapes: Geometries) -> Geometries:
    """Return the largest polygon of each shape; the shape itself when it is in one piece."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    owners, first = np.unique(owner[order], return_index=True)
    largest = shapes.copy()
    largest[owners] = parts[order][first]
    return largest
