"""Medians whose sites obey rules together: a plan that respects them, then HiGHS."""

import math

import numpy as np

from geo.optimise.arrays import NOTHING, Floats, Integers, indicator
from geo.optimise.deadline import Deadline
from geo.optimise.effort import Effort
from geo.optimise.linear import branch_and_bound
from geo.optimise.median.bound import (
    Relaxation,
    ascend,
    decisions,
    relaxation,
    settle_sites,
    shortened,
)
from geo.optimise.median.closing import close_by_model, offer
from geo.optimise.median.lists import Lists
from geo.optimise.median.problem import MedianProblem
from geo.optimise.median.radius import sites_model
from geo.optimise.median.ruled_loops import RuleRows, descend_ruled
from geo.optimise.median.search import Search, begin, new_search
from geo.optimise.median.search_loops import LEAST_GAIN_SHARE, assign
from geo.optimise.median.worth import cutoff
from geo.optimise.plan import Stage
from geo.optimise.rules import TOLERANCE, stacked
from geo.optimise.standing import Standing

CLIMB_CHUNKS = 20
"""Pieces of climb, at effort 1, before the rules are looked at."""

NODE_LIMIT = 20_000
"""Nodes of HiGHS at effort 1."""

PASS_LIMIT = 50
"""Passes over all the sites of the exchanges that respect the rules."""


def solve_ruled(
    problem: MedianProblem, lists: Lists, standing: Standing, effort: Effort, *, seed: int
) -> None:
    """Bring the plan and the bound of `standing` together.

    The multipliers that ignore the rules give a bound; the sites they favour, chosen within
    the rules by a small model, give a better one and the plan the exchanges start from.
    """
    is_required = indicator(np.array(sorted(problem.required), dtype=np.int64), lists_sites(lists))
    search = new_search(lists, is_required > 0, count=problem.count, seed=seed)
    decided = decisions(is_required > 0, problem.is_allowed)
    relaxed = _climbed(search, decided, standing, effort)
    start = _favoured(problem, relaxed, standing)
    if start is None:
        return
    _improve(problem, search, start, standing)
    settle_sites(relaxed, cutoff(standing, otherwise=math.inf))
    if not standing.is_over:
        left = shortened(relaxed.lists, relaxed.decided)
        nodes = effort.budget(NODE_LIMIT)
        close_by_model(left, relaxed, problem.rules, standing, node_limit=nodes)


def lists_sites(lists: Lists) -> int:
    """Return the number of sites `lists` speak of."""
    return len(lists.site_start) - 1


def _climbed(search: Search, decided: Integers, standing: Standing, effort: Effort) -> Relaxation:
    """Return the multipliers climbed towards the cost of a plan that ignores the rules."""
    target = begin(search)
    paid = 0.5 * (search.current.first_costs + search.current.second_costs)
    relaxed = relaxation(search.lists, decided, paid, count=len(search.current.opened))
    for _ in range(effort.budget(CLIMB_CHUNKS)):
        if standing.deadline.is_past or relaxed.is_flat:
            break
        ascend(relaxed, target, iterations=relaxed.chunk_iterations)
    standing.cap(relaxed.safe_bound, stage=Stage.BOUND)
    return relaxed


def _favoured(problem: MedianProblem, relaxed: Relaxation, standing: Standing) -> Integers | None:
    """Return the sites that save most within the rules, None when no sites obey them.

    This small model is always solved: without it there may be no plan to return.
    """
    bound_without = relaxed.safe_bound
    savings = relaxed.ascent.savings.copy()
    model = sites_model(savings, relaxed.decided, problem.rules, count=problem.count)
    patient = Deadline(None, standing.deadline.wants_stop)
    answer = branch_and_bound(model, deadline=patient, options={"presolve": "on"})
    if answer.values is None:
        return None if answer.is_infeasible else NOTHING
    free = savings[relaxed.ascent.is_open].sum()
    standing.cap(bound_without + answer.bound - free - 2e-6, stage=Stage.BOUND)
    return np.flatnonzero(answer.values > 0.5)  # noqa: PLR2004 - a rounded 0 or 1


def _improve(problem: MedianProblem, search: Search, start: Integers, standing: Standing) -> None:
    """Exchange sites of `start` within the rules as long as it pays, and offer the plan."""
    if len(start) == 0:
        return
    current = search.current
    current.is_open[:] = False
    current.is_open[start] = True
    current.opened[:] = start
    cost = assign(search.lists, current)
    rules = _rule_rows(problem, start)
    for _ in range(PASS_LIMIT):
        search.scratch.is_pending[:] = False
        least_gain = LEAST_GAIN_SHARE * cost
        gained = descend_ruled(search.lists, current, search.scratch, rules, least_gain)
        cost = assign(search.lists, current)
        if not gained or standing.deadline.is_past:
            break
    offer(search.lists, search.chosen, standing, Stage.SEARCH)


def _rule_rows(problem: MedianProblem, chosen: Integers) -> RuleRows:
    limits = stacked(problem.rules, problem.site_count)
    by_site = limits.matrix.tocsc()
    return RuleRows(
        start=by_site.indptr.astype(np.int64),
        rows=by_site.indices.astype(np.int64),
        values=by_site.data.astype(np.float64),
        sums=_sums(limits.matrix @ indicator(chosen, problem.site_count)),
        at_least=limits.at_least - TOLERANCE,
        at_most=limits.at_most + TOLERANCE,
    )


def _sums(values: Floats) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)
