"""What is left to decide once imposed, excluded and useless rows and sites are settled."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats, Integers, indicator
from geo.optimise.problem import CoverageProblem


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """A covering problem with free sites only; indices are local to it.

    `covered_by` is the transpose of `covers`, stored by rows too. `sites[j]` is the place of
    local candidate j in the problem this one was cut from, where the weight `settled` is
    covered already.
    """

    weights: Floats
    covers: sparse.csr_matrix
    covered_by: sparse.csr_matrix
    count: int
    sites: Integers
    settled: float = 0.0

    @property
    def reachable(self) -> float:
        """The weight that opening every site would cover."""
        return float(self.weights.sum())

    def station_counts(self, chosen: Integers) -> Floats:
        """Return by how many of the `chosen` sites each demand point is covered."""
        return self.covers @ indicator(chosen, self.covers.shape[1])

    def value(self, chosen: Integers) -> float:
        """Return the weight covered by the `chosen` sites."""
        return float(self.weights[self.station_counts(chosen) > 0].sum())


def settle(problem: CoverageProblem) -> Residual:
    """Return the free part of `problem`: what the required sites cover is taken out.

    Without a count, one station more than the required ones is to be placed.
    """
    required = np.array(sorted(problem.required), dtype=np.int64)
    free = np.ones(problem.site_count, dtype=bool)
    free[required] = False
    free[sorted(problem.forbidden)] = False
    is_open = problem.covers @ indicator(required, problem.site_count) == 0
    rest = cut(
        problem.weights,
        problem.covers,
        open_demand=is_open,
        sites=np.flatnonzero(free),
        count=1 if problem.count is None else problem.count - len(required),
    )
    return replace(rest, settled=float(problem.weights[~is_open].sum()))


def open_some(residual: Residual, opened: Integers, *, among: Integers) -> Residual:
    """Return what is left of `residual` with `opened` sites open and only `among` to choose."""
    is_open = residual.station_counts(opened) == 0
    rest = cut(
        residual.weights,
        residual.covers,
        open_demand=is_open,
        sites=among,
        count=residual.count - len(opened),
    )
    return replace(rest, settled=float(residual.weights[~is_open].sum()))


def cut(
    weights: Floats,
    covers: sparse.csr_matrix,
    *,
    open_demand: Flags,
    sites: Integers,
    count: int,
) -> Residual:
    """Return the problem of serving `open_demand` with `count` of `sites`.

    Demand without weight, or that no site of `sites` covers, changes nothing: it is left out.
    """
    rows = np.flatnonzero(open_demand & (weights > 0))
    links = sparse.csr_matrix(covers[rows][:, sites])
    reached = np.flatnonzero(np.diff(links.indptr) > 0)
    return residual_of(weights[rows[reached]], links[reached], sites=sites, count=count)


def residual_of(
    weights: Floats, covers: sparse.csr_matrix, *, sites: Integers, count: int
) -> Residual:
    """Return the residual of these rows and columns, in the canonical order of both tables."""
    kept = sparse.csr_matrix(covers)
    kept.sort_indices()
    return Residual(weights, kept, sparse.csr_matrix(kept.T), count, sites)
