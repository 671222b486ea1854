"""The one border with the HiGHS solver: a linear model in, plain arrays out."""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats
from geo.optimise.deadline import Deadline

SHORTEST_LIMIT_S = 0.01
"""A time limit of 0 would mean none to some versions of the solver."""

NO_RELAXATION = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kInterrupt)
"""How an interior point ends without a solution, whatever its arrays hold."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Minimise costs @ x with at_least <= rows @ x <= at_most and lower <= x <= upper."""

    costs: Floats
    lower: Floats
    upper: Floats
    rows: sparse.csr_matrix
    at_least: Floats
    at_most: Floats
    is_whole: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """A solution of the linear relaxation; nothing is assumed of its accuracy."""

    values: Floats
    row_multipliers: Floats
    objective: float


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What branch-and-bound ended with.

    `values` is None when no plan was found; `bound` is the value none can go below, within
    the usual tolerance of a floating-point solver (1e-6), -inf when nothing is proven.
    """

    values: Floats | None
    bound: float
    is_infeasible: bool


def relax(model: LinearModel, *, deadline: Deadline) -> Relaxed | None:
    """Return an interior solution of the linear relaxation, None if cut short or impossible.

    Interior point without crossover: on covering models the simplex method takes minutes
    where this takes seconds. One thread keeps it reproducible.
    """
    solver = loaded(model, deadline=deadline)
    solver.setOptionValue("solver", "ipx")
    solver.setOptionValue("run_crossover", "off")
    _stop_when_asked(solver, deadline)
    solver.run()
    solution = solver.getSolution()
    if solver.getModelStatus() in NO_RELAXATION:
        return None
    if not solution.dual_valid or len(solution.row_dual) != len(model.at_least):
        return None
    return Relaxed(
        values=np.array(solution.col_value),
        row_multipliers=np.array(solution.row_dual),
        objective=float(solver.getInfo().objective_function_value),
    )


def branch_and_bound(
    model: LinearModel,
    *,
    deadline: Deadline,
    start: Floats | None = None,
    node_limit: int | None = None,
    options: dict[str, bool | int | float | str] | None = None,
) -> Answer:
    """Return the best whole solution found from `start`, and the bound proven beside it.

    Stops at `node_limit` nodes, at the deadline, or when somebody asks to; `options` are
    HiGHS options by their own names.
    """
    solver = loaded(model, deadline=deadline)
    whole = np.flatnonzero(model.is_whole).astype(np.int32)
    kinds = np.full(len(whole), highspy.HighsVarType.kInteger)
    solver.changeColsIntegrality(len(whole), whole, kinds)
    solver.setOptionValue("mip_rel_gap", 0.0)
    if node_limit is not None:
        solver.setOptionValue("mip_max_nodes", node_limit)
    for name, value in (options or {}).items():
        solver.setOptionValue(name, value)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    _stop_when_asked(solver, deadline)
    solver.run()
    return _answer(solver)


def loaded(model: LinearModel, *, deadline: Deadline) -> highspy.Highs:
    """Return a silent single-threaded solver holding `model`.

    Presolve is off: on covering models it costs more than it saves (HiGHS issue 2326).
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # no annotations in highspy
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 - positional in the HiGHS interface
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("presolve", "off")
    if deadline.left_s is not None:
        solver.setOptionValue("time_limit", max(deadline.left_s, SHORTEST_LIMIT_S))
    solver.passModel(_as_highs(model))
    return solver


def _as_highs(model: LinearModel) -> highspy.HighsLp:
    """Return `model` in the solver's own words."""
    held = highspy.HighsLp()
    held.num_col_, held.num_row_ = len(model.costs), len(model.at_least)
    held.col_cost_, held.col_lower_, held.col_upper_ = model.costs, model.lower, model.upper
    held.row_lower_ = np.maximum(model.at_least, -highspy.kHighsInf)
    held.row_upper_ = np.minimum(model.at_most, highspy.kHighsInf)
    held.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    held.a_matrix_.start_ = model.rows.indptr
    held.a_matrix_.index_ = model.rows.indices
    held.a_matrix_.value_ = model.rows.data
    return held


def _stop_when_asked(solver: highspy.Highs, deadline: Deadline) -> None:
    """Let `deadline.wants_stop` interrupt the search between two of its steps."""

    def interrupt(event: highspy.HighsCallbackEvent) -> None:
        if deadline.wants_stop():
            event.interrupt()

    solver.cbMipInterrupt += interrupt
    solver.cbSimplexInterrupt += interrupt
    solver.cbIpmInterrupt += interrupt


def _answer(solver: highspy.Highs) -> Answer:
    """Return what `solver` ended with, read with its status."""
    status = solver.getModelStatus()
    information = solver.getInfo()
    has_plan = information.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    impossible = status == highspy.HighsModelStatus.kInfeasible
    bound = float(information.mip_dual_bound)
    return Answer(
        values=np.array(solver.getSolution().col_value) if has_plan else None,
        bound=bound if np.isfinite(bound) else -np.inf,
        is_infeasible=impossible,
    )
