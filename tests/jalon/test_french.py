import math

from jalon.french import (
    NARROW_SPACE,
    count,
    first_names,
    hectares,
    interval_ha,
    interval_percent,
    number,
    percent,
)


def test_number_has_a_decimal_comma_and_narrow_spaces() -> None:
    assert number(1234567.891, 2) == f"1{NARROW_SPACE}234{NARROW_SPACE}567,89"


def test_missing_number_is_a_dash_not_a_zero() -> None:
    assert number(None) == "—"
    assert number(math.nan, 2) == "—"


def test_interval_with_equal_bounds_is_one_figure() -> None:
    assert interval_ha(2.001, 2.002) == hectares(2.0)
    assert interval_ha(0.2, 1.3) == f"0,20 à 1,30{NARROW_SPACE}ha"


def test_zero_and_one_are_singular_in_french() -> None:
    assert count(0, "site") == f"0{NARROW_SPACE}site"
    assert count(1, "table importée", "tables importées").endswith("table importée")
    assert count(2, "table importée", "tables importées").endswith("tables importées")


def test_share_is_shown_as_a_percentage() -> None:
    assert percent(0.9898, 2) == f"98,98{NARROW_SPACE}%"


def test_interval_of_shares_is_one_figure_when_both_show_the_same() -> None:
    assert interval_percent(0.2, 0.35, 0) == f"20 à 35{NARROW_SPACE}%"
    assert interval_percent(0.2, 0.2) == f"20,0{NARROW_SPACE}%"


def test_names_beyond_the_first_are_counted() -> None:
    assert first_names(["Un", "Deux"], 2) == "Un, Deux"
    assert first_names(["Un", "Deux", "Trois"], 2) == f"Un, Deux et 1{NARROW_SPACE}autre"
