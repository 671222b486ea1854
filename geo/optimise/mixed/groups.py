"""Columns that only move together: a site and what it sells, and the states each may take."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.mixed.model import Siting
from geo.optimise.rules import TOLERANCE, Limits

LARGEST_SIZE = 8
"""Columns of a group whose states are listed; larger ones are left to the limits."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """A partition of the sites by the small limits that tie them, and what is left of the limits.

    The columns of group g are `sites[start[g]:start[g + 1]]`; bit b of a state says whether
    the b-th of them is open, and `is_allowed[table[g] + state]` whether the limits inside the
    group, required and forbidden sites allow it. `limits` are those not inside a group.
    """

    start: Integers
    sites: Integers
    group_of_site: Integers
    table: Integers
    is_allowed: Flags
    limits: Limits

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.start) - 1

    def states(self, opened: Floats) -> Integers:
        """Return the state of each group for the 0/1 vector `opened`."""
        bits = np.arange(len(self.sites)) - np.repeat(self.start[:-1], np.diff(self.start))
        worth = (opened[self.sites] > 0).astype(np.int64) << bits
        sums: Integers = np.add.reduceat(worth, self.start[:-1])
        return sums

    def chosen(self, states: Integers) -> Integers:
        """Return the sites that `states` open."""
        bits = np.arange(len(self.sites)) - np.repeat(self.start[:-1], np.diff(self.start))
        is_open = (np.repeat(states, np.diff(self.start)) >> bits) & 1
        return np.sort(self.sites[is_open == 1])


def groups_of(siting: Siting) -> Groups:
    """Return the groups of `siting`: of one site each without limits that tie few sites."""
    limits, count = siting.tight_limits, siting.site_count
    inner = _inner_rows(limits.matrix)
    group_of_site = _components(limits.matrix[inner], count)
    sizes = np.bincount(group_of_site)
    is_large = sizes[group_of_site] > LARGEST_SIZE
    inner = inner[~_touches(limits.matrix[inner], is_large)]
    group_of_site = _components(limits.matrix[inner], count)
    outer = np.setdiff1d(np.arange(len(limits.at_least)), inner)
    sites = np.argsort(group_of_site, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(group_of_site))]).astype(np.int64)
    table, is_allowed = _tables(siting, _rows(limits, inner), start, sites)
    return Groups(start, sites, group_of_site, table, is_allowed, _rows(limits, outer))


def _inner_rows(matrix: sparse.csr_matrix) -> Integers:
    """Return the small limits with both signs: what a site sells, and whether it is open."""
    negative = np.asarray((matrix < 0).sum(axis=1)).ravel() > 0
    return np.flatnonzero(negative & (np.diff(matrix.indptr) <= LARGEST_SIZE))


def _components(matrix: sparse.csr_matrix, count: int) -> Integers:
    """Return the number of the group of each site: sites of a same row are together."""
    tied = sparse.csr_matrix(abs(matrix).T @ abs(matrix))
    _, labels = csgraph.connected_components(tied, directed=False)
    _, first, groups = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return order[groups].astype(np.int64)[:count]


def _touches(matrix: sparse.csr_matrix, marked: Flags) -> Flags:
    """Tell which rows hold a marked site."""
    return np.asarray(abs(matrix) @ marked.astype(np.float64)).ravel() > 0


def _rows(limits: Limits, rows: Integers) -> Limits:
    return Limits(
        matrix=sparse.csr_matrix(limits.matrix[rows]),
        at_least=limits.at_least[rows],
        at_most=limits.at_most[rows],
        rule_of_row=limits.rule_of_row[rows],
    )


def _tables(
    siting: Siting, inner: Limits, start: Integers, sites: Integers
) -> tuple[Integers, Flags]:
    """Return where the table of each group starts, and the tables; alike groups share one."""
    lower = siting.model.lower[: siting.site_count][sites] > 0
    upper = siting.model.upper[: siting.site_count][sites] > 0
    ordered = sparse.csr_matrix(inner.matrix[:, sites])
    ordered.sort_indices()
    firsts = ordered.indices[ordered.indptr[:-1]]
    rows = np.argsort(firsts, kind="stable")
    first_row = np.searchsorted(firsts[rows], start)
    where: dict[tuple[bytes, ...], int] = {}
    table, parts, total = np.zeros(len(start) - 1, dtype=np.int64), [], 0
    for group in range(len(start) - 1):
        begin, end = int(start[group]), int(start[group + 1])
        held = rows[first_row[group] : first_row[group + 1]]
        block = _block(ordered, held, begin, end)
        limits = (inner.at_least[held], inner.at_most[held])
        known = (block, *limits, lower[begin:end], upper[begin:end])
        key = (bytes([end - begin]), *(each.tobytes() for each in known))
        if key not in where:
            where[key] = total
            parts.append(_allowed(block, limits, lower[begin:end], upper[begin:end]))
            total += len(parts[-1])
        table[group] = where[key]
    return table, np.concatenate(parts)


def _block(ordered: sparse.csr_matrix, rows: Integers, begin: int, end: int) -> Floats:
    """Return `rows` over the columns from `begin` to `end`, as a plain table."""
    block = np.zeros((len(rows), end - begin))
    for place, row in enumerate(rows.tolist()):
        inside = slice(ordered.indptr[row], ordered.indptr[row + 1])
        block[place, ordered.indices[inside] - begin] = ordered.data[inside]
    return block


def _allowed(block: Floats, limits: tuple[Floats, Floats], lower: Flags, upper: Flags) -> Flags:
    """Tell which states of a group its limits and bounds allow."""
    size = len(lower)
    states = (np.arange(2**size)[:, np.newaxis] >> np.arange(size)) & 1
    sums = states @ block.T
    margins = TOLERANCE * np.maximum(1.0, np.abs(sums))
    within = (sums >= limits[0] - margins) & (sums <= limits[1] + margins)
    bounded = (states >= lower) & (states <= upper)
    return np.asarray(within.all(axis=1) & bounded.all(axis=1))
