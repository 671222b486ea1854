"""The engine: cheaper plans from one side, higher bounds from the other, until they meet."""

import math
from dataclasses import dataclass

import numpy as np

from geo.optimise.arrays import NOTHING, Integers
from geo.optimise.covering import model, prices, search
from geo.optimise.covering.core import Core
from geo.optimise.covering.presolve import open_sites, simplify, without_sites
from geo.optimise.covering.prices import Priced
from geo.optimise.effort import Effort
from geo.optimise.plan import Stage
from geo.optimise.standing import Standing

QUICK_ROUNDS = 12
"""Short searches and climbs in turn before anything heavy; easy instances end there."""

QUICK_TOUCHES_PER_LINK = 30

CLIMB_TOUCHES = 10_000_000
"""Links walked between two looks at the clock in a climb."""

CLIMB_STEPS = 50
"""Subgradient steps in one go, fewer on large cores."""

RELAX_LINKS = 3_000_000
"""Links beyond which the interior point needs too much memory; the climb's bound stands."""

PROOF_LINKS = 40_000
"""Links of a core that branch-and-bound may still close."""

SMALL_LINKS = 10_000
"""Links of a core small enough for each piece of work on it to be short."""

SMALL_FACTOR = 8
"""Pieces of work on such a core that make one on a larger."""

PROOF_ASKS = 200
"""Pieces of work allowed to branch-and-bound for an effort of 1: about four seconds."""

SEARCH_TOUCHES = 1_500_000_000
"""Links walked by the search for an effort of 1: about five seconds."""


@dataclass(slots=True)
class Contest:
    """A core being settled; `ceiling` is the cost that plans must stay below to matter.

    The core keeps every plan below the ceiling it was reduced under, and only those, so
    that its bounds hold up to that ceiling. Costs include the settled sites.
    """

    core: Core
    standing: Standing
    ceiling: float
    effort: Effort
    seed: int
    known: Priced
    climb: prices.Climb
    search: search.Search

    @property
    def is_over(self) -> bool:
        """True when nothing more is to be gained, asked for, or allowed."""
        return self.standing.is_over or self.standing.bound >= self.ceiling

    def offer(self, chosen: Integers, *, stage: Stage) -> None:
        """Keep the local sites `chosen` if they make a cheaper plan."""
        if not self.core.serves_enough(chosen):
            return
        opened = np.concatenate([self.core.settled, self.core.sites[chosen]])
        self.standing.offer(opened, self.core.cost(chosen), stage=stage)
        self.ceiling = min(self.ceiling, self.standing.objective)

    def cap(self, known: Priced, *, stage: Stage) -> None:
        """Keep what `known` proves."""
        if known.bound > self.known.bound:
            self.known = known
        self.standing.cap(min(known.bound, self.ceiling), stage=stage)


def settle(
    core: Core,
    standing: Standing,
    *,
    effort: Effort,
    seed: int,
    hint: Integers = NOTHING,
    ceiling: float = math.inf,
) -> None:
    """Bring `standing` as far as `effort` allows, the cheap steps first.

    With a finite `ceiling` only plans below it are looked for, from the sites `hint`, and a
    bound at the ceiling ends the work.
    """
    if core.is_settled:
        standing.offer(core.settled, core.settled_cost, stage=Stage.PRESOLVE)
        standing.cap(core.settled_cost, stage=Stage.PRESOLVE)
        return
    if core.covers.shape[1] == 0:
        standing.cap(ceiling, stage=Stage.PRESOLVE)
        return
    contest = _entered(core, standing, effort=effort, seed=seed, hint=hint, ceiling=ceiling)
    for step in (_approach, _relax, _prove, _insist, _prove):
        if contest.is_over:
            return
        step(contest)


def _entered(
    core: Core,
    standing: Standing,
    *,
    effort: Effort,
    seed: int,
    hint: Integers,
    ceiling: float,
) -> Contest:
    """Return the contest with its first plan and bound."""
    links = core.links()
    first = prices.ascended(core, links)
    contest = Contest(
        core=core,
        standing=standing,
        ceiling=ceiling,
        effort=effort,
        seed=seed,
        known=first,
        climb=prices.climbing(core, links),
        search=_searching(core, seed=seed, hint=hint, ceiling=ceiling),
    )
    contest.offer(contest.search.best, stage=Stage.START)
    contest.cap(first, stage=Stage.START)
    return contest


