import math
from collections.abc import Hashable
from typing import Any

import pandas as pd
import pytest

from jalon.model import ZanParameters
from jalon.testing import two_communes, yearly_flows
from jalon.zan.ledger import LedgerInputs, ledger

Accounts = dict[Hashable, dict[Hashable, Any]]

COMMUNES = two_communes()


def accounts(flows: pd.DataFrame, known: pd.DataFrame = COMMUNES) -> Accounts:
    rows = ledger(LedgerInputs(flows, known), ZanParameters())
    return rows.set_index("code").to_dict("index")


def two_windows() -> pd.DataFrame:
    """Return one commune up to 2023, another from a later file that has 2024 too."""
    old = yearly_flows({"01001": 10.0}, {"01001": 3.0}).assign(source_id="2011-2024")
    new = yearly_flows({"01002": 20.0}, {"01002": 6.0})
    year = pd.DataFrame({"commune": ["01002"], "year": [2024], "flow_m2": [50_000.0]})
    later = pd.concat([new, year], ignore_index=True).assign(source_id="2011-2025")
    return pd.concat([old, later], ignore_index=True)


def test_series_of_two_windows_are_counted_on_the_years_they_share() -> None:
    rows = accounts(two_windows())
    assert rows["01002"]["consumed_ha"] == pytest.approx(11.0)
    assert rows["01002"]["last_year"] == 2024
    epci = rows["200000001"]
    assert (epci["consumed_ha"], epci["last_year"], epci["year_count"]) == pytest.approx(
        (9, 2023, 3)
    )
    told = epci["warnings_fr"][0]
    assert "années communes jusqu'en 2023" in told
    assert "2011-2023 : Un (01001)" in told
    assert "2011-2024 : Deux (01002)" in told


def test_one_commune_told_by_two_files_says_so() -> None:
    whole = yearly_flows({"01001": 10.0}, {"01001": 3.0})
    flows = whole.assign(source_id=whole["year"].gt(2020).map({True: "b", False: "a"}))
    row = accounts(flows)["01001"]
    assert row["consumed_ha"] == pytest.approx(3.0)
    assert "2011-2020 et 2021-2023" in row["warnings_fr"][0]


def test_consumption_after_the_tranche_is_not_charged_to_it() -> None:
    later = pd.DataFrame({"commune": ["01001"], "year": [2024], "flow_m2": [90_000.0]})
    years = [later.assign(year=year) for year in range(2024, 2032)]
    flows = pd.concat([yearly_flows({"01001": 12.4}, {"01001": 2.1}), *years], ignore_index=True)
    row = accounts(flows)["01001"]
    assert row["consumed_ha"] == pytest.approx(2.1 + 7 * 9)
    assert (row["last_year"], row["year_count"]) == (2030, 10)


def test_commune_without_its_last_year_is_counted_on_neither_side() -> None:
    flows = yearly_flows({"01001": 10, "01002": 10}, {"01001": 3, "01002": 6})
    is_lost = flows["commune"].eq("01002") & flows["year"].eq(2023)
    rows = accounts(flows[~is_lost])
    epci = rows["200000001"]
    assert (epci["counted_count"], epci["commune_count"]) == (1, 2)
    assert (epci["reference_ha"], epci["consumed_ha"]) == pytest.approx((10, 3))
    assert "Deux (01002)" in epci["warnings_fr"][0]
    assert "2023" in rows["01002"]["warnings_fr"][0]


def test_missing_year_leaves_the_commune_without_total() -> None:
    flows = yearly_flows({"01001": 12.40}, {"01001": 2.10})
    flows.loc[flows["year"].eq(2015), "flow_m2"] = math.nan
    row = accounts(flows)["01001"]
    assert math.isnan(row["reference_ha"])
    assert math.isnan(row["allowed_hi_ha"])
    assert row["missing_years"] == 1


def test_a_year_no_commune_has_is_missing_for_all() -> None:
    flows = yearly_flows({"01001": 12.40}, {"01001": 2.10})
    row = accounts(flows[flows["year"].ne(2022)])["01001"]
    assert math.isnan(row["consumed_ha"])
    assert row["warnings_fr"] == ("Années absentes de la série : 2022 ; commune non comptée.",)


def test_a_series_that_ends_before_the_tranche_counts_nothing() -> None:
    row = accounts(yearly_flows({"01001": 12.40}, {}))["01001"]
    assert math.isnan(row["consumed_ha"])
    assert row["counted_count"] == 0
    assert "avant le début de la tranche" in row["warnings_fr"][0]


def test_a_commune_of_the_epci_without_series_is_there_without_figures() -> None:
    row = accounts(yearly_flows({"01001": 12.40}, {"01001": 2.10}))["01002"]
    assert math.isnan(row["reference_ha"])
    assert row["missing_years"] == 13
    assert row["warnings_fr"] == ("Commune absente de la série : non comptée.",)


def test_a_code_that_no_longer_exists_is_told_and_counted_nowhere() -> None:
    flows = yearly_flows({"01001": 4.0, "01999": 9.0}, {"01001": 0.0, "01999": 9.0})
    rows = accounts(flows)
    assert "01999" not in rows
    assert rows["01"]["reference_ha"] == pytest.approx(4.0)
    for code in ("01", "84"):
        assert any("01999" in sentence for sentence in rows[code]["warnings_fr"])


def test_a_commune_divided_since_its_series_is_told() -> None:
    codes = ["52031", "52278", "52001"]
    known = pd.concat([COMMUNES.iloc[[0]]] * 3, ignore_index=True).assign(
        insee=codes, nom=codes, departement="52", departement_nom="Haute-Marne", region="44"
    )
    flows = yearly_flows({"52031": 4.0, "52001": 1.0}, {"52031": 0.0, "52001": 0.0})
    rows = accounts(flows, known)
    assert any("divisée" in sentence for sentence in rows["52031"]["warnings_fr"])
    assert any("52031" in sentence for sentence in rows["52"]["warnings_fr"])
