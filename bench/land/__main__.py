"""Jalon beside its rivals on every parcel of a territory: `python -m bench.land`.

Every tool runs in a process of its own, from the same files to its own file of answers.
"""

import argparse
import os
import platform
import sys
from pathlib import Path
from typing import Final

import geopandas as gpd
import pyarrow.parquet as pq
import shapely

from bench.land import with_postgis
from bench.land.job import LAYERS, disagreements, tables_of
from bench.land.metering import Cost, Limits, measured
from bench.land.run import FUNCTIONS
from bench.land.territory import ensure_territory, warm

REFERENCE: Final = "jalon"
POSTGIS: Final = "postgis"
UNCOMPARED: Final = ("jalon-judge",)
"""What does more than the job and answers another question."""

HEAD: Final = (
    "| tool | wall s | CPU s | peak GB | wall / Jalon | CPU / Jalon | stages (wall s) |",
    "|---|---|---|---|---|---|---|",
)


def run_all(arguments: argparse.Namespace) -> None:
    """Print the table of every tool, then what they disagree on."""
    tools = [tool for tool in FUNCTIONS if tool not in arguments.skip]
    workspace = ensure_territory(arguments.workdir, parcel_count=arguments.parcels)
    limits = Limits(arguments.time_limit_s, arguments.memory_limit_gb)
    print(_heading(workspace, tools, arguments), flush=True)
    costs: dict[str, Cost] = {}
    for tool in tools:
        out = _out(arguments.workdir, tool)
        out.unlink(missing_ok=True)
        if tool == POSTGIS:
            with_postgis.create_cluster(out.with_name("pg"))
        command = [sys.executable, "-m", "bench.land.run", tool, str(workspace), str(out)]
        warm(workspace)
        costs[tool] = measured(command, limits)
        print(_row(tool, costs[tool], costs.get(REFERENCE)), flush=True)
    for tool in tools:
        if tool not in (REFERENCE, *UNCOMPARED) and _have_ended(costs, tool, REFERENCE):
            print(_agreement(tool, arguments.workdir))


def _have_ended(costs: dict[str, Cost], *tools: str) -> bool:
    return all(tool in costs and not costs[tool].fault for tool in tools)


def _out(workdir: Path, tool: str) -> Path:
    return workdir / f"{tool}.parquet"


def _heading(workspace: Path, tools: list[str], arguments: argparse.Namespace) -> str:
    """Return what was measured, where and with what, then the head of the table."""
    counts = {
        layer_id: sum(pq.read_metadata(path).num_rows for path in tables_of(workspace, layer_id))
        for layer_id in LAYERS
    }
    lines = [
        f"Command: python -m bench.land {' '.join(sys.argv[1:])}",
        f"Machine: {os.cpu_count()} cores, {_memory_gb():.0f} GB, {platform.platform()}",
        f"Python {platform.python_version()}, geopandas {gpd.__version__}",
        f"shapely {shapely.__version__}, GEOS {shapely.geos_version_string}",
        f"Rows: {', '.join(f'{name} {count:,}' for name, count in counts.items())}",
    ]
    if POSTGIS in tools:
        lines += _postgis_lines(arguments.workdir)
    return "\n".join([*lines, "", *HEAD])


def _postgis_lines(workdir: Path) -> list[str]:
    folder = workdir / "pg"
    with_postgis.create_cluster(folder)
    settings = ", ".join(f"{name} {value}" for name, value in with_postgis.SETTINGS.items())
    return [with_postgis.version(folder), f"Settings: {settings}"]


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3


def _row(tool: str, cost: Cost, reference: Cost | None) -> str:
    """Return one row of the table; what a stopped tool cost so far is a lower bound."""
    above = "> " if cost.fault else ""
    ratios = ["–", "–"]
    if reference and not reference.fault:
        pairs = ((cost.wall_s, reference.wall_s), (cost.cpu_s, reference.cpu_s))
        ratios = [f"{above}{theirs / ours:.2f}" for theirs, ours in pairs]
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in cost.told.items())
    figures = (f"{above}{value:.1f}" for value in (cost.wall_s, cost.cpu_s, cost.peak_gb))
    notes = "; ".join(filter(None, (cost.fault, stages)))
    return f"| {' | '.join([tool, *figures, *ratios, notes])} |"


def _agreement(tool: str, workdir: Path) -> str:
    """Return what `tool` answers otherwise than Jalon, one line a column."""
    found = disagreements(_out(workdir, REFERENCE), _out(workdir, tool))
    if not found:
        return f"\n{tool}: every parcel agrees with Jalon on every column."
    lines = [
        f"- {one.column}: {one.parcel_count} parcels, first {one.first_id} "
        f"({one.ours} for Jalon, {one.theirs} for {tool})"
        for one in found
    ]
    return "\n".join([f"\n{tool} disagrees with Jalon:", *lines])


def main() -> None:
    """Read the command line and run every tool asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=10_000)
    parser.add_argument("--workdir", type=Path, required=True)
    parser.add_argument("--skip", nargs="*", choices=sorted(FUNCTIONS), default=[])
    parser.add_argument("--time-limit-s", type=float, default=3600.0)
    parser.add_argument("--memory-limit-gb", type=float, default=14.0)
    run_all(parser.parse_args())


if __name__ == "__main__":
    main()
