from dataclasses import replace
from functools import cache

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.workspace import SourceRecord
from jalon.land import judge, union_ha
from jalon.measures import measure
from jalon.model import LandParameters, Prudence, SiteStatus
from jalon.tables import LandTables, in_force
from jalon.testing import box_m, buildings, business_park, frame, parcels, risks, zones
from layers.risks import Regulation

FREE, FLOODED, BUILT, UNREAD = (f"63148000AB000{n}" for n in range(1, 5))


def by_id(tables: LandTables, parameters: LandParameters | None = None) -> pd.DataFrame:
    sites = judge(tables, parameters or LandParameters()).sites
    return pd.DataFrame(sites).set_index("site_id")


def rules_of(sites: pd.DataFrame, site_id: str) -> tuple[str, ...]:
    """Return the rules that touch one site."""
    return tuple(sites["rule_ids"][site_id])


def test_free_parcel_of_an_economic_zone_is_kept_whole() -> None:
    site = by_id(business_park()).loc[FREE]
    assert site["usable_ha"] == pytest.approx(1.0)
    assert site["status"] == SiteStatus.CONDITIONAL
    assert site["rule_ids"] == ("OCC-INCONNUE", "VOC-ZONE")


def test_parcel_in_the_red_flood_zone_is_out_with_the_rule_that_put_it_out() -> None:
    site = by_id(business_park()).loc[FLOODED]
    assert site["status"] == SiteStatus.UNAVAILABLE
    assert site["rule_ids"][0] == "RIS-INTERDIT"
    assert "Zone de risques où construire est interdit" in site["reasons_fr"][0]


def test_built_up_parcel_is_out_with_the_share_that_is_built() -> None:
    site = by_id(business_park()).loc[BUILT]
    assert site["status"] == SiteStatus.UNAVAILABLE
    assert site["rule_ids"][0] == "BATI-OCCUPE"
    assert "50,0" in site["reasons_fr"][0]


def test_zone_without_its_regulation_is_taken_off_by_prudence() -> None:
    unread = risks([box_m(340, 0, 60, 100)], Regulation.UNKNOWN)
    site = by_id(replace(business_park(), risks=unread)).loc[UNREAD]
    assert site["usable_ha"] == pytest.approx(0.4)
    assert site["rule_ids"][0] == "RIS-NON-PRECISE"


def test_half_a_parcel_out_of_the_unread_zone_is_left_to_the_rules_on_size() -> None:
    site = by_id(business_park(), LandParameters(min_piece_ha=0.6)).loc[UNREAD]
    assert site["usable_ha"] == pytest.approx(0.5)
    assert {"RIS-A-LIRE", "SURF-MIN"} <= set(site["rule_ids"])


def test_zone_without_its_regulation_may_be_only_signalled() -> None:
    lenient = LandParameters(min_piece_ha=0.6, unspecified_risk=Prudence.CAUTION)
    site = by_id(business_park(), lenient).loc[UNREAD]
    assert site["usable_ha"] == pytest.approx(1.0)
    assert "RIS-A-LIRE" in site["rule_ids"]


def test_parcel_without_vocation_is_kept_among_the_rejected_with_its_reason() -> None:
    tables = replace(business_park(), zoning=zones([box_m(0, 0, 400, 100)], ["UA"]))
    sites = by_id(tables)
    assert sites["status"].eq(SiteStatus.UNAVAILABLE.value).all()
    assert all("VOC-AUCUNE" in rules for rules in sites["rule_ids"])


def test_label_alone_is_a_hint_that_asks_for_confirmation() -> None:
    tables = replace(business_park(), zoning=zones([box_m(0, 0, 400, 100)], ["UX"]))
    assert "VOC-LIBELLE" in rules_of(by_id(tables), FREE)


def test_planner_may_say_that_a_local_label_is_economic() -> None:
    tables = replace(business_park(), zoning=zones([box_m(0, 0, 400, 100)], ["UAi"]))
    assert "VOC-AUCUNE" in rules_of(by_id(tables), FREE)
    told = LandParameters(economic_labels={"63148": ("UAi",)})
    assert "VOC-ZONE" in rules_of(by_id(tables, told), FREE)


