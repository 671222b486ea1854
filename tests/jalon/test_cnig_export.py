import io
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from jalon.checking import Standard, check_file
from jalon.cnig_export import cnig_outputs, friches_cnig, standard_csv, terrains_cnig

DATED_ON = "2026-01-31"

SITES = gpd.GeoDataFrame(
    {
        "site_id": ["63148000AA0002", "63148000AA0001", "2A004000AB0001", "63148_9"],
        "commune": ["63148", "63148", "2A004", "63148"],
        "parcel_ids": [
            ("63148000AA0002", "63148000AA0003"),
            ("63148000AA0001",),
            ("2A004000AB0001",),
            (),
        ],
        "area_ha": [1.23456, 1.0, 1.0, None],
        "friche_status": [None, "friche sans projet", "friche potentielle", "friche sans projet"],
    },
    geometry=[
        shapely.box(717_000, 6_532_000, 717_100, 6_532_100),
        shapely.box(717_200, 6_532_000, 717_300, 6_532_100),
        shapely.box(717_400, 6_532_000, 717_500, 6_532_100),
        shapely.Point(717_600, 6_532_000),
    ],
    crs=2154,
)

FRICHES = gpd.GeoDataFrame(
    {
        "site_id": ["63148_1", "63148_2", "63148_3"],
        "name": ["Sucrerie", None, "Sans lieu"],
        "kind": ["friche industrielle", None, None],
        "status": ["friche sans projet", "inconnu", "inconnu"],
        "commune": ["63148", "63148", "63148"],
        "commune_name": ["Ennezat", None, None],
        "updated_on": ["2024-02-13", "1971", None],
        "parcel_ids": ["63148000AA0001|63148000AA0002", None, None],
        "declared_area_m2": [16_750.4, None, None],
    },
    geometry=[
        shapely.box(717_000, 6_532_000, 717_100, 6_532_100),
        shapely.Point(717_600, 6_532_000),
        None,
    ],
    crs=2154,
)

COMMUNES = gpd.GeoDataFrame({"insee": ["63148"], "nom": ["Ennezat"]}, geometry=[None], crs=2154)


def terrains() -> pd.DataFrame:
    return terrains_cnig(SITES, dated_on=DATED_ON)


def test_what_is_exported_passes_the_check(tmp_path: Path) -> None:
    for name, content in cnig_outputs(SITES, FRICHES, COMMUNES, dated_on=DATED_ON).items():
        (tmp_path / name).write_bytes(content)
    (plots,) = check_file(tmp_path / "terrain-eco.csv", Standard.SITES_ECONOMIQUES)
    (friches,) = check_file(tmp_path / "friches.csv", Standard.FRICHES)
    assert plots.found.empty
    assert friches.found.empty
    assert (plots.row_count, friches.row_count) == (3, 2)


def test_plots_are_numbered_within_their_commune_in_the_order_of_their_ids() -> None:
    assert terrains().set_index("terr_refcad")["terr_id"].dropna().to_dict() == {
        "63148000AA0001": "63148_TERRAIN-ECO_00001",
        "63148000AA0002|63148000AA0003": "63148_TERRAIN-ECO_00002",
        pd.NA: "2A004_TERRAIN-ECO_00001",
    }


def test_a_plot_of_a_verified_friche_is_said_to_be_one_and_the_others_unknown() -> None:
    occupancy = terrains().set_index("terr_id")["terr_etat_occup"]
    assert occupancy["63148_TERRAIN-ECO_00001"] == "friche"
    assert occupancy["2A004_TERRAIN-ECO_00001"] == "inconnu"


def test_areas_of_plots_are_hectares_to_the_square_metre() -> None:
    assert "1.2346" in set(terrains()["terr_surf_brute"])


@pytest.fixture
def friches() -> pd.DataFrame:
    return friches_cnig(FRICHES, dated_on=DATED_ON, names={"63148": "Ennezat"})


def test_a_friche_without_a_place_is_left_out(friches: pd.DataFrame) -> None:
    assert friches["site_id"].tolist() == ["63148_1", "63148_2"]


def test_what_is_required_and_not_known_is_said_unknown(friches: pd.DataFrame) -> None:
    assert friches["site_nom"].tolist() == ["Sucrerie", "inconnu"]
    assert friches["urba_zaer"].tolist() == ["inconnu", "inconnu"]
    assert friches["comm_nom"].tolist() == ["Ennezat", "Ennezat"]


def test_dates_are_whole_and_the_missing_ones_those_of_the_export(friches: pd.DataFrame) -> None:
    assert friches["site_actu_date"].tolist() == ["2024-02-13", "1971-01-01"]
    assert friches["site_identif_date"].tolist() == [DATED_ON, DATED_ON]


def test_the_outline_of_a_friche_is_written_beside_its_point(friches: pd.DataFrame) -> None:
    assert friches["geompoint"].str.startswith("POINT (3.2").all()
    assert friches["geomsurf"].notna().tolist() == [True, False]


def test_a_name_a_spreadsheet_would_run_stays_text() -> None:
    table = pd.DataFrame({"site_nom": ["=1+1", None]})
    assert pd.read_csv(io.BytesIO(standard_csv(table)), sep=";")["site_nom"].tolist()[0] == "'=1+1"


def test_without_friches_no_file_of_them_is_written() -> None:
    assert set(cnig_outputs(SITES, None, COMMUNES, dated_on=DATED_ON)) == {"terrain-eco.csv"}
