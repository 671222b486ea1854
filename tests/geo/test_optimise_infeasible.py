"""Requests without an answer: which rules block, and the smallest change that frees them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.deadline import Deadline
from geo.optimise.mixed.clauses import Clause, ClauseKind, clauses_of, without
from geo.optimise.mixed.infeasibility import diagnose, diagnose_rules
from geo.optimise.mixed.relaxing import most_served, nearest_total, widest_spacing
from geo.optimise.plan import Infeasible
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem
from geo.optimise.reach import Reach, reach_from_pairs
from geo.optimise.rules import SiteRule, budget_rule, count_rule, spacing_rule, territory_rules

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


def between(places: list[float]) -> Reach:
    xs = np.array(places, dtype=float)
    first, second = np.meshgrid(np.arange(len(xs)), np.arange(len(xs)), indexing="ij")
    distances = np.abs(xs[first] - xs[second])
    shape = (len(xs), len(xs))
    return reach_from_pairs(first.ravel(), second.ravel(), distances.ravel(), shape=shape)


def asking(
    rules: tuple[SiteRule, ...],
    site_count: int,
    count: int | None = None,
    required: frozenset[int] = frozenset(),
) -> CoverageProblem:
    covers = sparse.csr_matrix(np.eye(site_count))
    return CoverageProblem(np.ones(site_count), covers, rules=rules, count=count, required=required)


def within_rules(problem: Coverage) -> Iterator[tuple[int, ...]]:
    """Every set of sites that respects all but the demand."""
    count = getattr(problem, "count", None)
    sizes = range(problem.site_count + 1) if count is None else (count,)
    for chosen in chain.from_iterable(combinations(range(problem.site_count), n) for n in sizes):
        inside = problem.required <= set(chosen) and not problem.forbidden & set(chosen)
        sites = np.array(chosen, dtype=int)
        if inside and not any(list(rule.faults(sites)) for rule in problem.rules):
            yield chosen


def is_enough(problem: Coverage, chosen: tuple[int, ...]) -> bool:
    if not isinstance(problem, CoveringProblem):
        return True
    served = problem.covers.toarray()[:, list(chosen)].sum(axis=1) > 0
    weight = float(problem.weights @ served)
    is_heavy = weight >= problem.share * problem.weights.sum() - 1e-9
    return is_heavy and (problem.share < 1 or bool(served.all()))


def is_possible(problem: Coverage) -> bool:
    return any(is_enough(problem, chosen) for chosen in within_rules(problem))


def test_a_minimum_above_the_number_of_stations_names_both_and_says_by_how_much() -> None:
    rules = territory_rules(["Meuse"] * 4 + ["Marne"] * 4, {"Meuse": 3}, {})
    answer = diagnose(asking(rules, 8, count=2))
    assert set(answer.blocking_fr) == {"Meuse : au moins 3", "nombre de stations : 2"}
    assert {change.change_fr for change in answer.relaxations} == {
        "porter le nombre de stations de 2 à 3",
        "abaisser le minimum de « Meuse » de 3 à 2",
    }


def test_a_maximum_is_raised_by_as_little_as_required_sites_ask() -> None:
    rules = territory_rules(["Aube", "Aube", "Marne"], {}, {"Aube": 1})
    answer = diagnose(asking(rules, 3, required=frozenset({0, 1})))
    lifted, raised = [change.change_fr for change in answer.relaxations]
    assert lifted.startswith("lever l'obligation de 1 site : ")
    assert raised == "relever le maximum de « Aube » de 1 à 2"


def test_a_budget_is_raised_to_the_cheapest_plan() -> None:
    costs = np.array([900.0, 1200.0, 1500.5])
    answer = diagnose(asking((budget_rule(costs, 2000),), 3, count=2))
    budget = next(each for each in answer.relaxations if each.rule_fr.startswith("budget"))
    assert budget.change_fr == f"porter le budget de 2{NARROW_SPACE}000 à 2{NARROW_SPACE}100 €"


def test_a_spacing_is_brought_back_to_the_distance_that_lets_every_station_in() -> None:
    rule = spacing_rule(between([0, 7.4, 15, 22.5]), 10.0)
    answer = diagnose(asking((rule,), 4, count=4))
    changes = [change.change_fr for change in answer.relaxations]
    assert "ramener l'espacement de 10 à 7,4 km" in changes
    assert "ramener le nombre de stations de 4 à 2" in changes


def test_exclusions_are_lifted_by_name_and_as_few_as_possible() -> None:
    covers = sparse.csr_matrix(np.array([[1, 1, 0], [0, 0, 1]]))
    problem = CoveringProblem(np.ones(2), covers, forbidden=frozenset({0, 1}))
    answer = diagnose(problem, site_names=["Verdun", "Metz", "Nancy"])
    assert answer.unreachable == (0,)
    changes = [change.change_fr for change in answer.relaxations]
    assert changes[0].startswith("lever l'exclusion de 1 site : ")
    assert changes[1] == "renoncer à desservir 1 demande"


def test_a_share_out_of_reach_is_lowered_to_what_can_be_served() -> None:
    problem = CoveringProblem(
        np.array([6.0, 3.0, 1.0]),
        sparse.csr_matrix(np.eye(3)),
        share=0.95,
        rules=(count_rule(0, 2, site_count=3),),
    )
    answer = diagnose(problem)
    changes = [change.change_fr for change in answer.relaxations]
    assert "abaisser la part à desservir de 95 % à 90 %" in changes
    assert "porter le nombre de stations de 2 à 3" in changes


def test_two_independent_blocks_have_no_single_relaxation() -> None:
    rules = territory_rules(["A", "B"], {"A": 2, "B": 2}, {})
    answer = diagnose(asking(rules, 2))
    assert len(answer.blocking_fr) == 1
    assert answer.relaxations == ()


def test_rules_of_any_other_problem_can_be_diagnosed() -> None:
    rules = territory_rules(["A", "A", "B"], {"A": 2}, {})
    assert diagnose_rules(rules, site_count=3, count=2) is None
    answer = diagnose_rules(rules, site_count=3, count=1)
    assert isinstance(answer, Infeasible)


def test_the_refusal_reads_as_two_french_sentences() -> None:
    rules = territory_rules(["Meuse"] * 4, {"Meuse": 3}, {})
    error = diagnose(asking(rules, 4, count=2)).error()
    assert error.message.startswith("Aucun plan ne respecte à la fois : Meuse : au moins 3")
    assert "porter le nombre de stations de 2 à 3" in error.hint


@st.composite
def tight_requests(
    draw: st.DrawFn, kinds: tuple[type[Coverage], ...] = (CoverageProblem, CoveringProblem)
) -> Coverage:
    size = 6
    names = draw(st.lists(st.sampled_from("AB"), min_size=size, max_size=size))
    places = draw(st.lists(st.integers(0, 10), min_size=size, max_size=size))
    costs = np.array(draw(st.lists(st.integers(1, 9), min_size=size, max_size=size)), dtype=float)
    offered = [
        *territory_rules(names, {"A": draw(st.integers(1, 4))}, {}),
        *territory_rules(names, {}, {"B": draw(st.integers(0, 2))}),
        budget_rule(costs, draw(st.integers(2, 25))),
        spacing_rule(between([float(place) for place in places]), 3.5),
    ]
    kept = draw(st.sets(st.integers(0, 3), min_size=1))
    order = draw(st.permutations(range(size)))
    required = frozenset(order[: draw(st.integers(0, 2))])
    forbidden = frozenset(order[size - draw(st.integers(0, 2)) :])
    rules = tuple(offered[place] for place in sorted(kept))
    cells = draw(st.lists(st.booleans(), min_size=4 * size, max_size=4 * size))
    covers = sparse.csr_matrix(np.array(cells, dtype=float).reshape(4, size))
    weights = np.array(draw(st.lists(st.integers(1, 9), min_size=4, max_size=4)), dtype=float)
    if draw(st.sampled_from(kinds)) is CoverageProblem:
        return CoverageProblem(
            weights,
            covers,
            required=required,
            forbidden=forbidden,
            rules=rules,
            count=draw(st.integers(1, 5)),
        )
    return CoveringProblem(
        weights,
        covers,
        required=required,
        forbidden=forbidden,
        rules=rules,
        share=draw(st.sampled_from([0.6, 1.0])),
    )


@settings(max_examples=60)
@given(tight_requests())
def test_what_blocks_is_impossible_together_and_possible_without_any_one(
    problem: Coverage,
) -> None:
    assume(not is_possible(problem))
    answer = diagnose(problem)
    clauses = clauses_of(problem)
    blocking = {clause for clause in clauses if clause.name_fr in answer.blocking_fr}
    others = frozenset(clauses) - blocking
    assert not is_possible(without(problem, others))
    for clause in blocking:
        assert is_possible(without(problem, others | {clause}))


def clause_of(problem: Coverage, kind: ClauseKind, rule: int = -1) -> Clause:
    return next(each for each in clauses_of(problem) if each.kind is kind and each.rule == rule)


@settings(max_examples=60)
@given(tight_requests())
def test_each_change_is_the_smallest_that_makes_the_request_possible(
    problem: Coverage,
) -> None:
    assume(not is_possible(problem))
    for place, rule in enumerate(problem.rules):
        rest = without(problem, frozenset({clause_of(problem, ClauseKind.RULE, place)}))
        if rule.levels is not None:
            _check_spacing(rest, rule)
        else:
            _check_total(rest, rule)


def _check_spacing(rest: Coverage, rule: SiteRule) -> None:
    """Compare with every distance between two sites, from the widest."""
    levels = rule.levels if rule.levels is not None else np.zeros(0)

    def spaced(distance: float) -> Coverage:
        kept = np.flatnonzero(levels < distance)
        spaced_rule = replace(
            rule,
            matrix=sparse.csr_matrix(rule.matrix[kept]),
            at_least=rule.at_least[kept],
            at_most=rule.at_most[kept],
        )
        return replace(rest, rules=(*rest.rules, spaced_rule))

    possible = [level for level in np.unique(levels) if is_possible(spaced(level))]
    assert widest_spacing(rest, rule, deadline=Deadline()) == max(possible, default=None)


def _check_total(rest: Coverage, rule: SiteRule) -> None:
    """Compare with every whole total, the nearest the limits first."""

    def widened(total: float) -> Coverage:
        low, high = np.minimum(rule.at_least, total), np.maximum(rule.at_most, total)
        return replace(rest, rules=(*rest.rules, replace(rule, at_least=low, at_most=high)))

    def distance(total: float) -> float:
        return max(rule.at_least[0] - total, total - rule.at_most[0], 0.0)

    found = nearest_total(rest, rule, deadline=Deadline())
    possible = [distance(total) for total in range(55) if is_possible(widened(total))]
    if found is None:
        assert not possible
    else:
        assert distance(found) == pytest.approx(min(possible))


@settings(max_examples=30)
@given(tight_requests(kinds=(CoveringProblem,)))
def test_the_most_that_can_be_served_is_found(problem: CoveringProblem) -> None:
    table = problem.covers.toarray()
    values = [
        float(problem.weights[table[:, list(chosen)].sum(axis=1) > 0].sum())
        for chosen in within_rules(problem)
    ]
    found = most_served(problem, problem.weights, deadline=Deadline())
    assert found == max(values, default=None)
