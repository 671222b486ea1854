"""Files of the economy and of planning, read whole: counts of an independent reading."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.workspace import SourceRecord, Workspace
from jalon.importing import examine
from jalon.importing import import_file as keep_file

ImportFile = Callable[..., Any]

CHER = "241800432_PLUi_20200128.gpkg"
GARD = "30014_PLU_20171013.gpkg"
LOIR_ET_CHER = "41175_PLU_20140603.gpkg"
CORSE = "sup_AC1_2A_20180130.gpkg"

pytestmark = pytest.mark.reference


@pytest.fixture
def land(reference_dir: Path) -> Path:
    return reference_dir / "data" / "land"


def records(path: Path) -> dict[str, SourceRecord]:
    """Return the record of each table of `path` that is taken, by name."""
    return {table.name: table.record for table, _ in examine(path) if table.record}


def told(record: SourceRecord) -> list[tuple[str, int]]:
    """Return the rules of a record and how many rows each touched."""
    return [(issue.rule_id, len(issue.rows)) for issue in record.issues]


def test_the_plan_of_the_cher_is_taken_whole(land: Path) -> None:
    found = records(land / "plu" / CHER)
    counts = {name: (one.layer_id, one.row_count, one.kept_count) for name, one in found.items()}
    assert counts == {
        "241800432_ZONE_URBA_20200128": ("zoning", 221, 220),
        "241800432_PRESCRIPTION_SURF_20200128": ("prescriptions", 32, 31),
        "241800432_PRESCRIPTION_LIN_20200128": ("prescriptions", 264, 264),
        "241800432_PRESCRIPTION_PCT_20200128": ("prescriptions", 167, 167),
    }
    assert {one.vintage for one in found.values()} == {"2020-01-28"}
    zones = found["241800432_ZONE_URBA_20200128"]
    assert told(zones) == [("GEO-INVALIDE", 1), ("CLE-DOUBLE", 1)]


def test_the_economic_zones_of_the_cher_read_by_hand(land: Path, import_file: ImportFile) -> None:
    zones = import_file(land / "plu" / CHER, "241800432_ZONE_URBA_20200128").table
    economic = zones[zones["label"] == "UE"]
    assert len(economic) == 15
    assert economic.area.sum() / 10_000 == pytest.approx(92.36, abs=0.01)
    assert set(economic["document_id"]) == {"241800432_PLUI_20200128"}
    assert set(economic["long_label"]) == {"UE : zone à vocation économique"}


def test_prescriptions_of_the_cher_by_type(land: Path, import_file: ImportFile) -> None:
    def counts(kind: str) -> dict[str, int]:
        name = f"241800432_PRESCRIPTION_{kind}_20200128"
        table = import_file(land / "plu" / CHER, name).table
        found: dict[str, int] = table["type_code"].value_counts().to_dict()
        return found

    # Rows 16 and 17 of the surfaces, both of type 02, are one outline given twice.
    assert counts("SURF") == {"18": 14, "05": 8, "02": 7, "07": 1, "31": 1}
    assert counts("LIN") == {"02": 193, "07": 66, "15": 4, "01": 1}
    assert counts("PCT") == {"16": 129, "07": 38}


def test_a_prescription_of_the_cher_given_twice_counts_once(
    land: Path, import_file: ImportFile
) -> None:
    surfaces = import_file(land / "plu" / CHER, "241800432_PRESCRIPTION_SURF_20200128")
    assert surfaces.rows("CLE-DOUBLE") == (17,)


def test_a_mill_of_the_cher_read_by_hand(land: Path, import_file: ImportFile) -> None:
    points = import_file(land / "plu" / CHER, "241800432_PRESCRIPTION_PCT_20200128").table
    mill = points[(points["label"] == "Moulin") & points["text"].eq("L151-19")]
    assert set(mill["kind"]) == {"patrimoine bâti ou paysager à protéger"}
    assert (703400.2, 6639234.5) in set(zip(mill.geometry.x, mill.geometry.y, strict=True))


def test_the_plan_of_the_gard_is_taken_whole(land: Path) -> None:
    found = records(land / "plu" / GARD)
    counts = {name: (one.row_count, one.kept_count) for name, one in found.items()}
    assert counts == {
        "30014_ZONE_URBA_20171013": (90, 90),
        "30014_PRESCRIPTION_SURF_20171013": (77, 77),
    }
    assert [told(one) for one in found.values()] == [[], []]


def test_zones_and_prescriptions_of_the_gard_by_type(land: Path, import_file: ImportFile) -> None:
    zones = import_file(land / "plu" / GARD, "30014_ZONE_URBA_20171013").table
    surfaces = import_file(land / "plu" / GARD, "30014_PRESCRIPTION_SURF_20171013").table
    assert zones["zone_type"].value_counts().to_dict() == {"A": 50, "N": 22, "U": 16, "AUc": 2}
    assert zones.area.sum() / 10_000 == pytest.approx(1_369.24, abs=0.01)
    assert surfaces["type_code"].value_counts().to_dict() == {
        "01": 41,
        "07": 14,
        "99": 14,
        "05": 4,
        "16": 2,
        "18": 2,
    }


def test_reserved_sites_of_the_gard_read_by_hand(land: Path, import_file: ImportFile) -> None:
    surfaces = import_file(land / "plu" / GARD, "30014_PRESCRIPTION_SURF_20171013").table
    reserved = surfaces[surfaces["kind"] == "emplacement réservé"]
    assert sorted(reserved["text"]) == ["ER 1", "ER 11", "ER 2", "ER 8"]
    assert reserved.set_index("text").loc["ER 1", "subtype_code"] == "04"


def test_the_plan_of_the_loir_et_cher_codes_its_reserved_sites_as_woods(land: Path) -> None:
    found = records(land / "plu" / LOIR_ET_CHER)
    assert {name: one.kept_count for name, one in found.items()} == {
        "ZONE_URBA": 118,
        "PRESCRIPTION_SURF": 23,
    }
    assert told(found["ZONE_URBA"]) == [("TXT-MOJIBAKE", 89), ("PLU-ANCIEN", 29)]
    issue = found["PRESCRIPTION_SURF"].issues[-1]
    assert (issue.rule_id, issue.rows) == ("PSC-LIBELLE", (17, 18, 19))


def test_the_activity_zones_of_the_loir_et_cher_read_by_hand(
    land: Path, import_file: ImportFile
) -> None:
    zones = import_file(land / "plu" / LOIR_ET_CHER, "ZONE_URBA").table
    assert set(zones["document_id"]) == {"41175_20140603"}
    assert zones["label"].isin(["UY", "UYi", "1AUY"]).sum() == 4
    future = zones.set_index("label").loc["1AUY"]
    assert (future["zone_type"], future["destination"]) == ("AUc", "02")
    assert future["long_label"] == "Zone à urbaniser à vocation économique à court terme"


def test_the_gml_of_the_morbihan_keeps_dates_and_document(land: Path) -> None:
    (record,) = records(land / "plu" / "56_ZONE_URBA.gml").values()
    assert (record.row_count, record.kept_count, record.vintage) == (66, 66, "2014-01-23")
    assert told(record) == [("PLU-ANCIEN", 4)]


def test_the_activity_zones_of_the_morbihan_read_by_hand(
    land: Path, import_file: ImportFile
) -> None:
    zones = import_file(land / "plu" / "56_ZONE_URBA.gml").table
    activity = zones[zones["destination"] == "02"]
    assert sorted(activity["label"]) == ["Uia", "Uip", "Uip", "Uip"]
    assert set(zones["document_id"]) == {"56118_20140123"}
    assert zones["zone_type"].value_counts().to_dict() == {
        "N": 31,
        "U": 21,
        "AUc": 6,
        "A": 6,
        "AUs": 2,
    }


def test_the_zoning_of_gennes_is_simplified(land: Path, import_file: ImportFile) -> None:
    zones = import_file(land / "commune_25267_gennes" / "gennes_25267.gpkg", "zoning")
    assert zones.rows("GEO-VIDE") == (20,)
    assert zones.rows("PLU-ANCIEN") == (3, 10, 11, 22, 23, 24)
    assert zones.table["zone_type"].value_counts().to_dict() == {"N": 10, "AUc": 6, "A": 5, "U": 4}
    assert zones.table.set_index("label").loc["UY", "document_id"] == "25267_PLU"
    assert zones.table.area.sum() / 10_000 == pytest.approx(859.61, abs=0.01)


def test_the_zones_of_ennezat_carry_no_document(land: Path, import_file: ImportFile) -> None:
    path = land / "commune_63148_ennezat" / "ennezat_63148.gpkg"
    zones = import_file(path, "ZONE_U_PLUi").table
    assert zones["label"].value_counts().to_dict() == {
        "UG": 5,
        "UE": 4,
        "UR": 2,
        "UAa": 2,
        "UJ": 1,
        "UAi": 1,
        "UCv": 1,
    }
    assert zones[["document_id", "approved_on"]].isna().all(axis=None)


def test_the_monuments_of_southern_corsica_are_taken_whole(land: Path) -> None:
    found = records(land / "risques" / CORSE)
    assert {name: (one.layer_id, one.kept_count) for name, one in found.items()} == {
        "AC1_GENERATEUR_SUP_S": ("easements", 104),
        "AC1_ASSIETTE_SUP_S": ("easements", 206),
    }
    assert [told(one) for one in found.values()] == [[], []]


def test_two_perimeters_of_one_id_are_both_kept(land: Path, import_file: ImportFile) -> None:
    bound = import_file(land / "risques" / CORSE, "AC1_ASSIETTE_SUP_S").table
    assert set(bound["category"]) == {"AC1"}
    assert set(bound["role"]) == {"assiette"}
    assert bound["published_id"].nunique() == 204
    around = bound[bound["generator_id"] == "AC1-172014607-00099110"]
    assert "AC1-172014607-00099110-26" in set(around["published_id"])
    assert bound.area.sum() / 10_000 == pytest.approx(9_893.39, abs=0.01)


def test_a_water_main_of_the_vosges_read_by_hand(land: Path, import_file: ImportFile) -> None:
    path = land / "risques" / "sup_A5_088.gpkg"
    main = import_file(path, "A5_GENERATEUR_SUP_L").table.iloc[0]
    strip = import_file(path, "A5_ASSIETTE_SUP_S").table.iloc[0]
    assert (main["category"], main["act_id"]) == ("A5", "A5-123456789-1")
    assert (main["role"], strip["role"]) == ("générateur", "assiette")
    assert strip["generator_id"] == main["published_id"] == "A5-123456789-1-1"
    assert strip["updated_on"] == "2019-07-11"
    assert main["geometry"].length == pytest.approx(36_311.06, abs=0.01)


def test_the_empty_template_of_economic_sites_says_it_has_no_row(
    land: Path, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path)
    kept = keep_file(workspace, land / "zae" / "sites_economiques.gpkg")
    counts = {one.record.layer_id: one.record.kept_count for one in kept if one.record}
    assert counts == {"establishments": 0, "economic_poles": 0, "zae": 0, "terrains": 0}
    rules = {issue.rule_id for one in kept if one.record for issue in one.record.issues}
    assert rules == {"LEC-SANS-LIGNE"}
    sites = workspace.layer("zae")
    assert sites is not None
    assert sites.empty


def test_the_shifted_example_of_a_site_is_put_right(land: Path, import_file: ImportFile) -> None:
    sites = import_file(land / "zae" / "site-eco" / "exemple-valide.csv")
    site = sites.table.set_index("zae_id").loc["80024_SITE-ECO_00001"]
    assert site["vocation"] == "entrepôts, logistique"
    assert sites.table["state"].isna().all()
    assert (site["gross_ha"], site["for_sale_ha"], site["vacancy_share"]) == (37.2, 5.7, 0.13)
    assert (site["epci_siren"], site["moa_type"]) == ("200071223", "epci")
    assert site["geometry"].area == pytest.approx(80.54, abs=0.01)
    rules = [issue.rule_id for issue in sites.normalised.issues]
    assert rules == ["LEC-ANNEAU", "LEC-METRES", "ZAE-DECALAGE"]


def test_the_example_of_a_plot_read_by_hand(land: Path, import_file: ImportFile) -> None:
    plot = import_file(land / "zae" / "terrain-eco" / "exemple-valide.csv").table.iloc[0]
    assert plot["terrain_id"] == "80024_TERRAIN-ECO_00131"
    assert plot["parcel_ids"] == "80024000ZO0030|80024000ZO0034|80024000ZO0035"
    assert (plot["area_ha"], plot["price_per_m2"]) == (9.9, 5.35)
    assert plot["selling_stage"] == "vendu, commercialisation achevée"
    assert plot["fitting_stage"] == "viabilisé et aménagé"
    assert (plot["occupancy"], plot["use"]) == ("occupé", "bâti productif")
    assert (plot["tenure"], plot["is_turnkey"]) == ("structure intercommunale", "oui")
    assert plot["friche_url"].endswith("site=48095_11974")


def test_the_example_of_an_establishment_read_by_hand(land: Path, import_file: ImportFile) -> None:
    found = import_file(land / "zae" / "etablissement" / "exemple-valide.csv")
    one = found.table.iloc[0]
    assert (one["siret"], one["activity_code"]) == ("34749951900010", "4520B")
    assert one["terrain_ids"] == "44003_TERRAIN-ECO_000131|44003_TERRAIN-ECO_00115"
    assert (one["name"], one["headcount"]) == ("MAN TRUCK", "6 à 9 salariés")
    assert one["location_quality"] == "localisation au bâtiment"
    assert len(one["geometry"].geoms) == 2
    assert found.normalised.issues == ()


def test_the_example_of_a_pole_read_by_hand(land: Path, import_file: ImportFile) -> None:
    pole = import_file(land / "zae" / "pole-eco" / "exemple-valide.csv").table.iloc[0]
    assert (pole["pole_id"], pole["vocation"]) == ("80024_POLE-ECO_00162", "entrepôts, logistique")
    assert (pole["area_ha"], pole["site_count"], pole["job_count"]) == (21, 2, 1_152)
    assert pole["reach"] == "régional"
