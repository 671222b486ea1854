import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.issues import Issue
from data.text_shapes import drawn

SQUARE_WGS84 = "POLYGON ((3 45, 3.1 45, 3.1 45.1, 3 45.1, 3 45))"
SQUARE_METRES = "POLYGON ((700000 6500000, 700100 6500000, 700100 6500100, 700000 6500000))"
OPEN_RING = '{"type": "Polygon", "coordinates": [[[0, 1], [1, 1], [1, 2]]]}'


def read(*cells: str | None) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    return drawn(pd.DataFrame({"row": range(1, len(cells) + 1), "shape_text": list(cells)}))


def rules(issues: tuple[Issue, ...]) -> list[tuple[str, tuple[int, ...]]]:
    return [(issue.rule_id, issue.rows) for issue in issues]


def test_wkt_in_degrees_is_read_as_written() -> None:
    frame, issues = read(SQUARE_WGS84)
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.iloc[0].equals(shapely.box(3, 45, 3.1, 45.1))
    assert issues == ()


def test_the_system_an_ewkt_names_does_not_hide_its_shape() -> None:
    frame, _ = read(f"SRID=4326;{SQUARE_WGS84}")
    assert frame.geometry.notna().all()


@pytest.mark.parametrize("cell", [OPEN_RING, OPEN_RING.replace('"', "'")])
def test_an_open_ring_is_closed_and_told(cell: str) -> None:
    frame, issues = read(SQUARE_WGS84, cell)
    assert frame.geometry.iloc[1].area == 0.5
    assert rules(issues) == [("LEC-ANNEAU", (2,))]


def test_an_open_ring_of_wkt_is_closed_too() -> None:
    frame, issues = read("POLYGON ((0 1, 1 1, 1 2))")
    assert frame.geometry.iloc[0].area == 0.5
    assert rules(issues) == [("LEC-ANNEAU", (1,))]


def test_metres_are_lambert_93_and_told() -> None:
    frame, issues = read(SQUARE_METRES)
    assert frame.crs.to_epsg() == 2154
    assert frame.area.tolist() == [5_000]
    assert rules(issues) == [("LEC-METRES", (1,))]


def test_degrees_beside_metres_are_moved_to_them() -> None:
    frame, _ = read(SQUARE_METRES, "POINT (3 46.5)", None)
    assert frame.geometry.iloc[1].distance(shapely.Point(700_000, 6_600_000)) < 0.01
    assert frame.geometry.isna().tolist() == [False, False, True]


@pytest.mark.parametrize("cell", [None, "", "rue de la Gare", "{", '{"type": "Polygon"}', "{}"])
def test_a_cell_that_draws_nothing_has_no_shape(cell: str | None) -> None:
    frame, issues = read(SQUARE_WGS84, cell)
    assert frame.geometry.isna().tolist() == [False, True]
    assert issues == ()


def test_a_table_without_rows_keeps_a_geometry() -> None:
    frame, issues = read()
    assert isinstance(frame, gpd.GeoDataFrame)
    assert (len(frame), issues) == (0, ())


def test_a_map_file_keeps_its_own_shapes() -> None:
    own = gpd.GeoDataFrame({"shape_text": [SQUARE_WGS84]}, geometry=[shapely.Point(0, 0)], crs=2154)
    assert drawn(own)[0] is own


def test_a_table_without_written_shapes_is_left_alone() -> None:
    table = pd.DataFrame({"row": [1]})
    assert drawn(table)[0] is table
