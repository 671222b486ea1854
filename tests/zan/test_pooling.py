import pandas as pd
import pytest

from jalon.model import ZanParameters
from jalon.testing import two_communes, yearly_flows
from jalon.zan.ledger import LedgerInputs, ledger
from jalon.zan.pooling import pool_members, pools, pools_of

COMMUNES = two_communes()


def declared(*pooled: tuple[str, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(pooled, columns=["commune", "pool"])
    return table.assign(kind="mutualisation")


def accounts(flows: pd.DataFrame) -> pd.DataFrame:
    return ledger(LedgerInputs(flows, COMMUNES), ZanParameters())


def test_w7_the_pool_has_what_its_communes_have_together() -> None:
    guaranteed = pd.DataFrame(
        {
            "level": "commune",
            "code": ["01001", "01002"],
            "allowed_lo_ha": [1.0, 1.0],
            "allowed_hi_ha": [1.0, 1.0],
            "net_ha": [0.20, 0.10],
            "remaining_lo_ha": [0.80, 0.90],
            "remaining_hi_ha": [0.80, 0.90],
        }
    )
    members = declared(("01001", "Nord"), ("01002", "Nord"))
    (pool,) = pools(members, guaranteed, COMMUNES).to_dict("records")
    assert (pool["pool"], pool["commune_count"]) == ("Nord", 2)
    assert (pool["allowed_lo_ha"], pool["net_ha"]) == pytest.approx((2.0, 0.3))
    assert pool["remaining_lo_ha"] == pytest.approx(1.70)
    assert pool["remaining_lo_ha"] - 1.5 == pytest.approx(0.20)
    assert pool["warnings_fr"] == ()


def test_a_pool_keeps_the_interval_of_its_communes() -> None:
    flows = yearly_flows({"01001": 0.8, "01002": 4.0}, {"01001": 0.0, "01002": 0.0})
    (pool,) = pools(
        declared(("01001", "Nord"), ("01002", "Nord")), accounts(flows), COMMUNES
    ).to_dict("records")
    assert pool["remaining_lo_ha"] == pytest.approx(2.4)
    assert pool["remaining_hi_ha"] == pytest.approx(3.0)


def test_a_pool_with_a_commune_nobody_counted_has_no_balance_and_says_why() -> None:
    flows = yearly_flows({"01001": 4.0}, {"01001": 0.0})
    (pool,) = pools(
        declared(("01001", "Nord"), ("01002", "Nord")), accounts(flows), COMMUNES
    ).to_dict("records")
    assert pd.isna(pool["remaining_lo_ha"])
    assert pool["warnings_fr"] == ("Reste inconnu faute de compte : 01002.",)


def test_a_pool_across_two_epci_is_told() -> None:
    flows = yearly_flows({"01001": 4.0, "01002": 4.0}, {"01001": 0.0, "01002": 0.0})
    elsewhere = COMMUNES.assign(epci_siren=["200000001", "200000002"])
    (pool,) = pools(
        declared(("01001", "Nord"), ("01002", "Nord")), accounts(flows), elsewhere
    ).to_dict("records")
    assert "EPCI différents" in pool["warnings_fr"][0]


def test_a_commune_pools_once_and_only_under_a_name() -> None:
    members = pool_members(declared(("01001", "Nord"), ("01001", "Sud"), ("01002", None)))
    assert members.to_numpy().tolist() == [["01001", "Sud"]]


def test_pools_of_a_commune_are_those_it_is_in() -> None:
    flows = yearly_flows({"01001": 4.0, "01002": 4.0}, {"01001": 0.0, "01002": 0.0})
    apart = declared(("01001", "Nord"), ("01002", "Sud"))
    found = pools_of(frozenset({"01001"}), apart, accounts(flows), COMMUNES)
    assert found is not None
    assert found["pool"].tolist() == ["Nord"]
    assert pools_of(frozenset({"01003"}), apart, accounts(flows), COMMUNES) is None


def test_without_declarations_there_is_no_pool() -> None:
    flows = yearly_flows({"01001": 4.0}, {"01001": 0.0})
    assert pools(None, accounts(flows), COMMUNES).empty
