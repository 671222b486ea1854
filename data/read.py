"""Tables of files: what each holds, recognised by content, read with our column names."""

import csv
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from data.catalogue import Dataset, GeometryKind, recognise
from data.containers import Opened
from data.coordinates import completed, in_working_crs, located
from data.fixtures import read_fixture
from data.formats import Container
from data.issues import Action, Issue
from data.osm import read_osm_edges
from data.text_shapes import drawn
from geo.errors import InputError, raise_all

MAX_CELL_CHARS = 10_000_000
"""A geometry written in one CSV cell may be long; the csv module's own limit is not enough."""

FIRST_FAULTS_SHOWN = 5

OSM_COLUMNS = ("osmid", "highway", "length", "name", "geometry")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says of a file that the file does not say of itself."""

    crs: str | None = None
    is_lat_lon: bool = False


@dataclass(frozen=True, slots=True)
class TableReference:
    """One table of an opened file, before its rows are read."""

    opened: Opened
    name: str
    columns: tuple[str, ...]
    kind: GeometryKind

    @property
    def dataset(self) -> Dataset | None:
        """The dataset this table is recognised as."""
        return recognise(self.columns, self.kind)


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of a table in EPSG:2154, with the catalogue's column names and `row` from 1.

    `published` keeps them as the file has them, all of them, in its order and its own words.
    """

    dataset: Dataset
    name: str
    frame: pd.DataFrame
    issues: tuple[Issue, ...]
    published: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False, repr=False)


def list_tables(opened: Opened) -> tuple[TableReference, ...]:
    """Return every table that `opened` holds, in the file's order."""
    match opened.container:
        case Container.TEXT:
            return (_csv_reference(opened),)
        case Container.PARQUET:
            return (_parquet_reference(opened),)
        case Container.FIXTURE:
            columns = tuple(read_fixture(opened.path).columns)
            return (TableReference(opened, opened.path.name, columns, GeometryKind.NONE),)
        case Container.OSM:
            return (TableReference(opened, opened.path.name, OSM_COLUMNS, GeometryKind.LINE),)
        case _:
            return tuple(_vector_references(opened))


def read_table(reference: TableReference, options: ReadOptions) -> RawTable:
    """Return the rows of `reference`.

    Raises:
        CrsError: the table has no coordinate system, or coordinates that deny it.
        InputError: the table is not recognised, or longitude and latitude are swapped.
    """
    entry = reference.dataset
    if entry is None:
        raise InputError(
            f"« {reference.name} » n'est pas reconnu.", "Tapez `jalon layers` pour la liste."
        )
    published = published_rows(reference)
    frame, drawn_issues = drawn(_renamed(published, entry))
    frame, completed_issues = completed(located(frame))
    issues: tuple[Issue, ...] = tuple(
        Issue("LEC-ENCODAGE", Action.REPAIRED, note) for note in reference.opened.notes_fr
    )
    issues += drawn_issues + completed_issues
    if isinstance(frame, gpd.GeoDataFrame):
        frame, moved = in_working_crs(
            frame, reference.name, crs=options.crs, is_lat_lon=options.is_lat_lon
        )
        issues += moved
    return RawTable(entry, reference.name, frame, issues, published)


def _csv_reference(opened: Opened) -> TableReference:
    columns = next(_csv_records(opened.path), [])
    return TableReference(opened, opened.path.name, tuple(columns), GeometryKind.NONE)


def _csv_records(path: Path) -> Iterator[list[str]]:
    """Yield the header, then every row; blank lines are no rows."""
    csv.field_size_limit(MAX_CELL_CHARS)
    delimiter = _delimiter(path)
    row = 0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            for record in filter(None, csv.reader(stream, delimiter=delimiter)):
                yield record
                row += 1
        except csv.Error as error:
            raise _cell_too_long(path, row) from error


def _cell_too_long(path: Path, row: int) -> InputError:
    where = f"la ligne {row}" if row else "l'en-tête"
    limit = f"{MAX_CELL_CHARS:_}".replace("_", " ")
    return InputError(
        f"« {path.name} » : {where} a une cellule de plus de {limit} caractères.",
        "Corrigez-la (guillemet jamais refermé ?) puis réimportez.",
    )


