import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jalon.zan
from jalon.method import DOMAINS_FR, LAW_IN_MOTION_FR, METHOD_PATH, zan_rule_rows
from jalon.zan.dates import (
    NOT_INTEGRATED,
    Zone,
    ZoneKind,
    deadlines,
    opening_freeze,
    permit_freeze,
    sraddet_alert,
)
from jalon.zan.law import Certainty, Dated, law_on, legal_figures
from jalon.zan.rules import ZAN_RULES, ZanRule, rule, rules_on

SOURCES = sorted(Path(jalon.zan.__path__[0]).glob("*.py"))
RULEBOOK = {"ENV": 11, "GAR": 7, "PENE": 8, "PAR": 14, "NET": 6, "DAT": 8, "ZAE": 4}
"""How many rules each domain of the rulebook has (2.1 to 2.7), R-PAR-9b apart."""


def test_every_rule_of_the_rulebook_is_there_once() -> None:
    numbered = [
        f"R-{domain}-{n}" for domain, count in RULEBOOK.items() for n in range(1, count + 1)
    ]
    assert sorted(known.rule_id for known in ZAN_RULES) == sorted([*numbered, "R-PAR-9b"])


@pytest.mark.parametrize("known", ZAN_RULES, ids=lambda known: known.rule_id)
def test_rule_is_told_in_french_sentences_without_final_dot(known: ZanRule) -> None:
    for text in (known.title_fr, known.text_fr, known.basis_fr, known.inputs_fr, known.effect_fr):
        assert text
        assert not text.endswith(".")
        assert not re.search(r"\b(il)?légal", text, re.IGNORECASE)
    assert known.title_fr[0].isupper()
    assert known.text_fr[0].isupper() or known.text_fr[0].isdigit()


@pytest.mark.parametrize("known", ZAN_RULES, ids=lambda known: known.rule_id)
def test_rule_that_is_only_a_convention_says_so(known: ZanRule) -> None:
    if known.certainty is Certainty.CONVENTION:
        assert known.is_convention
        assert "Jalon" in known.basis_fr


@pytest.mark.parametrize("known", ZAN_RULES, ids=lambda known: known.rule_id)
def test_figures_of_a_rule_exist(known: ZanRule) -> None:
    assert set(known.figures) <= {figure.name for figure in legal_figures()}


def test_every_rule_is_told_once_by_the_method() -> None:
    told = [row["Règle"] for domain in DOMAINS_FR for row in zan_rule_rows(domain)]
    assert told == [known.rule_id for known in ZAN_RULES]


def test_method_says_which_law_is_in_motion() -> None:
    assert "CC n° 2026-903 DC, 21 mai 2026) ; source secondaire, à confirmer" in LAW_IN_MOTION_FR
    assert LAW_IN_MOTION_FR in METHOD_PATH.read_text(encoding="utf-8")


@given(st.dates(date(2021, 8, 25), date(2060, 12, 31)))
def test_rule_in_force_has_its_figures_in_force(day: date) -> None:
    law = law_on(day)
    for known in rules_on(day):
        assert all(law.holds(name) for name in known.figures), known.rule_id


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_rule_cited_in_the_code_exists(path: Path) -> None:
    for rule_id in re.findall(r"\bR-[A-Z]+-\d+[a-z]?", path.read_text(encoding="utf-8")):
        assert rule(rule_id).rule_id == rule_id


Changes = dict[str, set[str]]

FIRST_TEN_YEARS = {
    *(f"R-ENV-{n}" for n in range(1, 12)),
    *(f"R-GAR-{n}" for n in range(1, 8)),
    *(f"R-PENE-{n}" for n in range(1, 9)),
    *(f"R-PAR-{n}" for n in range(1, 13)),
    "R-PAR-9b",
}

CLIFFS: dict[date, Changes] = {
    date(2023, 7, 22): {
        "rules": {
            *(f"R-GAR-{n}" for n in range(1, 8)),
            *("R-PENE-1", "R-PENE-4", "R-PENE-7", "R-PAR-11", "R-PAR-13", "R-PAR-14"),
        },
        "figures": {
            *("floor_ha", "floor_document_before", "floor_delegated_ha"),
            *("floor_supplement_cap_ha", "new_commune_after"),
            *("pene_total_ha", "pene_sraddet_ha", "pene_other_ha"),
            *("sraddet_deadline", "scot_deadline", "plu_deadline"),
        },
        "answers": {"Échéance"},
    },
    date(2024, 6, 10): {
        "rules": {
            *("R-ENV-4", "R-ENV-5", "R-ENV-6", "R-ENV-9"),
            *("R-PENE-2", "R-PENE-3", "R-PENE-5", "R-PENE-6", "R-PENE-8"),
        },
        "figures": {"sraddet_group_share", "sraddet_cap_ha"},
        "answers": set(),
    },
    date(2024, 11, 23): {"rules": set(), "figures": set(), "answers": {"R-ENV-3", "Échéance"}},
    date(2026, 8, 22): {"rules": set(), "figures": set(), "answers": {"Échéance"}},
    date(2027, 2, 23): {"rules": set(), "figures": set(), "answers": {"R-DAT-2", "Échéance"}},
    date(2028, 2, 23): {"rules": set(), "figures": set(), "answers": {"R-DAT-3", "Échéance"}},
    date(2031, 1, 1): {
        "rules": {*FIRST_TEN_YEARS, "R-NET-6"},
        "figures": {
            *("reduction_share", "sraddet_group_share", "sraddet_cap_ha"),
            *("floor_ha", "floor_document_before", "floor_delegated_ha"),
            *("floor_supplement_cap_ha", "new_commune_after"),
            *("pene_total_ha", "pene_sraddet_ha", "pene_other_ha"),
        },
        "answers": {"R-ENV-3", "Échéance"},
    },
}
"""What changes on the first day of each new state, written by hand.

A text holds from the day after its publication (9 June 2024 for the PENE), a freeze from the
day after its deadline; the guarantee closes on its day, for a document must be older.
"""


