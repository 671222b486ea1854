"""Runs one tool on one case in a process of its own, and counts again what it answers."""

import os
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.land.metering import Cost, Limits, measured
from bench.siting.job import Answer, Job, Kind, faults, read_answer, value, write_job
from bench.siting.rows import Row
from bench.siting.run import JALON
from bench.siting.suites import Case, tiny

GRACE_RATIO: Final = 2.0
"""A tool may take so many times its limit; it is then asked to leave, and killed a minute later."""

MB_PER_GB: Final = 1024

ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)

WARM_UP_S: Final = 300.0
"""Time left to compile what is compiled on first use."""

BUSY_CPU_S: Final = 0.5
"""CPU seconds spent to see how fast the wall clock runs."""


def wall_per_cpu() -> float:
    """Return how many wall seconds a CPU second takes just now: 1 on an idle machine."""
    wall_s, cpu_s = time.monotonic(), time.process_time()
    while time.process_time() - cpu_s < BUSY_CPU_S:
        pass
    return max(1.0, (time.monotonic() - wall_s) / BUSY_CPU_S)


@dataclass(frozen=True, slots=True)
class Machine:
    """The interpreter that has the rivals, and the memory a tool may take."""

    rivals_python: str
    memory_limit_gb: float

    def run(self, tool: str, job: Path, limit_s: float) -> tuple[Answer | None, Cost]:
        """Run a tool on the job written at `job`; None when it left no answer.

        `limit_s` is in CPU seconds, which most tools can only count on the wall.
        """
        os.environ.update(ONE_THREAD)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "answer.json"
            python = self._python(tool)
            wall_s = limit_s * wall_per_cpu()
            command = [python, "-m", "bench.siting.run", tool, str(job), str(out)]
            command += [str(limit_s), str(wall_s)]
            cost = measured(command, Limits(GRACE_RATIO * wall_s, self.memory_limit_gb))
            return read_answer(out), cost

    def _python(self, tool: str) -> str:
        """Jalon and plain HiGHS need nothing that Jalon does not install."""
        return sys.executable if tool in (JALON, "HiGHS") else self.rivals_python


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A case whose job is in memory and in a file."""

    case: Case
    job: Job
    path: Path


def write_case(case: Case, folder: Path) -> Written:
    """Build the job of a case and write it."""
    written = Written(case, case.build(), folder / "job.npz")
    write_job(written.job, written.path)
    return written


def measure(machine: Machine, tool: str, written: Written, *, limit_s: float) -> Row:
    """Return the row of one tool on one case."""
    case, job = written.case, written.job
    answer, cost = machine.run(tool, written.path, limit_s)
    row = Row(
        suite=case.suite,
        case=case.name,
        tool=tool,
        limit_s=limit_s,
        kind=case.kind,
        total=float(job.weights.sum()),
        known=case.known,
        value=None,
        bound=None,
        wall_s=cost.wall_s,
        cpu_s=cost.cpu_s,
        peak_mb=max(MB_PER_GB * cost.peak_gb, cost.told.get("peak_mb", 0.0)),
    )
    if answer is None or cost.fault:
        return replace(row, fault=cost.fault.replace("stopped", "killed") or "no answer")
    return _judged(row, job, answer)


def _judged(row: Row, job: Job, answer: Answer) -> Row:
    """Return `row` with what the answer is worth, or why it is worth nothing."""
    if not answer.chosen:
        return replace(row, fault=answer.note, bound=answer.bound)
    found = list(faults(job, answer))
    if found:
        return replace(row, fault="; ".join(found), bound=answer.bound)
    return replace(row, value=value(job, answer), bound=answer.bound, note=answer.note)


def warm_up(machine: Machine, kind: Kind) -> None:
    """Have Jalon solve a tiny job of a kind, unmeasured: compiled code is kept on disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.npz"
        write_job(tiny(kind), path)
        machine.run(JALON, path, WARM_UP_S)
