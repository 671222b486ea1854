"""What is left of a median problem, closed by HiGHS."""

import math

import numpy as np

from geo.optimise.arrays import Floats, Integers
from geo.optimise.linear import branch_and_bound
from geo.optimise.median.bound import Relaxation
from geo.optimise.median.bound_loops import OUT
from geo.optimise.median.lists import Lists, cheapest, costs_to
from geo.optimise.median.radius import radius_model, radius_start, sites_model
from geo.optimise.median.worth import cutoff
from geo.optimise.plan import Stage
from geo.optimise.rules import SiteRule
from geo.optimise.standing import Standing


def close_by_model(
    lists: Lists,
    relaxed: Relaxation,
    rules: tuple[SiteRule, ...],
    standing: Standing,
    *,
    node_limit: int,
) -> None:
    """Let HiGHS prove or better the plan on `lists`, what the decisions of `relaxed` leave."""
    zero = np.zeros(len(relaxed.decided))
    sites = sites_model(zero, relaxed.decided, rules, count=relaxed.count)
    answer = branch_and_bound(
        radius_model(sites, lists),
        deadline=standing.deadline,
        start=_start(lists, relaxed, standing),
        node_limit=node_limit,
        options={"presolve": "on", "mip_abs_gap": 0.0},
    )
    if answer.values is not None:
        chosen = np.flatnonzero(answer.values[: len(zero)] > 0.5)  # noqa: PLR2004 - rounded
        offer(relaxed.lists, chosen, standing, Stage.PROOF)
    worth = cutoff(standing, otherwise=math.inf)
    bound = worth if answer.is_infeasible else answer.bound + float(cheapest(lists).sum())
    standing.cap(min(bound, worth), stage=Stage.PROOF)


def offer(lists: Lists, chosen: Integers, standing: Standing, stage: Stage) -> None:
    """Keep `chosen` if it serves everybody at less cost than the best plan."""
    cost = float(costs_to(lists, chosen).sum())
    if math.isfinite(cost):
        standing.offer(chosen, cost, stage=stage)


def _start(lists: Lists, relaxed: Relaxation, standing: Standing) -> Floats | None:
    """Return the best plan as values of the model, None if the decisions exclude it."""
    if not standing.has_plan or (relaxed.decided[standing.chosen] == OUT).any():
        return None
    return radius_start(lists, standing.chosen)
