"""As near as possible: the fewest kilometres that the worst served demand must travel.

p-center by covering: a radius is enough when as many sites cover everything within it, so
the answer is found between radii proven too small and radii that a plan attains (Minieka,
SIAM Review 12, 1970). Plans of a larger radius start the search at a smaller one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from geo.optimise.arrays import NOTHING, Flags, Floats, Integers, counted_fr, few
from geo.optimise.covering import contest, presolve
from geo.optimise.covering.center_problem import CenterProblem, center_hash
from geo.optimise.deadline import Deadline, nobody
from geo.optimise.effort import DEFAULT_EFFORT, Effort
from geo.optimise.mixed.infeasibility import diagnose
from geo.optimise.mixed.solve import solve_mixed_covering
from geo.optimise.mixed.unfinished import NoPlanYetError
from geo.optimise.plan import Infeasible, Plan, ProgressListener, Relaxation, Sense, Stage
from geo.optimise.problem import CoveringProblem
from geo.optimise.reach import Reach
from geo.optimise.rules import count_rule
from geo.optimise.standing import Standing

GLANCE = 0.02
"""Effort, as a part of what is allowed, of the first look at a radius."""

SECOND_LOOKS = (0.05, 0.2)
"""Efforts, as parts of what is allowed, of later looks at radii left undecided."""

DESCENTS = 8
"""Radii taken one after the other from above while plans are found."""

PROOF_PARTS = (0.5, 0.25, 0.1)
"""Where a proof is tried, from the smallest to the largest radius left."""


def solve_center(
    problem: CenterProblem,
    effort: Effort = DEFAULT_EFFORT,
    *,
    seed: int,
    progress: ProgressListener | None = None,
    wants_stop: Callable[[], bool] = nobody,
) -> Plan | Infeasible:
    """Return the sites of the smallest radius found, and a radius none can go below.

    `objective` is the distance of the demand farthest from its station; `bound` is a listed
    distance too. Without a time limit the same problem, effort and seed give the same plan.
    """
    refusal = _refusal(problem)
    if refusal is not None:
        return refusal
    standing = Standing(
        sense=Sense.MINIMISE,
        bound=_least_radius(problem),
        is_integral=False,
        deadline=Deadline(effort.time_limit_s, wants_stop),
        target_gap_share=effort.target_gap_share,
        progress=progress,
    )
    quest = _Quest(problem, standing, _radii(problem), effort=effort, seed=seed)
    refusal = _open_quest(quest)
    if refusal is not None:
        return refusal
    _bisect(quest)
    _look_again(quest)
    servers, _ = nearest_servers(problem.reach, standing.chosen)
    return standing.plan(seed=seed, instance_hash=center_hash(problem), assignment=servers)


def nearest_servers(reach: Reach, chosen: Integers) -> tuple[Integers, Floats]:
    """Return each demand's nearest chosen site and its distance, -1 and infinity for none."""
    is_chosen = np.zeros(reach.site_count, dtype=bool)
    is_chosen[chosen] = True
    places = np.flatnonzero(is_chosen[reach.sites])
    rows = reach.rows[places]
    reached, first = np.unique(rows, return_index=True)
    servers = np.full(reach.demand_count, -1, dtype=np.int64)
    distances = np.full(reach.demand_count, np.inf)
    servers[reached] = reach.sites[places[first]]
    distances[reached] = reach.distances[places[first]]
    return servers, distances


@dataclass(slots=True)
class _Quest:
    """The radii still possible: `radii[low:high + 1]`, the last one attained by a plan."""

    problem: CenterProblem
    standing: Standing
    radii: Floats
    effort: Effort
    seed: int
    low: int = 0
    high: int = -1

    @property
    def is_over(self) -> bool:
        """True when one radius is left, or nothing more is allowed."""
        return self.low >= self.high or self.standing.is_over


@dataclass(frozen=True, slots=True, eq=False)
class _Fewest:
    """What is known of the fewest sites that serve everybody: a plan, if any, and a bound.

    `refusal` says why rules allow no plan at all.
    """

    chosen: Integers
    count: float
    bound: float
    refusal: Infeasible | None = None


def _allowed(problem: CenterProblem) -> Flags:
    """Return which listed pairs lead to a site that may open."""
    is_allowed = np.ones(problem.reach.site_count, dtype=bool)
    is_allowed[sorted(problem.forbidden)] = False
    return is_allowed[problem.reach.sites]


def _nearest(problem: CenterProblem) -> Floats:
    """Return each demand's distance to its nearest allowed site, infinity for none listed."""
    nearest = np.full(problem.reach.demand_count, np.inf)
    allowed = _allowed(problem)
    np.minimum.at(nearest, problem.reach.rows[allowed], problem.reach.distances[allowed])
    return nearest


def _least_radius(problem: CenterProblem) -> float:
    """Return the radius below which some demand reaches nothing, however many sites open."""
    nearest = np.minimum(_nearest(problem), problem.reach.beyond)
    return float(nearest.max(initial=0.0))


