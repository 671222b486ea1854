import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jalon.model import ZanParameters
from jalon.testing import accounts_of, plans, two_communes, yearly_flows
from jalon.zan.ledger import LEDGER_COLUMNS, LedgerInputs, ledger
from jalon.zan.levels import within

COMMUNES = two_communes()
FIGURES = [name for name in LEDGER_COLUMNS if name.endswith(("_ha", "_share", "_ratio"))]


def communes(*codes: str, epci: str = "200000001") -> pd.DataFrame:
    one = COMMUNES.iloc[[0]]
    table = pd.concat([one] * len(codes), ignore_index=True)
    return table.assign(insee=codes, nom=codes, epci_siren=epci)


def test_w1_plain_commune() -> None:
    told = plans(("01001", "2018-03-01"))
    row = accounts_of({"01001": 12.40}, {"01001": 2.10}, documents=told).loc["01001"]
    assert (row["reduction_share"], row["rate_status"]) == (0.5, "défaut")
    assert row["envelope_ha"] == pytest.approx(6.20)
    assert row["floor_lo_ha"] == row["floor_hi_ha"] == 1
    assert row["allowed_lo_ha"] == row["allowed_hi_ha"] == pytest.approx(6.20)
    assert not row["is_raised"]
    assert row["remaining_lo_ha"] == row["remaining_hi_ha"] == pytest.approx(4.10)
    assert round(row["used_hi_share"], 4) == 0.3387
    assert row["projection_ha"] == pytest.approx(7.00)
    assert row["overrun_hi_ha"] == pytest.approx(0.80)


def test_w2_commune_under_the_communal_guarantee() -> None:
    told = plans(("01001", "2019-05-14"))
    row = accounts_of({"01001": 0.80}, {"01001": 0.35}, documents=told).loc["01001"]
    assert row["envelope_ha"] == pytest.approx(0.40)
    assert row["allowed_lo_ha"] == row["allowed_hi_ha"] == 1
    assert row["is_raised"]
    assert row["remaining_lo_ha"] == pytest.approx(0.65)
    assert row["used_hi_share"] == pytest.approx(0.35)


def test_w3_commune_known_to_be_under_the_rnu() -> None:
    told = plans(("01001", "2019-05-14")).assign(kind="RNU", approved_on=None)
    row = accounts_of({"01001": 0.80}, {"01001": 0.35}, documents=told).loc["01001"]
    assert row["floor_lo_ha"] == row["floor_hi_ha"] == 0
    assert row["allowed_hi_ha"] == pytest.approx(0.40)
    assert row["remaining_hi_ha"] == pytest.approx(0.05)
    assert row["used_lo_share"] == row["used_hi_share"] == pytest.approx(0.875)


@pytest.mark.parametrize(("day", "allowed_ha"), [("2026-08-21", 1.00), ("2026-08-22", 0.40)])
def test_w4_the_prescription_is_strictly_before_the_cutoff(day: str, allowed_ha: float) -> None:
    told = plans(("200000001", "")).assign(
        level="epci", kind="PLUi", approved_on=None, prescribed_on=day
    )
    row = accounts_of({"01001": 0.80}, {"01001": 0.0}, documents=told).loc["01001"]
    assert row["allowed_lo_ha"] == row["allowed_hi_ha"] == pytest.approx(allowed_ha)


def test_document_prescribed_after_the_cutoff_is_named_and_gives_no_guarantee() -> None:
    told = plans(("01001", "")).assign(approved_on=None, prescribed_on="2026-08-22")
    row = accounts_of({"01001": 0.80}, {"01001": 0.0}, documents=told).loc["01001"]
    (warning,) = row["warnings_fr"]
    assert warning.startswith("PLU prescrit le 22/08/2026, et non avant le 22/08/2026")
    assert "aucune garantie communale (R-GAR-1)" in warning


def test_w5_commune_nouvelle_of_three_communes() -> None:
    row = accounts_of(
        {"01001": 1.20},
        {"01001": 0.0},
        ZanParameters(reduction_share=0.545, is_reduction_binding=True),
        documents=plans(("01001", "2018-03-01")),
        merged_communes=merged(created_on="2016-01-01", delegated_count=3),
    ).loc["01001"]
    assert row["envelope_ha"] == pytest.approx(0.546)
    assert row["floor_lo_ha"] == row["floor_hi_ha"] == 2.50
    assert row["allowed_lo_ha"] == 2.50
    assert row["rate_status"] == "réglementaire"
    assert "Supposition de l'utilisateur" in row["rate_source_fr"]


def merged(
    created_on: str | None, delegated_count: float, associated_count: float = 0
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "insee": ["01001"],
            "created_on": [created_on],
            "delegated_count": [delegated_count],
            "associated_count": [associated_count],
        }
    )


