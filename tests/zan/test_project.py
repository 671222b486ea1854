from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import InputError
from jalon.testing import box_m, frame
from jalon.zan.cost_remarks import REMARKS
from jalon.zan.hints import Hints
from jalon.zan.law import law_on, verified_on
from jalon.zan.occupation import evidence
from jalon.zan.pene import PeneStatus
from jalon.zan.project import Project, costs_by_commune, overlaps, pieces, project_costs
from jalon.zan.rules import ZAN_RULES

LAW = law_on(verified_on())


def strip(x_m: float, area_ha: float) -> shapely.Polygon:
    """Return a rectangle a hundred metres deep."""
    return box_m(x_m, 0, 100 * area_ha, 100)


def ocs_ge(*drawn: tuple[shapely.Polygon, str, str]) -> gpd.GeoDataFrame:
    shapes, cover, use = zip(*drawn, strict=True)
    return frame(list(shapes), cover=cover, use=use, vintage="2021")


def cost(project: Project, *drawn: tuple[shapely.Polygon, str, str]) -> pd.Series:
    return project_costs([project], evidence(ocs_ge(*drawn), None, None), LAW).iloc[0]


def enaf(row: pd.Series) -> tuple[float, float]:
    return row["enaf_lo_ha"], row["enaf_hi_ha"]


# W10: 62 ha of arable land
ARABLE = (strip(0, 62), "CS2.2.1", "US1.1")


def test_w10_annex_1_is_carried_by_the_nation() -> None:
    row = cost(Project("p", ARABLE[0], pene=PeneStatus.ANNEX_1), ARABLE)
    assert (row["local_lo_ha"], row["local_hi_ha"]) == (0.0, 0.0)
    assert (row["national_lo_ha"], row["national_hi_ha"]) == pytest.approx((62.0, 62.0))
    assert {"R-PENE-2", "R-PENE-5"} <= set(row["rule_ids"])


def test_w10_annex_2_is_indicative_and_costs_in_full() -> None:
    row = cost(Project("p", ARABLE[0], pene=PeneStatus.ANNEX_2), ARABLE)
    assert (row["local_lo_ha"], row["local_hi_ha"]) == pytest.approx((62.0, 62.0))
    assert row["national_hi_ha"] == 0.0
    assert any("annexe II" in text for text in row["warnings_fr"])


def test_contour_of_a_pene_asks_a_question_and_changes_no_cost() -> None:
    contours = frame([strip(0, 70)], name="Usine d'essai")
    sources = evidence(ocs_ge(ARABLE), None, None)
    project = Project("p", ARABLE[0], works_on=date(2027, 1, 1))
    row = project_costs([project], sources, LAW, hints=Hints(pene=contours)).iloc[0]
    assert row["local_hi_ha"] == pytest.approx(62.0)
    (warning,) = row["warnings_fr"]
    assert warning == (
        "L'emprise rencontre le contour du PENE « Usine d'essai » : simple indice ; dites s'il "
        "s'agit de ce projet pour qu'il soit compté ainsi."
    )


# W11: a textile friche of 8.5 ha
PAVED = (strip(0, 6), "CS1.1.1.1", "US6.2")
WILD_HERB = (strip(600, 2), "CS2.2.1", "US6.2")
OLD_WOOD = (strip(800, 0.5), "CS2.1.1.1", "US6.3")


def test_w11_building_the_whole_friche_costs_its_wood_only() -> None:
    row = cost(Project("p", strip(0, 8.5)), PAVED, WILD_HERB, OLD_WOOD)
    assert enaf(row) == pytest.approx((0.50, 0.50))
    assert row["urbanised_ha"] == pytest.approx(8.0)


def test_w11_sparing_the_wood_costs_nothing() -> None:
    row = cost(Project("p", strip(0, 8)), PAVED, WILD_HERB, OLD_WOOD)
    assert enaf(row) == pytest.approx((0, 0), abs=1e-6)


# W12: 3 ha of declared fallow, in a zone 1AUX nobody asks about
def test_w12_farmland_of_a_friche_inventory_costs_and_is_said_out_of_the_definition() -> None:
    fallow = strip(0, 3)
    hints = Hints(friches=frame([fallow]))
    sources = evidence(None, frame([fallow], crop_code="J6S"), None)
    row = project_costs([Project("p", fallow)], sources, LAW, hints=hints).iloc[0]
    assert enaf(row) == pytest.approx((3.00, 3.00))
    assert "R-PAR-12" in row["rule_ids"]
    assert any("3,00\u202fha non bâtis" in text for text in row["warnings_fr"])


def test_friche_known_as_a_point_hints_at_nothing() -> None:
    hints = Hints(friches=frame([strip(0, 3).centroid]))
    sources = evidence(None, frame([strip(0, 3)]), None)
    row = project_costs([Project("p", strip(0, 3))], sources, LAW, hints=hints).iloc[0]
    assert "R-PAR-12" not in row["rule_ids"]


