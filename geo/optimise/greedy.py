"""First plans: each site is the one that adds most to those before it."""

import numpy as np

from geo.optimise.residual import Floats, Integers, Residual, neighbours


def extend(residual: Residual, start: Integers, *, count: int) -> Integers:
    """Return `start` followed by the best next sites, in order, up to `count`.

    The value is at least (1 - 1/e) of the optimum when `start` is empty (Cornuéjols, Fisher
    & Nemhauser, Management Science 23, 1977). Gains are kept exact by subtracting what each
    new site takes away; a tie goes to the lowest index.
    """
    open_weights = np.where(residual.station_counts(start) > 0, 0.0, residual.weights)
    gains = residual.covered_by @ open_weights
    gains[start] = -1.0
    chosen = list(start)
    while len(chosen) < count:
        best = int(np.argmax(gains))
        _take(residual, best, gains=gains, open_weights=open_weights)
        chosen.append(best)
    return np.array(chosen, dtype=np.int64)


def _take(residual: Residual, site: int, *, gains: Floats, open_weights: Floats) -> None:
    """Update `gains` and `open_weights` in place: what `site` covers is no longer to gain."""
    reached = neighbours(residual.covered_by, site)
    newly = reached[open_weights[reached] > 0]
    links = residual.covers[newly]
    lost = np.repeat(open_weights[newly], np.diff(links.indptr))
    gains -= np.bincount(links.indices, weights=lost, minlength=len(gains))
    open_weights[newly] = 0.0
    gains[site] = -1.0


def prefix_values(residual: Residual, ordered: Integers) -> Floats:
    """Return the weight covered by the first 1, 2, … sites of `ordered`."""
    open_weights = residual.weights.copy()
    added = np.zeros(len(ordered))
    for rank, site in enumerate(ordered):
        reached = neighbours(residual.covered_by, int(site))
        added[rank] = open_weights[reached].sum()
        open_weights[reached] = 0.0
    return np.cumsum(added)
