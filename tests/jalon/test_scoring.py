from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from jalon.bounds import CAUTIONS_HIDDEN, ERODING_LAYERS, TRIMMING_LAYERS, Column, bounds
from jalon.criteria import Scoring
from jalon.land import judge
from jalon.model import LandParameters
from jalon.presence import EXPECTED_LAYERS
from jalon.scenario_file import validated
from jalon.scoring import contribution_column, explain, score
from jalon.specification import preset, preset_names, preset_scoring
from jalon.stability import competition_ranks, rank_spread
from jalon.tables import LandTables
from jalon.testing import box_m, business_park, risks
from layers.risks import Regulation

AREA = {
    "id": "surface",
    "title": "Surface",
    "column": "piece_ha",
    "weight": 3,
    "direction": "croissant",
    "points": [[0, 0], [10, 1]],
    "source": "essai",
}
ROAD = {
    "id": "route",
    "title": "Route",
    "column": "road_m",
    "weight": 1,
    "direction": "décroissant",
    "points": [[100, 1], [1100, 0]],
    "source": "essai",
}
CAUTION = {
    "id": "vigilances",
    "title": "Vigilances",
    "column": "caution_count",
    "weight": 1,
    "direction": "décroissant",
    "points": [[0, 1], [10, 0]],
    "source": "essai",
}


def scoring(*criteria: dict[str, Any], **fields: object) -> Scoring:
    return validated(
        Scoring, {"criteria": list(criteria), **fields}, subject="Note", hint="Corrigez."
    )


