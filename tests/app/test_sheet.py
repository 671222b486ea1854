"""The figures of a sheet, the ages of sources, and the file of a requirement: plain functions."""

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from jalon.land import judge
from jalon.model import LandParameters
from jalon.requirement import Requirement
from jalon.scoring import score
from jalon.specification import (
    Specification,
    preset,
    preset_names,
    preset_scoring,
    read_specification,
    specification_text,
)
from jalon.testing import business_park
from jalon.ui.imports import months_since
from jalon.ui.map_layers import map_layer
from jalon.ui.routes import STORE
from jalon.ui.sheet_figures import attributes, contributions, owners


@pytest.fixture(scope="module")
def park() -> gpd.GeoDataFrame:
    return judge(business_park(), LandParameters()).sites


def told(sites: gpd.GeoDataFrame, **changes: object) -> dict[str, str]:
    site = sites.iloc[0].copy()
    for name, value in changes.items():
        site[name] = value
    return dict(attributes(site)["Valeur"])


def test_an_elongated_site_says_how_many_times_longer_than_wide(park: gpd.GeoDataFrame) -> None:
    assert told(park, elongation_ratio=3.04)["Forme"] == "3,0 fois plus long que large"
    assert told(park, elongation_ratio=1.02)["Forme"] == "à peu près aussi long que large"


def test_a_sliver_has_no_shape_worth_telling(park: gpd.GeoDataFrame) -> None:
    assert told(park, elongation_ratio=9_000.0, usable_ha=0.001)["Forme"] == "—"


def test_a_distance_not_known_is_a_dash_and_never_far(park: gpd.GeoDataFrame) -> None:
    rows = told(park, motorway_m=np.nan, road_m=1234.4)
    distances = {name: value for name, value in rows.items() if name.startswith("Distance")}
    assert distances["Distance : échangeur autoroutier"] == "—"
    assert distances["Distance : route la plus proche"].replace("\u202f", " ") == "1 234 m"


@pytest.mark.parametrize(
    ("units", "words"),
    [(np.nan, "inconnus"), (1.0, "un seul"), (3.0, "3\u202funités foncières à réunir")],
)
def test_the_owners_of_an_assembly_are_those_its_land_units_tell(units: float, words: str) -> None:
    assert words in owners(units)


def test_the_contributions_of_a_sheet_add_up_to_the_score(park: gpd.GeoDataFrame) -> None:
    scoring = preset_scoring("industrie")
    kept = score(park, scoring).dropna(subset=["rank"])
    table = contributions(kept.iloc[:1], scoring)
    assert list(table["Critère"]) == [one.title for one in scoring.criteria]
    least = [float(text.split(" à ")[0].replace(",", ".")) for text in table["Apport"]]
    assert sum(least) == pytest.approx(kept["score_lo"].iloc[0], abs=0.005)


@pytest.mark.parametrize(
    ("vintage", "months"),
    [("2024-01-15", 23), ("2024", 24), ("2026-01-01", 0), (None, None), ("récent", None)],
)
def test_the_age_of_a_source_is_counted_in_whole_months(
    vintage: str | None, months: int | None
) -> None:
    assert months_since(vintage, date(2026, 1, 14)) == months


@pytest.mark.parametrize("name", preset_names())
def test_a_specification_written_as_toml_is_read_back_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / "cahier.toml"
    path.write_text(specification_text(preset(name)), encoding="utf-8")
    assert read_specification(path) == preset(name)


def test_a_title_full_of_signs_is_read_back_the_same(tmp_path: Path) -> None:
    wanted = Specification(
        title='« Usine » "A\\B"\n[x] = 1\x7f', requirement=Requirement(communes=("63148",))
    )
    path = tmp_path / "cahier.toml"
    path.write_text(specification_text(wanted), encoding="utf-8", newline="")
    assert read_specification(path) == wanted


def test_a_site_without_shape_does_not_break_the_map(park: gpd.GeoDataFrame) -> None:
    nowhere = park.iloc[:2].set_geometry([None, shapely.box(0, 0, 1, 1)], crs=park.crs)
    shown = map_layer("sites", nowhere, {"id": "site_id"})
    token = shown.url.rpartition("/")[2].removesuffix(".geojson")
    assert STORE.find(token) is not None
