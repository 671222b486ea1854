import json
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.catalogue import GeometryKind
from data.containers import unpacked
from data.read import RawTable, ReadOptions, TableReference, list_tables, read_table
from geo.errors import CrsError, InputError

WriteGeojson = Callable[..., Path]

ZONE = {"libelle": "UXé", "typezone": "U"}
SQUARE = shapely.box(5.0, 45.0, 5.1, 45.1)
SQUARE_WGS84 = json.loads(shapely.to_geojson(SQUARE))
ISLANDS_WGS84 = json.loads(shapely.to_geojson(shapely.MultiPolygon([SQUARE])))

FRICHES = "site_id;site_nom;site_statut;comm_insee;geompoint"


def tables_of(path: Path) -> list[TableReference]:
    with unpacked(path) as opened:
        return [reference for file in opened for reference in list_tables(file)]


def read(path: Path, options: ReadOptions | None = None) -> RawTable:
    with unpacked(path) as opened:
        (reference,) = [table for file in opened for table in list_tables(file)]
        return read_table(reference, options or ReadOptions())


def friches_csv(folder: Path, *lines: str, header: str = FRICHES) -> Path:
    path = folder / "friches.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def shapefile(folder: Path) -> Path:
    zones = gpd.GeoDataFrame([ZONE], geometry=[SQUARE], crs=4326).to_crs(2154)
    zones.to_file(folder / "zones.shp")
    return folder / "zones.shp"


def test_a_geojson_is_recognised_and_moved_to_lambert_93(write_geojson: WriteGeojson) -> None:
    raw = read(write_geojson([(ZONE, SQUARE_WGS84)]))
    assert raw.dataset.dataset_id == "gpu_zone_urba"
    assert raw.frame.crs.to_epsg() == 2154
    assert raw.frame[["row", "label", "zone_type"]].to_numpy().tolist() == [[1, "UXé", "U"]]


def test_a_geojson_that_mixes_polygons_and_multipolygons_is_read(
    write_geojson: WriteGeojson,
) -> None:
    raw = read(write_geojson([(ZONE, SQUARE_WGS84), (ZONE, ISLANDS_WGS84)]))
    assert len(raw.frame) == 2


def test_a_latin_1_geojson_keeps_its_accents(write_geojson: WriteGeojson) -> None:
    raw = read(write_geojson([(ZONE, SQUARE_WGS84)], encoding="cp1252"))
    assert raw.frame["label"].tolist() == ["UXé"]
    assert [issue.rule_id for issue in raw.issues] == ["LEC-ENCODAGE"]


def test_metres_in_a_geojson_without_crs_are_refused(write_geojson: WriteGeojson) -> None:
    metres = json.loads(shapely.to_geojson(shapely.box(843_000, 6_520_000, 843_100, 6_520_100)))
    with pytest.raises(CrsError, match="en mètres"):
        read(write_geojson([(ZONE, metres)]))


def test_metres_in_a_geojson_are_read_when_the_user_says_so(write_geojson: WriteGeojson) -> None:
    metres = json.loads(shapely.to_geojson(shapely.box(843_000, 6_520_000, 843_100, 6_520_100)))
    raw = read(write_geojson([(ZONE, metres)]), ReadOptions(crs="EPSG:2154"))
    assert raw.frame.area.tolist() == [10_000]


def test_a_json_that_is_no_geojson_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text('{"nom": "essai"}')
    with pytest.raises(InputError, match=r"« package\.json » ne se lit pas comme GeoJSON") as error:
        tables_of(path)
    assert "FeatureCollection" in error.value.hint


def test_a_geojson_broken_in_the_middle_is_refused(write_geojson: WriteGeojson) -> None:
    path = write_geojson([(ZONE, SQUARE_WGS84)])
    path.write_text(path.read_text().replace('"coordinates": [[[', '"coordinates": [[[,'))
    with pytest.raises(InputError, match="ne se lit pas comme GeoJSON"):
        tables_of(path)


