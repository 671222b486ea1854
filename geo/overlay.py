"""Shapes against shapes, always through the spatial index, never row by row of both sides."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import require_metric
from geo.shapes import Geometries, polygons_only

Positions = npt.NDArray[np.intp]


def meeting_pairs(left: Geometries, right: Geometries) -> tuple[Positions, Positions]:
    """Return the positions (left, right) of shapes that share at least a point, sorted."""
    of_left, of_right = shapely.STRtree(right).query(left, predicate="intersects")
    order = np.lexsort((of_right, of_left))
    return of_left[order], of_right[order]


def clip_to_union(left: gpd.GeoSeries, right: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return the part of each left shape that the right shapes cover together.

    Overlapping right shapes count once. Index and order are those of `left`.
    """
    require_metric(left)
    require_metric(right)
    ours, theirs = left.to_numpy(), right.to_numpy()
    of_left, of_right = meeting_pairs(ours, theirs)
    pieces = polygons_only(shapely.intersection(ours[of_left], theirs[of_right]))
    covered = np.full(len(ours), shapely.Polygon(), dtype=object)
    owners, starts, counts = np.unique(of_left, return_index=True, return_counts=True)
    for owner, start, count in zip(owners, starts, counts, strict=True):
        covered[owner] = _dissolve(pieces[start : start + count])
    return gpd.GeoSeries(covered, index=left.index, crs=left.crs)


def erase(left: gpd.GeoSeries, right: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return each left shape without what the right shapes cover."""
    covered = clip_to_union(left, right)
    return subtract(left, covered)


def subtract(left: gpd.GeoSeries, pieces: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return each left shape minus the piece of the same row."""
    rest = polygons_only(shapely.difference(left.to_numpy(), pieces.to_numpy()))
    return gpd.GeoSeries(rest, index=left.index, crs=left.crs)


def covered_share(left: gpd.GeoSeries, right: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Return the share (0 to 1) of each left shape that the right shapes cover together."""
    covered_m2 = shapely.area(clip_to_union(left, right).to_numpy())
    whole_m2 = shapely.area(left.to_numpy())
    share = np.divide(covered_m2, whole_m2, out=np.zeros(len(left)), where=whole_m2 > 0)
    bounded: npt.NDArray[np.float64] = np.minimum(share, 1.0)
    return bounded


def largest_overlap(left: gpd.GeoSeries, right: gpd.GeoSeries) -> Positions:
    """Return for each left shape the position of the right shape covering most of it; -1 if none.

    Ties go to the first right shape.
    """
    require_metric(left)
    require_metric(right)
    ours, theirs = left.to_numpy(), right.to_numpy()
    of_left, of_right = meeting_pairs(ours, theirs)
    area_m2 = shapely.area(shapely.intersection(ours[of_left], theirs[of_right]))
    order = np.lexsort((of_right, -area_m2, of_left))
    order = order[area_m2[order] > 0]
    owners, first = np.unique(of_left[order], return_index=True)
    best = np.full(len(ours), -1, dtype=np.intp)
    best[owners] = of_right[order][first]
    return best


def nearest_m(left: gpd.GeoSeries, right: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Return the distance in metres from each left shape to the nearest right one; NaN if none."""
    require_metric(left)
    require_metric(right)
    distance_m = np.full(len(left), np.nan)
    if len(right):
        (rows, _), found_m = shapely.STRtree(right.to_numpy()).query_nearest(
            left.to_numpy(), all_matches=False, return_distance=True
        )
        distance_m[rows] = found_m
    return distance_m


def _dissolve(pieces: Geometries) -> shapely.Geometry:
    if len(pieces) == 1:
        return pieces[0]
    return polygons_only(np.array([shapely.union_all(pieces)], dtype=object))[0]
