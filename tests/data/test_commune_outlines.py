"""Squares of 1 km: what the repair of outlines does to each known kind of fault."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, Polygon, box

from data.build.commune_outlines import complete_outlines, town_halls
from geo.crs import EXCHANGE, WORKING

X, Y = 900_000, 6_500_000


def square(column: int, *, width: int = 1) -> Polygon:
    return box(X + 1000 * column, Y, X + 1000 * (column + width), Y + 1000)


def published(*rows: tuple[str, str, Polygon | None]) -> gpd.GeoDataFrame:
    codes, types, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame({"code": codes, "type": types}, geometry=list(shapes), crs=WORKING)


def former(**codes: tuple[str, ...] | None) -> pd.Series:
    return pd.Series({name.removeprefix("c"): merged for name, merged in codes.items()})


def test_sound_outline_is_kept_as_published() -> None:
    current = published(("01001", "COM", square(0)))
    drawn = complete_outlines(former(c01001=None), current=current, previous=current)
    assert drawn.loc["01001", "geometry_source"] == "published"
    assert drawn.loc["01001", "geometry"].equals(square(0))


def test_commune_merged_lately_receives_its_former_commune() -> None:
    drawn = complete_outlines(
        former(c01001=("01002",)),
        current=published(("01001", "COM", square(0))),
        previous=published(("01001", "COM", square(0)), ("01002", "COM", square(1))),
    )
    assert drawn.loc["01001", "geometry_source"] == "former_added"
    assert drawn.loc["01001", "geometry"].equals(square(0, width=2))


def test_former_commune_already_inside_is_not_added_again() -> None:
    drawn = complete_outlines(
        former(c01001=("01002",)),
        current=published(("01001", "COM", square(0, width=2))),
        previous=published(("01002", "COM", square(1))),
    )
    assert drawn.loc["01001", "geometry_source"] == "published"


def test_commune_without_outline_is_rebuilt_from_its_delegated_communes() -> None:
    drawn = complete_outlines(
        former(c01001=("01002",)),
        current=published(("01001", "COM", None)),
        previous=published(("01001", "COMD", square(0)), ("01002", "COMD", square(1))),
    )
    assert drawn.loc["01001", "geometry_source"] == "rebuilt"
    assert drawn.loc["01001", "geometry"].equals(square(0, width=2))


def test_restored_commune_is_taken_out_of_the_one_that_held_it() -> None:
    drawn = complete_outlines(
        former(c01001=None, c01002=None),
        current=published(("01001", "COM", square(0, width=2)), ("01002", "COM", None)),
        previous=published(("01002", "COMD", square(1))),
    )
    assert drawn.loc["01001", "geometry_source"] == "restored_removed"
    assert drawn.loc["01001", "geometry"].equals(square(0))
    assert drawn.loc["01002", "geometry"].equals(square(1))


def test_commune_nobody_draws_keeps_a_missing_outline() -> None:
    nothing = published(("01001", "COM", None))
    drawn = complete_outlines(former(c01001=None), current=nothing, previous=nothing)
    assert drawn.geometry.isna().all()


@pytest.mark.parametrize(
    ("hall", "source"),
    [
        (Point(X + 200, Y + 200), "mairie"),
        (Point(X - 400, Y + 500), "mairie"),
        (Point(X - 600, Y + 500), "representative_point"),
        (None, "representative_point"),
    ],
)
def test_town_hall_farther_than_500_m_is_replaced(hall: Point | None, source: str) -> None:
    outlines = gpd.GeoSeries([square(0)], index=["01001"], crs=WORKING)
    halls = town_halls(outlines, gpd.GeoSeries([hall], index=["01001"], crs=WORKING))
    assert halls.loc["01001", "mairie_source"] == source
    point = gpd.points_from_xy(halls["mairie_lon"], halls["mairie_lat"], crs=EXCHANGE)
    assert point.to_crs(WORKING).distance(square(0)).max() < 500