def test_an_unclosed_ring_is_read_as_no_shape_without_a_warning(
    write_geojson: WriteGeojson,
) -> None:
    unclosed = {"type": "Polygon", "coordinates": [[[5, 45], [5.1, 45], [5.1, 45.1], [5, 45.2]]]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        raw = read(write_geojson([(ZONE, SQUARE_WGS84), (ZONE, unclosed)]))
    assert raw.frame.geometry.isna().tolist() == [False, True]


def test_a_shapefile_is_read_in_its_own_system(tmp_path: Path) -> None:
    assert read(shapefile(tmp_path)).frame.crs.to_epsg() == 2154


def test_a_shapefile_without_prj_is_refused_naming_the_missing_file(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsError, match=r"« zones » n'a pas de système .*\.prj absent") as caught:
        read(path)
    assert "--crs EPSG:2154" in caught.value.hint


def test_a_damaged_geopackage_is_refused(tmp_path: Path) -> None:
    gpd.GeoDataFrame([ZONE], geometry=[SQUARE], crs=4326).to_file(tmp_path / "plu.gpkg")
    content = bytearray((tmp_path / "plu.gpkg").read_bytes())
    content[200:] = bytes(len(content) - 200)
    (tmp_path / "plu.gpkg").write_bytes(bytes(content))
    with pytest.raises(InputError, match=r"« plu\.gpkg » ne se lit pas comme GeoPackage"):
        tables_of(tmp_path / "plu.gpkg")


def test_a_geopackage_lists_every_table_in_order(tmp_path: Path) -> None:
    zones = gpd.GeoDataFrame([ZONE], geometry=[SQUARE], crs=4326)
    for name in ("b", "a"):
        zones.to_file(tmp_path / "plu.gpkg", layer=name)
    assert [table.name for table in tables_of(tmp_path / "plu.gpkg")] == ["b", "a"]


def test_a_geoparquet_is_described_without_reading_its_rows(tmp_path: Path) -> None:
    zones = gpd.GeoDataFrame([ZONE], geometry=[SQUARE], crs=4326).rename_geometry("geom")
    zones.to_parquet(tmp_path / "plu.parquet")
    (table,) = tables_of(tmp_path / "plu.parquet")
    assert table.kind is GeometryKind.POLYGON
    assert read(tmp_path / "plu.parquet").frame.geometry.name == "geometry"


def test_a_damaged_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plu.parquet").write_bytes(b"PAR1" + b"x" * 40 + b"PAR1")
    with pytest.raises(InputError, match="ne se lit pas comme Parquet"):
        tables_of(tmp_path / "plu.parquet")


def test_a_plain_parquet_has_no_shapes(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    assert [table.kind for table in tables_of(tmp_path / "a.parquet")] == [GeometryKind.NONE]


def test_a_csv_with_points_is_placed(tmp_path: Path) -> None:
    raw = read(friches_csv(tmp_path, "01004_1;Abattoir;inconnu;01004;Point (5.36 45.96)"))
    assert raw.frame.crs.to_epsg() == 2154
    assert raw.frame["commune"].tolist() == ["01004"]


@pytest.mark.parametrize("separator", [",", "\t", "|"])
def test_the_separator_of_a_csv_is_guessed(tmp_path: Path, separator: str) -> None:
    line = separator.join(["01004_1", "Abattoir", "inconnu", "01004", "Point (5.36 45.96)"])
    header = FRICHES.replace(";", separator)
    assert read(friches_csv(tmp_path, line, header=header)).frame["site_id"].tolist() == ["01004_1"]


def test_the_text_na_of_a_csv_is_missing(tmp_path: Path) -> None:
    raw = read(friches_csv(tmp_path, "01004_1;NA;inconnu;;Point (5.36 45.96)"))
    assert raw.frame[["name", "commune"]].isna().all(axis=None)


def test_a_ragged_csv_is_refused_naming_every_row(tmp_path: Path) -> None:
    path = friches_csv(tmp_path, "a;b;c;d;e;f", "a;b;c;d;e", "a;b")
    with pytest.raises(InputError, match=r"« friches\.csv »") as caught:
        read(path)
    assert "ligne 1 : 6 colonne(s) au lieu de 5" in caught.value.message
    assert "ligne 3 : 2 colonne(s) au lieu de 5" in caught.value.message


def test_only_the_first_ragged_rows_are_listed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"et 3 autre\(s\)"):
        read(friches_csv(tmp_path, *["a;b"] * 8))


def test_the_points_of_a_csv_may_be_swapped_too(tmp_path: Path) -> None:
    path = friches_csv(tmp_path, "01004_1;Abattoir;inconnu;01004;POINT(45.96 5.36)")
    with pytest.raises(InputError, match="longitude et latitude sont inversées"):
        read(path)


def test_a_table_nobody_knows_is_refused_when_read(tmp_path: Path) -> None:
    path = friches_csv(tmp_path, "1;2", header="a;b")
    with pytest.raises(InputError, match="n'est pas reconnu") as caught:
        read(path)
    assert "jalon layers" in caught.value.hint


def test_a_column_called_row_does_not_hide_the_row_numbers(write_geojson: WriteGeojson) -> None:
    raw = read(write_geojson([({**ZONE, "ROW": 99}, SQUARE_WGS84)]))
    assert raw.frame["row"].tolist() == [1]


def test_a_csv_cell_without_end_is_refused_naming_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.read.MAX_CELL_CHARS", 1000)
    unclosed = '"' + "a" * 1001
    path = friches_csv(tmp_path, "1;Usine;inconnu;01004;", "", f"2;{unclosed};inconnu;01004;")
    with pytest.raises(
        InputError, match=r"la ligne 2 a une cellule de plus de 1 000 car"
    ) as caught:
        read(path)
    assert "guillemet" in caught.value.hint


def test_a_csv_header_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.read.MAX_CELL_CHARS", 1000)
    path = friches_csv(tmp_path, header='"' + "a" * 1001)
    with pytest.raises(InputError, match="l'en-tête a une cellule"):
        tables_of(path)


def test_of_two_columns_with_one_name_each_row_keeps_the_first_value_given(
    write_geojson: WriteGeojson,
) -> None:
    approved = {**ZONE, "datvalid": None, "datappro": "2014-06-03"}
    revised = {**ZONE, "datvalid": "2020-01-01", "datappro": "2014-06-03"}
    raw = read(write_geojson([(approved, SQUARE_WGS84), (revised, SQUARE_WGS84)]))
    assert raw.frame["approved_on"].astype(str).str[:10].tolist() == ["2014-06-03", "2020-01-01"]


def test_an_empty_text_is_no_value_given(write_geojson: WriteGeojson) -> None:
    zone = {**ZONE, "datvalid": "", "datappro": "20140603"}
    raw = read(write_geojson([(zone, SQUARE_WGS84)]))
    assert raw.frame["approved_on"].tolist() == ["20140603"]


def test_the_first_of_two_columns_with_one_name_wins(write_geojson: WriteGeojson) -> None:
    dated = {**ZONE, "datappro": "2014-06-03", "datvalid": "2020-01-01"}
    raw = read(write_geojson([(dated, SQUARE_WGS84)]))
    assert raw.frame["approved_on"].astype(str).tolist() == ["2014-06-03"]
