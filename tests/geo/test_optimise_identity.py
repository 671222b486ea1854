"""The fingerprint of an instance follows the question, and nothing else."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from geo.optimise.identity import coverage_hash, instance_hash
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.reach import reach_from_pairs
from geo.optimise.rules import count_rule

COVERS = sparse.csr_matrix(np.array([[1, 0], [1, 1]]))
PROBLEM = CoverageProblem(np.array([5.0, 2.0]), COVERS, count=1)


def test_the_same_question_has_the_same_fingerprint() -> None:
    again = CoverageProblem(np.array([5.0, 2.0]), COVERS.tocsc().tocsr(), count=1)
    assert coverage_hash(again) == coverage_hash(PROBLEM)
    assert len(coverage_hash(PROBLEM)) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"weights": np.array([5.0, 3.0])},
        {"covers": sparse.csr_matrix(np.array([[1, 1], [1, 1]]))},
        {"count": 2},
        {"required": frozenset({0})},
        {"forbidden": frozenset({0})},
        {"needs": np.array([1, 2])},
        {"item_of_row": np.array([0, 0])},
        {"rules": (count_rule(0, 1, site_count=2),)},
    ],
)
def test_any_change_of_the_question_changes_it(change: dict[str, Any]) -> None:
    assert coverage_hash(replace(PROBLEM, **change)) != coverage_hash(PROBLEM)


def test_maximising_and_reaching_a_share_are_two_questions() -> None:
    cover = CoveringProblem(np.array([5.0, 2.0]), COVERS)
    assert len({coverage_hash(p) for p in (PROBLEM, cover, replace(cover, share=0.5))}) == 3


def test_where_an_array_ends_matters() -> None:
    one, two = np.array([1.0]), np.array([1.0, 2.0])
    assert instance_hash(one, two) != instance_hash(two, one)


def test_32_and_64_bit_indices_hash_alike() -> None:
    long = COVERS.copy()
    long.indptr, long.indices = long.indptr.astype(np.int64), long.indices.astype(np.int64)
    assert instance_hash(long) == instance_hash(COVERS)


def test_a_reach_hashes_its_distances() -> None:
    pairs = (np.array([0, 1]), np.array([0, 1]))
    near, far = (reach_from_pairs(*pairs, np.array([1.0, km]), shape=(2, 2)) for km in (1.0, 2.0))
    assert instance_hash(near) != instance_hash(far)
