from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from jalon.presence import EXPECTED_LAYERS
from jalon.requirement import Requirement
from jalon.scenario_file import validated
from jalon.search import RequirementOutcome, find
from jalon.specification import (
    preset,
    preset_names,
    preset_scoring,
    preset_text,
    read_specification,
)

NARROW = "\u202f"


def texts(rows: list[tuple[str, ...]]) -> "pd.Series[Any]":
    return pd.Series(rows, dtype=object)


def sites(**columns: list[Any]) -> pd.DataFrame:
    """Return sites A, B, C… with these columns, all available and wholly documented."""
    count = len(next(iter(columns.values())))
    table = pd.DataFrame({"site_id": list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:count])})
    table["status"] = "disponible"
    table["kind"] = "parcelle"
    table["commune"] = "63148"
    table["rule_ids"] = [()] * count
    table["missing_fr"] = [()] * count
    return table.assign(**columns)


def ids(table: pd.DataFrame) -> list[str]:
    return table["site_id"].tolist()


def search(table: pd.DataFrame, **asked: object) -> RequirementOutcome:
    return find(table, Requirement.model_validate(asked))


def spoken(sentence: str) -> str:
    return sentence.replace(NARROW, " ")


def test_sites_that_answer_everything_come_largest_first() -> None:
    found = search(sites(piece_ha=[2.0, 6.0, 9.0], width_m=[90.0, 90.0, 30.0]), area_min_ha=1)
    assert ids(found.matching) == ["C", "B", "A"]


def test_miss_is_told_with_its_amount() -> None:
    found = search(sites(width_m=[54.0]), width_min_m=60)
    assert [spoken(text) for text in found.near_misses["missed_fr"][0]] == [
        "largeur : 54 m au lieu de 60 m (−10 %)"
    ]


def test_unknown_figure_is_never_an_answer_but_is_to_verify() -> None:
    found = search(sites(road_m=[100.0, np.nan]), max_road_m=200)
    assert ids(found.matching) == ["A"]
    assert ids(found.to_verify) == ["B"]
    assert spoken(found.to_verify["unknown_fr"][0][0]) == (
        "distance à une route : rien à moins de 5 000 m, ou donnée absente, pour 200 m au plus"
    )


def test_distance_that_is_missing_is_told_with_the_reach_of_its_layer() -> None:
    found = search(sites(motorway_m=[np.nan]), max_motorway_m=5_000)
    assert "rien à moins de 20 000 m" in spoken(found.to_verify["unknown_fr"][0][0])


@pytest.mark.parametrize(
    ("layer_ids", "told"),
    [
        (
            ("nature", "prescriptions"),
            "espaces protégés et prescriptions non importés : surface à confirmer",
        ),
        (("nature",), "espaces protégés non importés : surface à confirmer"),
        (("prescriptions",), "prescriptions non importées : surface à confirmer"),
    ],
)
def test_site_without_protected_land_answers_and_says_its_area_is_to_confirm(
    layer_ids: tuple[str, ...], told: str
) -> None:
    missing_fr = tuple(EXPECTED_LAYERS[layer_id] for layer_id in layer_ids)
    found = search(sites(piece_ha=[5.0]).assign(missing_fr=texts([missing_fr])), area_min_ha=4)
    assert found.matching["unknown_fr"].tolist() == [(told,)]


def test_size_to_confirm_is_not_told_when_no_size_is_asked_for() -> None:
    table = sites(road_m=[50.0]).assign(missing_fr=texts([(EXPECTED_LAYERS["nature"],)]))
    assert search(table, max_road_m=100).matching["unknown_fr"].tolist() == [()]


def test_near_miss_whose_size_is_to_confirm_still_surely_enters() -> None:
    table = sites(piece_ha=[5.0]).assign(missing_fr=texts([(EXPECTED_LAYERS["nature"],)]))
    assert search(table, area_min_ha=6).near_misses["is_sure"].tolist() == [True]


