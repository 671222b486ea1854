import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.zoning import normalise


def zones(*zone_types: str | None) -> Normalised:
    raw = gpd.GeoDataFrame(
        {"row": range(1, len(zone_types) + 1), "label": "UX", "zone_type": list(zone_types)},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(len(zone_types))],
        crs=2154,
    )
    return normalise(raw, Context("gpu_zone_urba"))


@pytest.mark.parametrize("zone_type", ["U", "AUc", "AUs", "A", "N"])
def test_a_type_of_the_standard_is_kept(zone_type: str) -> None:
    normalised = zones(zone_type)
    assert normalised.table["zone_type"].tolist() == [zone_type]
    assert normalised.issues == ()


@pytest.mark.parametrize(
    ("old", "new"), [("AU", "AUc"), ("Ah", "A"), ("Nh", "N"), ("Nd", "N"), ("AUC", "AUc")]
)
def test_an_older_spelling_is_translated(old: str, new: str) -> None:
    assert zones(old).table["zone_type"].tolist() == [new]


def test_an_older_standard_is_told() -> None:
    (issue,) = zones("U", "Nh").issues
    assert (issue.rule_id, issue.rows) == ("PLU-ANCIEN", (2,))


def test_a_type_nobody_knows_is_missing_and_told() -> None:
    normalised = zones("99", None)
    assert normalised.table["zone_type"].isna().all()
    assert [(issue.rule_id, issue.rows) for issue in normalised.issues] == [("PLU-TYPE", (1,))]


def sectors(*sector_types: object) -> Normalised:
    raw = gpd.GeoDataFrame(
        {"row": range(1, len(sector_types) + 1), "label": "Z", "sector_type": list(sector_types)},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(len(sector_types))],
        crs=2154,
    )
    return normalise(raw, Context("gpu_secteur_cc"))


def test_sectors_of_a_carte_communale_become_zones() -> None:
    normalised = sectors("01", "02", "03")
    assert normalised.table["zone_type"].tolist() == ["U", "U", "N"]
    assert normalised.issues == ()


def test_a_sector_kept_for_activities_has_their_destination() -> None:
    destination = sectors("01", 2).table["destination"]
    assert destination.isna().tolist() == [True, False]
    assert destination.iloc[1] == "02"


def test_land_outside_the_carte_communale_has_no_type_and_is_told() -> None:
    normalised = sectors("99", "7", None)
    assert normalised.table["zone_type"].isna().all()
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [
        ("PLU-HORS-CC", (1,)),
        ("PLU-TYPE", (2,)),
    ]


def test_an_outline_the_portal_gives_twice_counts_in_its_latest_edition() -> None:
    raw = gpd.GeoDataFrame(
        {
            "row": [1, 2],
            "label": ["UX", "UX2"],
            "zone_type": ["U", "U"],
            "partition": ["DU_63148", "DU_63148"],
            "published_on": ["2023-03-01T08:00:00Z", "2020-03-01T08:00:00Z"],
        },
        geometry=[shapely.box(0, 0, 1, 1)] * 2,
        crs=2154,
    )
    normalised = normalise(raw, Context("gpu_zone_urba"))
    assert normalised.table["label"].tolist() == ["UX"]
    assert [i.rule_id for i in normalised.issues] == ["GPU-ANCIEN"]
