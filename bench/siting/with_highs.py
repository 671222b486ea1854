"""Plain HiGHS: the textbook models written sparsely by hand, its own settings, one thread."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bench.siting.job import Answer, Floats, Job, Kind, Limit, NoAnswerError

Block = sparse.csr_matrix

IS_OPEN_FROM: Final = 0.5

LISTED_RATIO: Final = 6
"""Arcs a client keeps in the p-median, times the clients a median serves on average."""


def solve(job: Job, limit: Limit) -> Answer:
    """Return what HiGHS finds for any kind of job."""
    return MODELS[job.kind](job, limit.wall_s)


@dataclass(slots=True)
class Model:
    """Minimise costs · x under rows of bounded activity; x in [0, 1]."""

    costs: Floats
    integer_count: int
    """The first variables, which are whole; the others are not asked to be."""

    blocks: list[Block] = field(default_factory=list)
    lowest: list[Floats] = field(default_factory=list)
    highest: list[Floats] = field(default_factory=list)

    def add(self, parts: Sequence[Block], *, low: float = -np.inf, high: float = np.inf) -> None:
        """Add rows: the sparse `parts` side by side, activity from `low` to `high`."""
        rows = sparse.hstack(parts, format="csr")
        self.blocks.append(rows)
        self.lowest.append(np.full(rows.shape[0], low))
        self.highest.append(np.full(rows.shape[0], high))

    def run(self, time_limit_s: float, *, target: float = -np.inf) -> "Solved":
        """Solve, stopping at the time limit or at a plan of cost `target`."""
        solver = highspy.Highs()  # type: ignore[no-untyped-call]  # no annotations in highspy
        limits = {"threads": 1, "mip_rel_gap": 0.0, "time_limit": max(0.0, time_limit_s)}
        for name, setting in ({"output_flag": False, "objective_target": target} | limits).items():
            solver.setOptionValue(name, setting)
        solver.passModel(self._program())
        solver.run()
        info = solver.getInfo()
        is_feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return Solved(
            values=np.array(solver.getSolution().col_value) if is_feasible else None,
            bound=float(info.mip_dual_bound),
            is_infeasible=solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible,
        )

    def _program(self) -> highspy.HighsLp:
        """Return the model in the arrays of HiGHS."""
        matrix = sparse.vstack(self.blocks, format="csr")
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = matrix.shape
        program.col_cost_ = self.costs
        program.col_lower_, program.col_upper_ = np.zeros(len(self.costs)), np.ones(len(self.costs))
        program.row_lower_ = np.concatenate(self.lowest)
        program.row_upper_ = np.concatenate(self.highest)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = matrix.indptr
        program.a_matrix_.index_ = matrix.indices
        program.a_matrix_.value_ = matrix.data
        whole = [highspy.HighsVarType.kInteger] * self.integer_count
        rest = [highspy.HighsVarType.kContinuous] * (len(self.costs) - self.integer_count)
        program.integrality_ = whole + rest
        return program


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The values of the variables, None without a plan, and a cost that no plan goes below."""

    values: Floats | None
    bound: float
    is_infeasible: bool

    def open(self, site_count: int) -> tuple[int, ...]:
        """Return the sites opened, the first variables of every model."""
        if self.values is None:
            message = "no plan within the time limit"
            raise NoAnswerError(message)
        return tuple(np.flatnonzero(self.values[:site_count] > IS_OPEN_FROM).tolist())

    @property
    def known_bound(self) -> float | None:
        """The bound, None while there is none."""
        return self.bound if np.isfinite(self.bound) else None


def coverage(job: Job, time_limit_s: float) -> Answer:
    """Solve the maximal covering by the demand it misses."""
    covers = job.coverage
    demand_count, site_count = covers.shape
    missed = _identity(demand_count)
    model = Model(np.concatenate([np.zeros(site_count), job.weights]), site_count)
    model.add([covers, missed], low=1.0)
    model.add([_ones(site_count), _zeros(1, demand_count)], high=job.count)
    solved = model.run(time_limit_s)
    bound = None if solved.known_bound is None else float(job.weights.sum()) - solved.known_bound
    return Answer(solved.open(site_count), bound)


def set_covering(job: Job, time_limit_s: float) -> Answer:
    """Solve the set covering of the demand that some site reaches."""
    model = _cover_all(job.coverage)
    solved = model.run(time_limit_s)
    bound = None if solved.known_bound is None else float(np.ceil(solved.known_bound - 1e-6))
    return Answer(solved.open(job.coverage.shape[1]), bound)


