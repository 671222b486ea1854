"""The second opinion on medians and centers refuses each kind of wrong plan."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.errors import InputError
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.median.problem import CapacitatedProblem, MedianProblem
from geo.optimise.plan import Plan, Sense, Status
from geo.optimise.reach import reach_from_pairs
from geo.optimise.verify_distances import DistanceProblem, verify_distances

LINE = np.array([0.0, 1.0, 5.0])
"""Three places on a line; each knows the way to the others."""

ROWS, SITES = np.indices((3, 3)).reshape(2, -1)
REACH = reach_from_pairs(ROWS, SITES, np.abs(LINE[ROWS] - LINE[SITES]), shape=(3, 3))
MEDIAN = MedianProblem(REACH, np.array([2.0, 1, 1]), 1)
CENTER = CenterProblem(REACH, 1)
FULL = CapacitatedProblem(REACH, np.array([2.0, 1, 1]), np.array([3.0, 3, 3]), 2)


def plan(chosen: tuple[int, ...], value: float, assignment: list[int]) -> Plan:
    return Plan(
        chosen=chosen,
        objective=value,
        bound=value,
        gap_share=0.0,
        status=Status.OPTIMAL,
        seed=0,
        sense=Sense.MINIMISE,
        assignment=np.array(assignment),
    )


RIGHT: dict[str, tuple[DistanceProblem, Plan]] = {
    "median": (MEDIAN, plan((0,), 6.0, [0, 0, 0])),
    "center": (CENTER, plan((1,), 4.0, [1, 1, 1])),
    "full": (FULL, plan((0, 2), 1.0, [0, 0, 2])),
}


@pytest.mark.parametrize(("problem", "right"), RIGHT.values(), ids=RIGHT)
def test_a_right_plan_passes(problem: DistanceProblem, right: Plan) -> None:
    verify_distances(problem, right)


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("median", {"objective": 5.0, "bound": 5.0}, "5.0 annoncée, 6.0 recalculée"),
        ("median", {"chosen": (0, 1)}, "2 stations placées au lieu de 1"),
        ("median", {"bound": 7.0}, "mauvais côté"),
        ("median", {"assignment": np.array([0, 0, 1])}, "leur station la plus proche"),
        ("center", {"objective": 3.0, "bound": 3.0}, "3.0 annoncée, 4.0 recalculée"),
        ("center", {"chosen": ()}, "3 demandes sans station"),
        ("full", {"assignment": np.array([0, 0, 1])}, "à aucun site choisi"),
        ("full", {"assignment": np.array([0, 0, 0])}, "capacité dépassée aux sites \\[0\\]"),
        ("full", {"objective": 2.0, "bound": 2.0}, "2.0 annoncée, 1.0 recalculée"),
    ],
)
def test_a_wrong_figure_is_refused_with_its_name(
    name: str, change: dict[str, Any], fault: str
) -> None:
    problem, right = RIGHT[name]
    with pytest.raises(InputError, match=fault):
        verify_distances(problem, replace(right, **change))


def test_a_pair_that_is_not_listed_cannot_be_assigned() -> None:
    cut = reach_from_pairs(np.array([0, 1]), np.array([0, 0]), np.array([0.0, 1]), shape=(2, 1))
    lonely = reach_from_pairs(np.array([0]), np.array([0]), np.array([0.0]), shape=(2, 1))
    problem = CapacitatedProblem(cut, np.ones(2), np.array([2.0]), 1)
    served = plan((0,), 1.0, [0, 0])
    verify_distances(problem, served)
    with pytest.raises(InputError, match="hors de leur liste"):
        verify_distances(replace(problem, reach=lonely), served)


def test_a_demand_without_weight_may_be_far_from_everything() -> None:
    lonely = reach_from_pairs(np.array([0]), np.array([0]), np.array([0.0]), shape=(2, 1))
    served = plan((0,), 0.0, [0, -1])
    verify_distances(MedianProblem(lonely, np.array([1.0, 0.0]), 1), served)
    with pytest.raises(InputError, match="1 demande sans station"):
        verify_distances(MedianProblem(lonely, np.array([1.0, 1.0]), 1), served)
