from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.thresholds import NO, UNTOLD, YES
from jalon.zan.artificialisation import NetChange, net_change, net_of_footprint
from jalon.zan.land_state import AfterKind, LandState, after_state, before_state
from jalon.zan.law import law_on, verified_on

LAW = law_on(verified_on())

FIELD = ("CS2.2.1", "US1.1")
MEADOW = ("CS2.2.1", "US6.3")
WOOD = ("CS2.1.1.1", "US1.2")
GARDEN = ("CS2.2.1", "US5")
LAWN = ("CS2.2.1", "US2")
PAVED = ("CS1.1.1.2", "US2")
BUILT = ("CS1.1.1.1", "US2")
ROAD = ("CS1.1.1.2", "US4.1.1")

Piece = tuple[shapely.Geometry, tuple[str, str]]

FAR_M = 3_000
WORLD = shapely.box(-FAR_M, -FAR_M, FAR_M, FAR_M)


def box(width_m: float, height_m: float, x_m: float = 0, y_m: float = 0) -> shapely.Polygon:
    return shapely.box(x_m, y_m, x_m + width_m, y_m + height_m)


def cover(*pieces: Piece, declared: Sequence[str | None] | None = None) -> gpd.GeoDataFrame:
    """OCS GE polygons, the first on top: each is cut by those before it."""
    cut, taken = [], shapely.Polygon()
    for shape, _ in pieces:
        cut.append(shape.difference(taken))
        taken = taken.union(shape)
    return gpd.GeoDataFrame(
        {
            "cover_id": [f"{i:03d}" for i in range(len(pieces))],
            "cover": [codes[0] for _, codes in pieces],
            "use": [codes[1] for _, codes in pieces],
            "is_artificial": list(declared or [None] * len(pieces)),
            "is_below_threshold": None,
            "vintage": "2021",
        },
        geometry=cut,
        crs=2154,
    )


def project(*pieces: tuple[shapely.Geometry, AfterKind]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"kind": [kind for _, kind in pieces]}, geometry=[shape for shape, _ in pieces], crs=2154
    )


def change(
    land: gpd.GeoDataFrame, made: gpd.GeoDataFrame, perimeter: shapely.Geometry | None = None
) -> NetChange:
    before = before_state(land, LAW)
    return net_change(before, after_state(before, made), perimeter=perimeter)


def delta_m2(result: NetChange) -> tuple[float, float]:
    return result.delta_lo_ha * 10_000, result.delta_hi_ha * 10_000


def exactly(expected_m2: float) -> object:
    return pytest.approx((expected_m2, expected_m2), abs=1e-3)


def kind_at(state: LandState, x_m: float, y_m: float) -> int:
    return int(state.kinds[state.shapes.contains(shapely.Point(x_m, y_m)).to_numpy()][0])


def isolated(shape: shapely.Geometry, kind: AfterKind, around: tuple[str, str] = WOOD) -> NetChange:
    return change(cover((WORLD, around)), project((shape, kind)))


def brownfield() -> gpd.GeoDataFrame:
    """6.0 ha built and paved, 2.0 ha of herbs on abandoned land, 0.5 ha of wood, in town."""
    return cover(
        (box(300, 200), PAVED),
        (box(100, 200, 300), ("CS2.2.1", "US6.2")),
        (box(25, 200, 400), ("CS2.1.1.1", "US6.3")),
        (WORLD, ("CS1.1.1.2", "US3")),
    )


def test_w11_building_all_the_brownfield_artificialises_its_wood_only() -> None:
    result = change(brownfield(), project((box(425, 200), AfterKind.BUILT)))
    assert delta_m2(result) == exactly(5_000)


def test_w11_sparing_the_wood_artificialises_nothing() -> None:
    result = change(brownfield(), project((box(400, 200), AfterKind.BUILT)))
    assert delta_m2(result) == exactly(0)


def test_w12_farmland_called_a_friche_is_artificialised_whole() -> None:
    land = cover((box(300, 100), ("CS2.2.1", "US1.1")), (WORLD, FIELD))
    assert delta_m2(change(land, project((box(300, 100), AfterKind.BUILT)))) == exactly(30_000)


