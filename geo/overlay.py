"""Shapes against shapes, always through the spatial index, never row by row of both sides."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.crs import require_metric
from geo.shapes import EMPTY, Geometries, polygons_only

Positions = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

MAX_TILE_VERTICES = 1024
"""Above this, a shape is cut in tiles first: each meeting then reads only the edges near it."""


@dataclass(frozen=True)
class Meetings:
    """The land two families of shapes share: one piece a pair, sorted by left then right.

    Only pairs that share a surface are here; a right shape cut in tiles may give several
    pieces to one left shape. Nothing is dissolved before it is asked.
    """

    left_count: int
    of_left: Positions
    of_right: Positions
    pieces: Geometries

    @cached_property
    def piece_m2(self) -> Floats:
        """The area of each piece, in square metres."""
        area_m2: Floats = shapely.area(self.pieces)
        return area_m2

    def among(self, is_right_kept: Mask) -> "Meetings":
        """Return the meetings with the right shapes of the mask only."""
        return self.where(is_right_kept[self.of_right])

    def where(self, is_kept: Mask) -> "Meetings":
        """Return the meetings of the mask (one value a piece) only."""
        kept = (self.of_left[is_kept], self.of_right[is_kept], self.pieces[is_kept])
        return Meetings(self.left_count, *kept)

    @cached_property
    def covered(self) -> Geometries:
        """The part of each left shape that the right shapes cover together, each land once."""
        covered = np.full(self.left_count, EMPTY, dtype=object)
        owners, starts, counts = _runs(self.of_left)
        alone = counts == 1
        covered[owners[alone]] = self.pieces[starts[alone]]
        shared = np.repeat(~alone, counts)
        if shared.any():
            groups = np.repeat(np.arange(np.count_nonzero(~alone)), counts[~alone])
            gathered = shapely.geometrycollections(self.pieces[shared], indices=groups)
            covered[owners[~alone]] = polygons_only(shapely.union_all(gathered[:, None], axis=1))
        return covered

    @cached_property
    def covered_m2(self) -> Floats:
        """The area of `covered`, in square metres."""
        area_m2: Floats = shapely.area(self.covered)
        return area_m2

    def largest(self) -> tuple[Positions, Floats]:
        """Return the right shape that covers most of each left one, and the area it covers.

        The position is -1, the area 0, where none does. Ties go to the first right shape.
        """
        best = np.full(self.left_count, -1, dtype=np.intp)
        best_m2 = np.zeros(self.left_count)
        if len(self.of_left):
            first = np.flatnonzero(_is_new(self.of_left) | _is_new(self.of_right))
            area_m2 = np.add.reduceat(self.piece_m2, first)
            of_left, of_right = self.of_left[first], self.of_right[first]
            order = np.lexsort((of_right, -area_m2, of_left))
            owners, starts, _ = _runs(of_left[order])
            best[owners] = of_right[order][starts]
            best_m2[owners] = area_m2[order][starts]
        return best, best_m2


def meetings(left: gpd.GeoSeries, right: gpd.GeoSeries) -> Meetings:
    """Return every piece of land that a left and a right shape share."""
    require_metric(left)
    require_metric(right)
    ours, shapes = left.to_numpy(), right.to_numpy()
    near = np.unique(shapely.STRtree(shapes).query(ours)[1])
    theirs, owner = _tiles(shapes[near])
    of_left, of_tile = meeting_pairs(ours, theirs)
    pieces = _shared_land(ours[of_left], theirs[of_tile])
    solid = shapely.area(pieces) > 0
    of_left, of_right, pieces = of_left[solid], near[owner[of_tile[solid]]], pieces[solid]
    order = np.lexsort((of_right, of_left))
    return Meetings(len(ours), of_left[order], of_right[order], pieces[order])


def meeting_pairs(left: Geometries, right: Geometries) -> tuple[Positions, Positions]:
    """Return the positions (left, right) of shapes that share at least a point, sorted."""
    of_left, of_right = shapely.STRtree(right).query(left)
    shapely.prepare(right)
    met = shapely.intersects(right[of_right], left[of_left])
    of_left, of_right = of_left[met], of_right[met]
    order = np.lexsort((of_right, of_left))
    return of_left[order], of_right[order]


def clip_to_union(left: gpd.GeoSeries, right: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return the part of each left shape that the right shapes cover together.

    Overlapping right shapes count once. Index and order are those of `left`.
    """
    return gpd.GeoSeries(meetings(left, right).covered, index=left.index, crs=left.crs)


