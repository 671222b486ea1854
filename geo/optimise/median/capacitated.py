"""The capacitated p-median solved: knapsacks bound it, moves improve it, cases close it."""

from collections.abc import Callable

import numpy as np

from geo.optimise.deadline import Deadline, nobody
from geo.optimise.effort import DEFAULT_EFFORT, Effort
from geo.optimise.identity import instance_hash, rule_parts
from geo.optimise.median.blocked import blocked, overloaded, unfitted, unruly
from geo.optimise.median.capacitated_plans import (
    Case,
    fitting_lists,
    loads_of,
    roomiest,
    round_to_plan,
    uncapacitated,
)
from geo.optimise.median.capacitated_proof import climb_to_plans, close, first_fit
from geo.optimise.median.problem import CapacitatedProblem
from geo.optimise.mixed.unfinished import no_plan_yet
from geo.optimise.plan import Infeasible, Plan, ProgressListener, Sense
from geo.optimise.standing import Standing


def solve_capacitated(
    problem: CapacitatedProblem,
    effort: Effort = DEFAULT_EFFORT,
    *,
    seed: int,
    progress: ProgressListener | None = None,
    wants_stop: Callable[[], bool] = nobody,
) -> Plan | Infeasible:
    """Return the best plan found with its assignment and its bound, or why there is none.

    Stops when the plan is proven optimal, when the gap or the effort allowed is reached, at
    the time limit, or when `wants_stop` says so; the bound is valid whenever it stops. Raises
    NoPlanYetError when stopped before it is known whether any plan exists.
    """
    everybody = np.ones(problem.reach.demand_count, dtype=np.bool_)
    refusal = blocked(problem, everybody) or overloaded(problem)
    if refusal is not None:
        return refusal
    lists = fitting_lists(problem)
    standing = Standing(
        sense=Sense.MINIMISE,
        bound=0.0,
        is_integral=bool((lists.costs == np.floor(lists.costs)).all()),
        deadline=Deadline(effort.time_limit_s, wants_stop),
        target_gap_share=effort.target_gap_share,
        progress=progress,
    )
    case = Case(problem, lists, loads_of(problem), standing)
    is_impossible = _solve(case, effort) or (not standing.has_plan and first_fit(case))
    if is_impossible:
        return unruly(problem) or unfitted(problem)
    if not standing.has_plan:
        raise no_plan_yet()
    return standing.plan(seed=seed, instance_hash=capacitated_hash(problem), assignment=case.sites)


def capacitated_hash(problem: CapacitatedProblem) -> str:
    """Return the fingerprint of a capacitated p-median problem."""
    shared = (problem.reach, problem.pair_weights, problem.demands, problem.capacities)
    required = np.array(sorted(problem.required), dtype=np.int64)
    forbidden = np.array(sorted(problem.forbidden), dtype=np.int64)
    sites = (problem.count, required, forbidden, *rule_parts(problem.rules))
    return instance_hash("capacitated", *shared, *sites)


def _solve(case: Case, effort: Effort) -> bool:
    """Bring plan and bound together; return whether it is proven that there is no plan."""
    for first in (uncapacitated(case), roomiest(case.problem)):
        round_to_plan(case, first)
    relaxed = climb_to_plans(case, effort)
    return close(case, relaxed, effort)
