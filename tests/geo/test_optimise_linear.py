"""The border with HiGHS: answers, bounds, impossibility, and a stop that is heard."""

import numpy as np
from scipy import sparse

from geo.optimise.deadline import Deadline
from geo.optimise.linear import LinearModel, branch_and_bound, relax


def cover(at_least: float, *, site_count: int = 3) -> LinearModel:
    """Two sites at 1 and the others at 1.5; `at_least` of them must open."""
    costs = np.array([1.0, 1.0, *[1.5] * (site_count - 2)])
    return LinearModel(
        costs=costs,
        lower=np.zeros(site_count),
        upper=np.ones(site_count),
        rows=sparse.csr_matrix(np.ones((1, site_count))),
        at_least=np.array([at_least]),
        at_most=np.array([np.inf]),
        is_whole=np.ones(site_count, dtype=bool),
    )


def scattered_cover(size: int) -> LinearModel:
    """A set covering that takes a solver some seconds."""
    draws = np.random.default_rng(1)
    points = draws.uniform(0, 30, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 3
    return LinearModel(
        costs=np.ones(size),
        lower=np.zeros(size),
        upper=np.ones(size),
        rows=sparse.csr_matrix(near.astype(float)),
        at_least=np.ones(size),
        at_most=np.full(size, np.inf),
        is_whole=np.ones(size, dtype=bool),
    )


def test_a_relaxation_gives_prices_that_bound_the_optimum() -> None:
    relaxed = relax(cover(2.5), deadline=Deadline())
    assert relaxed is not None
    price = relaxed.row_multipliers[0]
    bound = 2.5 * price + np.minimum(cover(2.5).costs - price, 0).sum()
    assert 2.74 < bound <= 2.75 + 1e-9


def test_the_best_whole_plan_is_found_and_proven() -> None:
    answer = branch_and_bound(cover(2.5), deadline=Deadline())
    assert answer.values is not None
    assert float(cover(2.5).costs @ answer.values) == answer.bound == 3.5


def test_an_impossible_model_is_told_so() -> None:
    answer = branch_and_bound(cover(4.0), deadline=Deadline())
    assert (answer.is_infeasible, answer.values) == (True, None)
    assert relax(cover(4.0), deadline=Deadline()) is None


def test_a_start_is_the_answer_when_there_is_no_time() -> None:
    start = np.ones(3)
    answer = branch_and_bound(cover(2.5), deadline=Deadline(), start=start, node_limit=0)
    assert answer.values is not None
    assert answer.bound <= 3.5 <= cover(2.5).costs @ answer.values


def test_a_stop_is_heard_during_the_search_and_the_bound_stays_valid() -> None:
    asked: list[int] = []

    def wants_stop() -> bool:
        asked.append(1)
        return len(asked) > 20

    model = scattered_cover(400)
    answer = branch_and_bound(model, deadline=Deadline(wants_stop=wants_stop), start=np.ones(400))
    assert answer.values is not None
    assert answer.bound <= model.costs @ answer.values
    assert len(asked) < 2_000


def test_a_stop_is_heard_during_the_relaxation() -> None:
    assert relax(scattered_cover(400), deadline=Deadline(wants_stop=lambda: True)) is None
