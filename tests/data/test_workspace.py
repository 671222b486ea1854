import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.issues import Action, Issue
from data.workspace import SourceRecord, Workspace, default_root, source_id
from geo.errors import InputError

RECORD = SourceRecord(
    source_id="zones-1",
    layer_id="zoning",
    dataset_id="gpu_zone_urba",
    title_fr="Zonage",
    producer="Riom Limagne et Volcans",
    licence="Licence Ouverte 2.0",
    page="https://www.geoportail-urbanisme.gouv.fr",
    file_name="zones.geojson",
    table_name="zones",
    file_sha256="00",
    vintage="2020-01-28",
    row_count=2,
    kept_count=1,
    communes=("63148",),
    issues=(Issue("GEO-VIDE", Action.SET_ASIDE, "Ligne sans géométrie.", (2,)),),
)


def zones(label: str = "UX") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"label": [label]}, geometry=[shapely.box(0, 0, 1, 1)], crs=2154)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "jalon")


def test_a_table_comes_back_with_its_source(workspace: Workspace) -> None:
    workspace.add(RECORD, zones())
    table = workspace.layer("zoning")
    assert isinstance(table, gpd.GeoDataFrame)
    assert table.crs.to_epsg() == 2154
    assert table["source_id"].tolist() == ["zones-1"]


def test_a_record_comes_back_as_it_was(workspace: Workspace) -> None:
    workspace.add(RECORD, zones())
    (record,) = workspace.sources()
    assert replace(record, table_sha256="") == RECORD


def test_a_table_without_shapes_comes_back_plain(workspace: Workspace) -> None:
    record = replace(RECORD, layer_id="enaf", source_id="conso-1")
    workspace.add(record, pd.DataFrame({"commune": ["63148"]}))
    table = workspace.layer("enaf")
    assert table is not None
    assert not isinstance(table, gpd.GeoDataFrame)


def test_a_layer_never_imported_is_none_and_not_empty(workspace: Workspace) -> None:
    assert workspace.layer("zoning") is None
    assert workspace.sources() == ()


def test_sources_of_a_layer_are_put_one_after_another(workspace: Workspace) -> None:
    workspace.add(replace(RECORD, source_id="b"), zones("UY"))
    workspace.add(replace(RECORD, source_id="a"), zones("UX"))
    table = workspace.layer("zoning")
    assert table is not None
    assert table["label"].tolist() == ["UX", "UY"]


def test_sources_of_a_layer_follow_the_order_of_their_imports(workspace: Workspace) -> None:
    workspace.add(replace(RECORD, source_id="a", import_order=2), zones("UY"))
    workspace.add(replace(RECORD, source_id="b", import_order=1), zones("UX"))
    workspace.add(replace(RECORD, source_id="c", import_order=10), zones("UZ"))
    table = workspace.layer("zoning")
    assert table is not None
    assert table["label"].tolist() == ["UX", "UY", "UZ"]


def test_sources_are_grouped_by_layer_whatever_their_order(workspace: Workspace) -> None:
    workspace.add(replace(RECORD, layer_id="zae", import_order=2), zones())
    workspace.add(replace(RECORD, layer_id="zoning", import_order=1), zones())
    assert [record.layer_id for record in workspace.sources()] == ["zae", "zoning"]


def test_the_fingerprint_follows_the_order_of_the_imports(workspace: Workspace) -> None:
    workspace.add(replace(RECORD, source_id="a", import_order=1), zones("UX"))
    workspace.add(replace(RECORD, source_id="b", import_order=2), zones("UY"))
    before = workspace.fingerprint()
    workspace.add(replace(RECORD, source_id="a", import_order=3), zones("UX"))
    assert workspace.fingerprint() != before


def test_the_next_order_comes_after_every_import(workspace: Workspace) -> None:
    assert workspace.next_order() == 1
    workspace.add(replace(RECORD, import_order=7), zones())
    workspace.add(replace(RECORD, layer_id="zae", import_order=3), zones())
    assert workspace.next_order() == 8


def test_the_extent_of_a_source_comes_back_as_it_was(workspace: Workspace) -> None:
    workspace.add(replace(RECORD, bounds_m=(0.0, 0.0, 1.0, 1.5)), zones())
    (record,) = workspace.sources()
    assert record.bounds_m == (0.0, 0.0, 1.0, 1.5)


def test_a_record_written_before_imports_had_an_order_is_read(workspace: Workspace) -> None:
    workspace.add(RECORD, zones())
    path = workspace.root / "zoning" / "zones-1.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    del fields["import_order"], fields["bounds_m"]
    path.write_text(json.dumps(fields), encoding="utf-8")
    (record,) = workspace.sources()
    assert (record.import_order, record.bounds_m) == (0, None)


def test_a_second_import_replaces_the_first(workspace: Workspace) -> None:
    workspace.add(RECORD, zones("UX"))
    workspace.add(RECORD, zones("UY"))
    table = workspace.layer("zoning")
    assert table is not None
    assert table["label"].tolist() == ["UY"]


