import pandas as pd
import pytest

from layers.codes import dates_iso, insee_codes, numbers


def test_a_lost_leading_zero_is_given_back_and_told() -> None:
    codes, repaired = insee_codes(pd.Series(["1004", "63148", "2A004", None]))
    assert codes.tolist()[:3] == ["01004", "63148", "2A004"]
    assert pd.isna(codes.iloc[3])
    assert repaired.tolist() == [True, False, False, False]


def test_a_code_read_as_a_number_is_a_code_again() -> None:
    codes, repaired = insee_codes(pd.Series([1004.0, 63148.0]))
    assert codes.tolist() == ["01004", "63148"]
    assert repaired.tolist() == [True, False]


@pytest.mark.parametrize(
    "published",
    ["2024-02-13", "13/02/2024", "20240213", "2024-02-13T10:00:00Z", "13/02/2024 10:00"],
)
def test_a_date_is_read_however_it_is_written(published: str) -> None:
    assert dates_iso(pd.Series([published])).tolist() == ["2024-02-13"]


@pytest.mark.parametrize("published", [None, "", "1899-12-30", "2024-13-45", "hier", "12024-02-13"])
def test_no_date_is_a_missing_date(published: str | None) -> None:
    assert dates_iso(pd.Series([published], dtype=object)).isna().all()


def test_timestamps_are_dates() -> None:
    timestamps = pd.Series([pd.Timestamp("2016-07-18"), pd.NaT])
    assert dates_iso(timestamps).iloc[0] == "2016-07-18"
    assert dates_iso(timestamps).isna().tolist() == [False, True]


def test_a_french_number_is_read() -> None:
    values, issues = numbers(pd.DataFrame({"row": [1], "area": ["1 234,5"]}), "area")
    assert values.tolist() == [1234.5]
    assert issues == ()


def test_what_is_no_positive_number_is_missing_and_told() -> None:
    table = pd.DataFrame({"row": [1, 2, 3, 4], "area": ["12", "-1", "douze", None]})
    values, (issue,) = numbers(table, "area")
    assert values.notna().tolist() == [True, False, False, False]
    assert issue.rows == (2, 3)
    assert "area" in issue.message_fr


def test_a_column_that_is_not_there_is_missing_everywhere() -> None:
    values, issues = numbers(pd.DataFrame({"row": [1, 2]}), "area")
    assert values.isna().all()
    assert issues == ()
