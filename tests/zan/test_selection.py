import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from jalon.testing import box_m, frame, two_communes
from jalon.zan.land_class import LandClass
from jalon.zan.law import law_on, verified_on
from jalon.zan.pene import PeneStatus
from jalon.zan.project import Project, costs_by_commune
from jalon.zan.rules import ZAN_RULES
from jalon.zan.selection import SELECTION_FR, Verdict, selection_tests, site_verdicts

LAW = law_on(verified_on())
COMMUNES = two_communes().assign(scot=pd.Series(["S1", None], dtype=object))
BOTH = pd.DataFrame({"commune": ["01001", "01002"], "pool": "Mutualisation A"})


def accounts(remaining_ha: dict[tuple[str, str], tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(level, code, f"nom {code}", *bounds) for (level, code), bounds in remaining_ha.items()],
        columns=["level", "code", "name", "remaining_lo_ha", "remaining_hi_ha"],
    )


def asks(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["site_id", "commune", "enaf_lo_ha", "enaf_hi_ha"])


def answers(
    costs: pd.DataFrame, book: pd.DataFrame, pools: pd.DataFrame | None = None
) -> pd.DataFrame:
    return selection_tests(costs, book, COMMUNES, pools)


def at(rows: pd.DataFrame, site_id: str, level: str) -> pd.Series:
    return rows[rows["site_id"].eq(site_id) & rows["level"].eq(level)].iloc[0]


# W7: balances of a (A 1, K .2) and b (A 1, K .1); 1.5 ha asked in b
W7 = accounts({("commune", "01001"): (0.80, 0.80), ("commune", "01002"): (0.90, 0.90)})


def test_w7_alone_the_project_goes_beyond_its_commune() -> None:
    row = at(answers(asks(("p", "01002", 1.5, 1.5)), W7), "p", "commune")
    assert row["verdict"] == Verdict.BEYOND
    assert row["after_lo_ha"] == row["after_hi_ha"] == pytest.approx(-0.60)
    assert row["sentence_fr"] == (
        "Commune nom 01002 : 1,50\u202fha demandés, 0,90\u202fha restants ; au-delà de "
        "l'enveloppe calculée de 0,60\u202fha."
    )


def test_w7_in_its_pool_the_project_fits() -> None:
    row = at(answers(asks(("p", "01002", 1.5, 1.5)), W7, BOTH), "p", "mutualisation")
    assert row["remaining_lo_ha"] == pytest.approx(1.70)
    assert row["verdict"] == Verdict.WITHIN
    assert row["after_lo_ha"] == pytest.approx(0.20)
    assert "R-GAR-6" in row["rule_ids"]


def test_w7_site_of_a_pool_is_judged_with_its_pool() -> None:
    sites = asks(("p", "01002", 1.5, 1.5))
    alone = site_verdicts(sites, W7, COMMUNES).iloc[0]
    pooled = site_verdicts(sites, W7, COMMUNES, BOTH).iloc[0]
    assert (alone["verdict"], alone["level"]) == (Verdict.BEYOND, "commune")
    assert (pooled["verdict"], pooled["level"]) == (Verdict.WITHIN, "mutualisation")


def test_pool_one_commune_of_which_has_no_account_is_uncertain() -> None:
    row = at(answers(asks(("p", "01002", 1.5, 1.5)), W7.iloc[1:], BOTH), "p", "mutualisation")
    assert row["verdict"] == Verdict.UNCERTAIN


# W10: 62 ha of arable land, 3 ha left in the commune
ARABLE = box_m(0, 0, 6200, 100)
GROUND = (frame([ARABLE], land_class=LandClass.FARM, source_fr="essai"),)
OUTLINES = frame([box_m(0, 0, 7000, 100), box_m(7000, 0, 7000, 100)], insee=["01001", "01002"])


@pytest.mark.parametrize(
    ("pene", "verdict", "asked_ha", "after_ha"),
    [
        (PeneStatus.ANNEX_1, Verdict.NATIONAL, 0.0, 3.0),
        (PeneStatus.ANNEX_2, Verdict.BEYOND, 62.0, -59.0),
    ],
)
def test_w10_pene_against_its_commune(
    pene: PeneStatus, verdict: Verdict, asked_ha: float, after_ha: float
) -> None:
    costs = costs_by_commune([Project("p", ARABLE, pene=pene)], OUTLINES, GROUND, LAW)
    row = at(answers(costs, accounts({("commune", "01001"): (3.0, 3.0)})), "p", "commune")
    assert row["verdict"] == verdict
    assert (row["asked_hi_ha"], row["after_lo_ha"]) == pytest.approx((asked_ha, after_ha))


# W19: A 4.0, K 3.8, project .7, renaturation .6 effective or planned
WOOD = box_m(0, 0, 70, 100)