@pytest.mark.parametrize(
    ("reference_ha", "parts", "floor_ha", "allowed_ha", "is_raised"),
    [
        (9.0, merged("2016-01-01", 7), 3.00, 4.50, False),
        (1.0, merged("2016-01-01", 7), 3.00, 3.00, True),
        (1.0, merged("2011-01-01", 3), 1.00, 1.00, True),
        (1.0, merged("1973-01-01", 0, 2), 1.00, 1.00, True),
    ],
)
def test_w6_the_supplement_has_a_cap_and_a_first_day(
    reference_ha: float, parts: pd.DataFrame, floor_ha: float, allowed_ha: float, *, is_raised: bool
) -> None:
    told = plans(("01001", "2018-03-01"))
    row = accounts_of(
        {"01001": reference_ha}, {"01001": 0.0}, documents=told, merged_communes=parts
    ).loc["01001"]
    assert row["floor_lo_ha"] == row["floor_hi_ha"] == floor_ha
    assert row["allowed_lo_ha"] == allowed_ha
    assert row["is_raised"] == is_raised


def test_w6_communes_associees_add_nothing_and_are_told() -> None:
    parts = merged("1973-01-01", 0, 2)
    row = accounts_of({"01001": 1.0}, {"01001": 0.0}, merged_communes=parts).loc["01001"]
    assert "R-GAR-4" in row["rule_ids"]
    assert row["warnings_fr"][0].replace("\u202f", " ").startswith("2 communes associées")


def test_commune_nouvelle_without_a_date_has_a_guarantee_between_two_figures() -> None:
    told = plans(("01001", "2018-03-01"))
    parts = merged(None, 3)
    row = accounts_of({"01001": 1.0}, {"01001": 0.0}, documents=told, merged_communes=parts).loc[
        "01001"
    ]
    assert (row["floor_lo_ha"], row["floor_hi_ha"]) == (1.0, 2.5)
    assert "R-GAR-3" in row["warnings_fr"][0]


def test_w7_epci_closes_on_its_own_envelope() -> None:
    codes = ("01001", "01002", "01003", "01004")
    rows = accounts_of(
        dict(zip(codes, (0.6, 1.0, 3.0, 20.0), strict=True)),
        dict(zip(codes, (0.2, 0.1, 0.4, 2.0), strict=True)),
        communes=communes(*codes),
        documents=plans(*((code, "2018-03-01") for code in codes)),
    )
    epci = rows.loc["200000001"]
    assert epci["envelope_ha"] == epci["allowed_lo_ha"] == pytest.approx(12.30)
    assert epci["communes_allowed_ha"] == pytest.approx(13.50)
    assert epci["floor_gap_ha"] == pytest.approx(1.20)
    assert round(epci["closing_ratio"], 6) == 0.895652
    closed = rows.loc[list(codes), "closed_ha"]
    assert closed.round(6).tolist() == [1.0, 1.0, 1.343478, 8.956522]
    assert rows["remaining_lo_ha"]["01002"] - 1.5 == pytest.approx(-0.60)


def test_w8_guarantees_beyond_the_envelope_are_told_with_what_lacks() -> None:
    codes = tuple(f"0100{n}" for n in range(1, 6))
    rows = accounts_of(
        dict.fromkeys(codes, 1.0),
        dict.fromkeys(codes, 0.0),
        communes=communes(*codes),
        documents=plans(*((code, "2018-03-01") for code in codes)),
    )
    epci = rows.loc[["200000001"]]
    assert epci["closing_shortfall_ha"].tolist() == pytest.approx([2.50])
    assert epci["closing_ratio"].isna().all()
    assert rows["closed_ha"].isna().all()
    assert "Partage impossible" in str(epci["warnings_fr"].tolist())


def test_a_series_that_consumes_more_land_than_the_commune_has_is_told() -> None:
    small = COMMUNES.assign(area_ha=10.0)
    row = accounts_of({"01001": 8.0}, {"01001": 3.0}, communes=small).loc["01001"]
    assert any("plus d'hectares que n'en a la commune" in one for one in row["warnings_fr"])
    large = COMMUNES.assign(area_ha=12.0)
    assert not accounts_of({"01001": 8.0}, {"01001": 3.0}, communes=large).loc["01001"][
        "warnings_fr"
    ]


def test_unknown_document_gives_an_interval_not_a_guess() -> None:
    row = accounts_of({"01001": 0.80}, {"01001": 0.35}).loc["01001"]
    assert row["allowed_lo_ha"] == pytest.approx(0.40)
    assert row["allowed_hi_ha"] == 1
    assert row["used_lo_share"] == pytest.approx(0.35)
    assert row["used_hi_share"] == pytest.approx(0.875)
    assert not row["is_raised"]


def test_epci_sums_its_communes_and_has_no_guarantee() -> None:
    rows = accounts_of({"01001": 12.40, "01002": 0.80}, {"01001": 2.10, "01002": 0.35})
    epci = rows.loc["200000001"]
    assert epci["reference_ha"] == pytest.approx(13.20)
    assert epci["allowed_hi_ha"] == pytest.approx(6.60)
    assert pd.isna(epci["floor_hi_ha"])


