"""OCS GE of the Gironde, 2015 and 2018: the counts are those of an independent reading."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from geo.thresholds import NO, UNTOLD, YES
from jalon.zan.artificialisation import net_of_footprint
from jalon.zan.land_state import before_state
from jalon.zan.law import law_on, verified_on
from jalon.zan.matrix import HERBACEOUS, are_artificial

pytestmark = pytest.mark.reference

GAINED, LOST = "A_B_2015_2018", "A_B_2018_2015"
LAW = law_on(verified_on())


@pytest.fixture(scope="module")
def path(reference_dir: Path) -> Path:
    return reference_dir / "data" / "land" / "ocsge" / "sybarval_ocsge_2015_2018.gpkg"


@pytest.fixture(scope="module")
def changes(path: Path) -> gpd.GeoDataFrame:
    """Both layers of change, with what the matrix says of each year."""
    layers = [
        pyogrio.read_dataframe(path, layer=name).assign(layer=name) for name in (GAINED, LOST)
    ]
    frame = pd.concat(layers, ignore_index=True)
    for year in (2015, 2018):
        told = are_artificial(frame[f"cs_{year}"], frame[f"us_{year}"])
        frame[f"is_{year}"] = told.map({True: "oui", False: "non"}).fillna("?")
    return frame


def flows(changes: gpd.GeoDataFrame, layer: str) -> dict[tuple[str, str], tuple[int, float]]:
    """Count and hectares of each pair of states (2015, 2018) of a layer."""
    rows = changes[changes["layer"].eq(layer)]
    groups = rows.geometry.area.groupby([rows["is_2015"], rows["is_2018"]])
    return {pair: (len(m2), round(m2.sum() / 10_000, 2)) for pair, m2 in groups}


def causes(changes: gpd.GeoDataFrame, layer: str, sealed: int, green: int) -> dict[str, int]:
    """Why the matrix does not see the change a layer tells: one cause a polygon.

    `sealed` is the year of anthropised cover, `green` the other.
    """
    rows = changes[changes["layer"].eq(layer)]
    is_seen = rows[f"is_{sealed}"].eq("oui") & rows[f"is_{green}"].eq("non")
    rows = rows[~is_seen]
    is_unknown = rows["is_2015"].eq("?") | rows["is_2018"].eq("?")
    is_quarry = rows[f"us_{sealed}"].eq("US1.3") & rows[f"cs_{sealed}"].eq("CS1.1.2.1")
    is_garden = rows[f"cs_{green}"].isin(HERBACEOUS) & rows[f"is_{green}"].eq("oui")
    found = {
        "herbes en usage urbain": is_garden & ~is_unknown,
        "carrière": is_quarry & ~is_unknown,
        "code absent": is_unknown,
    }
    assert sum(mask.sum() for mask in found.values()) == len(rows)
    return {cause: int(mask.sum()) for cause, mask in found.items()}


def test_layers_of_change_are_those_of_anthropised_cover(changes: gpd.GeoDataFrame) -> None:
    is_gained = changes["layer"].eq(GAINED)
    assert is_gained.value_counts().to_dict() == {True: 3_970, False: 1_296}
    for year, is_sealed in ((2018, is_gained), (2015, ~is_gained)):
        assert changes[f"cs_{year}"].fillna("").str.startswith("CS1.1").eq(is_sealed).all()


def test_matrix_sees_half_the_land_the_layers_call_newly_artificial(
    changes: gpd.GeoDataFrame,
) -> None:
    assert flows(changes, GAINED) == {
        ("non", "oui"): (2_051, 219.06),
        ("oui", "oui"): (1_902, 105.20),
        ("non", "non"): (13, 25.47),
        ("?", "oui"): (4, 0.01),
    }


def test_matrix_sees_less_than_half_the_land_the_layers_call_given_back(
    changes: gpd.GeoDataFrame,
) -> None:
    assert flows(changes, LOST) == {
        ("oui", "non"): (585, 52.26),
        ("oui", "oui"): (685, 53.56),
        ("non", "non"): (17, 17.04),
        ("?", "oui"): (5, 0.20),
        ("oui", "?"): (4, 0.02),
    }


def test_each_disagreement_with_the_layers_has_one_of_three_causes(
    changes: gpd.GeoDataFrame,
) -> None:
    assert causes(changes, GAINED, 2018, 2015) == {
        "herbes en usage urbain": 1_902,
        "carrière": 13,
        "code absent": 4,
    }
    assert causes(changes, LOST, 2015, 2018) == {
        "herbes en usage urbain": 685,
        "carrière": 17,
        "code absent": 9,
    }


@pytest.fixture(scope="module")
def land(path: Path, import_file: Callable[..., Any]) -> gpd.GeoDataFrame:
    return import_file(path, GAINED).table


def test_invalid_polygons_and_all_the_ground_is_counted_once(land: gpd.GeoDataFrame) -> None:
    state = before_state(land, LAW)
    assert state.ground.area_m2.sum() == pytest.approx(land.geometry.union_all().area, rel=1e-6)
    assert set(state.kinds) == {NO, YES, UNTOLD}


def test_factory_on_real_polygons_gives_an_interval(land: gpd.GeoDataFrame) -> None:
    largest = land.geometry.loc[[land.geometry.area.idxmax()]]
    result = net_of_footprint(largest.buffer(20), land, LAW)
    assert result is not None
    assert 0 <= result.delta_lo_ha < result.delta_hi_ha
