import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.coordinates import completed, in_working_crs, located
from geo.errors import CrsError, InputError

LYON = shapely.Point(4.84, 45.76)
NANCY = shapely.Point(6.18, 48.69)
LYON_SWAPPED = shapely.Point(45.76, 4.84)
LYON_METRES = shapely.Point(843_000, 6_520_000)


def frame_of(*shapes: shapely.Geometry | None, crs: int | None = 4326) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"row": range(1, len(shapes) + 1)}, geometry=list(shapes), crs=crs)


def test_degrees_become_lambert_93() -> None:
    moved, issues = in_working_crs(frame_of(LYON), "a.geojson")
    assert moved.crs.to_epsg() == 2154
    assert moved.geometry.iloc[0].distance(LYON_METRES) < 2_000
    assert issues == ()


def test_heights_are_dropped() -> None:
    moved, _ = in_working_crs(frame_of(shapely.Point(4.84, 45.76, 170)), "a.geojson")
    assert not moved.has_z.any()


def test_a_table_without_system_is_refused_with_the_remedy() -> None:
    with pytest.raises(CrsError, match=r"« zones\.shp » n'a pas de système") as caught:
        in_working_crs(frame_of(LYON_METRES, crs=None), "zones.shp")
    assert "--crs EPSG:2154" in caught.value.hint


def test_the_system_the_user_names_is_used() -> None:
    moved, _ = in_working_crs(frame_of(LYON_METRES, crs=None), "zones.shp", crs="EPSG:2154")
    assert moved.geometry.iloc[0].equals(LYON_METRES)


@pytest.mark.parametrize("crs", ["lambert", "EPSG:0", "2154000"])
def test_a_system_nobody_knows_is_refused_with_the_remedy(crs: str) -> None:
    with pytest.raises(CrsError, match=f"« {crs} » n'est pas un système") as caught:
        in_working_crs(frame_of(LYON_METRES), "zones.shp", crs=crs)
    assert "--crs EPSG:2154" in caught.value.hint


def test_metres_said_to_be_degrees_are_refused_naming_the_row() -> None:
    with pytest.raises(CrsError, match=r"1 ligne\(s\) ont des coordonnées en mètres") as caught:
        in_working_crs(frame_of(LYON, LYON_METRES), "zones.geojson")
    assert "ligne 2" in caught.value.message
    assert "--crs EPSG:2154" in caught.value.hint


def test_degrees_said_to_be_metres_are_refused() -> None:
    with pytest.raises(CrsError, match="ses coordonnées sont en degrés") as caught:
        in_working_crs(frame_of(LYON, crs=2154), "zones.gpkg")
    assert "--crs EPSG:4326" in caught.value.hint


def test_swapped_rows_are_refused_when_they_are_the_most() -> None:
    with pytest.raises(InputError, match=r"inversées sur 2 ligne\(s\) sur 3") as caught:
        in_working_crs(frame_of(LYON_SWAPPED, NANCY, LYON_SWAPPED), "a.geojson")
    assert "lignes 1, 3" in caught.value.message
    assert "--axes lat-lon" in caught.value.hint


def test_a_few_swapped_rows_are_set_aside_and_named() -> None:
    moved, issues = in_working_crs(frame_of(LYON, LYON_SWAPPED, NANCY), "a.geojson")
    assert moved["row"].tolist() == [1, 3]
    assert [(issue.rule_id, issue.rows) for issue in issues] == [("LEC-INVERSION", (2,))]


def test_axes_given_by_the_user_are_turned() -> None:
    moved, issues = in_working_crs(frame_of(LYON_SWAPPED), "a.geojson", is_lat_lon=True)
    assert moved.geometry.iloc[0].distance(LYON_METRES) < 2_000
    assert issues == ()


def test_a_place_overseas_is_kept_and_told() -> None:
    moved, (issue,) = in_working_crs(frame_of(shapely.Point(55.5, -21.1)), "a.geojson")
    assert len(moved) == 1
    assert (issue.rule_id, issue.rows) == ("LEC-HORS-FRANCE", (1,))


def test_a_row_without_shape_travels_on() -> None:
    moved, issues = in_working_crs(frame_of(LYON, None), "a.geojson")
    assert moved.geometry.isna().tolist() == [False, True]
    assert issues == ()


def test_a_wkt_column_gives_the_shapes() -> None:
    table = pd.DataFrame({"geometry_wkt": ["Point (4.84 45.76)", "rien", None]})
    shapes = located(table).geometry
    assert shapes.iloc[0].equals(LYON)
    assert shapes.isna().tolist() == [False, True, True]


def test_a_lonlat_column_gives_points_and_refuses_the_origin() -> None:
    table = pd.DataFrame({"lonlat": ["[4.84, 45.76]", "4.84,45.76", "[0, 0]", "ici", None]})
    shapes = located(table).geometry
    assert shapes.isna().tolist() == [False, False, True, True, True]
    assert shapes.iloc[1].equals(LYON)


def test_a_table_without_coordinates_is_left_as_it_is() -> None:
    table = pd.DataFrame({"commune": ["01004"]})
    assert located(table) is table


def test_a_point_that_is_absent_comes_back_from_its_lambert_2_metres() -> None:
    """Lyon in Lambert II étendu, by pyproj: 794 739, 2 087 510."""
    frame = frame_of(None, NANCY).assign(lambert2_x=["794739", "1"], lambert2_y=["2087510", "1"])
    placed, (issue,) = completed(frame)
    assert (issue.rule_id, issue.rows) == ("LEC-LAMBERT2", (1,))
    assert placed.geometry.iloc[0].distance(LYON) < 1e-4
    assert placed.geometry.iloc[1] == NANCY


def test_a_row_without_point_nor_metres_stays_nowhere() -> None:
    frame = frame_of(None, None).assign(lambert2_x=[None, "0"], lambert2_y=["2087000", "0"])
    placed, issues = completed(frame)
    assert placed.geometry.isna().all()
    assert issues == ()
