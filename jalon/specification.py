"""The specification of a search as a file: requirement and score, and the models to copy."""

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from geo.errors import InputError
from jalon.criteria import Scoring
from jalon.model import Frozen, LandParameters
from jalon.requirement import Requirement
from jalon.scenario_file import read_toml, validated

PRESETS_FOLDER: Final = Path(__file__).with_name("presets")
NOUN_FR: Final = "Cahier des charges"
MODELS_FR: Final = (
    "Pour partir d'un modèle commenté : jalon search --modele industrie > mon_cahier.toml"
)


class Specification(Frozen):
    """What is looked for and how it is ranked; without `score`, the largest sites come first.

    `land` is how the land is read (local labels, prudence, setbacks), as in a scenario; its
    least size and width give way to those of the requirement.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    requirement: Requirement = Requirement()
    land: LandParameters = LandParameters()
    score: Scoring | None = None


def read_specification(path: Path) -> Specification:
    """Return the specification written at `path` (TOML), or raise InputError with its faults."""
    return validated(
        Specification,
        read_toml(path, NOUN_FR, hint=MODELS_FR),
        subject=f"{NOUN_FR} « {path.name} »",
        hint="Corrigez ces clés ; « jalon search --modele industrie » écrit un modèle commenté.",
    )


def specification_text(specification: Specification) -> str:
    """Return the specification as TOML that `read_specification` reads back the same."""
    return "".join(_toml_lines(specification.model_dump(mode="json", exclude_none=True)))


def _toml_lines(table: Mapping[str, object], path: str = "") -> Iterator[str]:
    """Yield the lines of a table: its values first, then the tables and the lists of tables."""
    values = {key: value for key, value in table.items() if not _holds_tables(value, path)}
    yield from (f"{key} = {_toml_value(value)}\n" for key, value in values.items())
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if key in values:
            continue
        if isinstance(value, dict):
            yield f"\n[{name}]\n"
            yield from _toml_lines(value, name)
        elif isinstance(value, list):
            for one in value:
                yield f"\n[[{name}]]\n"
                yield from _toml_lines(one, name)


def _holds_tables(value: object, path: str) -> bool:
    """Tell whether a value is written as tables: a small mapping of words stays on its line."""
    if isinstance(value, dict):
        return not path
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _toml_value(value: object) -> str:
    """Return a value in TOML, whose texts, numbers and lists JSON writes alike."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{_toml_value(key)} = {_toml_value(one)}" for key, one in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def preset_names() -> tuple[str, ...]:
    """Return the names of the models, in alphabetical order."""
    return tuple(sorted(path.stem for path in PRESETS_FOLDER.glob("*.toml")))


def preset_text(name: str) -> str:
    """Return the file of a model, comments included, ready to be copied."""
    return _preset_path(name).read_text(encoding="utf-8")


def preset(name: str) -> Specification:
    """Return the model called `name`."""
    return read_specification(_preset_path(name))


def preset_scoring(name: str) -> Scoring:
    """Return the criteria of the model called `name`."""
    scoring = preset(name).score
    if scoring is None:
        raise InputError(f"Le modèle « {name} » n'a pas de critères.", "Ajoutez une table [score].")
    return scoring


def _preset_path(name: str) -> Path:
    names = preset_names()
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
        nearest = f"Vouliez-vous dire « {close[0]} » ? " if close else ""
        raise InputError(f"Usage inconnu : « {name} ».", f"{nearest}Usages : {', '.join(names)}.")
    return PRESETS_FOLDER / f"{name}.toml"
