"""What can be settled before anything is solved: equal rows, candidates never needed."""

from dataclasses import replace

import numpy as np

from geo.optimise.arrays import NOTHING, Flags, Integers
from geo.optimise.coverage import presolve_loops as loops
from geo.optimise.coverage.residual import Residual, residual_of, settle
from geo.optimise.plan import PresolveReport
from geo.optimise.problem import CoverageProblem

KEY_SEED = 20_260_101
"""Keys tell rows apart; any seed gives the same rows."""


def simplify(residual: Residual, *, protected: Integers = NOTHING) -> Residual:
    """Return a smaller residual with the same best value, until nothing more gives way.

    Each turn may free the other: without dominated candidates more rows are equal, and the
    other way round. `protected` sites stay. The optimum of the result is one of `residual`.
    """
    while True:
        smaller = without_dominated(merged(residual), protected=protected)
        if smaller.covers.shape == residual.covers.shape:
            return smaller
        names = np.isin(residual.sites, smaller.sites)
        protected = (np.cumsum(names) - 1)[protected]
        residual = smaller


def presolved(problem: CoverageProblem) -> tuple[Residual, PresolveReport]:
    """Return what is left to decide of `problem`, and in counts for people what went."""
    settled = settle(problem)
    simple = simplify(settled)
    return simple, PresolveReport(
        row_count=int(problem.covers.shape[0]),
        merged_row_count=int(settled.covers.shape[0] - simple.covers.shape[0]),
        candidate_count=problem.site_count,
        dominated_count=int(settled.covers.shape[1] - simple.covers.shape[1]),
    )


def merged(residual: Residual) -> Residual:
    """Return `residual` with the rows that the same sites cover made one, weights added.

    Isomorphic aggregation of Chen, Chen, Liu & Dai (European Journal of Operational Research
    311, 2023); it settles the rows of a single site too.
    """
    covers = residual.covers
    keys = _row_keys(residual)
    order = np.argsort(keys, kind="stable")
    leaders = loops.first_equals(covers.indptr, covers.indices, order, keys)
    kept, group = np.unique(leaders, return_inverse=True)
    if len(kept) == len(leaders):
        return residual
    weights = np.bincount(group, weights=residual.weights).astype(np.float64)
    smaller = residual_of(weights, covers[kept], sites=residual.sites, count=residual.count)
    return replace(smaller, settled=residual.settled)


def without_dominated(residual: Residual, *, protected: Integers = NOTHING) -> Residual:
    """Return `residual` without the sites whose rows another site all covers.

    A plan with such a site is no worse with the other in its place, or, when it has both,
    with any. As many sites as stations stay, so that a full plan exists.
    """
    kept = np.flatnonzero(_useful(residual, protected))
    if len(kept) == len(residual.sites):
        return residual
    smaller = residual_of(
        residual.weights,
        residual.covers[:, kept],
        sites=residual.sites[kept],
        count=residual.count,
    )
    return replace(smaller, settled=residual.settled)


def _useful(residual: Residual, protected: Integers) -> Flags:
    """Flag the sites to keep: not dominated, protected, or needed to make the number."""
    covers, by_site = residual.covers, residual.covered_by
    useful = ~loops.dominated(covers.indptr, covers.indices, by_site.indptr, by_site.indices)
    useful &= np.diff(by_site.indptr) > 0
    useful[protected] = True
    missing = max(0, residual.count - int(useful.sum()))
    useful[np.flatnonzero(~useful)[:missing]] = True
    return useful


def _row_keys(residual: Residual) -> Integers:
    """Return a number for each row, the same for rows that the same sites cover."""
    draws = np.random.default_rng(KEY_SEED)
    words = draws.integers(0, np.iinfo(np.int64).max, residual.covers.shape[1], dtype=np.int64)
    starts = residual.covers.indptr[:-1]
    if not len(starts):
        return NOTHING
    return np.add.reduceat(words[residual.covers.indices], starts)  # sums wrap around
