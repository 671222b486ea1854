"""Contiguous ground of one kind, and the small patches that take the kind that encloses them.

The ground is cut once in faces along every limit drawn, so that two faces share whole sides:
a patch is a set of faces, its area a sum, its neighbours the faces across its sides. A kind
is YES, NO, or UNTOLD where nothing tells it. Faces that share a mere corner are not contiguous.
"""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from geo.crs import require_metric
from geo.overlay import Floats, Mask, Positions
from geo.shapes import Geometries

Kinds = npt.NDArray[np.int8]

NO, YES, UNTOLD = 0, 1, -1

GRID_M = 1e-4
"""A tenth of a millimetre: every limit is rounded to it, so that shared sides are equal."""

THREAD_M = 0.05
"""Ground no shape holds, narrower than this on average, is a fault of drawing: no gap."""

TOLERANCE_M2 = 0.01
"""An area this near a threshold reaches it (1e-6 ha): rounding the limits costs less."""

STRIP_RATIO = 5.0
"""Ground at least five times longer than wide is a strip; less is a yard or a crossing."""


@dataclass(frozen=True)
class Partition:
    """Ground in faces, each land once, and the sides they share: `one` < `other`, `side_m`.

    `outer_m` is the length of each face's limit beyond which no face lies.
    """

    faces: Geometries
    one: Positions
    other: Positions
    side_m: Floats
    outer_m: Floats

    @cached_property
    def area_m2(self) -> Floats:
        """The area of each face, in square metres."""
        area_m2: Floats = shapely.area(self.faces)
        return area_m2


def partition(shapes: gpd.GeoSeries) -> Partition:
    """Return the ground of the shapes, cut along every limit of every shape.

    Ground no shape holds is no face: its neighbours know nothing of it. A thread between
    two drawings goes to the face it follows most.
    """
    require_metric(shapes)
    lines = shapely.get_parts(shapely.boundary(shapes.to_numpy()))
    noded = shapely.get_parts(shapely.union_all(lines, grid_size=GRID_M))
    faces = shapely.get_parts(shapely.polygonize(noded))
    is_held = first_holders(faces, shapes.to_numpy()) >= 0
    is_kept = is_held | _are_threads(faces)
    faces, is_held = faces[is_kept], is_held[is_kept]
    return _with_sides(faces if is_held.all() else _joined(faces, is_held))


def first_holders(faces: Geometries, shapes: Geometries) -> Positions:
    """Return the position of the first shape that holds each face; -1 where none does."""
    first = np.full(len(faces), len(shapes), dtype=np.intp)
    places = shapely.point_on_surface(faces)
    of_face, of_shape = shapely.STRtree(shapes).query(places, predicate="within")
    np.minimum.at(first, of_face, of_shape)
    return np.where(first == len(shapes), -1, first)


def at(values: Kinds, positions: Positions) -> Kinds:
    """Return the kind at each position; UNTOLD where the position is -1."""
    return np.append(values, np.int8(UNTOLD))[positions]


def patches(ground: Partition, kinds: Kinds | Mask) -> Positions:
    """Return the number of the patch each face is in: contiguous faces of one kind."""
    is_same = kinds[ground.one] == kinds[ground.other]
    ends = (ground.one[is_same], ground.other[is_same])
    size = (len(ground.faces), len(ground.faces))
    links = sparse.coo_matrix((np.ones(np.count_nonzero(is_same)), ends), shape=size)
    patch = connected_components(links, directed=False)[1]
    return patch.astype(np.intp)


def patch_m2(ground: Partition, is_chosen: Mask) -> Floats:
    """Return the area of the patch of chosen faces each face is in; 0 for the others."""
    patch = patches(ground, is_chosen)
    return np.where(is_chosen, _totals(patch, ground.area_m2)[patch], 0.0)


def reaches(area_m2: Floats, minimum_m2: float) -> Mask:
    """Tell which areas reach a threshold, within TOLERANCE_M2."""
    return area_m2 >= minimum_m2 - TOLERANCE_M2


def absorbed(
    ground: Partition, kinds: Kinds, kind: int, *, below_m2: float, stays: Mask | None = None
) -> Kinds:
    """Return the kinds once the other kind has taken the small patches of `kind` it encloses.

    A patch is enclosed when every side of it is shared with the other kind. A small one
    that meets untold ground, or the edge of the known ground, might go on beyond: it becomes
    UNTOLD. Faces of `stays` count in the area of their patch and keep their kind.
    """
    patch = patches(ground, kinds)
    is_small = ~reaches(_totals(patch, ground.area_m2), below_m2)
    is_open = _totals(patch, _meets_untold(ground, kinds)) > 0
    is_taken = (kinds == kind) & is_small[patch]
    if stays is not None:
        is_taken &= ~stays
    becomes = np.where(is_open[patch], UNTOLD, YES + NO - kind)
    return np.where(is_taken, becomes, kinds).astype(np.int8)


