"""The sparse distances: sorted, complete or honest about what they leave out."""

import numpy as np
import pytest

from geo.errors import InputError
from geo.optimise.reach import Reach, reach_from_pairs


def pairs(*listed: tuple[int, int, float]) -> Reach:
    demand, sites, distances = zip(*listed, strict=True)
    return reach_from_pairs(np.array(demand), np.array(sites), np.array(distances), shape=(3, 4))


def test_sites_are_listed_nearest_first() -> None:
    reach = pairs((0, 3, 5.0), (0, 1, 2.0), (2, 0, 1.0))
    assert reach.sites.tolist() == [1, 3, 0]
    assert reach.start.tolist() == [0, 2, 2, 3]


def test_equal_distances_are_listed_by_site() -> None:
    assert pairs((0, 3, 2.0), (0, 1, 2.0)).sites.tolist() == [1, 3]


def test_of_a_pair_listed_twice_the_shorter_counts() -> None:
    assert pairs((0, 1, 5.0), (0, 1, 2.0)).distances.tolist() == [2.0]


def test_a_distance_of_zero_is_kept() -> None:
    assert pairs((1, 1, 0.0)).within(0).toarray().tolist() == [
        [0, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 0],
    ]


def test_a_demand_exactly_at_the_radius_is_within() -> None:
    assert pairs((0, 1, 2.0), (0, 2, 2.000001)).within(2.0).toarray()[0].tolist() == [0, 1, 0, 0]


def test_no_path_is_not_a_distance() -> None:
    assert pairs((0, 1, 2.0)).within(1e9).getnnz(axis=1).tolist() == [1, 0, 0]


def test_a_radius_beyond_what_is_known_is_refused() -> None:
    known = pairs((0, 1, 2.0))
    cut_short = Reach(known.start, known.sites, known.distances, np.array([3.0, 9, 9]), 4)
    assert cut_short.within(3.0).nnz == 1
    with pytest.raises(InputError, match="jusqu'à 3 seulement, rayon demandé 4"):
        cut_short.within(4.0)
