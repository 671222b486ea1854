"""The catalogue of datasets Jalon recognises: names of columns, licence and page of each.

`recognised/*.toml` says what each producer calls its columns. `signatures`: sets of column
names (case ignored), one of which a table must hold. `absent`: columns that deny the dataset,
where two tables of one producer differ only by what they lack. `rank`: where two datasets
describe the same land, the higher one is kept.
"""

import re
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

RECOGNISED_DIR = Path(__file__).with_name("recognised")


class GeometryKind(StrEnum):
    """What a table draws on a map."""

    POLYGON = "polygon"
    LINE = "line"
    POINT = "point"
    NONE = "none"
    ANY = "any"


class Dataset(BaseModel):
    """One published dataset and how its columns are called here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset_id: str
    layer: str
    title: str
    producer: str
    licence: str
    page: str
    geometry: GeometryKind
    signatures: tuple[frozenset[str], ...]
    absent: frozenset[str] = frozenset()
    rank: int = 1
    column_pattern: str | None = None
    rename: dict[str, str] = Field(default_factory=dict)

    def matched_columns(self, columns: Iterable[str]) -> int:
        """Return how many columns of the best satisfied signature are there; 0 if none is."""
        present = {column.casefold() for column in columns}
        if self.absent & present:
            return 0
        if self.column_pattern and not any(re.fullmatch(self.column_pattern, c) for c in present):
            return 0
        return max((len(s) for s in self.signatures if s <= present), default=0)

    def draws(self, kind: GeometryKind) -> bool:
        """Tell whether a table of geometry `kind` may be this dataset.

        A table that mixes types (polygons and multipolygons, say) has the kind ANY.
        """
        if GeometryKind.NONE in (self.geometry, kind):
            return self.geometry in (kind, GeometryKind.ANY)
        return GeometryKind.ANY in (self.geometry, kind) or self.geometry is kind


@cache
def catalogue() -> tuple[Dataset, ...]:
    """Return every dataset of the catalogue, sorted by id."""
    found = [
        Dataset.model_validate({"dataset_id": key, **fields})
        for path in RECOGNISED_DIR.glob("*.toml")
        for key, fields in tomllib.loads(path.read_text(encoding="utf-8")).items()
    ]
    return tuple(sorted(found, key=lambda entry: entry.dataset_id))


def dataset(dataset_id: str) -> Dataset:
    """Return the dataset called `dataset_id`."""
    return next(entry for entry in catalogue() if entry.dataset_id == dataset_id)


def recognise(columns: Iterable[str], kind: GeometryKind) -> Dataset | None:
    """Return the dataset whose signature holds the most of `columns`, or None.

    Recognition reads the content (column names and geometry), never the name of the file.
    """
    listed = list(columns)
    candidates = [
        (entry.matched_columns(listed), entry) for entry in catalogue() if entry.draws(kind)
    ]
    best = max(candidates, key=lambda found: (found[0], found[1].rank), default=(0, None))
    return best[1] if best[0] else None
