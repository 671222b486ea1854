import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import rotate, translate

from geo.errors import CrsError
from geo.thresholds import (
    NO,
    UNTOLD,
    YES,
    Kinds,
    Partition,
    absorbed,
    first_holders,
    mostly_beside,
    partition,
    patch_m2,
    patches,
    reaches,
    strip_width_m,
)

WHOLE = shapely.box(0, 0, 100, 100)
MIDDLE = shapely.box(40, 40, 60, 60)

boxes = st.builds(
    lambda x, y, width, height: shapely.box(x, y, x + width, y + height),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(1, 20),
    st.integers(1, 20),
)


def series(*shapes: shapely.Geometry) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=2154)


def kinds_of(ground: Partition, *shapes: tuple[shapely.Geometry, int]) -> Kinds:
    """The kind of the first shape that holds each face."""
    holders = first_holders(ground.faces, np.array([shape for shape, _ in shapes]))
    return np.array([kind for _, kind in shapes], dtype=np.int8)[holders]


def hole(kind: int, around: int) -> tuple[Partition, Kinds]:
    """A square of 400 m² in the middle of a hectare."""
    ground = partition(series(MIDDLE, WHOLE))
    return ground, kinds_of(ground, (MIDDLE, kind), (WHOLE, around))


def middle_kind(ground: Partition, kinds: Kinds) -> int:
    return int(kinds[shapely.contains(MIDDLE, ground.faces)][0])


def test_shape_within_another_cuts_it_in_two_faces() -> None:
    ground, _ = hole(NO, YES)
    assert sorted(ground.area_m2) == [400, 9_600]
    assert (ground.side_m.sum(), ground.outer_m.sum()) == (80, 400)


def test_ground_no_shape_holds_is_no_face() -> None:
    ring = WHOLE.difference(MIDDLE)
    ground = partition(series(ring))
    assert ground.area_m2.tolist() == [9_600]
    assert ground.outer_m.tolist() == [480]


def test_first_shape_holds_the_land_two_shapes_share() -> None:
    ground = partition(series(MIDDLE, WHOLE))
    holders = first_holders(ground.faces, np.array([WHOLE, MIDDLE]))
    assert holders.tolist() == [0, 0]


def test_faces_of_one_kind_that_share_a_side_are_one_patch() -> None:
    ground = partition(series(shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)))
    assert len(set(patches(ground, np.array([YES, YES], dtype=np.int8)))) == 1


def test_faces_that_share_a_corner_are_two_patches() -> None:
    ground = partition(series(shapely.box(0, 0, 10, 10), shapely.box(10, 10, 20, 20)))
    assert len(set(patches(ground, np.array([YES, YES], dtype=np.int8)))) == 2


def test_thread_between_two_drawings_does_not_part_them() -> None:
    left, right = shapely.box(0, 0, 100, 100), shapely.box(100.01, 0, 200, 100)
    frame = shapely.box(-50, -50, 250, 150).difference(shapely.box(0, 0, 200, 100))
    ground = partition(series(left, right, frame))
    assert len(ground.faces) == 3
    assert ground.area_m2.sum() == pytest.approx(300 * 200)
    kinds = kinds_of(ground, (shapely.box(0, 0, 200, 100), YES), (frame, NO))
    assert len(set(patches(ground, kinds)[kinds == YES])) == 1
    assert ground.outer_m.sum() == pytest.approx(1_000)


def test_gap_wider_than_a_thread_stays_unknown() -> None:
    ring = WHOLE.difference(shapely.box(40, 0.5, 41, 99))
    assert partition(series(ring)).area_m2.sum() == pytest.approx(10_000 - 98.5)


def test_sides_drawn_with_other_vertices_are_still_shared() -> None:
    left = shapely.box(0, 0, 10, 10)
    right = shapely.Polygon([(10, 3), (10, 7), (20, 7), (20, 3)])
    ground = partition(series(left, right))
    assert ground.side_m.sum() == 4


@pytest.mark.parametrize(("kind", "around"), [(NO, YES), (YES, NO)])
def test_small_enclosed_patch_takes_the_kind_around_it(kind: int, around: int) -> None:
    ground, kinds = hole(kind, around)
    assert middle_kind(ground, absorbed(ground, kinds, kind, below_m2=401)) == around


def test_patch_of_the_threshold_keeps_its_kind() -> None:
    ground, kinds = hole(NO, YES)
    assert middle_kind(ground, absorbed(ground, kinds, NO, below_m2=400)) == NO


def test_small_patch_beside_untold_ground_becomes_untold() -> None:
    ground, kinds = hole(NO, UNTOLD)
    assert middle_kind(ground, absorbed(ground, kinds, NO, below_m2=2_500)) == UNTOLD


