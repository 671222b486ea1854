import geopandas as gpd
import shapely

from layers.base import Context, Normalised
from layers.stations import normalise

GARE, MAIRIE = shapely.Point(700_000, 6_500_000), shapely.Point(700_500, 6_500_000)


def points(*rows: tuple[str | None, str | None, str | None, shapely.Point]) -> Normalised:
    station_ids, point_ids, powers, places = zip(*rows, strict=True)
    raw = gpd.GeoDataFrame(
        {
            "row": range(1, len(rows) + 1),
            "station_id": station_ids,
            "point_id": point_ids,
            "name": "Station",
            "power_kw": powers,
        },
        geometry=list(places),
        crs=2154,
    )
    return normalise(raw, Context("irve_statique"))


def test_points_are_gathered_by_station_with_the_greatest_power() -> None:
    table = points(("A", "A1", "22", GARE), ("A", "A2", "150", GARE), ("B", "B1", "7,4", MAIRIE))
    assert table.table[["station_id", "point_count", "power_kw"]].to_numpy().tolist() == [
        ["A", 2, 150.0],
        ["B", 1, 7.4],
    ]


def test_a_point_given_twice_counts_once_and_is_told() -> None:
    normalised = points(("A", "A1", "22", GARE), ("A", "A1", "22", GARE))
    assert normalised.table["point_count"].tolist() == [1]
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("IRVE-DOUBLE", (2,))]


def test_stations_without_an_id_are_told_apart_by_their_place() -> None:
    table = points(
        ("Non concerné", "Non concerné", "22", GARE),
        ("Non concerné", "Non concerné", "22", GARE),
        (None, None, "22", MAIRIE),
    ).table
    assert sorted(table["point_count"]) == [1, 2]


def test_a_power_in_watts_is_missing_and_told() -> None:
    normalised = points(("A", "A1", "50000", GARE), ("A", "A2", "50", GARE))
    assert normalised.table["power_kw"].tolist() == [50.0]
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("IRVE-PUISSANCE", (1,))]


def test_a_power_that_cannot_be_read_is_missing() -> None:
    normalised = points(("A", "A1", "rapide", GARE))
    assert normalised.table["power_kw"].isna().all()
    assert normalised.issues[0].rows == (1,)
