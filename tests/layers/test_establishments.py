import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.establishments import LAYER, normalise


def establishments(**columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    published: dict[str, object] = {
        "row": range(1, count + 1),
        "siret": ["73282932000074"] * count,
        "commune": ["63148"] * count,
    }
    points = [shapely.Point(x, 0) for x in range(count)]
    raw = gpd.GeoDataFrame({**published, **columns}, geometry=points, crs=2154)
    return normalise(raw, Context("etablissements_sites_economiques"))


def test_a_false_siret_is_told_and_kept() -> None:
    normalised = establishments(siret=["73282932000074", "73282932000075"])
    assert normalised.table["siret"].tolist() == ["73282932000074", "73282932000075"]
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("ETA-SIRET", (2,))]


def test_a_siret_that_lost_its_zeros_is_completed() -> None:
    normalised = establishments(siret=["632501702575"])
    assert normalised.table["siret"].tolist() == ["00632501702575"]
    assert [i.rule_id for i in normalised.issues] == ["ETA-ZERO"]


def test_a_space_slipped_into_an_id_of_plot_is_taken_out() -> None:
    table = establishments(terrain_ids=["44003_TERRAIN-ECO_ 00131|44003_TERRAIN-ECO_00115"]).table
    assert table["terrain_ids"].tolist() == ["44003_TERRAIN-ECO_00131|44003_TERRAIN-ECO_00115"]


def test_an_activity_code_is_written_without_its_dot() -> None:
    assert establishments(activity_code=["45.20b"]).table["activity_code"].tolist() == ["4520B"]


@pytest.mark.parametrize("personal", ["etab_contact_mail", "etab_contact_tel"])
def test_no_way_to_reach_a_person_is_kept(personal: str) -> None:
    assert personal not in LAYER.columns
