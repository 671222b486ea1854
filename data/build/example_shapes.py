"""Drawing land: shapes cut in two again and again, lines noded into faces that share edges."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.intp]

GRID_M = 0.01
"""Vertices closer than this are one: the precision of a cadastral plan is coarser."""

MIN_PIECE_M2 = 1.0
STOP_RATIO = 1.4
"""A shape is cut while its area exceeds this many times its target."""


LENGTH_STEPS = 24
"""Vertices of a line in one length: a whole river would be near everything."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces of a subdivision, the position of the shape each comes from, the cut lines."""

    pieces: Geometries
    owner: Integers
    lines: Geometries
    line_owner: Integers


def subdivide(
    shapes: Geometries, *, target_m2: Floats, max_aspect: Floats, rng: np.random.Generator
) -> Cut:
    """Cut each shape in two, along or across its smallest box, until it is near its target.

    The cut follows the long side while the halves stay under `max_aspect` (length over width),
    else the short one. Oriented-box subdivision of Vanegas et al. 2009 (Computer Graphics
    Forum 28), as ArtiScales ParcelManager does for French parcels.
    """
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    done: list[tuple[Geometries, Integers]] = []
    lines: list[Geometries] = []
    line_owner: list[Integers] = []
    while len(pieces):
        area_m2 = shapely.area(pieces)
        big = area_m2 > STOP_RATIO * target_m2[owner]
        small = ~big & (area_m2 > MIN_PIECE_M2)
        done.append((pieces[small], owner[small]))
        owner = owner[big]
        halves, cuts = _halved(pieces[big], max_aspect[owner], rng)
        lines.append(cuts)
        line_owner.append(owner)
        pieces, position = shapely.get_parts(halves.ravel(), return_index=True)
        owner = np.repeat(owner, 2)[position]
    return Cut(
        np.concatenate([part for part, _ in done] or [shapes[:0]]),
        np.concatenate([part for _, part in done] or [np.empty(0, np.intp)]),
        np.concatenate(lines or [shapes[:0]]),
        np.concatenate(line_owner or [np.empty(0, np.intp)]),
    )


def _halved(
    shapes: Geometries, max_aspect: Floats, rng: np.random.Generator
) -> tuple[Geometries, Geometries]:
    """Return the two halves of each shape (n × 2) and the line between them."""
    origin, long, short = _boxes(shapes)
    aspect = np.hypot(*long.T) / np.maximum(np.hypot(*short.T), 1e-9)
    along = (2 * aspect <= max_aspect)[:, None]
    run, side = np.where(along, short, long), np.where(along, long, short)
    at = rng.uniform(0.42, 0.58, size=(len(shapes), 1))
    corner = origin - 0.1 * side
    width = 1.2 * side
    middle, end = corner + at * run, corner + 1.1 * run
    first = _quads(corner - 0.1 * run, middle, width)
    second = _quads(middle, end, width)
    halves = shapely.intersection(shapes[:, None], np.column_stack([first, second]))
    across = shapely.linestrings(np.stack([middle, middle + width], axis=1))
    return halves, shapely.intersection(shapes, across)


def _boxes(shapes: Geometries) -> tuple[Floats, Floats, Floats]:
    """Return a corner, the long side and the short side (vectors) of each smallest box."""
    if not len(shapes):
        return (np.empty((0, 2)),) * 3
    rings = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    first, second = rings[:, 1] - rings[:, 0], rings[:, 3] - rings[:, 0]
    is_long = (np.hypot(*first.T) >= np.hypot(*second.T))[:, None]
    return rings[:, 0], np.where(is_long, first, second), np.where(is_long, second, first)


def _quads(start: Floats, end: Floats, side: Floats) -> Geometries:
    corners = np.stack([start, end, end + side, start + side], axis=1)
    return np.asarray(shapely.polygons(corners), dtype=object)


def boxes_inside(shapes: Geometries, share: Floats, *, setback_m: float) -> Geometries:
    """Return in each shape a rectangle on its own axes covering `share` of its smallest box.

    What comes nearer than `setback_m` to the edge is cut off; the result may be empty.
    """
    _, long, short = _boxes(shapes)
    centre = shapely.get_coordinates(shapely.centroid(shapes))
    scale = np.sqrt(share)[:, None]
    start = centre - scale * (long + short) / 2
    drawn = _quads(start, start + scale * long, scale * short)
    return np.asarray(
        shapely.intersection(drawn, shapely.buffer(shapes, -setback_m, join_style="mitre")),
        dtype=object,
    )


