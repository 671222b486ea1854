"""The p-median solved: a good plan at once, multipliers that prove it, cases that close it."""

from collections.abc import Callable

import numpy as np

from geo.optimise.arrays import Integers
from geo.optimise.deadline import Deadline, nobody
from geo.optimise.effort import DEFAULT_EFFORT, Effort
from geo.optimise.identity import instance_hash, rule_parts
from geo.optimise.median.blocked import blocked, too_few
from geo.optimise.median.lists import Lists, cost_lists, nearest_pairs
from geo.optimise.median.problem import MedianProblem
from geo.optimise.median.proof import close, open_proof, prove_at_the_root
from geo.optimise.median.ruled import solve_ruled
from geo.optimise.median.serving import serve_at_least
from geo.optimise.plan import Infeasible, Plan, ProgressListener, Sense
from geo.optimise.standing import Standing


def solve_median(
    problem: MedianProblem,
    effort: Effort = DEFAULT_EFFORT,
    *,
    seed: int,
    progress: ProgressListener | None = None,
    wants_stop: Callable[[], bool] = nobody,
) -> Plan | Infeasible:
    """Return the best plan found and what no plan can cost less than, or why there is none.

    Stops when the plan is proven optimal, when the gap or the effort allowed is reached, at
    the time limit, or when `wants_stop` says so; the bound is valid whenever it stops. Raises
    NoPlanYetError when stopped before it is known whether any plan exists.
    """
    refusal = blocked(problem, problem.weights > 0)
    if refusal is not None:
        return refusal
    deadline = Deadline(effort.time_limit_s, wants_stop)
    lists, _ = cost_lists(problem.reach, problem.weights, problem.is_allowed)
    standing = _nothing_known(lists, deadline, effort, progress)
    if problem.rules:
        solve_ruled(problem, lists, standing, effort, seed=seed)
    elif _solve_plain(problem, lists, standing, effort, seed=seed):
        return too_few(problem, lists)
    if not standing.has_plan:
        refusal = serve_at_least(problem, lists, standing)
    return refusal or standing.plan(
        seed=seed,
        instance_hash=median_hash(problem),
        assignment=assignment(problem, standing.chosen),
    )


def median_hash(problem: MedianProblem) -> str:
    """Return the fingerprint of a p-median problem."""
    parts = (problem.reach, problem.weights, problem.count)
    required = np.array(sorted(problem.required), dtype=np.int64)
    forbidden = np.array(sorted(problem.forbidden), dtype=np.int64)
    return instance_hash("median", *parts, required, forbidden, *rule_parts(problem.rules))


def assignment(problem: MedianProblem, chosen: Integers) -> Integers:
    """Return the nearest chosen site of each demand point, -1 where none is listed."""
    reach = problem.reach
    pairs = nearest_pairs(reach.start, reach.sites, chosen, site_count=reach.site_count)
    sites = np.full(len(pairs), -1)
    sites[pairs >= 0] = reach.sites[pairs[pairs >= 0]]
    return sites


def _solve_plain(
    problem: MedianProblem, lists: Lists, standing: Standing, effort: Effort, *, seed: int
) -> bool:
    """Bring plan and bound together; return whether it is proven that there is no plan."""
    proof = open_proof(problem, lists, standing, seed=seed)
    prove_at_the_root(proof, effort)
    close(proof, effort)
    return proof.is_impossible


def _nothing_known(
    lists: Lists, deadline: Deadline, effort: Effort, progress: ProgressListener | None
) -> Standing:
    return Standing(
        sense=Sense.MINIMISE,
        bound=0.0,
        is_integral=bool((lists.costs == np.floor(lists.costs)).all()),
        deadline=deadline,
        target_gap_share=effort.target_gap_share,
        progress=progress,
    )