@pytest.mark.parametrize(
    ("remaining_ha", "verdict", "after_ha"),
    [(0.80, Verdict.WITHIN, 0.10), (0.20, Verdict.BEYOND, -0.50)],
    ids=["effective, in the ledger", "planned"],
)
def test_w19_renaturation_of_the_ledger(
    remaining_ha: float, verdict: Verdict, after_ha: float
) -> None:
    costs = costs_by_commune([Project("p", WOOD)], OUTLINES, GROUND, LAW)
    book = accounts({("commune", "01001"): (remaining_ha, remaining_ha)})
    row = at(answers(costs, book), "p", "commune")
    assert row["verdict"] == verdict
    assert row["after_lo_ha"] == pytest.approx(after_ha)


@pytest.mark.parametrize(
    ("effective_ha", "planned_ha", "verdict", "after_ha"),
    [(0.6, 0.0, Verdict.WITHIN, 0.10), (0.0, 0.6, Verdict.BEYOND, -0.50)],
)
def test_w19_renaturation_of_the_project_itself(
    effective_ha: float, planned_ha: float, verdict: Verdict, after_ha: float
) -> None:
    project = Project("p", WOOD, restored_effective_ha=effective_ha, restored_planned_ha=planned_ha)
    costs = costs_by_commune([project], OUTLINES, GROUND, LAW)
    row = at(answers(costs, accounts({("commune", "01001"): (0.2, 0.2)})), "p", "commune")
    assert row["verdict"] == verdict
    assert row["after_lo_ha"] == pytest.approx(after_ha)


@pytest.mark.parametrize(
    ("asked", "remaining", "verdict"),
    [
        ((0.0, 0.0), (-5.0, -5.0), Verdict.NO_ENAF),
        ((0.0, 1e-7), (-5.0, -5.0), Verdict.NO_ENAF),
        ((1.0, 1.0), (1.0, 1.0), Verdict.WITHIN),
        ((0.0, 1.0), (1.0, 2.0), Verdict.WITHIN),
        ((0.0, 1.0), (0.5, 2.0), Verdict.UNCERTAIN),
        ((1.0, 1.0), (0.0, 1.0), Verdict.UNCERTAIN),
        ((1.1, 2.0), (0.0, 1.0), Verdict.BEYOND),
        ((float("nan"), float("nan")), (9.0, 9.0), Verdict.UNCERTAIN),
        ((1.0, 1.0), (float("nan"), float("nan")), Verdict.UNCERTAIN),
    ],
)
def test_intervals_decide_only_when_all_they_hold_agrees(
    asked: tuple[float, float], remaining: tuple[float, float], verdict: Verdict
) -> None:
    book = accounts({("commune", "01001"): remaining})
    row = at(answers(asks(("p", "01001", *asked)), book), "p", "commune")
    assert row["verdict"] == verdict


def test_what_is_missing_for_a_verdict_is_said() -> None:
    book = accounts({("EPCI", "200000001"): (9.0, 9.0)})
    rows = answers(asks(("p", "01001", 1, 1), ("q", "01002", float("nan"), float("nan"))), book)
    assert at(rows, "p", "commune")["sentence_fr"] == (
        "Commune 01001 : incertain, le compte de ce territoire manque."
    )
    assert at(rows, "q", "EPCI")["sentence_fr"] == (
        "EPCI nom 200000001 : incertain, le coût en espaces NAF n'est pas connu."
    )


def test_site_of_no_known_commune_is_uncertain_never_dropped() -> None:
    rows = answers(asks(("p", "99999", 1, 1)), accounts({("commune", "01001"): (9.0, 9.0)}))
    assert at(rows, "p", "commune")["verdict"] == Verdict.UNCERTAIN


EVERY_LEVEL = accounts(
    {
        ("commune", "01001"): (2.0, 2.0),
        ("commune", "01002"): (2.0, 2.0),
        ("EPCI", "200000001"): (2.5, 2.5),
        ("SCoT", "S1"): (8.0, 8.0),
        ("département", "01"): (0.0, 0.0),
        ("région", "84"): (90.0, 90.0),
    }
)
PAIR = asks(("a", "01001", 1.5, 1.5), ("b", "01002", 1.5, 1.5))


def test_a_site_is_tested_at_each_level_that_has_an_envelope() -> None:
    rows = answers(PAIR, EVERY_LEVEL)
    levels = rows.groupby("site_id")["level"].agg(list)
    assert levels["a"] == ["commune", "EPCI", "SCoT", "région"]
    assert levels["b"] == ["commune", "EPCI", "région"]


def test_sites_that_fit_alone_may_not_fit_together() -> None:
    rows = answers(PAIR, EVERY_LEVEL)
    assert at(rows, "a", "EPCI")["verdict"] == Verdict.WITHIN
    together = at(rows, SELECTION_FR, "EPCI")
    assert together["verdict"] == Verdict.BEYOND
    assert together["after_lo_ha"] == pytest.approx(-0.5)


