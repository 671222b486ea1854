"""The conversation between plans and bound, first for all sites at once, then case by case."""

import math
from dataclasses import dataclass

import numpy as np

from geo.optimise.arrays import Floats, Integers
from geo.optimise.effort import Effort
from geo.optimise.median.bound import (
    Relaxation,
    ascend,
    decisions,
    relaxation,
    settle_sites,
    shortened,
)
from geo.optimise.median.bound_loops import IN, OUT
from geo.optimise.median.closing import close_by_model
from geo.optimise.median.lists import Lists, costs_to
from geo.optimise.median.problem import MedianProblem
from geo.optimise.median.search import CHUNK_READS, Search, begin, new_search, settle, shake
from geo.optimise.median.tree import NODE_ITERATIONS, Tree, grow, visit
from geo.optimise.median.worth import cutoff
from geo.optimise.plan import Stage
from geo.optimise.standing import Standing

ROOT_READS = 2_200_000_000
"""Pairs the climb at the root may read at effort 1: 3 to 15 s, longer lists being slower."""

ROUND_EVERY = 20
"""Pairs climbs read for each pair read rounding them, once there is a plan: read in order they
are four times as fast."""

SHAKE_EVERY = 8
"""Pairs the proof by cases reads for each pair read shaking plans."""

TREE_READS = 6_000_000_000
"""Pairs the proof by cases may read at effort 1: about 9 s."""

SMALL_PAIRS = 15_000
"""Pairs left under which HiGHS closes the problem in a moment."""

SMALL_NODES = 500
"""Nodes of HiGHS on what is left, at effort 1."""

USELESS_SHARE = 0.3
"""Share of useless pairs from which making shorter lists pays."""

NODE_LIMIT = 4_000
"""Cases kept open at effort 1: each keeps the multipliers it starts from."""


@dataclass(slots=True, eq=False)
class Proof:
    """A median problem without rules, while its plan and its bound come nearer.

    `relaxed` is the climb at the root, `search` looks for plans among its sites;
    `is_impossible` once it is proven that no plan serves everybody.
    """

    standing: Standing
    lists: Lists
    relaxed: Relaxation
    search: Search
    seed: int
    is_impossible: bool = False
    climbed_reads: int = 0
    rounded_reads: int = 0

    @property
    def cutoff(self) -> float:
        """The cost from which a plan is not worth looking for."""
        return cutoff(self.standing, otherwise=float(self.lists.penalties.max(initial=1.0)))

    def offer(self, chosen: Integers, stage: Stage) -> None:
        """Keep `chosen` if it serves everybody at less cost than the best plan."""
        cost = float(costs_to(self.lists, chosen).sum())
        if math.isfinite(cost):
            self.standing.offer(chosen, cost, stage=stage)

    def cap(self, bound: float, stage: Stage) -> None:
        """Keep `bound`, which says nothing beyond the cutoff: plans there were not looked at."""
        self.is_impossible = not self.standing.has_plan and bound >= self.cutoff
        self.standing.cap(min(bound, self.cutoff), stage=stage)


def open_proof(problem: MedianProblem, lists: Lists, standing: Standing, *, seed: int) -> Proof:
    """Return the proof with a first plan and the multipliers it suggests."""
    is_required = np.zeros(problem.site_count, dtype=np.bool_)
    is_required[sorted(problem.required)] = True
    search = new_search(lists, is_required, count=problem.count, seed=seed)
    begin(search)
    decided = decisions(is_required, problem.is_allowed)
    relaxed = relaxation(lists, decided, _paid_now(search), count=problem.count)
    proof = Proof(standing, lists, relaxed, search, seed)
    proof.offer(search.chosen, Stage.START)
    proof.cap(relaxed.safe_bound, Stage.START)
    return proof


def prove_at_the_root(proof: Proof, effort: Effort) -> None:
    """Climb and round in turn until the gap closes or the climb gains no more."""
    reads = effort.budget(ROOT_READS)
    while reads > 0 and not _is_over(proof) and not proof.relaxed.is_flat:
        relaxed = proof.relaxed
        cost_of_one = relaxed.iteration_reads
        read = cost_of_one * ascend(relaxed, proof.cutoff, iterations=relaxed.chunk_iterations)
        reads -= read
        proof.climbed_reads += read
        proof.cap(relaxed.safe_bound, Stage.BOUND)
        _round(proof, relaxed, Stage.SEARCH)
        _drop_settled(proof)