def refused(*criteria: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        scoring(*criteria)
    return str(caught.value)


def texts(rows: list[tuple[str, ...]]) -> "pd.Series[Any]":
    return pd.Series(rows, dtype=object)


def sites(**columns: list[Any]) -> pd.DataFrame:
    """Return sites A, B, C… with these columns, all available and wholly documented."""
    count = len(next(iter(columns.values())))
    table = pd.DataFrame({"site_id": list("ABCDEFGHIJKLMNOP"[:count])})
    table["status"] = "disponible"
    table["rule_ids"] = [()] * count
    table["missing_fr"] = [()] * count
    return table.assign(**columns)


def test_score_is_the_weighted_sum_a_person_can_redo() -> None:
    scored = score(sites(piece_ha=[5.0], road_m=[600.0]), scoring(AREA, ROAD))
    assert scored["score_surface"][0] == pytest.approx(0.75 * 0.5)
    assert scored["score_route"][0] == pytest.approx(0.25 * 0.5)
    assert scored["score_lo"][0] == pytest.approx(0.5)


def test_missing_value_counts_for_nothing_and_may_count_for_its_whole_weight() -> None:
    scored = score(sites(piece_ha=[10.0], road_m=[np.nan]), scoring(AREA, ROAD))
    assert scored["score_lo"][0] == pytest.approx(0.75)
    assert scored["score_hi"][0] == pytest.approx(1.0)
    assert scored["score_unknown_fr"][0] == ("Route",)


def test_column_that_is_not_there_is_missing_everywhere() -> None:
    scored = score(sites(piece_ha=[10.0, 5.0]), scoring(AREA, ROAD))
    assert all(names == ("Route",) for names in scored["score_unknown_fr"])


def test_rejected_site_has_neither_score_nor_rank() -> None:
    table = sites(piece_ha=[10.0, 1.0]).assign(status=["non disponible", "disponible"])
    scored = score(table, scoring(AREA)).set_index("site_id")
    assert scored["rank"]["B"] == 1
    assert pd.isna(scored["rank"]["A"])
    assert np.isnan(scored["score_lo"]["A"])
    assert np.isnan(scored["score_surface"]["A"])


def test_equal_sites_share_their_rank_and_a_missing_value_never_breaks_the_tie() -> None:
    known_bad, unknown = 1100.0, np.nan
    table = sites(piece_ha=[5.0, 5.0, 1.0], road_m=[known_bad, unknown, 100.0])
    ranks = score(table, scoring(AREA, ROAD)).set_index("site_id")["rank"]
    assert ranks.to_dict() == {"A": 2, "B": 2, "C": 1} or ranks["A"] == ranks["B"]


def test_layer_not_imported_counts_every_caution_it_may_hide() -> None:
    table = sites(rule_ids=[("RIS-A-LIRE", "VOC-ZONE"), ()]).assign(
        missing_fr=texts([(), (EXPECTED_LAYERS["risks"],)])
    )
    counted = bounds(table, Column.CAUTIONS)
    assert counted.low.tolist() == [1, 0]
    assert counted.high[0] == 1
    assert counted.high[1] >= 3


def test_area_is_only_a_maximum_while_risks_are_missing() -> None:
    table = sites(piece_ha=[10.0]).assign(missing_fr=texts([(EXPECTED_LAYERS["risks"],)]))
    scored = score(table, scoring(AREA))
    assert (scored["score_lo"][0], scored["score_hi"][0]) == (0, 1)


def test_word_not_listed_is_unknown_and_a_silent_layer_says_none() -> None:
    words = {
        "id": "zone",
        "title": "Zone",
        "column": "zone_type",
        "weight": 1,
        "categories": {"U": 1, "aucun": 0.25},
        "source": "essai",
    }
    scored = score(sites(zone_type=["U", None, "Z"]), scoring(words)).set_index("site_id")
    assert scored["score_lo"].to_dict() == {"A": 1, "B": 0.25, "C": 0}
    assert scored["score_hi"].to_dict() == {"A": 1, "B": 0.25, "C": 1}


def test_explanation_gives_figure_value_weight_and_contribution() -> None:
    told = explain(sites(piece_ha=[5.0], road_m=[600.0]), scoring(AREA, ROAD))
    first = told.iloc[0]
    assert (first["criterion_id"], first["figure_lo"], first["value_lo"]) == ("surface", 5, 0.5)
    assert told["score_lo"].sum() == pytest.approx(0.5)


def test_weights_can_be_changed_by_criterion() -> None:
    changed = scoring(AREA, ROAD).weighted({"route": 9})
    assert changed.weight_shares.tolist() == [0.25, 0.75]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"points": [[0, 0.5], [5, 0.9], [10, 0.2]]}, "ne vont pas dans le sens croissant"),
        ({"points": [[0, 0], [0, 1]]}, "abscisses ne sont pas croissantes"),
        ({"points": [[0, 0], [1, 2]]}, "doit valoir au plus 1"),
        ({"column": "road"}, "doit être l'un de"),
        ({"weight": -1}, "doit valoir au moins 0"),
        ({"weight": 0}, "n'a que des poids nuls"),
        ({"id": "lo"}, "réservé"),
        ({"zzz": 3}, "clé inconnue « criteria.0.zzz » ; clés permises"),
        ({"wieght": 3}, "vouliez-vous dire « criteria.0.weight » ?"),
    ],
)
def test_faulty_criterion_is_refused_in_french(change: dict[str, object], told: str) -> None:
    assert told in refused({**AREA, **change})


def test_two_criteria_of_the_same_id_are_refused() -> None:
    assert "deux critères du même « id »" in refused(AREA, AREA)


def test_every_expected_layer_says_which_cautions_it_may_hide() -> None:
    assert set(CAUTIONS_HIDDEN) == set(EXPECTED_LAYERS)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_valid_and_sourced(name: str) -> None:
    found = preset_scoring(name)
    assert preset(name).title
    assert all(len(criterion.source) > 10 for criterion in found.criteria)
    assert "vigilances" in {criterion.id for criterion in found.criteria}


FIGURES = {
    "piece_ha": st.floats(0, 80),
    "width_m": st.floats(0, 200),
    "motorway_m": st.floats(0, 20_000),
    "main_road_m": st.floats(0, 20_000),
    "rail_m": st.floats(0, 20_000),
    "substation_m": st.floats(0, 20_000),
    "flood_share": st.floats(0, 1),
    "whole_lo_ha": st.floats(0, 5),
    "whole_hi_ha": st.floats(5, 10),
}
WORSE = dict.fromkeys(FIGURES, 1) | {"piece_ha": -1, "width_m": -1}
"""Which way each figure gets worse."""

ONE_SITE = st.fixed_dictionaries(
    {name: st.one_of(st.just(float("nan")), figure) for name, figure in FIGURES.items()}
)


def one_site(figures: dict[str, float]) -> pd.DataFrame:
    return sites(**{name: [value] for name, value in figures.items()}).assign(
        area_ha=10.0, kind="parcelle"
    )