def test_a_site_astride_two_communes_asks_of_both_and_of_their_epci() -> None:
    rows = answers(asks(("a", "01001", 1.0, 1.0), ("a", "01002", 0.5, 0.5)), EVERY_LEVEL)
    communes = rows[rows["site_id"].eq("a") & rows["level"].eq("commune")]
    assert communes["asked_hi_ha"].tolist() == [1.0, 0.5]
    assert at(rows, "a", "EPCI")["asked_hi_ha"] == pytest.approx(1.5)


def test_a_site_chosen_twice_is_refused() -> None:
    with pytest.raises(InputError, match="Sites choisis deux fois : a"):
        answers(asks(("a", "01001", 1, 1), ("a", "01001", 1, 1)), EVERY_LEVEL)


def test_the_territory_that_binds_most_gives_a_site_its_verdict() -> None:
    book = EVERY_LEVEL.assign(remaining_lo_ha=[2.0, 2.0, 1.0, 8.0, 0.0, 90.0])
    found = site_verdicts(PAIR.set_axis(["x", "y"]), book, COMMUNES)
    assert found.index.tolist() == ["x", "y"]
    assert found["level"].tolist() == ["EPCI", "EPCI"]
    assert found["verdict"].tolist() == [Verdict.UNCERTAIN] * 2


def test_a_level_without_any_account_is_not_answers() -> None:
    found = site_verdicts(PAIR, EVERY_LEVEL.iloc[:2], COMMUNES)
    assert found["verdict"].tolist() == [Verdict.WITHIN] * 2


def test_site_listed_as_annex_1_is_carried_by_the_nation() -> None:
    sites = PAIR.assign(pene=[PeneStatus.ANNEX_1, PeneStatus.ANNEX_2])
    found = site_verdicts(sites, accounts({("commune", "01002"): (1.0, 1.0)}), COMMUNES)
    assert found["verdict"].tolist() == [Verdict.NATIONAL, Verdict.BEYOND]


bounds = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(
    lambda pair: (min(pair) / 100, max(pair) / 100)
)
selections = st.lists(
    st.tuples(st.sampled_from(["01001", "01002"]), bounds), min_size=1, max_size=6
)


@settings(max_examples=20)  # each example tests a whole list at every level
@given(selections)
def test_selection_asks_the_sum_of_its_sites(
    chosen: list[tuple[str, tuple[float, float]]],
) -> None:
    costs = asks(*[(f"s{n}", commune, *ask) for n, (commune, ask) in enumerate(chosen)])
    rows = selection_tests(costs, EVERY_LEVEL, COMMUNES)
    is_whole = rows["site_id"].eq(SELECTION_FR)
    for column in ("asked_lo_ha", "asked_hi_ha"):
        alone = rows[~is_whole].groupby(["level", "code"])[column].sum()
        together = rows[is_whole].set_index(["level", "code"])[column].sort_index()
        assert together.tolist() == pytest.approx(alone.tolist())


@given(bounds, bounds, st.integers(0, 100))
def test_a_wider_cost_never_turns_beyond_into_within(
    ask: tuple[float, float], remaining: tuple[float, float], more: int
) -> None:
    book = accounts({("commune", "01001"): remaining})
    low, high = ask
    both = asks(("p", "01001", low, high), ("wider", "01001", low, high + more / 100))
    before, after = site_verdicts(both, book, COMMUNES)["verdict"]
    assert after in (before, Verdict.UNCERTAIN) or before == Verdict.NO_ENAF


def test_every_rule_a_verdict_names_is_in_the_registry() -> None:
    rows = answers(PAIR.assign(pene=[PeneStatus.ANNEX_1, PeneStatus.NOT_LISTED]), EVERY_LEVEL, BOTH)
    named = {rule for rules in rows["rule_ids"] for rule in rules}
    assert {"R-ENV-11", "R-GAR-6", "R-PENE-2"} <= named
    assert named <= {rule.rule_id for rule in ZAN_RULES}


def test_no_site_has_no_verdict() -> None:
    assert site_verdicts(PAIR.iloc[:0], EVERY_LEVEL, COMMUNES).empty


def test_land_outside_every_commune_is_uncertain_and_stays_in_the_whole() -> None:
    astride = box_m(13_900, 0, 200, 100)
    ground = (frame([astride], land_class=LandClass.FARM, source_fr="essai"),)
    costs = costs_by_commune([Project("p", astride)], OUTLINES, ground, LAW)
    rows = answers(costs, accounts({("commune", "01002"): (9.0, 9.0)}))
    whole = rows[rows["site_id"].eq(SELECTION_FR)]
    assert whole["verdict"].tolist() == [Verdict.WITHIN, Verdict.UNCERTAIN]
    assert whole["sentence_fr"].iloc[1].startswith("Commune non dite : incertain")
    assert whole["asked_hi_ha"].tolist() == pytest.approx([1.0, 1.0])
