"""Real files of constraints, ground and networks: counts and rows of an independent reading."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from data.containers import unpacked
from data.read import list_tables
from data.refusals import UNKNOWN_FR, refusal_fr
from layers.land_cover import COVER_PATTERN
from layers.risk_plans import PlanState
from layers.risks import Hazard, Regulation
from layers.roads import RoadClass

ImportFile = Callable[..., Any]

pytestmark = pytest.mark.reference

ENNEZAT = "commune_63148_ennezat/ennezat_63148.gpkg"
GENNES = "commune_25267_gennes/gennes_25267.gpkg"
GIRONDE = "ocsge/sybarval_ocsge_2015_2018.gpkg"
SAINT_DIDIER = "risques/pprm_38ddt20180002.gpkg"
DOMENE = "risques/pprt_69dreal20090005.gpkg"
PLAN_OF_2018 = "risques/pprn_38DDT20170001.gpkg"
PLAN_OF_2022 = "risques/pprn_38DDT20200002.gpkg"

READ = {
    (ENNEZAT, "PARCELLE_region"): ("parcels", 2_243),
    (ENNEZAT, "BATI_region"): ("buildings", 2_299),  # 2 of the 2 301 are drawn twice
    (ENNEZAT, "BD_parcelle_2016"): ("parcels", 2_207),
    (ENNEZAT, "ZONE_U_PLUi"): ("zoning", 16),
    (ENNEZAT, "CONTRAINTES_PPRN"): ("risks", 1),
    (ENNEZAT, "SEVESO_FORT"): ("risks", 1),
    (ENNEZAT, "SEVESO_MOYEN_AUTORISATION"): ("risks", 1),
    (ENNEZAT, "SEVESO_TRES_FORT"): ("risks", 1),
    (ENNEZAT, "RPG_ENNEZAT"): ("crops", 345),
    (ENNEZAT, "uf"): ("land_units", 1_680),
    (ENNEZAT, "BDTOPO_2015_batiindustriel"): ("buildings", 201),
    (ENNEZAT, "BDTOPO_2015_batiremarquable"): ("buildings", 3),
    (ENNEZAT, "BDTOPO_2015_surfaceactivite"): ("activity_areas", 14),
    (ENNEZAT, "BDTOPO_2015_tronconvoieferree"): ("railways", 10),
    (ENNEZAT, "BDTOPO_2015_routeprimaire"): ("roads", 77),
    (ENNEZAT, "BDTOPO_2015_routesecondaire"): ("roads", 669),  # 1 of the 670 is not drawn
    (GENNES, "parcel"): ("parcels", 851),
    (GENNES, "building"): ("buildings", 325),
    (GENNES, "zoning"): ("zoning", 25),  # 1 of the 26 has an empty outline
    (GIRONDE, "A_B_2015_2018"): ("land_cover", 3_970),
    (GIRONDE, "A_B_2018_2015"): ("land_cover", 1_296),
    (PLAN_OF_2018, "N_PERIMETRE_PPRN_20170001_S_038"): ("risk_perimeters", 1),
    (PLAN_OF_2018, "N_ZONE_ALEA_PPRN_20170001_S_038"): ("hazards", 592),
    (PLAN_OF_2018, "N_ZONE_REG_PPRN_20170001_S_038"): ("risks", 670),
    (PLAN_OF_2022, "N_PERIMETRE_PPRN_20200002_S_038"): ("risk_perimeters", 1),
    (PLAN_OF_2022, "N_ZONE_ALEA_PPRN_20200002_S_038"): ("hazards", 646),
    (PLAN_OF_2022, "N_ZONE_REG_PPRN_20200002_S_038"): ("risks", 584),
    (SAINT_DIDIER, "pprm_38ddt20180002_zonereglementaireurba_s"): ("risks", 380),
    (SAINT_DIDIER, "pprm_38ddt20180002_perimetre_s"): ("risk_perimeters", 1),
    (SAINT_DIDIER, "pprm_38ddt20180002_zonealeareference_33_s"): ("hazards", 59),
    (SAINT_DIDIER, "pprm_38ddt20180002_zonealeareference_314_s"): ("hazards", 41),
    (SAINT_DIDIER, "pprm_38ddt20180002_zonealeareference_312_s"): ("hazards", 120),
    (DOMENE, "pprt_69dreal20090005_zonereglementaireurba_s"): ("risks", 25),
    (DOMENE, "pprt_69dreal20090005_zonereglementairefoncier_s"): ("risks", 10),
    (DOMENE, "pprt_69dreal20090005_perimetre_s"): ("risk_perimeters", 1),
}

REFUSED = {
    (ENNEZAT, "COMMUNE_region"): "ADMIN EXPRESS",
    (ENNEZAT, "BD_parcellaire_bati_2016"): UNKNOWN_FR,
    (ENNEZAT, "CONTRAINTES_classement_sonore_63"): "classement sonore",
    (ENNEZAT, "AXE_ROUTIER_polyline"): "prenez la BD TOPO",
    (ENNEZAT, "RIVIERES_region"): "prenez la BD TOPO",
    (ENNEZAT, "BDTOPO_2015_surfaceeau"): "eaux de la BD TOPO",
    (ENNEZAT, "BDTOPO_2015_tronconcourseau"): "eaux de la BD TOPO",
    (GIRONDE, "Communes_SYBARVAL"): "ADMIN EXPRESS",
    (SAINT_DIDIER, "pprm_38ddt20180002_procedure"): "sans commune ni contour",
    (SAINT_DIDIER, "pprm_38ddt20180002_referenceinternet"): "pièces écrites",
    (DOMENE, "pprt_69dreal20090005_procedure"): "sans commune ni contour",
    (DOMENE, "pprt_69dreal20090005_referenceinternet"): "pièces écrites",
    ("enaf/merryspankers_conso.csv", "merryspankers_conso.csv"): "autre méthode",
    ("../roads/bdcarto_noeuds_aires.parquet", "bdcarto_noeuds_aires.parquet"): UNKNOWN_FR,
}


@pytest.fixture(scope="module")
def land(reference_dir: Path) -> Path:
    return reference_dir / "data" / "land"


@pytest.fixture(scope="module")
def read(
    land: Path, import_file: ImportFile, known_communes: gpd.GeoDataFrame
) -> Callable[..., Any]:
    """Import one table of one file of the land folder, once."""

    @cache
    def run(file: str, table: str | None = None) -> Any:  # noqa: ANN401 (as `import_file`)
        return import_file(land / file, table, communes=known_communes)

    return run


@pytest.mark.parametrize("file", sorted({file for file, _ in [*READ, *REFUSED]}))
def test_every_table_of_a_file_is_either_read_or_refused(land: Path, file: str) -> None:
    with unpacked(land / file) as opened:
        found = {table.name for each in opened for table in list_tables(each)}
    assert found == {table for name, table in [*READ, *REFUSED] if name == file}


@pytest.mark.parametrize(("place", "expected"), READ.items(), ids=lambda value: str(value[1]))
def test_a_table_becomes_a_layer(
    place: tuple[str, str], expected: tuple[str, int], read: ImportFile
) -> None:
    found = read(*place)
    assert (found.raw.dataset.layer, len(found.table)) == expected


@pytest.mark.parametrize(("place", "reason"), REFUSED.items(), ids=lambda value: str(value[1]))
def test_a_table_is_refused_with_a_reason(place: tuple[str, str], reason: str, land: Path) -> None:
    with unpacked(land / place[0]) as opened:
        tables = [table for each in opened for table in list_tables(each)]
        refused = next(table for table in tables if table.name == place[1])
        assert refused.dataset is None
        assert reason in refusal_fr(refused.columns)


def test_the_hazards_of_a_flood_plan_count_by_family_and_level(read: ImportFile) -> None:
    zones = read(PLAN_OF_2018, "N_ZONE_ALEA_PPRN_20170001_S_038").table
    assert zones["hazard"].value_counts().to_dict() == {
        Hazard.FLOOD: 304,
        Hazard.GROUND: 176,
        Hazard.OTHER: 112,  # «multirisques»
    }
    assert zones["level"].value_counts().to_dict() == {
        "moyen ou modéré": 250,
        "faible": 214,
        "fort": 128,
    }


def test_a_zone_of_hazard_read_by_hand(read: ImportFile) -> None:
    zones = read(PLAN_OF_2018, "N_ZONE_ALEA_PPRN_20170001_S_038").table
    zone = zones.set_index("hazard_id").loc["38DDT20170001-1270000-000412"]
    assert zone["label"] == "Mouvement de terrain - Tassements différentiels"
    assert (zone["hazard"], zone["level"]) == (Hazard.GROUND, "faible")
    assert zone["geometry"].area == pytest.approx(2_657_710, abs=1)


def test_the_hazards_above_old_mines_are_of_the_ground(read: ImportFile) -> None:
    zones = read(SAINT_DIDIER, "pprm_38ddt20180002_zonealeareference_312_s").table
    assert set(zones["hazard"]) == {Hazard.GROUND}
    assert zones["level"].value_counts().to_dict() == {
        "faible": 79,
        "moyen ou modéré": 40,
        "fort": 1,
    }
    assert zones.set_index("hazard_id").loc["38DDT20180002-312-000011", "level"] == "fort"


@pytest.mark.parametrize(
    ("file", "table", "approved_on", "area_ha", "hazard"),
    [
        (PLAN_OF_2018, "N_PERIMETRE_PPRN_20170001_S_038", "2018-04-09", 3_159.29, None),
        (SAINT_DIDIER, "pprm_38ddt20180002_perimetre_s", "2022-02-16", 319.50, Hazard.GROUND),
        (DOMENE, "pprt_69dreal20090005_perimetre_s", "2017-02-08", 41.42, Hazard.TECHNOLOGICAL),
    ],
)
def test_a_perimeter_says_that_a_plan_is_approved(
    read: ImportFile, file: str, table: str, approved_on: str, area_ha: float, hazard: Hazard | None
) -> None:
    (plan,) = read(file, table).table.itertuples()
    assert (plan.state, plan.approved_on) == (PlanState.APPROVED, approved_on)
    assert plan.geometry.area / 10_000 == pytest.approx(area_ha, abs=0.01)
    assert plan.hazard == hazard if hazard else pd.isna(plan.hazard)


def test_land_sectors_around_works_forbid_building(read: ImportFile) -> None:
    sectors = read(DOMENE, "pprt_69dreal20090005_zonereglementairefoncier_s").table
    assert set(sectors["regulation"]) == {Regulation.FORBIDDEN}
    assert set(sectors["hazard"]) == {Hazard.TECHNOLOGICAL}
    assert set(sectors["code"]) == {f"{kind}{n}" for kind in ("Ex", "De") for n in range(1, 6)}
    assert sectors.area.sum() == pytest.approx(16_433, abs=1)


def test_land_sectors_and_zones_of_a_plan_never_share_an_id(read: ImportFile) -> None:
    tables = ("zonereglementairefoncier_s", "zonereglementaireurba_s")
    ids = [set(read(DOMENE, f"pprt_69dreal20090005_{t}").table["zone_id"]) for t in tables]
    assert [len(each) for each in ids] == [10, 25]
    assert not ids[0] & ids[1]


def test_changes_of_land_cover_are_read_at_their_later_year(read: ImportFile) -> None:
    cover = read(GIRONDE, "A_B_2015_2018")
    assert cover.table["vintage"].unique().tolist() == ["2018"]
    assert cover.table["cover"].value_counts().to_dict() == {
        "CS1.1.1.1": 2_851,
        "CS1.1.1.2": 676,
        "CS1.1.2.1": 439,
        "CS1.1.2.2": 4,
    }
    assert cover.table["cover"].str.fullmatch(COVER_PATTERN).all()
    assert cover.rows("GEO-INVALIDE") == (1_152, 1_357)
    assert len(cover.rows("OCS-SURFACE")) == 44


def test_changes_without_a_later_code_are_told(read: ImportFile) -> None:
    cover = read(GIRONDE, "A_B_2018_2015")
    assert cover.rows("OCS-CODE") == (73, 74, 999, 1_000)
    assert cover.rows("GEO-INVALIDE") == (1_254,)
    assert len(cover.rows("OCS-SURFACE")) == 62


def test_industrial_buildings_say_what_they_are(read: ImportFile) -> None:
    buildings = read(ENNEZAT, "BDTOPO_2015_batiindustriel").table
    assert buildings["nature"].value_counts().to_dict() == {
        "Bâtiment industriel": 125,
        "Silo": 44,
        "Bâtiment agricole": 31,
        "Bâtiment commercial": 1,
    }
    assert buildings.area.sum() == pytest.approx(136_250, abs=1)
    silo = buildings["building_id"].str.startswith("BATIMENT0000000313233614#")
    assert buildings.loc[silo, "nature"].tolist() == ["Silo"]


def test_buildings_without_any_attribute_are_known_by_their_outline(read: ImportFile) -> None:
    buildings = read(GENNES, "building").table
    assert buildings[["kind", "nature", "use"]].isna().all(axis=None)
    assert buildings.area.sum() == pytest.approx(46_690, abs=1)


def test_three_areas_of_ennezat_are_economic(read: ImportFile) -> None:
    areas = read(ENNEZAT, "BDTOPO_2015_surfaceactivite").table
    economic = areas[areas["is_economic"] == "oui"]
    assert (economic.area / 10_000).round(2).tolist() == [30.60, 2.17, 0.01]
    assert areas["is_economic"].value_counts().to_dict() == {"non": 11, "oui": 3}


def test_land_units_of_ennezat_cover_its_parcels(read: ImportFile) -> None:
    units = read(ENNEZAT, "uf").table
    assert units.area.sum() / 10_000 == pytest.approx(1_763.59, abs=0.01)
    assert units["unit_id"].str.startswith("1#").sum() == 1


def test_the_roads_of_ennezat_have_a_class_and_the_undrawn_one_is_told(read: ImportFile) -> None:
    main = read(ENNEZAT, "BDTOPO_2015_routeprimaire").table
    assert set(main["road_class"]) == {RoadClass.MAIN}
    assert main["length_m"].sum() == pytest.approx(10_246, abs=1)
    others = read(ENNEZAT, "BDTOPO_2015_routesecondaire")
    assert others.rows("GEO-VIDE") == (75,)
    assert others.table["road_class"].value_counts().to_dict() == {
        RoadClass.LOCAL: 347 + 152,
        RoadClass.TRACK: 146,
        RoadClass.SECONDARY: 24,
    }
    assert others.table["length_m"].sum() == pytest.approx(79_684, abs=1)


def test_a_road_of_ennezat_read_by_hand(read: ImportFile) -> None:
    roads = read(ENNEZAT, "BDTOPO_2015_routesecondaire").table
    (bridge,) = roads[roads["road_id"].str.startswith("TRONROUT0000000120277925#")].itertuples()
    assert (bridge.road_name, bridge.road_class) == ("D20", RoadClass.SECONDARY)


def test_the_roads_of_openstreetmap_have_the_same_classes(read: ImportFile) -> None:
    roads = read("../roads/bischoffsheim_67.osm").table
    assert roads["road_class"].value_counts().to_dict() == {
        RoadClass.LOCAL: 37 + 25 + 17 + 15,
        RoadClass.SECONDARY: 49,
        RoadClass.MAIN: 6 + 4,
    }


def test_the_tracks_of_ennezat_are_used(read: ImportFile) -> None:
    rails = read(ENNEZAT, "BDTOPO_2015_tronconvoieferree").table
    assert rails["nature"].value_counts().to_dict() == {"Voie de service": 7, "Principale": 3}
    assert set(rails["is_active"]) == {"oui"}
    assert rails.length.sum() == pytest.approx(2_295.7, abs=0.1)


def test_junctions_are_taken_from_the_nodes_of_route_500(read: ImportFile) -> None:
    points = read("../roads/route500_nodes.parquet")
    assert points.table["kind"].value_counts().to_dict() == {"échangeur autoroutier": 1_355}
    assert len(points.rows("ACCES-AUTRE")) == 13_018 - 1_355


def test_the_share_of_activity_adds_up_to_that_of_the_file(read: ImportFile) -> None:
    flows = read("enaf/data_scot_rives_du_rhone.csv").table
    assert len(flows) == 152 * 15
    assert flows["activity_m2"].sum() == 4_250_935
    assert flows.loc[flows["commune"] == "38544", "activity_m2"].sum() == 25_309


def test_rounding_cells_of_enaf_break_nothing(read: ImportFile) -> None:
    flows = read("enaf/data_scot_rives_du_rhone.csv")
    assert flows.normalised.issues == ()
    assert flows.table["flow_m2"].notna().all()


def test_the_communes_of_the_drome_are_read(read: ImportFile) -> None:
    flows = read("enaf/data_cc_porte_dromeardeche.csv").table
    assert (len(flows), flows["flow_m2"].sum()) == (34 * 15, 4_260_844)