def test_area_without_the_risks_is_to_verify_and_too_small_all_the_same_when_too_small() -> None:
    table = sites(piece_ha=[5.0, 1.0]).assign(missing_fr=texts([(EXPECTED_LAYERS["risks"],)] * 2))
    found = search(table, area_min_ha=3)
    assert ids(found.to_verify) == ["A"]
    assert ids(found.near_misses) == ["B"]
    assert not found.near_misses["is_sure"][0]


def test_cost_that_only_its_minimum_respects_is_to_verify_and_says_so() -> None:
    table = sites(enaf_lo_ha=[0.1, 0.2, 2.0], enaf_hi_ha=[0.4, 1.3, 3.0])
    found = search(table, max_enaf_ha=0.5)
    assert (ids(found.matching), ids(found.to_verify)) == (["A"], ["B"])
    assert spoken(found.to_verify["unknown_fr"][0][0]) == (
        "coût ENAF : entre 0,20 ha et 1,30 ha, seul le minimum convient pour 0,50 ha au plus"
    )
    assert found.near_misses["changes"][0] == {"max_enaf_ha": 3.0}


def test_undetermined_status_is_unknown_unless_accepted() -> None:
    table = sites(status=["disponible", "indéterminé", "non disponible"])
    assert ids(search(table).to_verify) == ["B"]
    assert ids(search(table, statuses=("disponible", "indéterminé")).matching) == ["A", "B"]


def test_rejected_site_is_never_in_the_answer_nor_a_near_miss() -> None:
    found = search(sites(status=["non disponible"] * 2, piece_ha=[1.0, 9.0]), area_min_ha=5)
    assert found.rejected_count == 2
    assert found.matching.empty
    assert found.near_misses.empty
    assert "Aucun site" in found.message_fr


def test_flooded_site_misses_and_a_sliver_does_not() -> None:
    found = search(sites(flood_m2=[0.5, 300.0, np.nan]), no_flood=True)
    assert (ids(found.matching), ids(found.to_verify)) == (["A"], ["C"])
    assert found.near_misses["changes"][0] == {"no_flood": False}


def test_silent_zoning_is_a_miss_and_a_zoning_not_imported_is_unknown() -> None:
    table = sites(zone_evidence=["texte", None, None]).assign(
        missing_fr=texts([(), (), (EXPECTED_LAYERS["zoning"],)])
    )
    found = search(table, zone_evidence=("texte",))
    assert (ids(found.matching), ids(found.to_verify)) == (["A"], ["C"])
    assert ids(found.near_misses) == ["B"]


def test_territory_is_the_union_of_communes_and_epcis() -> None:
    table = sites(commune=["01001", "01002", "01003", "01004"])
    found = find(
        table,
        Requirement(communes=("01001",), epcis=("200000001",)),
        epci_of={"01002": "200000001", "01003": "200000002"},
    )
    assert ids(found.matching) == ["A", "B"]
    assert ids(found.near_misses) == ["C"]
    assert ids(found.to_verify) == ["D"]


def test_near_misses_miss_the_fewest_keys_least_relaxation_first() -> None:
    table = sites(piece_ha=[2.9, 1.0, 1.0], width_m=[60.0, 60.0, 20.0])
    found = search(table, area_min_ha=3, width_min_m=50)
    assert ids(found.near_misses) == ["A", "B"]
    assert found.near_misses["changes"][0] == {"area_min_ha": 2.9}
    assert found.near_misses["cost_share"][0] == pytest.approx(0.1 / 3)


def test_smallest_relaxations_bring_one_and_ten_more_sites() -> None:
    table = sites(width_m=[60.0 - n for n in range(12)])
    found = search(table, width_min_m=60).relaxations
    assert found["target_count"].tolist() == found["gained_count"].tolist() == [1, 10]
    assert found["needed"].tolist() == [59.0, 50.0]


