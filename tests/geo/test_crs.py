import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import require_metric, to_exchange, to_working
from geo.errors import CrsError

CENTRE_OF_FRANCE = shapely.Point(3.0, 46.5)


def frame_at(point: shapely.Point, crs: int | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[point], crs=crs)


def test_the_origin_of_lambert_93_is_where_the_projection_says() -> None:
    moved = to_working(frame_at(CENTRE_OF_FRANCE, 4326)).geometry.iloc[0]
    assert (moved.x, moved.y) == pytest.approx((700_000, 6_600_000), abs=0.001)


def test_a_frame_without_system_is_refused_with_the_remedy() -> None:
    with pytest.raises(CrsError, match="n'a pas de système de coordonnées") as caught:
        to_working(frame_at(CENTRE_OF_FRANCE, None))
    assert "--crs EPSG:2154" in caught.value.hint


def test_degrees_are_refused_where_metres_are_needed() -> None:
    with pytest.raises(CrsError, match="pas en WGS 84"):
        require_metric(frame_at(CENTRE_OF_FRANCE, 4326))


def test_degrees_are_not_exchanged_twice() -> None:
    with pytest.raises(CrsError):
        to_exchange(frame_at(CENTRE_OF_FRANCE, 4326))


@given(st.floats(-4, 9), st.floats(42, 51))
def test_a_round_trip_comes_back_within_a_centimetre(longitude: float, latitude: float) -> None:
    metres = to_working(frame_at(shapely.Point(longitude, latitude), 4326))
    again = to_working(to_exchange(metres))
    assert np.allclose(metres.distance(again), 0, atol=0.01)
