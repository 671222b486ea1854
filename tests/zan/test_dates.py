from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from jalon.zan.dates import (
    NOT_INTEGRATED,
    NOT_TOLD,
    Integration,
    Zone,
    ZoneKind,
    deadlines,
    deferral_alert,
    opening_freeze,
    permit_freeze,
    preemption_alert,
    relief_alert,
    review_alert,
    sraddet_alert,
    study_alert,
)

SCOT_DAY = date(2027, 2, 22)
AFTER_SCOT = date(2027, 3, 1)
AFTER_PLU = date(2028, 3, 1)
AU_OF_2012 = Zone(ZoneKind.TO_URBANISE_LATER, date(2012, 5, 1))
AU_X = Zone(ZoneKind.TO_URBANISE, date(2012, 5, 1))
URBAN_X = Zone(ZoneKind.URBAN)


def test_w20a_au_zone_cannot_be_opened_after_the_deadline_of_the_scot() -> None:
    freeze = opening_freeze(AFTER_SCOT, AU_OF_2012, NOT_INTEGRATED)
    assert (freeze.rule_id, freeze.is_blocked) == ("R-DAT-2", True)
    assert "ouverture gelée" in freeze.sentence_fr


def test_w20b_on_the_day_of_the_deadline_nothing_is_frozen_yet() -> None:
    assert opening_freeze(SCOT_DAY, AU_OF_2012, NOT_INTEGRATED).is_blocked is False
    assert opening_freeze(date(2027, 2, 23), AU_OF_2012, NOT_INTEGRATED).is_blocked is True


def test_w20c_no_permit_in_an_au_zone_after_the_deadline_of_the_plu() -> None:
    freeze = permit_freeze(AFTER_PLU, AU_X, NOT_INTEGRATED)
    assert (freeze.rule_id, freeze.is_blocked) == ("R-DAT-3", True)


def test_w20d_permit_in_an_urban_zone_is_not_blocked_by_this_rule() -> None:
    freeze = permit_freeze(AFTER_PLU, URBAN_X, NOT_INTEGRATED)
    assert freeze.is_blocked is False
    assert freeze.sentence_fr == "Zone U : hors du gel des permis"


def test_permits_are_frozen_from_the_day_after_the_deadline() -> None:
    assert permit_freeze(date(2028, 2, 22), AU_X, NOT_INTEGRATED).is_blocked is False
    assert permit_freeze(date(2028, 2, 23), AU_X, NOT_INTEGRATED).is_blocked is True


@pytest.mark.parametrize(
    ("kind", "is_frozen"),
    [
        (ZoneKind.FARM, True),
        (ZoneKind.NATURE, True),
        (ZoneKind.CLOSED_SECTOR, True),
        (ZoneKind.NO_PLAN, True),
        (ZoneKind.URBAN, False),
        (ZoneKind.BUILDABLE_SECTOR, False),
    ],
)
def test_zones_closed_to_building_stay_closed(kind: ZoneKind, *, is_frozen: bool) -> None:
    assert opening_freeze(AFTER_SCOT, Zone(kind), NOT_INTEGRATED).is_blocked is is_frozen


def test_no_permit_in_the_buildable_sector_of_a_late_carte_communale() -> None:
    sector = Zone(ZoneKind.BUILDABLE_SECTOR)
    assert permit_freeze(AFTER_PLU, sector, NOT_INTEGRATED).is_blocked is True


@pytest.mark.parametrize(
    ("drawn_on", "expected"),
    [(date(2002, 7, 1), False), (date(2002, 7, 2), True), (None, None)],
)
def test_au_zone_is_frozen_only_if_drawn_after_the_first_of_july_2002(
    drawn_on: date | None, *, expected: bool | None
) -> None:
    zone = Zone(ZoneKind.TO_URBANISE_LATER, drawn_on)
    assert opening_freeze(AFTER_SCOT, zone, NOT_INTEGRATED).is_blocked is expected


def test_integration_lifts_the_freeze_from_its_own_day() -> None:
    integrated = Integration(date(2027, 6, 1))
    assert opening_freeze(date(2027, 5, 31), AU_OF_2012, integrated).is_blocked is True
    assert opening_freeze(date(2027, 6, 1), AU_OF_2012, integrated).is_blocked is False


def test_document_nobody_told_of_is_to_verify_never_free() -> None:
    opening = opening_freeze(AFTER_SCOT, AU_OF_2012, NOT_TOLD)
    permit = permit_freeze(AFTER_PLU, AU_X, NOT_TOLD)
    assert opening.is_blocked is permit.is_blocked is None
    assert opening.sentence_fr.startswith("À vérifier")
    assert permit.sentence_fr.startswith("À vérifier")


def test_day_before_the_law_is_refused_with_the_first_day() -> None:
    with pytest.raises(InputError, match="à partir du 2021-08-25"):
        opening_freeze(date(2021, 8, 24), AU_OF_2012, NOT_INTEGRATED)


def test_deadlines_are_those_of_the_law_of_the_day() -> None:
    of_2022 = {one.label_fr: one.on for one in deadlines(date(2022, 1, 1))}
    assert of_2022 == {
        "Échéance du SRADDET": date(2023, 8, 22),
        "Échéance du SCoT": date(2026, 8, 22),
        "Échéance du PLU et de la carte communale": date(2027, 8, 22),
    }


@pytest.mark.parametrize(
    ("day", "passed"),
    [
        (date(2024, 11, 22), []),
        (date(2024, 11, 23), [date(2024, 11, 22)]),
        (date(2026, 8, 21), [date(2024, 11, 22)]),
        (date(2026, 8, 22), [date(2024, 11, 22), date(2026, 8, 22)]),
    ],
)
def test_guarantee_closes_on_its_day_and_a_document_is_late_the_day_after(
    day: date, passed: list[date]
) -> None:
    assert [one.on for one in deadlines(day) if one.is_past] == passed


