"""What no plan can cost less than: multipliers that climb, and the sites they settle."""

import math
from dataclasses import dataclass

import numpy as np

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.median.bound_loops import (
    FREE,
    IN,
    MARGIN_SHARE,
    OUT,
    Ascent,
    climb,
    fix,
    open_best,
    price,
)
from geo.optimise.median.lists import Lists, cheapest, listed

CHUNK_READS = 20_000_000
"""Pairs read between two moments where the climb can be stopped: about 0.1 s."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """Lists to bound, what is decided of their sites, and where the multipliers stand."""

    lists: Lists
    count: int
    decided: Integers
    lowest: Floats
    highest: Floats
    ascent: Ascent

    @property
    def safe_bound(self) -> float:
        """The bound of the best multipliers, recomputed, rounding taken off."""
        total = price(self.lists, self.ascent.best, self.ascent.savings)
        saved = open_best(self.ascent.savings, self.decided, self.count, self.ascent.is_open)
        if math.isinf(saved):
            return math.inf
        return total + saved - MARGIN_SHARE * (total - saved)

    @property
    def is_flat(self) -> bool:
        """True when steps have become too small to matter."""
        return bool(self.ascent.steps[1] < SMALLEST_STEP)

    @property
    def chunk_iterations(self) -> int:
        """Iterations that read about `CHUNK_READS` pairs, 20 to 200."""
        return min(200, max(20, CHUNK_READS // self.iteration_reads))

    @property
    def iteration_reads(self) -> int:
        """Pairs one iteration reads."""
        read = self.lists.costs < np.repeat(self.ascent.multipliers, np.diff(self.lists.start))
        return 2 * int(read.sum()) + 4 * len(self.decided) + 1


SMALLEST_STEP = 2e-3
"""Step factor under which a climb gains nothing any more."""


def relaxation(
    lists: Lists, decided: Integers, multipliers: Floats, *, count: int, step: float = 1.0
) -> Relaxation:
    """Return a climb about to start from `multipliers`, brought within what is useful."""
    lowest = cheapest(lists)
    highest = np.maximum(lowest, np.minimum(lists.ceilings, lists.penalties))
    start = np.clip(multipliers, lowest, highest)
    ascent = Ascent(
        multipliers=start,
        best=start.copy(),
        direction=np.zeros(len(start)),
        savings=np.zeros(len(decided)),
        is_open=np.zeros(len(decided), dtype=np.bool_),
        openness=np.zeros(len(decided)),
        steps=np.array([-np.inf, step, 0.0]),
    )
    return Relaxation(lists, count, decided, lowest, highest, ascent)


def ascend(relaxed: Relaxation, target: float, *, iterations: int) -> int:
    """Climb towards `target` and return the iterations made."""
    limits = (relaxed.lowest, relaxed.highest, target, iterations)
    return int(climb(relaxed.lists, relaxed.ascent, relaxed.decided, relaxed.count, limits))


def settle_sites(relaxed: Relaxation, cutoff: float) -> int:
    """Decide the sites whose other choice leaves no plan under `cutoff`; return how many."""
    bound = relaxed.safe_bound
    if not bound < cutoff:
        return 0
    ascent = relaxed.ascent
    slack = cutoff - bound
    return int(fix(ascent.savings, relaxed.decided, ascent.is_open, slack))


def shortened(lists: Lists, decided: Integers) -> Lists:
    """Return `lists` without the sites decided out, nor what a site decided in makes useless.

    A row never goes beyond its cheapest site decided in, whose cost is its ceiling.
    """
    row_count = len(lists.ceilings)
    rows = np.repeat(np.arange(row_count), np.diff(lists.start))
    ceilings = lists.ceilings.copy()
    is_in = decided[lists.sites] == IN
    np.minimum.at(ceilings, rows[is_in], lists.costs[is_in])
    kept = (decided[lists.sites] != OUT) & (lists.costs <= ceilings[rows])
    shorter = listed(
        rows[kept], lists.sites[kept], lists.costs[kept], ceilings, site_count=len(decided)
    )
    return shorter._replace(penalties=lists.penalties)


def decisions(is_required: Flags, is_allowed: Flags) -> Integers:
    """Return what the request decides of each site."""
    decided = np.full(len(is_required), FREE, dtype=np.int64)
    decided[~is_allowed] = OUT
    decided[is_required] = IN
    return decided
