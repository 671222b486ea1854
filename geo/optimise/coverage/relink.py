"""Merging plans: the best plan made of their sites alone."""

from collections.abc import Sequence

import numpy as np

from geo.optimise.arrays import Integers
from geo.optimise.coverage import model
from geo.optimise.coverage.presolve import merged
from geo.optimise.coverage.residual import Residual, open_some
from geo.optimise.deadline import Deadline

NODE_LIMIT = 10
"""Nodes of branch-and-bound a merge may cost."""

LINK_LIMIT = 15_000
"""Links between demand and the sites in dispute above which a merge costs too much."""


def merge(
    residual: Residual,
    plans: Sequence[Integers],
    *,
    deadline: Deadline,
) -> Integers:
    """Return a plan, sorted, at least as good as `plans[0]`, made of sites of `plans`.

    What all plans share stays; branch-and-bound chooses among the other sites, which are few
    (tour merging: Cook & Seymour, INFORMS Journal on Computing 15, 2003). `plans[0]` is
    the answer when the sites in dispute are too many.
    """
    shared, disputed = in_dispute(plans, site_count=len(residual.sites))
    if not len(disputed):
        return np.sort(plans[0])
    part = merged(open_some(residual, shared, among=disputed))
    if part.covers.nnz > LINK_LIMIT:
        return np.sort(plans[0])
    start = np.searchsorted(part.sites, np.setdiff1d(plans[0], shared))
    found = model.branch_and_bound(part, start, node_limit=NODE_LIMIT, deadline=deadline)
    return np.sort(np.concatenate([shared, part.sites[found.chosen]]))


def in_dispute(plans: Sequence[Integers], *, site_count: int) -> tuple[Integers, Integers]:
    """Return the sites that all `plans` have, and those that some have and others not."""
    presence = np.bincount(np.concatenate(list(plans)), minlength=site_count)
    shared = np.flatnonzero(presence == len(plans))
    return shared, np.flatnonzero((presence > 0) & (presence < len(plans)))
