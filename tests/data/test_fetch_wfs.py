"""Real official files served by a real MapServer, with a limit of 500 features an answer."""

import os
import subprocess
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import pytest

from data.downloads import Address, Format, Granularity, Kind
from data.fetch import Door
from data.paging import Box, Collected, collect
from data.services import Features, page_url, save
from data.transfer_state import Manners
from data.workspace import Workspace
from geo.errors import MissingDataError
from jalon.importing import import_file

pytestmark = pytest.mark.reference

MAPSERV = Path("/usr/lib/cgi-bin/mapserv")
LIMIT = 500
ENNEZAT = Box(712_000, 6_529_000, 721_000, 6_537_000)
PARCEL_COUNT = 2243
ZONE_COUNT = 221

MAPFILE = """
MAP
  NAME "jalon"
  EXTENT 100000 6000000 1300000 7200000
  PROJECTION "init=epsg:2154" END
  WEB METADATA
    "wfs_onlineresource" "http://127.0.0.1/"
    "wfs_srs" "EPSG:2154"
    "wfs_enable_request" "*"
    "wfs_maxfeatures" "{limit}"
    "wfs_getfeature_formatlist" "geojson"
  END END
  OUTPUTFORMAT
    NAME "geojson"
    DRIVER "OGR/GEOJSON"
    MIMETYPE "application/json"
    FORMATOPTION "STORAGE=memory"
    FORMATOPTION "FORM=simple"
    FORMATOPTION "LCO:RFC7946=NO"
  END
  {layers}
END
"""
LAYER = """
  LAYER
    NAME "{name}"
    TYPE POLYGON
    STATUS ON
    CONNECTIONTYPE OGR
    CONNECTION "{path}"
    DATA "{table}"
    PROJECTION "init=epsg:2154" END
    METADATA
      "wfs_title" "{name}"
      "gml_include_items" "all"
    END
  END
"""