def _radii(problem: CenterProblem) -> Floats:
    """Return, in increasing order, the distances that a plan's radius can be."""
    distances = np.unique(problem.reach.distances[_allowed(problem)])
    return distances[distances >= _nearest(problem).max(initial=0.0)]


def _refusal(problem: CenterProblem) -> Infeasible | None:
    """Return why no plan can be made, before anything is searched; None when one may be."""
    lonely = np.flatnonzero(np.isinf(_nearest(problem)))
    if len(lonely):
        unreachable = lonely[np.isinf(problem.reach.beyond[lonely])]
        if len(unreachable):
            sentence = f"{counted_fr(len(unreachable), 'demande')} qu'aucun site autorisé n'atteint"
            return Infeasible(
                (f"{sentence} ({few(unreachable)})",),
                (Relaxation("demandes à desservir", f"retirer {_these(len(unreachable))}"),),
                tuple(unreachable.tolist()),
            )
        return _cut_short(
            problem, f"{counted_fr(len(lonely), 'demande')} sans site connu ({few(lonely)})"
        )
    if len(problem.required) > problem.count:
        return Infeasible(
            (f"{len(problem.required)} sites imposés pour {_stations(problem.count)}",),
            (Relaxation("nombre de stations", f"placer {_stations(len(problem.required))}"),),
        )
    return None


def _cut_short(problem: CenterProblem, sentence: str) -> Infeasible:
    """Return the refusal of distances that stop too near to tell."""
    farthest = problem.reach.beyond.min()
    change = f"calculer les distances au-delà de {farthest:g}"
    return Infeasible((sentence,), (Relaxation("distances connues", change),))


def _open_quest(quest: _Quest) -> Infeasible | None:
    """Find a first plan at the largest listed radius; return why there is none otherwise."""
    quest.high = len(quest.radii) - 1
    problem = quest.problem
    if _try_all_required(quest):
        return None
    covering = _covering(problem, float(quest.radii[quest.high]))
    known = _fewest(quest, covering, effort=quest.effort, hint=NOTHING)
    if _has_answer(quest, known):
        _attain(quest, known.chosen)
        return None
    if known.refusal is not None:
        return known.refusal
    if problem.rules and known.bound > problem.count:
        return _refused_by_rules(quest, covering)
    if np.isfinite(problem.reach.beyond).any():
        return _cut_short(
            problem, f"aucun plan de {_stations(problem.count)} dans les distances connues"
        )
    return _too_few(problem, known)


def _try_all_required(quest: _Quest) -> bool:
    """Take the required sites alone as a first plan, if they serve everybody."""
    required = np.array(sorted(quest.problem.required), dtype=np.int64)
    if quest.problem.rules or not len(required):
        return False
    _, distances = nearest_servers(quest.problem.reach, required)
    if np.isinf(distances).any():
        return False
    _attain(quest, required)
    return True


def _refused_by_rules(quest: _Quest, covering: CoveringProblem) -> Infeasible:
    """Return which of the rules and the number of sites cannot hold together."""
    count, site_count = quest.problem.count, quest.problem.reach.site_count
    counted = count_rule(0, count, site_count=site_count)
    counted = replace(counted, name_fr=f"au plus {_stations(count)}")
    asked = replace(covering, rules=(counted, *covering.rules))
    return diagnose(asked, deadline=quest.standing.deadline)


def _too_few(problem: CenterProblem, known: _Fewest) -> Infeasible:
    """Return the refusal of a number of sites that reaches not everybody."""
    blocking = f"{_stations(problem.count)}, il en faut au moins {known.bound:g} pour tous"
    if known.bound <= problem.count:
        blocking = f"aucun plan de {_stations(problem.count)} trouvé qui atteigne tous"
    if math.isinf(known.count):
        return Infeasible((blocking,))
    change = f"placer {_stations(round(known.count))}"
    return Infeasible((blocking,), (Relaxation("nombre de stations", change),))


def _stations(count: int) -> str:
    return counted_fr(count, "station")


def _these(count: int) -> str:
    return f"ces {count} demandes" if count > 1 else "cette demande"


def _attain(quest: _Quest, chosen: Integers) -> None:
    """Keep a plan of all demand and the radius it really has."""
    _, distances = nearest_servers(quest.problem.reach, chosen)
    radius = float(distances.max(initial=0.0))
    quest.standing.offer(chosen, radius, stage=Stage.SEARCH)
    quest.high = min(quest.high, int(np.searchsorted(quest.radii, quest.standing.objective)))


def _bisect(quest: _Quest) -> None:
    """Halve the radii left with short looks; what a look leaves open counts as too small.

    Radii left open are not refuted: `quest.low` only moves with a proof.
    """
    low = quest.low
    while max(low, quest.low) < quest.high and not quest.is_over:
        place = (max(low, quest.low) + quest.high) // 2
        if not _look(quest, place, work=GLANCE):
            low = place + 1


