"""The proof of the capacitated median: knapsacks, then cases, the small ones by HiGHS."""

import heapq
import math
from dataclasses import replace

import numpy as np

from geo.optimise.arrays import NOTHING, Floats, Integers
from geo.optimise.effort import Effort
from geo.optimise.linear import branch_and_bound
from geo.optimise.median.bound import Relaxation, decisions, relaxation
from geo.optimise.median.bound_loops import FREE, MARGIN_SHARE, OUT, fix, open_best
from geo.optimise.median.capacitated_loops import climb_knapsacks, fill_all
from geo.optimise.median.capacitated_model import Pairs, pair_model
from geo.optimise.median.capacitated_plans import Case, offer, roomiest, round_to_plan
from geo.optimise.median.lists import costs_to
from geo.optimise.median.radius import sites_model
from geo.optimise.median.tree import NODE_STEP, Tree, grow, halves
from geo.optimise.mixed.infeasibility import prolonged
from geo.optimise.plan import Stage

PAIR_MARGIN_SHARE = 1e-8
"""A pair is kept when the proof against it is thinner than this share of the bound."""

CLIMB_ROUNDS = 150
"""Rounds of climb and rounding at effort 1."""

ROUND_ITERATIONS = 10
"""Iterations of the climb between two plans built from it."""

NODE_ITERATIONS = 60
"""Iterations of the climb of each case."""

CASE_LIMIT = 5_000
"""Cases looked at, at effort 1."""

SMALL_CASE = 160
"""Pairs left under which a case is for HiGHS: it closes such models in a moment."""

NODE_LIMIT = 2_000
"""Nodes of HiGHS for a small case."""

FIRST_NODE_LIMIT = 20_000
"""Nodes of HiGHS to find any plan at all."""


def climb_to_plans(case: Case, effort: Effort) -> Relaxation:
    """Climb and round in turn until the gap closes or the climb gains no more."""
    problem = case.problem
    relaxed = relaxation(
        case.lists,
        decisions(case.is_locked, problem.is_allowed),
        _first_multipliers(case),
        count=problem.count,
    )
    for _ in range(effort.budget(CLIMB_ROUNDS)):
        if case.standing.is_over or relaxed.is_flat:
            break
        bound = _climbed(case, relaxed, ROUND_ITERATIONS)
        case.standing.cap(min(bound, case.worth), stage=Stage.BOUND)
        round_to_plan(case, np.flatnonzero(relaxed.ascent.is_open))
    if problem.rules and not case.standing.is_over:
        round_to_plan(case, _favoured(case, relaxed))
    return relaxed


def _favoured(case: Case, relaxed: Relaxation) -> Integers:
    """Return the sites that save most within the rules, nothing when none is found."""
    problem = case.problem
    answer = branch_and_bound(
        sites_model(relaxed.ascent.savings, relaxed.decided, problem.rules, count=problem.count),
        deadline=case.standing.deadline,
        node_limit=NODE_LIMIT,
        options={"presolve": "on"},
    )
    return NOTHING if answer.values is None else np.flatnonzero(answer.values > 0.5)  # noqa: PLR2004 - a rounded 0 or 1


def first_fit(case: Case) -> bool:
    """Offer any plan, whatever its cost; return whether it is proven that there is none.

    Looked for even when the time is over: without one there is no answer.
    """
    lists, deadline = case.lists, case.standing.deadline
    rows = np.repeat(np.arange(len(lists.ceilings)), np.diff(lists.start))
    pairs = Pairs(rows, lists.sites, lists.costs)
    decided = decisions(case.is_locked, case.problem.is_allowed)
    model = pair_model(pairs, decided, case.problem)
    answer = branch_and_bound(
        replace(model, costs=np.zeros(len(model.costs))),
        deadline=prolonged(deadline),
        node_limit=FIRST_NODE_LIMIT,
        options={"presolve": "on"},
    )
    if answer.values is not None:
        _offer_answer(case, pairs, answer.values)
    return answer.is_infeasible


def close(case: Case, relaxed: Relaxation, effort: Effort) -> bool:
    """Settle case after case; return whether it is proven that there is no plan."""
    tree = Tree(case.lists, case.problem.count)
    grow(tree, case.standing.bound, relaxed.decided, relaxed.ascent.best)
    for _ in range(effort.budget(CASE_LIMIT)):
        if case.standing.is_over or not tree.nodes:
            break
        _visit(case, tree)
        case.standing.cap(min(tree.bound, case.worth), stage=Stage.PROOF)
    return not case.standing.has_plan and math.isinf(tree.bound)


