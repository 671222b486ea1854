"""Other plans nearly as good that differ: what a decision maker compares."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Integers, indicator
from geo.optimise.deadline import nobody
from geo.optimise.effort import DEFAULT_EFFORT, Effort
from geo.optimise.mixed.solve import solve_mixed_coverage, solve_mixed_covering
from geo.optimise.mixed.unfinished import NoPlanYetError
from geo.optimise.plan import Infeasible, Plan, Sense
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.rules import RuleKind, SiteRule


@dataclass(frozen=True, slots=True)
class Variety:
    """Up to `count` plans, each lacking `least_difference` stations of every one before it.

    Each is worth at least 1 - `loss_share` of the best plan (costs at most 1 + `loss_share`).
    """

    count: int
    least_difference: int
    loss_share: float


def alternatives(
    problem: CoverageProblem | CoveringProblem,
    best: Plan,
    wanted: Variety,
    effort: Effort = DEFAULT_EFFORT,
    *,
    seed: int,
    wants_stop: Callable[[], bool] = nobody,
) -> tuple[Plan, ...]:
    """Return the plans `wanted` beside `best`, best first; fewer when there are no more.

    The bound of each is that of the problem with these differences asked. Distance rows
    between 0/1 solutions: Tsai, Lin & Hu (European Journal of Operational Research 184, 2008).
    """
    found: list[Plan] = []
    asked = problem
    for rank in range(1, wanted.count + 1):
        known = (best, *found)[-1]
        rule = difference_rule(
            known, wanted.least_difference, rank=rank, site_count=problem.site_count
        )
        asked = replace(asked, rules=(*asked.rules, rule))
        other = _solved(asked, effort, seed=seed, wants_stop=wants_stop)
        if other is None or not _is_near(other, best, wanted.loss_share):
            break
        found.append(other)
    return tuple(found)


def difference_rule(plan: Plan, least: int, *, rank: int, site_count: int) -> SiteRule:
    """Ask that at least `least` stations of `plan` be closed."""
    chosen: Integers = np.array(plan.chosen, dtype=np.int64)
    return SiteRule(
        name_fr=f"au moins {least} stations absentes du plan n° {rank}",
        kind=RuleKind.LINK,
        matrix=sparse.csr_matrix(indicator(chosen, site_count)[np.newaxis]),
        at_least=np.array([-np.inf]),
        at_most=np.array([float(len(chosen) - least)]),
    )


def _solved(
    problem: CoverageProblem | CoveringProblem,
    effort: Effort,
    *,
    seed: int,
    wants_stop: Callable[[], bool],
) -> Plan | None:
    """Return a plan, None when there is none or none was found in time."""
    try:
        if isinstance(problem, CoverageProblem):
            answer = solve_mixed_coverage(problem, effort, seed=seed, wants_stop=wants_stop)
        else:
            answer = solve_mixed_covering(problem, effort, seed=seed, wants_stop=wants_stop)
    except NoPlanYetError:
        return None
    return None if isinstance(answer, Infeasible) else answer


def _is_near(other: Plan, best: Plan, loss_share: float) -> bool:
    """Tell whether `other` loses at most `loss_share` of `best`; float sums allowed for."""
    margin = 1e-9 * max(1.0, abs(best.objective))
    if best.sense is Sense.MAXIMISE:
        return other.objective >= (1.0 - loss_share) * best.objective - margin
    return other.objective <= (1.0 + loss_share) * best.objective + margin
