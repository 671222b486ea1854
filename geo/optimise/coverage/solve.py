"""From a coverage problem to a plan with a proven bound."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import numpy as np

from geo.optimise.arrays import NOTHING, Integers, counted_fr
from geo.optimise.coverage import close, greedy, search
from geo.optimise.coverage.bound import Multipliers, first_multipliers
from geo.optimise.coverage.presolve import presolved
from geo.optimise.coverage.residual import Residual
from geo.optimise.coverage.search_loops import BATCH_LINKS
from geo.optimise.deadline import Deadline, nobody
from geo.optimise.effort import DEFAULT_EFFORT, Effort
from geo.optimise.identity import coverage_hash
from geo.optimise.mixed.solve import solve_mixed_coverage
from geo.optimise.plan import Infeasible, Plan, ProgressListener, Relaxation, Sense, Stage
from geo.optimise.problem import CoverageProblem
from geo.optimise.standing import Standing

SEARCH_LINKS = 8_000_000_000
"""Links the search may visit, for an effort of 1."""

FIRST_LINKS_SHARE = 0.01
"""Part of them visited first, by a search of its own: enough for an easy instance."""

EARLY_LINKS_SHARE = 0.25
"""Part of the other search that comes before a proof that may be long."""

ROUNDS = 1_500
"""Rounds of the bound, which hardly moves after so many."""

FIRST_ROUNDS = 100
"""Rounds before the first search, for a bound within the first tenths of a second."""

ROUND_LINKS = 15_000_000_000
"""Links that these rounds may visit for an effort of 1; fewer rounds on huge instances."""

LEAST_ROUNDS = 300
"""Rounds done on any instance: fewer leave the bound where it starts."""

CORE_LINKS = 5_000
"""Links of a choice that branch-and-bound settles in a second."""

CORE_NODES = 500
"""Nodes for such a choice."""

PROOF_LINKS = 100_000
"""Links left undecided up to which a proof is tried, for an effort of 1."""

PROMISING_LINKS_SHARE = 0.75
"""Share of the links left from which reduced costs say too little for a proof to succeed."""

PROOF_NODES = 1_000
"""Nodes of a proof, for an effort of 1."""


def solve_coverage(
    problem: CoverageProblem,
    effort: Effort = DEFAULT_EFFORT,
    *,
    seed: int,
    progress: ProgressListener | None = None,
    wants_stop: Callable[[], bool] = nobody,
) -> Plan | Infeasible:
    """Return a plan of exactly `problem.count` sites and the bound that proves its quality.

    Same problem, effort and seed, same plan (see Effort for the time limit). A request that
    no plan can meet comes back as the constraints that block it.
    """
    if not problem.is_simple or problem.count is None:
        return solve_mixed_coverage(
            problem, effort, seed=seed, progress=progress, wants_stop=wants_stop
        )
    blocked = infeasibility(problem, problem.count)
    if blocked is not None:
        return blocked
    deadline = Deadline(effort.time_limit_s, wants_stop)
    residual, report = presolved(problem)
    standing = Standing(
        sense=Sense.MAXIMISE,
        bound=residual.settled + residual.reachable,
        is_integral=problem.is_integral,
        deadline=deadline,
        target_gap_share=effort.target_gap_share,
        progress=progress,
    )
    _Contest(standing, residual, effort, seed).run()
    placed = residual.sites[standing.chosen].tolist()
    standing.chosen = np.array(sorted({*problem.required, *placed}), dtype=np.int64)
    return standing.plan(
        seed=seed,
        unreachable=problem.unreachable,
        instance_hash=coverage_hash(problem),
        presolve=report,
        assignment=_assignment(problem, standing.chosen),
    )


def _assignment(problem: CoverageProblem, chosen: Integers) -> Integers:
    """Return, for each demand point, the first chosen site that serves it, -1 for none."""
    served = problem.covers[:, chosen]
    served.sort_indices()
    reached = np.diff(served.indptr) > 0
    sites = np.full(problem.covers.shape[0], -1, dtype=np.int64)
    sites[reached] = chosen[served.indices[served.indptr[:-1][reached]]]
    return sites


def infeasibility(problem: CoverageProblem, count: int) -> Infeasible | None:
    """Return why no plan of `count` sites exists, None when one does."""
    allowed = problem.site_count - len(problem.forbidden)
    asked = f"nombre de stations : {count}"
    if count > allowed:
        blocking = (asked, f"sites candidats autorisés : {allowed}")
        return Infeasible(blocking, _relaxations(problem, count, allowed))
    required = len(problem.required)
    if count < required:
        blocking = (asked, f"sites imposés : {required}")
        change = f"demander au moins {counted_fr(required, 'station')}"
        fewer = f"ne pas imposer plus de {counted_fr(count, 'site')}"
        relaxations = (Relaxation(asked, change), Relaxation(blocking[1], fewer))
        return Infeasible(blocking, relaxations)
    return None


def _relaxations(problem: CoverageProblem, count: int, allowed: int) -> tuple[Relaxation, ...]:
    """Return what would make room for `count` stations when only `allowed` sites are."""
    fewer = Relaxation(
        f"nombre de stations : {count}", f"demander au plus {counted_fr(allowed, 'station')}"
    )
    if count > problem.site_count:
        return (fewer,)
    more = f"autoriser {count - allowed} des {len(problem.forbidden)} sites exclus"
    return (fewer, Relaxation(f"sites candidats autorisés : {allowed}", more))


@dataclass(slots=True)
class _Contest:
    """Plans from below, bounds from above, the cheap steps first, until they meet or tire.

    Sites are local to `residual`; the values of `standing` include what it has settled.
    `plans` is the long search under way; `proved_objective` the best plan's value when a proof
    was last tried.
    """

    standing: Standing
    residual: Residual
    effort: Effort
    seed: int
    multipliers: Multipliers = field(init=False)
    plans: Iterator[Integers] | None = None
    proved_objective: float = math.nan

    def __post_init__(self) -> None:
        """Start the bound from prices of no merit."""
        self.multipliers = first_multipliers(self.residual)

    def run(self) -> None:
        """Bring `standing` as far as `effort` allows."""
        residual = self.residual
        first = greedy.extend(residual, NOTHING, count=residual.count)
        self.offer(first, stage=Stage.START)
        if residual.count == 0:
            self.cap(0.0, stage=Stage.START)
        proof_links = self.effort.budget(PROOF_LINKS)
        early = round(EARLY_LINKS_SHARE * self.effort.budget(SEARCH_LINKS) / BATCH_LINKS)
        steps: tuple[Callable[[], None], ...] = (
            partial(self.tighten, FIRST_ROUNDS),
            self.search_briefly,
            partial(self.tighten, ROUNDS),
            self.choose_near,
            partial(self.choose_left, CORE_LINKS),
            partial(self.search, early),
            self.choose_near,
            partial(self.choose_left, proof_links),
            partial(self.search, None),
            self.choose_near,
            partial(self.choose_left, proof_links),
        )
        for step in steps:
            if not self.standing.is_over:
                step()

    def offer(self, chosen: Integers, *, stage: Stage) -> None:
        """Let `standing` know of a plan."""
        value = self.residual.settled + self.residual.value(chosen)
        self.standing.offer(chosen, value, stage=stage)

    def search_briefly(self) -> None:
        """Anneal the greedy plan once over, to know whether the instance is easy."""
        self.listen(self.improvements(FIRST_LINKS_SHARE))

    def search(self, batch_count: int | None) -> None:
        """Carry on with the long search for so many batches, or to its end."""
        if self.plans is None:
            self.plans = self.improvements(1.0)
        self.listen(islice(self.plans, batch_count))

    def improvements(self, links_share: float) -> Iterator[Integers]:
        """Return better and better plans from the best one on, for a share of the links."""
        return search.improvements(
            self.residual,
            self.standing.chosen,
            links=round(links_share * self.effort.budget(SEARCH_LINKS)),
            seed=self.seed,
            deadline=self.standing.deadline,
        )

    def listen(self, plans: Iterator[Integers]) -> None:
        """Offer the `plans` one after the other, until one is enough."""
        for plan in plans:
            self.offer(plan, stage=Stage.SEARCH)
            if self.standing.is_over:
                return

    def tighten(self, rounds: int) -> None:
        """Bring the bound down until it has gone through `rounds`, fewer on huge instances."""
        links = max(1, self.residual.covers.nnz)
        allowed = max(LEAST_ROUNDS, self.effort.budget(ROUND_LINKS) // links)
        rounds = min(rounds, allowed)
        while self.multipliers.rounds < rounds and not self.standing.is_over:
            target = self.standing.objective - self.residual.settled
            self.multipliers.descend(rounds=rounds - self.multipliers.rounds, target=target)
            self.cap(self.multipliers.bound, stage=Stage.BOUND)

    def cap(self, bound: float, *, stage: Stage) -> None:
        """Let `standing` know of a bound on what `residual` can add."""
        self.standing.cap(self.residual.settled + bound, stage=stage)

    def choose_near(self) -> None:
        """Look for a better plan among the few sites that the bound uses."""
        fractions = self.multipliers.fractions
        near = close.promising(self.residual, fractions, self.standing.chosen)
        if near.link_count <= CORE_LINKS:
            self.settle_choice(near, node_limit=CORE_NODES)

    def choose_left(self, most_links: int) -> None:
        """Settle what reduced costs leave undecided, which bounds every plan."""
        if self.standing.objective == self.proved_objective:
            return
        left = close.remainder(self.residual, self.multipliers.best, self.standing.chosen)
        most = min(most_links, PROMISING_LINKS_SHARE * self.residual.covers.nnz)
        if left.link_count > max(CORE_LINKS, most):
            return
        self.proved_objective = self.standing.objective
        if left.link_count > CORE_LINKS:
            left, limit = close.relaxed_further(left, deadline=self.standing.deadline)
            self.cap(limit, stage=Stage.PROOF)
        nodes = max(CORE_NODES, self.effort.budget(PROOF_NODES))
        self.cap(self.settle_choice(left, node_limit=nodes), stage=Stage.PROOF)

    def settle_choice(self, left: close.Remainder, *, node_limit: int) -> float:
        """Offer the best of the plans `left` and return what none of them exceeds."""
        closing = close.solved(
            left,
            is_integral=self.standing.is_integral,
            node_limit=node_limit,
            deadline=self.standing.deadline,
        )
        self.offer(closing.chosen, stage=Stage.PROOF)
        return closing.bound
