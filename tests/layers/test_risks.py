import math

import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.risks import Hazard, Regulation, normalise

COVADIS = "ppr_zone_reglementaire_covadis"


def zones(dataset_id: str = COVADIS, **columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    raw = gpd.GeoDataFrame(
        {"row": range(1, count + 1), **columns},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(count)],
        crs=2154,
    )
    return normalise(raw, Context(dataset_id))


@pytest.mark.parametrize(
    ("code", "regulation"),
    [
        ("01", Regulation.CONDITIONAL),
        ("02", Regulation.CONDITIONAL),
        ("03", Regulation.FORBIDDEN),
        ("4", Regulation.FORBIDDEN),
        ("05", Regulation.FORBIDDEN),
        ("99", Regulation.UNKNOWN),
        (None, Regulation.UNKNOWN),
    ],
)
def test_the_code_of_the_standard_says_what_is_asked(
    code: str | None, regulation: Regulation
) -> None:
    table = zones(regulation_code=[code], label=["Zone B"]).table
    assert table["regulation"].tolist() == [regulation]


def test_codes_read_as_numbers_are_codes_again() -> None:
    table = zones(regulation_code=[3.0, 2.0, math.nan], zone_id=[7.0, 8.0, math.nan]).table
    assert table["regulation"].tolist() == [
        Regulation.FORBIDDEN,
        Regulation.CONDITIONAL,
        Regulation.UNKNOWN,
    ]
    assert table["zone_id"].tolist()[:2] == ["sans-plan-000007", "sans-plan-000008"]


def test_a_zone_outside_the_hazard_keeps_its_prescriptions_when_its_label_is_missing() -> None:
    table = zones(regulation_code=["01"], label=[None]).table
    assert table["regulation"].tolist() == [Regulation.CONDITIONAL]
    assert zones(regulation_code=["01"]).table["regulation"].tolist() == [Regulation.CONDITIONAL]


@pytest.mark.parametrize("label", ["-", "", " - "])
def test_a_zone_outside_the_hazard_without_a_named_rule_asks_nothing(label: str) -> None:
    table = zones(regulation_code=["01", "02"], label=[label, label]).table
    assert table["regulation"].tolist() == [Regulation.HAZARD_ONLY, Regulation.CONDITIONAL]
    assert table["label"].isna().all()


def test_a_zone_without_a_code_is_told_to_be_read_in_the_plan() -> None:
    normalised = zones("ppr_perimetre", label=["PPRNPi"], hazard_code=["1130000"])
    assert normalised.table["regulation"].tolist() == [Regulation.UNKNOWN]
    (issue,) = normalised.issues
    assert (issue.rule_id, issue.rows) == ("RIS-REGLEMENT", (1,))


@pytest.mark.parametrize(
    ("code", "hazard"),
    [("1130000", "inondation"), ("1240000", "terrain"), ("2110000", "technologique")],
)
def test_a_gaspar_code_says_the_family(code: str, hazard: str) -> None:
    assert zones("ppr_perimetre", hazard_code=[code]).table["hazard"].tolist() == [hazard]


@pytest.mark.parametrize(
    ("label", "hazard"),
    [
        ("prescription -inondations en pied de versant", Hazard.FLOOD),
        ("interdiction - crues rapides des rivières", Hazard.FLOOD),
        ("prescription - glissements de terrain, crues", Hazard.GROUND),
        ("Interdiction - Chutes de pierres", Hazard.GROUND),
        ("interdiction - avalanches", Hazard.OTHER),
        (None, Hazard.OTHER),
    ],
)
def test_without_a_code_the_first_word_that_names_a_family_says_it(
    label: str | None, hazard: Hazard
) -> None:
    assert zones(regulation_code=["03"], label=[label]).table["hazard"].tolist() == [hazard]


@pytest.mark.parametrize(
    ("label", "regulation"),
    [
        ("FORT - Interdiction construction", Regulation.FORBIDDEN),
        ("TRES FORT - Zone de l'usine", Regulation.FORBIDDEN),
        ("MOYEN - Autorisation construction", Regulation.CONDITIONAL),
        (None, Regulation.CONDITIONAL),
    ],
)
def test_a_seveso_ring_says_it_in_words(label: str | None, regulation: Regulation) -> None:
    table = zones("seveso_effets", label=[label]).table
    assert table["regulation"].tolist() == [regulation]
    assert table["hazard"].tolist() == [Hazard.TECHNOLOGICAL]


def test_zones_of_two_plans_never_share_an_id() -> None:
    table = zones(
        regulation_code=["02", "02"], zone_id=[1, 1], procedure_id=["38DDT1", "38DDT2"]
    ).table
    assert table["zone_id"].tolist() == ["38DDT1-000001", "38DDT2-000001"]


@pytest.mark.parametrize(
    ("code", "regulation"),
    [
        ("05", Regulation.HAZARD_ONLY),  # recommendations
        ("06", Regulation.FORBIDDEN),  # grey zone
        ("07", Regulation.CONDITIONAL),  # exceptional hazard
    ],
)
def test_the_standard_of_2023_gives_its_later_codes_another_meaning(
    code: str, regulation: Regulation
) -> None:
    table = zones("ppr_zone_reglementaire_cnig", regulation_code=[code], label=["Zone"]).table
    assert table["regulation"].tolist() == [regulation]


def test_sectors_of_expropriation_forbid_whatever_their_code() -> None:
    table = zones("ppr_zone_fonciere_cnig", regulation_code=["01", "02"], zone_id=[7, 8]).table
    assert set(table["regulation"]) == {Regulation.FORBIDDEN}
    assert table["zone_id"].tolist() == ["sans-plan-foncier-000007", "sans-plan-foncier-000008"]


def test_a_table_of_town_planning_cut_of_a_column_is_no_list_of_sectors() -> None:
    raw = gpd.GeoDataFrame(
        {"row": [1], "regulation_code": ["02"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=2154
    )
    context = Context("ppr_zone_fonciere_cnig", table_name="pprt_1_zonereglementaireurba_s")
    assert normalise(raw, context).table["regulation"].tolist() == [Regulation.CONDITIONAL]
