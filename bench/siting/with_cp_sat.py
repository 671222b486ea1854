"""OR-Tools CP-SAT on one worker: the covering kinds, where every number is whole."""

import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse

from bench.siting.job import Answer, Job, Kind, Limit, NoAnswerError


def solve(job: Job, limit: Limit) -> Answer:
    """Return what CP-SAT finds for a covering job."""
    model = cp_model.CpModel()
    is_open = [model.new_bool_var("") for _ in range(job.coverage.shape[1])]
    if job.kind is Kind.COVERAGE:
        _maximise_covered(model, is_open, job)
    else:
        for row in _lists(job.coverage):
            model.add_bool_or([is_open[site] for site in row])
        model.minimize(sum(is_open))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit.wall_s
    solver.parameters.num_workers = 1
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise NoAnswerError(solver.status_name())
    chosen = tuple(site for site, one in enumerate(is_open) if solver.boolean_value(one))
    return Answer(chosen, float(solver.best_objective_bound))


def _maximise_covered(model: cp_model.CpModel, is_open: list[cp_model.IntVar], job: Job) -> None:
    """Ask for the largest covered weight: a demand is covered only if a site near it is open."""
    is_covered = [model.new_bool_var("") for _ in range(len(job.weights))]
    for covered, row in zip(is_covered, _lists(job.coverage), strict=True):
        model.add_bool_or([*(is_open[site] for site in row), covered.negated()])
    model.add(sum(is_open) <= job.count)
    model.maximize(cp_model.LinearExpr.weighted_sum(is_covered, job.weights.astype(int).tolist()))


def _lists(covers: sparse.csr_matrix) -> list[list[int]]:
    """Return the columns of each row."""
    return [row.tolist() for row in np.split(covers.indices, covers.indptr[1:-1])]
