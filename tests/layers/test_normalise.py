from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.catalogue import dataset
from data.issues import Action, Issue
from data.read import RawTable
from geo.errors import InputError
from layers.base import Context, Normalised, check_table
from layers.normalise import normalise
from layers.registry import layer

WriteGeojson = Callable[..., Path]

ZONE = {"libelle": "UX", "typezone": "U"}
SQUARE = shapely.box(0, 0, 100, 100)
BOW_TIE = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
FLAT = shapely.Polygon([(0, 0), (10, 0), (20, 0)])
LINE = shapely.LineString([(0, 0), (1, 1)])


def zoning_of(*shapes: shapely.Geometry | None) -> Normalised:
    frame = gpd.GeoDataFrame(
        {"row": range(1, len(shapes) + 1), "label": "UX", "zone_type": "U"},
        geometry=list(shapes),
        crs=2154,
    )
    raw = RawTable(dataset("gpu_zone_urba"), "zones", frame, ())
    return normalise(raw, layer("zoning"), Context("gpu_zone_urba"))


def found(normalised: Normalised) -> list[tuple[str, Action, tuple[int, ...]]]:
    return [(issue.rule_id, issue.action, issue.rows) for issue in normalised.issues]


def test_a_self_crossing_polygon_is_repaired_and_named() -> None:
    normalised = zoning_of(SQUARE, BOW_TIE)
    assert sorted(normalised.table.area) == [5_000, 10_000]
    assert found(normalised) == [("GEO-INVALIDE", Action.REPAIRED, (2,))]
    assert "le contour se croise" in normalised.issues[0].message_fr


def test_a_row_without_shape_is_set_aside_and_named() -> None:
    normalised = zoning_of(None, SQUARE, shapely.Polygon())
    assert len(normalised.table) == 1
    assert found(normalised) == [("GEO-VIDE", Action.SET_ASIDE, (1, 3))]


@pytest.mark.parametrize("shape", [FLAT, LINE])
def test_a_shape_without_area_is_no_zone(shape: shapely.Geometry) -> None:
    normalised = zoning_of(SQUARE, shape)
    assert len(normalised.table) == 1
    assert found(normalised) == [("GEO-PERDUE", Action.SET_ASIDE, (2,))]


def test_a_zone_given_twice_is_kept_once() -> None:
    normalised = zoning_of(SQUARE, SQUARE, SQUARE)
    assert len(normalised.table) == 1
    assert found(normalised) == [("CLE-DOUBLE", Action.SET_ASIDE, (2, 3))]


def test_what_was_found_at_reading_is_told_first() -> None:
    note = Issue("LEC-ENCODAGE", Action.REPAIRED, "Texte lu en Windows-1252.")
    frame = gpd.GeoDataFrame(
        {"row": [1], "label": ["UX"], "zone_type": ["?"]}, geometry=[SQUARE], crs=2154
    )
    raw = RawTable(dataset("gpu_zone_urba"), "zones", frame, (note,))
    issues = normalise(raw, layer("zoning"), Context("gpu_zone_urba")).issues
    assert [issue.rule_id for issue in issues] == ["LEC-ENCODAGE", "PLU-TYPE"]


def test_impossible_values_are_refused_in_french() -> None:
    table = pd.DataFrame(
        {"flow_id": ["a", "b"], "commune": ["63148", None], "year": [2021, 1900], "flow_m2": 1.0}
    )
    with pytest.raises(InputError, match="valeurs impossibles") as caught:
        check_table(layer("enaf"), table)
    assert "commune : valeur absente" in caught.value.message
    assert "year : trop petit (1900)" in caught.value.message


def test_a_code_that_came_as_a_float_is_written_whole() -> None:
    table = gpd.GeoDataFrame(
        {"crop_id": ["a", "b"], "crop_code": [18.0, None]}, geometry=[SQUARE, SQUARE], crs=2154
    )
    codes = check_table(layer("crops"), table)["crop_code"]
    assert codes.iloc[0] == "18"
    assert codes.isna().tolist() == [False, True]
