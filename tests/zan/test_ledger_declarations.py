"""What is declared, and what the day of reference changes, in the ledger."""

import math
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from jalon.model import ZanParameters
from jalon.testing import accounts_of, declaration, plans, two_communes
from jalon.zan.ledger import LEDGER_COLUMNS
from jalon.zan.rules import rules_on

COMMUNES = two_communes()
FIGURES = [name for name in LEDGER_COLUMNS if name.endswith(("_ha", "_share", "_ratio"))]


def test_w10_a_pene_of_annexe_i_leaves_the_local_accounts() -> None:
    listed = declaration("pene_annexe_1", 62.0, 2022)
    row = accounts_of({"01001": 10.0}, {"01001": 192.0}, declarations=listed).loc["01001"]
    assert row["pene_ha"] == 62.0
    assert row["consumed_ha"] == pytest.approx(130.0)
    assert "R-PENE-2" in row["rule_ids"]


def test_w10_a_pene_of_annexe_ii_counts_in_full_and_is_told() -> None:
    indicative = declaration("pene_annexe_2", 62.0, 2022)
    row = accounts_of({"01001": 10.0}, {"01001": 64.0}, declarations=indicative).loc["01001"]
    assert row["pene_ha"] == 0
    assert row["remaining_lo_ha"] == pytest.approx(-59.0)
    assert "R-PENE-3" in row["rule_ids"]
    assert "liste indicative" in row["warnings_fr"][0]


@pytest.mark.parametrize(
    ("is_wholly", "reference_ha", "envelope_ha", "consumed_ha", "remaining_ha"),
    [("oui", 58, 29, 5, 24), ("non", 40, 20, 23, -3)],
)
def test_w18_a_zac_begun_before_2021_is_counted_as_chosen(
    is_wholly: str,
    reference_ha: float,
    envelope_ha: float,
    consumed_ha: float,
    remaining_ha: float,
) -> None:
    zac = declaration("zac_anterieure", 18.0, 2020, is_effective=is_wholly)
    row = accounts_of({"01001": 40.0}, {"01001": 23.0}, declarations=zac).loc["01001"]
    assert row["reference_ha"] == pytest.approx(reference_ha)
    assert row["envelope_ha"] == pytest.approx(envelope_ha)
    assert row["consumed_ha"] == pytest.approx(consumed_ha)
    assert row["remaining_lo_ha"] == pytest.approx(remaining_ha)


def test_the_option_of_a_zac_is_closed_to_works_begun_since() -> None:
    zac = declaration("zac_anterieure", 18.0, 2021)
    row = accounts_of({"01001": 40.0}, {"01001": 23.0}, declarations=zac).loc["01001"]
    assert row["consumed_ha"] == pytest.approx(23.0)
    assert "R-PAR-7" in row["warnings_fr"][0]


@pytest.mark.parametrize(
    ("is_effective", "remaining_ha"), [("oui", 0.80), ("non", 0.20), (None, 0.20)]
)
def test_w19_only_an_effective_renaturation_is_taken_off(
    is_effective: str | None, remaining_ha: float
) -> None:
    works = declaration("renaturation", 0.6, 2022, is_effective=is_effective)
    row = accounts_of({"01001": 8.0}, {"01001": 3.8}, declarations=works).loc["01001"]
    assert row["remaining_lo_ha"] == pytest.approx(remaining_ha)


def test_solar_declared_beyond_what_its_year_published_is_told_by_its_row() -> None:
    solar = declaration("pv_exempte", 5.0, 2022)
    row = accounts_of({"01001": 8.0}, {"01001": 3.0}, declarations=solar).loc["01001"]
    assert row["consumed_ha"] == pytest.approx(0.0)
    assert row["pv_exempt_ha"] == pytest.approx(3.0)
    assert "« Projet »" in row["warnings_fr"][0]
    assert "en 2022" in row["warnings_fr"][0]


@pytest.mark.parametrize(
    ("year", "reason"), [(2026, "hors de celles"), (math.nan, "année absente")]
)
def test_what_falls_outside_the_years_counted_is_left_aside_and_told(
    year: float, reason: str
) -> None:
    solar = declaration("pv_exempte", 1.0, year)
    row = accounts_of({"01001": 8.0}, {"01001": 3.0}, declarations=solar).loc["01001"]
    assert row["consumed_ha"] == pytest.approx(3.0)
    assert reason in row["warnings_fr"][0]


def test_a_project_typed_twice_never_makes_new_land() -> None:
    twice = pd.concat(
        [
            declaration("pene_annexe_1", 500.0, 2022).assign(declaration_id=name)
            for name in ("un", "deux")
        ]
    )
    row = accounts_of({"01001": 8.0}, {"01001": 3.0}, declarations=twice).loc["01001"]
    assert (row["consumed_ha"], row["remaining_hi_ha"]) == pytest.approx((0.0, 4.0))
    assert any("s'arrête" in sentence for sentence in row["warnings_fr"])