def _first_multipliers(case: Case) -> Floats:
    """Return what each row pays with the roomiest sites, its dearest cost where none is listed."""
    lists = case.lists
    costs = costs_to(lists, roomiest(case.problem))
    return np.where(np.isfinite(costs), costs, lists.costs[lists.start[1:] - 1])


def _climbed(case: Case, relaxed: Relaxation, iterations: int) -> float:
    """Climb, decide sites, and return the bound reached."""
    worth = case.worth
    limits = (relaxed.count, relaxed.lowest, relaxed.highest, worth, iterations)
    climb_knapsacks(case.lists, case.loads, relaxed.ascent, relaxed.decided, limits)
    bound = _bound(case, relaxed)
    if bound < worth:
        ascent = relaxed.ascent
        fix(ascent.savings, relaxed.decided, ascent.is_open, worth - bound)
    return bound


def _bound(case: Case, relaxed: Relaxation) -> float:
    """Return the bound of the best multipliers, recomputed, rounding taken off."""
    ascent = relaxed.ascent
    best = ascent._replace(multipliers=ascent.best)
    room = np.empty(len(ascent.best), dtype=np.int64)
    fill_all(case.lists, case.loads, best, relaxed.decided, room)
    saved = open_best(ascent.savings, relaxed.decided, relaxed.count, ascent.is_open)
    if math.isinf(saved):
        return math.inf
    paid = float(ascent.best.sum())
    return paid + saved - MARGIN_SHARE * (paid - saved)


def _visit(case: Case, tree: Tree) -> None:
    """Settle the case of least bound, by HiGHS when it is small, or split it."""
    node = heapq.heappop(tree.nodes)
    if node.bound >= case.worth:
        return
    relaxed = relaxation(
        case.lists, node.decided.copy(), node.multipliers, count=tree.count, step=NODE_STEP
    )
    bound = max(node.bound, _climbed(case, relaxed, NODE_ITERATIONS))
    if bound >= case.worth:
        return
    pairs = _pairs_left(case, relaxed)
    if len(pairs.rows) <= SMALL_CASE or not (relaxed.decided == FREE).any():
        tree.floor = min(tree.floor, max(bound, _settled_by_model(case, relaxed, pairs)))
        return
    round_to_plan(case, np.flatnonzero(relaxed.ascent.is_open))
    for decided in halves(relaxed):
        grow(tree, bound, decided, relaxed.ascent.best)


def _settled_by_model(case: Case, relaxed: Relaxation, pairs: Pairs) -> float:
    """Offer the best plan of a small case; return what is unproven of it, inf for nothing."""
    answer = branch_and_bound(
        pair_model(pairs, relaxed.decided, case.problem),
        deadline=case.standing.deadline,
        node_limit=NODE_LIMIT,
        options={"presolve": "on"},
    )
    if answer.values is not None:
        _offer_answer(case, pairs, answer.values)
    is_settled = answer.is_infeasible or answer.bound >= case.worth
    return math.inf if is_settled else answer.bound


def _pairs_left(case: Case, relaxed: Relaxation) -> Pairs:
    """Return the pairs that a plan worth looking for may use.

    With the multipliers of the bound, using a pair costs at least what opening its site
    adds, and what its cost is above the multiplier of its row.
    """
    lists, ascent, decided = case.lists, relaxed.ascent, relaxed.decided
    rows = np.repeat(np.arange(len(lists.ceilings)), np.diff(lists.start))
    is_free = decided == FREE
    paid = float(ascent.best.sum() + ascent.savings[ascent.is_open].sum())
    open_free = ascent.savings[ascent.is_open & is_free]
    least_open = float(open_free.max()) if len(open_free) else 0.0
    opening = np.where(is_free & ~ascent.is_open, ascent.savings - least_open, 0.0)
    extra = opening[lists.sites] + np.maximum(lists.costs - ascent.best[rows], 0.0)
    kept = (decided[lists.sites] != OUT) & (
        paid + extra < case.worth + PAIR_MARGIN_SHARE * abs(paid)
    )
    return Pairs(rows[kept], lists.sites[kept], lists.costs[kept])


def _offer_answer(case: Case, pairs: Pairs, values: Floats) -> None:
    """Offer the plan of HiGHS, if every demand point is really in one of its pairs."""
    problem = case.problem
    is_used = values[problem.site_count :] > 0.5  # noqa: PLR2004 - a rounded 0 or 1
    sites = np.full(problem.reach.demand_count, -1)
    sites[pairs.rows[is_used]] = pairs.sites[is_used]
    if (sites >= 0).all():
        is_open = values[: problem.site_count] > 0.5  # noqa: PLR2004 - a rounded 0 or 1
        offer(case, is_open, sites)
