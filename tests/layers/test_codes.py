import pandas as pd
import pytest

from layers.codes import dates_iso, departements, insee_codes, numbers


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


def test_an_arrondissement_is_its_commune() -> None:
    codes, _ = insee_codes(pd.Series(["69381", "13216", "75101", "69123"]))
    assert codes.tolist() == ["69123", "13055", "75056", "69123"]


def test_departements_overseas_have_three_figures() -> None:
    insee = pd.Series(["97120", "2A004", "01004", None])
    assert departements(insee).tolist()[:3] == ["971", "2A", "01"]


def test_seconds_since_1970_are_days_in_paris_summer_and_winter() -> None:
    seconds = pd.Series([-3_600.0, 1_546_210_800.0, 1_459_720_800.0, None])
    assert dates_iso(seconds).tolist()[:3] == ["1970-01-01", "2018-12-31", "2016-04-04"]


def test_one_long_number_makes_a_column_of_seconds() -> None:
    assert dates_iso(pd.Series(["94690800.0", "1546210800.0"])).iloc[0] == "1973-01-01"
    assert dates_iso(pd.Series(["20240213", "20240214"])).iloc[0] == "2024-02-13"


@pytest.mark.parametrize(
    ("published", "read"), [("1971.0", "1971"), ("19766", "2024-02-13"), ("19766.0", "2024-02-13")]
)
def test_years_stay_years_and_days_numbered_by_r_are_dates(published: str, read: str) -> None:
    assert dates_iso(pd.Series([published])).tolist() == [read]


@pytest.mark.parametrize("published", ["0.0", "45335", "5000", "123456"])
def test_a_number_that_may_be_several_dates_is_none(published: str) -> None:
    assert dates_iso(pd.Series([published])).isna().all()