def erase(left: gpd.GeoSeries, right: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return each left shape without what the right shapes cover."""
    return subtract(left, clip_to_union(left, right))


def subtract(left: gpd.GeoSeries, pieces: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return each left shape minus the piece of the same row."""
    rest, taken = left.to_numpy().copy(), pieces.to_numpy()
    touched = ~(shapely.is_empty(taken) | shapely.is_missing(taken))
    rest[touched] = polygons_only(shapely.difference(rest[touched], taken[touched]))
    return gpd.GeoSeries(rest, index=left.index, crs=left.crs)


def covered_share(left: gpd.GeoSeries, right: gpd.GeoSeries) -> Floats:
    """Return the share (0 to 1) of each left shape that the right shapes cover together."""
    covered_m2 = meetings(left, right).covered_m2
    whole_m2 = shapely.area(left.to_numpy())
    share = np.divide(covered_m2, whole_m2, out=np.zeros(len(left)), where=whole_m2 > 0)
    bounded: Floats = np.minimum(share, 1.0)
    return bounded


def nearest_m(left: gpd.GeoSeries, right: gpd.GeoSeries, *, reach_m: float = np.inf) -> Floats:
    """Return the distance in metres from each left shape to the nearest right one.

    NaN where there is none within `reach_m`.
    """
    require_metric(left)
    require_metric(right)
    distance_m = np.full(len(left), np.nan)
    if len(right):
        (rows, _), found_m = shapely.STRtree(_segments(right.to_numpy())).query_nearest(
            left.to_numpy(), all_matches=False, return_distance=True
        )
        distance_m[rows] = np.where(found_m <= reach_m, found_m, np.nan)
    return distance_m


def taken(values: pd.Series, positions: Positions) -> list[object]:
    """Return the value at each position; None where the position is -1."""
    listed = [*values.to_numpy(dtype=object), None]
    return [listed[position] for position in positions]


def _shared_land(left: Geometries, right: Geometries) -> Geometries:
    """Return the polygonal part of what the shapes of each pair share.

    A shape that lies wholly in the other is the answer itself; the boxes tell which may.
    """
    ours, theirs = shapely.bounds(left), shapely.bounds(right)
    may_lie_inside = _encloses(theirs, ours)
    may_hold = _encloses(ours, theirs) & ~may_lie_inside
    lies_inside = np.zeros(len(left), dtype=bool)
    lies_inside[may_lie_inside] = shapely.contains_properly(
        right[may_lie_inside], left[may_lie_inside]
    )
    shapely.prepare(left)
    holds = np.zeros(len(left), dtype=bool)
    holds[may_hold] = shapely.covers(left[may_hold], right[may_hold])
    pieces = np.where(lies_inside, left, right)
    crossing = ~lies_inside & ~holds
    pieces[crossing] = shapely.intersection(left[crossing], right[crossing])
    return polygons_only(pieces)


def _encloses(outer: Floats, inner: Floats) -> Mask:
    """Return the mask of the boxes (west, south, east, north) that hold the other of their row."""
    held = np.all(outer[:, :2] <= inner[:, :2], axis=1)
    held &= np.all(outer[:, 2:] >= inner[:, 2:], axis=1)
    return held


def _tiles(shapes: Geometries) -> tuple[Geometries, Positions]:
    """Return the shapes, the intricate ones cut in tiles, and the position each comes from."""
    owner = np.arange(len(shapes))
    tiles, owners = [shapes[:0]], [owner[:0]]
    while len(shapes):
        is_intricate = shapely.get_num_coordinates(shapes) > MAX_TILE_VERTICES
        tiles.append(shapes[~is_intricate])
        owners.append(owner[~is_intricate])
        shapes, owner = _halved(shapes[is_intricate], owner[is_intricate])
    return np.concatenate(tiles), np.concatenate(owners)


def _halved(shapes: Geometries, owner: Positions) -> tuple[Geometries, Positions]:
    """Return both halves of each shape, cut across the longer side of its box."""
    west, south, east, north = shapely.bounds(shapes).T
    is_wide = east - west > north - south
    middle_x = np.where(is_wide, (west + east) / 2, east)
    middle_y = np.where(is_wide, north, (south + north) / 2)
    low = shapely.box(west, south, middle_x, middle_y)
    high = shapely.box(
        np.where(is_wide, middle_x, west), np.where(is_wide, south, middle_y), east, north
    )
    halves = polygons_only(np.concatenate([shapely.intersection(shapes, b) for b in (low, high)]))
    solid = shapely.area(halves) > 0
    return halves[solid], np.concatenate([owner, owner])[solid]


def _segments(shapes: Geometries) -> Geometries:
    """Return lines cut in their segments, whose small boxes the index prunes well.

    Anything but lines is left as it is.
    """
    lines = shapely.get_parts(shapes)
    is_line = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
    places, owner = shapely.get_coordinates(lines[is_line], return_index=True)
    follows = owner[1:] == owner[:-1]
    ends = np.stack([places[:-1][follows], places[1:][follows]], axis=1)
    return np.concatenate([lines[~is_line], shapely.linestrings(ends)])


def _is_new(values: Positions) -> Mask:
    """Return the mask of the values that differ from the one before."""
    return np.concatenate([[True], values[1:] != values[:-1]])


def _runs(values: Positions) -> tuple[Positions, Positions, Positions]:
    """Return each value of a sorted array, where its run starts, and how long it is."""
    if not len(values):
        return values, values, values
    starts = np.flatnonzero(_is_new(values))
    return values[starts], starts, np.diff(np.append(starts, len(values)))
