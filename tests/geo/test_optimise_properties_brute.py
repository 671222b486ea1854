"""Every variant under every kind of constraint, beside the best of all plans (siting 7.1, 7.2)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.optimise.effort import Effort
from geo.optimise.mixed.unfinished import NoPlanYetError
from geo.optimise.plan import Infeasible, Plan, Status
from tests.geo.siting_engines import solve
from tests.geo.siting_worlds import COVERAGES, Kind, Problem, Variant, World, asked, best, worlds

EVERY_VARIANT = pytest.mark.parametrize("variant", Variant)


def agrees(variant: Variant, world: World, answer: Plan | Infeasible) -> None:
    optimum = best(variant, world)
    if optimum is None:
        assert isinstance(answer, Infeasible)
        assert answer.blocking_fr
        return
    assert isinstance(answer, Plan), answer
    assert answer.objective == pytest.approx(optimum)
    assert answer.status is Status.OPTIMAL


def holds_between(variant: Variant, world: World, answer: Plan | Infeasible) -> None:
    optimum = best(variant, world)
    if optimum is None:
        assert isinstance(answer, Infeasible)
        return
    assert isinstance(answer, Plan), answer
    lower, upper = answer.bound, answer.objective
    if variant in COVERAGES:
        lower, upper = upper, lower
    assert lower <= optimum + 1e-6 * max(1.0, optimum)
    assert optimum <= upper + 1e-6 * max(1.0, optimum)


@EVERY_VARIANT
@pytest.mark.parametrize("kind", Kind)
@settings(max_examples=5)
@given(draws=st.data())
def test_under_one_constraint_the_plan_is_the_best_of_all(
    variant: Variant, kind: Kind, draws: st.DataObject
) -> None:
    world = draws.draw(worlds(variant, frozenset({kind})))
    agrees(variant, world, solve(asked(variant, world)))


@EVERY_VARIANT
@settings(max_examples=25)
@given(draws=st.data())
def test_under_any_constraints_the_plan_is_the_best_of_all(
    variant: Variant, draws: st.DataObject
) -> None:
    world = draws.draw(worlds(variant))
    agrees(variant, world, solve(asked(variant, world)))


def stopped(problem: Problem, effort: Effort, asked_count: int | None) -> Plan | Infeasible | None:
    """The answer when somebody asks to stop the `asked_count`-th time the engine listens."""
    left = iter(range(10**9 if asked_count is None else asked_count))
    try:
        return solve(problem, effort, wants_stop=lambda: next(left, None) is None)
    except NoPlanYetError:
        return None


@EVERY_VARIANT
@settings(max_examples=8)
@given(draws=st.data(), limit_s=st.sampled_from([0.0, 0.001, 0.1]))
def test_at_any_time_limit_the_optimum_is_between_plan_and_bound(
    variant: Variant, draws: st.DataObject, limit_s: float
) -> None:
    world = draws.draw(worlds(variant))
    answer = stopped(asked(variant, world), Effort(time_limit_s=limit_s), None)
    assert answer is not None
    holds_between(variant, world, answer)


@EVERY_VARIANT
@settings(max_examples=8)
@given(draws=st.data(), asked_count=st.integers(0, 12))
def test_wherever_it_is_stopped_the_optimum_is_between_plan_and_bound(
    variant: Variant, draws: st.DataObject, asked_count: int
) -> None:
    world = draws.draw(worlds(variant))
    answer = stopped(asked(variant, world), Effort(), asked_count)
    if answer is not None:
        holds_between(variant, world, answer)


@EVERY_VARIANT
@settings(max_examples=8)
@given(draws=st.data(), work=st.sampled_from([0.0, 1e-9, 1e-3]))
def test_at_any_effort_the_optimum_is_between_plan_and_bound(
    variant: Variant, draws: st.DataObject, work: float
) -> None:
    world = draws.draw(worlds(variant))
    answer = stopped(asked(variant, world), Effort(work=work), None)
    if answer is not None:
        holds_between(variant, world, answer)
