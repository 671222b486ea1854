import pandas as pd
import pytest

from layers.siret import is_siret, sirets

TRUE_SIRET = "73282932000074"
LEADING_ZERO = "00632501702575"


@pytest.mark.parametrize("text", [TRUE_SIRET, "34749951900010", "35600000000048"])
def test_a_siret_whose_sum_is_right_is_one(text: str) -> None:
    assert is_siret(text)


@pytest.mark.parametrize("text", ["73282932000075", "7328293200007", "7328293200007A", ""])
def test_anything_else_is_none(text: str) -> None:
    assert not is_siret(text)


def test_the_post_office_has_a_sum_of_its_own() -> None:
    assert is_siret("35600000009075")
    assert not is_siret("35600000009074")


def test_spaces_and_a_decimal_point_are_no_fault() -> None:
    read, was_short, is_false = sirets(pd.Series(["732 829 320 00074", "73282932000074.0"]))
    assert read.tolist() == [TRUE_SIRET, TRUE_SIRET]
    assert not was_short.any()
    assert not is_false.any()


def test_lost_zeros_come_back_when_the_sum_proves_them() -> None:
    assert is_siret(LEADING_ZERO)
    read, was_short, _ = sirets(pd.Series([LEADING_ZERO.lstrip("0"), "123"]))
    assert read.tolist() == [LEADING_ZERO, "123"]
    assert was_short.tolist() == [True, False]


def test_a_false_siret_is_kept_and_told_a_missing_one_is_only_missing() -> None:
    read, _, is_false = sirets(pd.Series(["73282932000075", None, ""]))
    assert read.iloc[0] == "73282932000075"
    assert read.isna().tolist() == [False, True, True]
    assert is_false.tolist() == [True, False, False]
