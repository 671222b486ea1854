from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.errors import InputError
from jalon.checking import Standard, check_file, standard_called
from jalon.cli import main

HEADER = (
    "site_id,site_nom,site_type,site_identif_date,site_actu_date,comm_nom,comm_insee,"
    "urba_zaer,source_nom,geompoint"
)
SOUND = (
    "63148_1,Sucrerie,friche industrielle,2024-01-01,2024-02-01,Ennezat,63148,"
    "inconnu,DDT 63,POINT (3.22 45.89)"
)


def written(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_sound_file_of_friches_has_no_fault(tmp_path: Path) -> None:
    (table,) = check_file(written(tmp_path / "f.csv", SOUND), Standard.FRICHES)
    assert (table.row_count, table.fault_count) == (1, 0)


def test_every_fault_is_told_with_its_row(tmp_path: Path) -> None:
    wrong = SOUND.replace("2024-01-01", "01/01/2024").replace("friche industrielle", "usine")
    (table,) = check_file(written(tmp_path / "f.csv", SOUND, wrong), Standard.FRICHES)
    faults = table.found[table.found["is_fault"]]
    assert faults[["row", "field"]].to_numpy().tolist() == [
        [2, "site_id"],
        [2, "site_type"],
        [2, "site_identif_date"],
    ]


def test_the_report_of_a_check_names_the_site_and_the_cell(tmp_path: Path) -> None:
    wrong = SOUND.replace("63148_1", "63148_2").replace("2024-02-01", "hier")
    (table,) = check_file(written(tmp_path / "f.csv", SOUND, wrong), Standard.FRICHES)
    line = table.report[table.report["action"].eq("faute")].iloc[0]
    assert (line["row"], line["source_key"], line["values_json"]) == (2, "63148_2", "hier")


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet"])
def test_a_map_file_is_checked_by_its_attributes_and_shape(tmp_path: Path, suffix: str) -> None:
    cells = dict(zip(HEADER.split(","), SOUND.split(","), strict=False))
    del cells["geompoint"]
    frame = gpd.GeoDataFrame([cells], geometry=[shapely.Point(3.22, 45.89)], crs=4326)
    path = tmp_path / f"friches.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    (table,) = check_file(path, Standard.FRICHES)
    assert table.fault_count == 0


def test_a_file_of_no_table_of_the_standard_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autre.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="n'a aucune table de la norme") as refusal:
        check_file(path, Standard.FRICHES)
    assert "site_id, site_nom" in refusal.value.hint


def test_an_unknown_standard_is_refused_with_those_known() -> None:
    with pytest.raises(InputError, match="--norme irve") as refusal:
        standard_called("irve")
    assert refusal.value.hint == "Normes connues : friches, sites-economiques."


def test_faults_end_the_command_with_code_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "f.csv", SOUND.replace("2024-01-01", "hier"))
    with pytest.raises(SystemExit) as end:
        main(["check", str(path), "--norme", "friches"])
    assert end.value.code == 3
    told = capsys.readouterr()
    assert "faute [site_identif_date]" in told.out
    assert "1 faute(s) à la norme « friches »" in told.err


@pytest.mark.reference
def test_the_official_example_of_friches_has_no_fault(reference_dir: Path) -> None:
    path = reference_dir / "data" / "land" / "friches" / "cnig_schema" / "fichier-valide.csv"
    (table,) = check_file(path, Standard.FRICHES)
    assert table.fault_count == 0
    assert table.found["field"].tolist() == ["geompoint"]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("folder", "remarks"),
    [
        ("pole-eco", []),
        (
            "site-eco",
            ["site_vocadomi", "site_etat", "site_evol_urba", "site_moa_type", "site_geomsurf"],
        ),
        ("terrain-eco", ["terr_geomsurf"]),
        ("etablissement", ["geocodage_qualite"]),
    ],
)
def test_the_official_examples_of_sites_break_only_what_no_schema_enforces(
    reference_dir: Path, folder: str, remarks: list[str]
) -> None:
    path = reference_dir / "data" / "land" / "zae" / folder / "exemple-valide.csv"
    (table,) = check_file(path, Standard.SITES_ECONOMIQUES)
    assert table.fault_count == 0
    assert table.found["field"].tolist() == remarks


@pytest.mark.reference
def test_the_csv_of_2024_breaks_the_standard_in_eight_fields(reference_dir: Path) -> None:
    path = reference_dir / "data" / "land" / "friches" / "friches_standard_test.csv.gz"
    (table,) = check_file(path, Standard.FRICHES)
    counts = table.found[table.found["is_fault"]].groupby("field").size().to_dict()
    assert counts == {
        "bati_type": 2,
        "proprio_type": 2,
        "site_actu_date": 2_594,
        "site_identif_date": 2_594,
        "site_type": 53,
        "site_url": 1,
        "unite_fonciere_refcad": 33,
        "urba_zaer": 1,
    }


@pytest.mark.reference
def test_the_empty_template_of_sites_is_whole(reference_dir: Path) -> None:
    path = reference_dir / "data" / "land" / "zae" / "sites_economiques.gpkg"
    tables = check_file(path, Standard.SITES_ECONOMIQUES)
    assert len(tables) == 4
    assert sum(table.fault_count for table in tables) == 0
