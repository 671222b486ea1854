"""Jalon, as the application calls it, limited in CPU seconds of the whole process."""

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bench.siting.job import Answer, Job, Kind, Limit, NoAnswerError
from geo.optimise.coverage.solve import solve_coverage
from geo.optimise.covering.center import solve_center
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.covering.solve import solve_covering
from geo.optimise.effort import Effort
from geo.optimise.median.capacitated import solve_capacitated
from geo.optimise.median.problem import CapacitatedProblem, MedianProblem
from geo.optimise.median.solve import solve_median
from geo.optimise.nearby import nearest_reach
from geo.optimise.plan import Infeasible, Plan
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.reach import Reach, reach_from_pairs

SECONDS_PER_WORK: Final = 15.0
"""What one unit of work takes on a French region."""

LISTED_RATIO: Final = 8
"""Candidates a client knows, times the clients a median serves on average."""

M_PER_KM: Final = 1000.0

STOP_SHARE: Final = 0.95
"""Share of the CPU limit after which the engine is asked for its best plan so far."""

WALL_RATIO: Final = 1.5
"""The wall clock, which may run faster than was seen, is only there to come back in time."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The work allowed, and when to stop."""

    effort: Effort
    stop_cpu_s: float

    def wants_stop(self) -> bool:
        """True once the process has used its CPU seconds."""
        return time.process_time() > self.stop_cpu_s


def solve(job: Job, limit: Limit) -> Answer:
    """Return the plan of the engine of this kind of job, with the work of that many CPU seconds."""
    work = max(1.0, limit.cpu_s / SECONDS_PER_WORK)
    effort = Effort(work=work, time_limit_s=WALL_RATIO * limit.wall_s)
    plan = ENGINES[job.kind](job, Budget(effort, STOP_SHARE * limit.cpu_s))
    if isinstance(plan, Infeasible):
        raise NoAnswerError("; ".join(plan.blocking_fr))
    assigned = () if plan.assignment is None else tuple(plan.assignment.tolist())
    return Answer(plan.chosen, plan.bound, assigned, plan.status.value)


def _coverage(job: Job, budget: Budget) -> Plan | Infeasible:
    problem = CoverageProblem(job.weights, job.coverage, count=job.count)
    return solve_coverage(problem, budget.effort, seed=0, wants_stop=budget.wants_stop)


def _set_covering(job: Job, budget: Budget) -> Plan | Infeasible:
    problem = CoveringProblem(job.weights, job.coverage)
    return solve_covering(problem, budget.effort, seed=0, wants_stop=budget.wants_stop)


def _median(job: Job, budget: Budget) -> Plan | Infeasible:
    problem = MedianProblem(_reach(job), job.weights, job.count)
    return solve_median(problem, budget.effort, seed=0, wants_stop=budget.wants_stop)


def _center(job: Job, budget: Budget) -> Plan | Infeasible:
    problem = CenterProblem(_reach(job), job.count)
    return solve_center(problem, budget.effort, seed=0, wants_stop=budget.wants_stop)


def _capacitated(job: Job, budget: Budget) -> Plan | Infeasible:
    capacities = np.full(len(job.weights), job.capacity)
    problem = CapacitatedProblem(_reach(job), job.weights, capacities, job.count)
    return solve_capacitated(problem, budget.effort, seed=0, wants_stop=budget.wants_stop)


def _reach(job: Job) -> Reach:
    """Return all distances of a matrix; of places, the nearest of each client."""
    if job.places is not None:
        listed = min(len(job.places), -(-LISTED_RATIO * len(job.places) // job.count))
        reach = nearest_reach(job.places, job.places, count=listed, detour_factor=1.0)
        return replace(reach, distances=M_PER_KM * reach.distances, beyond=M_PER_KM * reach.beyond)
    demand, sites = np.indices(job.distances.shape).reshape(2, -1)
    return reach_from_pairs(demand, sites, job.distances.ravel(), shape=job.distances.shape)


ENGINES: Final = {
    Kind.COVERAGE: _coverage,
    Kind.SET_COVERING: _set_covering,
    Kind.MEDIAN: _median,
    Kind.CENTER: _center,
    Kind.CAPACITATED: _capacitated,
}
