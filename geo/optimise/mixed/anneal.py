"""Better plans under rules, by annealing: the driver of the compiled loops."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Integers, indicator
from geo.optimise.deadline import Deadline
from geo.optimise.mixed import anneal_loops as loops
from geo.optimise.mixed.groups import Groups
from geo.optimise.mixed.model import Siting

FIRST_HEAT_SHARE = 0.03
"""First temperature, in shares of what an open group serves on average."""

REHEAT_SHARES = (0.014, 0.02, 0.03, 0.01)
"""Temperatures of the next coolings, in turn: how far from the best plan they go."""

COLD_SHARE = 0.0015
"""Last temperature of every cooling."""

PARTIAL_SHARE = 0.5
"""Part of an item's weight that counts once all its stations but none are missing."""

TURN_SHARE, TRADE_SHARE = 0.25, 0.25
"""Moves that change one group, or trade between two, where groups have several sites."""

RESIZE_SHARE = 0.2
"""Moves that open or close one site, where their number is free."""


@dataclass(slots=True)
class Annealing:
    """An annealing of the plans of `siting`, always from the best plan known."""

    siting: Siting
    groups: Groups
    board: loops.Board
    walk: loops.Walk
    shares: tuple[float, float]
    heats: Iterator[float] = field(default_factory=lambda: cycle(REHEAT_SHARES))

    @property
    def best(self) -> Integers:
        """The best plan met."""
        return self.groups.chosen(self.walk.best)

    @property
    def links_of_move(self) -> int:
        """Links that a move visits on average: two sites tried, and often taken back."""
        return 4 * len(self.board.site_rows) // max(1, len(self.groups.sites))

    def know(self, chosen: Integers) -> None:
        """Take the plan `chosen`, found elsewhere, as the best if it is."""
        value = self.siting.objective(chosen)
        if value > self.walk.levels[loops.BEST]:
            self.walk.levels[loops.BEST] = value
            self.walk.best[:] = self.groups.states(indicator(chosen, self.siting.site_count))

    def first_cooling(self, chosen: Integers, *, moves: int, deadline: Deadline) -> Iterator[bool]:
        """Anneal from `chosen`, a plan or nearly; yield about every tenth of a second."""
        states = self.groups.states(indicator(chosen, self.siting.site_count))
        yield from self._cool(states, FIRST_HEAT_SHARE, moves=moves, deadline=deadline)

    def next_cooling(self, *, moves: int, deadline: Deadline) -> Iterator[bool]:
        """Anneal from the best plan at the next temperature; yield as the first one does."""
        yield from self._cool(self.walk.best, next(self.heats), moves=moves, deadline=deadline)

    def _cool(
        self, states: Integers, heat_share: float, *, moves: int, deadline: Deadline
    ) -> Iterator[bool]:
        """Try `moves` moves; yield whether the best plan got better, every tenth of a second."""
        levels = self.walk.levels
        loops.load(self.board, self.walk, states.copy())
        usual = max(levels[loops.SERVED], levels[loops.BEST], 1.0) / max(levels[loops.OPENED], 1.0)
        levels[loops.TEMPERATURE] = heat_share * usual
        levels[loops.COOLING] = (COLD_SHARE / heat_share) ** (1.0 / max(1, moves))
        while moves > 0 and not deadline.is_past:
            before = levels[loops.BEST]
            moves -= loops.anneal(self.board, self.walk, moves, *self.shares)
            yield bool(levels[loops.BEST] > before)


def annealing_on(siting: Siting, groups: Groups, *, seed: int) -> Annealing:
    """Return an annealing of `siting` that knows no plan yet."""
    board = board_of(siting, groups)
    return Annealing(siting, groups, board, _walk(board, seed), _move_shares(groups))


def _move_shares(groups: Groups) -> tuple[float, float]:
    """Return the parts of the moves that change one group, and that trade between two."""
    if np.diff(groups.start).max() > 1:
        return TURN_SHARE, TRADE_SHARE
    limits = groups.limits
    full = np.diff(limits.matrix.indptr) == limits.matrix.shape[1]
    is_counted = bool((full & (limits.at_least == limits.at_most)).any())
    return (0.0 if is_counted else RESIZE_SHARE), 0.0


def board_of(siting: Siting, groups: Groups) -> loops.Board:
    """Return what does not move, in the shape of the compiled loops."""
    demand = siting.demand
    by_site = sparse.csr_matrix(demand.covers.T)
    by_site.sort_indices()
    limits = groups.limits
    scale = np.maximum(np.asarray(abs(limits.matrix).max(axis=1).todense()).ravel(), 1e-12)
    of_site = sparse.csc_matrix(sparse.diags_array(1.0 / scale) @ limits.matrix)
    of_site.eliminate_zeros()
    item_count = len(demand.weights)
    return loops.Board(
        site_start=by_site.indptr.astype(np.int64),
        site_rows=by_site.indices.astype(np.int64),
        row_start=demand.covers.indptr.astype(np.int64),
        row_sites=demand.covers.indices.astype(np.int64),
        row_item=demand.items.astype(np.int64),
        row_need=demand.needs.astype(np.int64),
        item_need=np.bincount(demand.items, demand.needs, minlength=item_count).astype(np.int64),
        weights=demand.weights,
        limit_start=of_site.indptr.astype(np.int64),
        limit_rows=of_site.indices.astype(np.int64),
        limit_shares=of_site.data,
        at_least=limits.at_least / scale,
        at_most=limits.at_most / scale,
        group_start=groups.start,
        group_sites=groups.sites,
        group_of_site=groups.group_of_site,
        table=groups.table,
        is_allowed=groups.is_allowed,
        partial_share=PARTIAL_SHARE,
    )


def _walk(board: loops.Board, seed: int) -> loops.Walk:
    group_count = len(board.table)
    levels = np.zeros(loops.LEVEL_COUNT)
    levels[loops.BEST] = -np.inf
    return loops.Walk(
        states=np.zeros(group_count, dtype=np.int64),
        best=np.zeros(group_count, dtype=np.int64),
        stations=np.zeros(len(board.row_need), dtype=np.int64),
        missing=board.item_need.copy(),
        sums=np.zeros(len(board.at_least)),
        opened=np.zeros(group_count, dtype=np.int64),
        rank=np.full(group_count, -1, dtype=np.int64),
        levels=levels,
        draws=np.array([2 * seed + 88172645463325253], dtype=np.uint64),
    )
