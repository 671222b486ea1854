import geopandas as gpd
import pandas as pd
import shapely

from layers.keys import shape_ids

SQUARE = shapely.box(0, 0, 10, 10)
TURNED = shapely.Polygon([(10, 10), (0, 10), (0, 0), (10, 0)])
MOVED = shapely.box(0, 0, 10, 10.02)


def ids(*shapes: shapely.Geometry) -> list[str]:
    return shape_ids(gpd.GeoSeries(list(shapes), crs=2154)).tolist()


def test_the_same_outline_has_the_same_id_wherever_it_starts() -> None:
    assert len(set(ids(SQUARE, TURNED))) == 1


def test_two_centimetres_make_another_shape() -> None:
    assert len(set(ids(SQUARE, MOVED))) == 2


def test_less_than_a_centimetre_does_not() -> None:
    assert len(set(ids(SQUARE, shapely.box(0, 0, 10, 10.001)))) == 1


def test_an_id_is_the_same_on_every_machine() -> None:
    assert ids(SQUARE) == ["10d62c4a1220371f"]


def test_a_name_comes_before_the_outline() -> None:
    shapes = gpd.GeoSeries([SQUARE, SQUARE], crs=2154)
    named = shape_ids(shapes, pd.Series(["UX", None])).tolist()
    assert [text.split("#")[0] for text in named] == ["UX", ""]
