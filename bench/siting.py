"""Jalon beside its rivals on one instance: `python -m bench.siting` prints one table.

Every rival runs in a process of its own, so that its CPU seconds and peak memory are its own.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.optimise import bound, greedy, highs, swap
from geo.optimise.nearby import coverage_within
from geo.optimise.problem import CoverageProblem
from geo.optimise.residual import NOTHING, settle
from geo.optimise.solve import solve_coverage
from geo.optimise.verify import verify


@dataclass(frozen=True, slots=True)
class Instance:
    """Communes as demand and candidates, straight line times a detour."""

    communes: str
    radius_km: float
    count: int
    detour_factor: float = 1.3

    def problem(self) -> CoverageProblem:
        """Read the communes and return the covering problem."""
        columns = ["insee", "population", "mairie_lon", "mairie_lat"]
        table = pd.read_parquet(self.communes, columns=columns).sort_values("insee")
        places = gpd.points_from_xy(table["mairie_lon"], table["mairie_lat"], crs=4326).to_crs(2154)
        points_m = np.column_stack([places.x, places.y])
        covers = coverage_within(
            points_m, points_m, radius_km=self.radius_km, detour_factor=self.detour_factor
        )
        return CoverageProblem(table["population"].to_numpy(dtype=float), covers, self.count)


@dataclass(frozen=True, slots=True)
class Result:
    """What one tool answered, None for what it does not give."""

    objective: float | None
    bound: float | None


def jalon(problem: CoverageProblem, time_limit_s: float) -> Result:
    """Solve with the default work limits; the clock is not used."""
    del time_limit_s
    plan = solve_coverage(problem, seed=0)
    verify(problem, plan)
    return Result(plan.objective, plan.bound)


def greedy_and_swap(problem: CoverageProblem, time_limit_s: float) -> Result:
    """Stop where Jalon only starts."""
    del time_limit_s
    residual = settle(problem)
    first = greedy.extend(residual, NOTHING, count=residual.count)
    return Result(residual.value(swap.descend(residual, first)), None)


def plain_highs(problem: CoverageProblem, time_limit_s: float) -> Result:
    """Give HiGHS the whole model with its own settings, one thread."""
    residual = settle(problem)
    solver = highs.loaded(residual, time_limit_s=time_limit_s)
    solver.setOptionValue("presolve", "choose")
    highs.require_whole_sites(solver, residual.covers.shape[1])
    solver.run()
    values = np.array(solver.getSolution().col_value)
    found = np.flatnonzero(values[: residual.covers.shape[1]] > 0.5)  # noqa: PLR2004
    missed = max(0.0, float(solver.getInfo().mip_dual_bound))
    return Result(residual.value(found), residual.reachable - missed)


def relaxation(problem: CoverageProblem, time_limit_s: float) -> Result:
    """Return the bound alone, to show what it costs."""
    residual = settle(problem)
    relaxed = bound.relax(residual, time_limit_s=time_limit_s)
    limits = bound.lagrangian_bounds(
        residual, relaxed.multipliers, counts=np.array([residual.count])
    )
    return Result(None, float(limits[0]))


TOOLS: dict[str, Callable[[CoverageProblem, float], Result]] = {
    "jalon": jalon,
    "greedy+swap": greedy_and_swap,
    "bound alone": relaxation,
    f"HiGHS {version('highspy')}": plain_highs,
}

SPOPT = "spopt + HiGHS"

SPOPT_SCRIPT = """
import json, sys
import numpy as np, pulp
from scipy import sparse
from spopt.locate import MCLP
path, count, limit = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
held = np.load(path)
covers = sparse.csr_matrix(
    (np.ones(len(held["indices"])), held["indices"], held["indptr"]), shape=tuple(held["shape"])
)
cost = 1.0 - covers.toarray()
weights = held["weights"]
model = MCLP.from_cost_matrix(cost, weights, 0.5, p_facilities=count)
model.solve(pulp.HiGHS(msg=False, timeLimit=limit, threads=1))
found = [j for j, variable in enumerate(model.fac_vars) if (variable.value() or 0) > 0.5]
covered = covers[:, found].getnnz(axis=1) > 0
print(json.dumps({"objective": float(weights[covered].sum()), "bound": None}))
"""


PEAK_SCRIPT = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}))
sys.exit(done.returncode)
"""


