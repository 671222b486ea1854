"""The search for cheaper plans: greedy, then row weighting, resumed at will."""

import math
from dataclasses import dataclass

import numpy as np

from geo.optimise.arrays import NOTHING, Integers
from geo.optimise.covering import ruin_loops, search_loops
from geo.optimise.covering.core import Core, Links
from geo.optimise.covering.ruin_loops import Trail
from geo.optimise.covering.search_loops import BEST_COST, SERVED, Board

CHUNK_TOUCHES = 10_000_000
"""Links walked between two looks at the clock: some tens of milliseconds."""

SMALLEST_STEP = 1e-9
"""Part of the cost by which a plan must be cheaper to count."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """A search under way on `core`; `wanted` is the worth to serve, float sums allowed for."""

    core: Core
    links: Links
    board: Board
    trail: Trail
    wanted: float

    @property
    def best(self) -> Integers:
        """The local sites of the cheapest plan found, none before there is one."""
        return np.flatnonzero(self.board.best)

    @property
    def has_plan(self) -> bool:
        """True once a plan below the ceiling was found."""
        return bool(self.board.best.any())

    def run(self, touch_count: int) -> bool:
        """Search for about `touch_count` links; tell whether a cheaper plan was found."""
        before = self.board.sums[BEST_COST]
        if self.core.is_partial:
            ruin_loops.search(self.links, self.board, self.trail, self.wanted, touch_count)
        else:
            search_loops.search(self.links, self.board, self.wanted, touch_count)
        return bool(self.board.sums[BEST_COST] < before)


def started(
    core: Core, *, seed: int, chosen: Integers = NOTHING, ceiling: float = math.inf
) -> Search:
    """Return a search from the local sites `chosen`, completed greedily if no ceiling is given.

    Only plans of the core that cost less than `ceiling` will count.
    """
    links = core.links()
    board = _empty_board(core, seed=seed)
    wanted = core.wanted - core.tolerance / 2.0
    for site in chosen:
        search_loops.open_site(links, board, int(site))
    board.sums[BEST_COST] = ceiling
    if math.isinf(ceiling):
        search_loops.fill(links, board, wanted)
        if board.sums[SERVED] >= wanted:
            search_loops.keep_best(board)
    return Search(core, links, board, ruin_loops.blank_trail(len(core.sites)), wanted)


def _empty_board(core: Core, *, seed: int) -> Board:
    """Return a board where everything is closed and every row weighs its worth."""
    row_count, site_count = core.covers.shape
    rows = np.arange(row_count, dtype=np.int32)
    return Board(
        worths=core.worths.astype(np.float64),
        costs=core.costs.astype(np.float64),
        weights=core.worths.astype(np.float64).copy(),
        server_counts=np.zeros(row_count, np.int32),
        server_sums=np.zeros(row_count, np.int64),
        scores=np.asarray(core.covers.T @ core.worths, dtype=np.float64),
        is_open=np.zeros(site_count, np.bool_),
        may_open=np.ones(site_count, np.bool_),
        chosen=np.zeros(site_count, np.int32),
        chosen_place=np.zeros(site_count, np.int32),
        unserved=rows.copy(),
        unserved_place=rows.copy(),
        changed_at=np.zeros(site_count, np.int64),
        best=np.zeros(site_count, np.bool_),
        counts=np.array([0, row_count, 0, -1, 0], np.int64),
        sums=np.zeros(3),
        random=np.array([_spread(seed)], np.uint64),
    )


def _spread(seed: int) -> int:
    """Return a generator state that differs in many bits from those of seeds nearby, never 0."""
    return int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]) | 1
