"""Proof by cases: branch and bound on the sites, each node bounded by its own multipliers."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from geo.optimise.arrays import Floats, Integers
from geo.optimise.median.bound import Relaxation, ascend, relaxation, settle_sites
from geo.optimise.median.bound_loops import FREE, IN, OUT
from geo.optimise.median.lists import Lists, costs_to

NODE_ITERATIONS = 60
"""Iterations of the climb at each node: the multipliers of its parent are near."""

NODE_STEP = 0.5
"""Step factor a node starts with."""


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A case of the proof, least bound first, then the oldest."""

    bound: float
    rank: int
    decided: Integers = field(compare=False)
    multipliers: Floats = field(compare=False)


@dataclass(slots=True, eq=False)
class Tree:
    """The cases not settled yet; `floor` bounds those that were given up."""

    lists: Lists
    count: int
    nodes: list[Node] = field(default_factory=list)
    floor: float = math.inf
    made: int = 0

    @property
    def bound(self) -> float:
        """What no plan of an unsettled case goes below; infinity when all are settled."""
        return min(self.floor, self.nodes[0].bound if self.nodes else math.inf)


def grow(tree: Tree, bound: float, decided: Integers, multipliers: Floats) -> None:
    """Add the case where `decided` holds, known to cost at least `bound`."""
    heapq.heappush(tree.nodes, Node(bound, tree.made, decided, multipliers))
    tree.made += 1


def visit(tree: Tree, cutoff: float) -> Relaxation | None:
    """Settle the case of least bound or split it; return its climb, None if nothing is left.

    Cases that cannot go below `cutoff` are settled. A case with one plan left is settled by
    that plan, or given up at its bound when the lists are too short to price it.
    """
    node = heapq.heappop(tree.nodes)
    if node.bound >= cutoff:
        return None
    relaxed = relaxation(
        tree.lists, node.decided, node.multipliers, count=tree.count, step=NODE_STEP
    )
    ascend(relaxed, cutoff, iterations=NODE_ITERATIONS)
    settle_sites(relaxed, cutoff)
    bound = max(node.bound, relaxed.safe_bound)
    if bound >= cutoff:
        return relaxed
    last = _last_plan(relaxed)
    if last is not None:
        tree.floor = min(tree.floor, _floor(tree.lists, last, cutoff))
        return relaxed
    for decided in halves(relaxed):
        grow(tree, bound, decided, relaxed.ascent.best)
    return relaxed


def halves(relaxed: Relaxation) -> Iterator[Integers]:
    """Yield the decisions with the most undecided site open, then closed."""
    free = np.flatnonzero(relaxed.decided == FREE)
    doubt = np.abs(relaxed.ascent.openness[free] - 0.5)
    site = free[int(np.argmin(doubt))]
    for choice in (IN, OUT):
        decided = relaxed.decided.copy()
        decided[site] = choice
        yield decided


def _last_plan(relaxed: Relaxation) -> Integers | None:
    """Return the only plan the decisions leave, None when there is a choice."""
    kept = np.flatnonzero(relaxed.decided == IN)
    free = np.flatnonzero(relaxed.decided == FREE)
    if len(kept) == relaxed.count:
        return kept
    if len(kept) + len(free) == relaxed.count:
        return np.concatenate([kept, free])
    return None


def _floor(lists: Lists, chosen: Integers, cutoff: float) -> float:
    """Return what the plan `chosen` leaves unproven: infinity when its cost is known."""
    costs = costs_to(lists, chosen)
    if np.isfinite(costs).all():
        return math.inf
    least = float(np.minimum(costs, lists.ceilings).sum())
    return least if least < cutoff else math.inf