MODELS = {name: preset_scoring(name).model_copy(update={"draws": 20}) for name in preset_names()}


def interval(table: pd.DataFrame, name: str) -> tuple[float, float]:
    scored = score(table, MODELS[name])
    return scored["score_lo"][0], scored["score_hi"][0]


@given(figures=ONE_SITE, name=st.sampled_from(preset_names()))
def test_contributions_add_up_to_the_score_exactly(figures: dict[str, float], name: str) -> None:
    scored = score(one_site(figures), MODELS[name])
    brought = [scored[contribution_column(one)][0] for one in MODELS[name].criteria]
    assert sum(brought) == sum(reversed(brought)) == scored["score_lo"][0]


@given(
    figures=ONE_SITE,
    name=st.sampled_from(preset_names()),
    column=st.sampled_from(sorted(FIGURES)),
    step=st.floats(0, 1_000),
)
def test_worse_figure_never_raises_either_bound_of_the_score(
    figures: dict[str, float], name: str, column: str, step: float
) -> None:
    worse = {**figures, column: figures[column] + WORSE[column] * step}
    before, after = interval(one_site(figures), name), interval(one_site(worse), name)
    assert after[0] <= before[0]
    assert after[1] <= before[1]


@given(
    figures=ONE_SITE,
    name=st.sampled_from(preset_names()),
    rules=st.sets(st.sampled_from(["RIS-A-LIRE", "OCC-CULTURE", "FRI-POTENTIELLE"])),
    more=st.sampled_from(["RIS-PARTIEL", "PLU-A-N", "OCC-CULTURE"]),
)
def test_one_more_caution_never_raises_the_score(
    figures: dict[str, float], name: str, rules: set[str], more: str
) -> None:
    table = one_site(figures)
    before = interval(table.assign(rule_ids=texts([tuple(rules)])), name)
    after = interval(table.assign(rule_ids=texts([tuple(rules | {more})])), name)
    assert after[0] <= before[0]
    assert after[1] <= before[1]


@given(
    figures=ONE_SITE,
    name=st.sampled_from(preset_names()),
    column=st.sampled_from(sorted(FIGURES)),
)
def test_missing_figure_never_raises_the_score_nor_renormalises_it(
    figures: dict[str, float], name: str, column: str
) -> None:
    table = one_site(figures)
    assert interval(table.assign(**{column: np.nan}), name)[0] <= interval(table, name)[0]


RULES_SEEN = (
    "BATI-PARTIEL",
    "BOIS-PARTIEL",
    "FRI-POTENTIELLE",
    "NAT-PARC",
    "OCC-CULTURE",
    "RIS-A-LIRE",
    "SUP-RESEAU",
    "VOC-LIBELLE",
)


def without(table: pd.DataFrame, layer_id: str, gain: float) -> pd.DataFrame:
    """Return the site as judged without a layer: its cautions gone, and `gain` more land."""
    seen = tuple(rule for rule in RULES_SEEN if not rule.startswith(CAUTIONS_HIDDEN[layer_id]))
    land = {name: table[name] + gain for name in ("piece_ha", "width_m")}
    words = {"zone_type": None, "zone_evidence": None} if layer_id == "zoning" else {}
    return table.assign(
        rule_ids=texts([seen]), missing_fr=texts([(EXPECTED_LAYERS[layer_id],)]), **land, **words
    )


def documented(figures: dict[str, float]) -> pd.DataFrame:
    return one_site(figures).assign(
        zone_type="U", zone_evidence="texte", rule_ids=texts([RULES_SEEN])
    )


@given(
    figures=ONE_SITE,
    name=st.sampled_from(preset_names()),
    layer_id=st.sampled_from(sorted(EXPECTED_LAYERS)),
    gain=st.floats(0, 50),
)
def test_layer_that_takes_no_land_or_that_decides_never_raises_the_score_by_its_absence(
    figures: dict[str, float], name: str, layer_id: str, gain: float
) -> None:
    taken = gain if layer_id in ERODING_LAYERS else 0.0
    table = documented(figures)
    assert interval(without(table, layer_id, taken), name)[0] <= interval(table, name)[0]


