from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from jalon.measures import measure
from jalon.model import LandParameters
from jalon.tables import LandTables
from jalon.testing import box_m, buildings, frame, parcels, zones
from jalon.zan.land_class import ENAF_CLASSES, LandClass
from jalon.zan.occupation import class_areas_ha, class_pieces, enaf_cost_ha, evidence

HECTARE = box_m(0, 0, 100, 100)


def cover(
    shapes: list[shapely.Polygon], codes: list[tuple[str, str]], year: str = "2021"
) -> gpd.GeoDataFrame:
    return frame(shapes, cover=[c for c, _ in codes], use=[u for _, u in codes], vintage=year)


def site(*shapes: shapely.Polygon) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=2154)


def class_of(sources: tuple[gpd.GeoDataFrame, ...]) -> str:
    areas = class_areas_ha(site(HECTARE), sources).iloc[0]
    return str(areas.idxmax())


WORKS = frame([HECTARE])
LOCAL_MOS = frame([HECTARE], land_class=LandClass.NATURE)
FIELD_COVER = cover([HECTARE], [("CS2.2.1", "US1.1")])
LAWN_COVER = cover([HECTARE], [("CS2.2.1", "US5")])
MEADOW_COVER = cover([HECTARE], [("CS2.2.1", "US6.3")])
CROPS = frame([HECTARE])
WOODS = frame([HECTARE])
HOUSES = buildings([HECTARE])


def test_works_begun_speak_before_the_local_map_of_occupation() -> None:
    assert class_of(evidence(None, None, None, works=WORKS, local_mos=LOCAL_MOS)) == "urbanisé"


def test_local_map_of_occupation_speaks_before_ocs_ge() -> None:
    assert class_of(evidence(LAWN_COVER, None, None, local_mos=LOCAL_MOS)) == "naturel"


def test_ocs_ge_speaks_before_declared_farmland() -> None:
    assert class_of(evidence(LAWN_COVER, CROPS, None)) == "urbanisé"


def test_latest_ocs_ge_speaks_before_the_older_one() -> None:
    both = pd.concat([FIELD_COVER.assign(vintage="2018"), LAWN_COVER], ignore_index=True)
    assert class_of(evidence(both, None, None)) == "urbanisé"


def test_declared_farmland_speaks_before_mapped_forest() -> None:
    assert class_of(evidence(None, CROPS, None, forests=WOODS)) == "agricole"


def test_mapped_forest_speaks_before_buildings() -> None:
    assert class_of(evidence(None, None, HOUSES, forests=WOODS)) == "forestier"


def test_buildings_speak_last_and_nothing_is_unknown() -> None:
    assert class_of(evidence(None, None, HOUSES)) == "urbanisé"
    assert class_of(evidence(None, None, None)) == "inconnu"


def test_codes_that_settle_nothing_leave_the_ground_to_declared_farmland() -> None:
    assert class_of(evidence(MEADOW_COVER, CROPS, None)) == "agricole"


@pytest.mark.parametrize("zone", [("UX", "U"), ("1AUX", "AUc")])
def test_moving_the_plu_zone_changes_no_cost(zone: tuple[str, str]) -> None:
    label, kind = zone
    long_labels = ["Zone d'activités économiques"]
    tables = LandTables(
        parcels=parcels([HECTARE]),
        zoning=zones([HECTARE], [label], long_labels=long_labels, zone_type=kind),
        crops=frame([box_m(0, 0, 60, 100)]),
        buildings=buildings([box_m(90, 0, 10, 100)]),
    )
    measured = measure(tables, LandParameters()).iloc[0]
    assert (measured["whole_lo_ha"], measured["whole_hi_ha"]) == pytest.approx((0.6, 0.9))


def test_pieces_say_their_class_their_source_and_their_hectares() -> None:
    crops = frame([box_m(0, 0, 60, 100)])
    houses = buildings([box_m(50, 0, 30, 100)])
    found = class_pieces(site(HECTARE), evidence(None, crops, houses))
    told = list(zip(found["land_class"], found["source_fr"].fillna("—"), strict=True))
    assert told == [("agricole", "RPG"), ("urbanisé", "bâtiments"), ("inconnu", "—")]
    assert found["area_ha"].tolist() == pytest.approx([0.6, 0.2, 0.2])


squares = st.builds(
    box_m,
    st.integers(0, 200),
    st.integers(0, 200),
    st.integers(1, 120),
    st.integers(1, 120),
)
classes = st.sampled_from(list(LandClass))
drawn_sources = st.lists(
    st.lists(st.tuples(squares, classes), min_size=1, max_size=3), min_size=1, max_size=3
)


def sources_of(
    drawn: list[list[tuple[shapely.Polygon, LandClass]]],
) -> tuple[gpd.GeoDataFrame, ...]:
    return tuple(
        frame([shape for shape, _ in one], land_class=[c for _, c in one], source_fr="essai")
        for one in drawn
    )


