"""The table of measures, in Markdown."""

from collections.abc import Iterable, Iterator
from typing import Final

from bench.siting.job import Kind
from bench.siting.rows import Row
from bench.siting.run import JALON, TOOLS
from bench.siting.targets import Targets

NONE: Final = "–"

COLUMNS: Final = (
    *("instance", "tool", "value", "bound", "gap %", "published", "off %"),
    *("wall s", "CPU s", "peak MB", "CPU / Jalon", "target or note"),
)
HEAD: Final = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"

DECIMALS: Final = {Kind.CENTER: 2}


def table(rows: Iterable[Row], targets: Targets) -> str:
    """Return one table a suite, then what the suites are worth together."""
    listed = list(rows)
    parts = [_suite(suite, listed, targets) for suite in dict.fromkeys(row.suite for row in listed)]
    ours = [row for row in listed if row.tool == JALON]
    verdicts = [f"- {told}" for one in targets.together if (told := one.verdict(ours))]
    return "\n\n".join(filter(None, [*parts, "\n".join(verdicts)])) + "\n"


def _suite(suite: str, rows: list[Row], targets: Targets) -> str:
    """Return the table of one suite, instance after instance."""
    by_case: dict[str, list[Row]] = {}
    for row in rows:
        if row.suite == suite:
            by_case.setdefault(row.case, []).append(row)
    lines = [line for case in by_case.values() for line in _lines(case, targets)]
    return "\n".join([f"### {suite}\n", HEAD, *lines])


def _lines(rows: list[Row], targets: Targets) -> Iterator[str]:
    """Yield the lines of one instance, Jalon first; CPU is divided by that of its longest run."""
    order = list(TOOLS)
    ordered = sorted(rows, key=lambda row: (order.index(row.tool), row.limit_s))
    ours = [row for row in ordered if row.tool == JALON and row.value is not None]
    for row in ordered:
        is_ours = row.tool == JALON
        told = targets.verdict(row) if is_ours else ""
        notes = "; ".join(filter(None, (told, row.fault, row.note)))
        cells = [
            *(row.case, f"{row.tool}, {row.limit_s:g} s" if is_ours else row.tool),
            *_figures(row),
            _number(row.cpu_s / ours[-1].cpu_s, 2) if ours else NONE,
            notes,
        ]
        yield f"| {' | '.join(cells)} |"


def _figures(row: Row) -> Iterator[str]:
    """Yield value, bound, gap, published value, what is missed of it, and the costs."""
    decimals = DECIMALS.get(row.kind, 0)
    share = "" if row.covered_share is None else f" ({100 * row.covered_share:.2f} %)"
    yield f"{_number(row.value, decimals)}{share}"
    yield _number(row.bound, decimals)
    yield _percent(row.gap_share)
    yield _number(row.known, decimals)
    yield _percent(row.off_share)
    yield _number(row.wall_s, 1)
    yield _number(row.cpu_s, 1)
    yield _number(row.peak_mb)


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{100 * share:.2f}"


def _number(value: float | None, decimals: int = 0) -> str:
    return NONE if value is None else f"{value:,.{decimals}f}"
