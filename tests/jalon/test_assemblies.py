from dataclasses import replace

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from jalon.land import LandOutcome, judge, union_ha
from jalon.model import LandParameters, SiteKind, SiteStatus
from jalon.tables import LandTables
from jalon.testing import box_m, frame, parcels, risks, zones
from layers.risks import Regulation


def park(shapes: list[shapely.Polygon]) -> LandTables:
    """Return free parcels in one economic zone; a hut and a plan without rule say what is known."""
    return LandTables(
        parcels=parcels(shapes),
        zoning=zones([box_m(-500, -500, 3000, 3000)], ["UX"], long_labels=["Zone d'activités"]),
        buildings=frame([box_m(0, 0, 0.01, 0.01)], kind="dur"),
        risks=risks([box_m(-500, -500, 3000, 3000)], Regulation.HAZARD_ONLY),
    )


def row_of(count: int, side_m: float = 100) -> list[shapely.Polygon]:
    return [box_m(side_m * n, 0, side_m, side_m) for n in range(count)]


def assemblies(outcome: LandOutcome) -> pd.DataFrame:
    sites = pd.DataFrame(outcome.sites)
    return sites[sites["kind"].eq(SiteKind.ASSEMBLY.value)].set_index("site_id")


def test_three_parcels_of_one_hectare_make_the_three_hectares_asked() -> None:
    found = assemblies(judge(park(row_of(3)), LandParameters(min_piece_ha=2.9)))
    site = found.loc["63148000AB0001_x3"]
    assert site["piece_ha"] == pytest.approx(3.0, abs=1e-3)
    assert site["parcel_count"] == 3
    assert site["status"] == SiteStatus.CONDITIONAL


def test_an_assembly_stops_growing_once_it_suffices() -> None:
    found = assemblies(judge(park(row_of(6)), LandParameters(min_piece_ha=1.9)))
    assert found["parcel_count"].tolist() == [2, 2, 2]


def test_a_strip_too_narrow_alone_is_widened_by_its_neighbour() -> None:
    strips = [box_m(0, 40 * n, 300, 40) for n in range(2)]
    asked = LandParameters(min_piece_ha=1.0, min_width_m=60)
    site = assemblies(judge(park(strips), asked)).iloc[0]
    assert site["width_m"] == pytest.approx(80, abs=2)


def test_parcels_that_touch_by_a_corner_are_no_piece() -> None:
    corner = [box_m(0, 0, 100, 100), box_m(100, 100, 100, 100)]
    assert assemblies(judge(park(corner), LandParameters(min_piece_ha=1.5))).empty


def test_a_road_between_two_parcels_parts_them() -> None:
    apart = [box_m(0, 0, 100, 100), box_m(108, 0, 100, 100)]
    assert assemblies(judge(park(apart), LandParameters(min_piece_ha=1.5))).empty


def test_a_hair_between_two_drawings_does_not_part_them() -> None:
    near = [box_m(0, 0, 100, 100), box_m(100.3, 0, 100, 100)]
    site = assemblies(judge(park(near), LandParameters(min_piece_ha=1.9))).iloc[0]
    assert site["piece_ha"] == pytest.approx(2.0, abs=1e-6)


def test_a_parcel_ruled_out_by_risk_is_never_assembled() -> None:
    tables = park(row_of(3))
    red = risks([box_m(100, 0, 100, 100)], Regulation.FORBIDDEN)
    outcome = judge(replace(tables, risks=red), LandParameters(min_piece_ha=1.9))
    assert assemblies(outcome).empty


def test_no_more_parcels_are_joined_than_allowed() -> None:
    asked = LandParameters(min_piece_ha=2.9, assembly_max_parcels=2)
    site = assemblies(judge(park(row_of(3)), asked)).iloc[0]
    assert site["parcel_count"] == 2
    assert site["status"] == SiteStatus.UNAVAILABLE
    assert "SURF-MIN" in site["rule_ids"]


def test_one_parcel_at_most_means_no_assembly() -> None:
    asked = LandParameters(min_piece_ha=2.9, assembly_max_parcels=1)
    assert assemblies(judge(park(row_of(3)), asked)).empty


def test_cautions_of_any_member_are_those_of_the_assembly() -> None:
    tables = park(row_of(2))
    crops = frame([box_m(0, 0, 100, 100)], crop_id="1")
    outcome = judge(replace(tables, crops=crops), LandParameters(min_piece_ha=1.9))
    assert "OCC-CULTURE" in assemblies(outcome).iloc[0]["rule_ids"]


def test_the_cost_of_an_assembly_is_the_sum_of_its_members() -> None:
    tables = replace(park(row_of(2)), crops=frame([box_m(0, 0, 150, 100)], crop_id="1"))
    outcome = judge(tables, LandParameters(min_piece_ha=1.9))
    assert assemblies(outcome).iloc[0]["enaf_lo_ha"] == pytest.approx(1.5)


def test_parcels_of_one_owner_are_told() -> None:
    units = frame([box_m(0, 0, 200, 100)], unit_id="uf-1")
    outcome = judge(replace(park(row_of(2)), land_units=units), LandParameters(min_piece_ha=1.9))
    assert assemblies(outcome).iloc[0]["land_unit_count"] == 1


def test_the_limit_between_members_is_not_set_back() -> None:
    asked = LandParameters(min_piece_ha=1.4, boundary_setback_m=10)
    site = assemblies(judge(park(row_of(2)), asked)).iloc[0]
    assert site["piece_ha"] == pytest.approx(180 * 80 / 10_000, abs=1e-3)


side = st.integers(min_value=20, max_value=120)


@settings(max_examples=10, deadline=None)  # each example judges a whole park
@given(widths=st.lists(side, min_size=1, max_size=7), asked_ha=st.floats(0.2, 3))
def test_no_land_is_counted_twice(widths: list[int], asked_ha: float) -> None:
    starts = [sum(widths[:n]) for n in range(len(widths))]
    tables = park([box_m(x, 0, width, 60) for x, width in zip(starts, widths, strict=True)])
    outcome = judge(tables, LandParameters(min_piece_ha=asked_ha))
    kept = outcome.shortlist
    assert kept["usable_ha"].sum() <= union_ha(outcome.sites) + 1e-6
    listed = kept["parcel_ids"].explode()
    assert listed.is_unique


@settings(max_examples=6, deadline=None)  # each example judges a park twice
@given(order=st.permutations(range(6)))
def test_the_order_of_parcels_changes_nothing(order: list[int]) -> None:
    tables, asked = park(row_of(6, side_m=70)), LandParameters(min_piece_ha=0.9)
    turned = replace(tables, parcels=tables.parcels.iloc[list(order)].reset_index(drop=True))
    here, there = (pd.DataFrame(judge(one, asked).sites) for one in (tables, turned))
    pd.testing.assert_frame_equal(
        here.drop(columns="geometry"), there.drop(columns="geometry"), rtol=1e-9
    )