@given(squares, drawn_sources)
def test_classes_of_a_footprint_add_up_to_its_area(
    footprint: shapely.Polygon, drawn: list[list[tuple[shapely.Polygon, LandClass]]]
) -> None:
    areas = class_areas_ha(site(footprint), sources_of(drawn))
    assert areas.sum(axis=1).iloc[0] == pytest.approx(footprint.area / 10_000, abs=1e-6)


@given(squares, drawn_sources)
def test_pieces_tell_the_same_hectares_as_the_areas(
    footprint: shapely.Polygon, drawn: list[list[tuple[shapely.Polygon, LandClass]]]
) -> None:
    sources = sources_of(drawn)
    areas = class_areas_ha(site(footprint), sources).iloc[0]
    found = class_pieces(site(footprint), sources).groupby("land_class")["area_ha"].sum()
    told = found.reindex(areas.index).fillna(0.0)
    assert told.tolist() == pytest.approx(areas.tolist(), abs=1e-6)


@given(squares, drawn_sources)
def test_cost_is_an_interval_the_right_way_round(
    footprint: shapely.Polygon, drawn: list[list[tuple[shapely.Polygon, LandClass]]]
) -> None:
    cost = enaf_cost_ha(site(footprint), sources_of(drawn)).iloc[0]
    assert 0 <= cost["lo_ha"] <= cost["hi_ha"] + 1e-9


@given(squares, drawn_sources)
def test_removing_a_source_never_narrows_the_interval(
    footprint: shapely.Polygon, drawn: list[list[tuple[shapely.Polygon, LandClass]]]
) -> None:
    sources = sources_of(drawn)
    whole = enaf_cost_ha(site(footprint), sources).iloc[0]
    for n in range(len(sources)):
        fewer = enaf_cost_ha(site(footprint), sources[:n] + sources[n + 1 :]).iloc[0]
        assert fewer["hi_ha"] - fewer["lo_ha"] >= whole["hi_ha"] - whole["lo_ha"] - 1e-6


@given(squares, squares, drawn_sources)
def test_enlarging_a_footprint_never_lowers_its_highest_cost(
    footprint: shapely.Polygon,
    more: shapely.Polygon,
    drawn: list[list[tuple[shapely.Polygon, LandClass]]],
) -> None:
    both = site(footprint, footprint.union(more))
    costs = enaf_cost_ha(both, sources_of(drawn))["hi_ha"].tolist()
    assert costs[1] >= costs[0] - 1e-6


@given(squares, squares, drawn_sources)
def test_unknown_land_added_to_a_footprint_widens_the_interval_by_its_area(
    footprint: shapely.Polygon,
    more: shapely.Polygon,
    drawn: list[list[tuple[shapely.Polygon, LandClass]]],
) -> None:
    sources = sources_of(drawn)
    told = [shape for one in drawn for shape, kind in one if kind is not LandClass.UNKNOWN]
    added = more.difference(shapely.union_all([footprint, *told]))
    costs = enaf_cost_ha(site(footprint, footprint.union(added)), sources)
    width = (costs["hi_ha"] - costs["lo_ha"]).tolist()
    assert width[1] - width[0] == pytest.approx(added.area / 10_000, abs=1e-6)


@given(squares, st.integers(0, 320), drawn_sources)
def test_a_footprint_cut_in_two_costs_the_sum_of_its_parts(
    footprint: shapely.Polygon,
    cut_m: int,
    drawn: list[list[tuple[shapely.Polygon, LandClass]]],
) -> None:
    west = box_m(-10, -10, cut_m + 10, 400)
    parts = site(footprint, footprint.intersection(west), footprint.difference(west))
    areas = class_areas_ha(parts, sources_of(drawn))
    assert (areas.iloc[1] + areas.iloc[2]).tolist() == pytest.approx(
        areas.iloc[0].tolist(), abs=1e-6
    )


def test_enaf_classes_are_farm_nature_and_forest() -> None:
    assert set(ENAF_CLASSES) == {LandClass.FARM, LandClass.NATURE, LandClass.FOREST}


@pytest.mark.reference
def test_ground_built_on_in_gironde_was_of_the_classes_read_independently(
    reference_dir: Path,
) -> None:
    path = reference_dir / "data/land/ocsge/sybarval_ocsge_2015_2018.gpkg"
    changed = pyogrio.read_dataframe(path, layer="A_B_2015_2018")
    codes = {"cover": "cs_2015", "use": "us_2015"}
    before = changed.rename(columns={old: new for new, old in codes.items()})
    sources = evidence(before.assign(vintage="2015"), None, None)
    areas = class_areas_ha(changed.geometry, sources).sum()
    assert areas.round(2).to_dict() == {
        "urbanisé": 105.20,
        "agricole": 15.67,
        "naturel": 9.88,
        "forestier": 175.80,
        "inconnu": 43.19,
    }
