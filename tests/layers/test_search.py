"""What people type, and the territory they mean."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.search import SearchIndex, Territory, TerritoryKind, search, search_index


def small_index() -> SearchIndex:
    rows = [
        ("67482", "Strasbourg", "67", "Bas-Rhin", "E1", "Eurométropole de Strasbourg", 290_000),
        ("67001", "L'Isle-aux-Œufs", "67", "Bas-Rhin", "E1", "Eurométropole de Strasbourg", 300),
        ("88425", "Saint-Étienne", "88", "Vosges", "E2", "CC des Hautes Vosges", 4_000),
        ("88001", "Val-Saint-Étienne", "88", "Vosges", "E2", "CC des Hautes Vosges", 9_000),
        ("88002", "Étienneville", "88", "Vosges", "E2", "CC des Hautes Vosges", 0),
    ]
    names = ["insee", "nom", "departement", "departement_nom", "epci_siren", "epci_nom"]
    communes = pd.DataFrame(rows, columns=[*names, "population"])
    return search_index(
        communes.assign(
            region="44", region_nom="Grand Est", epci_is_partial=[False] * 2 + [True] * 3
        ),
    )


INDEX = small_index()


def codes(text: str, **options: int) -> list[str]:
    return [territory.code for territory in search(INDEX, text, **options)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("saint etienne", "88425"),
        ("St-Étienne", "88425"),
        ("SAINT ÉTIENNE", "88425"),
        ("67482", "67482"),
        ("eurometropole", "E1"),
        ("STRASBOURG", "67482"),
        ("stras", "67482"),
        ("l'isle", "67001"),
        ("L’Isle aux oeufs", "67001"),
        ("Bas-Rhin", "67"),
        ("88", "88"),
        ("grand est", "44"),
    ],
)
def test_text_finds_the_territory_meant(text: str, first: str) -> None:
    assert codes(text)[0] == first


def test_equal_name_then_beginning_then_word_then_anywhere() -> None:
    assert codes("etienne") == ["88002", "88001", "88425"]
    assert codes("saint etienne") == ["88425", "88001"]
    assert codes("ville") == ["88002"]


def test_equal_matches_go_by_population() -> None:
    assert codes("vosges") == ["88", "E2"]
    assert codes("670") == ["67001"]
    assert codes("6") == ["67", "67482", "67001"]


def test_limit_keeps_the_best() -> None:
    assert codes("6", limit=1) == ["67"]


@pytest.mark.parametrize("text", ["", "  ", "-'", "zzz"])
def test_text_that_says_nothing_or_matches_nothing_finds_nothing(text: str) -> None:
    assert codes(text) == []


def test_territory_says_what_it_is() -> None:
    assert search(INDEX, "strasbourg")[0] == Territory(
        TerritoryKind.COMMUNE, "67482", "Strasbourg", "44", "Strasbourg — commune, Bas-Rhin (67482)"
    )


def test_label_of_a_partial_epci_says_so() -> None:
    label = search(INDEX, "hautes vosges")[0].label_fr
    assert label == "CC des Hautes Vosges — EPCI, 3 communes, partie dans la région"


@pytest.mark.parametrize("territory", INDEX.territories, ids=lambda one: one.code)
def test_every_territory_is_found_by_its_name_and_by_its_code(territory: Territory) -> None:
    assert territory in search(INDEX, territory.name_fr)
    assert territory in search(INDEX, territory.code)


@given(st.text(max_size=20))
def test_case_never_matters(text: str) -> None:
    assert search(INDEX, text.upper().lower()) == search(INDEX, text.upper().lower().upper())
