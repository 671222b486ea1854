"""The costs of a median problem as sorted lists, by demand point and by site."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.reach import Reach


class Lists(NamedTuple):
    """What compiled loops read: the listed pairs with their costs, weight times distance.

    `sites[start[i]:start[i + 1]]` are the sites of row i, cheapest first; `rows` and
    `row_costs` hold the same pairs by site, behind `site_start`. `ceilings[i]` is a cost that
    no unlisted pair of row i goes below (infinity: there is none). `penalties[i]` is more
    than any plan that serves everybody costs: what row i pays while it is not served.
    """

    start: Integers
    sites: Integers
    costs: Floats
    site_start: Integers
    rows: Integers
    row_costs: Floats
    ceilings: Floats
    penalties: Floats


def cost_lists(reach: Reach, weights: Floats, is_allowed: Flags) -> tuple[Lists, Integers]:
    """Return the lists of the demand points that have a weight, and which these are.

    Only allowed sites are listed. A demand point without weight costs nothing wherever the
    stations are, so it has no row.
    """
    served = np.flatnonzero(weights > 0)
    kept = (weights[reach.rows] > 0) & is_allowed[reach.sites]
    row_of = np.cumsum(weights > 0) - 1
    rows = row_of[reach.rows[kept]]
    costs = (weights[reach.rows] * reach.distances)[kept]
    ceilings = weights[served] * reach.beyond[served]
    return listed(rows, reach.sites[kept], costs, ceilings, site_count=reach.site_count), served


def listed(
    rows: Integers, sites: Integers, costs: Floats, ceilings: Floats, *, site_count: int
) -> Lists:
    """Return the lists of the pairs (row, site, cost), given in any order."""
    if not _are_listed(rows, sites, costs):
        order = np.lexsort((sites, costs, rows))
        rows, sites, costs = rows[order], sites[order], costs[order]
    start = _starts(rows, len(ceilings))
    by_site = _by_site(start, sites, site_count=site_count)
    return Lists(
        start=start,
        sites=sites.astype(np.int64),
        costs=costs,
        site_start=_starts(sites, site_count),
        rows=rows[by_site].astype(np.int64),
        row_costs=costs[by_site],
        ceilings=ceilings,
        penalties=np.full(len(ceilings), 1.0 + 2.0 * _dearest(start, costs).sum()),
    )


def without(lists: Lists, is_out: Flags) -> Lists:
    """Return `lists` without the sites flagged, the indices of sites unchanged."""
    kept = ~is_out[lists.sites]
    rows = np.repeat(np.arange(len(lists.ceilings)), np.diff(lists.start))[kept]
    shorter = listed(
        rows,
        lists.sites[kept],
        lists.costs[kept],
        lists.ceilings,
        site_count=len(lists.site_start) - 1,
    )
    return shorter._replace(penalties=lists.penalties)


def nearest_pairs(
    start: Integers, sites: Integers, chosen: Integers, *, site_count: int
) -> Integers:
    """Return, for each row of sorted lists, its first pair with a chosen site; -1 for none."""
    is_open = np.zeros(site_count, dtype=np.bool_)
    is_open[chosen] = True
    found = np.flatnonzero(is_open[sites])
    rows = np.searchsorted(start, found, side="right") - 1
    served, first = np.unique(rows, return_index=True)
    pairs = np.full(len(start) - 1, -1)
    pairs[served] = found[first]
    return pairs


def costs_to(lists: Lists, chosen: Integers) -> Floats:
    """Return the cost of each row's cheapest chosen site, infinity for none.

    Recomputed from the lists alone, by numpy: what plans announce comes from here.
    """
    site_count = len(lists.site_start) - 1
    pairs = nearest_pairs(lists.start, lists.sites, chosen, site_count=site_count)
    costs = np.full(len(pairs), np.inf)
    costs[pairs >= 0] = lists.costs[pairs[pairs >= 0]]
    return costs


def cheapest(lists: Lists) -> Floats:
    """Return the least cost of each row, what it costs at best."""
    has_pairs = np.diff(lists.start) > 0
    costs = np.where(np.isfinite(lists.ceilings), lists.ceilings, 0.0)
    costs[has_pairs] = lists.costs[lists.start[:-1][has_pairs]]
    return costs


def _starts(sorted_keys: Integers, size: int) -> Integers:
    counts = np.bincount(sorted_keys, minlength=size)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _are_listed(rows: Integers, sites: Integers, costs: Floats) -> bool:
    """Tell whether pairs come by row, cheapest first, then by site: reaches mostly do."""
    by_row, by_cost, by_site = np.diff(rows), np.diff(costs), np.diff(sites)
    is_next = (by_cost > 0) | ((by_cost == 0) & (by_site > 0))
    return bool(((by_row > 0) | ((by_row == 0) & is_next)).all())


def _by_site(start: Integers, sites: Integers, *, site_count: int) -> Integers:
    """Return the pairs by site, then by row: a transposition, much faster than a sort."""
    pairs = sparse.csr_matrix(
        (np.arange(len(sites)), sites, start), shape=(len(start) - 1, site_count)
    )
    return pairs.tocsc().data


def _dearest(start: Integers, costs: Floats) -> Floats:
    """Return the largest cost of each row that has one."""
    has_pairs = np.diff(start) > 0
    return costs[start[1:][has_pairs] - 1]
