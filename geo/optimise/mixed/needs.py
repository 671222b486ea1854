"""Several stations for one demand: the strengthened rows that tell half a service from none."""

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Floats, Integers
from geo.optimise.linear import LinearModel
from geo.optimise.mixed.model import Demand, Siting

SMALLEST_VIOLATION = 0.02
"""Part of a demand that a row must cut off to be worth adding."""


def strengthening(siting: Siting, values: Floats) -> LinearModel | None:
    """Return the model with the rows that `values` breaks, None when it breaks none.

    A demand that k of the sites N must serve is served only if one is open outside any k - 1
    of them: z <= sum of x_j over N - T, |T| = k - 1. T is taken where x is largest. These are
    the lifted rows of needs above 1 (extended covers: Balas, Mathematical Programming 8, 1975).
    """
    demand = siting.demand
    deep = np.flatnonzero(demand.needs > 1)
    opened, served = values[: siting.site_count], values[siting.site_count :]
    kept = [_outside_largest(demand, int(row), opened) for row in deep]
    broken = [
        (row, sites)
        for row, sites in zip(deep.tolist(), kept, strict=True)
        if served[demand.items[row]] - opened[sites].sum() > SMALLEST_VIOLATION
    ]
    return _with_rows(siting, broken) if broken else None


def _outside_largest(demand: Demand, row: int, opened: Floats) -> Integers:
    """Return the sites of `row` but the k - 1 most open ones."""
    start, end = demand.covers.indptr[row : row + 2]
    sites = demand.covers.indices[start:end].astype(np.int64)
    order = np.argsort(-opened[sites], kind="stable")
    return sites[order[demand.needs[row] - 1 :]]


def _with_rows(siting: Siting, broken: list[tuple[int, Integers]]) -> LinearModel:
    """Return the model of `siting` with one row more for each broken one."""
    model, count = siting.model, len(broken)
    sites = np.concatenate([sites for _, sites in broken])
    rows = np.repeat(np.arange(count), [len(sites) for _, sites in broken])
    items = siting.site_count + siting.demand.items[[row for row, _ in broken]]
    entries = np.concatenate([np.ones(len(sites)), -np.ones(count)])
    places = (np.concatenate([rows, np.arange(count)]), np.concatenate([sites, items]))
    added = sparse.csr_matrix((entries, places), shape=(count, len(model.costs)))
    return LinearModel(
        costs=model.costs,
        lower=model.lower,
        upper=model.upper,
        rows=sparse.csr_matrix(sparse.vstack([model.rows, added])),
        at_least=np.concatenate([model.at_least, np.zeros(count)]),
        at_most=np.concatenate([model.at_most, np.full(count, np.inf)]),
        is_whole=model.is_whole,
    )
