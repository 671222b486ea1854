"""Tables that a Django application publishes as JSON: one object a row, values in `fields`."""

import json
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, TypeAdapter, ValidationError

from geo.errors import InputError

Value = str | int | float | bool | None


class Record(BaseModel):
    """One row of a fixture."""

    model: str
    fields: dict[str, Value]


RECORDS = TypeAdapter(list[Record])


def read_fixture(path: Path) -> pd.DataFrame:
    """Return the fields of every record of the fixture at `path`, as texts; null is missing."""
    try:
        records = RECORDS.validate_python(json.loads(path.read_text(encoding="utf-8-sig")))
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise InputError(
            f"« {path.name} » ne se lit pas comme un export Django.",
            "Il faut une liste d'objets portant « model » et « fields » : réexportez-la.",
        ) from error
    return pd.DataFrame([record.fields for record in records]).astype("str")
