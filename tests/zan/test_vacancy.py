import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from jalon.zan.vacancy import UNIT_COLUMNS, vacancy_rate, vacant_units

TAX_YEAR = 2026


def units(*rows: tuple[object, ...]) -> pd.DataFrame:
    numbered = [(f"UF{n:02}", *row) for n, row in enumerate(rows, 1)]
    return pd.DataFrame(numbered, columns=list(UNIT_COLUMNS), dtype=object)


VACANT = (False, "2022-06-01", False, "2022-06-01")
EIGHTEEN_MONTHS = (False, "2024-07-01", False, "2024-07-01")
STORAGE = (False, "2023-01-01", True, None)
ACTIVE = (True, None, True, None)
UNTOLD = (None, None, None, None)


def test_w20_zone_with_five_vacant_units_of_forty_eight() -> None:
    zone = units(*[VACANT] * 5, *[EIGHTEEN_MONTHS] * 2, STORAGE, *[ACTIVE] * 40)
    rate = vacancy_rate(vacant_units(zone, TAX_YEAR))
    assert (rate.vacant_count, rate.unknown_count, rate.total_count) == (5, 0, 48)
    assert rate.lo_share == rate.hi_share == pytest.approx(0.1042, abs=5e-5)


@pytest.mark.parametrize(
    ("since", "expected"), [("2024-01-01", True), ("2024-01-02", False), ("2026-02-01", False)]
)
def test_two_years_are_counted_to_the_first_of_january(since: str, *, expected: bool) -> None:
    found = vacant_units(units((False, since, False, since)), TAX_YEAR)
    assert bool(found["UF01"]) is expected


def test_unit_without_activity_but_occupied_is_not_vacant() -> None:
    assert not vacant_units(units(STORAGE), TAX_YEAR)["UF01"]


def test_empty_unit_whose_activity_is_not_told_is_unknown() -> None:
    assert pd.isna(vacant_units(units((None, None, False, "2020-01-01")), TAX_YEAR)["UF01"])


def test_end_of_activity_without_its_date_does_not_say_for_how_long() -> None:
    assert pd.isna(vacant_units(units((False, None, False, "2020-01-01")), TAX_YEAR)["UF01"])


def test_active_unit_is_not_vacant_whatever_its_occupation() -> None:
    assert not vacant_units(units((True, None, None, None)), TAX_YEAR)["UF01"]


def test_unknown_units_make_the_rate_an_interval() -> None:
    rate = vacancy_rate(vacant_units(units(VACANT, UNTOLD, ACTIVE, ACTIVE), TAX_YEAR))
    assert (rate.lo_share, rate.hi_share) == (0.25, 0.5)


def test_zone_without_unit_has_no_rate() -> None:
    rate = vacancy_rate(vacant_units(units(), TAX_YEAR))
    assert (rate.total_count, rate.lo_share, rate.hi_share) == (0, None, None)


def test_faults_of_the_inventory_are_told_together_with_their_rows() -> None:
    broken = units(ACTIVE, (True, "2020-01-01", None, None), (None, None, False, "hier"))
    broken["unit_id"] = ["A", "A", None]
    with pytest.raises(InputError) as caught:
        vacant_units(broken, TAX_YEAR)
    told = str(caught.value)
    assert "identifiant répété : ligne 1 (A), 2 (A)" in told
    assert "identifiant absent : ligne 3 (?)" in told
    assert "une activité en cours ne peut pas avoir cessé : ligne 2 (A)" in told
    assert "« unoccupied_since » n'est pas une date AAAA-MM-JJ : ligne 3 (?)" in told


def test_absent_column_is_named() -> None:
    with pytest.raises(InputError, match="colonnes absentes : is_occupied"):
        vacant_units(units(ACTIVE).drop(columns="is_occupied"), TAX_YEAR)


ROWS = st.lists(
    st.sampled_from([VACANT, EIGHTEEN_MONTHS, STORAGE, ACTIVE, UNTOLD]), min_size=1, max_size=12
)


@given(ROWS)
def test_order_of_the_units_changes_nothing(rows: list[tuple[object, ...]]) -> None:
    zone = units(*rows)
    shuffled = vacant_units(zone.iloc[::-1].reset_index(drop=True), TAX_YEAR)
    assert vacant_units(zone, TAX_YEAR).equals(shuffled)


@given(ROWS)
def test_unknown_unit_widens_the_interval_never_narrows_it(rows: list[tuple[object, ...]]) -> None:
    known = vacancy_rate(vacant_units(units(*rows, ACTIVE), TAX_YEAR))
    doubtful = vacancy_rate(vacant_units(units(*rows, UNTOLD), TAX_YEAR))
    assert doubtful.lo_share == known.lo_share
    assert doubtful.hi_share is not None
    assert known.hi_share is not None
    assert doubtful.hi_share > known.hi_share
