"""What can be settled of a covering problem before anything is searched, and how much that is.

Rows that hold all of another one follow from it, sites inside a site no dearer are never
needed, the only site of a row is open (Toregas & ReVelle, Papers in Regional Science 28, 1972).
"""

import math
from dataclasses import replace

import numpy as np

from geo.optimise.arrays import Flags, Integers
from geo.optimise.covering import presolve_loops
from geo.optimise.covering.core import SHARE_TOLERANCE, Core
from geo.optimise.plan import PresolveReport
from geo.optimise.problem import CoveringProblem

PASS_LIMIT = 12
"""Rounds of simplification; regions end after three or four."""

STEP_LIMIT = 20_000_000
"""Comparisons of two lists in one pass: under two seconds."""


def settle(problem: CoveringProblem) -> tuple[Core, PresolveReport]:
    """Return what is left to decide of `problem`, and how much was settled.

    The problem must be simple, and everything it wants within reach of an allowed site.
    """
    core = open_sites(posed(problem), problem_forced(problem))
    core, merged_count = _fewer_rows(core)
    core, implied_count, dominated_count = simplify(core)
    report = PresolveReport(
        row_count=problem.covers.shape[0],
        merged_row_count=merged_count + implied_count,
        candidate_count=problem.site_count - len(problem.forbidden),
        dominated_count=dominated_count,
    )
    return core, report


def posed(problem: CoveringProblem) -> Core:
    """Return `problem` as a core where nothing is settled, without forbidden sites."""
    is_partial = problem.share < 1.0
    sites = np.array(sorted(set(range(problem.site_count)) - problem.forbidden), np.int64)
    covers = problem.covers[:, sites].tocsr()
    worths = problem.weights if is_partial else np.ones(covers.shape[0])
    costs = problem.site_costs[sites]
    return Core(
        covers=covers,
        worths=worths,
        wanted=wanted_worth(problem),
        tolerance=SHARE_TOLERANCE / 2.0 * wanted_worth(problem) if is_partial else 0.0,
        costs=costs,
        sites=sites,
        settled=np.zeros(0, np.int64),
        settled_cost=0.0,
        is_partial=is_partial,
        is_integral=bool((costs == np.floor(costs)).all()),
    )


def wanted_worth(problem: CoveringProblem) -> float:
    """Return the weight to serve, or the number of rows when all are wanted.

    Whole weights reach a share when they reach the next whole number.
    """
    if problem.share >= 1.0:
        return float(problem.covers.shape[0])
    total = math.fsum(problem.weights)
    wanted = problem.share * total
    return float(math.ceil(wanted * (1.0 - SHARE_TOLERANCE))) if problem.is_integral else wanted


def problem_forced(problem: CoveringProblem) -> Integers:
    """Return the sites open in some best plan for sure: the required and the free ones."""
    free = set(np.flatnonzero(problem.site_costs == 0).tolist()) - problem.forbidden
    return np.array(sorted(problem.required | free), dtype=np.int64)


def open_sites(core: Core, opened: Integers) -> Core:
    """Return `core` with the sites numbered `opened` settled and the rows they serve gone."""
    local = np.searchsorted(core.sites, opened)
    is_open = np.zeros(len(core.sites), dtype=bool)
    is_open[local] = True
    is_served = core.covers @ is_open.astype(float) > 0
    served_worth = math.fsum(core.worths[is_served])
    return _kept(
        replace(
            core,
            wanted=core.wanted - served_worth,
            settled=np.sort(np.concatenate([core.settled, opened])),
            settled_cost=core.settled_cost + math.fsum(core.costs[local]),
        ),
        rows=~is_served,
        sites=~is_open,
    )


def without_sites(core: Core, dropped: Integers) -> Core:
    """Return `core` without the sites numbered `dropped`, nor the rows that only they serve.

    A full covering keeps its rows: without a site they say that nothing is left to do.
    """
    keeps = ~np.isin(core.sites, dropped)
    is_served = core.covers @ keeps.astype(float) > 0
    rows = is_served if core.is_partial else np.ones(len(core.worths), dtype=bool)
    return _kept(core, rows=rows, sites=keeps)


def simplify(core: Core) -> tuple[Core, int, int]:
    """Return `core` without what follows from the rest, and how many rows and sites did."""
    row_count, dominated_count = 0, 0
    for _ in range(PASS_LIMIT):
        shape = core.covers.shape
        core, count = _fewer_sites(core)
        dominated_count += count
        if not core.is_partial:
            core, count = _fewer_rows(core)
            row_count += count
            core = _forced_open(core)
        if core.covers.shape == shape or 0 in core.covers.shape:
            break
    return core, row_count, dominated_count


def _fewer_rows(core: Core) -> tuple[Core, int]:
    """Return `core` without rows that follow from others, or with twins merged if partial."""
    if core.covers.nnz == 0:
        return core, 0
    if not core.is_partial:
        flags = presolve_loops.redundant_rows(*core.links(), STEP_LIMIT)
        return _without_rows(core, flags), int(flags.sum())
    twins = presolve_loops.first_twins(*core.links(), STEP_LIMIT)
    is_first = twins == np.arange(len(twins))
    merged = np.zeros(len(twins))
    np.add.at(merged, twins, core.worths)
    keeps = is_first & (merged > 0) & (np.diff(core.covers.indptr) > 0)
    core = _kept(replace(core, worths=merged), rows=keeps, sites=_all_sites(core))
    return core, int((~is_first).sum())


def _without_rows(core: Core, dropped: Flags) -> Core:
    """Return a full covering without the rows `dropped`, which the others imply."""
    wanted = core.wanted - int(dropped.sum())
    return _kept(replace(core, wanted=wanted), rows=~dropped, sites=_all_sites(core))


def _fewer_sites(core: Core) -> tuple[Core, int]:
    """Return `core` without dominated sites, and how many they were."""
    row_start, row_sites, site_start, site_rows = core.links()
    flags = presolve_loops.dominated_sites(
        site_start, site_rows, row_start, row_sites, core.costs, STEP_LIMIT
    )
    every_row = np.ones(core.covers.shape[0], dtype=bool)
    return _kept(core, rows=every_row, sites=~flags), int(flags.sum())


def _forced_open(core: Core) -> Core:
    """Return `core` with the only site of each single-site row opened."""
    single = np.flatnonzero(np.diff(core.covers.indptr) == 1)
    only = np.unique(core.covers.indices[core.covers.indptr[single]])
    return open_sites(core, core.sites[only]) if len(only) else core


def _kept(core: Core, *, rows: Flags, sites: Flags) -> Core:
    """Return `core` reduced to flagged rows and sites."""
    covers = core.covers[np.flatnonzero(rows)][:, np.flatnonzero(sites)].tocsr()
    covers.sort_indices()
    return replace(
        core,
        covers=covers,
        worths=core.worths[rows],
        costs=core.costs[sites],
        sites=core.sites[sites],
    )


def _all_sites(core: Core) -> Flags:
    return np.ones(len(core.sites), dtype=bool)
