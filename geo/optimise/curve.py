"""The coverage curve: what any number of stations covers at least and at most."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import raise_all
from geo.optimise import bound, greedy
from geo.optimise.problem import CoverageProblem, Plan
from geo.optimise.residual import NOTHING, Floats, Integers, Residual, open_some, settle

ANCHOR_SHARES = (0.25, 0.5, 0.75)
"""Shares of the reachable weight where, besides the plan's own count, a relaxation is solved.

Each relaxation bounds the whole curve, best near its own number of stations.
"""


def coverage_curve(
    problem: CoverageProblem, counts: Sequence[int] | NDArray[np.int64], *, plan: Plan
) -> pd.DataFrame:
    """Return, for each of `counts`, the weight covered_at_least and covered_at_most.

    At least: the better of the greedy order and of the order of `plan`'s own sites, greedily
    continued, so that the curve passes through `plan` and never falls. At most: Lagrangian
    bounds, valid for every count, and `plan`'s bound for counts up to its own. Required and
    forbidden sites hold all along; `problem.count` itself is not used.
    """
    asked = np.unique(np.asarray(counts, dtype=np.int64))
    _require_counts(problem, asked)
    residual = settle(problem)
    free_counts = asked - len(problem.required)
    free_lower = _lower(residual, free_counts, plan=plan)
    lower = residual.settled + free_lower
    planned = len(plan.chosen) - len(problem.required)
    anchors = _anchors(residual, free_counts, free_lower, planned=planned)
    upper = residual.settled + _upper(residual, free_counts, anchors=anchors)
    if problem.is_integral:
        upper = np.floor(upper)
    upper = np.where(asked <= len(plan.chosen), np.minimum(upper, plan.bound), upper)
    return pd.DataFrame({"count": asked, "covered_at_least": lower, "covered_at_most": upper})


def _require_counts(problem: CoverageProblem, counts: Integers) -> None:
    """Raise InputError when a count is below the required sites or above the allowed ones."""
    least = max(1, len(problem.required))
    most = problem.site_count - len(problem.forbidden)
    outside = counts[(counts < least) | (counts > most)]
    raise_all(
        [f"{count} stations" for count in outside.tolist()],
        subject="Courbe de couverture : nombres de stations hors limites",
        hint=f"Demandez des nombres entre {least} et {most}.",
    )


def _lower(residual: Residual, counts: Integers, *, plan: Plan) -> Floats:
    """Return what the best known plans of each size cover, beyond the settled weight."""
    most = int(counts.max(initial=0))
    planned = np.flatnonzero(np.isin(residual.sites, plan.chosen))
    orders = (
        greedy.extend(residual, NOTHING, count=most),
        greedy.extend(residual, _in_greedy_order(residual, planned), count=most)[:most],
    )
    best = np.maximum(*(greedy.prefix_values(residual, order) for order in orders))
    return np.concatenate([[0.0], best])[counts]


def _in_greedy_order(residual: Residual, sites: Integers) -> Integers:
    """Return `sites`, those that add most first."""
    among = open_some(residual, NOTHING, among=sites)
    return sites[greedy.extend(among, NOTHING, count=len(sites))]


def _anchors(residual: Residual, counts: Integers, lower: Floats, *, planned: int) -> list[int]:
    """Return the counts worth a relaxation: where something is left to place and to cover."""
    crossings = np.searchsorted(lower, np.array(ANCHOR_SHARES) * residual.reachable)
    worth = (counts > 0) & (lower < residual.reachable)
    crossed = counts[crossings[crossings < len(counts)]].tolist()
    return sorted({*crossed, planned} & set(counts[worth].tolist()))


def _upper(residual: Residual, counts: Integers, *, anchors: list[int]) -> Floats:
    """Return weights that no plan of each size exceeds, beyond the settled weight."""
    relaxations = (bound.relax(replace(residual, count=anchor)) for anchor in anchors)
    multipliers = [residual.weights, *(relaxed.multipliers for relaxed in relaxations)]
    return np.minimum.reduce(
        [bound.lagrangian_bounds(residual, prices, counts=counts) for prices in multipliers]
    )