def test_scots_have_rows_where_their_communes_are_told() -> None:
    scots = pd.DataFrame({"commune": ["01001", "01002"], "scot": "S1", "scot_name": "SCoT d'essai"})
    rows = accounts_of({"01001": 2.0, "01002": 4.0}, {"01001": 0.0, "01002": 0.0}, scots=scots)
    assert rows.loc["S1", "level"] == "SCoT"
    assert rows.loc["S1", "name"] == "SCoT d'essai"
    assert rows.loc["S1", "envelope_ha"] == pytest.approx(3.0)
    assert rows.loc["S1", "closing_ratio"] == 1


def test_epci_that_straddles_the_region_says_so() -> None:
    rows = accounts_of({"01001": 1}, {"01001": 0}, communes=COMMUNES.assign(epci_is_partial=True))
    assert rows.loc["200000001", "is_partial"]
    assert rows.loc["200000001", "name"] == "CC d'essai, partie dans la région"


def test_part_of_an_epci_has_no_row_for_the_epci() -> None:
    rows = accounts_of(
        {"01001": 12.40, "01002": 0.80}, {"01001": 2.10, "01002": 0.35}
    ).reset_index()
    kept = within(rows, COMMUNES, frozenset(["01001"]))
    assert kept["code"].tolist() == ["01001"]


def test_an_empty_series_has_an_empty_ledger() -> None:
    rows = ledger(LedgerInputs(yearly_flows({}, {}), COMMUNES), ZanParameters())
    assert rows.empty
    assert tuple(rows.columns) == LEDGER_COLUMNS


FLOWS = st.fixed_dictionaries(
    {code: st.tuples(st.floats(0, 40), st.floats(0, 9)) for code in ("01001", "01002", "01003")}
)


@settings(max_examples=8)  # each example keeps a whole ledger
@given(FLOWS)
def test_every_interval_is_in_order(flows: dict[str, tuple[float, float]]) -> None:
    rows = accounts_of(
        {code: reference for code, (reference, _) in flows.items()},
        {code: since for code, (_, since) in flows.items()},
        communes=communes("01001", "01002", "01003"),
        merged_communes=merged(None, 2),
    )
    for name in ("floor", "allowed", "remaining", "overrun"):
        low, high = rows[f"{name}_lo_ha"], rows[f"{name}_hi_ha"]
        assert (low.fillna(0) <= high.fillna(0)).all()


@settings(max_examples=8)  # each example keeps a whole ledger
@given(FLOWS, st.sets(st.sampled_from(["01001", "01002", "01003"])))
def test_communes_sum_to_their_epci_or_the_shortfall_is_told(
    flows: dict[str, tuple[float, float]], guaranteed: set[str]
) -> None:
    rows = accounts_of(
        {code: reference for code, (reference, _) in flows.items()},
        {code: since for code, (_, since) in flows.items()},
        communes=communes("01001", "01002", "01003"),
        documents=plans(*((code, "2018-03-01") for code in sorted(guaranteed))),
    )
    own, epci = rows[rows["level"].eq("commune")], rows.loc["200000001"]
    for column in ("reference_ha", "consumed_ha", "net_ha", "envelope_ha"):
        assert own[column].sum() == pytest.approx(epci[column], abs=1e-6)
    lacks_ha = own["floor_lo_ha"].sum() - epci["envelope_ha"]
    if lacks_ha > 1e-6:
        assert epci["closing_shortfall_ha"] == pytest.approx(lacks_ha)
        assert own["closed_ha"].isna().all()
    else:
        assert own["closed_ha"].sum() == pytest.approx(epci["envelope_ha"], abs=1e-6)


@settings(max_examples=5)  # each example keeps two
@given(FLOWS, st.integers(0, 99))
def test_the_order_of_the_rows_changes_nothing(
    flows: dict[str, tuple[float, float]], seed: int
) -> None:
    table = yearly_flows(
        {code: reference for code, (reference, _) in flows.items()},
        {code: since for code, (_, since) in flows.items()},
    )
    known = communes("01001", "01002", "01003")
    inputs = LedgerInputs(table, known)
    shuffled = LedgerInputs(
        table.sample(frac=1, random_state=seed), known.sample(frac=1, random_state=seed)
    )
    first, second = (ledger(one, ZanParameters()) for one in (inputs, shuffled))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


@settings(max_examples=5)  # each example keeps two
@given(FLOWS)
def test_a_commune_with_a_missing_year_changes_no_other_figure(
    flows: dict[str, tuple[float, float]],
) -> None:
    known = communes("01001", "01002", "01003", "01004")
    table = yearly_flows(
        {code: reference for code, (reference, _) in flows.items()},
        {code: since for code, (_, since) in flows.items()},
    )
    broken = yearly_flows({"01004": 5.0}, {"01004": 1.0})
    broken.loc[broken["year"].eq(2015), "flow_m2"] = math.nan
    alone = ledger(LedgerInputs(table, known), ZanParameters()).set_index("code")
    both = ledger(
        LedgerInputs(pd.concat([table, broken], ignore_index=True), known), ZanParameters()
    ).set_index("code")
    pd.testing.assert_frame_equal(alone[FIGURES], both.loc[alone.index, FIGURES], check_exact=True)
