"""What one tool did on one case: a row of the table, which can be kept and read again."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.siting.job import Kind

CLOSED_SHARE: Final = 1e-6
"""Gap taken for zero: the tolerance of the solvers."""


Key = tuple[str, str, str, float]
"""Suite, case, tool and time limit."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; None is what the tool did not give.

    `value` is counted again from the sites, `bound` is what the tool says. `total` is the
    whole demand of a covering job. `limit_s` is the time the tool was given. `fault` says why
    there is no value.
    """

    suite: str
    case: str
    tool: str
    limit_s: float
    kind: Kind
    total: float
    known: float | None
    value: float | None
    bound: float | None
    wall_s: float
    cpu_s: float
    peak_mb: float
    fault: str = ""
    note: str = ""

    @property
    def key(self) -> Key:
        """What identifies a measure: another one of the same replaces it."""
        return (self.suite, self.case, self.tool, self.limit_s)

    @property
    def is_maximal(self) -> bool:
        """True when a larger value is a better one."""
        return self.kind is Kind.COVERAGE

    @property
    def gap_share(self) -> float | None:
        """What the plan may miss, as a share of the larger of value and bound."""
        return None if self.bound is None else self._short_of(self.bound)

    @property
    def off_share(self) -> float | None:
        """How far the plan is from the best published one, below 0 when better."""
        return None if self.known is None else self._short_of(self.known)

    def _short_of(self, other: float) -> float | None:
        if self.value is None:
            return None
        missed = other - self.value if self.is_maximal else self.value - other
        largest = max(abs(other), abs(self.value))
        return missed / largest if largest else 0.0

    @property
    def covered_share(self) -> float | None:
        """The share of the demand covered, in a maximal covering."""
        return self.value / self.total if self.is_maximal and self.value is not None else None

    @property
    def is_proven(self) -> bool:
        """True when the bound of the tool leaves no better plan."""
        return self.gap_share is not None and self.gap_share <= CLOSED_SHARE

    @property
    def is_exact(self) -> bool:
        """True when the value is the published one, or better."""
        return self.off_share is not None and self.off_share <= CLOSED_SHARE


def read_rows(path: Path) -> dict[Key, Row]:
    """Return the rows kept at `path` by what identifies them, none when there is no such file."""
    if not path.is_file():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    rows = [Row(**(one | {"kind": Kind(one["kind"])})) for one in kept]
    return {row.key: row for row in rows}


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
