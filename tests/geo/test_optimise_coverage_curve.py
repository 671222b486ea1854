"""The curve: what any number of stations covers lies between its two lines."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.errors import InputError
from geo.optimise.coverage.curve import coverage_curve
from geo.optimise.coverage.solve import solve_coverage
from geo.optimise.effort import Effort
from geo.optimise.plan import Plan
from geo.optimise.problem import CoverageProblem
from geo.optimise.rules import count_rule

SHORT = Effort(work=0.02)


def scattered(size: int, count: int, *, seed: int = 3) -> CoverageProblem:
    """Points of a 30 km square, each covering those within 3 km."""
    draws = np.random.default_rng(seed)
    points = draws.uniform(0, 30, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 3
    weights = draws.integers(0, 1_000, size).astype(float)
    return CoverageProblem(weights, sparse.csr_matrix(near), count=count)


def planned(problem: CoverageProblem) -> Plan:
    plan = solve_coverage(problem, SHORT, seed=0)
    assert isinstance(plan, Plan)
    return plan


def brute_force(problem: CoverageProblem, count: int) -> float:
    dense = problem.covers.toarray() > 0
    free = sorted(set(range(problem.site_count)) - problem.forbidden - problem.required)
    return max(
        float(problem.weights[dense[:, sorted({*problem.required, *sites})].any(axis=1)].sum())
        for sites in combinations(free, count - len(problem.required))
    )


def assert_holds(problem: CoverageProblem, curve: pd.DataFrame) -> None:
    best = [brute_force(problem, count) for count in curve["count"]]
    assert (curve["covered_at_least"] <= best).all()
    assert (curve["covered_at_most"] >= best).all()


@given(st.integers(0, 1_000), st.integers(1, 9))
def test_the_curve_holds_brute_force_between_its_lines(seed: int, count: int) -> None:
    problem = scattered(9, count, seed=seed)
    assert_holds(problem, coverage_curve(problem, range(1, 10), plan=planned(problem)))


def test_required_and_forbidden_sites_hold_all_along() -> None:
    sites = replace(scattered(12, 3), required=frozenset({4, 7}), forbidden=frozenset({0, 1}))
    curve = coverage_curve(sites, [2, 3, 5, 10], plan=planned(sites))
    assert_holds(sites, curve)
    assert curve["covered_at_least"].to_numpy()[0] == brute_force(sites, 2)
    with pytest.raises(InputError, match="1 station"):
        coverage_curve(sites, [1], plan=planned(sites))


def test_the_curve_never_falls_and_passes_through_the_plan() -> None:
    problem = scattered(300, 15)
    plan = planned(problem)
    curve = coverage_curve(problem, range(1, 41), plan=plan)
    assert curve["covered_at_least"].is_monotonic_increasing
    assert curve["covered_at_most"].is_monotonic_increasing
    assert curve["covered_at_least"].to_numpy()[14] >= plan.objective


def test_the_two_lines_stay_close() -> None:
    problem = scattered(300, 15)
    curve = coverage_curve(problem, range(1, 41), plan=planned(problem))
    missed = 1 - curve["covered_at_least"] / curve["covered_at_most"]
    assert missed.max() <= 0.02


def test_the_same_plan_gives_the_same_curve() -> None:
    problem = scattered(200, 10)
    plan = planned(problem)
    first, second = (coverage_curve(problem, range(1, 30), plan=plan) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_rules_make_the_curve_another_question() -> None:
    problem = scattered(12, 3)
    ruled = replace(problem, rules=(count_rule(1, 3, site_count=12),))
    with pytest.raises(InputError, match="Courbe de couverture impossible"):
        coverage_curve(ruled, [3], plan=planned(problem))
