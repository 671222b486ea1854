"""A second opinion on a plan: everything recomputed from the problem, nothing from the solver."""

import math
from collections.abc import Iterator

from geo.errors import raise_all
from geo.optimise.problem import CoverageProblem, Plan

RELATIVE_TOLERANCE = 1e-9
"""Two float sums of the same weights in another order agree this closely."""


def verify(problem: CoverageProblem, plan: Plan) -> None:
    """Raise InputError listing every way in which `plan` is not what it says of `problem`.

    Plain sets and sums on purpose: a fault of the solver's arrays cannot repeat itself here.
    """
    raise_all(
        [*_site_faults(problem, plan), *_value_faults(problem, plan)],
        subject="Plan de stations incohérent avec le problème posé",
        hint="Ne diffusez pas ce plan ; relancez le calcul et signalez l'anomalie.",
    )


def _site_faults(problem: CoverageProblem, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the chosen sites themselves."""
    chosen = set(plan.chosen)
    if len(chosen) != len(plan.chosen):
        yield "un site est choisi deux fois"
    if list(plan.chosen) != sorted(plan.chosen):
        yield "les sites choisis ne sont pas triés"
    if len(plan.chosen) != problem.count:
        yield f"{len(plan.chosen)} stations placées au lieu de {problem.count}"
    unknown = sorted(site for site in chosen if not 0 <= site < problem.covers.shape[1])
    if unknown:
        yield f"sites inconnus : {unknown}"
    if problem.required - chosen:
        yield f"sites imposés absents : {sorted(problem.required - chosen)}"
    if problem.forbidden & chosen:
        yield f"sites exclus choisis : {sorted(problem.forbidden & chosen)}"


def _value_faults(problem: CoverageProblem, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the figures of the plan."""
    sites_by_demand = _sites_by_demand(problem)
    weights = problem.weights.tolist()
    chosen = set(plan.chosen)
    objective = math.fsum(
        weight
        for weight, sites in zip(weights, sites_by_demand, strict=True)
        if not chosen.isdisjoint(sites)
    )
    if not math.isclose(objective, plan.objective, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-9):
        yield f"poids couvert {plan.objective} annoncé, {objective} recalculé"
    if plan.bound < plan.objective:
        yield f"borne {plan.bound} inférieure au poids couvert {plan.objective}"
    gap_share = (plan.bound - plan.objective) / plan.bound if plan.bound else 0.0
    if not math.isclose(gap_share, plan.gap_share, rel_tol=1e-6, abs_tol=1e-12):
        yield f"écart {plan.gap_share} annoncé, {gap_share} recalculé"
    allowed = set(range(problem.covers.shape[1])) - problem.forbidden
    unreachable = [row for row, sites in enumerate(sites_by_demand) if not sites & allowed]
    if unreachable != list(plan.unreachable):
        yield f"demandes hors de portée : {plan.unreachable} annoncées, {unreachable} en fait"


def _sites_by_demand(problem: CoverageProblem) -> list[set[int]]:
    """Return, for each demand point, the sites that cover it."""
    table = problem.covers.tocoo()
    sites_by_demand: list[set[int]] = [set() for _ in range(table.shape[0])]
    for demand, site in zip(table.row.tolist(), table.col.tolist(), strict=True):
        sites_by_demand[demand].add(site)
    return sites_by_demand