def test_relaxation_of_a_word_names_the_word_that_brings_most_sites() -> None:
    table = sites(zone_type=["A", "N", "N"])
    first = search(table, zone_types=("U",)).relaxations.iloc[0]
    assert (first["needed"], first["gained_count"]) == ("N", 2)


def parts_of_an_answer() -> pd.DataFrame:
    """Return A of two parcels, large enough, its parts B and C, and D that shares one of them."""
    parcels = texts([("p1", "p2"), ("p1",), ("p2",), ("p2", "p3")])
    return sites(piece_ha=[5.0, 3.0, 2.0, 1.0]).assign(parcel_ids=parcels)


def test_parts_of_a_site_that_answers_are_neither_near_misses_nor_brought_nor_kept_out() -> None:
    found = search(parts_of_an_answer(), area_min_ha=4)
    assert ids(found.matching) == ["A"]
    assert ids(found.near_misses) == ["D"]
    assert found.relaxations["needed"].tolist() == [1.0]
    assert found.blocking["missed_count"].tolist() == [1, 0]


def test_parts_of_a_site_that_does_not_answer_are_near_misses() -> None:
    found = search(parts_of_an_answer(), area_min_ha=6)
    assert ids(found.near_misses) == ["A", "B", "C", "D"]


def test_site_without_a_parcel_is_no_part_of_another() -> None:
    table = sites(piece_ha=[5.0, 1.0]).assign(parcel_ids=texts([("p1",), ()]))
    assert ids(search(table, area_min_ha=4).near_misses) == ["B"]


def test_empty_answer_says_what_keeps_most_sites_out() -> None:
    found = search(sites(piece_ha=[1.0, 1.0], width_m=[90.0, 9.0]), area_min_ha=3, width_min_m=50)
    assert found.blocking["missed_count"].tolist() == [2, 1, 0]
    assert found.blocking["key"].tolist() == ["area_min_ha", "width_min_m", "statuses"]
    assert "Ce qui écarte le plus : surface d'un seul tenant" in found.message_fr


def test_matching_sites_are_ranked_by_the_score_among_themselves() -> None:
    table = sites(piece_ha=[1.0, 50.0, 9.0], width_m=[90.0, 90.0, 90.0])
    found = find(table, Requirement(area_min_ha=3), scoring=preset_scoring("industrie"))
    assert ids(found.matching) == ["B", "C"]
    assert found.matching["rank"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"largeur_min_m": 3}, "clé inconnue « largeur_min_m », vouliez-vous dire"),
        ({"statuses": ["non disponible"]}, "doit être l'un de"),
        ({"area_min_ha": 5, "area_max_ha": 2}, "demande « area_max_ha » sous « area_min_ha »"),
        ({"max_slope_share": 5}, "doit valoir au plus 1"),
        ({"communes": ["Nancy"]}, "n'est pas un code INSEE"),
    ],
)
def test_faulty_requirement_is_refused_in_french(asked: dict[str, object], told: str) -> None:
    with pytest.raises(InputError) as caught:
        validated(Requirement, asked, subject="Cahier", hint="Corrigez.")
    assert told in str(caught.value)


def test_missing_specification_tells_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_specification(tmp_path / "industrie")
    assert "jalon search --modele industrie > mon_cahier.toml" in str(caught.value.hint)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_asks_for_an_area_and_can_be_copied(name: str) -> None:
    assert preset(name).requirement.area_min_ha
    assert f"--modele {name} >" in preset_text(name)


