from datetime import date

import pandas as pd
import pytest

from geo.errors import InputError
from jalon.model import ZanParameters
from jalon.zan.law import law_on, verified_on
from jalon.zan.region import (
    ASTRIDE_FR,
    GENERATED_REGION_FR,
    NO_SCOT_FR,
    OUTSIDE_FR,
    REGION_FIELDS,
    group_reduction_share,
    group_reference_ha,
    neutral_share_ha,
    region_accounts,
    region_shares,
)

LAW = law_on(verified_on())


def test_the_regions_under_a_sraddet_consumed_224_000_hectares() -> None:
    assert group_reference_ha(LAW) == 224_000
    assert group_reduction_share(LAW) == pytest.approx(0.5446, abs=5e-5)


def test_w9_region_arithmetic_to_the_digit() -> None:
    cap_ha = region_shares(20_000, LAW).cap_ha
    region = region_shares(20_000, LAW, reserved_ha=0.05 * cap_ha)
    assert round(region.levy_ha, 3) == 892.857
    assert round(region.cap_ha, 3) == 9_107.143
    assert round(region.reduction_share, 4) == 0.5446
    assert round(region.reserved_ha, 3) == 455.357
    assert round(neutral_share_ha(region, 1_000), 3) == 432.589
    assert round(1 - neutral_share_ha(region, 1_000) / 1_000, 4) == 0.5674


def test_the_shares_of_all_scot_are_what_the_region_has_to_share() -> None:
    region = region_shares(20_000, LAW, reserved_ha=100)
    shares = [neutral_share_ha(region, reference_ha) for reference_ha in (1_000, 4_000, 15_000)]
    assert sum(shares) == pytest.approx(region.shared_ha)


def test_a_region_cannot_keep_back_more_than_its_cap() -> None:
    with pytest.raises(InputError, match="part réservée"):
        region_shares(100, LAW, reserved_ha=50)


def test_before_the_levy_was_law_the_arithmetic_has_no_figures() -> None:
    with pytest.raises(InputError, match="pene_sraddet_ha"):
        region_shares(20_000, law_on(date(2023, 1, 1)))


def account(code: str, level: str, reference_ha: float, **told: object) -> dict[str, object]:
    """Return what the arithmetic reads of an account whose communes are all counted."""
    usual = {"commune_count": 2, "counted_count": 2}
    row = {"code": code, "name": f"{level} {code}", "level": level, "reference_ha": reference_ha}
    return {**row, **usual, **told}


def belonging(**scots: str) -> pd.DataFrame:
    """Return one commune a SCoT and region named: `S1="84"` puts SCoT S1 in region 84."""
    pairs = [(scot, region) for scot, regions in scots.items() for region in regions.split()]
    return pd.DataFrame(pairs, columns=["scot", "region"], dtype="str")


def arithmetic(
    *accounts: dict[str, object], scots: pd.DataFrame | None = None, share: float = 0.0
) -> pd.DataFrame:
    told = region_accounts(
        pd.DataFrame(list(accounts)),
        belonging(S1="84") if scots is None else scots,
        parameters=ZanParameters(reserve_share=share),
        law=LAW,
    )
    assert told is not None
    return told


def test_w9_region_and_scot_accounts_to_the_digit() -> None:
    region, scot = arithmetic(
        account("84", "région", 20_000), account("S1", "SCoT", 1_000), share=0.05
    ).to_dict("records")
    assert region["half_ha"] == pytest.approx(10_000)
    assert round(region["levy_ha"], 3) == 892.857
    assert round(region["cap_ha"], 3) == 9_107.143
    assert round(region["reserved_ha"], 3) == 455.357
    assert round(region["shared_ha"], 3) == 8_651.786
    assert round(region["reduction_share"], 4) == 0.5446
    assert round(scot["neutral_ha"], 3) == 432.589
    assert round(scot["reduction_share"], 4) == 0.5674


def test_accounts_of_a_region_have_the_columns_told() -> None:
    assert list(arithmetic(account("84", "région", 20_000))) == list(REGION_FIELDS)


