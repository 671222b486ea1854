"""What Jalon must do, and whether a row does it, in French."""

import statistics
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.siting.rows import CLOSED_SHARE, Row
from jalon.french import number, percent

TARGETS: Final = Path(__file__).with_name("targets.toml")
HELD: Final = "cible tenue"
MISSED: Final = "cible manquée : "

Teller = Callable[[float | None], str]
"""How a figure is written in French."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a row of Jalon must be, run with a limit of `budget_s`; None asks for nothing.

    `case` and `basis` are how the names of its instances begin and end.
    """

    suite: str
    budget_s: float
    case: str = ""
    basis: str = ""
    value_at_most: float | None = None
    bound_at_least: float | None = None
    covered_share_at_least: float | None = None
    gap_share_at_most: float | None = None
    off_share_at_most: float | None = None
    peak_mb_at_most: float | None = None
    is_proven: bool = False

    def is_about(self, suite: str, case: str) -> bool:
        """True for the instances of the suite whose name begins and ends so."""
        is_named = case.startswith(self.case) and case.endswith(self.basis)
        return suite == self.suite and is_named

    def verdict(self, row: Row) -> str:
        """Return whether the target is held, else everything that misses it."""
        if row.value is None:
            return f"{MISSED}pas de plan"
        misses = [*self._quality_misses(row), *self._cost_misses(row)]
        return f"{MISSED}{' ; '.join(misses)}" if misses else HELD

    def _quality_misses(self, row: Row) -> Iterator[str]:
        yield from _above("valeur", row.value, self.value_at_most, number)
        yield from _below("borne", row.bound, self.bound_at_least, number)
        yield from _below("couverture", row.covered_share, self.covered_share_at_least, _share)
        yield from _above("écart prouvé", row.gap_share, self.gap_share_at_most, _share)
        # Without a published value there is nothing to be far from.
        if row.known is not None:
            yield from _above("écart à l'optimum", row.off_share, self.off_share_at_most, _share)
        if self.is_proven and not row.is_proven:
            yield f"optimum non prouvé, écart {_share(row.gap_share)}"

    def _cost_misses(self, row: Row) -> Iterator[str]:
        yield from _above("CPU (s)", row.cpu_s, self.budget_s, _tenths)
        yield from _above("mémoire (Mo)", row.peak_mb, self.peak_mb_at_most, number)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the rows of Jalon of a suite, at one budget, must be together."""

    suite: str
    budget_s: float
    exact_count_at_least: int | None = None
    median_cpu_s_at_most: float | None = None

    def verdict(self, rows: Iterable[Row]) -> str:
        """Return the sentence of the suite, empty when no row is of it."""
        chosen = [row for row in rows if (row.suite, row.limit_s) == (self.suite, self.budget_s)]
        if not chosen:
            return ""
        exact_count = sum(row.is_exact for row in chosen)
        median_s = statistics.median(row.cpu_s for row in chosen)
        misses = [
            *_below("optimums", exact_count, self.exact_count_at_least, number),
            *_above("médiane CPU (s)", median_s, self.median_cpu_s_at_most, _tenths),
        ]
        told = f"{exact_count} optimums sur {len(chosen)}, médiane {_tenths(median_s)} s de CPU"
        verdict = f"{MISSED}{' ; '.join(misses)}" if misses else HELD
        return f"{self.suite} : {told} ; {verdict}"


@dataclass(frozen=True, slots=True)
class Targets:
    """All that is asked."""

    single: tuple[Target, ...]
    together: tuple[Summary, ...]

    def budgets_s(self, suite: str, case: str) -> list[float]:
        """Return the limits Jalon is run with on a case, the least first."""
        return sorted({one.budget_s for one in self.single if one.is_about(suite, case)})

    def verdict(self, row: Row) -> str:
        """Return what the targets say of a row of Jalon, empty when none is about it."""
        about = (one for one in self.single if one.is_about(row.suite, row.case))
        return " ; ".join(one.verdict(row) for one in about if one.budget_s == row.limit_s)


def read_targets(path: Path = TARGETS) -> Targets:
    """Return the targets written in TOML."""
    told: dict[str, list[dict[str, Any]]] = tomllib.loads(path.read_text(encoding="utf-8"))
    single = tuple(Target(**one) for one in told["target"])
    return Targets(single, tuple(Summary(**one) for one in told["summary"]))


def _above(name: str, found: float | None, most: float | None, told: Teller) -> Iterator[str]:
    """Yield the miss of a figure that is absent, or above `most` by more than rounding."""
    if most is not None and (found is None or found > most + CLOSED_SHARE * abs(most)):
        yield f"{name} {told(found)} > {told(most)}"


def _below(name: str, found: float | None, least: float | None, told: Teller) -> Iterator[str]:
    """Yield the miss of a figure that is absent, or below `least` by more than rounding."""
    if least is not None and (found is None or found < least - CLOSED_SHARE * abs(least)):
        yield f"{name} {told(found)} < {told(least)}"


def _share(value: float | None) -> str:
    return percent(value, 2)


def _tenths(value: float | None) -> str:
    return number(value, 1)
