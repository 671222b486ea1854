import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from geo import overlay
from geo.errors import CrsError
from geo.overlay import (
    Positions,
    clip_to_union,
    covered_share,
    erase,
    meeting_pairs,
    meetings,
    nearest_m,
    subtract,
)

SQUARE = shapely.box(0, 0, 10, 10)
LEFT_HALF = shapely.box(0, 0, 5, 10)
LEFT_THREE_QUARTERS = shapely.box(0, 0, 7.5, 10)
FAR = shapely.box(100, 100, 110, 110)

KILOMETRE = 1000.0

boxes = st.builds(
    lambda x, y, width, height: shapely.box(x, y, x + width, y + height),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(1, 20),
    st.integers(1, 20),
)
box_lists = st.lists(boxes, min_size=1, max_size=6)


def series(*shapes: shapely.Geometry | None) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=2154)


def largest_overlap(left: gpd.GeoSeries, right: gpd.GeoSeries) -> Positions:
    return meetings(left, right).largest()[0]


def test_shapes_that_only_touch_are_a_pair() -> None:
    beside = shapely.box(10, 0, 20, 10)
    of_left, of_right = meeting_pairs(series(SQUARE).to_numpy(), series(FAR, beside).to_numpy())
    assert (of_left.tolist(), of_right.tolist()) == ([0], [1])


def test_half_a_square_is_covered_by_its_left_half() -> None:
    assert covered_share(series(SQUARE, FAR), series(LEFT_HALF)).tolist() == [0.5, 0.0]


def test_overlapping_right_shapes_count_once() -> None:
    twice = series(LEFT_HALF, LEFT_THREE_QUARTERS, LEFT_HALF)
    assert covered_share(series(SQUARE), twice).tolist() == [0.75]


def test_a_neighbour_that_touches_covers_nothing() -> None:
    beside = shapely.box(10, 0, 20, 10)
    assert clip_to_union(series(SQUARE), series(beside)).is_empty.all()


def test_an_empty_shape_is_covered_by_nothing() -> None:
    assert covered_share(series(shapely.Polygon()), series(SQUARE)).tolist() == [0.0]


def test_nothing_on_the_right_covers_nothing() -> None:
    assert covered_share(series(SQUARE), series()).tolist() == [0.0]


def test_erase_leaves_the_right_half() -> None:
    rest = erase(series(SQUARE), series(LEFT_HALF)).iloc[0]
    assert rest.equals(shapely.box(5, 0, 10, 10))


def test_subtract_works_row_by_row() -> None:
    rest = subtract(series(SQUARE, SQUARE), series(LEFT_HALF, FAR))
    assert rest.area.tolist() == [50.0, 100.0]


def test_the_index_of_the_left_shapes_is_kept() -> None:
    left = gpd.GeoSeries([SQUARE, FAR], index=["a", "b"], crs=2154)
    assert clip_to_union(left, series(LEFT_HALF)).index.tolist() == ["a", "b"]


def test_the_largest_overlap_is_the_bigger_piece() -> None:
    right = series(shapely.box(0, 0, 2, 10), shapely.box(2, 0, 10, 10))
    assert largest_overlap(series(SQUARE, FAR), right).tolist() == [1, -1]


def test_equal_overlaps_go_to_the_first_right_shape() -> None:
    assert largest_overlap(series(SQUARE), series(FAR, LEFT_HALF, LEFT_HALF)).tolist() == [1]


def test_a_touch_is_no_overlap() -> None:
    assert largest_overlap(series(SQUARE), series(shapely.box(10, 0, 20, 10))).tolist() == [-1]


def test_the_nearest_shape_is_measured_from_edge_to_edge() -> None:
    away = series(shapely.box(13, 0, 20, 10), FAR)
    assert nearest_m(series(SQUARE, LEFT_HALF), away).tolist() == [3.0, 8.0]


def test_the_distance_to_nothing_is_missing() -> None:
    assert np.isnan(nearest_m(series(SQUARE), series())).all()


def test_degrees_are_refused_by_every_measure() -> None:
    degrees = gpd.GeoSeries([SQUARE], crs=4326)
    for measure in (clip_to_union, covered_share, erase, largest_overlap, nearest_m):
        with pytest.raises(CrsError):
            measure(degrees, series(SQUARE))


@given(box_lists, box_lists)
def test_what_is_clipped_and_what_is_erased_make_the_whole(
    left: list[shapely.Polygon], right: list[shapely.Polygon]
) -> None:
    whole, cover = series(*left), series(*right)
    parts = clip_to_union(whole, cover).area + erase(whole, cover).area
    assert parts.to_numpy() == pytest.approx(whole.area.to_numpy(), rel=1e-6)


