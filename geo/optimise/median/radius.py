"""The median as a linear model by radii, for HiGHS to close."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Floats, Integers, indicator
from geo.optimise.linear import LinearModel
from geo.optimise.median.bound_loops import IN, OUT
from geo.optimise.median.lists import Lists
from geo.optimise.rules import SiteRule, count_rule, stacked


def sites_model(
    costs: Floats, decided: Integers, rules: tuple[SiteRule, ...], *, count: int
) -> LinearModel:
    """Return the choice of `count` sites of least cost within the rules, and nothing else."""
    site_count = len(costs)
    counted = count_rule(count, count, site_count=site_count)
    limits = stacked((counted, *rules), site_count)
    return LinearModel(
        costs=costs,
        lower=(decided == IN).astype(np.float64),
        upper=(decided != OUT).astype(np.float64),
        rows=limits.matrix,
        at_least=limits.at_least,
        at_most=limits.at_most,
        is_whole=np.ones(site_count, dtype=np.bool_),
    )


def radius_model(sites: LinearModel, lists: Lists) -> LinearModel:
    """Return the model of the median on the sites of `sites`; its costs lack `lists`' cheapest.

    The formulation of Elloumi (Journal of Combinatorial Optimization 19, 2010): for each row
    and each of its distinct costs, a variable is 1 when no site within that cost is open, and
    pays the step to the next cost; it is at least the one before minus the sites just there.
    Beyond the list the step leads to the row's ceiling, or is forbidden without one.
    """
    rings = _Rings(lists)
    ring_count = len(rings.costs)
    steps = np.append(rings.costs[1:], 0.0) - rings.costs
    last = rings.is_last
    steps[last] = lists.ceilings[rings.rows[last]] - rings.costs[last]
    is_closed = np.isinf(steps)
    steps[is_closed] = 0.0
    served = sparse.hstack([rings.sites(len(sites.costs)), rings.links()], format="csr")
    rules = sparse.hstack([sites.rows, sparse.csr_matrix((sites.rows.shape[0], ring_count))])
    return replace(
        sites,
        costs=np.concatenate([np.zeros(len(sites.costs)), steps]),
        lower=np.concatenate([sites.lower, np.zeros(ring_count)]),
        upper=np.concatenate([sites.upper, np.where(is_closed, 0.0, 1.0)]),
        rows=sparse.csr_matrix(sparse.vstack([rules, served], format="csr")),
        at_least=np.concatenate([sites.at_least, rings.is_first.astype(np.float64)]),
        at_most=np.concatenate([sites.at_most, np.full(ring_count, np.inf)]),
        is_whole=np.concatenate([sites.is_whole, np.zeros(ring_count, dtype=np.bool_)]),
    )


def radius_start(lists: Lists, chosen: Integers) -> Floats:
    """Return the values of the model's variables when `chosen` are the open sites."""
    site_count = len(lists.site_start) - 1
    is_open = indicator(chosen, site_count)
    rings = _Rings(lists)
    opened = np.bincount(rings.ring_of_pair, weights=is_open[lists.sites])
    total = np.cumsum(opened)
    before_row = (total - opened)[rings.is_first][rings.rows]
    return np.concatenate([is_open, (total == before_row).astype(np.float64)])


class _Rings:
    """The pairs of each row grouped by equal cost, cheapest first."""

    def __init__(self, lists: Lists) -> None:
        """Group the pairs; rows without pairs have no ring."""
        row_of_pair = np.repeat(np.arange(len(lists.ceilings)), np.diff(lists.start))
        new_row = np.diff(row_of_pair, prepend=-1) != 0
        is_new = new_row | (np.diff(lists.costs, prepend=-1.0) != 0)
        self.pair_sites = lists.sites
        self.ring_of_pair = np.cumsum(is_new) - 1
        self.rows = row_of_pair[is_new]
        self.costs = lists.costs[is_new]
        self.is_first = new_row[is_new]
        self.is_last = np.append(self.is_first[1:], True)

    def sites(self, site_count: int) -> sparse.csr_matrix:
        """Return the 0/1 matrix of the sites of each ring."""
        shape = (len(self.costs), site_count)
        ones = np.ones(len(self.pair_sites))
        return sparse.csr_matrix((ones, (self.ring_of_pair, self.pair_sites)), shape=shape)

    def links(self) -> sparse.csr_matrix:
        """Return the matrix that takes from each ring's variable the one before in its row."""
        own = np.arange(len(self.costs))
        later = own[~self.is_first]
        rows = np.concatenate([own, later])
        columns = np.concatenate([own, later - 1])
        values = np.concatenate([np.ones(len(own)), -np.ones(len(later))])
        return sparse.csr_matrix((values, (rows, columns)), shape=(len(own), len(own)))