# W13: gaps in a U zone
@pytest.mark.parametrize(
    ("side_m", "cover", "use", "expected_ha"),
    [
        ((40, 30), "CS2.2.1", "US5", (0, 0)),
        ((100, 60), "CS2.2.1", "US1.1", (0.60, 0.60)),
        ((60, 30), "CS2.2.1", "US6.3", (0, 0.18)),
    ],
    ids=["a garden", "b ploughed", "c meadow"],
)
def test_w13_gap_costs_what_its_real_use_tells(
    side_m: tuple[float, float], cover: str, use: str, expected_ha: tuple[float, float]
) -> None:
    plot = box_m(0, 0, *side_m)
    around = (box_m(-50, -50, 300, 300).difference(plot), "CS1.1.1.1", "US5")
    row = cost(Project("p", plot), (plot, cover, use), around)
    assert enaf(row) == pytest.approx(expected_ha, abs=1e-9)


# W14: a mixed parcel of 5 ha
PLATFORM = (strip(0, 1.2), "CS1.1.1.2", "US2")
LAWN = (strip(120, 0.3), "CS2.2.1", "US2")
FIELD = (strip(150, 3.5), "CS2.2.1", "US1.1")


def test_w14_mixed_parcel_costs_its_arable_part_on_both_bases() -> None:
    row = cost(Project("p", strip(0, 4.0), whole_unit=strip(0, 5.0)), PLATFORM, LAWN, FIELD)
    assert enaf(row) == pytest.approx((2.50, 2.50))
    assert (row["whole_lo_ha"], row["whole_hi_ha"]) == pytest.approx((3.50, 3.50))


def test_w14_what_is_left_enclosed_is_not_consumed() -> None:
    left = box_m(300, 30, 50, 40)
    footprint = strip(0, 5.0).difference(left)
    row = cost(Project("p", footprint, whole_unit=strip(0, 5.0)), PLATFORM, LAWN, FIELD)
    assert enaf(row) == pytest.approx((3.30, 3.30))
    assert row["whole_hi_ha"] == pytest.approx(3.50)


def test_access_outside_the_whole_unit_is_counted_in_both_bases() -> None:
    row = cost(Project("p", strip(0, 2), whole_unit=strip(0, 1)), (strip(0, 2), "CS2.2.1", "US1.1"))
    assert (row["enaf_hi_ha"], row["whole_hi_ha"]) == pytest.approx((2.0, 2.0))


def test_without_whole_unit_the_second_base_is_missing() -> None:
    assert pd.isna(cost(Project("p", strip(0, 1)), ARABLE)["whole_hi_ha"])


@pytest.mark.parametrize(
    ("works_on", "period", "local_ha"),
    [
        (date(2020, 12, 31), "référence", 0.0),
        (date(2021, 1, 1), "2021-2030", 1.0),
        (date(2030, 12, 31), "2021-2030", 1.0),
        (None, "2021-2030", 1.0),
        (date(2031, 1, 1), "artificialisation nette", float("nan")),
    ],
)
def test_start_of_works_chooses_the_period(
    works_on: date | None, period: str, local_ha: float
) -> None:
    row = cost(Project("p", strip(0, 1), works_on=works_on), ARABLE)
    assert row["period"] == period
    assert row["local_hi_ha"] == pytest.approx(local_ha, nan_ok=True)
    assert row["enaf_hi_ha"] == pytest.approx(1.0)


def test_untold_start_of_works_is_said() -> None:
    warnings = cost(Project("p", strip(0, 1)), ARABLE)["warnings_fr"]
    assert warnings[0].startswith("Date de démarrage effectif des travaux non dite")


def test_planned_renaturation_gives_no_credit() -> None:
    planned = Project("p", strip(0, 1), restored_planned_ha=0.6)
    done = Project("q", strip(0, 1), restored_effective_ha=0.6)
    costs = project_costs([planned, done], evidence(ocs_ge(ARABLE), None, None), LAW)
    assert costs["restored_ha"].tolist() == [0.0, 0.6]
    assert any("Renaturation prévue" in text for text in costs["warnings_fr"].iloc[0])


# W15: no threshold on the consumption of ENAF
@pytest.mark.parametrize(
    ("side_m", "expected_m2"),
    [
        ((7, 7), 49),
        ((5, 10), 50),
        ((60, 40), 2_400),
        ((50, 50), 2_500),
        ((1_000, 4.8), 4_800),
        ((1_000, 5), 5_000),
    ],
    ids=["hut 49", "building 50", "pad 2400", "pad 2500", "road 4.8", "road 5.0"],
)
@pytest.mark.parametrize("codes", [("CS2.1.1.1", "US1.2"), ("CS2.2.1", "US1.1")])
def test_w15_every_piece_in_wood_or_field_counts(
    side_m: tuple[float, float], expected_m2: float, codes: tuple[str, str]
) -> None:
    row = cost(Project("p", box_m(0, 0, *side_m)), (box_m(-500, -500, 2_000, 1_000), *codes))
    assert enaf(row) == pytest.approx((expected_m2 / 10_000, expected_m2 / 10_000), abs=1e-9)