def close(proof: Proof, effort: Effort) -> None:
    """Settle case after case until none is left, or the effort allowed is spent.

    Only once the climb at the root is over: before that, cases bring less than iterations.
    """
    _close_small(proof, effort)
    relaxed = proof.relaxed
    if _is_over(proof) or not relaxed.is_flat:
        return
    tree = Tree(relaxed.lists, relaxed.count)
    grow(tree, relaxed.safe_bound, relaxed.decided, relaxed.ascent.best)
    reads, unshaken = effort.budget(TREE_READS), 0
    while tree.nodes and reads > 0 and len(tree.nodes) <= effort.budget(NODE_LIMIT):
        node_reads = _settle_next(proof, tree)
        reads, unshaken = reads - node_reads, unshaken + node_reads
        if unshaken > SHAKE_EVERY * CHUNK_READS:
            _shake_once(proof)
            unshaken = 0
        if _is_over(proof):
            return


def _close_small(proof: Proof, effort: Effort) -> None:
    """Let HiGHS close what is left when it is small: near the end multipliers crawl."""
    relaxed = proof.relaxed
    if _is_over(proof) or not proof.standing.has_plan:
        return
    settle_sites(relaxed, proof.cutoff)
    lists = shortened(relaxed.lists, relaxed.decided)
    if len(lists.sites) <= SMALL_PAIRS:
        close_by_model(lists, relaxed, (), proof.standing, node_limit=effort.budget(SMALL_NODES))


def _settle_next(proof: Proof, tree: Tree) -> int:
    """Visit one case, round it, and return the pairs read."""
    node = visit(tree, proof.cutoff)
    read = 1 if node is None else NODE_ITERATIONS * node.iteration_reads
    proof.climbed_reads += read
    if node is not None:
        _round(proof, node, Stage.PROOF)
    proof.cap(tree.bound, Stage.PROOF)
    return read


def _is_over(proof: Proof) -> bool:
    return proof.standing.is_over or proof.is_impossible


def _round(proof: Proof, relaxed: Relaxation, stage: Stage) -> None:
    """Improve the sites the multipliers open into a plan, and offer it, unless it is too soon."""
    chosen = np.flatnonzero(relaxed.ascent.is_open)
    is_early = ROUND_EVERY * proof.rounded_reads > proof.climbed_reads
    if len(chosen) != relaxed.count or (is_early and proof.standing.has_plan):
        return
    before = int(proof.search.reads[0])
    settle(proof.search, chosen)
    proof.rounded_reads += int(proof.search.reads[0]) - before
    proof.offer(proof.search.chosen, stage)


def _shake_once(proof: Proof) -> None:
    """Shake the plan of the search, among the sites left."""
    shake(proof.search, CHUNK_READS)
    proof.offer(proof.search.chosen, Stage.SEARCH)


def _drop_settled(proof: Proof) -> None:
    """Decide sites, and go on without the pairs this makes useless once they are a third."""
    relaxed = proof.relaxed
    if _is_over(proof) or settle_sites(relaxed, proof.cutoff) == 0:
        return
    is_useless = relaxed.decided[relaxed.lists.sites] == OUT
    if is_useless.mean() < USELESS_SHARE:
        return
    lists = shortened(relaxed.lists, relaxed.decided)
    proof.relaxed = relaxation(lists, relaxed.decided, relaxed.ascent.best, count=relaxed.count)
    proof.relaxed.ascent.steps[:] = relaxed.ascent.steps
    proof.search = new_search(lists, relaxed.decided == IN, count=relaxed.count, seed=proof.seed)
    settle(proof.search, np.flatnonzero(relaxed.ascent.is_open))


def _paid_now(search: Search) -> Floats:
    """Return half-way between what each row pays and what its second site would cost."""
    current = search.current
    return 0.5 * (current.first_costs + current.second_costs)
