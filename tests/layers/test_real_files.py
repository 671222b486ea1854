"""Published files, read whole: the counts are those of an independent reading."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from data.read import ReadOptions
from geo.errors import InputError
from layers.risks import Hazard, Regulation

ImportFile = Callable[..., Any]
Imported = Any

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def parcels(
    reference_dir: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile
) -> Imported:
    """The parcels of Ennezat, in the export that forgets the département."""
    path = reference_dir / "data" / "land" / "commune_63148_ennezat" / "ennezat_63148.gpkg"
    return import_file(path, "PARCELLE_region", communes=known_communes)


@pytest.fixture(scope="module")
def sites_of_2024(reference_dir: Path, import_file: ImportFile) -> Imported:
    folder = reference_dir / "data" / "land" / "friches"
    return import_file(folder / "cartofriches_2024-02_points.parquet")


@pytest.fixture
def land(reference_dir: Path) -> Path:
    return reference_dir / "data" / "land"


@pytest.fixture
def ennezat(land: Path) -> Path:
    return land / "commune_63148_ennezat" / "ennezat_63148.gpkg"


def test_parcels_of_ennezat_get_their_departement_from_the_map(parcels: Imported) -> None:
    assert len(parcels.table) == 2_243
    assert set(parcels.table["commune"]) == {"63148"}
    assert len(parcels.rows("PAR-DEP")) == 2_243
    assert parcels.rows("PAR-CONTENANCE") == (73, 182)
    assert parcels.table.area.sum() / 10_000 == pytest.approx(1_762.7, abs=0.1)


def test_a_parcel_of_ennezat_read_by_hand(parcels: Imported) -> None:
    parcel = parcels.table.set_index("parcel_id").loc["63148000AA0099"]
    assert (parcel["section"], parcel["number"]) == ("AA", "0099")
    assert parcel["official_area_m2"] == 318


def test_both_cadastres_of_ennezat_name_parcels_alike(
    ennezat: Path, parcels: Imported, import_file: ImportFile
) -> None:
    ign = import_file(ennezat, "BD_parcelle_2016").table
    assert len(ign) == 2_207
    assert len(set(parcels.table["parcel_id"]) & set(ign["parcel_id"])) > 2_000


def test_two_buildings_of_ennezat_are_drawn_twice(ennezat: Path, import_file: ImportFile) -> None:
    buildings = import_file(ennezat, "BATI_region")
    assert len(buildings.raw.frame) == 2_301
    assert buildings.rows("CLE-DOUBLE") == (588, 1_578)
    assert len(buildings.table) == 2_299


def test_the_zones_of_ennezat_are_read_in_both_formats(
    ennezat: Path, import_file: ImportFile
) -> None:
    zones = import_file(ennezat, "ZONE_U_PLUi").table
    again = import_file(ennezat.with_name("PLU_Zone_U.geojson")).table
    assert len(zones) == 16
    assert set(zones["zone_type"]) == {"U"}
    assert again["zone_id"].tolist() == zones["zone_id"].tolist()


def test_the_flood_plan_of_ennezat_has_no_regulation(
    ennezat: Path, import_file: ImportFile
) -> None:
    plan = import_file(ennezat, "CONTRAINTES_PPRN")
    assert plan.table["regulation"].tolist() == [Regulation.UNKNOWN]
    assert plan.table["hazard"].tolist() == [Hazard.FLOOD]
    assert plan.rows("TXT-MOJIBAKE") == (1,)


@pytest.mark.parametrize(
    ("name", "regulation"),
    [
        ("SEVESO_TRES_FORT", Regulation.FORBIDDEN),
        ("SEVESO_FORT", Regulation.FORBIDDEN),
        ("SEVESO_MOYEN_AUTORISATION", Regulation.CONDITIONAL),
    ],
)
def test_each_seveso_ring_of_ennezat_says_its_rule(
    ennezat: Path, name: str, regulation: Regulation, import_file: ImportFile
) -> None:
    assert import_file(ennezat, name).table["regulation"].tolist() == [regulation]


def test_the_farm_blocks_of_ennezat_are_read(ennezat: Path, import_file: ImportFile) -> None:
    assert len(import_file(ennezat, "RPG_ENNEZAT").table) == 345


def test_the_cadastre_of_epinay_is_read(land: Path, import_file: ImportFile) -> None:
    parcels = import_file(land / "cadastre" / "cadastre-91216-parcelles.json.gz")
    assert len(parcels.table) == 4_241
    assert parcels.rows("PAR-CONTENANCE") == (208,)
    assert parcels.table["official_area_m2"].isna().sum() == 1


def test_gennes_is_read_without_a_column_of_ids(land: Path, import_file: ImportFile) -> None:
    path = land / "commune_25267_gennes" / "gennes_25267.gpkg"
    parcels = import_file(path, "parcel").table
    assert parcels["commune"].value_counts().to_dict() == {"25267": 828, "25395": 23}
    zones = import_file(path, "zoning")
    assert (len(zones.table), zones.rows("GEO-VIDE")) == (25, (20,))


def test_an_invalid_zone_of_the_cher_is_repaired(land: Path, import_file: ImportFile) -> None:
    zones = import_file(
        land / "plu" / "241800432_PLUi_20200128.gpkg", "241800432_ZONE_URBA_20200128"
    )
    assert zones.rows("GEO-INVALIDE") == (199,)
    assert zones.rows("CLE-DOUBLE") == (198,)
    assert len(zones.table) == 220


def test_older_types_and_broken_accents_of_the_loir_et_cher_are_put_right(
    land: Path, import_file: ImportFile
) -> None:
    zones = import_file(land / "plu" / "41175_PLU_20140603.gpkg", "ZONE_URBA")
    counts = zones.table["zone_type"].value_counts().to_dict()
    assert counts == {"A": 49, "N": 37, "U": 24, "AUc": 6, "AUs": 2}
    assert len(zones.rows("TXT-MOJIBAKE")) == 89
    assert "Zone urbanisée dédiée aux jardins" in set(zones.table["long_label"])


def test_a_gml_of_the_morbihan_is_read(land: Path, import_file: ImportFile) -> None:
    assert len(import_file(land / "plu" / "56_ZONE_URBA.gml").table) == 66


def test_cartofriches_of_2024_keeps_potential_sites_apart(sites_of_2024: Imported) -> None:
    assert sites_of_2024.table["status"].value_counts().to_dict() == {
        "friche potentielle": 12_787,
        "friche sans projet": 7_294,
        "friche avec projet": 3_370,
        "friche reconvertie": 156,
    }
    assert len(sites_of_2024.rows("LEC-HORS-FRANCE")) == 92


def test_a_site_of_cartofriches_read_by_hand(sites_of_2024: Imported) -> None:
    site = sites_of_2024.table.set_index("site_id").loc["85092_20775"]
    assert (site["status"], site["commune"]) == ("friche avec projet", "85092")
    assert site["updated_on"] == "2021-05-10"
    assert len(site["parcel_ids"].split("|")) == 37


def test_sites_of_2023_without_an_id_are_set_aside(land: Path, import_file: ImportFile) -> None:
    sites = import_file(land / "friches" / "cartofriches_2023-10_points_grandest_ara.parquet")
    assert sites.rows("CLE-ABSENTE") == (2573, 5023, 5038, 5049)
    assert len(sites.table) == 5_046


def test_the_ardennes_are_read_from_their_csv(land: Path, import_file: ImportFile) -> None:
    sites = import_file(land / "friches" / "ardennes08_data.csv").table
    assert len(sites) == 164
    site = sites.set_index("site_id").loc["08008_01"]
    assert site["declared_area_m2"] == 97_540
    where = gpd.GeoSeries([shapely.Point(4.483852, 49.524312)], crs=4326).to_crs(2154).iloc[0]
    assert site["geometry"].distance(where) < 0.01


def test_a_csv_with_lost_zeros_and_french_dates_is_read(
    land: Path, import_file: ImportFile
) -> None:
    sites = import_file(land / "friches" / "friches_standard_test.csv.gz")
    assert len(sites.table) == 2_594
    assert len(sites.rows("COM-ZERO")) == 181
    site = sites.table.set_index("site_id").loc["03013_18177"]
    assert (site["commune"], site["updated_on"]) == ("03013", "2022-10-10")
    assert site["parcel_ids"] == "03013000AD0688|03013000AD0690|03013000AD0691"


def test_the_example_of_the_friches_standard_has_its_axes_swapped(
    land: Path, import_file: ImportFile
) -> None:
    path = land / "friches" / "cnig_schema" / "fichier-valide.csv"
    with pytest.raises(InputError, match="longitude et latitude sont inversées"):
        import_file(path)
    assert len(import_file(path, options=ReadOptions(is_lat_lon=True)).table) == 1


def test_the_flood_plan_of_isere_counts_its_zones_by_rule(
    land: Path, import_file: ImportFile
) -> None:
    zones = import_file(
        land / "risques" / "pprn_38DDT20170001.gpkg", "N_ZONE_REG_PPRN_20170001_S_038"
    ).table
    assert zones["regulation"].value_counts().to_dict() == {
        Regulation.FORBIDDEN: 386,
        Regulation.CONDITIONAL: 222,
        Regulation.HAZARD_ONLY: 62,
    }
    assert set(zones["hazard"]) == {Hazard.FLOOD, Hazard.GROUND, Hazard.OTHER}


def test_the_technological_plan_of_domene_is_read(land: Path, import_file: ImportFile) -> None:
    zones = import_file(
        land / "risques" / "pprt_69dreal20090005.gpkg",
        "pprt_69dreal20090005_zonereglementaireurba_s",
    ).table
    grey = zones[zones["code"] == "G"]
    assert len(zones) == 25
    assert set(grey["regulation"]) == {Regulation.FORBIDDEN}


def test_the_yearly_flows_add_up_to_the_total_of_their_file(
    land: Path, import_file: ImportFile
) -> None:
    flows = import_file(land / "enaf" / "data_scot_rives_du_rhone.csv")
    totals = flows.raw.frame.set_index("commune")["naf09art24"].astype(float)
    sums = flows.table.groupby("commune")["flow_m2"].sum()
    assert len(flows.table) == 152 * 15
    assert (sums - totals).abs().max() == 0
    assert sums["38544"] == 615_000


def test_the_roads_of_bischoffsheim_are_those_a_car_may_take(
    reference_dir: Path, import_file: ImportFile
) -> None:
    roads = import_file(reference_dir / "data" / "roads" / "bischoffsheim_67.osm").table
    assert len(roads) == 153
    assert roads["length_m"].sum() == pytest.approx(25_055, abs=1)


def test_charging_points_of_2024_are_gathered_by_station(
    reference_dir: Path, import_file: ImportFile
) -> None:
    path = reference_dir / "data" / "stations" / "irve" / "irve_statique_202407_ge_ara.parquet"
    stations = import_file(path)
    assert len(stations.table) == 5_978
    assert stations.table["point_count"].sum() == 13_743
    assert len(stations.rows("LEC-HORS-FRANCE")) == 47


def test_a_producer_that_swapped_its_axes_is_read_on_demand(
    reference_dir: Path, import_file: ImportFile
) -> None:
    folder = reference_dir / "data" / "stations" / "irve-brut-producteur"
    path = folder / "irve-mobivesdeer17-20230403.csv"
    with pytest.raises(InputError, match="inversées sur 167 ligne"):
        import_file(path)
    stations = import_file(path, options=ReadOptions(is_lat_lon=True))
    assert stations.table["point_count"].sum() == 140
    assert len(stations.rows("IRVE-DOUBLE")) == 27
    assert len(stations.rows("IRVE-PUISSANCE")) == 167


def test_a_geopackage_cut_in_half_is_refused(
    ennezat: Path, tmp_path: Path, import_file: ImportFile
) -> None:
    content = ennezat.read_bytes()
    (tmp_path / "moitie.gpkg").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"« moitie\.gpkg » est incomplet"):
        import_file(tmp_path / "moitie.gpkg", "RPG_ENNEZAT")
