"""What a table of a standard is: its fields, and what each cell may say."""

from dataclasses import dataclass
from enum import StrEnum

UNSAID = ("inconnu", "autre", "sans objet")
"""CNIG: every closed list also accepts these three values."""

MISSING_TEXTS = ("", "NA", "NaN", "N/A")
"""CNIG `missingValues`: what stands for no value."""


class Kind(StrEnum):
    """What the cells of a field hold, in the words of Table Schema."""

    TEXT = "string"
    URI = "string:uri"
    EMAIL = "string:email"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date:%Y-%m-%d"
    YEAR = "date:%Y"
    POINT = "geopoint:default"
    GEOJSON = "geojson"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a standard.

    `choices` is the list its schema enforces; `advised` the one its text gives and its schema
    does not enforce, several values of which may be joined by «|».
    """

    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """One table of a standard; `key` names the field whose values are unique.

    `shape` names the field that the geometry of a map file (GeoPackage, GeoJSON) stands for.
    """

    title_fr: str
    version: str
    key: str
    shape: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """Return the field called `name`."""
        return next(field for field in self.fields if field.name == name)