def test_a_removed_source_is_forgotten(workspace: Workspace) -> None:
    workspace.add(RECORD, zones())
    workspace.remove(RECORD)
    assert workspace.sources() == ()
    assert list((workspace.root / "zoning").iterdir()) == []


@pytest.mark.parametrize("broken", ["to_parquet", "write_text"])
def test_an_interrupted_import_leaves_the_old_one_intact(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    workspace.add(RECORD, zones("UX"))
    before = workspace.fingerprint()

    def disk_full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    owner = gpd.GeoDataFrame if broken == "to_parquet" else Path
    monkeypatch.setattr(owner, broken, disk_full)
    with pytest.raises(OSError, match="No space left"):
        workspace.add(RECORD, zones("UY"))
    table = workspace.layer("zoning")
    assert table is not None
    assert table["label"].tolist() == ["UX"]
    assert workspace.fingerprint() == before


def test_an_interrupted_first_import_leaves_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", disk_full)
    with pytest.raises(OSError, match="No space left"):
        workspace.add(RECORD, zones())
    assert workspace.sources() == ()
    assert [path for path in workspace.root.rglob("*") if path.is_file()] == []


def test_the_fingerprint_follows_the_rows(workspace: Workspace) -> None:
    workspace.add(RECORD, zones("UX"))
    first = workspace.fingerprint()
    workspace.add(RECORD, zones("UY"))
    second = workspace.fingerprint()
    workspace.add(RECORD, zones("UX"))
    assert first != second
    assert workspace.fingerprint() == first


def test_an_unreadable_record_is_named_with_the_remedy(workspace: Workspace) -> None:
    workspace.add(RECORD, zones())
    (workspace.root / "zoning" / "zones-1.json").write_text("{")
    with pytest.raises(InputError, match=r"zones-1\.json") as caught:
        workspace.sources()
    assert "réimportez" in caught.value.hint


def test_two_tables_of_one_file_have_two_ids() -> None:
    long_name = "pprm_38ddt20180002_zonealeareference_de_type_31"
    assert source_id("00", f"{long_name}2_s") != source_id("00", f"{long_name}4_s")


def test_the_id_of_a_source_starts_with_its_name() -> None:
    assert source_id("00", "ZONE_URBA").startswith("zone-urba-")
    assert source_id("00", "«»").startswith("table-")


def test_the_environment_names_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JALON_WORKSPACE", str(tmp_path))
    assert default_root() == tmp_path
    monkeypatch.delenv("JALON_WORKSPACE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_root() == tmp_path / "jalon"


def test_rows_come_back_in_the_order_given_whatever_their_place(workspace: Workspace) -> None:
    shapes = [shapely.box(x, 6_600_000, x + 1, 6_600_001) for x in (900_000, 1_000, 500_000)]
    table = gpd.GeoDataFrame({"zone_id": ["c", "a", "b"]}, geometry=shapes, crs=2154)
    workspace.add(RECORD, table)
    back = workspace.table(RECORD)
    assert back["zone_id"].tolist() == ["c", "a", "b"]
    assert "stored_row" not in back


def test_rows_near_a_place_are_read_alone(workspace: Workspace) -> None:
    shapes = [shapely.box(x, 6_600_000, x + 1, 6_600_001) for x in (900_000, 1_000)]
    table = gpd.GeoDataFrame({"zone_id": ["far", "near"]}, geometry=shapes, crs=2154)
    workspace.add(RECORD, table)
    near = workspace.table(RECORD, bounds_m=(0, 6_599_000, 2_000, 6_601_000))
    assert near["zone_id"].tolist() == ["near"]


def test_a_row_without_a_shape_is_near_everything(workspace: Workspace) -> None:
    table = gpd.GeoDataFrame({"zone_id": ["nowhere"]}, geometry=[None], crs=2154)
    workspace.add(RECORD, table)
    assert len(workspace.table(RECORD, bounds_m=(0, 0, 1, 1))) == 1


def test_parcels_of_some_communes_are_read_alone(workspace: Workspace) -> None:
    shapes = [shapely.box(x, 0, x + 1, 1) for x in range(3)]
    communes = ["63001", "63148", "63148"]
    table = gpd.GeoDataFrame({"commune": communes}, geometry=shapes, crs=2154)
    workspace.add(RECORD, table)
    assert len(workspace.table(RECORD, communes=["63148"])) == 2


def test_the_boxes_of_rows_are_read_without_their_shapes(workspace: Workspace) -> None:
    table = gpd.GeoDataFrame({"commune": ["63001"]}, geometry=[shapely.box(1, 2, 3, 4)], crs=2154)
    workspace.add(RECORD, table)
    assert workspace.boxes(RECORD, "commune").to_dict("records") == [
        {"commune": "63001", "west_m": 1, "south_m": 2, "east_m": 3, "north_m": 4}
    ]
