"""Columns nothing tells apart are counted together, and the answer is the same."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.deadline import Deadline
from geo.optimise.linear import LinearModel, branch_and_bound
from geo.optimise.mixed.twins import merge_twins


def model(rows: list[list[float]], costs: list[float], at_least: list[float]) -> LinearModel:
    size = len(costs)
    return LinearModel(
        costs=np.array(costs),
        lower=np.zeros(size),
        upper=np.ones(size),
        rows=sparse.csr_matrix(np.array(rows)),
        at_least=np.array(at_least),
        at_most=np.full(len(at_least), np.inf),
        is_whole=np.ones(size, dtype=bool),
    )


THREE_AND_ONE = model([[1, 1, 1, 1], [0, 0, 0, 1]], [1, 1, 1, 5], [3, 0])


def test_sites_of_one_content_and_cost_become_a_count() -> None:
    merged = merge_twins(THREE_AND_ONE)
    assert merged.group_of_column.tolist() == [0, 0, 0, 1]
    assert merged.model.upper.tolist() == [3, 1]


def test_a_dearer_twin_stays_apart() -> None:
    dearer = replace(THREE_AND_ONE, costs=np.array([1.0, 2, 1, 5]))
    assert merge_twins(dearer).group_of_column.tolist() == [0, 1, 0, 2]


def test_a_site_that_must_open_stays_apart() -> None:
    required = replace(THREE_AND_ONE, lower=np.array([0.0, 1, 0, 0]))
    merged = merge_twins(required)
    assert merged.group_of_column.tolist() == [0, 1, 0, 2]
    assert merged.model.lower.tolist() == [0, 1, 0]


def test_a_count_is_told_apart_in_order() -> None:
    merged = merge_twins(THREE_AND_ONE)
    assert merged.apart(np.array([2.0, 1.0]), THREE_AND_ONE.upper).tolist() == [1, 1, 0, 1]


@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=8
    ),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_the_merged_model_has_the_same_optimum(
    sites: list[tuple[int, int, int]], first: int, second: int
) -> None:
    content = np.array(sites, dtype=float)
    asked = model(content[:, :2].T.tolist(), content[:, 2].tolist(), [first, second])
    merged = merge_twins(asked)
    plain = branch_and_bound(asked, deadline=Deadline())
    counted = branch_and_bound(merged.model, deadline=Deadline())
    assert plain.is_infeasible == counted.is_infeasible
    if plain.values is not None and counted.values is not None:
        told = merged.apart(counted.values, asked.upper)
        assert np.isclose(asked.costs @ told, asked.costs @ plain.values)
        assert (asked.rows @ told >= asked.at_least - 1e-6).all()