def test_labels_may_be_told_for_a_whole_document() -> None:
    plan = zones([box_m(0, 0, 400, 100)], ["UAi"]).assign(document_id="246300629_PLUi_20190514")
    told = LandParameters(economic_labels={"246300629_PLUi_20190514": ("UAi",)})
    sites = by_id(replace(business_park(), zoning=plan), told)
    assert "VOC-ZONE" in rules_of(sites, FREE)


def test_planner_may_say_that_a_label_only_looks_economic() -> None:
    tables = replace(business_park(), zoning=zones([box_m(0, 0, 400, 100)], ["UI"]))
    told = LandParameters(other_labels={"63148": ("UI",)})
    assert "VOC-AUCUNE" in rules_of(by_id(tables, told), FREE)


def test_housing_zone_that_tolerates_business_is_not_economic() -> None:
    text = ["Secteur habitat et activités économiques compatibles"]
    tables = replace(
        business_park(), zoning=zones([box_m(0, 0, 400, 100)], ["Ubr"], long_labels=text)
    )
    assert "VOC-AUCUNE" in rules_of(by_id(tables), FREE)


def test_missing_risks_make_a_site_undetermined_never_available() -> None:
    site = by_id(replace(business_park(), risks=None)).loc[FREE]
    assert site["status"] == SiteStatus.UNDETERMINED
    assert "RIS-ABSENT" in site["rule_ids"]
    assert "risques" in site["missing_fr"]


def test_without_zoning_the_usable_area_is_unknown_not_zero() -> None:
    site = by_id(replace(business_park(), zoning=None)).loc[FREE]
    assert site["status"] == SiteStatus.UNDETERMINED
    assert "PLU-ABSENT" in site["rule_ids"]
    assert pd.isna(site["usable_ha"])


def test_missing_layer_lowers_reliability() -> None:
    whole = by_id(business_park())["reliability_share"][FREE]
    less = by_id(replace(business_park(), risks=None))["reliability_share"][FREE]
    assert less < whole


def friche(status: str) -> gpd.GeoDataFrame:
    return frame(
        [box_m(250, 50, 1, 1).centroid],
        site_id="63148_1",
        name="Ancienne usine",
        status=status,
        pollution="avérée",
        parcel_ids=BUILT,
        commune="63148",
        declared_area_m2=10_000.0,
    )


def test_built_friche_stays_a_candidate_with_its_pollution() -> None:
    tables = replace(business_park(), friches=friche("friche sans projet"))
    site = by_id(tables).loc[BUILT]
    assert site["status"] == SiteStatus.CONDITIONAL
    assert {"BATI-FRICHE", "FRI-POLLUTION", "VOC-FRICHE"} <= set(site["rule_ids"])
    assert site["usable_ha"] == pytest.approx(1.0)


def test_potential_friche_never_counts_as_land_supply() -> None:
    tables = replace(business_park(), zoning=zones([box_m(0, 0, 400, 100)], ["UA"]))
    site = by_id(replace(tables, friches=friche("friche potentielle"))).loc[BUILT]
    assert site["status"] == SiteStatus.UNAVAILABLE
    assert {"FRI-POTENTIELLE", "VOC-AUCUNE"} <= set(site["rule_ids"])


def test_friche_without_imported_parcel_is_undetermined_and_has_no_usable_area() -> None:
    lost = friche("friche sans projet").assign(parcel_ids="63148000ZZ9999")
    site = by_id(replace(business_park(), friches=lost)).loc["63148_1"]
    assert site["status"] == SiteStatus.UNDETERMINED
    assert {"PLU-ABSENT", "BATI-ABSENT", "RIS-ABSENT"}.isdisjoint(site["rule_ids"])
    assert pd.isna(site["usable_ha"])


def test_farmed_land_costs_enaf_and_unknown_land_widens_the_interval() -> None:
    crops = frame([box_m(0, 0, 60, 100)], crop_id="1")
    site = by_id(replace(business_park(), crops=crops)).loc[FREE]
    assert site["enaf_lo_ha"] == pytest.approx(0.6)
    assert site["enaf_hi_ha"] == pytest.approx(1.0)


