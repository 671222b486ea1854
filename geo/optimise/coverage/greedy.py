"""First plans: each site is the one that adds most to those before it."""

import numpy as np

from geo.optimise.arrays import Floats, Integers
from geo.optimise.coverage import search_loops as loops
from geo.optimise.coverage.residual import Residual
from geo.optimise.coverage.search import state_at, world_of


def extend(residual: Residual, start: Integers, *, count: int) -> Integers:
    """Return `start` followed by the best next sites, in order, up to `count`.

    The value is at least (1 - 1/e) of the optimum when `start` is empty (Cornuéjols, Fisher
    & Nemhauser, Management Science 23, 1977). Gains are kept exact by subtracting what each
    new site takes away; a tie goes to the lowest index.
    """
    state = state_at(residual, start)
    size = loops.open_greedily(world_of(residual), state, len(start), count)
    return state.stations[:size].astype(np.int64)


def prefix_values(residual: Residual, ordered: Integers) -> Floats:
    """Return the weight covered by the first 1, 2, … sites of `ordered`."""
    open_weights = residual.weights.copy()
    added = np.zeros(len(ordered))
    by_site = residual.covered_by
    for rank, site in enumerate(ordered.tolist()):
        reached = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        added[rank] = open_weights[reached].sum()
        open_weights[reached] = 0.0
    return np.cumsum(added)
