"""What several rooms of tests share: real files, tiny files, a file's way in."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import settings

from data.containers import unpacked
from data.read import RawTable, ReadOptions, list_tables, read_table
from data.territories import read_communes
from layers.base import Context, Normalised
from layers.normalise import normalise
from layers.registry import layer

settings.register_profile("house", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("house")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def reference_dir() -> Path:
    """The folder `shared` beside the repository."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        absence = "Les fichiers réels (dossier « shared » voisin du dépôt) sont absents."
        if os.environ.get("CI") == "true":
            pytest.fail(absence)
        pytest.skip(absence)
    return folder


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file became: the rows as read, the layer's table, the rows each issue names."""

    raw: RawTable
    normalised: Normalised

    @property
    def table(self) -> pd.DataFrame:
        return self.normalised.table

    def rows(self, rule_id: str) -> tuple[int, ...]:
        return next(i.rows for i in self.normalised.issues if i.rule_id == rule_id)


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], None]], str]]:
    """Start a server on this machine that answers GET with a function; return its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *_: object) -> None:
                """Keep the output of the tests quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def import_file() -> Callable[..., Imported]:
    """Read the table called `name` of a file, or the first one recognised."""

    def run(
        path: Path,
        name: str | None = None,
        *,
        options: ReadOptions | None = None,
        communes: gpd.GeoDataFrame | None = None,
    ) -> Imported:
        with unpacked(path) as opened:
            tables = (table for file in opened for table in list_tables(file))
            chosen = next(t for t in tables if (t.name == name if name else t.dataset))
            raw = read_table(chosen, options or ReadOptions())
        context = Context(raw.dataset.dataset_id, communes, raw.name)
        return Imported(raw, normalise(raw, layer(raw.dataset.layer), context))

    return run


@pytest.fixture(scope="session")
def known_communes() -> gpd.GeoDataFrame:
    """The communes shipped for both regions."""
    return pd.concat([read_communes("44"), read_communes("84")], ignore_index=True)


@pytest.fixture
def write_geojson(tmp_path: Path) -> Callable[..., Path]:
    """Write features (properties, geometry) as a GeoJSON file and return its path."""

    def write(
        features: Sequence[tuple[Mapping[str, object], Mapping[str, object] | None]],
        *,
        name: str = "zones.geojson",
        encoding: str = "utf-8",
    ) -> Path:
        listed = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
        text = json.dumps({"type": "FeatureCollection", "features": listed}, ensure_ascii=False)
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write
