"""One job, the same for every tool: its arrays in a file, its answer, and what that is worth.

Nothing of Jalon is imported here: a rival does not pay for loading it, nor needs it installed.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Kind(StrEnum):
    """What is asked."""

    COVERAGE = "maximal covering"
    SET_COVERING = "set covering"
    MEDIAN = "p-median"
    CENTER = "p-center"
    CAPACITATED = "capacitated p-median"


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A problem as arrays.

    `covers` for the covering kinds. For the others every client is a candidate, and distances
    are either a `matrix` or straight lines between `places`. `count` is the number of
    stations, 0 when the fewest are sought. `weights` are the demands that fill the capacity
    in the capacitated kind, whose distances are not weighted.
    """

    kind: Kind
    weights: Floats
    count: int = 0
    covers: sparse.csr_matrix | None = None
    matrix: Floats | None = None
    places: Floats | None = None
    capacity: float = 0.0

    @property
    def coverage(self) -> sparse.csr_matrix:
        """The 0/1 matrix of a covering kind."""
        if self.covers is None:
            raise ValueError(self.kind)
        return self.covers

    @property
    def distances(self) -> Floats:
        """All distances, a row a client; n² numbers."""
        if self.matrix is not None:
            return self.matrix
        if self.places is None:
            raise ValueError(self.kind)
        return cdist(self.places, self.places)

    def nearest(self, neighbour_count: int) -> tuple[Integers, Floats]:
        """Return the `neighbour_count` nearest candidates of each client, nearest first."""
        if self.places is not None:
            ranks = np.arange(1, neighbour_count + 1)
            distances, sites = cKDTree(self.places).query(self.places, k=ranks)
            return np.asarray(sites, dtype=np.int64), np.asarray(distances)
        order = np.argsort(self.distances, axis=1, kind="stable")[:, :neighbour_count]
        return order, np.take_along_axis(self.distances, order, axis=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a tool may think: CPU seconds, and the wall seconds that hold them just now.

    On an idle machine they are the same. Rivals know the wall clock only.
    """

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says: sites, and where it gives them a bound and who is served by whom."""

    chosen: tuple[int, ...] = ()
    bound: float | None = None
    assigned: tuple[int, ...] = ()
    note: str = ""

    def write(self, path: Path) -> None:
        """Write the answer as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


class NoAnswerError(Exception):
    """A tool gives no plan; the message is its own."""


CSR_PARTS: Final = ("indices", "indptr", "shape")


def write_job(job: Job, path: Path) -> None:
    """Write the arrays of `job`, the covering matrix as compressed rows."""
    parts: dict[str, NDArray[np.generic]] = {
        "kind": np.array(job.kind.value),
        "numbers": np.array([job.count, job.capacity], dtype=np.float64),
        "weights": job.weights,
    }
    if job.covers is not None:
        parts |= {name: np.asarray(getattr(job.covers, name)) for name in CSR_PARTS}
    for name in ("matrix", "places"):
        if getattr(job, name) is not None:
            parts[name] = getattr(job, name)
    np.savez(path, **parts)  # type: ignore[arg-type]  # numpy-stubs take it for allow_pickle


def read_job(path: Path) -> Job:
    """Return the job written at `path`."""
    with np.load(path) as held:
        count, capacity = held["numbers"]
        covers = None
        if "indptr" in held:
            ones = np.ones(len(held["indices"]), dtype=np.float64)
            rows = (ones, held["indices"], held["indptr"])
            covers = sparse.csr_matrix(rows, shape=tuple(held["shape"]))
        return Job(
            kind=Kind(str(held["kind"])),
            weights=held["weights"],
            count=int(count),
            covers=covers,
            matrix=held.get("matrix"),
            places=held.get("places"),
            capacity=float(capacity),
        )


def read_answer(path: Path) -> Answer | None:
    """Return the answer written at `path`, None when the tool left none."""
    if not path.is_file():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return Answer(tuple(told["chosen"]), told["bound"], tuple(told["assigned"]), told["note"])


def value(job: Job, answer: Answer) -> float:
    """Return what the plan is worth, counted again from the sites alone."""
    chosen = np.array(answer.chosen, dtype=np.int64)
    if job.kind is Kind.SET_COVERING:
        return float(len(chosen))
    if job.kind is Kind.COVERAGE:
        return float(job.weights[job.coverage[:, chosen].getnnz(axis=1) > 0].sum())
    if job.kind is Kind.CAPACITATED:
        served_by = np.array(answer.assigned, dtype=np.int64)
        return float(job.distances[np.arange(len(served_by)), served_by].sum())
    nearest = _nearest(job, chosen)
    if job.kind is Kind.CENTER:
        return float(nearest.max())
    return float((job.weights * nearest).sum())


def _nearest(job: Job, chosen: Integers) -> Floats:
    """Return the distance of each client to the nearest chosen site."""
    if job.places is not None:
        return cdist(job.places, job.places[chosen]).min(axis=1)
    return job.distances[:, chosen].min(axis=1)


def faults(job: Job, answer: Answer) -> Iterator[str]:
    """Yield why the sites are no plan of `job`."""
    chosen = set(answer.chosen)
    if len(chosen) != len(answer.chosen):
        yield "a site twice"
    if not chosen:
        yield "no site"
    if job.count and len(chosen) > job.count:
        yield f"{len(chosen)} sites for {job.count}"
    if job.kind is Kind.SET_COVERING:
        left = job.coverage[:, sorted(chosen)].getnnz(axis=1) == 0
        left &= job.coverage.getnnz(axis=1) > 0
        if left.any():
            yield f"{int(left.sum())} demand points left"
    if job.kind is Kind.CAPACITATED:
        yield from _capacity_faults(job, answer)


def _capacity_faults(job: Job, answer: Answer) -> Iterator[str]:
    if len(answer.assigned) != len(job.weights) or not set(answer.assigned) <= set(answer.chosen):
        yield "clients without a chosen site"
        return
    loads = np.bincount(np.array(answer.assigned), weights=job.weights)
    if loads.max() > job.capacity:
        yield f"a site serves {loads.max():g} for a capacity of {job.capacity:g}"
