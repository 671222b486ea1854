"""Regional re-optimisation under rules: a few sites that interact are placed best again."""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats, Integers, indicator
from geo.optimise.deadline import Deadline
from geo.optimise.linear import branch_and_bound
from geo.optimise.mixed.bound import Part, part_of
from geo.optimise.mixed.model import Siting

LINK_LIMIT = 6_000
"""Largest number of coefficients of a part given to the exact solver."""

NODE_LIMIT = 40
"""Branch-and-bound nodes spent on one part."""

WALK_STEPS = 12
"""Steps after which the walk around a site stops looking for open neighbours."""

SMALLEST_GAIN_SHARE = 1e-12
"""Share of the objective under which a float difference is noise."""


@dataclass(slots=True)
class Regions:
    """The current plan, and the open sites whose surroundings may still be improved.

    POPMUSIC (Taillard & Voß, Essays and Surveys in Metaheuristics, 2002): a part is looked at
    again only when one of its sites moved. New sites are `promising` ones.
    """

    siting: Siting
    promising: Flags
    chosen: Integers
    draws: np.random.Generator
    pending: set[int] = field(default_factory=set)
    siblings: sparse.csr_matrix = field(init=False)

    def __post_init__(self) -> None:
        """Look at every open site at first; know which sites a small limit ties together."""
        self.pending = set(self.chosen.tolist())
        matrix = self.siting.limits.matrix
        tied = sparse.csr_matrix(abs(matrix[_ties(matrix)]))
        self.siblings = sparse.csr_matrix(tied.T @ tied)

    def look_again(self) -> None:
        """Mark every open site as worth a look."""
        self.pending = set(self.chosen.tolist())

    def take(self, chosen: Integers) -> None:
        """Go on from `chosen`, and look again around what differs."""
        moved = np.setxor1d(chosen, self.chosen)
        self.chosen = np.sort(chosen)
        self.pending |= set(np.intersect1d(moved, chosen).tolist())
        self.pending &= set(self.chosen.tolist())

    def improve(self, size: int, *, deadline: Deadline) -> bool:
        """Place again up to `size` sites around a pending one; True when the plan got better."""
        site = int(self.draws.choice(sorted(self.pending)))
        self.pending.discard(site)
        part = self._fitting_part(self._group(site, size))
        start = self.siting.values(self.chosen)
        answer = branch_and_bound(
            part.model, deadline=deadline, start=start[part.free], node_limit=NODE_LIMIT
        )
        if answer.values is None:
            return False
        found = self.siting.chosen(part.whole(answer.values))
        if not self._is_better(found):
            return False
        self.take(found)
        return True

    def _is_better(self, found: Integers) -> bool:
        costs = self.siting.model.costs
        before = float(costs @ self.siting.values(self.chosen))
        after = float(costs @ self.siting.values(found))
        margin = SMALLEST_GAIN_SHARE * max(1.0, abs(before))
        return after < before - margin and self.siting.is_plan(found)

    def _group(self, site: int, size: int) -> Integers:
        """Return open sites around `site` and, every other time, around a second one too.

        Two far groups reopened together can trade a station, which neighbours alone cannot.
        """
        if self.draws.random() < 0.5:  # noqa: PLR2004 - one time in two
            return self._nearest(site, size)
        second = int(self.draws.choice(self.chosen))
        near = [self._nearest(each, (size + 1) // 2) for each in (site, second)]
        return np.array(list(dict.fromkeys(np.concatenate(near).tolist())), dtype=np.int64)

    def _nearest(self, site: int, count: int) -> Integers:
        """Return the `count` open sites most tied to `site`, closest first.

        Closeness is the chance that a walk from site to row to site is there.
        """
        covers, siblings = self.siting.demand.covers, self.siblings
        degrees = np.maximum(np.diff(covers.indptr), 1)
        presence = indicator(np.array([site]), self.siting.site_count)
        for _ in range(WALK_STEPS):
            presence = covers.T @ ((covers @ presence) / degrees) + siblings @ presence
            presence /= max(float(presence.sum()), np.finfo(float).tiny)
            if np.count_nonzero(presence[self.chosen]) >= count:
                break
        closest = self.chosen[np.lexsort((self.chosen, -presence[self.chosen]))][:count]
        return closest[presence[closest] > 0] if presence.any() else np.array([site])

    def _fitting_part(self, group: Integers) -> Part:
        """Return the part of the largest head of `group` that fits the limit."""
        while True:
            part = part_of(self.siting.model, self._free(group), self._values())
            if part.model.rows.nnz <= LINK_LIMIT or len(group) <= 1:
                return part
            group = group[: (3 * len(group)) // 4]

    def _values(self) -> Floats:
        return self.siting.values(self.chosen)

    def _free(self, group: Integers) -> Flags:
        """Tell which columns move when `group` is reopened.

        Its sites, promising ones that serve something of the same items, those tied to any of
        these by a small limit, and the items they touch.
        """
        demand, count = self.siting.demand, self.siting.site_count
        inside = indicator(group, count)
        items = np.bincount(demand.items, demand.covers @ inside, len(demand.weights)) > 0
        near = demand.covers.T @ items[demand.items].astype(np.float64) > 0
        sites = (near & self.promising) | (inside > 0)
        sites |= (self.siblings @ sites.astype(np.float64) > 0) & self._is_tied
        model = self.siting.model
        sites &= model.lower[:count] < model.upper[:count]
        sites &= ~self._opened | (inside > 0) | self._is_tied
        touched = demand.covers @ sites.astype(np.float64) > 0
        reached = np.bincount(demand.items, touched, len(demand.weights)) > 0
        return np.concatenate([sites, reached])

    @property
    def _opened(self) -> Flags:
        return indicator(self.chosen, self.siting.site_count) > 0

    @property
    def _is_tied(self) -> Flags:
        return np.diff(self.siblings.indptr) > 0


TIE_SITE_COUNT = 8
"""Largest number of sites of a limit with a least value or signs that ties them together."""


def _ties(matrix: sparse.csr_matrix) -> Integers:
    """Return the small limits with both signs: sites that only move together."""
    negative = np.asarray((matrix < 0).sum(axis=1)).ravel() > 0
    return np.flatnonzero(negative & (np.diff(matrix.indptr) <= TIE_SITE_COUNT))