def strip_width_m(ground: Partition, is_linear: Mask) -> Floats:
    """Return the mean width of the strip of linear faces each face is in; NaN off strips.

    The width is that of the rectangle of same area and perimeter; contiguous linear faces
    are one strip, so that a road cut lengthwise keeps its width. Ground less than
    STRIP_RATIO longer than wide is no strip.
    """
    patch = patches(ground, is_linear)
    area_m2 = _totals(patch, ground.area_m2)
    half_m = _limit_m(ground, patch, np.ones(len(patch), dtype=bool)) / 2
    half_m += _totals(patch, ground.outer_m) / 2
    spread_m = np.sqrt(np.maximum(half_m**2 - 4 * area_m2, 0.0))
    width_m, length_m = (half_m - spread_m) / 2, (half_m + spread_m) / 2
    is_strip = length_m >= STRIP_RATIO * width_m
    return np.where(is_linear & is_strip[patch], width_m[patch], np.nan)


def mostly_beside(ground: Partition, is_chosen: Mask, kinds: Kinds) -> Kinds:
    """Return the kind each patch of chosen faces has on most of its limit; YES when even.

    UNTOLD for the faces that are not chosen.
    """
    patch = patches(ground, is_chosen)
    beside_no_m = _limit_m(ground, patch, kinds == NO)
    beside_yes_m = _limit_m(ground, patch, kinds == YES)
    major = np.where(beside_no_m > beside_yes_m, NO, YES)[patch]
    return np.where(is_chosen, major, UNTOLD).astype(np.int8)


def _limit_m(ground: Partition, patch: Positions, is_counted: Mask) -> Floats:
    """Return the length each patch shares with the counted faces of other patches."""
    is_limit = patch[ground.one] != patch[ground.other]
    count = patch.max(initial=-1) + 1
    limit_m = np.zeros(count)
    for ours, theirs in ((ground.one, ground.other), (ground.other, ground.one)):
        is_met = is_limit & is_counted[theirs]
        limit_m += _totals(patch[ours[is_met]], ground.side_m[is_met], count=count)
    return limit_m


def _totals(owner: Positions, values: Floats | Mask, *, count: int = 0) -> Floats:
    """Return the sum of the values of each owner, 0 up to `count` for those without any."""
    return np.bincount(owner, values, minlength=count).astype(np.float64)


def _meets_untold(ground: Partition, kinds: Kinds) -> Mask:
    is_met = ground.outer_m > 0
    is_untold = kinds == UNTOLD
    is_met[ground.one[is_untold[ground.other]]] = True
    is_met[ground.other[is_untold[ground.one]]] = True
    return is_met


def _are_threads(faces: Geometries) -> Mask:
    """Tell which faces are at most THREAD_M wide: the mean width of a thread is 2 A / P."""
    is_thread: Mask = 2 * shapely.area(faces) <= THREAD_M * shapely.length(faces)
    return is_thread


def _joined(faces: Geometries, is_held: Mask) -> Geometries:
    """Return the held faces, each of the others joined to the held face it follows most."""
    ground = _with_sides(faces)
    thread = np.concatenate([ground.one, ground.other])
    beside = np.concatenate([ground.other, ground.one])
    side_m = np.tile(ground.side_m, 2)
    is_useful = ~is_held[thread] & is_held[beside]
    thread, beside, side_m = thread[is_useful], beside[is_useful], side_m[is_useful]
    pairs, number = np.unique(np.stack([thread, beside], axis=1), axis=0, return_inverse=True)
    order = np.lexsort((_totals(number, side_m), pairs[:, 0]))
    # The last row of a thread, its longest side, is the one that stays.
    target = np.arange(len(faces))
    target[pairs[order, 0]] = pairs[order, 1]
    wider = np.unique(pairs[:, 1])
    parts = np.flatnonzero(np.isin(target, wider))
    parts = parts[np.argsort(target[parts], kind="stable")]
    gathered = shapely.geometrycollections(
        faces[parts], indices=np.searchsorted(wider, target[parts])
    )
    joined = faces.copy()
    joined[wider] = shapely.union_all(gathered[:, None], axis=1)
    return joined[is_held]


def _with_sides(faces: Geometries) -> Partition:
    """Return the faces with the sides they share: each segment of a limit has one or two."""
    owner, segment, length_m = _segments(faces)
    order = np.lexsort((owner, segment))
    owner, segment, length_m = owner[order], segment[order], length_m[order]
    is_first = np.append(segment[1:] == segment[:-1], [False])[: len(segment)]
    is_alone = ~is_first & ~np.append([False], is_first)[: len(segment)]
    first = np.flatnonzero(is_first)
    outer_m = _totals(owner[is_alone], length_m[is_alone], count=len(faces))
    return Partition(faces, owner[first], owner[first + 1], length_m[first], outer_m)


def _segments(faces: Geometries) -> tuple[Positions, npt.NDArray[np.int64], Floats]:
    """Return the face, the number (the same from both sides) and the length of each segment."""
    rings, of_ring = shapely.get_rings(faces, return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    _, vertex = np.unique(places[:, 0] + 1j * places[:, 1], return_inverse=True)
    follows = ring[1:] == ring[:-1]
    start, end = vertex[:-1][follows], vertex[1:][follows]
    number = np.minimum(start, end) * np.int64(len(places)) + np.maximum(start, end)
    steps = (places[1:] - places[:-1])[follows]
    return of_ring[ring[:-1][follows]], number, np.hypot(steps[:, 0], steps[:, 1])
