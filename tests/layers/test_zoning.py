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
