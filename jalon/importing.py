"""Import: recognise the tables of a file, normalise them, keep them in the workspace."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from data.containers import unpacked
from data.digests import file_sha256
from data.issues import Action
from data.read import RawTable, ReadOptions, list_tables, read_table
from data.refusals import UNKNOWN_FR, refusal_fr
from data.workspace import SourceRecord, Workspace, source_id
from geo.errors import InputError
from jalon.import_report import REPORT_COLUMNS, touched_rows
from jalon.model import is_generated, is_generated_place
from layers.base import Context, Normalised
from layers.codes import dates_iso
from layers.normalise import normalise
from layers.registry import layer

YEAR = r"^((?:19|20)\d{2})$"

SAME_EXTENT_SHARE = 0.5
"""Two states of the same file share at least half of their extent."""

GENERATED_PRODUCER_FR = "Jalon, territoire généré"
GENERATED_LICENCE_FR = "sans objet (donnée générée)"


@dataclass(frozen=True, slots=True)
class ImportedTable:
    """What became of one table of a file: its record, or why it was not taken.

    `touched` is its import report, a line for each row repaired, set aside or noted.
    """

    name: str
    record: SourceRecord | None
    refusal_fr: str = ""
    replaced: tuple[SourceRecord, ...] = ()
    touched: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(REPORT_COLUMNS)),
        compare=False,
        repr=False,
    )


def examine(
    path: Path, *, communes: gpd.GeoDataFrame | None = None, options: ReadOptions | None = None
) -> Iterator[tuple[ImportedTable, Normalised | None]]:
    """Yield every table of `path` with its normalised rows; nothing is stored.

    Raises InputError when the file holds no table Jalon recognises.
    """
    recognised = 0
    refusals: set[str] = set()
    with unpacked(path) as opened:
        digests = {file.path: file_sha256(file.path) for file in opened}
        for reference in (table for file in opened for table in list_tables(file)):
            if reference.dataset is None:
                refusals.add(refusal := refusal_fr(reference.columns))
                yield ImportedTable(reference.name, None, refusal), None
                continue
            recognised += 1
            raw = read_table(reference, options or ReadOptions())
            context = Context(reference.dataset.dataset_id, communes, reference.name)
            normalised = normalise(raw, layer(raw.dataset.layer), context)
            record = _record(path, digests[reference.opened.path], raw, normalised)
            touched = touched_rows(path.name, raw, normalised.issues, layer(raw.dataset.layer))
            yield ImportedTable(reference.name, record, touched=touched), normalised
    if not recognised:
        raise _nothing_recognised(path, refusals)


def _nothing_recognised(path: Path, refusals: set[str]) -> InputError:
    """Return the error of a file without any table to read, with the reasons Jalon knows."""
    told = sorted(refusals - {UNKNOWN_FR})
    reasons = f" ({' ; '.join(told)})" if told else ""
    return InputError(
        f"« {path.name} » ne contient aucune table que Jalon reconnaisse{reasons}.",
        "Tapez `jalon layers` pour la liste des données lues et de leurs colonnes.",
    )


def import_file(
    workspace: Workspace,
    path: Path,
    *,
    communes: gpd.GeoDataFrame | None = None,
    options: ReadOptions | None = None,
) -> tuple[ImportedTable, ...]:
    """Keep every recognised table of `path` in `workspace`; all of them or none."""
    found = list(examine(path, communes=communes, options=options))
    return tuple(_kept(workspace, imported, normalised) for imported, normalised in found)


def _kept(
    workspace: Workspace, imported: ImportedTable, normalised: Normalised | None
) -> ImportedTable:
    """Store one table; an earlier import of the same table of the same place leaves with it."""
    if imported.record is None or normalised is None:
        return imported
    record = replace(imported.record, import_order=workspace.next_order())
    earlier = tuple(one for one in workspace.sources() if _is_superseded(one, by=record))
    workspace.add(record, normalised.table)
    for one in earlier:
        workspace.remove(one)
    return replace(imported, record=record, replaced=earlier)


def _is_superseded(earlier: SourceRecord, *, by: SourceRecord) -> bool:
    """Tell whether `by` is another state of the same file: same names, same place."""
    same_names = all(
        getattr(earlier, field) == getattr(by, field)
        for field in ("layer_id", "dataset_id", "file_name", "table_name")
    )
    return same_names and earlier.source_id != by.source_id and _same_place(earlier, by)


def _same_place(one: SourceRecord, other: SourceRecord) -> bool:
    """Tell whether two sources speak of the same communes, or mostly of the same extent.

    Two that speak of no place (objectives of territories) are told apart by nothing.
    """
    if one.communes or other.communes:
        return set(one.communes) <= set(other.communes)
    if one.bounds_m is None or other.bounds_m is None:
        return one.bounds_m is other.bounds_m
    first, second = shapely.box(*one.bounds_m), shapely.box(*other.bounds_m)
    return first.intersection(second).area >= SAME_EXTENT_SHARE * first.union(second).area


def _record(path: Path, digest: str, raw: RawTable, normalised: Normalised) -> SourceRecord:
    """Return the record of a table; `digest` is that of the file it stands in, once unpacked."""
    entry = raw.dataset
    communes = _communes_of(normalised.table)
    generated = _is_generated(normalised.table, communes)
    return SourceRecord(
        source_id=source_id(digest, raw.name),
        layer_id=entry.layer,
        dataset_id=entry.dataset_id,
        title_fr=entry.title,
        producer=GENERATED_PRODUCER_FR if generated else entry.producer,
        licence=GENERATED_LICENCE_FR if generated else entry.licence,
        page=entry.page,
        file_name=path.name,
        table_name=raw.name,
        file_sha256=digest,
        vintage=_vintage(raw.frame),
        row_count=len(raw.frame) + _set_aside_at_reading(raw),
        kept_count=len(normalised.table),
        communes=communes,
        is_generated=generated,
        issues=normalised.issues,
        bounds_m=_bounds_m(normalised.table),
    )


def _bounds_m(table: pd.DataFrame) -> tuple[float, float, float, float] | None:
    """Return the Lambert-93 extent of a table; None when it draws nothing."""
    if not isinstance(table, gpd.GeoDataFrame) or table.empty:
        return None
    west, south, east, north = map(float, table.total_bounds)
    return west, south, east, north


def _is_generated(table: pd.DataFrame, communes: tuple[str, ...]) -> bool:
    """Tell whether the table speaks of a generated territory, by its communes or its place."""
    if named := (*communes, *_territories_of(table)):
        return all(is_generated(code) for code in named)
    bounds_m = _bounds_m(table)
    return bounds_m is not None and is_generated_place(*bounds_m[2:])


def _set_aside_at_reading(raw: RawTable) -> int:
    return sum(len(i.rows) for i in raw.issues if i.action is Action.SET_ASIDE)


def _communes_of(table: pd.DataFrame) -> tuple[str, ...]:
    if "territory" in table:
        return tuple(sorted(table.loc[table["level"].eq("commune"), "territory"].unique()))
    column = "commune" if "commune" in table else "insee"
    return tuple(sorted(table[column].dropna().unique())) if column in table else ()


def _territories_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the codes of a table that names territories of several levels."""
    return tuple(table["territory"].unique()) if "territory" in table else ()


def _vintage(frame: pd.DataFrame) -> str | None:
    """Return the latest date the rows carry, as published; None when they carry none."""
    for column in ("vintage", "updated_on", "approved_on"):
        if column in frame:
            published = frame[column].astype("string")
            dates = dates_iso(published).fillna(published.str.extract(YEAR, expand=False))
            return str(dates.max()) if dates.notna().any() else None
    return None
