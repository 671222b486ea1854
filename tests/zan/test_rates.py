from collections.abc import Hashable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from jalon.model import ZanParameters
from jalon.testing import two_communes, yearly_flows
from jalon.zan.ledger import LedgerInputs, ledger

Accounts = dict[Hashable, dict[Hashable, Any]]

FLOWS = yearly_flows({"01001": 10.0, "01002": 30.0}, {"01001": 0.0, "01002": 0.0})
SCOTS = pd.DataFrame({"commune": ["01001", "01002"], "scot": "S1", "scot_name": "SCoT d'essai"})


def objective(
    level: str, territory: str, share: float | None, **fields: object
) -> dict[str, object]:
    return {
        "objective_id": f"{level}-{territory}-{share}",
        "level": level,
        "territory": territory,
        "parent_code": None,
        "reduction_share": share,
        "total_ha": None,
        "document_name": "SRADDET",
        "is_in_document": "oui",
        "document_url": None,
        "dated_on": None,
        **fields,
    }


def rated(
    *objectives: dict[str, object], as_of: date | None = None, **tables: pd.DataFrame
) -> Accounts:
    inputs = LedgerInputs(
        FLOWS,
        two_communes(),
        objectives=pd.DataFrame(list(objectives)) if objectives else None,
        scots=SCOTS,
        **tables,
    )
    return ledger(inputs, ZanParameters(as_of=as_of)).set_index("code").to_dict("index")


def sraddet(integrated_on: str | None) -> pd.DataFrame:
    row = {
        "document_id": "84-SRADDET",
        "level": "region",
        "territory": "84",
        "kind": "SRADDET",
        "state": "en vigueur",
        "prescribed_on": None,
        "adopted_on": None,
        "approved_on": "2020-04-10",
        "zan_integrated_on": integrated_on,
    }
    return pd.DataFrame([row])


def test_the_document_in_force_of_the_territory_comes_first() -> None:
    row = rated(
        objective("commune", "01001", 0.6, document_name="PLU", dated_on="2024-05-01"),
        objective("commune", "01001", 0.7, is_in_document="non", dated_on="2025-05-01"),
        objective("scot", "S1", 0.4),
    )["01001"]
    assert (row["reduction_share"], row["rate_status"]) == (0.6, "réglementaire")
    assert row["rate_source_fr"] == "PLU, daté du 01/05/2024"
    assert row["envelope_ha"] == pytest.approx(4.0)


def test_an_objective_not_yet_in_a_document_is_indicative() -> None:
    row = rated(objective("commune", "01001", 0.6, is_in_document="non"))["01001"]
    assert (row["reduction_share"], row["rate_status"]) == (0.6, "indicatif")


def test_the_nearest_territory_above_lends_its_objective() -> None:
    rows = rated(objective("scot", "S1", 0.4), objective("region", "84", 0.545))
    assert rows["S1"]["rate_status"] == "réglementaire"
    for code in ("01001", "200000001"):
        assert (rows[code]["reduction_share"], rows[code]["rate_status"]) == (0.4, "indicatif")
    assert "SCoT d'essai" in rows["01001"]["rate_source_fr"]
    assert rows["01"]["reduction_share"] == 0.545


def test_without_any_objective_the_law_is_the_default() -> None:
    rows = rated()
    assert rows["01001"]["reduction_share"] == 0.5
    assert rows["01001"]["rate_status"] == "défaut"
    assert "art. 191" in rows["01001"]["rate_source_fr"]


def test_a_region_under_a_sraddet_defaults_to_the_rate_of_their_group() -> None:
    region = rated()["84"]
    assert (region["reduction_share"], region["rate_status"]) == (0.545, "défaut")
    assert "R-ENV-4" in region["rule_ids"]
    before = rated(as_of=date(2024, 6, 9))["84"]
    assert before["reduction_share"] == 0.5


def test_a_late_sraddet_leaves_half_to_local_documents_and_says_so() -> None:
    late = rated(documents=sraddet("2025-12-18"))["01001"]
    assert "R-ENV-3" in late["rule_ids"]
    assert "R-ENV-3" in late["rate_source_fr"]
    in_time = rated(documents=sraddet("2024-11-22"))["01001"]
    assert "R-ENV-3" not in in_time["rule_ids"]


def test_a_day_of_integration_that_is_not_told_makes_no_sraddet_late() -> None:
    untold = rated(documents=sraddet(None))["01001"]
    assert "R-ENV-3" not in untold["rule_ids"]


def test_an_objective_dated_after_the_reference_day_is_not_yet_known() -> None:
    later = objective("commune", "01001", 0.6, dated_on="2025-01-01")
    assert rated(later, as_of=date(2024, 12, 31))["01001"]["reduction_share"] == 0.5
    assert rated(later, as_of=date(2025, 1, 1))["01001"]["reduction_share"] == 0.6


def test_a_fixed_total_is_the_envelope_and_tells_its_rate() -> None:
    row = rated(objective("scot", "S1", None, total_ha=12.0))["S1"]
    assert row["envelope_ha"] == 12.0
    assert row["reduction_share"] == pytest.approx(0.7)


def test_an_objective_that_says_no_figure_is_no_objective() -> None:
    row = rated(objective("commune", "01001", None))["01001"]
    assert row["rate_status"] == "défaut"


def test_a_fixed_total_without_any_past_consumption_has_no_rate_of_its_own() -> None:
    flows = yearly_flows({"01001": 0.0}, {"01001": 0.0})
    told = pd.DataFrame([objective("commune", "01001", None, total_ha=2.0)])
    rows = ledger(LedgerInputs(flows, two_communes(), objectives=told), ZanParameters())
    own = rows[rows["code"].eq("01001")]
    assert own["envelope_ha"].tolist() == [2.0]
    assert own["rate_status"].tolist() == ["réglementaire"]
    assert own["reduction_share"].isna().all()
