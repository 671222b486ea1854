"""Bounds of the covered weight: on the right side whatever the prices, and nearly tight."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.arrays import NOTHING
from geo.optimise.coverage import bound, close, greedy, model
from geo.optimise.coverage import multipliers_loops as loops
from geo.optimise.coverage.residual import Residual, settle
from geo.optimise.coverage.search import world_of
from geo.optimise.deadline import Deadline
from geo.optimise.descent_loops import BEST_VALUE
from geo.optimise.problem import CoverageProblem


def residual_of(rows: object, weights: list[float], count: int) -> Residual:
    covers = sparse.csr_matrix(np.array(rows))
    return settle(CoverageProblem(np.array(weights, float), covers, count=count))


def scattered(size: int, count: int) -> Residual:
    """Points of a 30 km square, each covering those within 3 km."""
    draws = np.random.default_rng(3)
    points = draws.uniform(0, 30, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 3
    return residual_of(near, draws.integers(0, 1_000, size).tolist(), count)


def best_plan(residual: Residual) -> np.ndarray:
    plans = [
        np.array(plan, dtype=np.int64)
        for plan in combinations(range(len(residual.sites)), residual.count)
    ]
    return max(plans, key=residual.value)


@st.composite
def residuals(draw: st.DrawFn) -> Residual:
    row_count, site_count = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    cells = st.lists(st.booleans(), min_size=site_count, max_size=site_count)
    rows = draw(st.lists(cells, min_size=row_count, max_size=row_count))
    weights = draw(st.lists(st.integers(1, 50), min_size=row_count, max_size=row_count))
    return residual_of(rows, weights, draw(st.integers(1, site_count)))  # type: ignore[arg-type]  # whole numbers are numbers


def limit(residual: Residual, prices: np.ndarray) -> float:
    counts = np.array([residual.count])
    return float(bound.lagrangian_bounds(residual, prices, counts=counts)[0])


@given(residuals(), st.lists(st.floats(-1, 60), min_size=12, max_size=12))
def test_any_prices_give_a_bound(residual: Residual, drawn: list[float]) -> None:
    prices = np.clip(np.array(drawn[: len(residual.weights)]), 0, residual.weights)
    assert limit(residual, prices) >= residual.value(best_plan(residual))


@given(residuals())
def test_the_relaxation_bounds_and_so_does_every_step_of_the_descent(residual: Residual) -> None:
    best = residual.value(best_plan(residual))
    relaxed = model.relaxed(residual, deadline=Deadline())
    assert relaxed is not None
    assert limit(residual, relaxed.multipliers) >= best
    descent = bound.first_multipliers(residual)
    for _ in range(20):
        descent.descend(rounds=30, target=best)
        assert descent.bound >= best


def test_the_descent_nears_the_linear_relaxation() -> None:
    residual = scattered(300, 20)
    relaxed = model.relaxed(residual, deadline=Deadline())
    assert relaxed is not None
    descent = bound.first_multipliers(residual)
    target = residual.value(greedy.extend(residual, NOTHING, count=20))
    while descent.rounds < 1_500:
        descent.descend(rounds=1_500, target=target)
    assert descent.bound == pytest.approx(limit(residual, relaxed.multipliers), rel=2e-4)


def test_the_mean_answer_opens_as_many_sites_as_stations() -> None:
    residual = scattered(100, 8)
    descent = bound.first_multipliers(residual)
    while descent.rounds < 400:
        descent.descend(rounds=400, target=0.0)
    assert descent.fractions.sum() == pytest.approx(8)


def test_greedy_keeps_its_promise() -> None:
    residual = scattered(300, 20)
    relaxed = model.relaxed(residual, deadline=Deadline())
    assert relaxed is not None
    chosen = greedy.extend(residual, NOTHING, count=20)
    assert residual.value(chosen) >= (1 - 1 / np.e) * limit(residual, relaxed.multipliers)


@given(residuals())
def test_what_reduced_costs_set_aside_is_in_no_better_plan(residual: Residual) -> None:
    start = greedy.extend(residual, NOTHING, count=residual.count)
    descent = bound.first_multipliers(residual)
    descent.descend(rounds=50, target=residual.value(start))
    left = close.remainder(residual, descent.best, start)
    best = best_plan(residual)
    if residual.value(best) > residual.value(start):
        assert np.isin(left.opened, best).all()
    assert left.rest.settled + left.rest.value(left.start_in_rest) == residual.value(start)


@given(residuals())
def test_branch_and_bound_of_what_is_left_is_the_optimum(residual: Residual) -> None:
    start = greedy.extend(residual, NOTHING, count=residual.count)
    left = close.remainder(residual, residual.weights, start)
    further, ceiling = close.relaxed_further(left, deadline=Deadline())
    closing = close.solved(further, is_integral=True, node_limit=100, deadline=Deadline())
    best = residual.value(best_plan(residual))
    assert residual.value(closing.chosen) == best
    assert min(ceiling, closing.bound) >= best > closing.bound - 1


def test_out_of_time_the_proof_still_bounds() -> None:
    residual = scattered(300, 20)
    start = greedy.extend(residual, NOTHING, count=20)
    everything = close.remainder(residual, residual.weights, start)
    late = Deadline(0.0)
    closing = close.solved(everything, is_integral=True, node_limit=5, deadline=late)
    assert residual.value(closing.chosen) <= closing.bound <= residual.reachable * (1 + 1e-8)


@given(residuals(), st.lists(st.floats(0, 60), min_size=12, max_size=12))
def test_the_compiled_value_and_slope_are_those_of_the_formula(
    residual: Residual, drawn: list[float]
) -> None:
    prices = np.minimum(np.array(drawn[: len(residual.weights)]), residual.weights)
    descent = bound.multipliers_from(residual, prices)
    loops.mean_slope_start(world_of(residual), descent.prices, residual.count)
    counts = np.array([residual.count])
    ranked = np.sort(residual.covered_by @ prices)[::-1][: residual.count]
    value = (residual.weights - prices).sum() + ranked.sum()
    assert descent.prices.dials[BEST_VALUE] == pytest.approx(value)
    assert bound.lagrangian_bounds(residual, prices, counts=counts)[0] <= value * (1 + 1e-8)
    opened = np.flatnonzero(descent.fractions)
    assert len(opened) == residual.count
    assert (descent.prices.slope == 1 - residual.station_counts(opened)).all()


def test_rounding_costs_less_than_an_inhabitant_of_ten_billion() -> None:
    residual = settle(
        CoverageProblem(np.full(1_000, 1e7), sparse.csr_matrix(np.eye(1_000)), count=5)
    )
    assert 0 < bound.rounding(residual) < 0.5


@given(residuals(), st.lists(st.floats(0, 1), min_size=12, max_size=12))
def test_the_bound_holds_where_weights_are_not_exact_floats(
    residual: Residual, shares: list[float]
) -> None:
    uneven = replace(residual, weights=residual.weights / 3)
    prices = uneven.weights * np.array(shares[: len(uneven.weights)])
    assert limit(uneven, prices) >= uneven.value(best_plan(uneven))
