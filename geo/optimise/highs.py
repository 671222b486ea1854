"""The one border with the HiGHS solver: a covering model in, plain arrays out."""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from geo.optimise.residual import Floats, Integers, Residual, indicator


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """An interior solution of the linear relaxation; nothing is assumed of its accuracy."""

    multipliers: Floats
    fractions: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The sites found by branch-and-bound and the covered weight none can exceed."""

    chosen: Integers
    bound: float


def relax(residual: Residual, *, time_limit_s: float | None) -> Relaxed | None:
    """Return the linear relaxation by interior point without crossover, None if cut short.

    The simplex method takes minutes on the same degenerate model; one thread keeps it
    reproducible.
    """
    solver = loaded(residual, time_limit_s=time_limit_s)
    solver.setOptionValue("solver", "ipx")
    solver.setOptionValue("run_crossover", "off")
    solver.run()
    solution = solver.getSolution()
    demand_count, candidate_count = residual.covers.shape
    if not solution.dual_valid or len(solution.row_dual) == 0:
        return None
    return Relaxed(
        multipliers=np.array(solution.row_dual[:demand_count]),
        fractions=np.clip(np.array(solution.col_value[:candidate_count]), 0.0, 1.0),
    )


def branch_and_bound(
    residual: Residual, start: Integers, *, node_limit: int, time_limit_s: float | None
) -> Answer:
    """Return the best plan found from `start` within `node_limit` nodes, and its bound.

    `start` is a plan of the right size; it is the answer when nothing better is found.
    The bound carries the usual tolerances of a floating-point solver (1e-6).
    """
    solver = loaded(residual, time_limit_s=time_limit_s)
    candidate_count = residual.covers.shape[1]
    require_whole_sites(solver, candidate_count)
    solver.setOptionValue("mip_max_nodes", node_limit)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setSolution(_as_solution(residual, start))
    solver.run()
    values = np.array(solver.getSolution().col_value)
    found = np.flatnonzero(values[:candidate_count] > 0.5) if len(values) else start  # noqa: PLR2004
    chosen = found if len(found) == residual.count else start
    missed = max(0.0, float(solver.getInfo().mip_dual_bound))
    return Answer(chosen=chosen, bound=residual.reachable - missed)


def loaded(residual: Residual, *, time_limit_s: float | None) -> highspy.Highs:
    """Return a silent single-threaded solver holding the model of `residual`.

    Presolve is off: on covering models it costs more than it saves (HiGHS issue 2326).
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # no annotations in highspy
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 - positional in the HiGHS interface
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("presolve", "off")
    if time_limit_s is not None:
        solver.setOptionValue("time_limit", max(time_limit_s, 0.01))
    solver.passModel(_model(residual))
    return solver


def require_whole_sites(solver: highspy.Highs, candidate_count: int) -> None:
    """Forbid fractions of sites; the demand variables need no such rule."""
    sites = np.arange(candidate_count, dtype=np.int32)
    kinds = np.full(candidate_count, highspy.HighsVarType.kInteger)
    solver.changeColsIntegrality(candidate_count, sites, kinds)


def _model(residual: Residual) -> highspy.HighsLp:
    """Return: minimise the missed weight, sum w z, with A x + z >= 1 and sum x = p."""
    demand_count, candidate_count = residual.covers.shape
    column_count = candidate_count + demand_count
    rows = sparse.vstack(
        [
            sparse.hstack([residual.covers, sparse.identity(demand_count)]),
            sparse.csr_matrix(indicator(np.arange(candidate_count), column_count)),
        ],
        format="csr",
    )
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = column_count, demand_count + 1
    model.col_cost_ = np.concatenate([np.zeros(candidate_count), residual.weights])
    model.col_lower_ = np.zeros(column_count)
    model.col_upper_ = np.ones(column_count)
    model.row_lower_ = np.append(np.ones(demand_count), residual.count)
    model.row_upper_ = np.append(np.full(demand_count, highspy.kHighsInf), residual.count)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = rows.indptr
    model.a_matrix_.index_ = rows.indices
    model.a_matrix_.value_ = rows.data
    return model


def _as_solution(residual: Residual, chosen: Integers) -> highspy.HighsSolution:
    """Return `chosen` as a complete HiGHS solution."""
    solution = highspy.HighsSolution()
    missed = residual.station_counts(chosen) == 0
    placed = indicator(chosen, residual.covers.shape[1])
    solution.col_value = np.concatenate([placed, missed]).tolist()
    return solution