def test_no_envelope_is_computed_after_the_decade_whatever_is_supposed() -> None:
    supposed = ZanParameters(as_of=date(2031, 6, 1), reduction_share=0.5)
    with pytest.raises(InputError, match="Réduction nationale"):
        accounts_of({"01001": 8.0}, {"01001": 3.0}, supposed)


def test_a_plan_of_after_the_reference_day_is_not_yet_known() -> None:
    told = plans(("01001", "2025-06-01"))
    before = ZanParameters(as_of=date(2024, 1, 1))
    row = accounts_of({"01001": 0.8}, {"01001": 0.3}, before, documents=told).loc["01001"]
    assert (row["floor_lo_ha"], row["floor_hi_ha"]) == (0.0, 1.0)
    row = accounts_of({"01001": 0.8}, {"01001": 0.3}, documents=told).loc["01001"]
    assert row["floor_lo_ha"] == 1.0


def test_there_is_no_guarantee_before_its_law() -> None:
    parameters = ZanParameters(as_of=date(2023, 7, 21))
    told = plans(("01001", "2018-03-01"))
    row = accounts_of({"01001": 0.8}, {"01001": 0.0}, parameters, documents=told).loc["01001"]
    assert row["floor_hi_ha"] == 0
    assert row["allowed_hi_ha"] == pytest.approx(0.4)
    assert not any(rule.startswith("R-GAR-1") for rule in row["rule_ids"])


@pytest.mark.parametrize(
    ("kind", "rule_id", "column", "first_day"),
    [
        ("pene_annexe_1", "R-PENE-2", "pene_ha", date(2024, 6, 10)),
        ("renaturation", "R-PAR-11", "restored_ha", date(2023, 7, 22)),
        ("zac_anterieure", "R-PAR-8", "zac_moved_ha", date(2024, 1, 31)),
    ],
)
def test_a_declaration_changes_the_accounts_from_the_first_day_of_its_rule(
    kind: str, rule_id: str, column: str, first_day: date
) -> None:
    table = declaration(kind, 2.0, 2020 if kind == "zac_anterieure" else 2022)
    was, now = (
        accounts_of(
            {"01001": 10.0}, {"01001": 9.0}, ZanParameters(as_of=day), declarations=table
        ).loc["01001"]
        for day in (first_day - timedelta(days=1), first_day)
    )
    assert (was[column], now[column]) == (0.0, 2.0)
    assert rule_id not in was["rule_ids"]
    assert rule_id in now["rule_ids"]
    assert "règle non en vigueur" in was["warnings_fr"][0]


@settings(max_examples=12)  # each example keeps a whole ledger
@given(st.dates(date(2021, 8, 25), date(2030, 12, 31)))
def test_a_ledger_cites_only_rules_in_force_on_its_day(day: date) -> None:
    tables = [declaration(kind, 1.0, 2022) for kind in ("pene_annexe_1", "pv_exempte")]
    rows = accounts_of(
        {"01001": 10.0},
        {"01001": 9.0},
        ZanParameters(as_of=day),
        declarations=pd.concat(tables),
        documents=plans(("01001", "2018-03-01")),
    )
    cited = {rule_id for rule_ids in rows["rule_ids"] for rule_id in rule_ids}
    assert cited <= {rule.rule_id for rule in rules_on(day)}


def test_after_the_tranche_the_default_rate_is_missing_and_says_when_it_holds() -> None:
    with pytest.raises(InputError) as caught:
        accounts_of({"01001": 1.0}, {"01001": 0.0}, ZanParameters(as_of=date(2031, 6, 1)))
    assert "« Réduction nationale »" in caught.value.message
    assert "jusqu'au 2030-12-31" in caught.value.hint


def test_a_part_kept_back_is_told_and_takes_nothing_off() -> None:
    kept_back = declaration("part_reservee", 2.0, 2022)
    row = accounts_of({"01001": 8.0}, {"01001": 3.0}, declarations=kept_back).loc["01001"]
    assert row["net_ha"] == pytest.approx(3.0)
    assert "part réservée, notée" in row["warnings_fr"][0]


def test_land_given_back_beyond_what_is_consumed_keeps_the_used_share_in_order() -> None:
    works = declaration("renaturation", 1.0, 2022)
    row = accounts_of({"01001": 0.8}, {"01001": 0.5}, declarations=works).loc["01001"]
    assert row["net_ha"] == pytest.approx(-0.5)
    assert row["used_lo_share"] == pytest.approx(-0.5 / 0.4)
    assert row["used_hi_share"] == pytest.approx(-0.5 / 1.0)
