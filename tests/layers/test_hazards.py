import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.hazards import normalise
from layers.risks import Hazard


def zones(**columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    raw = gpd.GeoDataFrame(
        {"row": range(1, count + 1), "procedure_id": "38DDT1", **columns},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(count)],
        crs=2154,
    )
    return normalise(raw, Context("ppr_alea_cnig"))


@pytest.mark.parametrize(
    ("code", "level"), [("01", "faible"), ("4", "fort"), ("06", "très fort ou majeur")]
)
def test_a_level_is_the_text_of_the_standard(code: str, level: str) -> None:
    assert zones(hazard_id=["1"], level_code=[code]).table["level"].tolist() == [level]


@pytest.mark.parametrize("code", ["12", None])
def test_a_level_outside_the_standard_is_missing_and_told(code: str | None) -> None:
    normalised = zones(hazard_id=["1"], level_code=[code])
    assert normalised.table["level"].isna().all()
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("ALEA-NIVEAU", (1,))]


@pytest.mark.parametrize(
    ("code", "hazard"),
    [
        ("1130000", Hazard.FLOOD),
        ("124", Hazard.GROUND),
        ("33", Hazard.GROUND),
        ("211", Hazard.TECHNOLOGICAL),
        ("9999999", Hazard.OTHER),
    ],
)
def test_the_phenomenon_says_the_family(code: str, hazard: Hazard) -> None:
    table = zones(hazard_id=["1"], hazard_code=[code], level_code=["01"]).table
    assert table["hazard"].tolist() == [hazard]


def test_zones_of_two_phenomena_never_share_an_id() -> None:
    table = zones(hazard_id=["7", "7"], hazard_code=["33", "312"], level_code=["01", "01"]).table
    assert table["hazard_id"].tolist() == ["38DDT1-33-000007", "38DDT1-312-000007"]


def test_a_zone_is_called_by_its_producer_then_by_the_standard() -> None:
    table = zones(
        hazard_id=["1", "2", "3"],
        hazard_code=["312", "312", "999"],
        level_code=["01"] * 3,
        label=["Puits", None, None],
        description=["23", "23", "multirisque"],
    ).table
    assert table["label"].tolist() == ["Puits", "effondrements miniers localisés", "multirisque"]