@pytest.mark.parametrize(
    ("ground", "width_m", "expected_m2"), [(GARDEN, 12, 0), (FIELD, 60, 6_000), (MEADOW, 18, 0)]
)
def test_w13_gaps_in_town(ground: tuple[str, str], width_m: int, expected_m2: float) -> None:
    land = cover((box(width_m, 100), ground), (WORLD, ("CS1.1.1.2", "US3")))
    result = change(land, project((box(width_m, 100), AfterKind.BUILT)))
    assert delta_m2(result) == exactly(expected_m2)


def mixed_unit() -> tuple[gpd.GeoDataFrame, shapely.Polygon]:
    """5.0 ha in town: a platform of 1.2, a lawn of 0.3, 3.5 of arable land."""
    land = cover(
        (box(120, 100), PAVED),
        (box(30, 100, 120), LAWN),
        (box(350, 100, 150), FIELD),
        (WORLD, ("CS1.1.1.2", "US3")),
    )
    return land, box(500, 100)


def test_w14_remnant_of_one_hectare_is_not_absorbed() -> None:
    land, unit = mixed_unit()
    result = change(land, project((box(400, 100), AfterKind.BUILT)), unit)
    assert delta_m2(result) == exactly(25_000)
    assert result.absorbed_ha == 0


def test_w14_remnant_of_two_thousand_square_metres_is_absorbed() -> None:
    land, unit = mixed_unit()
    result = change(land, project((box(480, 100), AfterKind.BUILT)), unit)
    assert delta_m2(result) == exactly(35_000)
    assert result.absorbed_ha == pytest.approx(0.2)
    assert "2\u202f000 m² enclavés" in result.notes_fr[0]


@pytest.mark.parametrize(
    ("shape", "kind", "expected_m2"),
    [
        (box(7, 7), AfterKind.BUILT, 0),
        (box(5, 10), AfterKind.BUILT, 50),
        (box(60, 40), AfterKind.PAVED, 0),
        (box(50, 50), AfterKind.PAVED, 2_500),
        (box(1_000, 4.8), AfterKind.ROAD, 0),
        (box(1_000, 5.0), AfterKind.ROAD, 5_000),
    ],
    ids=["hut 49", "building 50", "pad 2400", "pad 2500", "road 4.8", "road 5.0"],
)
@pytest.mark.parametrize("around", [WOOD, FIELD], ids=["wood", "field"])
def test_w15_thresholds_of_isolated_works(
    shape: shapely.Polygon, kind: AfterKind, expected_m2: float, around: tuple[str, str]
) -> None:
    assert delta_m2(isolated(shape, kind, around)) == exactly(expected_m2)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("CS1.1.2.1", "US1.3"), NO),
        (("CS1.1.2.1", "US2"), YES),
        (("CS2.2.1", "US1.1"), NO),
        (("CS2.2.1", "US2"), YES),
        (("CS2.2.1", "US6.3"), NO),
        (("CS2.2.1", "US6.2"), YES),
        (("CS2.1.1.1", "US2"), NO),
        (("CS1.1.1.1", "US1.1"), YES),
        (("CS1.2.1", "US6.3"), NO),
        (("CS2.2.2", "US235"), YES),
    ],
)
@pytest.mark.parametrize("around", [FIELD, PAVED], ids=["field", "town"])
def test_w16_ground_of_the_threshold_is_what_the_matrix_says(
    codes: tuple[str, str], around: tuple[str, str], expected: int
) -> None:
    state = before_state(cover((box(50, 50), codes), (WORLD, around)), LAW)
    assert kind_at(state, 25, 25) == expected


def test_t1_small_meadow_enclosed_in_town_is_artificial() -> None:
    land = cover((box(49, 51), MEADOW), (WORLD, PAVED))
    assert kind_at(before_state(land, LAW), 10, 10) == YES


def test_t1_meadow_of_the_threshold_stays_natural() -> None:
    land = cover((box(50, 50), MEADOW), (WORLD, PAVED))
    assert kind_at(before_state(land, LAW), 10, 10) == NO


