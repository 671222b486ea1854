"""The request: what is refused, in which words."""

import numpy as np
import pytest
from scipy import sparse

from geo.errors import InfeasibleError, InputError
from geo.optimise.problem import CoverageProblem, SolverParameters


def each_covers_itself(size: int) -> sparse.csr_matrix:
    return sparse.csr_matrix(np.eye(size))


def test_more_stations_than_candidates_says_both_numbers_and_the_remedy() -> None:
    with pytest.raises(InfeasibleError) as caught:
        CoverageProblem(np.ones(300), each_covers_itself(300), 307)
    assert caught.value.message == ("307 stations demandées mais 300 sites candidats disponibles.")
    assert "au plus 300" in caught.value.hint


def test_forbidden_sites_are_not_available() -> None:
    with pytest.raises(InfeasibleError, match=r"2 sites candidats disponibles \(après 1 exclus\)"):
        CoverageProblem(np.ones(3), each_covers_itself(3), 3, forbidden=frozenset({0}))


def test_all_faults_are_told_at_once() -> None:
    weights = np.array([1.0, -2.0, np.nan])
    with pytest.raises(InputError) as caught:
        CoverageProblem(
            weights,
            each_covers_itself(3),
            1,
            required=frozenset({0, 1}),
            forbidden=frozenset({1, 9}),
        )
    for expected in (
        "poids négatifs, lignes 1",
        "poids absents ou infinis, lignes 2",
        "sites exclus absents des 3 candidats : 9",
        "imposés et exclus : 1",
        "2 sites imposés pour 1 stations",
    ):
        assert expected in caught.value.message


def test_as_many_weights_as_demand_points_are_wanted() -> None:
    with pytest.raises(InputError, match="2 poids pour 3 points de demande"):
        CoverageProblem(np.ones(2), each_covers_itself(3), 1)


def test_zero_stations_are_refused() -> None:
    with pytest.raises(InputError, match="au moins 1"):
        CoverageProblem(np.ones(2), each_covers_itself(2), 0)


def test_the_problem_does_not_change_with_the_arrays_it_came_from() -> None:
    weights = np.ones(2)
    problem = CoverageProblem(weights, each_covers_itself(2), 1)
    weights[0] = 9.0
    assert problem.weights.tolist() == [1.0, 1.0]


def test_demand_reached_only_by_a_forbidden_site_is_unreachable() -> None:
    problem = CoverageProblem(np.ones(3), each_covers_itself(3), 1, forbidden=frozenset({1}))
    assert problem.unreachable.tolist() == [1]


def test_a_gap_target_above_one_is_refused() -> None:
    with pytest.raises(InputError, match="écart visé"):
        SolverParameters(target_gap_share=1.0)