@pytest.fixture(scope="module")
def wfs(
    serve: Callable[[Callable[[BaseHTTPRequestHandler], None]], str],
    reference_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The address of MapServer over the parcels of Ennezat and a PLUi."""
    if not MAPSERV.exists():
        absence = "MapServer (paquet cgi-mapserver) est absent."
        if os.environ.get("CI") == "true":
            pytest.fail(absence)
        pytest.skip(absence)
    land = reference_dir / "data" / "land"
    tables = (
        ("parcelle", land / "commune_63148_ennezat" / "ennezat_63148.gpkg", "PARCELLE_region"),
        ("zone", land / "plu" / "241800432_PLUi_20200128.gpkg", "241800432_ZONE_URBA_20200128"),
    )
    layers_text = "".join(LAYER.format(name=n, path=p, table=t) for n, p, t in tables)
    folder = tmp_path_factory.mktemp("mapserver")
    (folder / "jalon.map").write_text(MAPFILE.format(limit=LIMIT, layers=layers_text), "utf-8")
    (folder / "mapserver.conf").write_text("CONFIG\nENV\nEND\nMAPS\nEND\nEND\n", "utf-8")
    return serve(lambda handler: answer_by_cgi(handler, folder))


def answer_by_cgi(handler: BaseHTTPRequestHandler, folder: Path) -> None:
    """Run MapServer for one request, as a web server would (RFC 3875)."""
    environment = {
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": urlsplit(handler.path).query,
        "MS_MAPFILE": str(folder / "jalon.map"),
        "MAPSERVER_CONFIG_FILE": str(folder / "mapserver.conf"),
    }
    done = subprocess.run(  # noqa: S603  a fixed program, its query in the environment
        [str(MAPSERV)], env=environment, capture_output=True, check=False, timeout=60
    )
    head, _, body = done.stdout.replace(b"\r\n", b"\n", 8).partition(b"\n\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    handler.send_response(int(headers.pop("Status", "200").split()[0]))
    handler.send_header("Content-Type", headers.get("Content-Type", ""))
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def address(url: str, type_name: str, *, can_page: bool = True, sort_by: str = "") -> Address:
    return Address(
        address_id=type_name,
        dataset_id="cadastre_pci_parcelles",
        layer="parcels",
        title="Parcelles",
        kind=Kind.WFS,
        granularity=Granularity.AREA,
        url=url,
        file_name="parcelles.geojson",
        format=Format.GEOJSON,
        licence="Licence Ouverte 2.0",
        page="https://exemple.fr",
        is_verified=True,
        type_name=type_name,
        page_size=LIMIT,
        can_page=can_page,
        sort_by=sort_by,
    )


def collected(asked: Address, box: Box = ENNEZAT) -> Collected:
    door = Door(Manners(host_interval_s=0.0))
    return collect(Features(asked, asked.url, door.page), box)


@pytest.fixture(scope="module")
def published(reference_dir: Path) -> gpd.GeoDataFrame:
    path = reference_dir / "data" / "land" / "commune_63148_ennezat" / "ennezat_63148.gpkg"
    return gpd.read_file(path, layer="PARCELLE_region")


def as_frame(found: Collected, folder: Path) -> gpd.GeoDataFrame:
    path = folder / "recu.geojson"
    path.write_text("".join(found.geojson()), "utf-8")
    return gpd.read_file(path)


@pytest.mark.parametrize("sort_by", ["", "IDU"])
def test_all_parcels_arrive_by_pages(
    wfs: str, published: gpd.GeoDataFrame, tmp_path: Path, sort_by: str
) -> None:
    found = collected(address(wfs, "parcelle", sort_by=sort_by))
    frame = as_frame(found, tmp_path)
    assert len(frame) == PARCEL_COUNT
    assert set(frame["IDU"]) == set(published["IDU"])
    assert frame.crs == published.crs
    assert found.page_count == 6  # four of 500, one of 243, one empty


def test_all_parcels_arrive_by_quarters_of_the_extent(
    wfs: str, published: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    frame = as_frame(collected(address(wfs, "parcelle", can_page=False)), tmp_path)
    assert len(frame) == PARCEL_COUNT
    assert set(frame["IDU"]) == set(published["IDU"])
    assert frame.area.sum() == pytest.approx(published.area.sum(), abs=1.0)


def test_this_server_announces_its_limit_as_the_number_of_features(wfs: str) -> None:
    page = Features(address(wfs, "parcelle"), wfs, Door().page).page(ENNEZAT, 0)
    assert page.matched_count == LIMIT


def test_zones_of_a_plan_arrive_in_one_page(wfs: str, tmp_path: Path) -> None:
    france = Box(100_000, 6_000_000, 1_300_000, 7_200_000)
    frame = as_frame(collected(address(wfs, "zone"), france), tmp_path)
    assert len(frame) == ZONE_COUNT
    assert {"LIBELLE", "TYPEZONE"} <= set(frame.columns)


def test_extent_where_nothing_is_gives_nothing(wfs: str) -> None:
    assert collected(address(wfs, "parcelle"), Box(0, 0, 10, 10)).feature_count == 0


def test_refusal_is_told_in_the_words_of_the_server(wfs: str) -> None:
    with pytest.raises(MissingDataError, match="TYPENAME 'absente' doesn't exist"):
        collected(address(wfs, "absente"))


def test_parcels_received_are_imported_as_parcels(
    wfs: str, known_communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    asked = address(wfs, "parcelle")
    path = tmp_path / "parcelles.geojson"
    note = save(collected(asked), asked, url=page_url(asked, wfs, ENNEZAT), path=path)
    assert (note.feature_count, note.page_count) == (PARCEL_COUNT, 6)
    (table,) = import_file(Workspace(tmp_path / "espace"), path, communes=known_communes)
    assert table.record is not None
    assert table.record.dataset_id == "cadastre_pci_parcelles"
    assert (table.record.row_count, table.record.kept_count) == (PARCEL_COUNT, PARCEL_COUNT)
    assert table.record.communes == ("63148",)
