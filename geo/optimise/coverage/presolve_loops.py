"""Compiled loops of the presolve: rows told apart, candidates covered by another."""

import numpy as np
from numpy.typing import NDArray

from geo.optimise.arrays import Flags, Integers
from geo.optimise.compiled import compiled

Indices = NDArray[np.int32] | NDArray[np.int64]
"""Positions as scipy stores them: 32 bits when they fit."""


@compiled
def first_equals(start: Indices, sites: Indices, order: Integers, keys: Integers) -> Integers:
    """Return, for each row, the first row of `order` that lists the same sites.

    Equal rows have equal `keys`, and `order` sorts by key; rows that share a key without
    being equal (one chance in 2^64) are compared with the first one only, and stay apart.
    """
    leaders = np.empty(len(order), dtype=np.int64)
    leader = -1
    for row in order:
        if leader < 0 or keys[row] != keys[leader]:
            leader = row
        leaders[row] = leader if _are_equal(start, sites, row, leader) else row
    return leaders


@compiled
def _are_equal(start: Indices, sites: Indices, row: int, other: int) -> bool:
    size = start[row + 1] - start[row]
    if start[other + 1] - start[other] != size:
        return False
    same = 0
    while same < size and sites[start[row] + same] == sites[start[other] + same]:
        same += 1
    return same == size


@compiled
def dominated(
    row_start: Indices, row_sites: Indices, site_start: Indices, site_rows: Indices
) -> Flags:
    """Flag the sites whose rows another site all covers; of equal sites the first is kept.

    Whoever covers all the rows of a site covers the rarest of them: only the sites of that
    row are compared.
    """
    site_count = len(site_start) - 1
    flags = np.zeros(site_count, dtype=np.bool_)
    for site in range(site_count):
        if site_start[site] == site_start[site + 1]:
            continue
        rare = _rarest_row(row_start, site_start, site_rows, site)
        for place in range(row_start[rare], row_start[rare + 1]):
            if _yields_to(site_start, site_rows, site, row_sites[place]):
                flags[site] = True
                break
    return flags


@compiled
def _rarest_row(row_start: Indices, site_start: Indices, site_rows: Indices, site: int) -> int:
    rare = site_rows[site_start[site]]
    for place in range(site_start[site] + 1, site_start[site + 1]):
        row = site_rows[place]
        if row_start[row + 1] - row_start[row] < row_start[rare + 1] - row_start[rare]:
            rare = row
    return rare


@compiled
def _yields_to(site_start: Indices, site_rows: Indices, site: int, other: int) -> bool:
    """Tell whether `other` covers all of `site`'s rows and more, or comes before it."""
    size = site_start[site + 1] - site_start[site]
    other_size = site_start[other + 1] - site_start[other]
    if other == site or size > other_size or (size == other_size and other > site):
        return False
    seek, last = site_start[other], site_start[other + 1]
    for place in range(site_start[site], site_start[site + 1]):
        row = site_rows[place]
        while seek < last and site_rows[seek] < row:
            seek += 1
        if seek == last or site_rows[seek] != row:
            return False
    return True
