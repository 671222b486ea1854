"""The best plan and bound so far only get better, whichever way is better."""

import math

import numpy as np
import pytest

from geo.errors import InputError
from geo.optimise.deadline import Deadline
from geo.optimise.effort import Effort
from geo.optimise.plan import Infeasible, Progress, Relaxation, Sense, Stage, Status, gap_share
from geo.optimise.standing import Standing

TWO = np.array([4, 2])


def standing(sense: Sense = Sense.MAXIMISE, *, bound: float = 100.0) -> Standing:
    return Standing(sense=sense, bound=bound, is_integral=True, deadline=Deadline())


def test_a_better_plan_replaces_the_best_and_a_worse_one_does_not() -> None:
    known = standing()
    assert known.offer(TWO, 10.0, stage=Stage.START)
    assert not known.offer(np.array([1]), 9.0, stage=Stage.START)
    assert (known.chosen.tolist(), known.objective) == ([2, 4], 10.0)


def test_when_minimising_less_is_better() -> None:
    known = standing(Sense.MINIMISE, bound=1.0)
    known.offer(TWO, 10.0, stage=Stage.START)
    assert known.offer(np.array([1]), 9.0, stage=Stage.START)
    assert known.gap_share == pytest.approx(8 / 9)


def test_a_whole_bound_is_rounded_to_what_can_be() -> None:
    most, least = standing(), standing(Sense.MINIMISE, bound=0.0)
    most.cap(41.7, stage=Stage.BOUND)
    least.cap(41.2, stage=Stage.BOUND)
    assert (most.bound, least.bound) == (41.0, 42.0)


def test_a_bound_a_hair_beyond_a_whole_number_is_that_number() -> None:
    least = standing(Sense.MINIMISE, bound=0.0)
    least.cap(41.0000000001, stage=Stage.BOUND)
    assert least.bound == 41.0


def test_a_looser_bound_is_ignored() -> None:
    known = standing()
    known.cap(50.0, stage=Stage.BOUND)
    known.cap(60.0, stage=Stage.BOUND)
    assert known.bound == 50.0


def test_a_bound_met_is_an_optimum() -> None:
    known = standing()
    known.offer(TWO, 50.0, stage=Stage.START)
    known.cap(50.3, stage=Stage.BOUND)
    assert (known.is_optimal, known.is_over, known.status()) == (True, True, Status.OPTIMAL)


def test_whoever_listens_hears_the_gap_fall() -> None:
    heard: list[Progress] = []
    known = standing()
    known.progress = heard.append
    known.cap(90.0, stage=Stage.BOUND)
    known.offer(TWO, 45.0, stage=Stage.START)
    known.offer(TWO, 60.0, stage=Stage.SEARCH)
    known.cap(60.0, stage=Stage.PROOF)
    assert [told.gap_share for told in heard] == [0.5, pytest.approx(1 / 3), 0.0]


def test_a_stop_asked_for_is_told_apart_from_a_time_limit() -> None:
    stopped, late = standing(), standing()
    stopped.deadline = Deadline(wants_stop=lambda: True)
    late.deadline = Deadline(limit_s=0.0)
    for known in (stopped, late):
        known.offer(TWO, 50.0, stage=Stage.START)
    assert (stopped.status(), late.status()) == (Status.STOPPED, Status.INTERRUPTED)
    assert stopped.is_over


def test_the_plan_says_all_that_is_known() -> None:
    known = standing()
    known.offer(TWO, 80.0, stage=Stage.START)
    plan = known.plan(seed=3, unreachable=np.array([7]), instance_hash="ab")
    assert (plan.chosen, plan.bound, plan.gap_share) == ((2, 4), 100.0, 0.2)
    assert (plan.status, plan.unreachable, plan.seed) == (Status.GAP, (7,), 3)


def test_without_a_plan_everything_may_be_missed() -> None:
    assert standing().gap_share == 1.0
    assert math.isnan(standing().objective)


@pytest.mark.parametrize(
    ("objective", "bound", "sense", "gap"),
    [
        (75, 100, Sense.MAXIMISE, 0.25),
        (100, 75, Sense.MINIMISE, 0.25),
        (0, 0, Sense.MAXIMISE, 0.0),
        (0, 0, Sense.MINIMISE, 0.0),
        (10, 10, Sense.MINIMISE, 0.0),
    ],
)
def test_the_gap_is_a_share_of_the_larger_value(
    objective: float, bound: float, sense: Sense, gap: float
) -> None:
    assert gap_share(objective, bound, sense) == gap


@pytest.mark.parametrize("effort", [{"work": -1.0}, {"work": math.nan}, {"target_gap_share": 1.0}])
def test_an_effort_that_means_nothing_is_refused(effort: dict[str, float]) -> None:
    with pytest.raises(InputError, match="hors limites"):
        Effort(**effort)


def test_an_impossible_request_names_what_blocks_and_what_would_free_it() -> None:
    error = Infeasible(
        ("nombre de stations : 3", "Meuse : au moins 4"),
        (Relaxation("nombre de stations : 3", "porter le nombre de stations de 3 à 4"),),
    ).error()
    assert "à la fois : nombre de stations : 3 ; Meuse : au moins 4" in error.message
    assert error.hint == "Il suffirait de : porter le nombre de stations de 3 à 4."