def test_t1_meadow_is_weighed_with_the_field_beside_it() -> None:
    land = cover((box(30, 50), MEADOW), (box(30, 50, 30), FIELD), (WORLD, PAVED))
    assert kind_at(before_state(land, LAW), 10, 10) == NO


def test_t2_small_pad_in_a_field_is_natural() -> None:
    land = cover((box(49, 51), PAVED), (WORLD, FIELD))
    assert kind_at(before_state(land, LAW), 10, 10) == NO


def test_t3_house_of_a_small_holding_stays_artificial_without_its_garden() -> None:
    land = cover((box(10, 12), BUILT), (box(40, 20), GARDEN), (WORLD, FIELD))
    state = before_state(land, LAW)
    assert (kind_at(state, 5, 5), kind_at(state, 30, 10)) == (YES, NO)


def test_courtyard_of_a_building_in_a_field_is_artificial() -> None:
    land = cover((box(10, 10, 5, 5), PAVED), (box(20, 20), BUILT), (WORLD, FIELD))
    assert kind_at(before_state(land, LAW), 10, 10) == YES


def test_ring_and_the_field_it_encloses_are_weighed_together() -> None:
    ring = box(60, 60).difference(box(44, 44, 8, 8))
    assert ring.area < 2_500
    land = cover((ring, PAVED), (WORLD, FIELD))
    state = before_state(land, LAW)
    assert (kind_at(state, 1, 1), kind_at(state, 30, 30)) == (YES, YES)


def test_wide_road_is_qualified_below_the_area_threshold() -> None:
    assert delta_m2(isolated(box(400, 5), AfterKind.ROAD)) == exactly(2_000)
    assert "R-NET-5" in isolated(box(400, 5), AfterKind.ROAD).rule_ids


def test_narrow_lane_between_houses_stays_artificial() -> None:
    land = cover((box(1_000, 4), ROAD), (WORLD, ("CS1.1.1.2", "US5")))
    assert kind_at(before_state(land, LAW), 500, 2) == YES


def test_road_built_upon_in_part_keeps_what_is_left_of_it() -> None:
    land = cover((box(1_000, 8), ROAD), (WORLD, FIELD))
    made = project((shapely.box(0, -92, 1_000, 4), AfterKind.BUILT))
    assert delta_m2(change(land, made)) == exactly(92_000)


def test_pad_that_completes_another_qualifies_both() -> None:
    land = cover((box(40, 50), PAVED), (WORLD, FIELD))
    result = change(land, project((box(12, 50, 40), AfterKind.PAVED)))
    assert delta_m2(result) == exactly(2_600)


def test_field_of_the_producer_prevails_over_the_matrix() -> None:
    land = cover((box(100, 100), FIELD), (WORLD, FIELD), declared=["artif", "non artif"])
    state = before_state(land, LAW)
    assert (kind_at(state, 50, 50), kind_at(state, -50, 50)) == (YES, NO)
    made = project((box(10, 10), AfterKind.BUILT))
    assert delta_m2(change(land, made)) == exactly(0)


def test_thresholds_of_the_producer_do_not_hide_what_a_project_completes() -> None:
    land = cover((box(40, 50), PAVED), (WORLD, FIELD), declared=["non artif", "non artif"])
    result = change(land, project((box(12, 50, 40), AfterKind.PAVED)))
    assert delta_m2(result) == exactly(2_600)


def test_restoring_a_yard_gives_land_back() -> None:
    land = cover((box(100, 100), PAVED), (WORLD, FIELD))
    result = change(land, project((box(60, 100), AfterKind.RESTORED)))
    assert delta_m2(result) == exactly(-6_000)
    assert result.to_natural_ha == pytest.approx(0.6)


def test_remnant_at_the_edge_of_the_known_land_is_not_decided() -> None:
    land = cover((box(100, 100), FIELD))
    result = change(land, project((box(80, 100), AfterKind.BUILT)))
    assert delta_m2(result) == pytest.approx((8_000, 10_000))
    assert "2\u202f000 m² restent indéterminés" in result.notes_fr[-1]


def test_small_doubtful_land_far_from_the_project_does_not_widen_its_result() -> None:
    land = cover((box(20, 20, -FAR_M, 0), PAVED), (WORLD, FIELD))
    assert kind_at(before_state(land, LAW), 10 - FAR_M, 10) == UNTOLD
    assert delta_m2(change(land, project((box(50, 50), AfterKind.BUILT)))) == exactly(2_500)


