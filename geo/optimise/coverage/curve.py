"""The coverage curve: what any number of stations covers at least and at most."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import InputError, raise_all
from geo.optimise.arrays import NOTHING, Floats, Integers, counted_fr
from geo.optimise.coverage import bound, greedy, search
from geo.optimise.coverage.presolve import simplify
from geo.optimise.coverage.residual import Residual, open_some, settle
from geo.optimise.deadline import Deadline
from geo.optimise.plan import Plan
from geo.optimise.problem import CoverageProblem

ANCHOR_COUNT = 32
"""Numbers of stations where plans are searched and prices found; the others profit."""

ANCHOR_LINKS = 20_000_000
"""Links visited by the search at an anchor."""

ANCHOR_ROUNDS = 300
"""Rounds of the bound at an anchor, from the prices of the one before."""

ANCHOR_SEED = 0
"""The curve has no seed of its own: the same problem and plan give the same curve."""


def coverage_curve(
    problem: CoverageProblem, counts: Sequence[int] | NDArray[np.int64], *, plan: Plan
) -> pd.DataFrame:
    """Return, for each of `counts`, the weight covered_at_least and covered_at_most.

    At least: the best of the greedy order and of plans searched at some counts, greedily
    continued, so that the curve passes through `plan` and never falls. At most: Lagrangian
    bounds, valid for every count, and `plan`'s bound for counts up to its own. Required and
    forbidden sites hold all along; `problem.count` itself is not used.
    """
    asked = np.unique(np.asarray(counts, dtype=np.int64))
    _require_simple(problem)
    _require_counts(problem, asked)
    free = asked - len(problem.required)
    most = int(free.max(initial=0))
    residual = simplify(replace(settle(problem), count=most))
    greedily = greedy.extend(residual, NOTHING, count=most)
    anchors = _anchors(residual, greedily, least=int(free.min(initial=0)))
    orders = [greedily, _order_of(residual, plan, most=most)]
    orders += list(_searched(residual, greedily, anchors))
    best = _lower(residual, orders)
    lower = residual.settled + best[free]
    upper = residual.settled + _upper(residual, best, free, anchors)
    if problem.is_integral:
        upper = np.floor(upper)
    upper = np.where(asked <= len(plan.chosen), np.minimum(upper, plan.bound), upper)
    highest = np.minimum.accumulate(upper[::-1])[::-1]  # more stations never cover less
    return pd.DataFrame(
        {
            "count": asked,
            "covered_at_least": lower,
            "covered_at_most": np.maximum(highest, lower),
        }
    )


def _require_simple(problem: CoverageProblem) -> None:
    """Raise InputError when rules, backup or trips make the curve another question."""
    if not problem.is_simple:
        raise InputError(
            "Courbe de couverture impossible avec des règles, des besoins ou des trajets.",
            "Demandez la courbe du problème sans eux : elle le majore.",
        )


def _require_counts(problem: CoverageProblem, counts: Integers) -> None:
    """Raise InputError when a count is below the required sites or above the allowed ones."""
    least = max(1, len(problem.required))
    most = problem.site_count - len(problem.forbidden)
    outside = counts[(counts < least) | (counts > most)]
    raise_all(
        [counted_fr(count, "station") for count in outside.tolist()],
        subject="Courbe de couverture : nombres de stations hors limites",
        hint=f"Demandez des nombres entre {least} et {most}.",
    )


def _anchors(residual: Residual, greedily: Integers, *, least: int) -> list[int]:
    """Return counts in geometric progression, up to where the greedy order covers all."""
    values = greedy.prefix_values(residual, greedily)
    enough = int(np.searchsorted(values, residual.reachable - bound.rounding(residual)))
    last, first = min(enough, len(greedily)), max(1, least)
    if last < first:
        return []
    steps = np.geomspace(first, last, ANCHOR_COUNT)
    return np.unique(np.round(steps).astype(int)).tolist()


def _order_of(residual: Residual, plan: Plan, *, most: int) -> Integers:
    """Return the sites of `plan`, those that add most first, continued up to `most`.

    A site of the plan that the presolve set aside leaves its place to the best next one.
    """
    planned = np.flatnonzero(np.isin(residual.sites, plan.chosen))
    return _continued(residual, planned, most=most)


def _continued(residual: Residual, sites: Integers, *, most: int) -> Integers:
    """Return `sites`, those that add most first, greedily continued or cut to `most`."""
    among = open_some(residual, NOTHING, among=sites)
    ordered = sites[greedy.extend(among, NOTHING, count=len(sites))]
    return greedy.extend(residual, ordered, count=max(most, len(sites)))[:most]


def _searched(residual: Residual, greedily: Integers, anchors: list[int]) -> Iterable[Integers]:
    """Yield orders that begin with the better plans found at each anchor."""
    most = len(greedily)
    for anchor in anchors:
        plans = search.improvements(
            replace(residual, count=anchor),
            greedily[:anchor],
            links=ANCHOR_LINKS,
            seed=ANCHOR_SEED,
            deadline=Deadline(),
        )
        best = deque(plans, maxlen=1).pop()
        yield _continued(residual, best, most=most)


def _lower(residual: Residual, orders: Iterable[Integers]) -> Floats:
    """Return what the best known plans of 0, 1, 2, … sites cover, beyond the settled weight."""
    values = [greedy.prefix_values(residual, order) for order in orders]
    return np.concatenate([[0.0], np.maximum.reduce(values)])


def _upper(residual: Residual, best: Floats, counts: Integers, anchors: list[int]) -> Floats:
    """Return weights that no plan of each size exceeds, beyond the settled weight.

    `best[p]` is what a known plan of p sites covers.
    The prices of each anchor bound the whole curve, best near it; each descent starts from
    the prices of the anchor before.
    """
    limits = [bound.lagrangian_bounds(residual, residual.weights, counts=counts)]
    multipliers = None
    for anchor in anchors:
        here = replace(residual, count=anchor)
        multipliers = (
            bound.first_multipliers(here)
            if multipliers is None
            else bound.multipliers_from(here, multipliers.best)
        )
        while multipliers.rounds < ANCHOR_ROUNDS:
            multipliers.descend(rounds=ANCHOR_ROUNDS - multipliers.rounds, target=best[anchor])
        limits.append(bound.lagrangian_bounds(residual, multipliers.best, counts=counts))
    return np.minimum.reduce(limits)
