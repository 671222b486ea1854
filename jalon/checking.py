"""Conformity of files to the national standards, table by table."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pandas as pd

from data.containers import unpacked
from data.read import TableReference, list_tables, published_rows
from geo.errors import InputError
from jalon.import_report import REPORT_COLUMNS
from layers.standards.check import WHOLE_FILE, findings, written
from layers.standards.friches import FRICHES
from layers.standards.schema import Schema
from layers.standards.sites_economiques import SITES_ECONOMIQUES

LEAST_KNOWN_SHARE = 0.5
"""A table is of a standard when it has at least half of the columns one of its tables requires."""


class Standard(StrEnum):
    """A standard whose files Jalon can check."""

    FRICHES = "friches"
    SITES_ECONOMIQUES = "sites-economiques"


SCHEMAS: dict[Standard, tuple[Schema, ...]] = {
    Standard.FRICHES: (FRICHES,),
    Standard.SITES_ECONOMIQUES: SITES_ECONOMIQUES,
}


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table held against a standard; `found` lists its faults and the remarks on it."""

    name: str
    schema: Schema
    row_count: int
    found: pd.DataFrame
    report: pd.DataFrame

    @property
    def fault_count(self) -> int:
        """How many cells or columns break the standard."""
        return int(self.found["is_fault"].sum())


def standard_called(name: str) -> Standard:
    """Return the standard called `name`; refuse a name that is none."""
    try:
        return Standard(name)
    except ValueError as error:
        known = ", ".join(Standard)
        raise InputError(f"--norme {name} n'existe pas.", f"Normes connues : {known}.") from error


def check_file(path: Path, standard: Standard) -> tuple[CheckedTable, ...]:
    """Return every table of `path` that is of `standard`, checked; nothing is stored.

    Raises InputError when the file holds none.
    """
    with unpacked(path) as opened:
        references = [table for file in opened for table in list_tables(file)]
        checked = tuple(_checked(path.name, references, SCHEMAS[standard]))
    if not checked:
        wanted = " ; ".join(_required_fr(schema) for schema in SCHEMAS[standard])
        raise InputError(
            f"« {path.name} » n'a aucune table de la norme « {standard} ».",
            f"Colonnes obligatoires : {wanted}.",
        )
    return checked


def _checked(
    file_name: str, references: list[TableReference], schemas: tuple[Schema, ...]
) -> Iterator[CheckedTable]:
    for reference in references:
        schema = max(schemas, key=lambda one: _known_share(reference, one))
        if _known_share(reference, schema) >= LEAST_KNOWN_SHARE:
            rows = published_rows(reference)
            found = findings(rows, schema)
            report = _report(file_name, reference.name, found, written(rows, schema), schema)
            yield CheckedTable(reference.name, schema, len(rows), found, report)


def _known_share(reference: TableReference, schema: Schema) -> float:
    """Return the share of the columns `schema` requires that a table has."""
    present = {column.casefold() for column in reference.columns}
    required = [field.name.casefold() for field in schema.fields if field.is_required]
    return sum(name in present for name in required) / len(required)


def _required_fr(schema: Schema) -> str:
    names = ", ".join(field.name for field in schema.fields if field.is_required)
    return f"{schema.title_fr} : {names}"


def _report(
    file_name: str, table_name: str, found: pd.DataFrame, cells: pd.DataFrame, schema: Schema
) -> pd.DataFrame:
    """Return the findings as lines of an import report, the cell at fault in `values_json`."""
    keys = cells[schema.key] if schema.key in cells else pd.Series(dtype=object)
    return found.assign(
        file_name=file_name,
        table_name=table_name,
        row=found["row"].astype("Int64").mask(found["row"].eq(WHOLE_FILE)),
        source_key=found["row"].map(keys),
        rule_id=found["field"],
        action=found["is_fault"].map({True: "faute", False: "signalé"}),
        message_fr=found["message_fr"] + " " + found["remedy_fr"],
        values_json=found["value"],
    ).reindex(columns=list(REPORT_COLUMNS))