def measured(command: list[str], *, kill_after_s: float) -> dict[str, object]:
    """Run `command` and return its last line as JSON, with wall, CPU and peak memory."""
    started = time.monotonic()
    running = subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, "-c", PEAK_SCRIPT, *command],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )
    try:
        output, _ = running.communicate(timeout=kill_after_s)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        output = json.dumps({"fault": f"killed at {kill_after_s:.0f} s"}) + "\n{}"
    answers = [json.loads(line) for line in output.splitlines()[-2:]]
    merged = {key: value for answer in answers for key, value in answer.items()}
    return {"wall_s": time.monotonic() - started, **merged}


def run_one(tool: str, instance: Instance, time_limit_s: float) -> None:
    """Solve with one tool and print its answer as JSON."""
    print(json.dumps(asdict(TOOLS[tool](instance.problem(), time_limit_s))))


def run_all(instance: Instance, arguments: argparse.Namespace) -> None:
    """Print the table of every tool."""
    problem = instance.problem()
    total = float(problem.weights.sum())
    rows = {tool: _own(tool, arguments) for tool in TOOLS}
    if arguments.spopt_python:
        rows[SPOPT] = _spopt(problem, arguments)
    print(f"{problem.covers.shape[0]} communes, {problem.covers.nnz} pairs, {total:,.0f} people")
    print(f"{'tool':<16}{'covered':>11}{'%':>8}{'bound':>11}{'gap %':>7}", end="")
    print(f"{'wall s':>8}{'CPU s':>8}{'MB':>6}{'CPU / jalon':>12}")
    for tool, row in rows.items():
        print(_line(tool, row, total=total, reference=rows["jalon"]))


def _own(tool: str, arguments: argparse.Namespace) -> dict[str, object]:
    command = [sys.executable, "-m", "bench.siting", "--tool", tool, "--radius-km"]
    command += [str(arguments.radius_km), "--count", str(arguments.count), "--communes"]
    command += [arguments.communes, "--time-limit-s", str(arguments.time_limit_s)]
    return measured(command, kill_after_s=2 * arguments.time_limit_s + 60)


def _spopt(problem: CoverageProblem, arguments: argparse.Namespace) -> dict[str, object]:
    path = Path(arguments.spopt_python).parent.parent / "siting-instance.npz"
    covers = problem.covers
    np.savez(
        path,
        indices=covers.indices,
        indptr=covers.indptr,
        shape=covers.shape,
        weights=problem.weights,
    )
    limit_s = str(arguments.time_limit_s)
    command = [arguments.spopt_python, "-c", SPOPT_SCRIPT, str(path), str(problem.count), limit_s]
    return measured(command, kill_after_s=arguments.spopt_kill_s)


def _line(tool: str, row: dict[str, object], *, total: float, reference: dict[str, object]) -> str:
    """Return one row of the table; what a tool did not give is a dash."""
    value, limit, cpu_s = row.get("objective"), row.get("bound"), row.get("cpu_s")
    share = gap = ratio = None
    if isinstance(value, float):
        share = 100 * value / total
        gap = 100 * (1 - value / limit) if isinstance(limit, float) else None
    if isinstance(cpu_s, float) and isinstance(reference["cpu_s"], float):
        ratio = cpu_s / reference["cpu_s"]
    cells = [
        _cell(value, "11.0f"),
        _cell(share, "8.2f"),
        _cell(limit, "11.0f"),
        _cell(gap, "7.2f"),
        _cell(row["wall_s"], "8.1f"),
        _cell(cpu_s, "8.1f"),
        _cell(row.get("peak_mb"), "6.0f"),
        _cell(ratio, "12.2f"),
    ]
    return f"{tool:<16}{''.join(cells)}  {row.get('fault', '')}"


def _cell(value: object, layout: str) -> str:
    """Return a number laid out, or a dash of the same width."""
    width, _, _ = layout.partition(".")
    return format(value, layout) if isinstance(value, float) else f"{'-':>{width}}"


def main() -> None:
    """Read the command line, then run one tool or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", required=True, help="GeoParquet of communes")
    parser.add_argument("--radius-km", type=float, default=10.0)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--time-limit-s", type=float, default=60.0, help="for the rivals")
    parser.add_argument("--tool", choices=sorted(TOOLS))
    parser.add_argument("--spopt-python", help="a Python that can import spopt")
    parser.add_argument("--spopt-kill-s", type=float, default=330.0)
    arguments = parser.parse_args()
    instance = Instance(arguments.communes, arguments.radius_km, arguments.count)
    if arguments.tool:
        run_one(arguments.tool, instance, arguments.time_limit_s)
    else:
        run_all(instance, arguments)


if __name__ == "__main__":
    main()
