"""One tool on one job in one process: `python -m bench.siting.run TOOL JOB ANSWER CPU WALL`."""

import json
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bench.siting.job import Answer, Kind, Limit, NoAnswerError, read_job

ALL_KINDS: Final = frozenset(Kind)
COVERING: Final = frozenset({Kind.COVERAGE, Kind.SET_COVERING})
MEDIAN: Final = frozenset({Kind.MEDIAN})
KB_PER_MB: Final = 1024


@dataclass(frozen=True, slots=True)
class Tool:
    """Where a tool is called, what it needs installed and which kinds of job it does.

    The function takes the job and the limit, and returns an answer.
    """

    module: str
    function: str
    packages: tuple[str, ...]
    kinds: frozenset[Kind] = ALL_KINDS


JALON: Final = "Jalon"

TOOLS: Final = {
    JALON: Tool("with_jalon", "solve", ("geo",)),
    "HiGHS": Tool("with_highs", "solve", ("highspy",)),
    "CP-SAT": Tool("with_cp_sat", "solve", ("ortools",), COVERING),
    "spopt + HiGHS": Tool("with_spopt", "solve_with_highs", ("spopt", "pulp", "highspy")),
    "spopt + CBC": Tool("with_spopt", "solve_with_cbc", ("spopt", "pulp")),
    "FasterPAM": Tool("with_fasterpam", "solve", ("kmedoids",), MEDIAN),
    "pbp-pmedian": Tool("with_pbp", "solve", ("pbp_pmedian",), MEDIAN),
}


def run(tool: Tool, job: Path, limit: Limit) -> Answer:
    """Return the answer of a tool; what is not installed or finds nothing says so."""
    missing = [name for name in tool.packages if find_spec(name) is None]
    if missing:
        return Answer(note=f"not installed: {', '.join(missing)}")
    solve = getattr(import_module(f"bench.siting.{tool.module}"), tool.function)
    try:
        return solve(read_job(job), limit)
    except NoAnswerError as silence:
        return Answer(note=str(silence))


def peak_mb() -> float:
    """Return the peak memory of this process alone.

    Not `ru_maxrss`, which a process inherits from the one that started it.
    """
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / KB_PER_MB


def main(name: str, job: str, answer: str, cpu_s: str, wall_s: str) -> None:
    """Write the answer to its file, and the peak memory of the tool as JSON."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    with Path(os.devnull).open("w") as nowhere:  # solvers print banners
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    limit = Limit(float(cpu_s), float(wall_s))
    run(TOOLS[name], Path(job), limit).write(Path(answer))
    told.write(json.dumps({"peak_mb": peak_mb()}) + "\n")
    told.close()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("stopped")