def test_thin_strip_is_too_narrow() -> None:
    tables = LandTables(
        parcels=parcels([box_m(0, 0, 1_000, 10)]),
        zoning=zones([box_m(0, 0, 1_000, 10)], ["UX"], long_labels=["Zone industrielle"]),
        buildings=buildings([box_m(0, 50, 5, 5)]),
        risks=risks([box_m(0, 0, 1, 1)], Regulation.CONDITIONAL),
    )
    assert "LARG-MIN" in rules_of(by_id(tables), FREE)


def test_every_site_of_the_shortlist_says_why() -> None:
    shortlist = judge(business_park(), LandParameters()).shortlist
    assert len(shortlist) == 2
    assert shortlist["reasons_fr"].map(len).min() > 0


def test_overlapping_sites_are_counted_once_in_hectares() -> None:
    twice = judge(business_park(), LandParameters()).sites.iloc[[0, 0]]
    assert union_ha(twice) == pytest.approx(1.0)


def test_order_of_the_rows_changes_nothing() -> None:
    tables = business_park()
    turned = replace(tables, parcels=tables.parcels.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(by_id(tables), by_id(turned))


@cache
def park_sites() -> gpd.GeoDataFrame:
    """Return the sites of the park as it stands, judged once for all."""
    return judge(business_park(), LandParameters()).sites


@settings(max_examples=10)
@given(
    x_m=st.floats(0, 300),
    width_m=st.floats(1, 400),
    regulation=st.sampled_from([Regulation.FORBIDDEN, Regulation.UNKNOWN]),
)
def test_adding_a_constraint_never_raises_the_usable_area(
    x_m: float, width_m: float, regulation: Regulation
) -> None:
    tables = business_park()
    zone = risks([box_m(x_m, 0, width_m, 100)], regulation)
    more = replace(tables, risks=pd.concat([tables.risks, zone], ignore_index=True))
    before, after = park_sites().set_index("site_id")["usable_ha"], by_id(more)["usable_ha"]
    assert (after <= before + 1e-9).all()


def test_sliver_of_a_neighbours_plan_does_not_document_the_commune() -> None:
    spill = zones([box_m(-100, 0, 101, 100)], ["UX"], long_labels=["Zone industrielle"])
    sites = by_id(replace(business_park(), zoning=spill))
    assert sites["missing_fr"].map(lambda missing: "zonage d'urbanisme" in missing).all()


def test_seveso_rings_say_nothing_of_the_other_risks() -> None:
    ring = risks([box_m(0, 0, 400, 100)], Regulation.CONDITIONAL).assign(source_id="anneau")
    record = SourceRecord(
        source_id="anneau",
        layer_id="risks",
        dataset_id="seveso_effets",
        title_fr="Zones d'effets",
        producer="Service instructeur",
        licence="non précisée",
        page="",
        file_name="anneau.gpkg",
        table_name="anneau",
        file_sha256="00",
        vintage=None,
        row_count=1,
        kept_count=1,
    )
    tables = replace(business_park(), risks=ring, sources=(record,))
    assert "RIS-ABSENT" in rules_of(by_id(tables), FREE)


def test_planner_may_vouch_that_a_commune_has_no_risk_plan() -> None:
    vouched = LandParameters(communes_without_risk_plan=("63148",))
    site = by_id(replace(business_park(), risks=None), vouched).loc[FREE]
    assert "RIS-ABSENT" not in site["rule_ids"]
    assert "risques" not in site["missing_fr"]


def test_parcel_wholly_in_the_red_is_out_even_when_no_size_is_asked() -> None:
    site = by_id(business_park(), LandParameters(min_piece_ha=0, min_width_m=0)).loc[FLOODED]
    assert site["status"] == SiteStatus.UNAVAILABLE
    assert "RIS-INTERDIT" in site["rule_ids"]


def test_label_declared_for_a_commune_stops_at_its_border() -> None:
    both = pd.concat(
        [parcels([box_m(0, 0, 100, 100)]), parcels([box_m(100, 0, 100, 100)], "63149")],
        ignore_index=True,
    )
    tables = replace(business_park(), parcels=both, zoning=zones([box_m(0, 0, 200, 100)], ["UAi"]))
    sites = by_id(tables, LandParameters(economic_labels={"63149": ("UAi",)}))
    assert "VOC-AUCUNE" in rules_of(sites, "63148000AB0001")
    assert "VOC-ZONE" in rules_of(sites, "63149000AB0001")


def test_economic_part_is_named_by_its_own_zone() -> None:
    split = pd.concat(
        [
            zones([box_m(0, 0, 60, 100)], ["A"], zone_type="A"),
            zones([box_m(60, 0, 340, 100)], ["UX"], long_labels=["Zone industrielle"]),
        ],
        ignore_index=True,
    )
    site = by_id(replace(business_park(), zoning=split), LandParameters(min_piece_ha=0.3)).loc[FREE]
    assert "Zone économique du document d'urbanisme : UX." in site["reasons_fr"]
    assert "Zone agricole ou naturelle du PLU : A." in site["reasons_fr"]


def test_zae_without_a_name_still_gives_a_vocation() -> None:
    zae = frame([box_m(0, 0, 400, 100)], zae_id="1", name=None)
    tables = replace(business_park(), zoning=zones([box_m(0, 0, 400, 100)], ["N"]), zae=zae)
    site = by_id(tables).loc[FREE]
    assert "Zone d'activité économique inventoriée." in site["reasons_fr"]


def test_closed_zone_must_be_opened_first() -> None:
    closed = zones([box_m(0, 0, 400, 100)], ["2AUX"], zone_type="AUs")
    assert "PLU-FERMEE" in rules_of(by_id(replace(business_park(), zoning=closed)), FREE)


@pytest.mark.parametrize(
    ("status", "rule"),
    [("friche avec projet", "FRI-PROJET"), ("friche reconvertie", "FRI-RECONVERTIE")],
)
def test_friche_that_someone_uses_says_so(status: str, rule: str) -> None:
    tables = replace(business_park(), friches=friche(status))
    assert rule in rules_of(by_id(tables), BUILT)


def test_prescriptions_and_partial_prohibitions_are_told() -> None:
    tables = replace(
        business_park(),
        risks=pd.concat(
            [
                risks([box_m(0, 0, 30, 100)], Regulation.FORBIDDEN),
                risks([box_m(30, 0, 30, 100)], Regulation.CONDITIONAL),
            ],
            ignore_index=True,
        ),
    )
    site = by_id(tables).loc[FREE]
    assert {"RIS-PARTIEL", "RIS-PRESCRIPTION"} <= set(site["rule_ids"])
    assert site["usable_ha"] == pytest.approx(0.7)


def test_yard_in_use_costs_nothing_but_is_no_void() -> None:
    yard = frame(
        [box_m(0, 0, 400, 100)], cover_id="1", cover="CS1.1.1.2", use="US2", vintage="2021"
    )
    site = by_id(replace(business_park(), land_cover=yard)).loc[FREE]
    assert site["enaf_hi_ha"] == pytest.approx(0.0)
    assert "OCC-AMENAGE" in site["rule_ids"]


def test_latest_land_cover_speaks_first() -> None:
    older = frame([box_m(0, 0, 100, 100)], cover="CS1.1.1.2", use="US2", vintage="2017")
    newer = frame([box_m(0, 0, 100, 100)], cover="CS2.2.1", use="US1.1", vintage="2021")
    cover = pd.concat([older, newer], ignore_index=True)
    site = by_id(replace(business_park(), land_cover=cover)).loc[FREE]
    assert site["enaf_lo_ha"] == pytest.approx(1.0)


def test_commune_without_imported_buildings_is_said_so() -> None:
    site = by_id(replace(business_park(), buildings=None)).loc[FREE]
    assert "BATI-ABSENT" in site["rule_ids"]
    assert pd.isna(site["built_share"])


@settings(max_examples=15, deadline=None)
@given(chosen=st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_the_union_never_exceeds_the_sum(chosen: list[int]) -> None:
    sites = park_sites().iloc[chosen]
    assert union_ha(sites) <= sites["area_ha"].sum() + 1e-9


@settings(max_examples=20, deadline=None)
@given(x=st.integers(-50, 90), width=st.integers(1, 120), shift=st.integers(0, 60))
def test_the_parts_of_a_parcel_sum_to_the_whole(x: int, width: int, shift: int) -> None:
    red = pd.concat(
        [
            risks([box_m(x, 0, width, 100)], Regulation.FORBIDDEN),
            risks([box_m(x + shift, 0, width, 100)], Regulation.FORBIDDEN),
        ],
        ignore_index=True,
    )
    tables = replace(business_park(), risks=red)
    site = measure(tables, LandParameters()).set_index("site_id").loc[FREE]
    taken_off_ha = site["forbidden_m2"] / 10_000
    assert site["usable_ha"] + taken_off_ha == pytest.approx(site["area_ha"], abs=1e-4)


def terrain(**said: object) -> gpd.GeoDataFrame:
    usual: dict[str, object] = dict.fromkeys(("occupancy", "selling_stage", "fitting_stage", "use"))
    return frame(
        [box_m(0, 0, 100, 100)],
        **({"terrain_id": "63148_TERRAIN-ECO_1", "parcel_ids": FREE} | usual | said),
    )


def test_a_plot_the_epci_inventories_has_a_vocation_and_a_reason() -> None:
    housing = zones([box_m(0, 0, 400, 100)], ["UA"])
    site = by_id(replace(business_park(), zoning=housing, terrains=terrain())).loc[FREE]
    assert "VOC-TERRAIN" in site["rule_ids"]
    assert site["usable_ha"] == pytest.approx(1.0)


def test_a_road_of_the_zone_is_not_for_sale() -> None:
    road = terrain(use="voirie ou infrastructure|espace vert", selling_stage="en vente")
    assert "TER-COMMUN" in rules_of(by_id(replace(business_park(), terrains=road)), FREE)


def test_a_plot_in_use_is_not_available() -> None:
    used = terrain(occupancy="occupé")
    assert by_id(replace(business_park(), terrains=used)).loc[FREE, "status"] == (
        SiteStatus.UNAVAILABLE
    )


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_friches_on_the_same_land_the_worse_news_holds(*, turned: bool) -> None:
    both = [friche("friche sans projet"), friche("friche reconvertie").assign(site_id="63148_2")]
    tables = replace(
        business_park(), friches=pd.concat(both[:: -1 if turned else 1], ignore_index=True)
    )
    assert "FRI-RECONVERTIE" in rules_of(by_id(tables), BUILT)


def test_a_later_plan_covers_an_older_one() -> None:
    old = zones([box_m(0, 0, 400, 100)], ["UX"]).assign(approved_on="2010-01-01")
    new = zones([box_m(0, 0, 100, 100)], ["N"], zone_type="N").assign(approved_on="2024-01-01")
    for both in ([old, new], [new, old]):
        one = in_force(pd.concat(both, ignore_index=True))
        assert one is not None
        assert dict(zip(one["label"], one.area, strict=True)) == {"UX": 30_000.0, "N": 10_000.0}


def test_flood_is_unknown_where_only_works_are_documented() -> None:
    works = risks([box_m(0, 0, 400, 100)], Regulation.CONDITIONAL).assign(hazard="technologique")
    assert by_id(replace(business_park(), risks=works))["flood_share"].isna()[FREE]


def test_flood_is_unknown_where_a_zone_does_not_say_its_hazard() -> None:
    unsaid = risks([box_m(0, 0, 400, 100)], Regulation.CONDITIONAL).assign(hazard="autre")
    assert by_id(replace(business_park(), risks=unsaid))["flood_share"].isna()[FREE]


def test_a_hazard_of_flood_counts_as_much_as_its_rule() -> None:
    hazard = frame([box_m(0, 0, 50, 100)], hazard_id="1", label="fort", hazard="inondation")
    site = by_id(replace(business_park(), hazards=hazard)).loc[FREE]
    assert site["flood_share"] == pytest.approx(0.5)


def test_a_building_astride_the_limit_says_nothing_of_a_commune() -> None:
    many = parcels([box_m(20 * n, 0, 20, 100) for n in range(60)])
    tables = replace(business_park(), parcels=many, buildings=buildings([box_m(-5, 0, 12, 20)]))
    assert all("BATI-ABSENT" in rules for rules in by_id(tables)["rule_ids"])


@pytest.mark.parametrize("setback_m", [0.0, 20.0, 40.0])
def test_a_stricter_setback_never_betters_a_status(setback_m: float) -> None:
    asked = LandParameters(min_piece_ha=0.01, min_width_m=1, boundary_setback_m=setback_m)
    site = by_id(business_park(), asked).loc[FREE]
    assert "OCC-INCONNUE" in site["rule_ids"]
