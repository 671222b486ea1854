"""The compiled loops of covering problems do what a naive reading of them says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.arrays import Floats, Integers
from geo.optimise.covering import model, presolve_loops, price_loops, prices, ruin_loops, search
from geo.optimise.covering import search_loops as loops
from geo.optimise.covering.core import Core
from geo.optimise.covering.presolve import posed, simplify
from geo.optimise.deadline import Deadline
from geo.optimise.problem import CoveringProblem


def grid(size: int, *, share: float = 1.0, seed: int = 1) -> Core:
    """Points of a square, each covering those near it; nothing settled."""
    draws = np.random.default_rng(seed)
    points = draws.uniform(0, 10, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 2
    weights = draws.integers(1, 100, size).astype(float)
    return posed(CoveringProblem(weights, sparse.csr_matrix(near), share=share))


def naive_scores(core: Core, is_open: Integers, weights: Floats) -> list[float]:
    """Return what each site gains if opened, or loses if closed, from the dense table."""
    dense = core.covers.toarray() > 0
    scores = []
    for site in range(dense.shape[1]):
        others = dense[:, [other for other in is_open if other != site]].any(axis=1)
        scores.append(float(weights[dense[:, site] & ~others].sum()))
    return scores


def assert_consistent(core: Core, board: loops.Board) -> None:
    is_open = np.flatnonzero(board.is_open)
    times = core.covers[:, is_open].sum(axis=1).A1
    assert (board.server_counts == times).all()
    assert board.scores.tolist() == pytest.approx(naive_scores(core, is_open, board.weights))
    unserved = sorted(board.unserved[: board.counts[loops.UNSERVED]].tolist())
    assert unserved == np.flatnonzero(times == 0).tolist()
    assert sorted(board.chosen[: board.counts[loops.CHOSEN]].tolist()) == is_open.tolist()
    assert board.sums[loops.SERVED] == pytest.approx(core.worths[times > 0].sum())


@given(st.lists(st.integers(0, 19), max_size=40))
def test_opening_and_closing_keeps_the_board_consistent(flips: list[int]) -> None:
    core = grid(20)
    run = search.started(core, seed=0)
    for site in flips:
        change = loops.close_site if run.board.is_open[site] else loops.open_site
        change(run.links, run.board, site)
    assert_consistent(core, run.board)


@pytest.mark.parametrize("share", [1.0, 0.8])
def test_a_search_leaves_a_consistent_board_and_a_plan(share: float) -> None:
    core = grid(40, share=share)
    run = search.started(core, seed=5)
    run.run(20_000)
    assert_consistent(core, run.board)
    assert core.serves_enough(run.best)
    assert core.cost(run.best) == run.board.sums[loops.BEST_COST]


def test_the_compiled_search_is_the_plain_one() -> None:
    core = grid(15)
    compiled, plain = (search.started(core, seed=2) for _ in range(2))
    loops.search(compiled.links, compiled.board, compiled.wanted, 500)
    loops.search.py_func(plain.links, plain.board, plain.wanted, 500)  # type: ignore[attr-defined]  # of numba
    assert (compiled.board.scores == plain.board.scores).all()
    assert (compiled.board.is_open == plain.board.is_open).all()


def test_a_step_undone_leaves_no_trace() -> None:
    core = grid(30, share=0.8)
    run = search.started(core, seed=4)
    before = run.board.is_open.copy()
    ruin_loops.ruin(run.links, run.board, run.trail)
    assert (run.board.is_open != before).any()
    ruin_loops.undo(run.links, run.board, run.trail)
    assert (run.board.is_open == before).all()
    assert_consistent(core, run.board)


@st.composite
def tables(draw: st.DrawFn) -> sparse.csr_matrix:
    row_count, site_count = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    cells = st.lists(st.booleans(), min_size=site_count, max_size=site_count).filter(any)
    rows = draw(st.lists(cells, min_size=row_count, max_size=row_count))
    return sparse.csr_matrix(np.array(rows, dtype=float))


def core_of(table: sparse.csr_matrix) -> Core:
    return posed(CoveringProblem(np.ones(table.shape[0]), table))


@given(tables())
def test_redundant_rows_hold_a_row_that_stays(table: sparse.csr_matrix) -> None:
    flags = presolve_loops.redundant_rows(*core_of(table).links(), 1_000_000)
    dense = table.toarray() > 0
    for row, others in enumerate(dense[:, None] & dense[None]):
        implied = [other for other in range(len(dense)) if (others[other] == dense[other]).all()]
        stays = [other for other in implied if other != row and not flags[other]]
        assert bool(stays) == flags[row]


@given(tables())
def test_twins_are_the_first_identical_rows(table: sparse.csr_matrix) -> None:
    twins = presolve_loops.first_twins(*core_of(table).links(), 1_000_000)
    lines = [tuple(line) for line in table.toarray()]
    assert twins.tolist() == [lines.index(line) for line in lines]


@given(tables(), st.lists(st.floats(-1, 3), min_size=8, max_size=8))
def test_any_prices_prove_less_than_the_optimum(
    table: sparse.csr_matrix, multipliers: list[float]
) -> None:
    core = core_of(table)
    start = np.arange(0)
    plan, bound = model.best_plan(core, start=start, ask_count=10_000, deadline=Deadline())
    assert plan is not None
    assert bound == pytest.approx(core.cost(plan))
    assert prices.priced(core, np.array(multipliers)[: table.shape[0]]).bound <= bound + 1e-9


@given(tables())
def test_what_is_simplified_away_does_not_change_the_optimum(table: sparse.csr_matrix) -> None:
    core = core_of(table)
    small, _, _ = simplify(core)
    asked = {"start": np.arange(0), "ask_count": 10_000, "deadline": Deadline()}
    whole = model.best_plan(core, **asked)[1]  # type: ignore[arg-type]  # one value a name
    rest = 0.0 if small.is_settled else model.best_plan(small, **asked)[1]  # type: ignore[arg-type]  # same
    assert small.settled_cost + rest == pytest.approx(whole)


@pytest.mark.parametrize("share", [1.0, 0.8])
def test_a_climb_ends_near_the_relaxation(share: float) -> None:
    core = grid(60, share=share)
    relaxed = model.relaxed_prices(core, deadline=Deadline())
    assert relaxed is not None
    climb = prices.climbing(core, core.links())
    reached = climb.run(2_000, aim=20.0).bound
    assert 0.98 * relaxed.objective <= reached <= relaxed.objective * (1 + 1e-6)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=6),
    st.integers(0, 20),
)
def test_what_is_forgone_is_the_best_fractional_choice(
    rows: list[tuple[int, int]], slack: int
) -> None:
    """By increments of a hundredth, the best ratio first, as a person would do it."""
    multipliers, worths = (np.array(values, dtype=float) for values in zip(*rows, strict=True))
    saved = price_loops.forgo(multipliers, worths, float(slack), np.empty(len(rows)))
    room, best = 100 * slack, 0.0
    for gain, worth in sorted(rows, key=lambda row: -row[0] / row[1]):
        part = min(room, 100 * worth)
        best += gain * part / (100 * worth)
        room -= part
    assert saved == pytest.approx(best)
