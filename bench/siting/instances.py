"""Published siting instances: from the text of their files to arrays.

Where the formats come from and what is known of them: `bench/README.md`, Siting.
"""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree

from bench.siting.number_rows import Line, Reading, reading
from geo.optimise.arrays import Flags, Floats, Integers

EARTH_RADIUS_M: Final = 6_378_137.0
"""With it the published covered demands come out to the unit; 6,371,000 gives others."""

CHORD_MARGIN_M: Final = 1.0
"""Searched beyond the radius, before great-circle distances decide."""


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Every vertex is a client and a candidate; `distances` along shortest paths."""

    distances: Floats
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Capacitated:
    """Clients that are candidates too; `demands` of those a median serves fit in `capacity`."""

    places: Floats
    demands: Floats
    count: int
    capacity: float
    optimum: float

    @property
    def distances(self) -> Floats:
        """Straight lines rounded down to whole units, as the published optima count them."""
        return np.floor(straight(self.places))


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Nodes in degrees (latitude, longitude), all of them demand and candidates."""

    degrees: Floats
    demands: Floats

    def covers(self, radius_m: float) -> sparse.csr_matrix:
        """Return the 0/1 matrix of nodes at most `radius_m` apart along great circles."""
        pairs = self._near(radius_m + CHORD_MARGIN_M)
        near = great_circle_m(self.degrees[pairs[:, 0]], self.degrees[pairs[:, 1]]) <= radius_m
        both = np.concatenate([pairs[near], pairs[near][:, ::-1], self._itself()])
        count = len(self.degrees)
        covers = sparse.csr_matrix((np.ones(len(both)), both.T), shape=(count, count))
        covers.sort_indices()
        return covers

    def _near(self, reach_m: float) -> Integers:
        """Return the pairs i < j whose chord is at most `reach_m`."""
        latitudes, longitudes = np.radians(self.degrees.T)
        on_sphere = EARTH_RADIUS_M * np.column_stack(
            [
                np.cos(latitudes) * np.cos(longitudes),
                np.cos(latitudes) * np.sin(longitudes),
                np.sin(latitudes),
            ]
        )
        return cKDTree(on_sphere).query_pairs(reach_m, output_type="ndarray")

    def _itself(self) -> Integers:
        return np.repeat(np.arange(len(self.degrees)), 2).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """The best published covered demand of a city and the nodes that give it, from 0."""

    objective: float
    chosen: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Points of the plane with a demand and a cost of opening."""

    places: Floats
    costs: Floats
    demands: Floats


def great_circle_m(start: Floats, end: Floats, *, earth_radius_m: float = EARTH_RADIUS_M) -> Floats:
    """Return the haversine distance between rows of (latitude, longitude) in degrees."""
    (from_lat, from_lon), (to_lat, to_lon) = np.radians(start).T, np.radians(end).T
    half = (
        np.sin((to_lat - from_lat) / 2) ** 2
        + np.cos(from_lat) * np.cos(to_lat) * np.sin((to_lon - from_lon) / 2) ** 2
    )
    return 2 * earth_radius_m * np.arcsin(np.sqrt(half))


def straight(places: Floats) -> Floats:
    """Return the straight line between every two places."""
    return np.hypot(*(column[:, np.newaxis] - column for column in places.T))


def read_pmed(path: Path) -> Graph:
    """Read an OR-Library graph: `n edges p`, then `u v cost` an undirected edge, from 1.

    Of an edge listed several times the LAST cost counts: with the least one the published
    optima cannot be reached.
    """
    with reading(path) as opened:
        head, *lines = opened.lines
        vertex_count, edge_count, count = opened.numbers(head, count=3)
        opened.refuse_faults()
        edges = opened.table(lines, width=3, count=int(edge_count), what="arêtes")
        known = np.all((edges[:, :2] >= 1) & (edges[:, :2] <= vertex_count), axis=1)
        opened.require(known, lines, f"sommets attendus de 1 à {vertex_count:g}")
    ends = edges[:, :2].astype(np.int64) - 1
    return Graph(_shortest(ends, edges[:, 2], vertex_count=int(vertex_count)), int(count))


def _shortest(ends: Integers, costs: Floats, *, vertex_count: int) -> Floats:
    """Return the lengths of shortest paths; of repeated edges the last counts."""
    low, high = np.sort(ends, axis=1).T
    latest = dict(zip(zip(low.tolist(), high.tolist(), strict=True), costs.tolist(), strict=True))
    pairs = np.array(list(latest), dtype=np.int64).reshape(-1, 2).T
    shape = (vertex_count, vertex_count)
    graph = sparse.csr_matrix((np.array(list(latest.values())), pairs), shape=shape)
    return np.asarray(shortest_path(graph, directed=False))


def read_optima(path: Path) -> dict[str, float]:
    """Read a table `name optimum`; a first line without a number is its heading."""
    with reading(path) as opened:
        first = opened.lines[0][1].split()[-1]
        lines = opened.lines if first.replace(".", "", 1).isdigit() else opened.lines[1:]
        return {name: values[0] for name, values in _named(opened, lines, count=1)}


def read_center_optima(path: Path) -> dict[tuple[str, int], float]:
    """Read the table `name p radius` of p-center optima on TSPLIB."""
    with reading(path) as opened:
        named = _named(opened, opened.lines, count=2)
    return {(name, int(count)): radius for name, (count, radius) in named}


def _named(opened: Reading, lines: list[Line], *, count: int) -> list[tuple[str, list[float]]]:
    """Return the name each line begins with, and the `count` numbers after it."""
    named = []
    for rank, text in lines:
        name, _, rest = text.strip().partition(" ")
        named.append((name, opened.numbers((rank, rest), count=count)))
    opened.refuse_faults()
    return named


def read_pmedcap(path: Path) -> Capacitated:
    """Read an OR-Library capacitated p-median: `number optimum`, `n p Q`, `id x y demand`."""
    with reading(path) as opened:
        head, sizes, *lines = opened.lines if opened.lines[1:] else [*opened.lines, (2, "")]
        _, optimum = opened.numbers(head, count=2)
        point_count, count, capacity = opened.numbers(sizes, count=3)
        opened.refuse_faults()
        rows = opened.table(lines, width=4, count=int(point_count), what="clients")
        demands: Floats = rows[:, 3]
        fit: Flags = demands <= capacity
        opened.require(fit, lines, f"demande au-delà de {capacity:g}")
    return Capacitated(rows[:, 1:3], demands, int(count), capacity, optimum)


def read_city(path: Path) -> City:
    """Read an AILS-MCLP city: `DIMENSION : n`, then its sections of nodes and of demands."""
    with reading(path) as opened:
        count = _dimension(opened)
        nodes = _section(opened, "NODE_COORD_SECTION")
        demands = _section(opened, "DEMAND_SECTION")
        opened.refuse_faults()
        degrees = opened.table(nodes, width=2, count=count, what="nœuds")
        weights: Floats = opened.table(demands, width=1, count=count, what="demandes")[:, 0]
        on_earth = np.all(np.abs(degrees) <= (90, 180), axis=1)
        opened.require(on_earth, nodes, "latitude puis longitude attendues")
        are_positive: Flags = weights >= 0
        opened.require(are_positive, demands, "demande négative")
    return City(degrees, weights)


def read_city_plan(path: Path) -> KnownPlan:
    """Read an `opt_*` file: `f: value`, then the facilities of the plan, from 0."""
    with reading(path) as opened:
        values = _labelled(opened, "f:")
        chosen = _labelled(opened, "Facilidade:")
        if len(values) != 1:
            opened.faults.append("une seule valeur « f: » attendue")
        if not chosen:
            opened.faults.append("ligne « Facilidade: » absente ou vide")
    return KnownPlan(values[0], tuple(map(int, chosen)))


def read_weighted(path: Path) -> Weighted:
    """Read an instance of Chen et al.: its number of points, then `id x y cost demand`."""
    with reading(path) as opened:
        head, *lines = opened.lines
        (point_count,) = opened.numbers(head, count=1)
        opened.refuse_faults()
        rows = opened.table(lines, width=5, count=int(point_count), what="points")
    return Weighted(rows[:, 1:3], rows[:, 3], rows[:, 4])


def read_tsplib(path: Path) -> Floats:
    """Read the places of a TSPLIB file, whose distances must be EUC_2D."""
    with reading(path) as opened:
        count = _dimension(opened)
        if not any(text.split()[-1] == "EUC_2D" for _, text in _heading(opened)):
            opened.faults.append("EDGE_WEIGHT_TYPE autre que EUC_2D")
        lines = _section(opened, "NODE_COORD_SECTION")
        opened.refuse_faults()
        rows = opened.table(lines, width=3, count=count, what="nœuds")
    return rows[:, 1:3]


def _heading(opened: Reading) -> list[Line]:
    """Return the lines before the first section."""
    ranks = (rank for rank, text in opened.lines if text.strip().endswith("_SECTION"))
    end = next(chain(ranks, [np.inf]))
    return [line for line in opened.lines if line[0] < end]


def _dimension(opened: Reading) -> int:
    """Return what `DIMENSION : n` says, 0 and a fault when nothing does."""
    for rank, text in _heading(opened):
        name, _, value = text.partition(":")
        if name.strip() == "DIMENSION":
            (count,) = opened.numbers((rank, value), count=1)
            opened.refuse_faults()
            return int(count)
    opened.faults.append("ligne « DIMENSION : n » absente de l'en-tête")
    return 0


def _section(opened: Reading, name: str) -> list[Line]:
    """Return the lines of a section, up to the next one or to EOF."""
    texts = [text.strip() for _, text in opened.lines]
    if name not in texts:
        opened.faults.append(f"section « {name} » absente")
        return []
    first = texts.index(name) + 1
    ends = (
        rank
        for rank, text in enumerate(texts[first:], start=first)
        if text == "EOF" or text.endswith("_SECTION")
    )
    return opened.lines[first : next(ends, None)]


def _labelled(opened: Reading, label: str) -> list[float]:
    """Return the numbers of the line that begins with `label`, none when no line does."""
    for rank, text in opened.lines:
        if text.strip().startswith(label):
            words = text.strip().removeprefix(label)
            return opened.numbers((rank, words), count=len(words.split()))
    return []
