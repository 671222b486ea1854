import geopandas as gpd
import pytest
import shapely

from layers.base import Context, Normalised
from layers.pene import normalise


def projects(*annexes: object) -> Normalised:
    count = len(annexes)
    raw = gpd.GeoDataFrame(
        {"row": range(1, count + 1), "project_id": range(count), "annex": list(annexes)},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(count)],
        crs=2154,
    )
    return normalise(raw, Context("pene_contours"))


@pytest.mark.parametrize(("published", "annex"), [("Annexe I", "1"), ("annexe 2", "2"), (1, "1")])
def test_an_annex_is_the_first_or_the_second(published: object, annex: str) -> None:
    assert projects(published).table["annex"].tolist() == [annex]


def test_an_annex_that_is_neither_is_missing_and_told() -> None:
    normalised = projects("1", "3", None)
    assert normalised.table["annex"].isna().tolist() == [False, True, True]
    assert [(i.rule_id, i.rows) for i in normalised.issues] == [("PENE-ANNEXE", (2, 3))]


def test_projects_that_touch_do_not_overlap() -> None:
    assert projects("1", "1", "2").issues == ()


def test_overlapping_outlines_are_told_with_both_rows_of_each_pair() -> None:
    raw = gpd.GeoDataFrame(
        {"row": [1, 2, 3], "project_id": ["a", "b", "c"], "annex": ["1", "1", "1"]},
        geometry=[shapely.box(0, 0, 10, 10), shapely.box(50, 0, 60, 10), shapely.box(8, 0, 20, 10)],
        crs=2154,
    )
    (issue,) = normalise(raw, Context("pene_contours")).issues
    assert (issue.rule_id, issue.rows) == ("PENE-CHEVAUCHE", (1, 3))
    assert "lignes 1 et 3" in issue.message_fr
