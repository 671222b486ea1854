import geopandas as gpd
import shapely

from layers.base import Context
from layers.risk_perimeters import normalise
from layers.risk_plans import PlanState
from layers.risks import Hazard


def outlines(table_name: str = "", **columns: list[object]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    raw = gpd.GeoDataFrame(
        {"row": range(1, count + 1), **columns},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(count)],
        crs=2154,
    )
    table = normalise(raw, Context("essai", table_name=table_name)).table
    assert isinstance(table, gpd.GeoDataFrame)
    return table


def test_the_standard_writes_the_state_of_a_plan() -> None:
    table = outlines(state=["APPROUVE", "PRESCRIT"], approved_on=["2017-02-08", "2015-01-01"])
    assert table["state"].tolist() == [PlanState.APPROVED, PlanState.PRESCRIBED]


def test_the_date_of_a_plan_only_prescribed_is_no_approval() -> None:
    table = outlines(state=["APPROUVE", "PRESCRIT"], approved_on=["2017-02-08", "2015-01-01"])
    assert table["approved_on"].fillna("").tolist() == ["2017-02-08", ""]


def test_an_outline_of_exposure_is_that_of_an_approved_plan() -> None:
    table = outlines(
        perimeter_code=["02", "01", "02"], approved_on=["2018-04-09", "2018-04-09", None]
    )
    assert table["state"].isna().tolist() == [False, True, True]
    assert table["state"].iloc[0] == PlanState.APPROVED


def test_a_plan_that_is_over_has_lapsed() -> None:
    table = outlines(perimeter_code=["02"], approved_on=["2018-04-09"], ended_on=["2022-01-01"])
    assert table["state"].tolist() == [PlanState.LAPSED]


def test_the_name_of_the_table_says_a_family_when_the_plan_has_one_only() -> None:
    assert outlines("pprt_69dreal_perimetre_s", state=["APPROUVE"])["hazard"].tolist() == [
        Hazard.TECHNOLOGICAL
    ]
    assert outlines("N_PERIMETRE_PPRN_S_038", state=["APPROUVE"])["hazard"].isna().all()
