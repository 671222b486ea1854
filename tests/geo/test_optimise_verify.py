"""The second opinion refuses every kind of wrong plan, each for its own reason."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from geo.errors import InputError
from geo.optimise.plan import Plan, Sense, Status
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.rules import budget_rule
from geo.optimise.verify import verify

COVERS = sparse.csr_matrix(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]]))
"""Site 0 serves the first two demands, site 1 the second and third, nobody the fourth."""

WEIGHTS = np.array([5.0, 2.0, 3.0, 9.0])


ONE_STATION = CoverageProblem(WEIGHTS, COVERS, count=1)


def right_plan() -> Plan:
    return Plan(
        chosen=(0,),
        objective=7.0,
        bound=7.0,
        gap_share=0.0,
        status=Status.OPTIMAL,
        seed=0,
        unreachable=(3,),
        assignment=np.array([0, 0, -1, -1]),
    )


def test_a_right_plan_passes() -> None:
    verify(ONE_STATION, right_plan())


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"objective": 8.0, "bound": 8.0}, "8.0 annoncée, 7.0 recalculée"),
        ({"bound": 6.0}, "mauvais côté"),
        ({"bound": 14.0, "status": Status.GAP}, "écart 0.0 annoncé, 0.5 recalculé"),
        ({"bound": 14.0, "gap_share": 0.5}, "optimum annoncé avec un écart"),
        ({"chosen": (0, 0)}, "choisi deux fois"),
        ({"chosen": (0, 7)}, "sites inconnus : \\[7\\]"),
        ({"chosen": (0, 1)}, "2 stations placées au lieu de 1"),
        ({"unreachable": ()}, "hors de portée : \\(\\) annoncées, \\[3\\] en fait"),
        ({"assignment": np.array([0, 1, -1, -1])}, "un site qui n'est pas choisi"),
        ({"assignment": np.array([0, 0, 0, -1])}, "un site qui ne les dessert pas"),
    ],
)
def test_a_wrong_figure_is_refused_with_its_name(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        verify(ONE_STATION, replace(right_plan(), **change))


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"required": frozenset({1})}, "imposés absents : \\[1\\]"),
        ({"forbidden": frozenset({0})}, "exclus choisis : \\[0\\]"),
        ({"needs": np.array([2, 1, 1, 1])}, "7.0 annoncée, 2.0 recalculée"),
        ({"rules": (budget_rule(np.array([6.0, 1, 1]), 5),)}, "budget d'au plus 5 €"),
    ],
)
def test_a_plan_that_breaks_the_request_is_refused(asked: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        verify(replace(ONE_STATION, **asked), right_plan())


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InputError) as refused:
        verify(replace(ONE_STATION, required=frozenset({1})), replace(right_plan(), unreachable=()))
    assert str(refused.value).count("  - ") == 2


def test_an_item_of_two_rows_counts_once_both_are_served() -> None:
    trips = CoverageProblem(
        np.array([5.0, 4.0]), COVERS, count=1, item_of_row=np.array([0, 0, 1, 1])
    )
    plan = replace(right_plan(), objective=5.0, bound=5.0, unreachable=(1,), assignment=None)
    verify(trips, plan)


def covering_plan(*chosen: int) -> Plan:
    cost = float(len(chosen))
    return replace(
        right_plan(),
        chosen=chosen,
        objective=cost,
        bound=cost,
        sense=Sense.MINIMISE,
        assignment=None,
    )


def test_a_covering_that_leaves_someone_out_is_refused() -> None:
    problem = CoveringProblem(WEIGHTS, COVERS)
    with pytest.raises(InputError, match="1 demande non desservie"):
        verify(problem, covering_plan(0, 1))


def test_a_partial_covering_must_reach_its_share_of_the_weight() -> None:
    verify(CoveringProblem(WEIGHTS, COVERS, share=10 / 19), covering_plan(0, 1))
    with pytest.raises(InputError, match="inférieur à la part"):
        verify(CoveringProblem(WEIGHTS, COVERS, share=0.6), covering_plan(0, 1))
