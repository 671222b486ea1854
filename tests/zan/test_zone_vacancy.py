"""The vacancy of activity zones, from an inventory as the layer `zae_units` holds it."""

import pandas as pd
import pytest

from jalon.zan.zone_vacancy import VACANCY_FIELDS, is_defined, zae_vacancy

TAX_YEAR = 2026
VACANT = ("non", "2022-06-01", "non", "2022-06-01")
EIGHTEEN_MONTHS = ("non", "2024-07-01", "non", "2024-07-01")
STORAGE = ("non", "2023-01-01", "oui", None)
ACTIVE = ("oui", None, "oui", None)
UNTOLD = (None, None, None, None)
STATE = ["has_cfe_activity", "cfe_inactive_since", "is_occupied", "unoccupied_since"]

State = tuple[str | None, ...]


def units(*rows: tuple[str | None, State], commune: str = "63148") -> pd.DataFrame:
    told = [(f"{commune}-{n:02}", zone, commune, *state) for n, (zone, state) in enumerate(rows)]
    return pd.DataFrame(told, columns=["unit_id", "zae", "commune", *STATE], dtype=object)


def test_w20_the_inventory_gives_the_rate_of_the_zone_and_of_all() -> None:
    states = [*[VACANT] * 5, *[EIGHTEEN_MONTHS] * 2, STORAGE, *[ACTIVE] * 40]
    found = zae_vacancy(units(*(("ZI Nord", one) for one in states)), TAX_YEAR)
    assert found.columns.tolist() == list(VACANCY_FIELDS)
    assert found["zae"].tolist() == ["ZI Nord", "Ensemble"]
    assert found["vacant_count"].tolist() == [5, 5]
    assert found["vacancy_lo_share"].tolist() == pytest.approx([0.1042] * 2, abs=5e-5)
    told = found["sentence_fr"].str.replace("\u202f", " ").iloc[0]
    assert told == ("5 unités foncières vacantes sur 48 au 1er janvier 2026 : taux de 10,4 %.")


def test_each_zone_has_its_rate_and_an_unknown_unit_makes_an_interval() -> None:
    zones = (("B", VACANT), ("B", ACTIVE), ("A", UNTOLD), ("A", ACTIVE), (None, ACTIVE))
    found = zae_vacancy(units(*zones), TAX_YEAR)
    assert found["zae"].tolist() == ["A", "B", "Zone non nommée", "Ensemble"]
    assert found["vacancy_lo_share"].tolist() == [0, 0.5, 0, 0.2]
    assert found["vacancy_hi_share"].tolist() == [0.5, 0.5, 0, 0.4]
    assert "sur 2 (1\u202finconnue)" in found["sentence_fr"].iloc[0]


def test_a_zone_over_two_communes_is_one_zone() -> None:
    both = pd.concat([units(("A", VACANT)), units(("A", ACTIVE), commune="63001")])
    found = zae_vacancy(both.reset_index(drop=True), TAX_YEAR).iloc[0]
    assert (found["communes"], found["unit_count"]) == (("63001", "63148"), 2)


def test_without_units_there_is_no_row() -> None:
    assert zae_vacancy(units(), TAX_YEAR).empty


@pytest.mark.parametrize(("year", "expected"), [(2021, False), (2022, True)])
def test_the_count_begins_on_the_first_of_january_after_the_law(
    year: int, *, expected: bool
) -> None:
    assert is_defined(year) is expected
