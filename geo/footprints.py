"""Footprints that change while a user edits: added, moved, taken off, one at a time.

Bulk joins use shapely's STRtree, which cannot change once built; here an R-tree (Guttman,
SIGMOD 1984; libspatialindex through rtree) follows each gesture without being rebuilt.
"""

from collections.abc import Iterable

import shapely
from rtree import index

from geo.errors import InputError


class Footprints:
    """A set of polygons by identifier (EPSG:2154 metres), searchable while it changes."""

    def __init__(self) -> None:
        """Start empty."""
        self._shapes: dict[str, shapely.Geometry] = {}
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._tree = index.Index()
        self._next = 0

    def __len__(self) -> int:
        return len(self._shapes)

    def __contains__(self, footprint_id: str) -> bool:
        return footprint_id in self._shapes

    def put(self, footprint_id: str, shape: shapely.Geometry) -> None:
        """Add a footprint, or move it when its identifier is already there."""
        if shape.is_empty:
            raise InputError(
                f"L'emprise « {footprint_id} » est vide.", "Dessinez un polygone fermé."
            )
        self.discard(footprint_id)
        number, self._next = self._next, self._next + 1
        self._tree.insert(number, shape.bounds)
        self._shapes[footprint_id] = shape
        self._numbers[footprint_id], self._names[number] = number, footprint_id

    def discard(self, footprint_id: str) -> None:
        """Take a footprint off, if it is there."""
        shape = self._shapes.pop(footprint_id, None)
        if shape is not None:
            number = self._numbers.pop(footprint_id)
            del self._names[number]
            self._tree.delete(number, shape.bounds)

    def keep_only(self, footprint_ids: Iterable[str]) -> None:
        """Take off every footprint that is not named."""
        for gone in set(self._shapes) - set(footprint_ids):
            self.discard(gone)

    def overlapping(self, shape: shapely.Geometry) -> tuple[str, ...]:
        """Return the footprints that share some area with `shape`, sorted."""
        near = (self._names[number] for number in self._tree.intersection(shape.bounds))
        return tuple(
            sorted(name for name in near if self._shapes[name].intersection(shape).area > 0)
        )

    def overlaps(self) -> tuple[tuple[str, str], ...]:
        """Return each pair of footprints that share some area, sorted."""
        pairs = (
            (name, other)
            for name, shape in self._shapes.items()
            for other in self.overlapping(shape)
            if name < other
        )
        return tuple(sorted(pairs))
