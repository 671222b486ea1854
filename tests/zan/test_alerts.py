from datetime import date

import pandas as pd
import pytest

from jalon.testing import two_communes
from jalon.zan.alerts import (
    Plan,
    SiteFacts,
    documents_over,
    plan_of,
    site_alerts,
    territory_alerts,
)
from jalon.zan.dates import NOT_INTEGRATED, NOT_TOLD, Alert, Integration, Zone, ZoneKind
from jalon.zan.levels import members

DAY = date(2026, 1, 1)
BELONGING = members(two_communes(), None)
URBAN, TO_URBANISE = Zone(ZoneKind.URBAN), Zone(ZoneKind.TO_URBANISE_LATER)
QUIET = Plan(NOT_TOLD, is_evolving=False)


def document(**fields: str | None) -> dict[str, str | None]:
    return {
        "level": "commune",
        "territory": "01001",
        "kind": "PLU",
        "state": "en vigueur",
        "prescribed_on": None,
        "approved_on": None,
        "zan_integrated_on": None,
        "place": "Lieu",
        **fields,
    }


def facts(
    zone: Zone | None = URBAN, plan: Plan = QUIET, cost_ha: tuple[float, float] = (1.0, 2.0)
) -> SiteFacts:
    return SiteFacts((zone,), (plan,), cost_ha)


def answers(alerts: tuple[Alert, ...]) -> list[tuple[str, bool | None]]:
    return [(one.rule_id, one.applies) for one in alerts]


def territory(*rows: dict[str, str | None], region: str = "84") -> tuple[Alert, ...]:
    columns = list(document())
    return territory_alerts(pd.DataFrame(list(rows), columns=columns, dtype=object), [region], DAY)


def test_urban_zone_under_a_quiet_plan_has_only_the_preemption_to_verify() -> None:
    assert answers(site_alerts(facts(), DAY)) == [("R-PAR-14", None)]


def test_what_holds_is_told_before_what_is_to_verify() -> None:
    evolving = Plan(NOT_INTEGRATED, is_evolving=True)
    found = site_alerts(facts(TO_URBANISE, evolving), DAY)
    assert answers(found) == [
        ("R-PAR-13", True),
        ("R-DAT-7", None),
        ("R-DAT-7", None),
        ("R-PAR-14", None),
    ]


def test_age_of_an_au_zone_matters_only_when_its_day_is_old_or_unknown() -> None:
    young = Zone(ZoneKind.TO_URBANISE_LATER, date(2024, 1, 1))
    dated, undated = (site_alerts(facts(zone), DAY) for zone in (young, TO_URBANISE))
    assert [one.sentence_fr for one in undated if "âge" in one.sentence_fr]
    assert not [one.sentence_fr for one in dated if "âge" in one.sentence_fr]


def test_unknown_zone_is_to_verify_never_silent() -> None:
    found = site_alerts(facts(None), DAY)
    assert answers(found) == [("R-DAT-7", None), ("R-PAR-14", None)]


@pytest.mark.parametrize(
    ("cost_ha", "is_told"),
    [((0.0, 0.0), False), ((0.0, 0.4), True), ((float("nan"), float("nan")), True)],
)
def test_answer_is_not_deferred_for_a_project_that_takes_no_enaf(
    cost_ha: tuple[float, float], *, is_told: bool
) -> None:
    evolving = Plan(NOT_INTEGRATED, is_evolving=True)
    found = site_alerts(facts(URBAN, evolving, cost_ha), DAY)
    assert (("R-PAR-13", None) in answers(found)) is is_told
    assert ("R-PAR-13", True) not in answers(found)


def test_communes_and_zones_that_say_the_same_are_told_once() -> None:
    many = SiteFacts((TO_URBANISE, TO_URBANISE), (Plan(), Plan()), (1.0, 1.0))
    found = site_alerts(many, DAY)
    assert len(found) == len(set(found)) == 4


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        ([document()], False),
        ([document(state=None)], None),
        ([document(), document(state="en évolution")], True),
        ([document(state="en évolution", prescribed_on="2026-01-01")], True),
        ([document(), document(state="en évolution", prescribed_on="2026-01-02")], False),
        ([document(kind="SCoT", state="en évolution")], None),
    ],
)
def test_plan_evolves_once_its_procedure_is_prescribed(
    rows: list[dict[str, str | None]], *, expected: bool | None
) -> None:
    table = pd.DataFrame(rows, columns=list(document()), dtype=object)
    assert plan_of(table, DAY).is_evolving is expected


def test_documents_of_a_commune_are_its_own_and_those_above_it_without_the_lapsed() -> None:
    rows = [
        document(zan_integrated_on="2025-06-01"),
        document(state="caduc"),
        document(territory="01999"),
        document(level="epci", territory=str(BELONGING["epci_siren"]["01001"]), kind="PLUi"),
    ]
    found = documents_over(["01001"], pd.DataFrame(rows), BELONGING)
    assert found.index.tolist() == [0, 3]
    assert plan_of(found, DAY).integration == Integration(date(2025, 6, 1))


def test_commune_without_imported_documents_has_a_plan_nobody_told_of() -> None:
    found = documents_over(["01001"], None, BELONGING)
    assert plan_of(found, DAY) == Plan(NOT_TOLD, is_evolving=None)
    assert answers(territory_alerts(found, ["84"], DAY)) == [("R-ENV-3", None), ("R-DAT-4", None)]


@pytest.mark.parametrize(
    ("integrated_on", "expected"),
    [(None, [("R-ENV-3", None)]), ("2025-12-18", [("R-ENV-3", True)]), ("2024-11-22", [])],
)
def test_late_sraddet_is_told_to_the_territory(
    integrated_on: str | None, expected: list[tuple[str, bool | None]]
) -> None:
    sraddet = document(
        level="region", territory="84", kind="SRADDET", zan_integrated_on=integrated_on
    )
    recent = document(approved_on="2023-01-01")
    assert answers(territory(sraddet, recent)) == expected


def test_no_sraddet_is_expected_of_ile_de_france() -> None:
    assert answers(territory(document(approved_on="2023-01-01"), region="11")) == []


def test_relief_names_the_documents_it_may_spare_and_no_other() -> None:
    found = territory(
        document(approved_on="2019-01-01", place="Ancienne"),
        document(kind="SCoT", level="scot", place="Muette"),
        document(approved_on="2023-01-01", place="Récente"),
        document(state="en évolution", place="Projet"),
        region="11",
    )
    (alert,) = found
    assert (alert.rule_id, alert.applies) == ("R-DAT-4", None)
    assert alert.sentence_fr.endswith(" ; voir Ancienne (PLU), Muette (SCoT)")
