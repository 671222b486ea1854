"""Whether any plan serves everybody within the rules, asked when none was found on the way."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Integers
from geo.optimise.median.closing import offer
from geo.optimise.median.lists import Lists
from geo.optimise.median.problem import MedianProblem
from geo.optimise.mixed.infeasibility import diagnose, first_plan
from geo.optimise.mixed.unfinished import no_plan_yet
from geo.optimise.plan import Infeasible, Relaxation, Stage
from geo.optimise.problem import CoveringProblem
from geo.optimise.rules import count_rule
from geo.optimise.standing import Standing


def serve_at_least(problem: MedianProblem, lists: Lists, standing: Standing) -> Infeasible | None:
    """Give `standing` a plan, whatever its cost, or return why there is none.

    Raises NoPlanYetError when neither is known in time.
    """
    asked = _serving(problem)
    answer = first_plan(asked, deadline=standing.deadline)
    if answer.is_infeasible:
        return _refusal(problem, diagnose(asked, deadline=standing.deadline))
    if answer.values is not None:
        opened: Integers = np.flatnonzero(answer.values[: problem.site_count] > 0.5)  # noqa: PLR2004 - rounded
        offer(lists, opened, standing, Stage.START)
    if not standing.has_plan:
        raise no_plan_yet()
    return None


def _serving(problem: MedianProblem) -> CoveringProblem:
    """Return the question of `count` sites of which one is listed for each demand."""
    reach = problem.reach
    shape = (reach.demand_count, reach.site_count)
    listed = sparse.csr_matrix((np.ones(len(reach.sites)), reach.sites, reach.start), shape=shape)
    counted = count_rule(problem.count, problem.count, site_count=problem.site_count)
    served = np.flatnonzero(problem.weights > 0)
    return CoveringProblem(
        weights=problem.weights[served],
        covers=listed[served],
        required=problem.required,
        forbidden=problem.forbidden,
        rules=(counted, *problem.rules),
    )


def _refusal(problem: MedianProblem, found: Infeasible) -> Infeasible:
    """Return `found`, with longer lists as another way out when they were cut short."""
    if np.isinf(problem.reach.beyond).all():
        return found
    longer = Relaxation("listes de distances", "allonger les listes de distances")
    return replace(found, relaxations=(*found.relaxations, longer))
