"""What a layer is: a fixed table, and the way a producer's table becomes one."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
from pandas.api.types import is_float_dtype

from data.issues import Issue
from geo.errors import InputError

FIRST_FAULTS_SHOWN = 8


class Role(StrEnum):
    """What a layer is for."""

    LAND = "foncier"
    CONSTRAINT = "contrainte"
    OCCUPATION = "occupation"
    LEDGER = "comptes"
    DEMAND = "demande"
    NETWORK = "réseau"
    ADMIN = "territoire"


@dataclass(frozen=True, slots=True)
class Normalised:
    """A table with the fixed columns of its layer, and the story of its rows."""

    table: pd.DataFrame
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a normaliser may know beyond the table itself.

    `communes` (columns insee, geometry; EPSG:2154) locates rows whose code is incomplete.
    `table_name` is the producer's, for the files whose columns do not say what they list.
    """

    dataset_id: str
    communes: gpd.GeoDataFrame | None = None
    table_name: str = ""


Normalise = Callable[[pd.DataFrame, Context], Normalised]


@dataclass(frozen=True, slots=True)
class Layer:
    """One room of the map: its fixed columns and the function that fills them.

    `normalise` receives the table with the catalogue's column names, in EPSG:2154, with
    a column `row` numbering the published rows from 1, which it keeps; columns of its own
    beyond `columns` are dropped after it. With `geometry_is_optional`, a row without shape is
    kept: its parcels, or another row, place it.
    """

    layer_id: str
    title_fr: str
    role: Role
    key: str
    columns: dict[str, pa.Column]
    normalise: Normalise
    has_geometry: bool = True
    geometry_is_optional: bool = False


def text_column(*, nullable: bool = True, pattern: str | None = None) -> pa.Column:
    """Return the schema of a text column."""
    checks = [pa.Check.str_matches(pattern)] if pattern else []
    return pa.Column(str, checks, nullable=nullable, coerce=True)


def number_column(*, nullable: bool = True, minimum: float | None = None) -> pa.Column:
    """Return the schema of a column of floats."""
    checks = [pa.Check.ge(minimum)] if minimum is not None else []
    return pa.Column(float, checks, nullable=nullable, coerce=True)


def integer_column(*, minimum: int) -> pa.Column:
    """Return the schema of a column of whole numbers, none of them missing."""
    return pa.Column(int, pa.Check.ge(minimum), nullable=False, coerce=True)


def check_table(layer: Layer, table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with exactly the columns of `layer`, sorted by its key.

    Raises InputError listing every column at fault.
    """
    geometry = ["geometry"] if layer.has_geometry else []
    schema = pa.DataFrameSchema(layer.columns, unique=[layer.key])
    ordered = _with_whole_texts(table.reindex(columns=[*layer.columns, *geometry]), layer)
    try:
        checked = schema.validate(ordered, lazy=True)
    except pa.errors.SchemaErrors as error:
        raise InputError(
            f"La couche « {layer.title_fr} » a des valeurs impossibles :\n{_told(error)}",
            "Corrigez ces valeurs dans le fichier d'origine puis relancez l'import.",
        ) from error
    return checked.sort_values(layer.key, kind="stable").reset_index(drop=True)


def _with_whole_texts(table: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """Return `table` with codes that came as floats (12.0) written as they were (12)."""
    names = [
        name
        for name, column in layer.columns.items()
        if str(column.dtype).startswith("str") and is_float_dtype(table[name])
    ]
    whole = {name: table[name].astype("Int64").astype("string") for name in names}
    return table.assign(**whole)


def _told(error: pa.errors.SchemaErrors) -> str:
    """Return the first faults in French, one a line."""
    reasons = {
        "not_nullable": "valeur absente",
        "str_matches": "forme inattendue",
        "greater_than_or_equal_to": "trop petit",
        "coerce_dtype": "ni nombre ni texte attendu",
        "multiple_fields_uniqueness": "en double",
    }
    faults = error.failure_cases[["column", "check", "failure_case"]].head(FIRST_FAULTS_SHOWN)
    return "\n".join(
        f"  - {column} : {reasons.get(str(check).split('(')[0], check)}"
        f"{'' if pd.isna(case) else f' ({case})'}"
        for column, check, case in faults.to_numpy()
    )
