"""The workspace: a folder of imported tables, each with the record of where it comes from."""

import functools
import hashlib
import json
import operator
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.digests import file_sha256
from data.issues import Action, Issue
from geo.crs import WORKING
from geo.errors import InputError

WORKSPACE_VARIABLE = "JALON_WORKSPACE"

Bounds = tuple[float, float, float, float]
"""West, south, east, north in EPSG:2154."""

BOX_COLUMN = "bbox"
"""Where GeoParquet 1.1 keeps the box of each row (`covering`)."""

ORDER_COLUMN = "stored_row"
"""The place of each row in the table that was given, before rows were put by neighbours."""

ROW_GROUP_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Where one imported table comes from and what happened to its rows."""

    source_id: str
    layer_id: str
    dataset_id: str
    title_fr: str
    producer: str
    licence: str
    page: str
    file_name: str
    table_name: str
    file_sha256: str
    vintage: str | None
    row_count: int
    kept_count: int
    communes: tuple[str, ...] = ()
    is_generated: bool = False
    issues: tuple[Issue, ...] = ()
    import_order: int = 0
    """A later import has a larger one; see `Workspace.next_order`."""
    bounds_m: Bounds | None = None
    """West, south, east, north of the kept rows in EPSG:2154; None without geometry."""
    table_sha256: str = ""
    """Of the stored rows; `Workspace.add` fills it."""


def default_root() -> Path:
    """Return the user's data folder for Jalon, or the folder the environment names."""
    if named := os.environ.get(WORKSPACE_VARIABLE):
        return Path(named)
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "jalon"