def test_a_region_has_no_neutral_share_and_a_scot_no_levy() -> None:
    told = arithmetic(account("84", "région", 20_000), account("S1", "SCoT", 1_000))
    assert told["neutral_ha"].isna().tolist() == [True, False]
    assert told["levy_ha"].isna().tolist() == [False, True]


def test_scot_stand_under_their_region_by_code() -> None:
    told = arithmetic(
        account("S2", "SCoT", 500),
        account("S1", "SCoT", 1_000),
        account("84", "région", 20_000),
        account("44", "région", 10_000),
        scots=belonging(S1="84", S2="44"),
    )
    assert told["code"].tolist() == ["44", "S2", "84", "S1"]


def test_scot_over_two_regions_has_no_share_but_a_reason() -> None:
    rows = [account(code, "région", 10_000) for code in ("84", "27")]
    told = arithmetic(*rows, account("S1", "SCoT", 1_000), scots=belonging(S1="27 84"))
    assert told["code"].tolist() == ["27", "84", "S1"]
    assert told["neutral_ha"].isna().all()
    assert told["sentence_fr"].iloc[-1] == ASTRIDE_FR


@pytest.mark.parametrize(("code", "reason"), [("11", OUTSIDE_FR), ("00", GENERATED_REGION_FR)])
def test_region_the_levy_is_not_for_has_no_figure_but_the_reason(code: str, reason: str) -> None:
    told = arithmetic(
        account(code, "région", 20_000), account("S1", "SCoT", 1_000), scots=belonging(S1=code)
    )
    assert told["code"].tolist() == [code]
    assert told["cap_ha"].isna().all()
    assert told["sentence_fr"].tolist() == [reason]
    assert told["rule_ids"].tolist() == [()]


def test_region_counted_in_part_says_whose_figures_they_are() -> None:
    told = arithmetic(account("84", "région", 20_000, counted_count=1)).iloc[0]
    assert "1 commune comptée sur 2" in told["sentence_fr"].replace("\u202f", " ")


def test_share_of_a_whole_scot_does_not_hang_on_the_communes_counted_elsewhere() -> None:
    of_whole = arithmetic(account("84", "région", 20_000), account("S1", "SCoT", 1_000))
    part = account("84", "région", 5_000, counted_count=1)
    of_part = arithmetic(part, account("S1", "SCoT", 1_000))
    assert of_part["neutral_ha"].iloc[1] == pytest.approx(of_whole["neutral_ha"].iloc[1])


@pytest.mark.parametrize("reference_ha", [float("nan"), 0.0])
def test_region_without_any_consumption_counted_has_no_figure(reference_ha: float) -> None:
    told = arithmetic(account("84", "région", reference_ha), account("S1", "SCoT", reference_ha))
    assert told[["cap_ha", "reserved_ha", "neutral_ha", "reduction_share"]].isna().all(axis=None)


def test_region_without_any_imported_scot_says_so() -> None:
    assert NO_SCOT_FR in arithmetic(account("84", "région", 20_000))["sentence_fr"].iloc[0]


@pytest.mark.parametrize(("share", "reserve"), [(0.0, ()), (0.05, ("R-ENV-7",))])
def test_rules_name_the_part_kept_back_only_where_there_is_one(
    share: float, reserve: tuple[str, ...]
) -> None:
    told = arithmetic(account("84", "région", 20_000), account("S1", "SCoT", 1_000), share=share)
    of_region = ("R-ENV-4", "R-ENV-5", "R-ENV-6", *reserve)
    assert told["rule_ids"].tolist() == [of_region, (*of_region, "R-ENV-8", "R-ENV-9")]


def test_no_region_among_the_accounts_has_no_arithmetic() -> None:
    accounts = pd.DataFrame([account("S1", "SCoT", 1_000)])
    told = region_accounts(accounts, belonging(S1="84"), parameters=ZanParameters(), law=LAW)
    assert told is None


@pytest.mark.parametrize(("day", "row_count"), [(9, None), (10, 1)])
def test_arithmetic_begins_the_day_its_figures_do(day: int, row_count: int | None) -> None:
    accounts = pd.DataFrame([account("84", "région", 20_000)])
    law = law_on(date(2024, 6, day))
    told = region_accounts(accounts, belonging(), parameters=ZanParameters(), law=law)
    assert (told if told is None else len(told)) == row_count
