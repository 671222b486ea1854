"""The compiled search and the bounds: against plain recomputation on small worlds."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.arrays import Integers
from geo.optimise.mixed import search_loops as loops
from geo.optimise.mixed.bound import part_of, safe_bound, tightened
from geo.optimise.mixed.cliques_loops import find, grow_cliques
from geo.optimise.mixed.model import Siting, coverage_siting, covering_siting
from geo.optimise.mixed.needs import strengthening
from geo.optimise.mixed.search import search_on
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.rules import budget_rule, count_rule, territory_rules

SITES = 7


@st.composite
def problems(draw: st.DrawFn) -> CoverageProblem:
    """Two rows an item, needs of one to three, a count, a budget and two territories."""
    cells = st.lists(st.booleans(), min_size=6 * SITES, max_size=6 * SITES)
    needs = draw(st.lists(st.integers(1, 3), min_size=6, max_size=6))
    weights = draw(st.lists(st.integers(1, 20), min_size=3, max_size=3))
    rules = (
        count_rule(2, 4, site_count=SITES),
        budget_rule(np.arange(1.0, SITES + 1), 15),
        *territory_rules(list("AABBABA"), {"A": 1}, {"B": 2}),
    )
    return CoverageProblem(
        np.array(weights, dtype=float),
        sparse.csr_matrix(np.array(draw(cells), dtype=float).reshape(6, SITES)),
        rules=rules,
        needs=np.array(needs),
        item_of_row=np.array([0, 1, 2, 0, 1, 2]),
    )


def opened_by(bits: list[bool]) -> Integers:
    return np.flatnonzero(bits)


some_sites = st.lists(st.booleans(), min_size=SITES, max_size=SITES)


@settings(max_examples=40)
@given(problems(), st.lists(st.integers(0, SITES - 1), max_size=25))
def test_flips_leave_the_search_as_if_loaded_from_nothing(
    problem: CoverageProblem, flips: list[int]
) -> None:
    search, fresh = (search_on(coverage_siting(problem), seed=0) for _ in range(2))
    for site in flips:
        loops.flip(search.links, search.state, site)
    fresh.start(np.flatnonzero(search.state.is_open))
    for name in ("stations", "missing", "gains", "charges", "sums", "opening", "closing"):
        told, counted = getattr(search.state, name), getattr(fresh.state, name)
        assert told == pytest.approx(counted), name
    assert search.state.totals[:4] == pytest.approx(fresh.state.totals[:4])


@settings(max_examples=40)
@given(problems(), some_sites)
def test_the_search_judges_a_plan_as_the_rules_do(
    problem: CoverageProblem, bits: list[bool]
) -> None:
    siting = coverage_siting(problem)
    search = search_on(siting, seed=0)
    search.start(opened_by(bits))
    assert loops.is_plan(search.links, search.state) == siting.is_plan(opened_by(bits))
    assert search.state.totals[loops.SERVED] == siting.objective(opened_by(bits))


@settings(max_examples=25)
@given(problems())
def test_the_compiled_gain_is_the_plain_one(problem: CoverageProblem) -> None:
    search = search_on(coverage_siting(problem), seed=0)
    search.run(20)
    for site in range(SITES):
        plain = loops.gain.py_func(search.links, search.state, site)  # type: ignore[attr-defined]  # numba
        assert search.state.gains[site] == pytest.approx(plain)


multipliers = st.lists(st.floats(-30, 30), min_size=40, max_size=40)


def columns_cost(siting: Siting, chosen: Integers) -> float:
    return float(siting.model.costs @ siting.values(chosen))


@settings(max_examples=80)
@given(problems(), some_sites, multipliers)
def test_no_plan_beats_the_bound_of_any_multipliers(
    problem: CoverageProblem, bits: list[bool], drawn: list[float]
) -> None:
    siting, chosen = coverage_siting(problem), opened_by(bits)
    bound = safe_bound(siting.model, np.array(drawn[: len(siting.model.at_least)]))
    if siting.is_plan(chosen):
        assert bound <= columns_cost(siting, chosen)


@settings(max_examples=80)
@given(problems(), some_sites, multipliers)
def test_columns_settled_keep_every_plan_as_good_as_asked(
    problem: CoverageProblem, bits: list[bool], drawn: list[float]
) -> None:
    siting, chosen = coverage_siting(problem), opened_by(bits)
    if not siting.is_plan(chosen):
        return
    cost, values = columns_cost(siting, chosen), siting.values(chosen)
    row_multipliers = np.array(drawn[: len(siting.model.at_least)])
    model = tightened(siting.model, row_multipliers, at_most=cost)
    assert (values >= model.lower).all()
    assert (values <= model.upper).all()


@settings(max_examples=40)
@given(problems(), some_sites, some_sites)
def test_a_part_allows_exactly_the_moves_of_its_free_columns(
    problem: CoverageProblem, bits: list[bool], freed: list[bool]
) -> None:
    siting = coverage_siting(problem)
    free = np.concatenate([freed, np.ones(len(siting.demand.weights), dtype=bool)])
    part = part_of(siting.model, free, siting.values(opened_by(bits)))
    moved = np.where(freed, ~np.array(bits), bits)
    values = siting.values(np.flatnonzero(moved))
    rows = siting.model.rows @ values
    is_whole = (rows >= siting.model.at_least).all() and (rows <= siting.model.at_most).all()
    inside = part.model.rows @ values[free]
    is_part = (inside >= part.model.at_least).all() and (inside <= part.model.at_most).all()
    assert is_whole <= is_part
    assert part.whole(values[free]).tolist() == values.tolist()
    assert siting.model.costs @ values == pytest.approx(
        part.held_cost + part.model.costs @ values[free]
    )


def test_half_a_service_is_cut_off_and_every_plan_kept() -> None:
    covers = sparse.csr_matrix(np.ones((1, 3)))
    problem = CoverageProblem(np.ones(1), covers, needs=np.array([2]), count=2)
    siting = coverage_siting(problem)
    model = strengthening(siting, np.array([1.0, 0.2, 0.0, 0.6]))
    assert model is not None
    row = model.rows.toarray()[-1]
    assert row.tolist() == [0.0, 1.0, 1.0, -1.0]
    assert strengthening(siting, np.array([1.0, 1.0, 0.0, 1.0])) is None


def test_identical_demands_are_merged_and_their_weights_added() -> None:
    covers = sparse.csr_matrix(np.array([[1, 0], [1, 0], [0, 1]]))
    siting = coverage_siting(CoverageProblem(np.array([2.0, 3.0, 4.0]), covers, count=1))
    assert siting.demand.weights.tolist() == [5.0, 4.0]
    assert siting.report.merged_row_count == 1


def test_demand_without_weight_counts_only_when_all_must_be_served() -> None:
    covers = sparse.csr_matrix(np.eye(2))
    weights = np.array([0.0, 4.0])
    assert len(covering_siting(CoveringProblem(weights, covers)).demand.weights) == 2
    part = covering_siting(CoveringProblem(weights, covers, share=0.5))
    assert part.demand.weights.tolist() == [4.0]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=25))
def test_cliques_hold_every_pair_and_no_other(pairs: list[tuple[int, int]]) -> None:
    table = np.zeros((9, 9), dtype=bool)
    for first, second in pairs:
        table[first, second] = table[second, first] = first != second
    graph = sparse.csr_matrix(table.astype(float))
    ends, members = grow_cliques(graph.indptr.astype(np.int64), graph.indices.astype(np.int64))
    held = np.zeros_like(table)
    for begin, end in pairwise(ends.tolist()):
        clique = members[begin:end]
        held[np.ix_(clique, clique)] = True
    np.fill_diagonal(held, val=False)
    assert (held == table).all()


def test_a_neighbour_is_found_where_it_stands() -> None:
    start, near = np.array([0, 3, 3]), np.array([2, 5, 9])
    assert find(start, near, 0, 5) == 1
    assert find(start, near, 0, 4) == -1
    assert find(start, near, 1, 5) == -1