def test_small_patch_at_the_edge_of_the_ground_becomes_untold() -> None:
    edge, rest = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 200, 100)
    ground = partition(series(edge, rest))
    kinds = kinds_of(ground, (edge, NO), (rest, YES))
    assert sorted(absorbed(ground, kinds, NO, below_m2=2_500)) == [UNTOLD, YES]


def test_face_that_stays_keeps_its_kind_and_counts_in_its_patch() -> None:
    core, around = shapely.box(45, 45, 55, 55), MIDDLE
    ground = partition(series(core, around, WHOLE))
    kinds = kinds_of(ground, (core, YES), (around, YES), (WHOLE, NO))
    stays = shapely.contains(core, ground.faces)
    small = absorbed(ground, kinds, YES, below_m2=401, stays=stays)
    assert ground.area_m2[small == YES].tolist() == [100]
    large = absorbed(ground, kinds, YES, below_m2=400, stays=stays)
    assert ground.area_m2[large == YES].sum() == 400


def test_area_a_hair_below_its_threshold_reaches_it() -> None:
    assert reaches(np.array([2_499.995, 2_499.98]), 2_500).tolist() == [True, False]


def test_building_turned_by_thirty_degrees_keeps_its_area() -> None:
    house = rotate(translate(shapely.box(0, 0, 5, 10), 650_123, 6_860_456), 30)
    ground = partition(series(house, house.buffer(100)))
    is_house = first_holders(ground.faces, np.array([house])) == 0
    assert reaches(patch_m2(ground, is_house)[is_house], 50).all()


def strip_m(*shapes: shapely.Geometry) -> float:
    ground = partition(series(*shapes))
    return float(strip_width_m(ground, np.ones(len(ground.faces), dtype=bool))[0])


def test_width_of_a_strip_is_that_of_its_rectangle() -> None:
    assert strip_m(shapely.box(0, 0, 1_000, 4.8)) == pytest.approx(4.8)


def test_strip_cut_lengthwise_keeps_its_width() -> None:
    halves = shapely.box(0, 0, 1_000, 3), shapely.box(0, 3, 1_000, 6)
    assert strip_m(*halves) == pytest.approx(6)


def test_width_of_a_ring_road_is_that_of_its_roadway() -> None:
    centre = shapely.Point(0, 0)
    ring = centre.buffer(203, 64).difference(centre.buffer(197, 64))
    assert strip_m(ring) == pytest.approx(6, abs=0.05)


def test_yard_is_no_strip() -> None:
    assert np.isnan(strip_m(shapely.box(0, 0, 40, 30)))


def test_strip_is_beside_what_most_of_its_limit_meets() -> None:
    lane = shapely.box(0, 48, 100, 52)
    south, north = shapely.box(0, 0, 100, 48), shapely.box(0, 52, 90, 100)
    ground = partition(series(lane, south, north))
    kinds = kinds_of(ground, (lane, YES), (south, NO), (north, YES))
    is_lane = first_holders(ground.faces, np.array([lane])) == 0
    assert mostly_beside(ground, is_lane, kinds)[is_lane].tolist() == [NO]


def test_degrees_are_refused() -> None:
    with pytest.raises(CrsError):
        partition(gpd.GeoSeries([WHOLE], crs=4326))


@given(st.lists(boxes, min_size=1, max_size=8))
def test_faces_cover_the_shapes_each_land_once(shapes: list[shapely.Polygon]) -> None:
    ground = partition(series(*shapes))
    union = shapely.union_all(shapes)
    assert ground.area_m2.sum() == pytest.approx(union.area)
    assert ground.outer_m.sum() == pytest.approx(union.length)


@given(st.lists(boxes, min_size=1, max_size=8))
def test_patches_of_one_kind_are_the_pieces_of_the_union(shapes: list[shapely.Polygon]) -> None:
    ground = partition(series(*shapes))
    patch = patches(ground, np.zeros(len(ground.faces), dtype=np.int8))
    areas = np.bincount(patch, ground.area_m2)
    expected = shapely.area(shapely.get_parts(shapely.union_all(shapes)))
    assert sorted(areas) == pytest.approx(sorted(expected))


@given(st.lists(boxes, min_size=1, max_size=8), st.integers(0, 2**32 - 1))
def test_absorbing_twice_says_the_same(shapes: list[shapely.Polygon], seed: int) -> None:
    ground = partition(series(*shapes, shapely.box(-50, -50, 110, 110)))
    drawn = np.random.default_rng(seed).integers(UNTOLD, YES + 1, len(ground.faces))
    once = absorbed(ground, drawn.astype(np.int8), NO, below_m2=100)
    assert absorbed(ground, once, NO, below_m2=100).tolist() == once.tolist()
