"""Every dirt of the survey of sources (land_sources, §3), by its number, in its real file.

Counts are those of an independent reading of the files (pandas, pyogrio).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.containers import unpacked
from data.read import ReadOptions
from geo.errors import CrsError, InputError
from jalon.land import judge_singly, union_ha
from jalon.model import LandParameters, SiteStatus
from jalon.tables import LandTables
from layers.codes import dates_iso, departements
from layers.cog import commune_issues
from layers.friches import parse_refcad
from layers.risks import Hazard, Regulation

ImportFile = Callable[..., Any]
Imported = Any

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def land(reference_dir: Path) -> Path:
    return reference_dir / "data" / "land"


@pytest.fixture(scope="module")
def friches_of_2024(
    land: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile
) -> Imported:
    path = land / "friches" / "cartofriches_2024-02_points.parquet"
    return import_file(path, communes=known_communes)


@pytest.fixture(scope="module")
def friches_of_2023(
    land: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile
) -> Imported:
    path = land / "friches" / "cartofriches_2023-10_points_grandest_ara.parquet"
    return import_file(path, communes=known_communes)


@pytest.fixture(scope="module")
def ademe(land: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile) -> Imported:
    path = land / "friches" / "donnees-ademe-sites-pollues.geojson"
    return import_file(path, communes=known_communes)


@pytest.fixture(scope="module")
def outlines_of_08(
    land: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile
) -> Imported:
    return import_file(land / "friches" / "ardennes08_friches.geojson", communes=known_communes)


@pytest.fixture
def ennezat(land: Path) -> Path:
    return land / "commune_63148_ennezat" / "ennezat_63148.gpkg"


def parcels_listed(sites: Imported) -> pd.Series:
    return sites.table["parcel_ids"].dropna().str.split("|").explode()


def test_1_parcels_in_braces_are_read(friches_of_2024: Imported) -> None:
    assert len(parcels_listed(friches_of_2024)) == 173_358


def test_1_parcels_joined_by_pipes_are_read(land: Path, import_file: ImportFile) -> None:
    sites = import_file(land / "friches" / "ardennes08_data.csv")
    assert sites.table.set_index("site_id").loc["08008_01", "parcel_ids"].count("|") == 4


def test_1_parcels_of_corsica_and_padded_sections_are_read(friches_of_2024: Imported) -> None:
    listed = parcels_listed(friches_of_2024)
    assert listed.str[:2].isin(["2A", "2B"]).sum() == 977
    assert listed.str[8].eq("0").sum() == 51_776
    assert listed.str.len().eq(14).all()


def test_1_parcels_a_spreadsheet_made_numbers_are_told(land: Path, import_file: ImportFile) -> None:
    sites = import_file(land / "friches" / "friches_standard_test.csv.gz")
    assert len(sites.rows("FRI-PARCELLES")) == 33
    assert parse_refcad("5,62E+184") is None


def test_1_one_row_a_parcel_becomes_one_friche_a_site(
    land: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile
) -> None:
    path = land / "friches" / "ddt88_sites_parcelles.csv"
    sites = import_file(path, communes=known_communes)
    assert (len(sites.raw.frame), len(sites.table)) == (1_444, 316)
    assert len(parcels_listed(sites)) == 1_444
    site = sites.table.set_index("site_id").loc["ddt88-38"]
    assert (site["commune"], site["parcel_ids"]) == ("88250", "88250000AA0083|88250000AA0088")
    assert {33, 42} <= set(sites.rows("LIEU-NOM"))


def test_2_a_lost_zero_is_given_back_to_the_sites_of_ademe(ademe: Imported) -> None:
    assert len(ademe.rows("COM-ZERO")) == 22
    assert ademe.table.set_index("site_id").loc["1", "commune"] == "08190"


def test_2_parcels_without_departement_get_it_from_the_map(
    ennezat: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile
) -> None:
    parcels = import_file(ennezat, "PARCELLE_region", communes=known_communes)
    assert parcels.table["parcel_id"].str.startswith("63148").all()


def test_2_overseas_sites_keep_their_three_figures(friches_of_2024: Imported) -> None:
    overseas = departements(friches_of_2024.table["commune"]).loc[lambda d: d.str.len() == 3]
    assert len(overseas) == 92
    assert set(overseas) <= {"971", "972", "973", "974", "976"}


def test_3_seconds_since_1970_are_days_in_paris(land: Path) -> None:
    path = land / "friches" / "cartofriches_2024-02_points.parquet"
    seconds = pd.read_parquet(path, columns=["local_ancienne_annee"])["local_ancienne_annee"]
    days = dates_iso(seconds)
    assert days[seconds.eq(-3_600)].unique().tolist() == ["1970-01-01"]
    assert days[seconds.eq(1_546_210_800)].unique().tolist() == ["2018-12-31"]
    assert days[seconds.eq(1_459_720_800)].unique().tolist() == ["2016-04-04"]
    assert days.isna().sum() == seconds.isna().sum() == 191


def test_3_dates_of_a_french_spreadsheet_are_read(land: Path, import_file: ImportFile) -> None:
    sites = import_file(land / "friches" / "friches_standard_test.csv.gz")
    assert sites.table["updated_on"].str.fullmatch(r"\d{4}-\d{2}-\d{2}").sum() == 2_594


@pytest.mark.parametrize(("published", "read"), [("1971.0", "1971"), ("19766", "2024-02-13")])
def test_3_years_and_days_numbered_by_r_are_read(published: str, read: str) -> None:
    assert dates_iso(pd.Series([published])).tolist() == [read]


def test_3_the_empty_date_of_the_flood_plan_is_missing(
    ennezat: Path, import_file: ImportFile
) -> None:
    plan = import_file(ennezat, "CONTRAINTES_PPRN")
    published = [c for c in plan.raw.published if "1899-12-30" in str(plan.raw.published[c][0])]
    assert published
    assert dates_iso(plan.raw.published[published[0]]).isna().all()


def test_4_kinds_written_otherwise_are_those_of_the_standard(friches_of_2024: Imported) -> None:
    counts = friches_of_2024.table["kind"].value_counts()
    assert counts["friche d'habitat"] == 1_048
    assert counts["friche agro-industrielle"] == 90
    assert counts["friche hospitalière"] == 142


def test_4_the_older_status_is_read(friches_of_2023: Imported) -> None:
    assert friches_of_2023.table["status"].eq("friche avec projet").sum() == 936 + 201


def test_4_older_types_of_zone_and_document_are_read(friches_of_2024: Imported) -> None:
    sites = friches_of_2024.table
    assert sites["zone_type"].value_counts()[["N", "A"]].tolist() == [2_504 + 31, 1_418 + 9]
    assert sites["document_type"].eq("PLUI").sum() == 5_847 + 2
    assert len(friches_of_2024.rows("CNIG-LISTE")) == 10


def test_5_half_of_the_friches_are_potential_and_none_is_available(
    friches_of_2024: Imported,
) -> None:
    sites = friches_of_2024.table
    potential = sites[sites["status"].eq("friche potentielle")]
    assert len(potential) == 12_787
    has_one_parcel = potential["parcel_ids"].str.len().eq(14)
    one = potential[has_one_parcel].head(20).reset_index(drop=True)
    parcels = gpd.GeoDataFrame(
        {
            "parcel_id": one["parcel_ids"],
            "commune": one["commune"],
            "official_area_m2": 10_000.0,
            "source_id": "essai",
        },
        geometry=one.geometry.buffer(60, cap_style="square"),
    ).drop_duplicates("parcel_id")
    tables = LandTables(
        parcels=parcels.reset_index(drop=True), friches=one.assign(source_id="essai")
    )
    judged = judge_singly(tables, LandParameters()).sites
    assert judged["friche_status"].eq("friche potentielle").sum() >= len(parcels)
    assert not judged["status"].eq(SiteStatus.AVAILABLE.value).any()


def test_6_parcels_of_several_sites_are_many(friches_of_2024: Imported) -> None:
    assert parcels_listed(friches_of_2024).duplicated().sum() == 28_478
    assert friches_of_2024.table.geometry.to_wkb().duplicated(keep=False).sum() == 1_499


def test_6_land_listed_twice_is_counted_once(
    ennezat: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile
) -> None:
    parcels = import_file(ennezat, "PARCELLE_region", communes=known_communes).table.head(50)
    once = parcels.assign(kind="parcelle")
    twice = pd.concat([once, once.assign(parcel_id="double")], ignore_index=True)
    assert union_ha(twice) == pytest.approx(union_ha(once))


def test_7_declared_areas_beyond_belief_are_kept_and_told(friches_of_2024: Imported) -> None:
    area_m2 = friches_of_2024.table["declared_area_m2"]
    assert (area_m2.max(), area_m2.min()) == (74_136_046.39, 1.03)
    assert len(friches_of_2024.rows("FRI-SURFACE")) == ((area_m2 < 10) | (area_m2 > 5e6)).sum()


def test_7_outlines_that_deny_the_declared_area_are_told(outlines_of_08: Imported) -> None:
    assert len(outlines_of_08.rows("FRI-ECART")) == 13


def test_8_a_geojson_that_says_lambert_93_is_believed(
    ennezat: Path, import_file: ImportFile
) -> None:
    zones = import_file(ennezat.with_name("PLU_Zone_U.geojson")).table
    assert zones.total_bounds[0] == pytest.approx(716_000, abs=5_000)


def test_8_a_shapefile_without_prj_asks_for_its_system(
    ennezat: Path, tmp_path: Path, import_file: ImportFile
) -> None:
    zones = gpd.read_file(ennezat, layer="ZONE_U_PLUi")
    path = tmp_path / "zones.shp"
    zones.to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsError, match=r"\.prj absent") as refusal:
        import_file(path)
    assert "--crs EPSG:2154" in refusal.value.hint
    assert len(import_file(path, options=ReadOptions(crs="EPSG:2154")).table) == len(zones)


def test_8_lambert_93_in_a_cell_of_geojson_is_read_and_told(
    land: Path, import_file: ImportFile
) -> None:
    plot = import_file(land / "zae" / "terrain-eco" / "exemple-valide.csv")
    assert plot.rows("LEC-METRES") == (1,)
    assert plot.table.total_bounds[0] == pytest.approx(656_589.7)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_9_a_text_in_utf_16_is_refused_with_its_remedy(
    land: Path, tmp_path: Path, encoding: str
) -> None:
    text = (land / "friches" / "ardennes08_data.csv").read_text(encoding="utf-8")
    path = tmp_path / "ardennes.csv"
    path.write_text(text, encoding=encoding)
    with pytest.raises(InputError, match="UTF-16") as refusal, unpacked(path):
        pass
    assert "CSV UTF-8" in refusal.value.hint


def test_9_accents_encoded_twice_are_put_back(land: Path, import_file: ImportFile) -> None:
    zones = import_file(land / "plu" / "41175_PLU_20140603.gpkg", "ZONE_URBA")
    assert not zones.table["long_label"].str.contains("Ã", na=False).any()


def test_9_accents_lost_for_good_are_told(ennezat: Path, import_file: ImportFile) -> None:
    buildings = import_file(ennezat, "BDTOPO_2015_batiindustriel")
    assert len(buildings.rows("TXT-MOJIBAKE")) == 157


def test_10_negative_cells_of_enaf_never_reach_the_flows(
    land: Path, import_file: ImportFile
) -> None:
    flows = import_file(land / "enaf" / "data_scot_rives_du_rhone.csv")
    unknown = [c for c in flows.raw.frame if c.startswith("art") and "inc" in c]
    cells = flows.raw.frame[unknown].astype(float)
    assert (cells < 0).sum().sum() == 26
    assert flows.table["flow_m2"].min() == 0


def test_10_the_series_tells_its_years_by_its_columns(land: Path, import_file: ImportFile) -> None:
    flows = import_file(land / "enaf" / "data_scot_rives_du_rhone.csv")
    assert sorted(flows.table["year"].unique()) == list(range(2009, 2024))
    assert "epci24" in flows.raw.frame


def test_10_half_of_small_communes_is_below_the_hectare_they_are_granted(
    land: Path, import_file: ImportFile
) -> None:
    flows = import_file(land / "enaf" / "data_scot_rives_du_rhone.csv").table
    reference = flows[flows["year"].between(2011, 2020)].groupby("commune")["flow_m2"].sum()
    assert (reference / 2 < 10_000).sum() == 18


def test_11_a_commune_counted_with_the_one_restored_from_it_is_told(
    known_communes: gpd.GeoDataFrame,
) -> None:
    codes = known_communes["insee"].loc[lambda insee: insee.str.startswith("52")]
    series = pd.DataFrame({"insee": codes[codes.ne("52278")]}).reset_index(drop=True)
    series["row"] = series.index + 1
    (division,) = (
        issue
        for issue in commune_issues(series, series["insee"], known_communes)
        if "divisée" in issue.message_fr
    )
    told = series.loc[series["row"].isin(division.rows), "insee"]
    assert "52031" in set(told)


@pytest.fixture
def friche_of_2025(tmp_path: Path) -> Path:
    """A row as the national file of October 2025 has it: a Haut-Marne code, a Bas-Rhin place."""
    path = tmp_path / "friches-standard.csv"
    path.write_text(
        "site_id;site_nom;site_type;site_identif_date;site_actu_date;site_statut;comm_nom;"
        "comm_insee;local_ancien_annee;unite_fonciere_refcad;urba_zone_type;urba_doc_type;"
        "source_producteur;geompoint\n"
        "52465_36246;Auberge du Col du Hantz;friche commerciale;2025-01-01;2025-10-01;"
        "friche sans projet;Saulxures;52465;1971.0;{67436000AB0001,67436000AB0002};ZnC;PLU;"
        "DDT 67;POINT (7.089416 48.40237)\n",
        encoding="utf-8",
    )
    return path


def test_12_a_code_that_denies_its_place_is_told(
    friche_of_2025: Path, known_communes: gpd.GeoDataFrame, import_file: ImportFile
) -> None:
    sites = import_file(friche_of_2025, communes=known_communes)
    rules = {issue.rule_id for issue in sites.normalised.issues}
    assert rules & {"LIEU-COMMUNE", "LIEU-DEPARTEMENT"}
    site = sites.table.iloc[0]
    assert (site["commune"], site["zone_type"]) == ("52465", "ZnC")
    assert site["parcel_ids"] == "67436000AB0001|67436000AB0002"


def test_12_a_whole_commune_taken_for_a_friche_of_its_neighbour_is_told(
    friches_of_2023: Imported,
) -> None:
    """68298_8863, Ban-de-Laveline (88), 515 ha: the first row of the file."""
    assert 1 in friches_of_2023.rows("LIEU-NOM")
    assert 1 in friches_of_2023.rows("FRI-SURFACE")


def test_13_a_plan_without_rule_says_so(ennezat: Path, import_file: ImportFile) -> None:
    plan = import_file(ennezat, "CONTRAINTES_PPRN").table
    assert plan["regulation"].tolist() == [Regulation.UNKNOWN]


def test_13_a_seveso_class_in_words_is_read(ennezat: Path, import_file: ImportFile) -> None:
    ring = import_file(ennezat, "SEVESO_MOYEN_AUTORISATION").table
    assert ring["regulation"].tolist() == [Regulation.CONDITIONAL]
    assert ring["hazard"].tolist() == [Hazard.TECHNOLOGICAL]


def test_14_sites_of_ademe_without_a_point_are_kept_and_told(ademe: Imported) -> None:
    nowhere = ademe.table[ademe.table.geometry.isna()]
    assert len(ademe.rows("GEO-VIDE")) == len(nowhere) == 29
    assert ademe.raw.frame.loc[nowhere.index, "lambert2_x"].isna().sum() <= 29


def test_14_a_lost_point_comes_back_from_lambert_2(
    land: Path, tmp_path: Path, import_file: ImportFile
) -> None:
    published = gpd.read_file(land / "friches" / "donnees-ademe-sites-pollues.geojson", rows=1)
    where = published.to_crs(2154).geometry.iloc[0]
    published.geometry = gpd.GeoSeries([None], crs=4326)
    published.to_file(tmp_path / "ademe.geojson")
    site = import_file(tmp_path / "ademe.geojson")
    assert site.rows("LEC-LAMBERT2") == (1,)
    assert shapely.distance(site.table.geometry.iloc[0], where) < 10


def test_14_a_friche_that_crosses_itself_is_rebuilt(outlines_of_08: Imported) -> None:
    assert outlines_of_08.rows("GEO-INVALIDE") == (110,)
    assert outlines_of_08.table.is_valid.all()
    assert len(outlines_of_08.table) == 164
