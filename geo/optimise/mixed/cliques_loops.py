"""Compiled loops that gather incompatible pairs of sites into cliques."""

import numpy as np

from geo.optimise.arrays import Flags, Integers
from geo.optimise.compiled import compiled


@compiled
def grow_cliques(start: Integers, near: Integers) -> tuple[Integers, Integers]:
    """Return the starts and members of cliques that hold every pair of a graph.

    Site a's neighbours are `near[start[a]:start[a + 1]]`, sorted. Each pair not yet held
    starts a clique that takes, in order, every common neighbour (a greedy edge clique cover,
    Kellerman, IBM Technical Disclosure Bulletin 16, 1973).
    """
    held = np.zeros(len(near), dtype=np.bool_)
    clique = np.empty(len(start), dtype=np.int64)
    ends = np.zeros(len(near) // 2 + 1, dtype=np.int64)
    members = np.empty(len(near) + 2, dtype=np.int64)
    count = 0
    for first in range(len(start) - 1):
        for link in range(start[first], start[first + 1]):
            if near[link] > first and not held[link]:
                size = _grow(start, near, held, clique, link, first)
                end = ends[count] + size
                if end > len(members):
                    members = np.concatenate((members, np.empty(2 * end, dtype=np.int64)))
                members[ends[count] : end] = clique[:size]
                count += 1
                ends[count] = end
    return ends[: count + 1], members[: ends[count]]


@compiled
def _grow(
    start: Integers, near: Integers, held: Flags, clique: Integers, pair: int, first: int
) -> int:
    """Fill `clique` from the pair of `first` and `near[pair]`, mark what it holds; its size."""
    clique[0], clique[1] = first, near[pair]
    size = 2
    for link in range(start[first], start[first + 1]):
        if _joins(start, near, near[link], clique[:size]):
            clique[size] = near[link]
            size += 1
    for a in range(size):
        for b in range(size):
            link = find(start, near, clique[a], clique[b])
            if link >= 0:
                held[link] = True
    return size


@compiled
def _joins(start: Integers, near: Integers, site: int, clique: Integers) -> bool:
    """Tell whether `site` is next to every member of `clique`, hence not one of them."""
    for member in clique:  # noqa: SIM110 - numba has no generators in all()
        if find(start, near, site, member) < 0:
            return False
    return True


@compiled
def find(start: Integers, near: Integers, site: int, other: int) -> int:
    """Return where `other` stands in the sorted list of `site`, -1 if it is not there."""
    low, high = start[site], start[site + 1]
    while low < high:
        middle = (low + high) // 2
        if near[middle] < other:
            low = middle + 1
        else:
            high = middle
    return low if low < start[site + 1] and near[low] == other else -1
