"""The years behind an account add up to what the ledger counts."""

import pandas as pd
import pytest

from jalon.model import ZanParameters
from jalon.testing import two_communes, yearly_flows
from jalon.zan.law import law_on, verified_on
from jalon.zan.ledger import LedgerInputs, ledger
from jalon.zan.trajectory import trajectory

LAW = law_on(verified_on())


def inputs(declarations: pd.DataFrame | None = None) -> LedgerInputs:
    """Two communes: 20 ha of reference then 3 ha a year, 1 ha then 0.3 ha a year."""
    flows = yearly_flows({"01001": 20.0, "01002": 1.0}, {"01001": 9.0, "01002": 0.9})
    return LedgerInputs(flows, two_communes(), declarations=declarations)


def declaration(commune: str, kind: str, area_ha: float, year: int) -> pd.DataFrame:
    row = {
        "declaration_id": f"{commune}-{kind}",
        "commune": commune,
        "kind": kind,
        "name": "essai",
        "area_ha": area_ha,
        "year": float(year),
        "is_effective": "oui",
        "pool": None,
    }
    return pd.DataFrame([row])


def net_ha(declarations: pd.DataFrame | None, code: str) -> float:
    accounts = ledger(inputs(declarations), ZanParameters())
    return float(accounts.loc[accounts["code"].eq(code), "net_ha"].iloc[0])


def test_each_year_is_that_of_all_the_communes_and_the_reference_has_no_sum() -> None:
    years = trajectory(inputs(), frozenset({"01001", "01002"}), LAW).set_index("year")
    assert list(years.index) == list(range(2011, 2024))
    assert years["published_ha"].loc[2011] == pytest.approx(2.1)
    assert years["cumulated_ha"].loc[:2020].isna().all()
    assert list(years["cumulated_ha"].loc[2021:]) == pytest.approx([3.3, 6.6, 9.9])


@pytest.mark.parametrize(
    ("kind", "year", "expected"),
    [
        ("renaturation", 2022, [3.0, 5.0, 8.0]),
        ("pene_annexe_1", 2023, [3.0, 6.0, 8.0]),
        ("zac_anterieure", 2020, [2.0, 5.0, 8.0]),
    ],
)
def test_one_hectare_declared_is_taken_off_and_the_sum_ends_at_the_ledger(
    kind: str, year: int, expected: list[float]
) -> None:
    told = declaration("01001", kind, 1.0, year)
    years = trajectory(inputs(told), frozenset({"01001"}), LAW)
    assert list(years["cumulated_ha"].dropna()) == pytest.approx(expected)
    assert years["cumulated_ha"].iloc[-1] == pytest.approx(net_ha(told, "01001"))


def test_declarations_of_other_territories_change_no_account() -> None:
    elsewhere = declaration("67482", "renaturation", 1.0, 2022)
    assert net_ha(elsewhere, "01001") == net_ha(None, "01001")
