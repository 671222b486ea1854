"""The layers with little meaning to read: buildings, crops, land cover, zones of activity."""

import geopandas as gpd
import pandas as pd
import shapely

from layers import buildings, communes, crops, land_cover, roads, zae
from layers.base import Context

CONTEXT = Context("essai")
HERE, THERE = shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)


def frame(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"row": [1, 2], **columns}, geometry=[HERE, THERE], crs=2154)


def test_a_building_says_whether_it_is_hard() -> None:
    table = buildings.normalise(frame(hardness=["1", "02"]), CONTEXT).table
    assert table["kind"].tolist() == ["dur", "léger"]


def test_a_building_of_an_unknown_kind_has_no_kind() -> None:
    table = buildings.normalise(frame(hardness=["03", None]), CONTEXT).table
    assert table["kind"].isna().all()


def test_two_crops_of_one_block_keep_two_ids() -> None:
    table = crops.normalise(frame(crop_id=["063-1", "063-1"], crop_code=["1", "2"]), CONTEXT).table
    assert table["crop_id"].is_unique
    assert table["crop_id"].str.startswith("063-1#").all()


def test_two_stretches_of_one_way_keep_two_ids() -> None:
    assert roads.normalise(frame(osmid=["12", "12"]), CONTEXT).table["road_id"].is_unique


def test_a_code_outside_the_nomenclature_leaves_the_occupation_unknown() -> None:
    raw = frame(
        cover_id=["a", "b"], cover=["CS1.1.1.1", "béton"], use=["US2", "US2"], vintage="2022"
    )
    normalised = land_cover.normalise(raw, CONTEXT)
    assert normalised.table["use"].isna().tolist() == [False, True]
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("OCS-CODE", (2,))]


def test_hectares_on_sale_are_missing_when_the_epci_gives_none() -> None:
    table = zae.normalise(frame(zae_id=["a", "b"], for_sale_ha=["1,5", None]), CONTEXT).table
    assert table["for_sale_ha"].iloc[0] == 1.5
    assert pd.isna(table["for_sale_ha"].iloc[1])


def test_a_commune_gets_its_leading_zero_back() -> None:
    normalised = communes.normalise(
        frame(insee=["1004", "63148"], nom="Ici", population=["14 000", None]), CONTEXT
    )
    assert normalised.table["insee"].tolist() == ["01004", "63148"]
    assert [issue.rule_id for issue in normalised.issues] == ["COM-ZERO"]
