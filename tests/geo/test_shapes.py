import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import CrsError
from geo.shapes import area_ha, elongation_ratio, inner_width_m, largest_part, polygons_only, repair

SQUARE = shapely.box(0, 0, 100, 100)
BOW_TIE = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
CLEARING = shapely.Polygon(SQUARE.exterior, [shapely.box(40, 40, 60, 60).exterior.coords])

boxes = st.builds(
    lambda x, y, width, height: shapely.box(x, y, x + width, y + height),
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(1, 200),
    st.integers(1, 200),
)


def series(*shapes: shapely.Geometry | None, crs: int | None = 2154) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=crs)


def test_a_square_of_100_metres_is_one_hectare() -> None:
    assert area_ha(series(SQUARE)).tolist() == [1.0]


def test_a_missing_shape_has_no_area() -> None:
    assert area_ha(series(SQUARE, None)).tolist() == [1.0, 0.0]


def test_an_area_in_degrees_is_refused() -> None:
    with pytest.raises(CrsError):
        area_ha(series(SQUARE, crs=4326))


def test_a_bow_tie_becomes_its_two_triangles() -> None:
    mended = repair(series(BOW_TIE))
    assert mended.is_valid.all()
    assert mended.area.tolist() == [5000.0]


def test_repair_never_turns_a_clearing_into_land() -> None:
    assert repair(series(CLEARING)).area.tolist() == [9600.0]


def test_repair_leaves_a_missing_shape_missing() -> None:
    assert repair(series(BOW_TIE, None)).isna().tolist() == [False, True]


def test_repair_does_not_change_its_argument() -> None:
    given_shapes = series(BOW_TIE)
    repair(given_shapes)
    assert not given_shapes.is_valid.any()


@given(boxes)
def test_repair_keeps_a_valid_shape_as_it_is(box: shapely.Polygon) -> None:
    assert repair(series(box)).iloc[0].equals(box)


def test_the_lines_of_a_collection_are_left_out() -> None:
    mixed = shapely.GeometryCollection([SQUARE, shapely.LineString([(0, 0), (500, 0)])])
    kept = polygons_only(np.array([mixed], dtype=object))
    assert kept[0].equals(SQUARE)


def test_a_line_alone_leaves_an_empty_polygon() -> None:
    kept = polygons_only(np.array([shapely.LineString([(0, 0), (1, 1)]), None], dtype=object))
    assert shapely.is_empty(kept).tolist() == [True, True]
    assert shapely.get_type_id(kept).tolist() == [shapely.GeometryType.POLYGON] * 2


def test_the_inner_width_of_a_strip_is_its_short_side() -> None:
    strip = shapely.box(0, 0, 300, 20)
    assert inner_width_m(series(strip)).tolist() == pytest.approx([20], abs=1)


def test_an_empty_shape_has_no_inner_width() -> None:
    assert inner_width_m(series(shapely.Polygon(), SQUARE))[0] == 0


def test_the_largest_part_of_two_islands_is_the_big_one() -> None:
    islands = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(10, 10, 15, 15)])
    whole = np.array([islands, SQUARE], dtype=object)
    assert shapely.area(largest_part(whole)).tolist() == [25.0, 10_000.0]


def test_a_square_is_as_long_as_wide() -> None:
    assert elongation_ratio(series(shapely.box(0, 0, 50, 50))).tolist() == pytest.approx([1.0])


def test_a_strip_is_told_by_its_own_axes_not_by_those_of_the_map() -> None:
    strip = shapely.affinity.rotate(shapely.box(0, 0, 300, 100), 30)
    assert elongation_ratio(series(strip)).tolist() == pytest.approx([3.0])


def test_a_thread_or_nothing_has_no_elongation() -> None:
    thread = shapely.box(0, 0, 1e-7, 50)
    assert np.isnan(elongation_ratio(series(thread, shapely.Polygon()))).all()