def test_unknown_code_gives_an_interval() -> None:
    land = cover((box(100, 100), ("CS9", "US1.1")), (WORLD, FIELD))
    result = change(land, project((box(50, 100), AfterKind.BUILT)))
    assert delta_m2(result) == pytest.approx((0, 5_000))


def test_footprint_without_ocs_ge_has_no_net_change() -> None:
    footprint = gpd.GeoSeries([box(100, 100)], crs=2154)
    far = cover((box(100, 100, 900), FIELD))
    assert net_of_footprint(footprint, None, LAW) is None
    assert net_of_footprint(footprint, far, LAW) is None


def test_footprint_half_out_of_ocs_ge_gives_an_interval() -> None:
    footprint = gpd.GeoSeries([box(200, 100)], crs=2154)
    result = net_of_footprint(footprint, cover((box(100, 100), FIELD)), LAW)
    assert result is not None
    assert delta_m2(result) == pytest.approx((10_000, 20_000))


def test_footprint_entry_reads_the_land_beyond_its_edge() -> None:
    land, _ = mixed_unit()
    result = net_of_footprint(gpd.GeoSeries([box(480, 100)], crs=2154), land, LAW)
    assert result is not None
    assert delta_m2(result) == exactly(35_000)


def test_small_building_is_counted_for_what_it_is_and_noted() -> None:
    result = isolated(box(10, 12), AfterKind.BUILT)
    assert delta_m2(result) == exactly(120)
    (note,) = result.notes_fr
    assert note.startswith("1\u202fbâtiment de moins de 200 m² : la surface réelle est comptée")
    assert note.endswith("l'OCS GE en montrera 200 m².")
    assert result.rule_ids == ("R-NET-1", "R-NET-2", "R-NET-3", "R-NET-4")


def test_work_below_the_thresholds_is_noted() -> None:
    (note,) = isolated(box(60, 40), AfterKind.PAVED).notes_fr
    assert note.startswith("2\u202f400 m² du projet restent sous les seuils de la nomenclature")


def test_latest_vintage_speaks_where_two_overlap() -> None:
    old = cover((WORLD, FIELD)).assign(vintage="2018", cover_id="999")
    new = cover((box(100, 100), PAVED))
    both = gpd.GeoDataFrame(
        {name: [*old[name], *new[name]] for name in old.columns}, geometry="geometry", crs=2154
    )
    state = before_state(both, LAW)
    assert (kind_at(state, 50, 50), kind_at(state, -50, 50)) == (YES, NO)


CODES = [FIELD, MEADOW, WOOD, GARDEN, LAWN, PAVED, BUILT, ROAD, ("CS9", "US1")]
SIDE = 4
dear = settings(max_examples=25)  # each example overlays two grounds
codes_of_cells = st.lists(st.sampled_from(CODES), min_size=SIDE**2, max_size=SIDE**2)
kinds_of_pieces = st.sampled_from(list(AfterKind))
places = st.tuples(st.integers(0, 80), st.integers(0, 80), st.integers(1, 90), st.integers(1, 90))


