"""What the presolve settles: hand-made worlds counted by eye, and no optimum lost."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.coverage import presolve_loops as loops
from geo.optimise.coverage.presolve import merged, presolved, simplify, without_dominated
from geo.optimise.coverage.residual import Residual, open_some, settle
from geo.optimise.problem import CoverageProblem


def residual_of(rows: list[list[int]], weights: list[float], count: int) -> Residual:
    covers = sparse.csr_matrix(np.array(rows))
    return settle(CoverageProblem(np.array(weights), covers, count=count))


def best_value(residual: Residual) -> float:
    plans = combinations(range(len(residual.sites)), residual.count)
    return residual.settled + max(residual.value(np.array(plan, dtype=int)) for plan in plans)


@st.composite
def residuals(draw: st.DrawFn) -> Residual:
    row_count, site_count = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    cells = st.lists(st.booleans(), min_size=site_count, max_size=site_count)
    rows = draw(st.lists(cells, min_size=row_count, max_size=row_count))
    weights = draw(st.lists(st.integers(0, 9), min_size=row_count, max_size=row_count))
    return residual_of(rows, weights, draw(st.integers(1, site_count)))  # type: ignore[arg-type]  # booleans are 0 and 1


def test_imposed_sites_are_settled_with_what_they_cover() -> None:
    problem = CoverageProblem(
        np.array([5.0, 2.0, 3.0]),
        sparse.csr_matrix(np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1]])),
        required=frozenset({0}),
        forbidden=frozenset({2}),
        count=2,
    )
    residual = settle(problem)
    assert (residual.settled, residual.count) == (5, 1)
    assert (residual.sites.tolist(), residual.weights.tolist()) == ([1], [2, 3])


def test_rows_without_weight_or_site_are_left_out() -> None:
    residual = residual_of([[1, 0], [0, 1], [0, 0]], [4, 0, 7], 1)
    assert residual.weights.tolist() == [4]


def test_rows_of_the_same_sites_become_one() -> None:
    residual = merged(residual_of([[1, 1, 0], [0, 1, 1], [1, 1, 0]], [1, 2, 4], 1))
    assert residual.weights.tolist() == [5, 2]
    assert residual.covers.toarray().tolist() == [[1, 1, 0], [0, 1, 1]]


def test_a_site_that_another_replaces_everywhere_is_dropped() -> None:
    residual = without_dominated(residual_of([[1, 1, 0], [0, 1, 1], [0, 0, 1]], [1, 2, 4], 1))
    assert residual.sites.tolist() == [1, 2]


def test_of_twin_sites_the_first_stays() -> None:
    residual = without_dominated(residual_of([[1, 1, 0], [1, 1, 1]], [1, 2], 1))
    assert residual.sites.tolist() == [0]


def test_a_protected_site_stays() -> None:
    residual = residual_of([[1, 1, 0], [0, 1, 1], [0, 0, 1]], [1, 2, 4], 1)
    assert 0 in simplify(residual, protected=np.array([0])).sites


def test_as_many_sites_stay_as_stations_are_asked() -> None:
    residual = simplify(residual_of([[1, 1, 1]], [1], 2))
    assert residual.sites.tolist() == [0, 1]


def test_dropping_a_site_makes_rows_equal_and_so_on_to_the_end() -> None:
    """Site 0 gives way to site 1; then all rows are site 1's, one row, and site 2 is nothing."""
    residual = simplify(residual_of([[1, 1, 0], [0, 1, 0], [0, 1, 1]], [1, 2, 4], 1))
    assert (residual.weights.tolist(), residual.sites.tolist()) == ([7], [1])


def test_the_report_counts_what_went() -> None:
    problem = CoverageProblem(
        np.array([1.0, 2.0, 4.0]),
        sparse.csr_matrix(np.array([[1, 1, 0], [0, 1, 0], [0, 1, 1]])),
        count=1,
    )
    _, counts = presolved(problem)
    assert (counts.row_count, counts.merged_row_count) == (3, 2)
    assert (counts.candidate_count, counts.dominated_count) == (3, 2)


@given(residuals())
def test_the_optimum_survives(residual: Residual) -> None:
    assert best_value(simplify(residual)) == best_value(residual)


@given(residuals(), st.integers(0, 8))
def test_an_opened_site_leaves_the_rest_of_its_best_plans(residual: Residual, site: int) -> None:
    opened = np.array([site % len(residual.sites)])
    rest = open_some(residual, opened, among=np.setdiff1d(np.arange(len(residual.sites)), opened))
    assert best_value(rest) <= best_value(residual)


@given(residuals())
def test_the_compiled_dominance_is_the_plain_one(residual: Residual) -> None:
    covers, by_site = residual.covers, residual.covered_by
    flags = loops.dominated(covers.indptr, covers.indices, by_site.indptr, by_site.indices)
    served = [frozenset(row.indices.tolist()) for row in by_site]
    for site, rows in enumerate(served):
        is_dominated = any(
            rows < others or (rows == others and other < site)
            for other, others in enumerate(served)
        )
        assert flags[site] == (is_dominated and bool(rows))


def test_rows_that_share_a_key_without_being_equal_stay_apart() -> None:
    covers = residual_of([[1, 0], [0, 1], [1, 0]], [1, 2, 4], 1).covers
    same_keys = np.zeros(3, dtype=np.int64)
    leaders = loops.first_equals(covers.indptr, covers.indices, np.arange(3), same_keys)
    assert leaders.tolist() == [0, 1, 0]


@given(residuals())
def test_more_stations_than_useful_sites_change_nothing(residual: Residual) -> None:
    every = replace(residual, count=len(residual.sites))
    assert simplify(every).value(np.arange(len(residual.sites))) == residual.reachable
