from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from jalon.zan.law import (
    CERTAINTY_FR,
    Certainty,
    is_in_force,
    law_on,
    legal_figures,
    read_figures,
    verified_on,
)

FIRST_DAY = date(2021, 8, 25)

ENTRY = """
[[floor_ha]]
label_fr = "Garantie communale"
value = 1.0
unit = "ha"
valid_from = 2023-07-22
source_fr = "Loi n° 2023-630, art. 4"
certainty = "A"
"""

TODAY = {
    "reference_first_year": 2011,
    "reference_last_year": 2020,
    "tranche_first_year": 2021,
    "tranche_last_year": 2030,
    "reduction_share": 0.5,
    "sraddet_group_share": 0.545,
    "sraddet_cap_ha": 102_000,
    "floor_ha": 1,
    "floor_delegated_ha": 0.5,
    "floor_supplement_cap_ha": 2,
    "pene_total_ha": 12_500,
    "pene_sraddet_ha": 10_000,
    "pene_other_ha": 2_500,
    "built_threshold_m2": 50,
    "cover_threshold_m2": 2_500,
    "linear_width_m": 5,
    "ocsge_small_building_m2": 200,
    "zae_vacancy_years": 2,
    "wetland_authorisation_ha": 1,
    "wetland_declaration_ha": 0.1,
    "plu_overshoot_share": 0,
    "milestone_year": 2031,
}
"""The figures of the rulebook (2.9), copied by hand."""

DAYS = {
    "floor_document_before": date(2026, 8, 22),
    "new_commune_after": date(2011, 1, 1),
    "sraddet_deadline": date(2024, 11, 22),
    "scot_deadline": date(2027, 2, 22),
    "plu_deadline": date(2028, 2, 22),
    "au_zone_after": date(2002, 7, 1),
}


@pytest.mark.parametrize("name", TODAY)
def test_number_in_force_is_that_of_the_rulebook(name: str) -> None:
    assert law_on(verified_on()).number(name) == TODAY[name]


@pytest.mark.parametrize("name", DAYS)
def test_day_in_force_is_that_of_the_rulebook(name: str) -> None:
    assert law_on(verified_on()).day(name) == DAYS[name]


@pytest.mark.parametrize("name", ["industry_exempt", "pinm_exempt", "trace_in_force"])
def test_text_that_could_not_be_verified_is_off_and_to_verify(name: str) -> None:
    law = law_on(verified_on())
    assert law.flag(name) is False
    assert "à vérifier" in CERTAINTY_FR[law.figures[name].certainty]


def test_every_certainty_has_its_french_words() -> None:
    assert set(CERTAINTY_FR) == set(Certainty)


@pytest.mark.parametrize(
    ("last_day", "before", "after"),
    [
        (date(2022, 2, 22), date(2023, 8, 22), date(2024, 2, 22)),
        (date(2023, 7, 21), date(2024, 2, 22), date(2024, 11, 22)),
    ],
)
def test_deadline_of_the_sraddet_moved_twice(last_day: date, before: date, after: date) -> None:
    assert law_on(last_day).day("sraddet_deadline") == before
    assert law_on(last_day + timedelta(days=1)).day("sraddet_deadline") == after


def test_guarantee_does_not_exist_before_its_law_nor_after_the_decade() -> None:
    assert not law_on(date(2023, 7, 21)).holds("floor_ha")
    assert law_on(date(2023, 7, 22)).holds("floor_ha")
    assert law_on(date(2030, 12, 31)).holds("floor_ha")
    assert not law_on(date(2031, 1, 1)).holds("floor_ha")


def test_figure_that_does_not_hold_says_when_it_does() -> None:
    with pytest.raises(InputError) as caught:
        law_on(date(2022, 1, 1)).number("floor_ha")
    assert caught.value.message == (
        "Aucune valeur de « Garantie communale » (floor_ha) n'est connue au 2022-01-01."
    )
    assert "à partir du 2023-07-22 et jusqu'au 2030-12-31" in caught.value.hint


def test_figure_nobody_wrote_is_to_be_added() -> None:
    with pytest.raises(InputError, match="Ajoutez ce chiffre"):
        law_on(verified_on()).number("no_such_figure")


def test_word_is_not_read_as_a_number() -> None:
    with pytest.raises(TypeError, match="n'est pas un nombre"):
        law_on(verified_on()).number("industry_exempt")


@given(st.dates(FIRST_DAY, date(2060, 12, 31)))
def test_each_figure_in_force_has_exactly_one_value_a_day(day: date) -> None:
    counts = Counter(f.name for f in legal_figures() if is_in_force(f, day))
    assert set(counts.values()) == {1}
    assert law_on(day).figures.keys() == counts.keys()


@given(st.dates(FIRST_DAY, date(2060, 12, 31)))
def test_figure_once_begun_holds_without_gap_until_its_last_value_ends(day: date) -> None:
    for name in {figure.name for figure in legal_figures()}:
        versions = [figure for figure in legal_figures() if figure.name == name]
        last = versions[-1].valid_to
        has_begun, has_ended = day >= versions[0].valid_from, last is not None and day > last
        assert law_on(day).holds(name) is (has_begun and not has_ended)


def test_values_of_one_figure_are_told_in_the_order_of_their_days() -> None:
    later = ENTRY.replace("2023-07-22", "2020-01-01") + "valid_to = 2023-07-21\n"
    assert [f.valid_from.year for f in read_figures(ENTRY + later)] == [2020, 2023]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('certainty = "A"', 'certainty = "Z"', "certitude « Z » inconnue, choisissez parmi A, B"),
        ('certainty = "A"', "", "« certainty » manque, ajoutez-le"),
        ('"Loi n° 2023-630, art. 4"', '" "', "« source_fr » est vide, citez le texte"),
        ("valid_from = 2023-07-22", 'valid_from = "2023"', "« valid_from » n'est pas une date"),
        ('unit = "ha"', 'unit = "ha"\nnote = "?"', "« note » est inconnu, ôtez-le"),
        ('certainty = "A"', 'certainty = "A"\nvalid_to = 2023-07-21', "précède valid_from"),
    ],
)
def test_faulty_entry_is_refused_with_its_name_and_remedy(old: str, new: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read_figures(ENTRY.replace(old, new))
    assert "« floor_ha » (2023" in str(caught.value)
    assert told in str(caught.value)


def test_overlapping_values_are_refused_naming_both_days() -> None:
    with pytest.raises(InputError, match="la valeur du 2023-07-22 vaut encore le 2026-01-01"):
        read_figures(ENTRY + ENTRY.replace("2023-07-22", "2026-01-01"))


def test_all_the_faults_of_a_file_are_told_at_once() -> None:
    other = ENTRY.replace("floor_ha", "cap_ha").replace('certainty = "A"', "")
    with pytest.raises(InputError) as caught:
        read_figures(ENTRY.replace('"A"', '"Z"') + other)
    assert "« floor_ha »" in str(caught.value)
    assert "« cap_ha »" in str(caught.value)
