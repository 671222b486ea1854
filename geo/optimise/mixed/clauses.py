"""A request as a list of named clauses, each of which can be taken away."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from geo.optimise.arrays import few
from geo.optimise.deadline import Deadline
from geo.optimise.linear import Answer, LinearModel, branch_and_bound
from geo.optimise.mixed.model import all_rules, covering_siting, site_bounds, sites_only
from geo.optimise.mixed.twins import merge_twins
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem
from geo.optimise.rules import count_rule

NODE_LIMIT = 20_000
"""Branch-and-bound nodes spent on one question before it is left open."""


class ClauseKind(StrEnum):
    """Where a clause of a request comes from."""

    COUNT = "nombre"
    RULE = "règle"
    REQUIRED = "imposés"
    FORBIDDEN = "exclus"
    DEMAND = "demande"


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that is asked; `rule` is its place among the rules of the problem."""

    kind: ClauseKind
    name_fr: str
    rule: int = -1


def clauses_of(problem: Coverage) -> tuple[Clause, ...]:
    """Return everything `problem` asks, one clause each."""
    return tuple(_clauses(problem))


def _clauses(problem: Coverage) -> Iterator[Clause]:
    """Yield the clauses: those dropped first by the filter come first."""
    if problem.required:
        names = few(sorted(problem.required))
        yield Clause(ClauseKind.REQUIRED, f"sites imposés : {names}")
    if problem.forbidden:
        names = few(sorted(problem.forbidden))
        yield Clause(ClauseKind.FORBIDDEN, f"sites exclus : {names}")
    if isinstance(problem, CoveringProblem):
        yield Clause(ClauseKind.DEMAND, _demand_fr(problem))
    for place, rule in enumerate(problem.rules):
        yield Clause(ClauseKind.RULE, rule.name_fr, place)
    count = getattr(problem, "count", None)
    if count is not None:
        name = count_rule(count, count, site_count=problem.site_count).name_fr
        yield Clause(ClauseKind.COUNT, name)


def _demand_fr(problem: CoveringProblem) -> str:
    if problem.share == 1.0:
        return "toute la demande desservie"
    percent = f"{100 * problem.share:.6g}".replace(".", ",")
    return f"au moins {percent} % de la demande desservie"


def without(problem: Coverage, clauses: frozenset[Clause]) -> Coverage:
    """Return `problem` without `clauses`."""
    dropped = {clause.kind for clause in clauses}
    places = {clause.rule for clause in clauses if clause.kind is ClauseKind.RULE}
    kept = tuple(rule for place, rule in enumerate(problem.rules) if place not in places)
    less = replace(problem, rules=kept)
    if ClauseKind.REQUIRED in dropped:
        less = replace(less, required=frozenset())
    if ClauseKind.FORBIDDEN in dropped:
        less = replace(less, forbidden=frozenset())
    if isinstance(less, CoverageProblem) and ClauseKind.COUNT in dropped:
        return replace(less, count=None)
    if isinstance(less, CoveringProblem) and ClauseKind.DEMAND in dropped:
        return replace(less, share=0.0)
    return less


def question(problem: Coverage) -> LinearModel:
    """Return the model, without costs, of the sites that respect all of `problem`."""
    if isinstance(problem, CoveringProblem) and problem.share > 0:
        model = covering_siting(problem).model
        return replace(model, costs=np.zeros(len(model.costs)))
    return sites_only(all_rules(problem), *site_bounds(problem))


def ask(model: LinearModel, *, deadline: Deadline) -> Answer:
    """Return what the exact solver says of `model`, within its nodes and the deadline."""
    merged = merge_twins(model)
    answer = branch_and_bound(
        merged.model, deadline=deadline, node_limit=NODE_LIMIT, options={"presolve": "on"}
    )
    if answer.values is None:
        return answer
    return replace(answer, values=merged.apart(answer.values, model.upper))


def is_impossible(problem: Coverage, *, deadline: Deadline) -> bool:
    """Tell whether it is proven that nothing respects all of `problem`."""
    return ask(question(problem), deadline=deadline).is_infeasible
