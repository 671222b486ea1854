"""The request: what is refused, in which words."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from geo.errors import InputError
from geo.optimise.effort import Effort
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.rules import count_rule


def each_covers_itself(size: int) -> sparse.csr_matrix:
    return sparse.csr_matrix(np.eye(size))


def test_all_faults_are_told_at_once() -> None:
    weights = np.array([1.0, -2.0, np.nan])
    with pytest.raises(InputError) as caught:
        CoverageProblem(
            weights,
            each_covers_itself(3),
            required=frozenset({0, 1}),
            forbidden=frozenset({1, 9}),
            count=1,
        )
    for expected in (
        "poids négatifs, lignes 1",
        "poids absents ou infinis, lignes 2",
        "sites exclus absents des 3 candidats : 9",
        "imposés et exclus : 1",
    ):
        assert expected in caught.value.message


def test_as_many_weights_as_demand_points_are_wanted() -> None:
    with pytest.raises(InputError, match="2 poids pour 3 points de demande"):
        CoverageProblem(np.ones(2), each_covers_itself(3), count=1)


def test_zero_stations_are_refused() -> None:
    with pytest.raises(InputError, match="au moins 1"):
        CoverageProblem(np.ones(2), each_covers_itself(2), count=0)


def test_the_problem_does_not_change_with_the_arrays_it_came_from() -> None:
    weights = np.ones(2)
    problem = CoverageProblem(weights, each_covers_itself(2), count=1)
    weights[0] = 9.0
    assert problem.weights.tolist() == [1.0, 1.0]


def test_demand_reached_only_by_a_forbidden_site_is_unreachable() -> None:
    problem = CoverageProblem(np.ones(3), each_covers_itself(3), forbidden=frozenset({1}), count=1)
    assert problem.unreachable.tolist() == [1]


def test_a_gap_target_above_one_is_refused() -> None:
    with pytest.raises(InputError, match="écart visé"):
        Effort(target_gap_share=1.0)


def test_negative_work_is_refused() -> None:
    with pytest.raises(InputError, match="effort -1"):
        Effort(work=-1)


@pytest.mark.parametrize(
    ("share", "fault"), [(1.5, "part à desservir : 1.5"), (-1, "entre 0 et 1")]
)
def test_a_share_to_serve_is_a_share(share: float, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        CoveringProblem(np.ones(2), each_covers_itself(2), share=share)


def test_costs_are_as_many_as_sites_and_never_missing() -> None:
    with pytest.raises(InputError, match="1 coûts pour 2 sites"):
        CoveringProblem(np.ones(2), each_covers_itself(2), costs=np.ones(1))
    with pytest.raises(InputError, match="coûts de sites absents ou négatifs"):
        CoveringProblem(np.ones(2), each_covers_itself(2), costs=np.array([1.0, np.nan]))


def test_rows_need_a_station_at_least_and_an_item_that_exists() -> None:
    with pytest.raises(InputError) as caught:
        CoverageProblem(
            np.ones(2),
            each_covers_itself(2),
            needs=np.array([1, 0]),
            item_of_row=np.array([0, 2]),
            count=1,
        )
    assert "besoins inférieurs à 1, lignes 1" in caught.value.message
    assert "demandes absentes des 2 connues" in caught.value.message


def test_backup_rules_or_trips_are_no_simple_coverage() -> None:
    plain = CoverageProblem(np.ones(2), each_covers_itself(2), count=1)
    assert plain.is_simple
    assert not replace(plain, needs=np.array([1, 2])).is_simple
    assert not replace(plain, item_of_row=np.array([0, 1])).is_simple
    assert not replace(plain, rules=(count_rule(0, 1, site_count=2),)).is_simple