@given(box_lists.flatmap(lambda right: st.tuples(st.just(right), st.permutations(right))))
def test_the_order_of_the_right_rows_does_not_matter(
    orders: tuple[list[shapely.Polygon], list[shapely.Polygon]],
) -> None:
    right, shuffled = orders
    share = covered_share(series(SQUARE), series(*right))
    assert covered_share(series(SQUARE), series(*shuffled)) == pytest.approx(share, rel=1e-9)


@given(box_lists, box_lists)
def test_moving_everything_by_a_kilometre_changes_no_share(
    left: list[shapely.Polygon], right: list[shapely.Polygon]
) -> None:
    here = covered_share(series(*left), series(*right))
    there = covered_share(
        series(*left).translate(KILOMETRE, KILOMETRE),
        series(*right).translate(KILOMETRE, KILOMETRE),
    )
    assert there == pytest.approx(here, abs=1e-9)


@given(boxes, box_lists)
def test_moving_everything_by_a_kilometre_moves_the_piece_by_a_kilometre(
    left: shapely.Polygon, right: list[shapely.Polygon]
) -> None:
    here = clip_to_union(series(left), series(*right)).iloc[0]
    moved_right = series(*right).translate(KILOMETRE, 0)
    there = clip_to_union(series(translate(left, KILOMETRE, 0)), moved_right).iloc[0]
    assert shapely.area(there.symmetric_difference(translate(here, KILOMETRE, 0))) < 1e-6


@given(box_lists, box_lists)
def test_the_largest_overlap_is_that_of_brute_force(
    left: list[shapely.Polygon], right: list[shapely.Polygon]
) -> None:
    def brute(shape: shapely.Polygon) -> int:
        areas = [shapely.area(shape & other) for other in right]
        return int(np.argmax(areas)) if max(areas) > 0 else -1

    found = largest_overlap(series(*left), series(*right)).tolist()
    assert found == [brute(shape) for shape in left]


def disc(x: float, y: float, radius: float) -> shapely.Polygon:
    """Return an intricate shape: a polygon of 65 vertices."""
    return shapely.Point(x, y).buffer(radius)


discs = st.builds(disc, st.integers(0, 40), st.integers(0, 40), st.integers(2, 20))


@settings(max_examples=40, deadline=None)
@given(left=discs, right=st.lists(discs, min_size=1, max_size=4), tile=st.sampled_from([8, 20, 70]))
def test_cutting_intricate_shapes_in_tiles_changes_no_area(
    left: shapely.Polygon, right: list[shapely.Polygon], tile: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlay, "MAX_TILE_VERTICES", tile)
        met = meetings(series(left, FAR), series(*right))
    expected = left.intersection(shapely.union_all(right)).area
    assert met.covered_m2.tolist() == pytest.approx([expected, 0.0], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(left=box_lists, right=box_lists, chosen=st.sets(st.integers(0, 5)))
def test_meetings_among_some_shapes_are_those_of_these_shapes_alone(
    left: list[shapely.Polygon], right: list[shapely.Polygon], chosen: set[int]
) -> None:
    mask = np.isin(np.arange(len(right)), list(chosen))
    among = meetings(series(*left), series(*right)).among(mask).covered_m2
    kept = [shape for shape, is_kept in zip(right, mask, strict=True) if is_kept]
    assert among == pytest.approx(meetings(series(*left), series(*kept)).covered_m2)


def test_the_largest_meeting_comes_with_its_area() -> None:
    position, area_m2 = meetings(series(SQUARE, FAR), series(LEFT_HALF, SQUARE)).largest()
    assert (position.tolist(), area_m2.tolist()) == ([1, -1], [100.0, 0.0])


def test_what_lies_beyond_the_reach_has_no_distance() -> None:
    road = series(shapely.LineString([(30, 0), (30, 10)]))
    assert nearest_m(series(SQUARE), road, reach_m=20).tolist() == [20.0]
    assert np.isnan(nearest_m(series(SQUARE), road, reach_m=19)).all()


def test_the_nearest_of_mixed_lines_and_places_is_found() -> None:
    places = series(
        shapely.MultiLineString([[(40, 0), (40, 10)], [(25, 0), (25, 10)]]), shapely.Point(-5, 5)
    )
    assert nearest_m(series(SQUARE), places).tolist() == [5.0]