def _look(quest: _Quest, place: int, *, work: float) -> bool:
    """Ask whether the radius at `place` is enough; return True if a plan attains it."""
    effort = replace(quest.effort, work=work * quest.effort.work)
    covering = _covering(quest.problem, float(quest.radii[place]))
    known = _fewest(quest, covering, effort=effort, hint=quest.standing.chosen)
    if _has_answer(quest, known):
        _attain(quest, known.chosen)
        return True
    if place + 1 < len(quest.radii) and not quest.standing.deadline.is_past:
        _refute_if_proven(quest, place, known=known, effort=effort)
    return False


def _refute_if_proven(quest: _Quest, place: int, *, known: _Fewest, effort: Effort) -> None:
    """Note that the radius at `place` is too small, if that is proven of unlisted pairs too.

    A demand whose list stops before the next radius may be nearer to anyone than is known:
    the proof must do without it.
    """
    is_known = quest.problem.reach.beyond >= quest.radii[place + 1]
    if not is_known.all():
        covering = _covering(quest.problem, float(quest.radii[place]), rows=is_known)
        known = _fewest(quest, covering, effort=effort, hint=NOTHING)
    if known.bound > quest.problem.count:
        quest.low = max(quest.low, place + 1)
        quest.standing.cap(float(quest.radii[quest.low]), stage=Stage.BOUND)


def _look_again(quest: _Quest) -> None:
    """Close in on the radii left open, harder each time: proofs from below, plans from above."""
    for work in SECOND_LOOKS:
        _refute_more(quest, work=work)
        for _ in range(DESCENTS):
            if quest.is_over or not _look(quest, quest.high - 1, work=work):
                break
    if not quest.is_over:
        _look(quest, quest.high - 1, work=1.0)


def _refute_more(quest: _Quest, *, work: float) -> None:
    """Try to prove some radii below the last one too small."""
    for part in PROOF_PARTS:
        place = quest.low + int(part * (quest.high - quest.low))
        if not quest.is_over and place < quest.high - 1:
            _look(quest, place, work=work)


def _has_answer(quest: _Quest, known: _Fewest) -> bool:
    return known.count <= quest.problem.count


def _covering(
    problem: CenterProblem, radius: float, *, rows: Flags | None = None
) -> CoveringProblem:
    """Return the covering of the demands flagged, all by default, within `radius`."""
    reach = problem.reach
    near = reach.distances <= radius
    shape = (reach.demand_count, reach.site_count)
    pairs = (reach.rows[near], reach.sites[near])
    covers = sparse.csr_matrix((np.ones(int(near.sum())), pairs), shape=shape)
    kept = covers if rows is None else covers[np.flatnonzero(rows)]
    return CoveringProblem(
        weights=np.ones(kept.shape[0]),
        covers=kept,
        required=problem.required,
        forbidden=problem.forbidden,
        rules=problem.rules,
    )


def _fewest(quest: _Quest, covering: CoveringProblem, *, effort: Effort, hint: Integers) -> _Fewest:
    """Return what is found of the fewest sites, until the count allowed is decided."""
    if covering.rules:
        return _fewest_by_rules(quest, covering, effort=effort)
    count, outer = quest.problem.count, quest.standing.deadline
    core, _ = presolve.settle(covering)
    standing = Standing(
        sense=Sense.MINIMISE,
        bound=core.settled_cost,
        is_integral=True,
        deadline=Deadline(outer.left_s, lambda: outer.wants_stop() or _is_decided(standing, count)),
    )
    ceiling = count + 1.0 if len(hint) else math.inf
    contest.settle(core, standing, effort=effort, seed=quest.seed, hint=hint, ceiling=ceiling)
    found = standing.objective if standing.has_plan else math.inf
    return _Fewest(standing.chosen, found, standing.bound)


def _is_decided(standing: Standing, count: int) -> bool:
    """Return True once `count` sites are known to be enough, or too few."""
    return standing.bound > count or (standing.has_plan and standing.objective <= count)


def _fewest_by_rules(quest: _Quest, covering: CoveringProblem, *, effort: Effort) -> _Fewest:
    """Return what the solver of ruled problems finds of the fewest sites."""
    outer = quest.standing.deadline
    try:
        answer = solve_mixed_covering(
            covering,
            replace(effort, time_limit_s=outer.left_s, target_gap_share=0.0),
            seed=quest.seed,
            wants_stop=outer.wants_stop,
        )
    except NoPlanYetError:
        if not quest.standing.has_plan:
            raise
        return _Fewest(NOTHING, math.inf, 0.0)
    if isinstance(answer, Infeasible):
        return _Fewest(NOTHING, math.inf, math.inf, refusal=answer)
    return _Fewest(np.array(answer.chosen, dtype=np.int64), answer.objective, answer.bound)
