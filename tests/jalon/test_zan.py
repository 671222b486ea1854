import pandas as pd
import pytest

from jalon.ledger import ledger, within
from jalon.model import ZanParameters
from jalon.rules.zan import LandClass, communal_floor_ha, land_class, legal_figures
from jalon.testing import two_communes, yearly_flows

COMMUNES = two_communes()
flows = yearly_flows


def account(series: pd.DataFrame, document_on: str | None, code: str = "01001") -> pd.Series:
    documents = pd.Series({code: document_on}, dtype=object)
    accounts = ledger(series, COMMUNES, ZanParameters(), documents)
    return accounts[accounts["code"].eq(code)].iloc[0]


def test_w1_plain_commune() -> None:
    row = account(flows({"01001": 12.40}, {"01001": 2.10}), "2018-03-01")
    assert (row["reduction_share"], row["rate_status"]) == (0.5, "défaut")
    assert row["envelope_ha"] == pytest.approx(6.20)
    assert row["allowed_lo_ha"] == row["allowed_hi_ha"] == pytest.approx(6.20)
    assert row["remaining_lo_ha"] == pytest.approx(4.10)
    assert row["used_hi_share"] == pytest.approx(0.3387, abs=5e-5)
    assert row["projection_ha"] == pytest.approx(7.00)
    assert row["overrun_hi_ha"] == pytest.approx(0.80)


def test_w2_commune_under_the_communal_guarantee() -> None:
    row = account(flows({"01001": 0.80}, {"01001": 0.35}), "2019-05-14")
    assert row["envelope_ha"] == pytest.approx(0.40)
    assert row["allowed_lo_ha"] == pytest.approx(1.00)
    assert row["remaining_lo_ha"] == pytest.approx(0.65)
    assert row["used_hi_share"] == pytest.approx(0.35)


def test_w4_prescription_of_the_day_before_the_cutoff_gives_the_guarantee() -> None:
    prescribed_on = pd.Series(["2026-08-21", "2026-08-22"])
    floors = communal_floor_ha(pd.Series([None, None]), prescribed_on)
    assert floors["floor_lo_ha"].tolist() == [1.0, 0.0]
    assert floors["floor_hi_ha"].tolist() == [1.0, 0.0]


def test_document_approved_after_the_cutoff_may_have_been_prescribed_before() -> None:
    row = account(flows({"01001": 0.80}, {"01001": 0.35}), "2026-10-01")
    assert (row["floor_lo_ha"], row["floor_hi_ha"]) == (0.0, 1.0)
    assert row["used_lo_share"] == pytest.approx(0.35)
    assert row["used_hi_share"] == pytest.approx(0.875)


def test_commune_without_its_last_year_is_counted_on_neither_side() -> None:
    series = flows({"01001": 10, "01002": 10}, {"01001": 3, "01002": 6})
    is_lost = series["commune"].eq("01002") & series["year"].eq(2023)
    row = account(series[~is_lost], None, code="200000001")
    assert (row["counted_count"], row["commune_count"]) == (1, 2)
    assert (row["reference_ha"], row["consumed_ha"]) == pytest.approx((10, 3))


def test_consumption_after_the_tranche_is_not_charged_to_it() -> None:
    series = flows({"01001": 12.40}, {"01001": 2.10})
    later = pd.DataFrame({"commune": ["01001"], "year": [2031], "flow_m2": [90_000.0]})
    row = account(pd.concat([series, later], ignore_index=True), "2018-03-01")
    assert row["consumed_ha"] == pytest.approx(2.10)
    assert row["last_year"] == 2023


def test_epci_that_straddles_the_region_says_so() -> None:
    communes = COMMUNES.assign(epci_is_partial=True)
    accounts = ledger(flows({"01001": 1}, {"01001": 0}), communes, ZanParameters())
    epci = accounts[accounts["level"].eq("EPCI")].iloc[0]
    assert epci["is_partial"]
    assert epci["name"] == "CC d'essai, partie dans la région"


def test_unknown_document_gives_an_interval_not_a_guess() -> None:
    row = account(flows({"01001": 0.80}, {"01001": 0.35}), None)
    assert row["allowed_lo_ha"] == pytest.approx(0.40)
    assert row["allowed_hi_ha"] == pytest.approx(1.00)


def test_epci_sums_its_communes_and_has_no_guarantee() -> None:
    row = account(
        flows({"01001": 12.40, "01002": 0.80}, {"01001": 2.10, "01002": 0.35}),
        None,
        code="200000001",
    )
    assert row["reference_ha"] == pytest.approx(13.20)
    assert row["allowed_hi_ha"] == pytest.approx(6.60)


def test_commune_without_series_is_said_uncounted_not_zero() -> None:
    row = account(flows({"01001": 12.40}, {"01001": 2.10}), None, code="200000001")
    assert (row["counted_count"], row["commune_count"]) == (1, 2)


def test_missing_year_leaves_the_commune_without_total() -> None:
    series = flows({"01001": 12.40}, {"01001": 2.10})
    series.loc[series["year"].eq(2015), "flow_m2"] = float("nan")
    row = account(series, "2018-03-01")
    assert pd.isna(row["reference_ha"])
    assert row["missing_years"] == 1


def test_part_of_an_epci_has_no_row_for_the_epci() -> None:
    accounts = ledger(
        flows({"01001": 12.40, "01002": 0.80}, {"01001": 2.10, "01002": 0.35}),
        COMMUNES,
        ZanParameters(),
    )
    kept = within(accounts, COMMUNES, frozenset(["01001"]))
    assert kept["level"].tolist() == ["commune"]


def test_document_in_force_makes_the_rate_binding() -> None:
    parameters = ZanParameters(reduction_share=0.545, is_reduction_binding=True)
    accounts = ledger(flows({"01001": 1.2}, {"01001": 0}), COMMUNES, parameters)
    row = accounts[accounts["code"].eq("01001")].iloc[0]
    assert row["envelope_ha"] == pytest.approx(0.546)
    assert row["rate_status"] == "réglementaire"


@pytest.mark.parametrize(
    ("cover", "use", "expected"),
    [
        ("CS1.1.1.1", "US1.1", LandClass.URBANISED),
        ("CS1.1.1.2", "US2", LandClass.URBANISED),
        ("CS1.1.2.1", "US1.3", LandClass.UNKNOWN),
        ("CS2.2.1", "US2", LandClass.URBANISED),
        ("CS2.2.1", "US1.1", LandClass.FARM),
        ("CS2.2.1", "US6.2", LandClass.URBANISED),
        ("CS2.2.1", "US6.3", LandClass.UNKNOWN),
        ("CS2.1.1.1", "US1.2", LandClass.FOREST),
        ("CS2.1.1.1", "US6.3", LandClass.FOREST),
        ("CS1.2.2", "US6.3", LandClass.NATURE),
        (None, "US2", LandClass.UNKNOWN),
    ],
)
def test_land_cover_tells_the_class_for_the_enaf_count(
    cover: str | None, use: str | None, expected: LandClass
) -> None:
    assert land_class(cover, use) is expected


def test_every_legal_figure_has_source_date_and_certainty() -> None:
    for name, figure in legal_figures().items():
        assert figure.source_fr, name
        assert figure.valid_from, name
        assert figure.certainty in {"A", "B", "CONV"}, name