@dataclass(frozen=True, slots=True)
class Workspace:
    """The imported tables under `root`: one Parquet and one record (JSON) a source.

    The record is written last: a table without its record does not exist.
    """

    root: Path

    def add(self, record: SourceRecord, table: pd.DataFrame) -> None:
        """Keep `table` under `record`, replacing an earlier import of the same source.

        Both files are written in full before either takes its place.
        """
        folder = self.root / record.layer_id
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix=".") as staging:
            rows, story = Path(staging) / "rows", Path(staging) / "story"
            _write_parquet(table, rows)
            fields = asdict(replace(record, table_sha256=file_sha256(rows)))
            story.write_text(
                json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True), "utf-8"
            )
            rows.replace(folder / f"{record.source_id}.parquet")
            story.replace(folder / f"{record.source_id}.json")

    def remove(self, record: SourceRecord) -> None:
        """Forget the source of `record`."""
        folder = self.root / record.layer_id
        (folder / f"{record.source_id}.json").unlink(missing_ok=True)
        (folder / f"{record.source_id}.parquet").unlink(missing_ok=True)

    def sources(self, layer_id: str | None = None) -> tuple[SourceRecord, ...]:
        """Return the records of `layer_id`, or of every layer, each layer in import order."""
        paths = sorted(self.root.glob(f"{layer_id or '*'}/*.json"))
        records = [_read_record(path) for path in paths]
        return tuple(sorted(records, key=lambda r: (r.layer_id, r.import_order, r.source_id)))

    def next_order(self) -> int:
        """Return the `import_order` that puts a source after all those already here."""
        return 1 + max((record.import_order for record in self.sources()), default=0)

    def table(
        self,
        record: SourceRecord,
        *,
        communes: Iterable[str] | None = None,
        bounds_m: Bounds | None = None,
    ) -> pd.DataFrame:
        """Return the rows kept of `record`, with a column `source_id`.

        `communes` (column `commune`) and `bounds_m` (EPSG:2154; rows without a shape stay)
        choose rows while the file is read, so that a part costs what the part weighs.
        """
        path = self.root / record.layer_id / f"{record.source_id}.parquet"
        return _read_parquet(path, communes, bounds_m).assign(source_id=record.source_id)

    def layer(
        self,
        layer_id: str,
        *,
        communes: Iterable[str] | None = None,
        bounds_m: Bounds | None = None,
    ) -> pd.DataFrame | None:
        """Return the rows of `layer_id`, latest import last; None when never imported.

        `communes` and `bounds_m` choose rows as `table` does.
        """
        tables = [
            self.table(record, communes=communes, bounds_m=bounds_m)
            for record in self.sources(layer_id)
        ]
        if not tables:
            return None
        return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)

    def boxes(self, record: SourceRecord, column: str) -> pd.DataFrame:
        """Return the box of each row of `record` (west_m, south_m, east_m, north_m) and `column`.

        Nothing is drawn for it: only the boxes kept beside the shapes are read.
        """
        path = self.root / record.layer_id / f"{record.source_id}.parquet"
        if BOX_COLUMN not in pq.read_schema(path).names:
            raise InputError(
                f"« {record.file_name} » a été importé par une version antérieure de Jalon.",
                f"Réimportez-le : jalon import {record.file_name}",
            )
        read = pq.read_table(path, columns=[column, BOX_COLUMN]).flatten()
        names = [f"{BOX_COLUMN}.{side}" for side in ("xmin", "ymin", "xmax", "ymax")]
        table = read.select([column, *names]).to_pandas()
        return table.set_axis([column, "west_m", "south_m", "east_m", "north_m"], axis=1)

    def fingerprint(self) -> str:
        """Return a hash that changes when any imported table, or their order, changes."""
        parts = [f"{r.layer_id}/{r.source_id}/{r.table_sha256}" for r in self.sources()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def source_id(file_digest: str, table_name: str) -> str:
    """Return the id of a table of a file: a readable name and a piece of the hash of both."""
    name = re.sub(r"[^a-z0-9]+", "-", table_name.casefold()).strip("-")[:40] or "table"
    both = hashlib.sha256(f"{file_digest}/{table_name}".encode()).hexdigest()
    return f"{name}-{both[:10]}"


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write `table` in groups of rows small enough for a part of it to be read alone.

    Shapes are written neighbour by neighbour (Hilbert's curve), so that few groups hold what
    lies near a commune; a table that names its communes already is in such an order.
    """
    if not isinstance(table, gpd.GeoDataFrame):
        table.to_parquet(path, compression="zstd", index=False, row_group_size=ROW_GROUP_SIZE)
        return
    if "commune" not in table:
        table = table.assign(**{ORDER_COLUMN: np.arange(len(table))}).iloc[_by_place(table)]
    table.to_parquet(
        path,
        compression="zstd",
        index=False,
        write_covering_bbox=True,
        row_group_size=ROW_GROUP_SIZE,
    )


def _by_place(table: gpd.GeoDataFrame) -> npt.NDArray[np.intp]:
    """Return the order of the rows along Hilbert's curve, those without a shape first."""
    is_drawn = ~(table.geometry.isna() | table.geometry.is_empty).to_numpy(dtype=bool)
    place = np.full(len(table), -1, dtype=np.int64)
    if is_drawn.any():
        place[is_drawn] = table.geometry[is_drawn].hilbert_distance().to_numpy()
    return np.argsort(place, kind="stable")


def _read_parquet(
    path: Path, communes: Iterable[str] | None, bounds_m: Bounds | None
) -> pd.DataFrame:
    """Return the chosen rows at `path`.

    A table without shapes has no `geo` metadata to be read by, and no bounds to choose by.
    """
    schema = pq.read_schema(path)
    chosen = [] if communes is None else [pc.field("commune").isin(sorted(communes))]
    if bounds_m is not None and BOX_COLUMN in schema.names:
        chosen.append(_meets(bounds_m))
    filters = functools.reduce(operator.and_, chosen) if chosen else None
    if b"geo" in (schema.metadata or {}):
        table = gpd.read_parquet(path, filters=filters)
        if ORDER_COLUMN in table:
            table = table.sort_values(ORDER_COLUMN, ignore_index=True).drop(columns=ORDER_COLUMN)
        return table.set_crs(WORKING, allow_override=True)
    return pd.read_parquet(path, filters=filters)


def _meets(bounds_m: Bounds) -> pc.Expression:
    """Return the filter of the rows whose box meets `bounds_m`, or that have none."""
    west_m, south_m, east_m, north_m = bounds_m
    side = {name: pc.field(BOX_COLUMN, name) for name in ("xmin", "ymin", "xmax", "ymax")}
    meets = (side["xmin"] <= east_m) & (side["xmax"] >= west_m)
    meets &= (side["ymin"] <= north_m) & (side["ymax"] >= south_m)
    return meets | side["xmin"].is_null()


def _read_record(path: Path) -> SourceRecord:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        issues = tuple(
            Issue(i["rule_id"], Action(i["action"]), i["message_fr"], tuple(i["rows"]))
            for i in fields.pop("issues")
        )
        bounds_m = _bounds_m(fields.pop("bounds_m", None))
        record = SourceRecord(**fields)
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"Fiche de source illisible dans l'espace de travail : {path.name}.",
            "Supprimez ce fichier puis réimportez la donnée.",
        ) from error
    return replace(record, communes=tuple(record.communes), issues=issues, bounds_m=bounds_m)


def _bounds_m(listed: list[float] | None) -> Bounds | None:
    if listed is None:
        return None
    west_m, south_m, east_m, north_m = listed
    return west_m, south_m, east_m, north_m
