import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.base import Context, Normalised
from layers.polluted_sites import normalise


def sites(**columns: list[object]) -> Normalised:
    count = len(next(iter(columns.values())))
    raw = gpd.GeoDataFrame(
        {
            "row": range(1, count + 1),
            "site_id": [str(number) for number in range(count)],
            "commune": "8190",
            **columns,
        },
        geometry=[shapely.Point(700_000, 6_500_000)] * count,
        crs=2154,
    )
    return normalise(raw, Context("ademe_sites_pollues"))


@pytest.mark.parametrize(
    "cell", ["['000AY34' '000AY37']", "000AY34 000AY37", np.array(["000AY37", "000AY34"])]
)
def test_parcels_are_named_in_full_whatever_holds_them(cell: object) -> None:
    assert sites(refcad=[cell]).table["parcel_ids"].tolist() == ["08190000AY0034|08190000AY0037"]


def test_a_section_of_one_letter_is_padded() -> None:
    assert sites(refcad=["'000B777'"]).table["parcel_ids"].tolist() == ["081900000B0777"]


def test_a_run_of_parcels_keeps_its_ends_and_is_told() -> None:
    normalised = sites(refcad=["000B1278 à 000B1281"])
    assert normalised.table["parcel_ids"].tolist() == ["081900000B1278|081900000B1281"]
    assert "POL-SUITE" in {issue.rule_id for issue in normalised.issues}


def test_an_area_not_told_is_missing_without_a_word() -> None:
    normalised = sites(declared_area_m2=["Non renseigné"], commune=["63148"])
    assert normalised.table["declared_area_m2"].isna().all()
    assert normalised.issues == ()


def test_a_lost_zero_is_given_back() -> None:
    assert sites(name=["ARDENITY"]).table["commune"].tolist() == ["08190"]
