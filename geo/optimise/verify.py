"""A second opinion on a plan: everything recomputed from the problem, nothing from the solver."""

import math
from collections.abc import Iterator

import numpy as np

from geo.errors import raise_all
from geo.optimise.arrays import Flags, Floats, Integers, counted_fr
from geo.optimise.plan import Plan, Sense, Status, gap_share
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem

RELATIVE_TOLERANCE = 1e-9
"""Two float sums of the same weights in another order agree this closely."""


def verify(problem: CoverageProblem | CoveringProblem, plan: Plan) -> None:
    """Raise InputError listing every way in which `plan` is not what it says of `problem`.

    Coverage is counted anew from the pairs themselves, the objective by an exact sum: a
    fault of the solver's own structures cannot repeat itself here.
    """
    faults = [*_site_faults(problem, plan), *proof_faults(plan)]
    if isinstance(problem, CoverageProblem):
        faults += _coverage_faults(problem, plan)
    else:
        faults += _covering_faults(problem, plan)
    faults += _service_faults(problem, plan)
    told(faults)


def told(faults: list[str]) -> None:
    """Raise InputError with every fault of a plan, if any."""
    raise_all(
        faults,
        subject="Plan de stations incohérent avec le problème posé",
        hint="Ne diffusez pas ce plan ; relancez le calcul et signalez l'anomalie.",
    )


def _site_faults(problem: Coverage, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the chosen sites themselves."""
    yield from listing_faults(
        plan,
        site_count=problem.covers.shape[1],
        required=problem.required,
        forbidden=problem.forbidden,
    )
    inside = [site for site in plan.chosen if 0 <= site < problem.covers.shape[1]]
    for rule in problem.rules:
        yield from rule.faults(np.array(inside, dtype=np.int64))


def listing_faults(
    plan: Plan, *, site_count: int, required: frozenset[int], forbidden: frozenset[int]
) -> Iterator[str]:
    """Yield what is wrong with the list of sites, whatever the problem."""
    chosen = set(plan.chosen)
    if list(plan.chosen) != sorted(chosen):
        yield "les sites choisis ne sont pas triés, ou l'un est choisi deux fois"
    unknown = sorted(site for site in chosen if not 0 <= site < site_count)
    if unknown:
        yield f"sites inconnus : {unknown}"
    if required - chosen:
        yield f"sites imposés absents : {sorted(required - chosen)}"
    if forbidden & chosen:
        yield f"sites exclus choisis : {sorted(forbidden & chosen)}"


def _coverage_faults(problem: CoverageProblem, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with a plan that covers as much as it can."""
    if problem.count is not None and len(plan.chosen) != problem.count:
        placed = counted_fr(len(plan.chosen), "station placée", "stations placées")
        yield f"{placed} au lieu de {problem.count}"
    covered = math.fsum(problem.weights[served_items(problem, plan)].tolist())
    yield from value_faults(plan, covered)


def _covering_faults(problem: CoveringProblem, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with a plan that serves enough at least cost."""
    served = served_items(problem, plan)
    if problem.share == 1.0 and not served.all():
        yield counted_fr(int((~served).sum()), "demande non desservie", "demandes non desservies")
    total = math.fsum(problem.weights.tolist())
    covered = math.fsum(problem.weights[served].tolist())
    if covered < problem.share * total * (1.0 - RELATIVE_TOLERANCE):
        yield f"poids desservi {covered}, inférieur à la part demandée de {total}"
    yield from value_faults(plan, math.fsum(problem.site_costs[list(plan.chosen)].tolist()))


def value_faults(plan: Plan, objective: float) -> Iterator[str]:
    """Yield the difference between the objective announced and the one recomputed."""
    if not math.isclose(objective, plan.objective, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-9):
        yield f"valeur {plan.objective} annoncée, {objective} recalculée"


def proof_faults(plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the bound, the gap and the status."""
    on_wrong_side = (
        plan.bound < plan.objective if plan.sense is Sense.MAXIMISE else plan.bound > plan.objective
    )
    if on_wrong_side:
        yield f"borne {plan.bound} du mauvais côté de la valeur {plan.objective}"
    gap = gap_share(plan.objective, plan.bound, plan.sense)
    if not math.isclose(gap, plan.gap_share, rel_tol=1e-6, abs_tol=1e-12):
        yield f"écart {plan.gap_share} annoncé, {gap} recalculé"
    if plan.status is Status.OPTIMAL and gap > 1e-6:  # noqa: PLR2004
        yield f"optimum annoncé avec un écart de {gap}"


def _service_faults(problem: Coverage, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with who is said to be out of reach, and with the assignment."""
    allowed = set(range(problem.site_count)) - problem.forbidden
    reached = _times_served(problem, np.array(sorted(allowed), dtype=np.int64))
    unreachable = np.flatnonzero(~_items_served(problem, reached)).tolist()
    if unreachable != list(plan.unreachable):
        yield f"demandes hors de portée : {plan.unreachable} annoncées, {unreachable} en fait"
    if plan.assignment is None:
        return
    rows = np.flatnonzero(plan.assignment >= 0)
    sites = plan.assignment[rows]
    if not np.isin(sites, plan.chosen).all():
        yield "des demandes sont attribuées à un site qui n'est pas choisi"
    elif len(rows) and not np.asarray(problem.covers[rows, sites]).all():
        yield "des demandes sont attribuées à un site qui ne les dessert pas"


def served_items(problem: Coverage, plan: Plan) -> Flags:
    """Return which items `plan` serves."""
    return _items_served(problem, _times_served(problem, np.array(plan.chosen, dtype=np.int64)))


def _times_served(problem: Coverage, sites: Integers) -> Floats:
    """Return how many of `sites` serve each row, counted pair by pair."""
    pairs = problem.covers.tocoo()
    of_sites = np.isin(pairs.col, sites)
    return np.bincount(pairs.row[of_sites], minlength=pairs.shape[0]).astype(float)


def _items_served(problem: Coverage, times: Floats) -> Flags:
    """Return which items have all their rows served often enough."""
    short = problem.row_items[times < problem.row_needs]
    served = np.ones(len(problem.weights), dtype=bool)
    served[short] = False
    return served
