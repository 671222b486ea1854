import json
import zipfile
from pathlib import Path

import pytest

from data.workspace import Workspace
from geo.errors import InputError
from jalon.importing import examine, import_file
from jalon.tables import land_tables

SQUARE = [[[4.85, 45.75], [4.86, 45.75], [4.86, 45.76], [4.85, 45.76], [4.85, 45.75]]]


def cadastre(path: Path, commune: str = "69123") -> Path:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": SQUARE},
        "properties": {
            "id": f"{commune}000AB0001",
            "commune": commune,
            "prefixe": "000",
            "section": "AB",
            "numero": "1",
            "contenance": 862000,
            "updated": "2024-05-02",
        },
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    return path


def test_file_is_recognised_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    import_file(workspace, cadastre(tmp_path / "n'importe quoi.dat"))
    (record,) = workspace.sources("parcels")
    assert record.dataset_id == "cadastre_etalab_parcelles"
    assert record.vintage == "2024-05-02"
    assert record.communes == ("69123",)


def test_importing_twice_keeps_one_source(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    for _ in range(2):
        import_file(workspace, cadastre(tmp_path / "parcelles.json"))
    assert len(workspace.sources()) == 1


def test_check_stores_nothing(tmp_path: Path) -> None:
    found = list(examine(cadastre(tmp_path / "parcelles.json")))
    assert found[0][0].record is not None
    assert [path.name for path in tmp_path.iterdir()] == ["parcelles.json"]


def test_file_without_any_known_table_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("a;b\n1;2\n", "utf-8")
    with pytest.raises(InputError, match="ne contient aucune table que Jalon reconnaisse"):
        import_file(Workspace(tmp_path / "ws"), path)


def test_generated_land_is_credited_to_jalon_not_to_the_cadastre(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    import_file(workspace, cadastre(tmp_path / "parcelles.json", commune="00001"))
    (record,) = workspace.sources()
    assert record.is_generated
    assert record.producer == "Jalon, territoire généré"


def test_only_the_parcels_asked_for_are_read(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    import_file(workspace, cadastre(tmp_path / "a.json", commune="69123"))
    import_file(workspace, cadastre(tmp_path / "b.json", commune="69266"))
    assert land_tables(workspace, frozenset(["69266"])).parcels["commune"].tolist() == ["69266"]


def test_newer_state_of_a_file_replaces_the_older_one(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    path = cadastre(tmp_path / "parcelles.json")
    import_file(workspace, path)
    path.write_text(path.read_text("utf-8").replace("862000", "862001"), "utf-8")
    (table,) = import_file(workspace, path)
    assert len(table.replaced) == 1
    parcels = land_tables(workspace, frozenset(["69123"])).parcels
    assert parcels["official_area_m2"].tolist() == [862001.0]


def test_file_of_another_commune_replaces_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    for commune in ("69123", "69266"):
        import_file(workspace, cadastre(tmp_path / "parcelles.json", commune=commune))
    assert len(workspace.sources("parcels")) == 2


def test_commune_is_judged_on_its_latest_cadastre_only(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    import_file(workspace, cadastre(tmp_path / "2025.json"))
    older = cadastre(tmp_path / "2023.json")
    older.write_text(
        older.read_text("utf-8").replace("2024-05-02", "2023-01-01").replace("AB0001", "AB0009"),
        "utf-8",
    )
    import_file(workspace, older)
    parcels = land_tables(workspace, frozenset(["69123"])).parcels
    assert parcels["parcel_id"].tolist() == ["69123000AB0001"]


def test_two_files_of_the_same_name_in_one_archive_are_both_kept(tmp_path: Path) -> None:
    first = cadastre(tmp_path / "a.json", commune="69123").read_bytes()
    second = cadastre(tmp_path / "b.json", commune="69266").read_bytes()
    path = tmp_path / "deux.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/parcelles.json", first)
        archive.writestr("b/parcelles.json", second)
    workspace = Workspace(tmp_path / "ws")
    import_file(workspace, path)
    assert {one.communes for one in workspace.sources()} == {("69123",), ("69266",)}


def test_result_names_only_the_sources_it_rests_on(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    for commune in ("69123", "69266"):
        import_file(workspace, cadastre(tmp_path / f"{commune}.json", commune=commune))
    sources = land_tables(workspace, frozenset(["69123"])).sources
    assert [one.file_name for one in sources] == ["69123.json"]