MAYBE = st.none()
ASKED = st.fixed_dictionaries(
    {
        "area_min_ha": MAYBE | st.floats(0, 10),
        "width_min_m": MAYBE | st.floats(0, 100),
        "max_road_m": MAYBE | st.floats(0, 1000),
        "max_enaf_ha": MAYBE | st.floats(0, 3),
        "no_flood": st.booleans(),
        "zone_types": st.sampled_from([(), ("U",), ("U", "AUc")]),
        "communes": st.sampled_from([(), ("01001",)]),
    }
)
ONE = st.fixed_dictionaries(
    {
        "piece_ha": st.floats(0, 12),
        "width_m": st.floats(0, 120),
        "road_m": st.just(float("nan")) | st.floats(0, 1200),
        "enaf_lo_ha": st.floats(0, 1),
        "enaf_hi_ha": st.floats(1, 3),
        "flood_m2": st.sampled_from([0.0, 50.0, float("nan")]),
        "zone_type": st.sampled_from(["U", "AUc", "A", None]),
        "commune": st.sampled_from(["01001", "01002"]),
        "status": st.sampled_from(["disponible", "indéterminé", "non disponible"]),
        "missing_fr": st.sampled_from([(), (EXPECTED_LAYERS["risks"],)]),
    }
)
SOME = st.lists(ONE, min_size=1, max_size=8).map(
    lambda rows: sites(**{name: [row[name] for row in rows] for name in rows[0]})
)
dear = settings(max_examples=20)  # each example searches two tables or more
LOOSER = {"area_min_ha": 0.5, "width_min_m": 0.5, "max_road_m": 2.0, "max_enaf_ha": 2.0}


def kept(found: RequirementOutcome) -> set[str]:
    return set(ids(found.matching)) | set(ids(found.to_verify))


@dear
@given(table=SOME, asked=ASKED, key=st.sampled_from(sorted(LOOSER)))
def test_looser_key_never_removes_a_site(
    table: pd.DataFrame, asked: dict[str, Any], key: str
) -> None:
    value = asked[key]
    looser = {**asked, key: None if value is None else value * LOOSER[key]}
    before, after = search(table, **asked), search(table, **looser)
    assert set(ids(before.matching)) <= set(ids(after.matching))
    assert kept(before) <= kept(after)


@dear
@given(table=SOME, asked=ASKED, key=st.sampled_from(sorted(LOOSER)))
def test_one_more_key_never_adds_a_site(
    table: pd.DataFrame, asked: dict[str, Any], key: str
) -> None:
    before, after = search(table, **{**asked, key: None}), search(table, **asked)
    assert set(ids(after.matching)) <= set(ids(before.matching))
    assert kept(after) <= kept(before)


@dear
@given(table=SOME, asked=ASKED)
def test_every_near_miss_enters_once_its_relaxation_is_applied(
    table: pd.DataFrame, asked: dict[str, Any]
) -> None:
    found = search(table, **asked)
    for near in found.near_misses.to_dict("records"):
        again = find(table, found.requirement.relaxed(near["changes"]))
        group = again.matching if near["is_sure"] else again.to_verify
        assert near["site_id"] in ids(group)


@dear
@given(table=SOME, asked=ASKED)
def test_every_single_relaxation_brings_the_sites_it_announces(
    table: pd.DataFrame, asked: dict[str, Any]
) -> None:
    found = search(table, **asked)
    for step in found.relaxations.to_dict("records"):
        again = find(table, found.requirement.relaxed({step["key"]: step["needed"]}))
        gained = set(ids(again.matching)) - set(ids(found.matching))
        assert len(gained) == step["gained_count"] >= step["target_count"]


@dear
@given(table=SOME, asked=ASKED, seed=st.integers(0, 100))
def test_order_of_the_rows_changes_nothing(
    table: pd.DataFrame, asked: dict[str, Any], seed: int
) -> None:
    found = search(table, **asked)
    shuffled = search(table.sample(frac=1, random_state=seed), **asked)
    for name in ("matching", "to_verify", "near_misses", "relaxations", "blocking"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(shuffled, name))


@pytest.mark.parametrize("key", Requirement.model_fields)
def test_every_key_of_a_requirement_is_documented(key: str) -> None:
    method = Path(__file__).parents[2] / "docs/method.md"
    assert f"`requirement.{key}`" in method.read_text(encoding="utf-8")