def short_lengths(lines: Geometries) -> tuple[Geometries, Integers]:
    """Return the lines in lengths of some steps, and the position of the line each comes from.

    Lengths overlap by a step: drawn wide, they leave no bend open between them.
    """
    lengths, owner = [], []
    for position, line in enumerate(lines):
        xy = shapely.get_coordinates(line)
        for start in range(0, len(xy) - 1, LENGTH_STEPS):
            lengths.append(shapely.LineString(xy[start : start + LENGTH_STEPS + 2]))
            owner.append(position)
    return np.array(lengths, dtype=object), np.array(owner, dtype=np.intp)


def noded_faces(lines: Geometries) -> tuple[Geometries, Geometries]:
    """Return the faces that the lines draw together, and a point in each.

    Neighbours share each vertex. Snap rounding is local: an edge comes out the same whatever
    lines lie farther than `GRID_M` from it.
    """
    linework = shapely.union_all(lines, grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize([linework]))
    points = shapely.point_on_surface(faces)
    x, y = shapely.get_coordinates(points).T
    order = np.lexsort((x, y))
    return faces[order], points[order]


def first_containing(points: Geometries, shapes: Geometries) -> Integers:
    """Return for each point the lowest position of a shape that holds it, -1 if none does."""
    found = np.full(len(points), -1, dtype=np.intp)
    of_point, of_shape = shapely.STRtree(shapes).query(points, predicate="within")
    order = np.lexsort((-of_shape, of_point))
    found[of_point[order]] = of_shape[order]
    return found


def shared_borders(faces: Geometries) -> tuple[Integers, Integers, Floats]:
    """Return the pairs of faces (both orders) that share edges, and the length they share."""
    rings, owner = shapely.get_rings(faces, return_index=True)
    ring_xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = ring_xy[:-1][same], ring_xy[1:][same]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)
    of_edge = owner[ring[1:][same]]
    order = np.lexsort((of_edge, high[:, 1], high[:, 0], low[:, 1], low[:, 0]))
    edges = np.column_stack([low, high])[order]
    twin = np.flatnonzero((edges[1:] == edges[:-1]).all(axis=1))
    left, right = of_edge[order][twin], of_edge[order][twin + 1]
    length_m = np.hypot(*(edges[twin, :2] - edges[twin, 2:]).T)
    return np.r_[left, right], np.r_[right, left], np.r_[length_m, length_m]


def absorb(
    lot: Integers, *, faces: Geometries, small: npt.NDArray[np.bool_], family: Integers
) -> Integers:
    """Return `lot` where each small face takes the lot of the neighbour it shares most edge with.

    Only a neighbour that is not small, of the same `family` and with a lot may take it; ties go
    to the first. What none can take keeps its value.
    """
    left, right, length_m = shared_borders(faces)
    may = small[left] & ~small[right] & (family[left] == family[right]) & (lot[right] >= 0)
    left, right, length_m = left[may], right[may], length_m[may]
    # A neighbour may share several edges: lengths are summed by pair before they are compared.
    pairs, where = np.unique(np.column_stack([left, right]), axis=0, return_inverse=True)
    total_m = np.bincount(where.ravel(), weights=length_m, minlength=len(pairs))
    order = np.lexsort((pairs[:, 1], -total_m, pairs[:, 0]))
    owners, first = np.unique(pairs[order, 0], return_index=True)
    merged = lot.copy()
    merged[owners] = lot[pairs[order[first], 1]]
    return merged


def merged_by(faces: Geometries, keys: Integers) -> Geometries:
    """Return one shape per value 0…max of `keys`, the union of its faces; -1 is left out."""
    order = np.argsort(keys, kind="stable")
    order = order[keys[order] >= 0]
    bounds = np.searchsorted(keys[order], np.arange(keys.max(initial=-1) + 2))
    merged = np.full(len(bounds) - 1, None, dtype=object)
    count = np.diff(bounds)
    merged[count == 1] = faces[order[bounds[:-1][count == 1]]]
    for key in np.flatnonzero(count > 1):
        merged[key] = shapely.coverage_union_all(faces[order[bounds[key] : bounds[key + 1]]])
    return merged
