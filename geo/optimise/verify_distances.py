"""A second opinion on plans of distances: medians and centers, from the listed pairs alone."""

import math
from collections.abc import Iterator

import numpy as np

from geo.optimise.arrays import Floats, Integers, counted_fr
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.median.problem import CapacitatedProblem, MedianProblem
from geo.optimise.plan import Plan
from geo.optimise.reach import Reach
from geo.optimise.verify import RELATIVE_TOLERANCE, listing_faults, proof_faults, told, value_faults

DistanceProblem = CapacitatedProblem | CenterProblem | MedianProblem


def verify_distances(problem: DistanceProblem, plan: Plan) -> None:
    """Raise InputError listing every way in which `plan` is not what it says of `problem`.

    Without capacities each demand counts its nearest chosen site, looked for anew; with
    them, the site it is assigned to, whose load is summed anew.
    """
    faults = [*_site_faults(problem, plan), *proof_faults(plan)]
    if isinstance(problem, CapacitatedProblem):
        faults += _capacity_faults(problem, plan)
    else:
        faults += _nearest_faults(problem, plan)
    told(faults)


def _site_faults(problem: DistanceProblem, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the chosen sites themselves."""
    yield from listing_faults(
        plan,
        site_count=problem.reach.site_count,
        required=problem.required,
        forbidden=problem.forbidden,
    )
    is_exact = not isinstance(problem, CenterProblem)
    if len(plan.chosen) > problem.count or (is_exact and len(plan.chosen) < problem.count):
        placed = counted_fr(len(plan.chosen), "station placée", "stations placées")
        yield f"{placed} au lieu de {problem.count}"
    for rule in problem.rules:
        yield from rule.faults(np.array(plan.chosen, dtype=np.int64))


def _nearest_faults(problem: CenterProblem | MedianProblem, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with distances to the nearest chosen site."""
    distances = nearest_distances(problem.reach, plan)
    needed = np.ones(len(distances), dtype=bool)
    if isinstance(problem, MedianProblem):
        needed = problem.weights > 0
    alone = int((needed & np.isinf(distances)).sum())
    if alone:
        yield f"{counted_fr(alone, 'demande')} sans station listée"
        return
    if isinstance(problem, MedianProblem):
        costs = problem.weights[needed] * distances[needed]
        yield from value_faults(plan, math.fsum(costs.tolist()))
    else:
        yield from value_faults(plan, float(distances.max(initial=0.0)))
    if plan.assignment is not None:
        yield from _assignment_faults(problem.reach, plan.assignment, distances)


def nearest_distances(reach: Reach, plan: Plan) -> Floats:
    """Return the distance of each demand to its nearest chosen site, infinity for none."""
    distances = np.full(reach.demand_count, np.inf)
    of_plan = np.isin(reach.sites, plan.chosen)
    np.minimum.at(distances, reach.rows[of_plan], reach.distances[of_plan])
    return distances


def _assignment_faults(reach: Reach, assignment: Integers, distances: Floats) -> Iterator[str]:
    """Yield the demands that are not given to a nearest chosen site."""
    assigned = pair_distances(reach, assignment)
    listed = np.isfinite(distances)
    if not np.array_equal(assigned[listed], distances[listed]):
        yield "des demandes ne sont pas attribuées à leur station la plus proche"


def pair_distances(reach: Reach, assignment: Integers) -> Floats:
    """Return the listed distance of each demand to its site, infinity if it is not listed."""
    distances = np.full(reach.demand_count, np.inf)
    rows = reach.rows
    given = reach.sites == assignment[rows]
    np.minimum.at(distances, rows[given], reach.distances[given])
    return distances


def _capacity_faults(problem: CapacitatedProblem, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with an assignment within capacities."""
    if plan.assignment is None or not np.isin(plan.assignment, plan.chosen).all():
        yield "des demandes ne sont attribuées à aucun site choisi"
        return
    distances = pair_distances(problem.reach, plan.assignment)
    if np.isinf(distances).any():
        yield "des demandes sont attribuées à un site hors de leur liste"
        return
    yield from value_faults(plan, math.fsum((problem.pair_weights * distances).tolist()))
    loads = np.bincount(plan.assignment, weights=problem.demands, minlength=problem.site_count)
    overfull = np.flatnonzero(loads > problem.capacities * (1.0 + RELATIVE_TOLERANCE))
    if len(overfull):
        yield f"capacité dépassée aux sites {overfull.tolist()}"
