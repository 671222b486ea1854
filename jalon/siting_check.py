"""A second opinion on a station plan, whatever its objective."""

import math
from collections.abc import Iterator

import numpy as np

from geo.optimise.nearby import nearest_km
from geo.optimise.plan import Plan
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.verify import listing_faults, told, value_faults, verify
from jalon.model import Objective
from jalon.siting_problem import Problem, Question


def check(asked: Question, problem: Problem, plan: Plan) -> None:
    """Raise InputError listing every way in which `plan` is not what it says.

    Distances are measured anew between town halls, from the chosen sites alone.
    """
    if isinstance(problem, CoverageProblem | CoveringProblem):
        verify(problem, plan)
        return
    told(list(_distance_faults(asked, problem, plan)))


def _distance_faults(asked: Question, problem: Problem, plan: Plan) -> Iterator[str]:
    yield from listing_faults(
        plan,
        site_count=len(asked.communes),
        required=problem.required,
        forbidden=problem.forbidden,
    )
    chosen = np.array(plan.chosen, dtype=np.int64)
    for rule in problem.rules:
        yield from rule.faults(chosen)
    _, distance_km = nearest_km(
        asked.points_m, asked.points_m[chosen], detour_factor=asked.parameters.detour_ratio
    )
    if asked.parameters.objective is Objective.LONGEST_DISTANCE:
        yield from value_faults(plan, float(distance_km.max()))
    else:
        yield from value_faults(plan, math.fsum((asked.weights * distance_km).tolist()))
    if len(chosen) > asked.station_count:
        yield f"{len(chosen)} stations placées, {asked.station_count} demandées"
