"""Land cover, buildings, areas of activity and land units, hand-made."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers import activity_areas, buildings, land_cover, land_units
from layers.base import Context

CONTEXT = Context("essai")


def polygons(**columns: list[object]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    shapes = [shapely.box(20 * x, 0, 20 * x + 10, 10) for x in range(count)]
    return gpd.GeoDataFrame({"row": range(1, count + 1), **columns}, geometry=shapes, crs=2154)


def test_a_change_is_read_at_the_later_year_whatever_the_order_of_its_columns() -> None:
    raw = polygons(
        surface=[100],
        cs_2021=["CS1.1.1.1"],
        us_2021=["US2"],
        cs_2018=["CS2.2.1"],
        us_2018=["US1.1"],
    )
    (row,) = land_cover.normalise(raw, CONTEXT).table.itertuples()
    assert (row.cover, row.use, row.vintage) == ("CS1.1.1.1", "US2", "2021")


@pytest.mark.parametrize("published", ["0", 0, 0.0])
def test_a_declared_area_of_zero_is_told(published: object) -> None:
    raw = polygons(surface=[published], cs_2018=["CS2.2.1"], us_2018=["US1.1"])
    assert [issue.rule_id for issue in land_cover.normalise(raw, CONTEXT).issues] == ["OCS-SURFACE"]


def test_the_official_layer_of_artificial_ground_keeps_its_verdict_and_its_threshold() -> None:
    raw = polygons(
        cover_id=["a", "b", "c"],
        cover=["CS2.2.1"] * 3,
        use=["US5"] * 3,
        is_artificial=["artif", "non artif", None],
        is_below_threshold=[True, False, None],
    )
    table = land_cover.normalise(raw, CONTEXT).table
    assert table["is_artificial"].tolist()[:2] == ["artif", "non artif"]
    assert table["is_below_threshold"].fillna("").tolist() == ["oui", "non", ""]


def test_a_planned_building_is_set_aside_and_told() -> None:
    raw = polygons(producer_id=["B1", "B2"], state=["En projet", "En ruine"])
    normalised = buildings.normalise(raw, CONTEXT)
    assert normalised.table["building_id"].str.startswith("B2#").tolist() == [True]
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("BAT-PROJET", (1,))]


def test_a_building_without_any_attribute_is_one() -> None:
    table = buildings.normalise(polygons(producer_id=[None]), CONTEXT).table
    assert table["building_id"].str.fullmatch("[0-9a-f]{16}").all()
    assert table[["kind", "nature", "use"]].isna().all(axis=None)


def test_the_lost_accent_of_a_building_is_put_back() -> None:
    raw = polygons(producer_id=["B1"], nature=["B\ufffdtiment industriel"])
    assert buildings.normalise(raw, CONTEXT).table["nature"].tolist() == ["Bâtiment industriel"]


def test_an_area_is_economic_by_its_category() -> None:
    raw = polygons(
        area_id=["1", "2", "3", "4"],
        category=["Industriel ou commercial", "Industriel et commercial", "Sport", None],
    )
    table = activity_areas.normalise(raw, CONTEXT).table
    assert table["is_economic"].tolist()[:3] == ["oui", "oui", "non"]
    assert pd.isna(table["is_economic"].iloc[3])


def test_units_of_two_files_with_one_number_keep_two_ids() -> None:
    table = land_units.normalise(polygons(unit_id=[1.0, 1.0]), CONTEXT).table
    assert table["unit_id"].str.startswith("1#").all()
    assert table["unit_id"].is_unique
