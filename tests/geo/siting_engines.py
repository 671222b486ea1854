"""The engine of each siting problem, every plan of it verified."""

from collections.abc import Callable

from geo.optimise.coverage.solve import solve_coverage
from geo.optimise.covering.center import solve_center
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.covering.solve import solve_covering
from geo.optimise.deadline import nobody
from geo.optimise.effort import Effort
from geo.optimise.median.capacitated import solve_capacitated
from geo.optimise.median.problem import CapacitatedProblem, MedianProblem
from geo.optimise.median.solve import solve_median
from geo.optimise.plan import Infeasible, Plan
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.verify import verify
from geo.optimise.verify_distances import verify_distances
from tests.geo.siting_worlds import Problem

SMALL_EFFORT = Effort(work=0.05)


def solve(
    problem: Problem,
    effort: Effort = SMALL_EFFORT,
    *,
    seed: int = 0,
    wants_stop: Callable[[], bool] = nobody,
) -> Plan | Infeasible:
    """The answer of the engine of `problem`, verified by the second opinion if it is a plan."""
    answer: Plan | Infeasible
    match problem:
        case CoverageProblem():
            answer = solve_coverage(problem, effort, seed=seed, wants_stop=wants_stop)
        case CoveringProblem():
            answer = solve_covering(problem, effort, seed=seed, wants_stop=wants_stop)
        case MedianProblem():
            answer = solve_median(problem, effort, seed=seed, wants_stop=wants_stop)
        case CenterProblem():
            answer = solve_center(problem, effort, seed=seed, wants_stop=wants_stop)
        case CapacitatedProblem():
            answer = solve_capacitated(problem, effort, seed=seed, wants_stop=wants_stop)
    if isinstance(answer, Plan):
        second_opinion(problem, answer)
    return answer


def second_opinion(problem: Problem, plan: Plan) -> None:
    if isinstance(problem, CoverageProblem | CoveringProblem):
        verify(problem, plan)
    else:
        verify_distances(problem, plan)


def value(problem: Problem, effort: Effort = SMALL_EFFORT) -> float | None:
    """The value of the plan found for `problem`, None when it is refused."""
    answer = solve(problem, effort)
    return answer.objective if isinstance(answer, Plan) else None
