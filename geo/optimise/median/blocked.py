"""Why a median problem has no plan, in words, with the smallest change that frees it."""

import numpy as np

from geo.optimise.arrays import Flags, Floats, Integers, counted_fr, few
from geo.optimise.median.lists import Lists, costs_to
from geo.optimise.median.problem import CapacitatedProblem, MedianProblem
from geo.optimise.median.search_loops import greedy
from geo.optimise.mixed.infeasibility import diagnose_rules
from geo.optimise.plan import Infeasible, Relaxation


def blocked(
    problem: MedianProblem | CapacitatedProblem, must_be_served: Flags
) -> Infeasible | None:
    """Return why no plan can exist whatever the distances, None when nothing says so."""
    allowed_count = int(problem.is_allowed.sum())
    if len(problem.required) > problem.count:
        change = f"placer {counted_fr(len(problem.required), 'station')}"
        imposed_fr = counted_fr(len(problem.required), "site imposé", "sites imposés")
        blocking = (_count_fr(problem), imposed_fr)
        return Infeasible(blocking, (Relaxation(_count_fr(problem), change),))
    if problem.count > allowed_count:
        change = f"placer {counted_fr(allowed_count, 'station')} au plus"
        allowed_fr = counted_fr(allowed_count, "site autorisé", "sites autorisés")
        blocking = (_count_fr(problem), allowed_fr)
        return Infeasible(blocking, (Relaxation(_count_fr(problem), change),))
    return _out_of_reach(problem, must_be_served)


def _out_of_reach(
    problem: MedianProblem | CapacitatedProblem, must_be_served: Flags
) -> Infeasible | None:
    reach = problem.reach
    is_listed = np.zeros(reach.demand_count, dtype=np.bool_)
    is_listed[reach.rows[problem.is_allowed[reach.sites]]] = True
    alone = np.flatnonzero(must_be_served & ~is_listed)
    if not len(alone):
        return None
    rule_fr = f"demandes sans aucun site autorisé à portée : {few(alone)}"
    is_cut = bool(np.isfinite(reach.beyond[alone]).any())
    change = "allonger leurs listes de distances" if is_cut else "autoriser un site à leur portée"
    return Infeasible((rule_fr,), (Relaxation(rule_fr, change),), tuple(alone.tolist()))


def too_few(problem: MedianProblem, lists: Lists) -> Infeasible:
    """Return that no plan of so many stations serves every listed demand.

    The relaxation is a number of stations that is enough: what a greedy covering opens.
    """
    reach_fr = "chaque demande à portée d'une station"
    enough = _enough(problem, lists)
    change = f"ouvrir {counted_fr(enough, 'station')}"
    if np.isfinite(problem.reach.beyond).any():
        change += ", ou allonger les listes de distances"
    return Infeasible((_count_fr(problem), reach_fr), (Relaxation(_count_fr(problem), change),))


def _enough(problem: MedianProblem, lists: Lists) -> int:
    """Return how many stations a greedy covering needs, required ones included."""
    is_open = np.zeros(problem.site_count, dtype=np.bool_)
    is_open[sorted(problem.required)] = True
    while not _serves_all(lists, np.flatnonzero(is_open)):
        greedy(lists, is_open, int(is_open.sum()) + 1, lists.penalties)
    return int(is_open.sum())


def _serves_all(lists: Lists, chosen: Integers) -> bool:
    return bool(np.isfinite(costs_to(lists, chosen)).all())


def _count_fr(problem: MedianProblem | CapacitatedProblem) -> str:
    return counted_fr(problem.count, "station")


def overloaded(problem: CapacitatedProblem) -> Infeasible | None:
    """Return why the demands cannot fit whatever the distances, None when nothing says so."""
    total = float(problem.demands.sum())
    rooms = _rooms(problem)
    available = float(rooms[: problem.count].sum())
    if available < total * (1 - 1e-9):
        return _lacking_room(problem, rooms, total)
    reach = problem.reach
    allowed = problem.is_allowed[reach.sites]
    largest = np.zeros(reach.demand_count)
    np.maximum.at(largest, reach.rows[allowed], problem.capacities[reach.sites[allowed]])
    too_large = np.flatnonzero(problem.demands > largest * (1 + 1e-9))
    if not len(too_large):
        return None
    rule_fr = f"demandes plus grandes que tout site à leur portée : {few(too_large)}"
    change = f"porter la capacité à {problem.demands[too_large].max():g}"
    return Infeasible((rule_fr,), (Relaxation(rule_fr, change),))


def _rooms(problem: CapacitatedProblem) -> Floats:
    """Return the capacities of the allowed sites, required ones first, then the largest."""
    is_required = np.zeros(problem.site_count, dtype=np.bool_)
    is_required[sorted(problem.required)] = True
    others = np.sort(problem.capacities[problem.is_allowed & ~is_required])[::-1]
    return np.concatenate([problem.capacities[is_required], others])


def _lacking_room(problem: CapacitatedProblem, rooms: Floats, total: float) -> Infeasible:
    """Return by how much the largest sites are too small, and what would be enough."""
    available = float(rooms[: problem.count].sum())
    capacity_fr = f"capacité totale d'au plus {available:g} pour une demande de {total:g}"
    share = total / problem.count
    changes = [Relaxation(capacity_fr, f"porter la capacité à {share:g} par station")]
    enough = np.flatnonzero(np.cumsum(rooms) >= total)
    if len(enough):
        more = f"ouvrir {counted_fr(int(enough[0]) + 1, 'station')}"
        changes.insert(0, Relaxation(_count_fr(problem), more))
    return Infeasible((_count_fr(problem), capacity_fr), tuple(changes))


def unruly(problem: CapacitatedProblem) -> Infeasible | None:
    """Return which rules leave no choice of sites, capacities aside; None when some do."""
    return diagnose_rules(
        problem.rules,
        site_count=problem.site_count,
        required=problem.required,
        forbidden=problem.forbidden,
        count=problem.count,
    )


def unfitted(problem: CapacitatedProblem) -> Infeasible:
    """Return that the demands do not fit into so many sites within the rules."""
    rule_fr = f"{_count_fr(problem)}, une seule par demande, sans dépasser les capacités"
    more = counted_fr(problem.count + 1, "station")
    change = f"ouvrir {more} ou augmenter les capacités"
    blocking = (rule_fr, *(rule.name_fr for rule in problem.rules))
    return Infeasible(blocking, (Relaxation(rule_fr, change),))