def answers(day: date) -> dict[str, object]:
    """What the rules on dates answer for a territory whose documents are all late."""
    zone = Zone(ZoneKind.TO_URBANISE_LATER, date(2012, 5, 1))
    return {
        "R-DAT-2": opening_freeze(day, zone, NOT_INTEGRATED).is_blocked,
        "R-DAT-3": permit_freeze(day, zone, NOT_INTEGRATED).is_blocked,
        "R-ENV-3": sraddet_alert(day, NOT_INTEGRATED).applies,
        "Échéance": [(deadline.on, deadline.is_past) for deadline in deadlines(day)],
    }


def changes(before: date, after: date) -> Changes:
    rules = {known.rule_id for known in rules_on(before)}
    figures = {name: figure.value for name, figure in law_on(before).figures.items()}
    new_figures = {name: figure.value for name, figure in law_on(after).figures.items()}
    was, now = answers(before), answers(after)
    return {
        "rules": rules ^ {known.rule_id for known in rules_on(after)},
        "figures": {name for name, _ in figures.items() ^ new_figures.items()},
        "answers": {name for name in was if was[name] != now[name]},
    }


@pytest.mark.parametrize("first_day", CLIFFS, ids=str)
def test_crossing_a_date_of_the_law_changes_what_it_should_and_nothing_else(
    first_day: date,
) -> None:
    assert changes(first_day - timedelta(days=1), first_day) == CLIFFS[first_day]


OTHER_TURNS = {
    date(2021, 8, 25): "loi climat et résilience",
    date(2022, 2, 23): "loi 3DS",
    date(2023, 11, 29): "nomenclature",
    date(2024, 1, 1): "photovoltaïque au sol",
    date(2024, 1, 31): "circulaire",
    date(2025, 11, 27): "procédures",
    date(2031, 8, 23): "fin de l'exception des documents récents",
}
"""The other days on which a rule or a figure begins, or has just ended."""


def test_rules_and_figures_turn_on_no_other_day() -> None:
    dated: list[Dated] = [*ZAN_RULES, *legal_figures()]
    begun = {one.valid_from for one in dated}
    ended = {one.valid_to + timedelta(days=1) for one in dated if one.valid_to}
    deadlines_only = {date(2024, 11, 23), date(2026, 8, 22), date(2027, 2, 23), date(2028, 2, 23)}
    assert begun | ended == CLIFFS.keys() - deadlines_only | OTHER_TURNS.keys()


def test_zan_law_begins_the_day_after_its_publication() -> None:
    assert not rules_on(date(2021, 8, 24))
    assert not law_on(date(2021, 8, 24)).figures
    assert law_on(date(2021, 8, 25)).figures.keys() == {
        *("reference_first_year", "reference_last_year"),
        *("tranche_first_year", "tranche_last_year", "reduction_share", "net_zero_year"),
        *("promulgated_on", "sraddet_deadline", "scot_deadline", "plu_deadline"),
        *("au_zone_after", "au_review_years", "au_review_old_years"),
        *("relief_document_years", "relief_reduction_share", "pv_exempt_from"),
        *("zae_vacancy_years", "zae_inventory_years"),
        *("wetland_authorisation_ha", "wetland_declaration_ha"),
        *("industry_exempt", "pinm_exempt", "plu_overshoot_share", "local_tolerance_share"),
        *("trace_in_force", "milestone_year"),
    }
    assert {known.rule_id for known in rules_on(date(2021, 8, 25))} == {
        *("R-ENV-1", "R-ENV-2", "R-ENV-3", "R-ENV-10", "R-ENV-11"),
        *("R-PAR-1", "R-PAR-2", "R-PAR-3", "R-PAR-4", "R-PAR-5", "R-PAR-6"),
        *("R-PAR-9", "R-PAR-12", "R-NET-1"),
        *("R-DAT-1", "R-DAT-2", "R-DAT-3", "R-DAT-4", "R-DAT-7", "R-DAT-8"),
        *("R-ZAE-1", "R-ZAE-2", "R-ZAE-3", "R-ZAE-4"),
    }
