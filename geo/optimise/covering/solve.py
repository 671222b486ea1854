"""From a covering problem to the cheapest plan found and a bound on what any plan costs."""

import math
from collections.abc import Callable

import numpy as np

from geo.optimise.arrays import Flags, Integers, counted_fr, few, indicator
from geo.optimise.covering import contest, presolve
from geo.optimise.covering.core import SHARE_TOLERANCE
from geo.optimise.deadline import Deadline, nobody
from geo.optimise.effort import DEFAULT_EFFORT, Effort
from geo.optimise.identity import coverage_hash
from geo.optimise.mixed.solve import solve_mixed_covering
from geo.optimise.plan import Infeasible, Plan, ProgressListener, Relaxation, Sense
from geo.optimise.problem import CoveringProblem
from geo.optimise.standing import Standing

SHOWN_DECIMALS = 1
"""Of the percentages told in a refusal, rounded down so that they can be reached."""


def solve_covering(
    problem: CoveringProblem,
    effort: Effort = DEFAULT_EFFORT,
    *,
    seed: int,
    progress: ProgressListener | None = None,
    wants_stop: Callable[[], bool] = nobody,
) -> Plan | Infeasible:
    """Return sites of least cost serving the share asked, or why no sites can.

    Without a time limit the same problem, effort and seed give the same plan.
    """
    if not problem.is_simple:
        return solve_mixed_covering(
            problem, effort, seed=seed, progress=progress, wants_stop=wants_stop
        )
    deadline = Deadline(effort.time_limit_s, wants_stop)
    refusal = _refusal(problem)
    if refusal is not None:
        return refusal
    core, report = presolve.settle(problem)
    standing = Standing(
        sense=Sense.MINIMISE,
        bound=core.settled_cost,
        is_integral=core.is_integral,
        deadline=deadline,
        target_gap_share=effort.target_gap_share,
        progress=progress,
    )
    contest.settle(core, standing, effort=effort, seed=seed)
    return standing.plan(
        seed=seed,
        unreachable=problem.unreachable,
        instance_hash=coverage_hash(problem),
        presolve=report,
        assignment=first_servers(problem, standing.chosen),
    )


def first_servers(problem: CoveringProblem, chosen: Integers) -> Integers:
    """Return for each row the first chosen site that serves it, -1 for none."""
    links = problem.covers[:, chosen].tocsr()
    links.sort_indices()
    is_served = np.diff(links.indptr) > 0
    servers = np.full(links.shape[0], -1, dtype=np.int64)
    servers[is_served] = chosen[links.indices[links.indptr[:-1][is_served]]]
    return servers


def _refusal(problem: CoveringProblem) -> Infeasible | None:
    """Return why no sites serve the share asked, None when all allowed sites together do."""
    allowed = 1.0 - indicator(np.array(sorted(problem.forbidden), np.int64), problem.site_count)
    is_reached = problem.covers @ allowed > 0
    out_of_reach = np.flatnonzero(~is_reached)
    if problem.share >= 1.0:
        if not len(out_of_reach):
            return None
        blocking = _out_of_reach_fr(out_of_reach)
    else:
        wanted = presolve.wanted_worth(problem)
        if math.fsum(problem.weights[is_reached]) >= wanted * (1.0 - SHARE_TOLERANCE):
            return None
        asked = f"{100.0 * problem.share:g}".replace(".", ",")
        blocking = f"{_out_of_reach_fr(out_of_reach)} pour {asked} % du poids demandés"
    return Infeasible(
        blocking_fr=(blocking,),
        relaxations=_relaxations(problem, is_reached),
        unreachable=tuple(out_of_reach.tolist()),
    )


def _out_of_reach_fr(rows: Integers) -> str:
    return f"{counted_fr(len(rows), 'demande')} qu'aucun site autorisé ne dessert ({few(rows)})"


def _relaxations(problem: CoveringProblem, is_reached: Flags) -> tuple[Relaxation, ...]:
    """Return the largest share that can be reached, rounded down."""
    total = math.fsum(problem.weights)
    if total == 0:
        return ()
    share = math.fsum(problem.weights[is_reached]) / total
    scale = 10.0 ** (SHOWN_DECIMALS + 2)
    percent = 100.0 * min(math.floor(share * scale), scale - 1) / scale
    shown = f"{percent:.{SHOWN_DECIMALS}f}".replace(".", ",")
    return (Relaxation("part à desservir", f"demander au plus {shown} %"),)
