"""The smallest change of one clause that makes an impossible request possible."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Floats, Integers, counted_fr, few
from geo.optimise.deadline import Deadline
from geo.optimise.linear import LinearModel
from geo.optimise.mixed.clauses import Clause, ClauseKind, ask, is_impossible, question, without
from geo.optimise.mixed.model import coverage_siting
from geo.optimise.plan import Relaxation
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem
from geo.optimise.rules import RuleKind, SiteRule, count_rule

CLOSE_ENOUGH = 1e-6
"""Difference between a change found and its bound under which it is proven smallest."""

DECIMALS = 3


def relaxation(
    problem: Coverage, clause: Clause, *, deadline: Deadline, site_names: Sequence[str] = ()
) -> Relaxation | None:
    """Return the smallest change of `clause` alone that frees `problem`, None if none does."""
    change_fr: str | None
    match clause.kind:
        case ClauseKind.REQUIRED:
            change_fr = _released(problem, clause, deadline, site_names)
        case ClauseKind.FORBIDDEN:
            change_fr = _reopened(problem, clause, deadline, site_names)
        case ClauseKind.DEMAND:
            change_fr = _less_served(problem, deadline)
        case _:
            change_fr = _rule_changed(problem, clause, deadline)
    return None if change_fr is None else Relaxation(clause.name_fr, change_fr)


def _rule_changed(problem: Coverage, clause: Clause, deadline: Deadline) -> str | None:
    """Return the smallest change of a rule, or of the number of stations."""
    rule = _rule_of(problem, clause)
    rest = without(problem, frozenset({clause}))
    if rule.kind is RuleKind.SPACING and rule.levels is not None:
        spacing = widest_spacing(rest, rule, deadline=deadline)
        return None if spacing is None else _spacing_fr(rule, spacing)
    if len(rule.at_least) != 1:
        return None
    total = nearest_total(rest, rule, deadline=deadline)
    return None if total is None else _limit_fr(rule, total)


def _rule_of(problem: Coverage, clause: Clause) -> SiteRule:
    if clause.kind is ClauseKind.RULE:
        return problem.rules[clause.rule]
    count = float(getattr(problem, "count", 0))
    return count_rule(count, count, site_count=problem.site_count)


def nearest_total(rest: Coverage, rule: SiteRule, *, deadline: Deadline) -> float | None:
    """Return the sum of the one-row `rule` nearest its limits that `rest` allows.

    Minimise the two slacks of at_least - s <= row x <= at_most + t; None without a proof.
    """
    model = question(rest)
    column_count = len(model.costs)
    filler = sparse.csr_matrix((1, column_count - rule.matrix.shape[1]))
    row = sparse.hstack([rule.matrix, filler, sparse.csr_matrix([[1.0, -1.0]])])
    slack = sparse.csr_matrix((model.rows.shape[0], 2))
    widened = LinearModel(
        costs=np.concatenate([np.zeros(column_count), [1.0, 1.0]]),
        lower=np.concatenate([model.lower, [0.0, 0.0]]),
        upper=np.concatenate([model.upper, [np.inf, np.inf]]),
        rows=sparse.csr_matrix(sparse.vstack([sparse.hstack([model.rows, slack]), row])),
        at_least=np.concatenate([model.at_least, rule.at_least]),
        at_most=np.concatenate([model.at_most, rule.at_most]),
        is_whole=np.concatenate([model.is_whole, [False, False]]),
    )
    values = _best(widened, deadline)
    if values is None:
        return None
    opened = np.round(values[: rule.matrix.shape[1]])
    return float((rule.matrix @ opened)[0])


def widest_spacing(rest: Coverage, rule: SiteRule, *, deadline: Deadline) -> float | None:
    """Return the largest spacing, not above the one asked, that `rest` allows.

    Only the distances between two sites matter: they are halved until two are left. None
    when `rest` is impossible without any spacing.
    """
    levels = np.unique(rule.levels if rule.levels is not None else [])
    if is_impossible(rest, deadline=deadline):
        return None
    lowest, highest = 0, len(levels)
    while highest - lowest > 1:
        middle = (lowest + highest) // 2
        spaced = replace(rest, rules=(*rest.rules, _nearer_than(rule, float(levels[middle]))))
        if is_impossible(spaced, deadline=deadline):
            highest = middle
        else:
            lowest = middle
    return float(levels[lowest])


def _nearer_than(rule: SiteRule, distance: float) -> SiteRule:
    """Return the spacing `rule` for pairs nearer than `distance` only."""
    kept = np.flatnonzero((rule.levels if rule.levels is not None else np.array([])) < distance)
    return replace(
        rule,
        matrix=sparse.csr_matrix(rule.matrix[kept]),
        at_least=rule.at_least[kept],
        at_most=rule.at_most[kept],
        levels=rule.levels[kept] if rule.levels is not None else None,
    )


def _released(
    problem: Coverage, clause: Clause, deadline: Deadline, site_names: Sequence[str]
) -> str | None:
    """Return which required sites to release, as few as possible."""
    required = np.array(sorted(problem.required), dtype=np.int64)
    sites = _fewest(problem, clause, required, deadline, is_open=True)
    if sites is None:
        return None
    return f"lever l'obligation de {_sites_fr(sites, site_names)}"


def _reopened(
    problem: Coverage, clause: Clause, deadline: Deadline, site_names: Sequence[str]
) -> str | None:
    """Return which exclusions to lift, as few as possible."""
    forbidden = np.array(sorted(problem.forbidden), dtype=np.int64)
    sites = _fewest(problem, clause, forbidden, deadline, is_open=False)
    if sites is None:
        return None
    return f"lever l'exclusion de {_sites_fr(sites, site_names)}"


def _fewest(
    problem: Coverage, clause: Clause, sites: Integers, deadline: Deadline, *, is_open: bool
) -> Integers | None:
    """Return the fewest of `sites`, all to be `is_open` or not, that must be otherwise."""
    model = question(without(problem, frozenset({clause})))
    costs = model.costs.copy()
    costs[sites] = -1.0 if is_open else 1.0
    values = _best(replace(model, costs=costs), deadline)
    if values is None:
        return None
    return sites[(np.round(values[sites]) == 1.0) != is_open]


def _less_served(problem: Coverage, deadline: Deadline) -> str | None:
    """Return the share to ask for instead, or how many demands to give up when all were."""
    if not isinstance(problem, CoveringProblem):
        return None
    is_all = problem.share == 1.0
    weights = np.ones(len(problem.weights)) if is_all else problem.weights
    served = most_served(problem, weights, deadline=deadline)
    if served is None:
        return None
    total = float(weights.sum())
    if is_all:
        return f"renoncer à desservir {counted_fr(round(total - served), 'demande')}"
    asked, reached = 100 * problem.share, 100 * served / total
    return f"abaisser la part à desservir de {_figure(asked)} % à {_figure(reached, is_up=False)} %"


def most_served(problem: Coverage, weights: Floats, *, deadline: Deadline) -> float | None:
    """Return the largest weight that sites within every rule can serve, None without a proof."""
    best = CoverageProblem(
        weights,
        problem.covers,
        required=problem.required,
        forbidden=problem.forbidden,
        rules=problem.rules,
        needs=problem.needs,
        item_of_row=problem.item_of_row,
    )
    siting = coverage_siting(best)
    values = _best(siting.model, deadline)
    return None if values is None else siting.objective(siting.chosen(values))


def _best(model: LinearModel, deadline: Deadline) -> Floats | None:
    """Return an optimal solution of `model`, None when there is none or none is proven."""
    answer = ask(model, deadline=deadline)
    if answer.values is None:
        return None
    value = float(model.costs @ answer.values)
    is_proven = value - answer.bound <= CLOSE_ENOUGH * max(1.0, abs(value))
    return answer.values if is_proven else None


def _limit_fr(rule: SiteRule, total: float) -> str:
    """Say how the limits of `rule` must move to let `total` in."""
    is_short = total < rule.at_least[0]
    asked = float(rule.at_least[0] if is_short else rule.at_most[0])
    unit = f" {rule.unit_fr}" if rule.unit_fr else ""
    change = f"de {_figure(asked)} à {_figure(total, is_up=not is_short)}{unit}"
    if rule.kind is RuleKind.TERRITORY:
        moved = "abaisser le minimum" if is_short else "relever le maximum"
        return f"{moved} de « {rule.subject_fr} » {change}"
    moved = "ramener" if is_short else "porter"
    subject = f"le {rule.subject_fr}" if rule.subject_fr else f"« {rule.name_fr} »"
    return f"{moved} {subject} {change}"


def _spacing_fr(rule: SiteRule, spacing: float) -> str:
    unit = f" {rule.unit_fr}" if rule.unit_fr else ""
    asked = f"de {_figure(rule.asked)} " if math.isfinite(rule.asked) else ""
    return f"ramener l'espacement {asked}à {_figure(spacing, is_up=False)}{unit}"


def _sites_fr(sites: Integers, site_names: Sequence[str]) -> str:
    """Name `sites`, or number them without names."""
    plural = "s" if len(sites) > 1 else ""
    named = ", ".join(site_names[site] for site in sites.tolist()) if site_names else few(sites)
    return f"{len(sites)} site{plural} : {named}"


def _figure(value: float, *, is_up: bool = True) -> str:
    """Return `value` in French figures, rounded to the side that still frees the request."""
    nearest = round(value, DECIMALS + 3)
    scale = 10.0**DECIMALS
    rounded = (math.ceil if is_up else math.floor)(round(nearest * scale, 3)) / scale
    text = f"{rounded:,.{DECIMALS}f}".rstrip("0").rstrip(".")
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")
