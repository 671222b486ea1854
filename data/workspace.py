"""The workspace: a folder of imported tables, each with the record of where it comes from."""

import hashlib
import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from data.digests import file_sha256
from data.issues import Action, Issue
from geo.crs import WORKING
from geo.errors import InputError

WORKSPACE_VARIABLE = "JALON_WORKSPACE"


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
    bounds_m: tuple[float, float, float, float] | None = None
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
            table.to_parquet(rows, compression="zstd", index=False)
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

    def table(self, record: SourceRecord) -> pd.DataFrame:
        """Return the rows kept of `record`, with a column `source_id`."""
        path = self.root / record.layer_id / f"{record.source_id}.parquet"
        return _read_parquet(path).assign(source_id=record.source_id)

    def layer(self, layer_id: str) -> pd.DataFrame | None:
        """Return all rows of `layer_id`, latest import last; None when never imported."""
        tables = [self.table(record) for record in self.sources(layer_id)]
        if not tables:
            return None
        return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)

    def fingerprint(self) -> str:
        """Return a hash that changes when any imported table, or their order, changes."""
        parts = [f"{r.layer_id}/{r.source_id}/{r.table_sha256}" for r in self.sources()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def source_id(file_digest: str, table_name: str) -> str:
    """Return the id of a table of a file: a readable name and a piece of the hash of both."""
    name = re.sub(r"[^a-z0-9]+", "-", table_name.casefold()).strip("-")[:40] or "table"
    both = hashlib.sha256(f"{file_digest}/{table_name}".encode()).hexdigest()
    return f"{name}-{both[:10]}"


def _read_parquet(path: Path) -> pd.DataFrame:
    """Return the rows at `path`; a table without shapes has no `geo` metadata to be read by."""
    table: pd.DataFrame
    if b"geo" in (pq.read_schema(path).metadata or {}):
        table = gpd.read_parquet(path).set_crs(WORKING, allow_override=True)
    else:
        table = pd.read_parquet(path)
    return table


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


def _bounds_m(listed: list[float] | None) -> tuple[float, float, float, float] | None:
    if listed is None:
        return None
    west_m, south_m, east_m, north_m = listed
    return west_m, south_m, east_m, north_m