def _cover_all(covers: Block) -> Model:
    model = Model(np.ones(covers.shape[1]), covers.shape[1])
    model.add([covers[covers.getnnz(axis=1) > 0]], low=1.0)
    return model


def median(job: Job, time_limit_s: float) -> Answer:
    """Solve the p-median on the nearest candidates of each client.

    A client may also be served from beyond its list at the distance of the first candidate
    left out: what the model proves is then true of the whole problem.
    """
    client_count = len(job.weights)
    listed = min(client_count, -(-LISTED_RATIO * client_count // job.count))
    sites, distances = job.nearest(min(client_count, listed + 1))
    kept = sites[:, :listed]
    beyond = distances[:, listed] if listed < client_count else np.full(client_count, np.inf)
    model = _median_model(job, kept, distances[:, :listed], beyond)
    solved = model.run(time_limit_s)
    return Answer(solved.open(client_count), solved.known_bound, note=f"{listed} nearest")


def _median_model(job: Job, sites: NDArray[np.int64], distances: Floats, beyond: Floats) -> Model:
    """Return the model: open sites, then an arc a listed pair, then what is beyond the lists."""
    client_count, listed = sites.shape
    arc_count = sites.size
    has_beyond = bool(np.isfinite(beyond).all())
    outside = _identity(client_count)[:, : client_count * has_beyond]
    arc_costs = (job.weights[:, np.newaxis] * distances).ravel()
    beyond_costs = (job.weights * beyond)[: client_count * has_beyond]
    model = Model(np.concatenate([np.zeros(client_count), arc_costs, beyond_costs]), client_count)
    of_client = _kron(_identity(client_count), np.ones((1, listed)))
    opened = (np.ones(arc_count), (np.arange(arc_count), sites.ravel()))
    opens = sparse.csr_matrix(opened, shape=(arc_count, client_count))
    model.add([_zeros(client_count, client_count), of_client, outside], low=1.0, high=1.0)
    closed = _zeros(arc_count, outside.shape[1])
    model.add([opens, -_identity(arc_count), closed], low=0.0)
    model.add([_ones(client_count), _zeros(1, arc_count + outside.shape[1])], high=job.count)
    return model


def center(job: Job, time_limit_s: float) -> Answer:
    """Solve the p-center by bisection: is every client within a radius of `count` sites?"""
    ends_at = time.monotonic() + time_limit_s
    distances = job.distances
    radii = np.unique(distances)
    low, high = 0, len(radii) - 1
    chosen: tuple[int, ...] = (0,)
    while low < high:
        middle = (low + high) // 2
        model = _cover_all(sparse.csr_matrix(distances <= radii[middle], dtype=np.float64))
        model.add([_ones(len(distances))], high=job.count)
        solved = model.run(ends_at - time.monotonic(), target=job.count)
        if solved.values is not None:
            chosen, high = solved.open(len(distances)), middle
        elif solved.is_infeasible:
            low = middle + 1
        else:
            break
    return Answer(chosen, float(radii[low]))


def capacitated(job: Job, time_limit_s: float) -> Answer:
    """Solve the capacitated p-median with every arc, each client served by one site."""
    distances = job.distances
    count = len(distances)
    model = Model(np.concatenate([np.zeros(count), distances.ravel()]), count + distances.size)
    one = _identity(count)
    of_client = _kron(one, np.ones((1, count)))
    loads = _kron(job.weights[np.newaxis], one)
    model.add([_zeros(count, count), of_client], low=1.0, high=1.0)
    model.add([_kron(np.ones((count, 1)), one), -_identity(distances.size)], low=0.0)
    model.add([job.capacity * one, -loads], low=0.0)
    model.add([_ones(count), _zeros(1, distances.size)], high=job.count)
    solved = model.run(time_limit_s)
    chosen = solved.open(count)
    served = np.asarray(solved.values)[count:].reshape(distances.shape)
    assigned = tuple(np.argmax(served, axis=1).tolist())
    return Answer(chosen, solved.known_bound, assigned)


def _identity(size: int) -> Block:
    return sparse.csr_matrix(sparse.eye_array(size))


def _kron(left: Block | Floats, right: Block | Floats) -> Block:
    return sparse.csr_matrix(sparse.kron(left, right))


def _ones(count: int) -> Block:
    return sparse.csr_matrix(np.ones((1, count)))


def _zeros(row_count: int, column_count: int) -> Block:
    return sparse.csr_matrix((row_count, column_count))


MODELS: Final = {
    Kind.COVERAGE: coverage,
    Kind.SET_COVERING: set_covering,
    Kind.MEDIAN: median,
    Kind.CENTER: center,
    Kind.CAPACITATED: capacitated,
}
