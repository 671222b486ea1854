import csv
import io
import json
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from jalon.export import SITE_FIELDS, csv_fr, french, geojson, plain, write_outputs
from jalon.html_map import shortlist_page
from jalon.land import judge
from jalon.model import LIMITS_FR, LandParameters
from jalon.provenance import provenance
from jalon.testing import business_park

SITES = judge(business_park(), LandParameters()).shortlist
SOURCE = provenance("Essai", parameters={}, seed=1, regions=["44"], records=())


def test_geojson_follows_rfc_7946() -> None:
    collection = json.loads(geojson(SITES, SITE_FIELDS, SOURCE))
    assert "crs" not in collection
    for feature in collection["features"]:
        ring = shapely.geometry.shape(feature["geometry"]).exterior
        assert ring.is_ccw
        assert all(round(x, 7) == x and -180 <= x <= 180 for x, _ in ring.coords)


def test_geojson_opens_in_gdal_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    path.write_bytes(geojson(SITES, SITE_FIELDS, SOURCE))
    frame = pyogrio.read_dataframe(path)
    assert frame["identifiant"].tolist() == SITES["site_id"].tolist()
    assert frame.crs.to_epsg() == 4326


def test_geojson_keeps_the_place_to_a_centimetre(tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    path.write_bytes(geojson(SITES, SITE_FIELDS, SOURCE))
    back = gpd.read_file(path).to_crs(2154)
    assert back.geometry.hausdorff_distance(SITES.geometry).max() < 0.02


def test_every_feature_carries_its_reasons_and_rules() -> None:
    collection = json.loads(geojson(SITES, SITE_FIELDS, SOURCE))
    for feature in collection["features"]:
        assert feature["properties"]["raisons"]
        assert len(feature["properties"]["raisons"]) == len(feature["properties"]["regles"])


def test_export_carries_scenario_code_sources_and_limits() -> None:
    told = json.loads(geojson(SITES, SITE_FIELDS, SOURCE))["jalon"]
    assert len(told["scenario_sha256"]) == len(told["code_sha256"]) == 64
    assert told["sources"][0]["licence"].startswith("Licence Ouverte")
    assert told["avertissement"] == LIMITS_FR


def test_missing_is_null_never_nan_nor_zero() -> None:
    collection = geojson(SITES.assign(road_m=float("nan")), SITE_FIELDS, SOURCE)
    assert b"NaN" not in collection
    assert json.loads(collection)["features"][0]["properties"]["distance_route_m"] is None


def test_csv_is_what_a_french_spreadsheet_expects() -> None:
    text = csv_fr(SITES, SITE_FIELDS, SOURCE)
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
    assert rows[0]["surface_ha"] == "1,0"
    assert rows[0]["genere"] == "non"
    assert "ne vaut ni certificat d'urbanisme" in rows[0]["provenance"]


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)", "\tx"])
def test_formula_in_a_cell_stays_text(name: str) -> None:
    text = csv_fr(SITES.assign(friche_name=name), SITE_FIELDS, SOURCE).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert rows[0]["friche"] == f"'{name}"


def test_html_page_fetches_nothing_and_escapes_names() -> None:
    named = SITES.assign(site_id="<img src=x onerror=alert(1)>")
    page = shortlist_page(named, SOURCE).decode()
    assert "<img src=x" not in page
    assert 'src="http' not in page
    assert 'href="http' not in page.replace('href="https://leafletjs.com', "")


def test_html_page_is_the_same_twice_and_says_where_it_comes_from() -> None:
    page = shortlist_page(SITES, SOURCE)
    assert page == shortlist_page(SITES, SOURCE)
    assert SOURCE.scenario_sha256[:12].encode() in page
    assert "Licence Ouverte" in page.decode()


@given(st.floats(allow_infinity=False) | st.none() | st.integers() | st.text())
def test_plain_value_always_goes_through_json(value: object) -> None:
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == plain(value)


def test_french_table_has_the_french_names_in_order() -> None:
    assert list(french(SITES, SITE_FIELDS).columns) == list(SITE_FIELDS.values())


def test_outputs_are_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_outputs({"a.json": b"{}", "b.csv": b"x"}, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.json", "b.csv"]