def test_pieces_of_a_project_are_ready_for_a_map() -> None:
    found = pieces(
        [Project("p", strip(0, 4.0))], evidence(ocs_ge(PLATFORM, LAWN, FIELD), None, None)
    )
    assert found["source_fr"].unique().tolist() == ["OCS GE 2021"]
    assert found.groupby("is_enaf")["area_ha"].sum().tolist() == pytest.approx([1.5, 2.5])
    assert found.crs.to_epsg() == 2154


TWO_COMMUNES = frame([strip(-100, 2), strip(100, 4)], insee=["01001", "01002"])


def test_project_astride_two_communes_is_shared_between_them() -> None:
    project = Project("p", strip(0, 3), whole_unit=strip(-50, 4))
    sources = evidence(ocs_ge(ARABLE), None, None)
    rows = costs_by_commune([project], TWO_COMMUNES, sources, LAW).set_index("commune")
    assert rows["local_hi_ha"].to_dict() == pytest.approx({"01001": 1.0, "01002": 2.0})
    assert rows["whole_hi_ha"].to_dict() == pytest.approx({"01001": 1.5, "01002": 2.5})


def test_land_outside_every_commune_keeps_a_row() -> None:
    sources = evidence(ocs_ge(ARABLE), None, None)
    rows = costs_by_commune([Project("p", strip(400, 2))], TWO_COMMUNES, sources, LAW)
    assert rows["commune"].isna().tolist() == [True, False]
    assert rows["local_hi_ha"].sum() == pytest.approx(2.0)


def test_renaturation_is_credited_where_it_takes_place() -> None:
    project = Project("p", strip(0, 1), restored_effective_ha=0.4, restored_commune="01002")
    rows = costs_by_commune([project], TWO_COMMUNES, (), LAW).set_index("commune")
    assert rows["restored_ha"].to_dict() == {"01001": 0.0, "01002": 0.4}
    assert rows["area_ha"].to_dict() == pytest.approx({"01001": 1.0, "01002": 0.0})


def test_renaturation_told_nowhere_is_that_of_the_only_commune() -> None:
    alone = Project("p", strip(0, 1), restored_effective_ha=0.4)
    rows = costs_by_commune([alone], TWO_COMMUNES, (), LAW)
    assert rows["restored_ha"].tolist() == [0.4]
    astride = replace(alone, footprint=strip(0, 2))
    rows = costs_by_commune([astride], TWO_COMMUNES, (), LAW)
    assert rows["restored_ha"].tolist() == [0.0, 0.0]
    assert all("sans commune dite" in texts[-1] for texts in rows["warnings_fr"])


def test_faults_of_every_project_are_told_together() -> None:
    projects = [
        Project("a", strip(0, 1)),
        Project("a", strip(0, 1)),
        Project("b", shapely.Polygon()),
        Project("c", shapely.box(3, 45, 4, 46)),
        Project("d", strip(0, 1), restored_planned_ha=-1.0),
    ]
    with pytest.raises(InputError) as error:
        project_costs(projects, (), LAW)
    for fault in (
        "« a » : décrit deux",
        "« b » : emprise sans",
        "« c » : emprise en",
        "« d » : ren",
    ):
        assert fault in error.value.message


def test_no_project_is_refused() -> None:
    with pytest.raises(InputError, match="Aucun projet"):
        project_costs([], (), LAW)


def test_before_the_list_of_pene_a_project_costs_in_full() -> None:
    sources = evidence(ocs_ge(ARABLE), None, None)
    project = Project("p", ARABLE[0], pene=PeneStatus.ANNEX_1)
    row = project_costs([project], sources, law_on(date(2024, 6, 9))).iloc[0]
    assert (row["local_hi_ha"], row["national_hi_ha"]) == pytest.approx((62.0, 0.0))
    assert "R-PENE-2" not in row["rule_ids"]


def test_projects_that_share_land_are_named_with_the_hectares_counted_twice() -> None:
    told = overlaps(
        [Project("b", strip(0, 2)), Project("a", strip(150, 1)), Project("c", strip(250, 1))]
    )
    assert told.to_dict("records") == [
        {"project_id": "b", "other_id": "a", "shared_ha": pytest.approx(0.5)}
    ]


def test_every_rule_a_cost_names_is_in_the_registry() -> None:
    named = {rule for remark in REMARKS for rule in remark.rule_ids}
    assert named <= {rule.rule_id for rule in ZAN_RULES}
