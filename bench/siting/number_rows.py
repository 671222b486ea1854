"""Lines of numbers out of published text files, with every fault named by its line."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from geo.errors import InputError, raise_all
from geo.optimise.arrays import Flags, Floats

Line = tuple[int, str]
"""The number of a line in its file, from 1, and its text."""


@dataclass(slots=True)
class Reading:
    """A file being read: its lines that are not empty, and the faults met so far."""

    path: Path
    lines: list[Line]
    faults: list[str] = field(default_factory=list)

    def numbers(self, line: Line, *, count: int) -> list[float]:
        """Return the numbers of a line; a line that has not `count` of them is a fault."""
        rank, text = line
        values = [_number(word) for word in text.split()]
        if len(values) == count and not any(map(math.isnan, values)):
            return values
        self.faults.append(f"ligne {rank} : {count} nombre(s) attendu(s), lu « {_short(text)} »")
        return [math.nan] * count

    def table(self, lines: Iterable[Line], *, width: int, count: int, what: str) -> Floats:
        """Return `count` lines of `width` numbers; another number of lines is a fault."""
        rows = [self.numbers(line, count=width) for line in lines]
        if len(rows) != count:
            self.faults.append(f"{count} lignes annoncées ({what}), {len(rows)} lues")
        return np.array(rows, dtype=np.float64).reshape(-1, width)

    def require(self, holds: Flags, lines: Iterable[Line], fault: str) -> None:
        """Note `fault` for each line where it does not hold."""
        pairs = zip(holds, lines, strict=False)
        self.faults += [
            f"ligne {rank} : {fault}, lu « {_short(text)} »"
            for is_right, (rank, text) in pairs
            if not is_right
        ]

    def refuse_faults(self) -> None:
        """Raise one InputError with the faults met so far, if any."""
        raise_all(
            self.faults,
            subject=f"{self.path.name} ne suit pas le format publié",
            hint="Reprenez le fichier d'origine (bench/README.md dit d'où il vient).",
        )


@contextmanager
def reading(path: Path) -> Iterator[Reading]:
    """Open a published file; the faults left on leaving are raised together."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} ne peut pas être lu comme un texte."
        raise InputError(message, "Vérifiez le chemin, et que le fichier est entier.") from error
    numbered = enumerate(text.splitlines(), start=1)
    opened = Reading(path, [(rank, line) for rank, line in numbered if line.strip()])
    if not opened.lines:
        opened.faults.append("fichier vide")
        opened.refuse_faults()
    yield opened
    opened.refuse_faults()


def _number(word: str) -> float:
    """Return a word as a finite number, NaN when it is none."""
    try:
        value = float(word)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _short(text: str) -> str:
    stripped = " ".join(text.split())
    return stripped if len(stripped) <= 40 else f"{stripped[:40]}…"  # noqa: PLR2004 - one line