def grid(codes: Sequence[tuple[str, str]], shift_m: int = 0) -> gpd.GeoDataFrame:
    """Sixteen squares of thirty metres, set in a field that goes on."""
    cells: list[Piece] = [
        (box(30, 30, shift_m + 30 * (i % SIDE), shift_m + 30 * (i // SIDE)), pair)
        for i, pair in enumerate(codes)
    ]
    edge = shapely.box(shift_m - 200, shift_m - 200, shift_m + 320, shift_m + 320)
    return cover(*cells, (edge, FIELD))


@dear
@given(codes_of_cells)
def test_ground_is_conserved_and_has_one_kind(codes: list[tuple[str, str]]) -> None:
    state = before_state(grid(codes), LAW)
    assert state.ground.area_m2.sum() == pytest.approx(520**2)
    assert set(state.kinds) <= {NO, YES, UNTOLD}


@dear
@given(codes_of_cells)
def test_doing_nothing_changes_nothing(codes: list[tuple[str, str]]) -> None:
    before = before_state(grid(codes), LAW)
    nothing = project().set_geometry(gpd.GeoSeries([], crs=2154))
    for after in (before, after_state(before, nothing)):
        assert delta_m2(net_change(before, after)) == (0, 0)


@dear
@given(codes_of_cells, places, kinds_of_pieces)
def test_going_back_gives_the_opposite(
    codes: list[tuple[str, str]], place: tuple[int, int, int, int], kind: AfterKind
) -> None:
    before = before_state(grid(codes), LAW)
    after = after_state(before, project((box(place[2], place[3], place[0], place[1]), kind)))
    there, back = net_change(before, after), net_change(after, before)
    assert delta_m2(there) == pytest.approx(
        (-back.delta_hi_ha * 10_000, -back.delta_lo_ha * 10_000), abs=1e-3
    )
    assert there.to_artificial_ha == pytest.approx(back.to_natural_ha)


@dear
@given(codes_of_cells, places, kinds_of_pieces)
def test_moving_everything_changes_nothing(
    codes: list[tuple[str, str]], place: tuple[int, int, int, int], kind: AfterKind
) -> None:
    x_m, y_m, width_m, height_m = place
    here = change(grid(codes), project((box(width_m, height_m, x_m, y_m), kind)))
    moved = project((box(width_m, height_m, x_m + 1_000, y_m + 1_000), kind))
    there = change(grid(codes, 1_000), moved)
    assert delta_m2(there) == pytest.approx(delta_m2(here), abs=1e-3)


@dear
@given(codes_of_cells, places)
def test_building_never_gives_land_back(
    codes: list[tuple[str, str]], place: tuple[int, int, int, int]
) -> None:
    x_m, y_m, width_m, height_m = place
    result = change(grid(codes), project((box(width_m, height_m, x_m, y_m), AfterKind.BUILT)))
    assert 0 <= result.delta_lo_ha <= result.delta_hi_ha + 1e-9


@dear
@given(codes_of_cells)
def test_thresholds_applied_twice_say_the_same(codes: list[tuple[str, str]]) -> None:
    land = grid(codes)
    state = before_state(land, LAW)
    names = np.array(["non artif", "artif", None], dtype=object)[state.kinds]
    told = gpd.GeoDataFrame(
        state.codes.assign(cover_id=range(len(names)), vintage="2021", is_artificial=names),
        geometry=state.shapes,
    )
    again = before_state(told, LAW)
    points = again.shapes.representative_point()
    assert [kind_at(state, p.x, p.y) for p in points] == again.kinds.tolist()


known_cells = st.lists(st.sampled_from(CODES[:-1]), min_size=SIDE**2, max_size=SIDE**2)
rings = st.lists(st.sampled_from(CODES[:-1]), min_size=4, max_size=4)
areal_kinds = st.sampled_from([AfterKind.BUILT, AfterKind.PAVED, AfterKind.RESTORED])


@dear
@given(known_cells, rings, places, areal_kinds)
def test_interval_holds_whatever_lies_beyond_the_known_land(
    codes: list[tuple[str, str]],
    beyond: list[tuple[str, str]],
    place: tuple[int, int, int, int],
    kind: AfterKind,
) -> None:
    cells: list[Piece] = [
        (box(30, 30, 30 * (i % SIDE), 30 * (i // SIDE)), pair) for i, pair in enumerate(codes)
    ]
    sides = (
        box(30, 30, -30),
        box(20, 20, 120, 40),
        box(200, 15, -20, 120),
        box(900, 900, -400, -400),
    )
    hidden = [(shape, pair) for shape, pair in zip(sides, beyond, strict=True)]
    x_m, y_m, width_m, height_m = place
    made = project((shapely.box(x_m, y_m, min(x_m + width_m, 120), min(y_m + height_m, 120)), kind))
    perimeter = box(120, 120)
    told = change(cover(*cells), made, perimeter)
    true, _ = delta_m2(change(cover(*cells, *hidden), made, perimeter))
    assert told.delta_lo_ha * 10_000 - 1e-3 <= true <= told.delta_hi_ha * 10_000 + 1e-3
