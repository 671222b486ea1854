"""Roads, railways and accesses of BD TOPO, hand-made."""

import re

import geopandas as gpd
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from layers import access_points, railways, roads
from layers.access_points import AccessKind
from layers.base import Context, Normalised
from layers.roads import RoadClass


def lines(**columns: list[object]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    shapes = [shapely.LineString([(x, 0), (x, 100)]) for x in range(count)]
    return gpd.GeoDataFrame({"row": range(1, count + 1), **columns}, geometry=shapes, crs=2154)


def road_class(nature: str | None, importance: str | None) -> str | None:
    raw = lines(producer_id=["T1"], nature=[nature], importance=[importance])
    found = roads.normalise(raw, Context("bdtopo_routes")).table["road_class"]
    return None if found.isna().all() else str(found.iloc[0])


@pytest.mark.parametrize(
    ("nature", "importance", "expected"),
    [
        ("Type autoroutier", "1", RoadClass.MOTORWAY),
        ("Quasi-autoroute", "1", RoadClass.MOTORWAY),
        ("Route à 2 chaussées", "1", RoadClass.MAIN),
        ("Route à 1 chaussée", "2", RoadClass.MAIN),
        ("Route \ufffd 1 chauss\ufffde", "3", RoadClass.SECONDARY),
        ("Bretelle", "5", RoadClass.LOCAL),
        ("Route empierr\ufffde", "5", RoadClass.TRACK),
        ("Chemin", None, RoadClass.TRACK),
        (None, "4", RoadClass.LOCAL),
    ],
)
def test_nature_then_importance_say_the_class(
    nature: str | None, importance: str | None, expected: RoadClass
) -> None:
    assert road_class(nature, importance) == expected


@given(nature=st.none() | st.text(), importance=st.none() | st.text(max_size=3))
def test_whatever_is_published_the_class_is_one_of_the_list_or_missing(
    nature: str | None, importance: str | None
) -> None:
    is_on_foot = re.match(roads.ON_FOOT, (nature or "").strip().casefold())
    assume(not is_on_foot)
    assert road_class(nature, importance) in {None, *RoadClass}


@pytest.mark.parametrize(
    ("nature", "importance"), [("Bac ou liaison maritime", "2"), ("Bretelle", None), (None, "NC")]
)
def test_a_class_nothing_says_is_missing(nature: str | None, importance: str | None) -> None:
    assert road_class(nature, importance) is None


def test_ways_without_vehicles_are_set_aside_and_told() -> None:
    raw = lines(producer_id=["T1", "T2"], nature=["Sentier", "Chemin"], importance=["6", "6"])
    normalised = roads.normalise(raw, Context("bdtopo_routes"))
    assert len(normalised.table) == 1
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("ROUTE-PIETON", (1,))]


def test_a_road_is_called_by_its_number_then_by_its_street() -> None:
    raw = lines(
        producer_id=["T1", "T2", "T3"],
        road_number=["D20", "NC", None],
        road_name=["Rue Neuve", "Rue Neuve", "NR"],
    )
    table = roads.normalise(raw, Context("bdtopo_routes_2015")).table
    assert table["road_name"].fillna("").tolist() == ["D20", "Rue Neuve", ""]
    assert table["length_m"].tolist() == [100.0] * 3


@pytest.mark.parametrize(
    ("highway", "expected"),
    [
        ("motorway_link", RoadClass.MOTORWAY),
        ("trunk", RoadClass.MAIN),
        ("tertiary", RoadClass.LOCAL),
        ("track", RoadClass.TRACK),
    ],
)
def test_a_value_of_openstreetmap_is_of_a_class(highway: str, expected: RoadClass) -> None:
    raw = lines(osmid=["1"], highway=[highway], length_m=[100.0])
    table = roads.normalise(raw, Context("openstreetmap_roads")).table
    assert table["road_class"].tolist() == [expected]


@pytest.mark.parametrize(
    ("nature", "state", "is_active"),
    [
        ("Voie ferrée principale", "En service", "oui"),
        ("Voie de service", None, "oui"),
        ("Non exploitée", None, "non"),
        ("Voie ferrée non exploitée", "En service", "non"),
        ("LGV", "En construction", "non"),
        (None, None, None),
    ],
)
def test_a_track_says_whether_trains_run(
    nature: str | None, state: str | None, is_active: str | None
) -> None:
    raw = lines(rail_id=["V1"], nature=[nature], state=[state])
    found = railways.normalise(raw, Context("bdtopo_voies_ferrees")).table["is_active"]
    assert found.isna().all() if is_active is None else found.tolist() == [is_active]


def accesses(dataset_id: str, **columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    shapes = [shapely.Point(x, 0).buffer(1) if x % 2 else shapely.Point(x, 0) for x in range(count)]
    raw = gpd.GeoDataFrame({"row": range(1, count + 1), **columns}, geometry=shapes, crs=2154)
    return access_points.normalise(raw, Context(dataset_id))


def test_equipment_of_transport_keeps_junctions_and_freight_only() -> None:
    normalised = accesses(
        "bdtopo_equipements_de_transport",
        nature=["Carrefour", "Carrefour", "Gare voyageurs et fret", "Gare voyageurs uniquement"],
        detail=["Échangeur complet", "Rond-point", None, None],
    )
    assert normalised.table["kind"].tolist() == [AccessKind.JUNCTION, AccessKind.FREIGHT]
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("ACCES-AUTRE", (2, 4))]


def test_an_access_is_drawn_as_published() -> None:
    table = accesses("bdtopo_postes_de_transformation", point_id=["P1", "P2"]).table
    assert table["geometry"].geom_type.tolist() == ["Point", "Polygon"]
    assert set(table["kind"]) == {AccessKind.SUBSTATION}


def test_a_siding_keeps_its_state() -> None:
    table = accesses("cerema_ite", name=["Silo"], state=["Inutilisable"]).table
    assert table[["kind", "name", "state"]].to_numpy().tolist() == [
        [AccessKind.SIDING, "Silo", "Inutilisable"]
    ]
