"""Distances along one axis: a site from 0 to 100 m, and networks a round number further east."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from jalon.access import ACCESS_FR, with_access
from jalon.tables import REACH_M, LandTables
from jalon.testing import ORIGIN_X_M, ORIGIN_Y_M, box_m, frame, parcels
from layers.access_points import AccessKind
from layers.roads import RoadClass

SITE = box_m(0, 0, 100, 100)
HALF_M = 50.0
"""Lines are drawn as far north and south of the origin as needed: no end is the nearest point."""


def line_at(x_m: float) -> shapely.LineString:
    """Return a line running north, east of the origin."""
    x = ORIGIN_X_M + x_m
    return shapely.LineString([(x, ORIGIN_Y_M - HALF_M), (x, ORIGIN_Y_M + 3 * HALF_M)])


def point_at(x_m: float) -> shapely.Point:
    return shapely.Point(ORIGIN_X_M + x_m, ORIGIN_Y_M + HALF_M)


def roads(classes_at_m: dict[float, RoadClass | None]) -> gpd.GeoDataFrame:
    return frame(list(map(line_at, classes_at_m)), road_class=list(classes_at_m.values()))


def accesses(kinds_at_m: dict[float, AccessKind]) -> gpd.GeoDataFrame:
    return frame(list(map(point_at, kinds_at_m)), kind=list(kinds_at_m.values()))


WORLD = LandTables(parcels=parcels([SITE]))


def measured(tables: LandTables, *, has_vocation: bool = True) -> pd.Series:
    """Return the distances of the only site."""
    sites = tables.parcels.assign(has_vocation=has_vocation)
    return pd.DataFrame(with_access(sites, tables))[list(ACCESS_FR)].astype(float).iloc[0]


def test_the_distance_runs_from_the_limit_of_the_site_not_from_its_middle() -> None:
    tables = replace(WORLD, roads=roads({130: RoadClass.LOCAL}))
    assert measured(tables)["road_m"] == pytest.approx(30)


def test_the_nearest_road_counts() -> None:
    tables = replace(WORLD, roads=roads({400: RoadClass.LOCAL, 150: RoadClass.SECONDARY}))
    assert measured(tables)["road_m"] == pytest.approx(50)


def test_a_road_across_the_site_is_at_no_distance() -> None:
    assert measured(replace(WORLD, roads=roads({50: RoadClass.LOCAL})))["road_m"] == 0


def test_a_track_is_no_road_for_a_lorry() -> None:
    tables = replace(WORLD, roads=roads({110: RoadClass.TRACK, 700: RoadClass.LOCAL}))
    assert measured(tables)["road_m"] == pytest.approx(600)


def test_a_road_whose_class_is_unknown_is_a_road_but_no_main_one() -> None:
    found = measured(replace(WORLD, roads=roads({110: None, 700: RoadClass.MAIN})))
    assert found[["road_m", "main_road_m"]].tolist() == pytest.approx([10, 600])


@pytest.mark.parametrize("road_class", [RoadClass.MOTORWAY, RoadClass.MAIN])
def test_motorways_and_main_roads_are_main(road_class: RoadClass) -> None:
    tables = replace(WORLD, roads=roads({120: RoadClass.LOCAL, 300: road_class}))
    found = measured(tables)
    assert found[["road_m", "main_road_m"]].tolist() == pytest.approx([20, 200])


def test_a_motorway_is_reached_by_its_junction_not_by_its_carriageway() -> None:
    tables = replace(
        WORLD,
        roads=roads({120: RoadClass.MOTORWAY}),
        access_points=accesses({9_100: AccessKind.JUNCTION}),
    )
    assert measured(tables)["motorway_m"] == pytest.approx(9_000)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (AccessKind.JUNCTION, "motorway_m"),
        (AccessKind.SIDING, "rail_m"),
        (AccessKind.FREIGHT, "rail_m"),
        (AccessKind.SUBSTATION, "substation_m"),
    ],
)
def test_each_kind_of_access_tells_its_own_distance_only(kind: AccessKind, column: str) -> None:
    found = measured(replace(WORLD, access_points=accesses({350: kind}))).dropna()
    assert found.to_dict() == pytest.approx({column: 250})


def test_a_railway_alongside_is_no_siding() -> None:
    rails = frame([line_at(115)])
    found = measured(replace(WORLD, railways=rails))
    assert found["railway_m"] == pytest.approx(15)
    assert np.isnan(found["rail_m"])


def test_the_outline_of_a_substation_is_reached_at_its_edge() -> None:
    yard = frame([box_m(300, 0, 80, 80)], kind=AccessKind.SUBSTATION)
    assert measured(replace(WORLD, access_points=yard))["substation_m"] == pytest.approx(200)


def test_what_was_never_imported_is_missing_not_far() -> None:
    assert measured(WORLD).isna().all()


def test_beyond_the_reach_of_its_layer_nothing_is_told() -> None:
    just_within = {name: 100 + reach_m for name, reach_m in REACH_M.items()}

    def at(extra_m: float) -> pd.Series:
        return measured(
            replace(
                WORLD,
                roads=roads({just_within["roads"] + extra_m: RoadClass.MAIN}),
                railways=frame([line_at(just_within["railways"] + extra_m)]),
                access_points=accesses(
                    {just_within["access_points"] + extra_m: AccessKind.JUNCTION}
                ),
            )
        )

    told = ["road_m", "main_road_m", "motorway_m", "railway_m"]
    assert at(0)[told].tolist() == pytest.approx([5_000, 5_000, 20_000, 5_000])
    assert at(1)[told].isna().all()


def test_a_site_without_vocation_is_told_its_nearest_road_only() -> None:
    tables = replace(
        WORLD,
        roads=roads({130: RoadClass.MAIN}),
        railways=frame([line_at(115)]),
        access_points=accesses({350: AccessKind.JUNCTION, 360: AccessKind.SUBSTATION}),
    )
    found = measured(tables, has_vocation=False).dropna()
    assert found.to_dict() == pytest.approx({"road_m": 30})


def test_each_site_keeps_its_own_distances() -> None:
    both = parcels([SITE, box_m(1_000, 0, 100, 100), box_m(200, 0, 100, 100)])
    tables = LandTables(parcels=both, roads=roads({1_200: RoadClass.MAIN}))
    found = with_access(both.assign(has_vocation=[True, False, True]), tables)
    assert found["road_m"].tolist() == pytest.approx([1_100, 100, 900])
    assert found["main_road_m"].tolist() == pytest.approx([1_100, np.nan, 900], nan_ok=True)


@given(st.lists(st.integers(101, 5_000), min_size=1, max_size=6, unique=True))
def test_one_more_road_never_takes_a_site_further(places_m: list[int]) -> None:
    every = roads(dict.fromkeys(map(float, places_m), RoadClass.LOCAL))
    fewer = measured(replace(WORLD, roads=every.iloc[:1]))["road_m"]
    assert measured(replace(WORLD, roads=every))["road_m"] <= fewer
