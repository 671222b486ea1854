"""The bench counts what a plan is worth itself, and refuses what is no plan."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from bench.siting import with_highs
from bench.siting.job import Answer, Floats, Job, Kind, Limit, faults, read_job, value, write_job
from bench.siting.suites import tiny

LIMIT = Limit(60.0, 60.0)

LINE = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [9.0, 0.0]])
"""Four clients on a line."""

WEIGHTS = np.array([1.0, 2.0, 4.0, 8.0])


def covering(kind: Kind, count: int, *, radius: float = 1.0) -> Job:
    near = np.abs(LINE[:, :1] - LINE[:, 0]) <= radius
    return Job(kind, WEIGHTS, count, covers=sparse.csr_matrix(near, dtype=np.float64))


def test_a_covering_is_worth_the_demand_it_reaches_once() -> None:
    assert value(covering(Kind.COVERAGE, 2), Answer((0, 1))) == 7


def test_a_set_covering_is_worth_its_sites() -> None:
    job = covering(Kind.SET_COVERING, 0)
    assert value(job, Answer((1, 3))) == 2
    assert list(faults(job, Answer((1, 3)))) == []
    assert list(faults(job, Answer((1,)))) == ["1 demand points left"]


def test_a_median_weighs_distances_and_a_center_keeps_the_longest() -> None:
    assert value(Job(Kind.MEDIAN, WEIGHTS, 1, places=LINE), Answer((2,))) == 2 + 2 + 0 + 56
    assert value(Job(Kind.CENTER, WEIGHTS, 1, places=LINE), Answer((2,))) == 7


def test_a_capacitated_plan_is_worth_its_own_assignment() -> None:
    job = Job(Kind.CAPACITATED, WEIGHTS, 2, places=LINE, capacity=8.0)
    plan = Answer((1, 3), assigned=(1, 1, 1, 3))
    assert value(job, plan) == 2
    assert list(faults(job, plan)) == []


def test_an_overfull_site_or_a_client_without_one_is_no_plan() -> None:
    job = Job(Kind.CAPACITATED, WEIGHTS, 2, places=LINE, capacity=8.0)
    overfull = list(faults(job, Answer((1, 3), assigned=(1, 3, 1, 3))))
    assert overfull == ["a site serves 10 for a capacity of 8"]
    assert list(faults(job, Answer((1, 3), assigned=(1, 0, 1, 3))))


def test_too_many_sites_or_a_site_twice_is_no_plan() -> None:
    told = list(faults(covering(Kind.COVERAGE, 1), Answer((0, 0, 1))))
    assert told == ["a site twice", "2 sites for 1"]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_job_is_read_as_it_was_written(kind: Kind, tmp_path: Path) -> None:
    job = tiny(kind)
    write_job(job, tmp_path / "job.npz")
    found = read_job(tmp_path / "job.npz")
    assert (found.kind, found.count, found.capacity) == (job.kind, job.count, job.capacity)
    assert np.array_equal(found.weights, job.weights)
    if job.covers is None:
        assert np.array_equal(found.distances, job.distances)
    else:
        assert abs(found.coverage - job.covers).sum() == 0


def test_the_nearest_are_the_same_from_places_and_from_a_matrix() -> None:
    places = Job(Kind.MEDIAN, WEIGHTS, 1, places=LINE)
    matrix = Job(Kind.MEDIAN, WEIGHTS, 1, matrix=places.distances)
    assert np.array_equal(places.nearest(2)[1], matrix.nearest(2)[1])


worlds = st.lists(st.integers(0, 30), min_size=14, max_size=14).map(
    lambda drawn: np.array(drawn, dtype=np.float64).reshape(7, 2)
)


@given(worlds, st.sampled_from([Kind.MEDIAN, Kind.CENTER]), st.integers(1, 3))
def test_plain_highs_finds_the_best_of_all_plans(places: Floats, kind: Kind, count: int) -> None:
    job = Job(kind, np.arange(1.0, 8.0), count, places=places)
    answer = with_highs.solve(job, LIMIT)
    best = min(value(job, Answer(plan)) for plan in combinations(range(7), count))
    assert value(job, answer) == pytest.approx(best)
    assert answer.bound == pytest.approx(best)


@given(worlds, st.integers(1, 3))
def test_plain_highs_covers_the_most(places: Floats, count: int) -> None:
    near = np.hypot(*(column[:, np.newaxis] - column for column in places.T)) <= 8
    covers = sparse.csr_matrix(near, dtype=np.float64)
    job = Job(Kind.COVERAGE, np.arange(1.0, 8.0), count, covers=covers)
    best = max(value(job, Answer(plan)) for plan in combinations(range(7), count))
    answer = with_highs.solve(job, LIMIT)
    assert value(job, answer) == answer.bound == pytest.approx(best)


def test_plain_highs_covers_everybody_with_the_fewest() -> None:
    job = covering(Kind.SET_COVERING, 0)
    answer = with_highs.solve(job, LIMIT)
    assert value(job, answer) == answer.bound == 2
    assert not list(faults(job, answer))