def _delimiter(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = stream.readline()
    return max(";,\t|", key=header.count)


def _parquet_reference(opened: Opened) -> TableReference:
    try:
        schema = pq.read_schema(opened.path)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(opened) from error
    published = (schema.metadata or {}).get(b"geo")
    kind = _kind_of_metadata(published) if published else GeometryKind.NONE
    return TableReference(opened, opened.path.name, tuple(schema.names), kind)


def _kind_of_metadata(published: bytes) -> GeometryKind:
    """Return what the `geo` metadata of a GeoParquet file says its main column holds."""
    described = json.loads(published)
    column = described["columns"][described["primary_column"]]
    kinds = {_kind_of_name(name) for name in column.get("geometry_types", [])}
    return kinds.pop() if len(kinds) == 1 else GeometryKind.ANY


def _vector_references(opened: Opened) -> Iterator[TableReference]:
    try:
        with _gdal_kept_quiet():
            for name, _ in pyogrio.list_layers(opened.path):
                described = pyogrio.read_info(opened.path, layer=name, force_feature_count=False)
                kind = _kind_of_name(described["geometry_type"])
                yield TableReference(opened, str(name), tuple(described["fields"]), kind)
    except (DataSourceError, DataLayerError) as error:
        raise _unreadable(opened) from error


def _unreadable(opened: Opened) -> InputError:
    hint = "Ouvrez-le dans QGIS ; s'il y est refusé aussi, téléchargez-le à nouveau."
    if opened.container is Container.JSON:
        hint = (
            "Un GeoJSON commence par « FeatureCollection » : exportez la couche sous cette forme."
        )
    return InputError(f"« {opened.path.name} » ne se lit pas comme {opened.container}.", hint)


def _kind_of_name(geometry_type: str | None) -> GeometryKind:
    name = (geometry_type or "none").casefold()
    for kind in (GeometryKind.POLYGON, GeometryKind.LINE, GeometryKind.POINT):
        if kind in name:
            return kind
    return GeometryKind.NONE if name == "none" else GeometryKind.ANY


def published_rows(reference: TableReference) -> pd.DataFrame:
    """Return the rows of `reference` as its file has them; those of a text file are all texts."""
    opened = reference.opened
    frame: pd.DataFrame
    match opened.container:
        case Container.TEXT:
            frame = _read_csv(opened.path)
        case Container.PARQUET if reference.kind is GeometryKind.NONE:
            frame = pd.read_parquet(opened.path)
        case Container.PARQUET:
            frame = _with_named_shapes(gpd.read_parquet(opened.path))
        case Container.FIXTURE:
            frame = read_fixture(opened.path)
        case Container.OSM:
            frame = read_osm_edges(opened.path)
        case _:
            frame = _read_vector(opened, reference.name)
    return frame


def _with_named_shapes(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    is_named = frame.geometry.name == "geometry"
    return frame if is_named else frame.rename_geometry("geometry")


def _read_csv(path: Path) -> pd.DataFrame:
    _refuse_ragged(path)
    return pd.read_csv(
        path,
        sep=_delimiter(path),
        dtype=str,
        encoding="utf-8-sig",
        na_values=["", "NA"],
        index_col=False,
    )


def _refuse_ragged(path: Path) -> None:
    """Raise unless every row has the columns of the header."""
    records = _csv_records(path)
    width = len(next(records, []))
    faults = [
        f"ligne {row} : {len(record)} colonne(s) au lieu de {width}"
        for row, record in enumerate(records, start=1)
        if len(record) != width
    ]
    hidden = len(faults) - FIRST_FAULTS_SHOWN
    shown = faults[:FIRST_FAULTS_SHOWN] + ([f"et {hidden} autre(s)"] if hidden > 0 else [])
    hint = "Corrigez ces lignes (séparateur en trop, fin de fichier coupée) puis réimportez."
    raise_all(
        shown, subject=f"« {path.name} » a des lignes qui ne suivent pas l'en-tête", hint=hint
    )


def _read_vector(opened: Opened, name: str) -> pd.DataFrame:
    try:
        with _gdal_kept_quiet():
            frame: pd.DataFrame = pyogrio.read_dataframe(
                opened.path, layer=name, on_invalid="ignore"
            )
    except (DataSourceError, DataLayerError, shapely.errors.GEOSException) as error:
        raise _unreadable(opened) from error
    return frame


@contextmanager
def _gdal_kept_quiet() -> Iterator[None]:
    """Silence GDAL on the rings it closes or drops: the normaliser reports them row by row."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def _renamed(frame: pd.DataFrame, entry: Dataset) -> pd.DataFrame:
    """Return `frame` with `row` and lower-case columns under the catalogue's names.

    When several columns get the same name, each row keeps the first value it gives.
    """
    lowered = [str(column).casefold() for column in frame.columns]
    names = [entry.rename.get(name, name) for name in lowered]
    keep = [i for i, name in enumerate(names) if name not in [*names[:i], "row"]]
    renamed: pd.DataFrame = frame.iloc[:, keep].set_axis([names[i] for i in keep], axis=1)
    for name in {name for name in names if name != "row" and names.count(name) > 1}:
        renamed[name] = _first_given(frame.iloc[:, [other == name for other in names]])
    renamed = renamed.reset_index(drop=True)
    renamed.insert(0, "row", range(1, len(renamed) + 1))
    if isinstance(frame, gpd.GeoDataFrame):
        renamed = gpd.GeoDataFrame(renamed, geometry="geometry", crs=frame.crs)
    return renamed


def _first_given(columns: pd.DataFrame) -> pd.Series:
    """Return the first value of each row that is neither missing nor an empty text."""
    values = columns.astype(object)
    return values.mask(values.isin([""])).bfill(axis=1).iloc[:, 0].infer_objects()
