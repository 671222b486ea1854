import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.issues import Issue
from layers.cog import CommuneStatus, commune_issues, commune_statuses, missing_communes

HERE = shapely.box(0, 0, 1, 1)


def known(*codes: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"insee": codes}, geometry=[HERE] * len(codes), crs=2154)


def issues_of(codes: list[str], communes: gpd.GeoDataFrame | None) -> list[Issue]:
    table = pd.DataFrame({"row": range(1, len(codes) + 1)})
    return list(commune_issues(table, pd.Series(codes), communes))


def test_communes_all_known_and_all_there_tell_nothing() -> None:
    assert issues_of(["63001", "63148"], known("63001", "63148")) == []


def test_a_code_that_no_longer_exists_is_told() -> None:
    (issue,) = issues_of(["63001", "63999"], known("63001"))
    assert (issue.rule_id, issue.rows) == ("COG-COG_ERROR", (2,))


@pytest.mark.parametrize("said", ["Annonay", "99999", "7009", "630O1"])
def test_what_is_no_commune_code_is_told_whatever_its_first_characters(said: str) -> None:
    (issue,) = issues_of(["63001", said], known("63001"))
    assert (issue.rule_id, issue.rows) == ("COG-COG_ERROR", (2,))


def test_a_commune_of_another_region_is_not_judged() -> None:
    assert issues_of(["63001", "33001"], known("63001")) == []


def test_a_file_that_nearly_covers_a_departement_tells_what_it_lacks() -> None:
    (issue,) = issues_of(["63001", "63148"], known("63001", "63148", "63150"))
    assert (issue.rule_id, issue.rows) == ("COG-MISSING", ())
    assert "1 commune(s)" in issue.message_fr
    assert "63150" in issue.message_fr


def test_an_extract_of_a_departement_lacks_nothing() -> None:
    communes = known("63001", "63148", "63150")
    assert missing_communes(pd.Series(["63001"]), communes["insee"].astype("string")).empty


def test_a_commune_divided_since_is_told_when_its_daughter_is_not_there() -> None:
    issues = issues_of(["52031", "52033"], known("52031", "52033", "52278"))
    assert [issue.rule_id for issue in issues] == ["COG-DIVISION", "COG-MISSING"]
    assert issues[0].rows == (1,)


def test_a_divided_commune_beside_its_daughter_is_unchanged() -> None:
    codes, communes = pd.Series(["52031", "52278"]), known("52031", "52278")["insee"]
    lacking = missing_communes(codes, communes.astype("string"))
    assert set(commune_statuses(codes, communes.astype("string"), lacking)) == {
        CommuneStatus.UNCHANGED
    }


def test_without_known_communes_nothing_is_judged() -> None:
    assert issues_of(["99999"], None) == []
