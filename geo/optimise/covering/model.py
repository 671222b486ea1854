"""A core as a linear model, for the solver behind `linear`."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from geo.optimise import linear
from geo.optimise.arrays import Floats, Integers, indicator
from geo.optimise.covering.core import Core
from geo.optimise.deadline import Deadline

PROOF_OPTIONS: dict[str, bool | int | float | str] = {"presolve": "on"}
"""Cores left to branch-and-bound are small: presolve pays there."""

OPEN_FROM = 0.5
"""Value from which a variable that should be 0 or 1 is 1."""

TOLERANCE_SHARE = 5e-7
"""The solver's own tolerance, halved to stay within what counts as closed, taken off bounds
that no rounding makes safe."""


@dataclass(slots=True)
class Allowance:
    """A number of questions, then the answer is yes: work counted where there is no clock.

    The solver asks after a fixed amount of work, some twenty milliseconds on a small core.
    """

    left_count: int
    wants_stop: Callable[[], bool]

    def __call__(self) -> bool:
        """Return True when the allowance is used up or somebody asks to stop."""
        self.left_count -= 1
        return self.left_count < 0 or self.wants_stop()


def relaxed_prices(core: Core, *, deadline: Deadline) -> linear.Relaxed | None:
    """Return the relaxation of `core`, row multipliers without the one on the slack."""
    relaxed = linear.relax(_modelled(core), deadline=deadline)
    if relaxed is None:
        return None
    row_count, site_count = core.covers.shape
    return linear.Relaxed(
        values=relaxed.values[:site_count],
        row_multipliers=relaxed.row_multipliers[:row_count],
        objective=relaxed.objective,
    )


def best_plan(
    core: Core, *, start: Integers, ask_count: int, deadline: Deadline
) -> tuple[Integers | None, float]:
    """Return the best local sites found from `start` and the bound proven, settled cost apart.

    Parts that share no site are solved apart, each with its part of `ask_count`; a core
    without any plan has the bound infinity.
    """
    chosen: list[Integers] | None = []
    bound = 0.0
    for rows, sites in _parts(core):
        part = _part(core, rows=rows, sites=sites)
        share = max(1, ask_count * part.covers.nnz // core.covers.nnz)
        local = np.flatnonzero(np.isin(sites, start))
        plan, least = _best_of_part(part, start=local, ask_count=share, deadline=deadline)
        bound += np.ceil(least - TOLERANCE_SHARE) if core.is_integral else least
        chosen = None if plan is None or chosen is None else [*chosen, sites[plan]]
    return (None if chosen is None else np.sort(np.concatenate(chosen))), bound


def _parts(core: Core) -> list[tuple[Integers, Integers]]:
    """Return the rows and sites of each part of a full covering that shares no site with others."""
    row_count, site_count = core.covers.shape
    if core.is_partial:
        return [(np.arange(row_count), np.arange(site_count))]
    pairs = core.covers.tocoo()
    ends = (pairs.row, pairs.col + row_count)
    size = row_count + site_count
    links = sparse.csr_matrix((pairs.data, ends), shape=(size, size))
    part_count, labels = connected_components(links, directed=False)
    row_labels, site_labels = labels[:row_count], labels[row_count:]
    return [
        (np.flatnonzero(row_labels == part), np.flatnonzero(site_labels == part))
        for part in range(part_count)
        if (row_labels == part).any()
    ]


def _part(core: Core, *, rows: Integers, sites: Integers) -> Core:
    """Return the core of some rows and sites alone."""
    if (len(rows), len(sites)) == core.covers.shape:
        return core
    return replace(
        core,
        covers=core.covers[rows][:, sites].tocsr(),
        worths=core.worths[rows],
        wanted=float(len(rows)),
        costs=core.costs[sites],
        sites=core.sites[sites],
    )


def _best_of_part(
    core: Core, *, start: Integers, ask_count: int, deadline: Deadline
) -> tuple[Integers | None, float]:
    """Return the best local sites of a core in one part, and the bound proven."""
    site_count = core.covers.shape[1]
    allowance = Allowance(ask_count, deadline.wants_stop)
    opened = indicator(start, site_count)
    unserved = (core.covers @ opened == 0).astype(float)
    values = np.concatenate([opened, unserved]) if core.is_partial else opened
    answer = linear.branch_and_bound(
        _modelled(core),
        deadline=Deadline(deadline.left_s, allowance),
        start=values if core.serves_enough(start) else None,
        options=PROOF_OPTIONS,
    )
    bound = np.inf if answer.is_infeasible else max(answer.bound, 0.0)
    if answer.values is None:
        return None, bound
    return np.flatnonzero(answer.values[:site_count] > OPEN_FROM).astype(np.int64), bound


def _modelled(core: Core) -> linear.LinearModel:
    """Return x, 1 at open sites, then for a partial covering z, 1 at unserved rows."""
    row_count, site_count = core.covers.shape
    if not core.is_partial:
        return _model(core.costs, core.covers, np.ones(row_count), np.full(row_count, np.inf))
    served_or_not = sparse.hstack([core.covers, sparse.eye_array(row_count)])
    no_site = sparse.csr_matrix((1, site_count))
    spared = sparse.hstack([no_site, sparse.csr_matrix(core.worths[np.newaxis])])
    return _model(
        np.concatenate([core.costs, np.zeros(row_count)]),
        sparse.csr_matrix(sparse.vstack([served_or_not, spared])),
        np.concatenate([np.ones(row_count), [-np.inf]]),
        np.concatenate([np.full(row_count, np.inf), [core.slack + core.tolerance]]),
        whole_count=site_count,
    )


def _model(
    costs: Floats,
    rows: sparse.csr_matrix,
    at_least: Floats,
    at_most: Floats,
    *,
    whole_count: int | None = None,
) -> linear.LinearModel:
    """Return a model of variables between 0 and 1, the first `whole_count` whole."""
    count = len(costs)
    return linear.LinearModel(
        costs=costs,
        lower=np.zeros(count),
        upper=np.ones(count),
        rows=rows,
        at_least=at_least,
        at_most=at_most,
        is_whole=np.arange(count) < (count if whole_count is None else whole_count),
    )
