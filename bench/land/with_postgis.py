"""The job as PostGIS does it: a throw-away cluster on a unix socket, GiST indexes, plain SQL."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bench.land.job import (
    COVERS,
    ECONOMIC_LABELS,
    HOLDS_SHARE,
    NOMENCLATURE,
    RISKS,
    ROAD_REACH_M,
    TEXTS,
    VERIFIED_FRICHES,
    tables_of,
    write_answers,
)

SQL_DIR: Final = Path(__file__).with_name("sql")
ROLE: Final = "postgres"
POLL_S: Final = 0.1
VERSIONS: Final = """
SELECT concat('PostgreSQL ', current_setting('server_version'),
  ', PostGIS ', postgis_lib_version(), ', GEOS ', postgis_geos_version())
"""
COLUMNS: Final = {
    "parcels": ("parcel_id",),
    "zoning": ("zone_id", "label"),
    "risks": ("regulation",),
    "buildings": (),
    "land_cover": ("cover", "use"),
    "crops": (),
    "zae": ("name",),
    "friches": ("site_id", "status"),
    "roads": (),
}
"""What each layer carries into the database beside its shape."""

SETTINGS: Final = {
    "listen_addresses": "",
    "shared_buffers": "2GB",
    "work_mem": "128MB",
    "maintenance_work_mem": "512MB",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "2",
    "max_parallel_maintenance_workers": "2",
    "parallel_setup_cost": "0",
    "min_parallel_table_scan_size": "0",
    "random_page_cost": "1.1",
    "effective_cache_size": "8GB",
    "jit": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
}


def create_cluster(folder: Path) -> None:
    """Leave an empty cluster with PostGIS in `folder`, whatever was there before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if _other_user():
        shutil.chown(folder, ROLE)
    start = [_binary("initdb"), "--auth=trust", f"--username={ROLE}", "--encoding=UTF8"]
    _quiet([*start, "--locale=C.UTF-8", "--no-sync", f"--pgdata={folder}"])
    single = [_binary("postgres"), "--single", "-c", "log_min_messages=fatal"]
    _quiet([*single, "-D", str(folder), ROLE], "CREATE EXTENSION postgis;\n")


def postgis_measures(workspace: Path, out: Path) -> Iterator[str]:
    """Write the answers of PostGIS to `out`; yield the name of each stage once it is done.

    The cluster stands beside `out` and must be empty: see `create_cluster`.
    """
    folder = out.with_name("pg")
    with _server(folder):
        yield "start"
        _run(folder, "tables.sql")
        for layer_id, columns in COLUMNS.items():
            for path in tables_of(workspace, layer_id):
                _copy(folder, layer_id, _with_hex_shapes(path, columns))
        _copy(folder, "nomenclature", pq.read_table(workspace / NOMENCLATURE))
        yield "load"
        _run(folder, "index.sql")
        yield "index"
        _run(folder, "measures.sql", "roads.sql")
        yield "measures"
        write_answers(_answers(folder).to_pandas(), out)
        yield "write"


def version(folder: Path) -> str:
    """Return what the PostGIS of `folder` says of itself."""
    with _server(folder):
        done = subprocess.run(  # noqa: S603 - our own command
            [*_psql(folder), "-tAc", VERSIONS],
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout.strip()


def _other_user() -> str | None:
    """Return the user the server runs as: it refuses to run as root."""
    return ROLE if os.geteuid() == 0 else None


def _binary(name: str) -> str:
    found = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)  # noqa: S607 - the one on the path
    return str(Path(found.stdout.strip()) / name)


def _quiet(command: list[str], told: str = "") -> None:
    subprocess.run(  # noqa: S603 - our own command
        command, input=told, text=True, check=True, user=_other_user(), stdout=subprocess.DEVNULL
    )


@contextmanager
def _server(folder: Path) -> Iterator[None]:
    """Run the server as a child of this process, so that its seconds are counted with ours."""
    settings = {**SETTINGS, "unix_socket_directories": str(folder)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "server.log").open("ab") as log:
        running = subprocess.Popen(  # noqa: S603 - our own command
            [_binary("postgres"), "-D", str(folder), *options],
            user=_other_user(),
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_ready(folder, running)
        yield
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()


def _wait_ready(folder: Path, running: subprocess.Popen[bytes]) -> None:
    ready = [_binary("pg_isready"), "-q", "-h", str(folder)]
    while subprocess.run(ready, check=False).returncode:  # noqa: S603 - our own command
        if running.poll() is not None:
            raise subprocess.CalledProcessError(running.returncode, running.args)
        time.sleep(POLL_S)


def _psql(folder: Path) -> list[str]:
    return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", ROLE, "-h", str(folder), ROLE]


def _scripted(folder: Path, script: str) -> list[str]:
    """Return the command that runs one of our scripts, the figures of the job filled in."""
    variables = {
        "economic_labels": _listed(ECONOMIC_LABELS),
        "verified_friches": _listed(VERIFIED_FRICHES),
        "holds_share": str(HOLDS_SHARE),
        "road_reach_m": str(ROAD_REACH_M),
        **RISKS,
        **COVERS,
    }
    given = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
    return [*_psql(folder), *given, "-f", str(SQL_DIR / script)]


def _run(folder: Path, *scripts: str) -> None:
    """Run the scripts side by side, to the end of all of them."""
    running = [subprocess.Popen(_scripted(folder, script)) for script in scripts]  # noqa: S603
    for one in running:
        _require_success(one)


def _listed(texts: tuple[str, ...]) -> str:
    return ", ".join(f"'{text}'" for text in texts)


def _with_hex_shapes(path: Path, columns: tuple[str, ...]) -> pa.Table:
    """Return `columns` and the shapes as hexadecimal WKB, which COPY reads as they are."""
    read = pq.read_table(path, columns=[*columns, "geometry"])
    shapes = [wkb.hex() for wkb in read["geometry"].to_pylist()]
    return read.select(columns).append_column("geometry", pa.array(shapes))


def _copy(folder: Path, table: str, rows: pa.Table) -> None:
    """Fill `table` with `rows`, written and read at the same time."""
    command = [*_psql(folder), "-c", f"COPY {table} FROM STDIN (FORMAT csv)"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as copying:  # noqa: S603 - our own command
        pa_csv.write_csv(rows, copying.stdin, pa_csv.WriteOptions(include_header=False))
    _require_success(copying)


def _answers(folder: Path) -> pa.Table:
    types = {"parcel_id": pa.string(), "road_m": pa.float64()} | dict.fromkeys(TEXTS, pa.string())
    options = pa_csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    command = _scripted(folder, "answers.sql")
    with subprocess.Popen(command, stdout=subprocess.PIPE) as told:  # noqa: S603 - our own command
        answers = pa_csv.read_csv(told.stdout, convert_options=options)
    _require_success(told)
    return answers


def _require_success(ended: subprocess.Popen[bytes]) -> None:
    if ended.wait():
        raise subprocess.CalledProcessError(ended.returncode, ended.args)
