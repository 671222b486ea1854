"""The scenario as a file: read, checked as a whole, told in French, and hashed."""

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError

from geo.errors import InputError, raise_all
from jalon.model import (
    FRENCH_FAULT,
    Frozen,
    LandParameters,
    StationParameters,
    TerritoryChoice,
    ZanParameters,
)


class Scenario(Frozen):
    """Everything a run depends on besides the data: same scenario, same data, same bytes.

    A part left out is not computed.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    territory: TerritoryChoice
    stations: StationParameters | None = None
    land: LandParameters | None = None
    zan: ZanParameters | None = None


EXAMPLES_FR = "Des modèles sont dans le dossier examples/."

Model = TypeVar("Model", bound=BaseModel)


def read_scenario(path: Path) -> Scenario:
    """Return the scenario written at `path` (TOML).

    Raises InputError with every fault of the file: unknown keys come with the nearest valid one.
    """
    return parse_scenario(read_toml(path, "Scénario"), subject=f"Scénario « {path.name} »")


def read_toml(path: Path, noun_fr: str, *, hint: str = EXAMPLES_FR) -> dict[str, object]:
    """Return the tables of the TOML file at `path`, called `noun_fr` in what is told of it.

    `hint` says where the models of such a file are.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{noun_fr} introuvable : {path}.", hint) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"« {path.name} » n'est pas en UTF-8.", "Enregistrez le fichier en UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"« {path.name} » n'est pas un fichier TOML valide : {error}.", hint
        ) from error


def parse_scenario(fields: dict[str, object], *, subject: str) -> Scenario:
    """Return the scenario of `fields`, or raise InputError with all its faults in French."""
    return validated(
        Scenario,
        fields,
        subject=subject,
        hint="Corrigez ces clés ; des modèles commentés sont dans le dossier examples/.",
    )


def validated(model: type[Model], fields: dict[str, object], *, subject: str, hint: str) -> Model:
    """Return `fields` as a `model`, or raise InputError with all their faults in French."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise_all(
            (_fault_fr(model, dict(fault)) for fault in error.errors()), subject=subject, hint=hint
        )
        raise


def _fault_fr(root: type[BaseModel], fault: dict[str, object]) -> str:
    """Return one pydantic fault of a `root` as a French sentence that names the key."""
    location = [str(part) for part in fault["loc"]]  # type: ignore[attr-defined]
    key = ".".join(part for part in location if part != "[key]")
    kind, context = str(fault["type"]), fault.get("ctx") or {}
    if kind == "extra_forbidden":
        return f"clé inconnue « {key} »{_nearest_fr(root, location)}"
    if kind == "missing":
        return f"clé obligatoire absente : « {key} »"
    if kind == FRENCH_FAULT:
        return f"« {key} » {fault['msg']}"
    told = {
        "greater_than_equal": "doit valoir au moins {ge}",
        "greater_than": "doit dépasser {gt}",
        "less_than_equal": "doit valoir au plus {le}",
        "string_pattern_mismatch": (
            "n'est ni un code INSEE de 5 caractères ni l'identifiant d'un document"
            if "[key]" in location
            else "n'est pas un code INSEE de 5 caractères"
        ),
        "date_from_datetime_parsing": "doit être une date AAAA-MM-JJ",
        "date_parsing": "doit être une date AAAA-MM-JJ",
        "date_type": "doit être une date AAAA-MM-JJ",
        "enum": "doit être l'un de : {expected}",
        "literal_error": "doit être l'un de : {expected}",
        "int_type": "doit être un nombre entier",
        "int_from_float": "doit être un nombre entier",
        "int_parsing": "doit être un nombre entier",
        "float_type": "doit être un nombre",
        "float_parsing": "doit être un nombre",
        "string_type": "doit être un texte entre guillemets",
        "bool_type": "doit être true ou false",
        "tuple_type": "doit être une liste entre crochets",
        "string_too_short": "ne doit pas être vide",
        "string_too_long": "est trop long",
        "model_type": "doit être une table TOML, par exemple [{field}]",
    }
    sentence = told.get(kind, "n'a pas une valeur permise")
    values = {**context, "field": key}  # type: ignore[dict-item]
    values["expected"] = str(values.get("expected", "")).replace(" or ", " ou ")
    return f"« {key} » {sentence.format_map(values)} (reçu : {fault['input']!r})"


def _nearest_fr(root: type[BaseModel], location: list[str]) -> str:
    """Return «, vouliez-vous dire … ?» with the valid key nearest to the last of `location`."""
    model = _model_at(root, location[:-1])
    names = sorted(model.model_fields) if model else []
    close = difflib.get_close_matches(location[-1], names, n=1, cutoff=0.4)
    if close:
        return f", vouliez-vous dire « {'.'.join([*location[:-1], close[0]])} » ?"
    return f" ; clés permises : {', '.join(names)}" if names else ""


PARTS: dict[str, type[BaseModel]] = {
    "territory": TerritoryChoice,
    "stations": StationParameters,
    "land": LandParameters,
    "zan": ZanParameters,
}


def _model_at(root: type[BaseModel], location: list[str]) -> type[BaseModel] | None:
    """Return the model that holds the keys at `location`; places in a list do not count."""
    model: type[BaseModel] | None = root
    for part in location:
        if model is not None and not part.isdigit():
            field = model.model_fields.get(part)
            model = _model_in(field.annotation) if field else None
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Return the model an annotation such as `Part | None` or `tuple[Part, ...]` speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in get_args(annotation))
    return next((model for model in found if model), None)