def _searching(core: Core, *, seed: int, hint: Integers, ceiling: float) -> search.Search:
    """Return a search from the sites numbered `hint` that the core still has."""
    local = np.flatnonzero(np.isin(core.sites, hint))
    return search.started(core, seed=seed, chosen=local, ceiling=ceiling - core.settled_cost)


def _approach(contest: Contest) -> None:
    """Search and climb in turn, briefly."""
    rounds = min(QUICK_ROUNDS, contest.effort.budget(QUICK_ROUNDS))
    touches = QUICK_TOUCHES_PER_LINK * contest.core.covers.nnz + 10_000
    for turn in range(2 * rounds):
        if contest.is_over:
            return
        if turn % 2:
            _climb(contest)
        else:
            _search(contest, min(touches, search.CHUNK_TOUCHES))


def _search(contest: Contest, touch_count: int) -> None:
    if contest.search.run(touch_count):
        contest.offer(contest.search.best, stage=Stage.SEARCH)


def _climb(contest: Contest) -> None:
    if contest.climb.is_spent:
        return
    steps = max(1, min(CLIMB_STEPS, CLIMB_TOUCHES // max(1, contest.core.covers.nnz)))
    aim = contest.ceiling if math.isfinite(contest.ceiling) else 1.1 * contest.known.bound + 1.0
    contest.cap(contest.climb.run(steps, aim=aim), stage=Stage.BOUND)


def _relax(contest: Contest) -> None:
    """Take the bound of the linear relaxation, then drop what it decides."""
    if contest.core.covers.nnz <= RELAX_LINKS and contest.effort.work > 0:
        relaxed = model.relaxed_prices(contest.core, deadline=contest.standing.deadline)
        if relaxed is not None:
            known = prices.priced(contest.core, relaxed.row_multipliers)
            contest.cap(known, stage=Stage.BOUND)
    if not contest.is_over:
        _shrink(contest)


def _shrink(contest: Contest) -> None:
    """Drop the sites that no plan below the ceiling opens, open those that all do."""
    known = contest.known
    at_most = contest.ceiling - 1.0 if contest.core.is_integral else contest.ceiling
    decided = prices.undecided(known, at_most=at_most)
    if not (decided.opened.any() or decided.dropped.any()):
        return
    if (decided.opened & decided.dropped).any():
        contest.standing.cap(contest.ceiling, stage=Stage.BOUND)
        return
    opened = contest.core.sites[decided.opened]
    dropped = contest.core.sites[decided.dropped]
    core = open_sites(without_sites(contest.core, dropped), opened)
    if not core.is_possible:
        contest.standing.cap(contest.ceiling, stage=Stage.BOUND)
        return
    _restart(contest, simplify(core)[0])


def _restart(contest: Contest, core: Core) -> None:
    """Go on with the smaller `core`, from the best plan."""
    if core.is_settled:
        contest.core = core
        contest.offer(NOTHING, stage=Stage.BOUND)
        contest.standing.cap(min(core.settled_cost, contest.ceiling), stage=Stage.BOUND)
        return
    links = core.links()
    contest.core = core
    contest.known = prices.ascended(core, links)
    contest.climb = prices.climbing(core, links)
    contest.search = _searching(
        core, seed=contest.seed, hint=contest.standing.chosen, ceiling=contest.ceiling
    )


def _prove(contest: Contest) -> None:
    """Let branch-and-bound close a core that is small enough."""
    core = contest.core
    ask_count = contest.effort.budget(PROOF_ASKS)
    if core.covers.nnz <= SMALL_LINKS:
        ask_count *= SMALL_FACTOR
    if core.covers.nnz > PROOF_LINKS or ask_count == 0:
        return
    plan, bound = model.best_plan(
        core,
        start=_start(contest),
        ask_count=ask_count,
        deadline=contest.standing.deadline,
    )
    if plan is not None:
        contest.offer(plan, stage=Stage.PROOF)
    known = core.settled_cost + bound
    known -= 0.0 if core.is_integral else model.TOLERANCE_SHARE * abs(known)
    contest.standing.cap(min(known, contest.ceiling), stage=Stage.PROOF)


def _start(contest: Contest) -> Integers:
    """Return the best plan in the core's own numbers, nothing when the core lost it."""
    local = np.flatnonzero(np.isin(contest.core.sites, contest.standing.chosen))
    return local.astype(np.int64) if contest.core.serves_enough(local) else NOTHING


def _insist(contest: Contest) -> None:
    """Search for as long as the effort allows."""
    for _ in range(contest.effort.budget(SEARCH_TOUCHES) // search.CHUNK_TOUCHES):
        _search(contest, search.CHUNK_TOUCHES)
        if contest.is_over:
            return