@pytest.mark.parametrize(
    ("day", "sraddet", "expected"),
    [
        (date(2024, 11, 22), NOT_INTEGRATED, False),
        (date(2024, 11, 23), NOT_INTEGRATED, True),
        (date(2024, 11, 23), Integration(date(2024, 11, 22)), False),
        (date(2026, 1, 1), Integration(date(2025, 12, 18)), True),
        (date(2026, 1, 1), NOT_TOLD, None),
        (date(2031, 1, 1), NOT_INTEGRATED, False),
    ],
)
def test_silent_sraddet_leaves_the_national_rate_to_local_documents(
    day: date, sraddet: Integration, *, expected: bool | None
) -> None:
    assert sraddet_alert(day, sraddet).applies is expected


@pytest.mark.parametrize(
    ("approved_on", "reduction_share", "expected"),
    [
        (date(2011, 8, 23), 1 / 3, True),
        (date(2011, 8, 22), 0.5, False),
        (date(2021, 8, 22), 0.5, False),
        (date(2019, 1, 1), 0.33, False),
        (date(2019, 1, 1), None, None),
        (None, 0.5, None),
        (None, 0.1, False),
    ],
)
def test_recent_document_that_cuts_a_third_escapes_the_default_rate(
    approved_on: date | None, reduction_share: float | None, *, expected: bool | None
) -> None:
    assert relief_alert(date(2026, 1, 1), approved_on, reduction_share).applies is expected


def test_relief_of_recent_documents_lasts_ten_years() -> None:
    recent = date(2019, 1, 1)
    assert relief_alert(date(2031, 8, 22), recent, 0.5).applies is True
    assert relief_alert(date(2031, 8, 23), recent, 0.5).applies is False


@pytest.mark.parametrize(
    ("zone", "has_study", "expected"),
    [
        (AU_OF_2012, False, True),
        (AU_OF_2012, True, False),
        (AU_OF_2012, None, None),
        (URBAN_X, None, False),
    ],
)
def test_opening_wants_a_study_of_urbanised_land(
    zone: Zone, *, has_study: bool | None, expected: bool | None
) -> None:
    assert study_alert(date(2026, 1, 1), zone, has_study=has_study).applies is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), None),
        (date(2029, 2, 28), None),
        (date(2029, 3, 1), True),
    ],
)
def test_age_of_an_au_zone_between_six_and_nine_years_is_to_verify(
    day: date, *, expected: bool | None
) -> None:
    born_on_a_leap_day = Zone(ZoneKind.TO_URBANISE_LATER, date(2020, 2, 29))
    assert review_alert(day, born_on_a_leap_day).applies is expected


def test_age_of_an_urban_zone_asks_nothing_and_of_an_undated_au_zone_is_unknown() -> None:
    assert review_alert(date(2026, 1, 1), URBAN_X).applies is False
    assert review_alert(date(2026, 1, 1), Zone(ZoneKind.TO_URBANISE_LATER)).applies is None


@pytest.mark.parametrize(
    ("cost_ha", "is_evolving", "plan", "expected"),
    [
        ((0.4, 0.9), True, NOT_INTEGRATED, True),
        ((0.0, 0.0), True, NOT_INTEGRATED, False),
        ((0.0, 0.9), True, NOT_INTEGRATED, None),
        ((0.4, 0.9), False, NOT_INTEGRATED, False),
        ((0.4, 0.9), None, NOT_INTEGRATED, None),
        ((0.4, 0.9), True, Integration(date(2025, 1, 1)), False),
        ((0.4, 0.9), True, NOT_TOLD, None),
    ],
)
def test_answer_may_be_deferred_while_the_document_evolves(
    cost_ha: tuple[float, float],
    plan: Integration,
    *,
    is_evolving: bool | None,
    expected: bool | None,
) -> None:
    alert = deferral_alert(date(2026, 1, 1), cost_ha, plan, is_evolving=is_evolving)
    assert (alert.rule_id, alert.applies) == ("R-PAR-13", expected)


def test_renaturation_leaves_only_the_ground_of_scarce_capacity() -> None:
    day, cost_ha = date(2026, 1, 1), (1.0, 1.0)
    alert = deferral_alert(day, cost_ha, NOT_INTEGRATED, is_evolving=True, is_compensated=True)
    assert alert.applies is True
    assert "l'ampleur" not in alert.sentence_fr


def test_rule_not_yet_in_force_never_applies() -> None:
    early = date(2023, 7, 21)
    assert preemption_alert(early, is_in_priority_sector=True).applies is False
    assert preemption_alert(date(2023, 7, 22), is_in_priority_sector=True).applies is True
    assert preemption_alert(date(2023, 7, 22), is_in_priority_sector=None).applies is None


@given(
    st.dates(date(2021, 8, 25), date(2040, 12, 31)),
    st.sampled_from(ZoneKind),
    st.none() | st.dates(date(1990, 1, 1), date(2030, 12, 31)),
)
def test_what_is_not_told_is_never_surer_than_both_answers_it_may_have(
    day: date, kind: ZoneKind, drawn_on: date | None
) -> None:
    zone = Zone(kind, drawn_on)
    for freeze in (opening_freeze, permit_freeze):
        told = {freeze(day, zone, state).is_blocked for state in (NOT_INTEGRATED, DONE)}
        unknown = freeze(day, zone, NOT_TOLD).is_blocked
        assert unknown is (told.pop() if len(told) == 1 else None)


DONE = Integration(date(2021, 8, 25))