@pytest.mark.parametrize("layer_id", TRIMMING_LAYERS)
def test_area_counts_as_read_while_protected_land_is_missing(layer_id: str) -> None:
    table = sites(piece_ha=[5.0]).assign(missing_fr=texts([(EXPECTED_LAYERS[layer_id],)]))
    assert score(table, scoring(AREA))["score_lo"][0] == pytest.approx(0.5)


def low_scores(tables: LandTables) -> pd.Series:
    sites = judge(tables, LandParameters()).sites
    return score(sites, MODELS["industrie"]).set_index("site_id")["score_lo"]


@cache
def low_scores_of_the_park() -> pd.Series:
    """Return the scores of the park as it stands, judged once for all."""
    return low_scores(business_park())


@settings(max_examples=10)
@given(x_m=st.floats(0, 300), width_m=st.floats(1, 400))
def test_new_risk_zone_never_raises_the_score_of_a_judged_site(x_m: float, width_m: float) -> None:
    tables = business_park()
    zone = risks([box_m(x_m, 0, width_m, 100)], Regulation.FORBIDDEN)
    wetter = replace(tables, risks=pd.concat([tables.risks, zone], ignore_index=True))
    both = pd.concat([low_scores_of_the_park(), low_scores(wetter)], axis=1, join="inner").dropna()
    assert (both.iloc[:, 1] <= both.iloc[:, 0]).all()


def twelve_sites() -> pd.DataFrame:
    return sites(
        piece_ha=[float(n) for n in range(12)],
        road_m=[100.0 * n if n % 3 else np.nan for n in range(12)],
    )


def test_order_of_the_rows_changes_nothing() -> None:
    shuffled = twelve_sites().sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(
        score(twelve_sites(), scoring(AREA, ROAD)), score(shuffled, scoring(AREA, ROAD))
    )


def test_same_seed_same_ranks_and_the_size_of_the_chunks_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = score(twelve_sites(), scoring(AREA, ROAD), seed=7)
    monkeypatch.setattr("jalon.stability.MAX_CELLS", 30)
    pd.testing.assert_frame_equal(whole, score(twelve_sites(), scoring(AREA, ROAD), seed=7))


def test_site_better_on_everything_is_first_whatever_the_weights() -> None:
    table = sites(piece_ha=[10.0, 5.0, 5.0], road_m=[100.0, 500.0, 900.0])
    best = score(table, scoring(AREA, ROAD)).iloc[0]
    assert (best["site_id"], best["rank_p05"], best["rank_p95"]) == ("A", 1, 1)
    assert best["top10_share"] == 1


def test_draws_that_hesitate_give_a_wide_interval() -> None:
    table = sites(piece_ha=[10.0, 0.0], road_m=[1100.0, 100.0])
    even = scoring({**AREA, "weight": 1}, ROAD)
    spread = score(table, even).set_index("site_id")
    assert (spread["rank_p05"]["A"], spread["rank_p95"]["A"]) == (1, 2)


def test_percentiles_of_ranks_are_those_of_all_the_draws() -> None:
    low = np.array([[0.9, 0.1, 0.5], [0.2, 0.8, 0.5]])
    weights = np.array([0.5, 0.5])
    found = rank_spread(low, low, weights, draws=200, concentration=10, seed=3)
    drawn = np.random.default_rng([3, 0]).dirichlet(10 * weights, size=200)
    ranks = np.sort([competition_ranks(row) for row in drawn @ low], axis=0)
    assert found.rank_p05.tolist() == ranks[9].tolist()
    assert found.rank_p95.tolist() == ranks[189].tolist()


def test_equals_share_the_better_rank() -> None:
    assert competition_ranks(np.array([0.5, 0.9, 0.5, 0.1])).tolist() == [2, 1, 2, 4]


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_rank_lies_where_the_draws_may_put_it(seed: int) -> None:
    scored = score(twelve_sites(), scoring(AREA, ROAD, CAUTION), seed=seed)
    assert (scored["rank_p05"] <= scored["rank_p95"]).all()
    assert scored["top10_share"].between(0, 1).all()


def test_without_any_site_to_score_there_is_no_rank() -> None:
    table = sites(piece_ha=[1.0]).assign(status="non disponible")
    assert score(table, scoring(AREA))["rank"].isna().all()
    assert score(table.iloc[:0], scoring(AREA)).empty
