"""spopt, as its manual teaches: dense cost matrices, PuLP, HiGHS or CBC on one thread."""

from collections.abc import Callable, Iterable
from typing import Final, Protocol

import numpy as np
import pulp
from spopt.locate import LSCP, MCLP, PCenter, PMedian

from bench.siting.job import Answer, Floats, Job, Kind, Limit, NoAnswerError

REACH: Final = 0.5
"""Service radius of a cost matrix that holds 0 for who is covered and 1 for who is not."""


class Located(Protocol):
    """What every model of spopt has."""

    fac_vars: Iterable[pulp.LpVariable]

    def solve(self, solver: pulp.LpSolver, *, results: bool) -> object:
        """Solve, or raise RuntimeError when PuLP does not call it optimal."""


def solve_with_highs(job: Job, limit: Limit) -> Answer:
    """Return what spopt answers with HiGHS."""
    return _solve(job, pulp.HiGHS(msg=False, timeLimit=limit.wall_s, threads=1))


def solve_with_cbc(job: Job, limit: Limit) -> Answer:
    """Return what spopt answers with the CBC that PuLP ships."""
    return _solve(job, pulp.PULP_CBC_CMD(msg=False, timeLimit=limit.wall_s, threads=1))


def _solve(job: Job, solver: pulp.LpSolver) -> Answer:
    """Return the sites of spopt; it gives no bound, nor says whether its plan is the best."""
    model = MODELS[job.kind](job)
    try:
        model.solve(solver, results=False)
    except RuntimeError as refusal:
        raise NoAnswerError(str(refusal)) from refusal
    chosen = _open(model.fac_vars)
    assigned = _assigned(model) if job.kind is Kind.CAPACITATED else ()
    return Answer(chosen, assigned=assigned)


def _open(variables: Iterable[pulp.LpVariable]) -> tuple[int, ...]:
    values = [variable.value() or 0.0 for variable in variables]
    return tuple(np.flatnonzero(np.array(values) > REACH).tolist())


def _assigned(model: PMedian) -> tuple[int, ...]:
    """Return the site each client is most served by."""
    table = np.array(
        [[variable.value() or 0.0 for variable in row] for row in model.cli_assgn_vars]
    )
    return tuple(np.argmax(table, axis=1).tolist())


def _misses(job: Job) -> Floats:
    return 1.0 - job.coverage.toarray()


def _coverage(job: Job) -> MCLP:
    return MCLP.from_cost_matrix(_misses(job), job.weights, REACH, p_facilities=job.count)


def _set_covering(job: Job) -> LSCP:
    misses = _misses(job)
    return LSCP.from_cost_matrix(misses[misses.min(axis=1) < 1], REACH)


def _median(job: Job) -> PMedian:
    return PMedian.from_cost_matrix(job.distances, job.weights, p_facilities=job.count)


def _center(job: Job) -> PCenter:
    return PCenter.from_cost_matrix(job.distances, p_facilities=job.count)


def _capacitated(job: Job) -> PMedian:
    """Weights fill the sites and multiply the costs in spopt: they are divided out of these."""
    capacities = np.full(len(job.weights), job.capacity)
    return PMedian.from_cost_matrix(
        job.distances / job.weights[:, np.newaxis],
        job.weights,
        p_facilities=job.count,
        facility_capacities=capacities,
    )


MODELS: Final[dict[Kind, Callable[[Job], Located]]] = {
    Kind.COVERAGE: _coverage,
    Kind.SET_COVERING: _set_covering,
    Kind.MEDIAN: _median,
    Kind.CENTER: _center,
    Kind.CAPACITATED: _capacitated,
}
