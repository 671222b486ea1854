"""The figures of the law, each with the days it holds, its source and how sure it is.

Every figure lives in `parameters.toml`; choosing a day chooses the law in force.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from geo.errors import InputError, raise_all

PARAMETERS_PATH = Path(__file__).with_name("parameters.toml")

Value = float | int | str | bool | date


class Certainty(StrEnum):
    """How sure a figure or a rule is: what was read of it, and where."""

    OFFICIAL = "A"
    SECONDARY = "B"
    MEMORY = "M"
    UNVERIFIED = "X"
    CONVENTION = "CONV"


CERTAINTY_FR = {
    Certainty.OFFICIAL: "texte officiel lu ou cité",
    Certainty.SECONDARY: "source secondaire, à vérifier",
    Certainty.MEMORY: "de mémoire, à vérifier",
    Certainty.UNVERIFIED: "non retrouvé, à vérifier",
    Certainty.CONVENTION: "convention de Jalon",
}


class Dated(Protocol):
    """What holds from one day to another, both included; without the latter, still."""

    @property
    def valid_from(self) -> date:
        """The first day."""

    @property
    def valid_to(self) -> date | None:
        """The last day, if there is one."""


@dataclass(frozen=True, slots=True)
class LegalFigure:
    """One figure of the law: value, unit, the days it holds, source and certainty.

    It holds from `valid_from` to `valid_to`, both included; without the latter, still.
    """

    name: str
    label_fr: str
    value: Value
    unit: str
    valid_from: date
    source_fr: str
    certainty: Certainty
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """The figures in force on one day, by name."""

    on: date
    figures: Mapping[str, LegalFigure]

    def holds(self, name: str) -> bool:
        """Tell whether the law has a figure called `name` on that day."""
        return name in self.figures

    def number(self, name: str) -> float:
        """Return the number called `name`."""
        value = self._value(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"« {name} » n'est pas un nombre : {value!r}"
            raise TypeError(message)
        return float(value)

    def year(self, name: str) -> int:
        """Return the year called `name`."""
        return int(self.number(name))

    def day(self, name: str) -> date:
        """Return the day called `name`."""
        value = self._value(name)
        return value if isinstance(value, date) else date.fromisoformat(str(value))

    def flag(self, name: str) -> bool:
        """Tell whether the text called `name` is taken as in force."""
        return bool(self._value(name))

    def _value(self, name: str) -> Value:
        if not self.holds(name):
            versions = [figure for figure in legal_figures() if figure.name == name]
            called = f"« {versions[-1].label_fr} » ({name})" if versions else f"« {name} »"
            raise InputError(
                f"Aucune valeur de {called} n'est connue au {self.on.isoformat()}.",
                _days_known_fr(versions),
            )
        return self.figures[name].value


def _days_known_fr(versions: Sequence[LegalFigure]) -> str:
    if not versions:
        return "Ajoutez ce chiffre, daté et sourcé, à jalon/zan/parameters.toml."
    first, last = versions[0].valid_from, versions[-1].valid_to
    until = f" et jusqu'au {last.isoformat()}" if last else ""
    return f"Choisissez une date de référence à partir du {first.isoformat()}{until}."


@cache
def legal_figures() -> tuple[LegalFigure, ...]:
    """Return every legal figure, all its values in the order of their days."""
    return read_figures(PARAMETERS_PATH.read_text(encoding="utf-8"))


@cache
def verified_on() -> date:
    """Return the day the figures were last checked: the reference date unless told otherwise."""
    return date.fromisoformat(str(tomllib.loads(PARAMETERS_PATH.read_text("utf-8"))["verified_on"]))


@cache
def law_on(day: date) -> Law:
    """Return the law in force on `day`."""
    return Law(day, {f.name: f for f in legal_figures() if is_in_force(f, day)})


def is_in_force(dated: Dated, day: date) -> bool:
    """Tell whether `day` is within the days of a figure or a rule, both ends included."""
    return dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to)


def read_figures(text: str) -> tuple[LegalFigure, ...]:
    """Return the figures of a parameter file, by name then day; raise all its faults at once."""
    entries = {k: v for k, v in tomllib.loads(text).items() if isinstance(v, list)}
    versions = [(name, entry) for name, listed in entries.items() for entry in listed]
    hint = "Corrigez ces entrées de parameters.toml : chaque valeur y est datée et sourcée."
    subject = "Les chiffres de la loi ne peuvent pas être lus"
    raise_all((f for n, e in versions for f in _entry_faults(n, e)), subject=subject, hint=hint)
    figures = [
        LegalFigure(**{**entry, "name": name, "certainty": Certainty(entry["certainty"])})
        for name, entry in versions
    ]
    figures.sort(key=lambda figure: (list(entries).index(figure.name), figure.valid_from))
    raise_all(_overlaps(figures), subject=subject, hint=hint)
    return tuple(figures)


def _entry_faults(name: str, entry: Mapping[str, Value]) -> Iterator[str]:
    """Yield what is wrong with one entry, and how to put it right."""
    known = {field.name: field.default is MISSING for field in fields(LegalFigure)}
    required = {field for field, is_required in known.items() if is_required} - {"name"}
    where = f"« {name} » ({entry.get('valid_from', 'sans date')})"
    for field in sorted(required - entry.keys()):
        yield f"{where} : « {field} » manque, ajoutez-le"
    for field in sorted(entry.keys() - known.keys() | entry.keys() & {"name"}):
        yield f"{where} : « {field} » est inconnu, ôtez-le"
    if "source_fr" in entry and not str(entry["source_fr"]).strip():
        yield f"{where} : « source_fr » est vide, citez le texte"
    if entry.get("certainty", Certainty.OFFICIAL) not in list(Certainty):
        choices = ", ".join(Certainty)
        yield f"{where} : certitude « {entry['certainty']} » inconnue, choisissez parmi {choices}"
    yield from _day_faults(where, entry)


def _day_faults(where: str, entry: Mapping[str, Value]) -> Iterator[str]:
    days = {field: entry[field] for field in ("valid_from", "valid_to") if field in entry}
    mistyped = [field for field, day in days.items() if type(day) is not date]
    for field in mistyped:
        yield f"{where} : « {field} » n'est pas une date, écrivez AAAA-MM-JJ sans guillemets"
    if not mistyped and len(days) > 1 and str(days["valid_to"]) < str(days["valid_from"]):
        yield f"{where} : valid_to ({days['valid_to']}) précède valid_from, corrigez l'un des deux"


def _overlaps(figures: list[LegalFigure]) -> Iterator[str]:
    for earlier, later in pairwise(figures):
        is_open = earlier.valid_to is None or earlier.valid_to >= later.valid_from
        if earlier.name == later.name and is_open:
            yield (
                f"« {later.name} » : la valeur du {earlier.valid_from} vaut encore le "
                f"{later.valid_from}, donnez-lui un valid_to antérieur"
            )
