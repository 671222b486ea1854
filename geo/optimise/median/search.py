"""Good medians quickly: greedy, exchanges until none pays, then shakes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.median.lists import Lists
from geo.optimise.median.search_loops import (
    LEAST_GAIN_SHARE,
    Scratch,
    Service,
    assign,
    descend,
    greedy,
    queue_all,
    shake_rounds,
)

CHUNK_READS = 10_000_000
"""Pairs read between two moments where the search can be stopped: about 0.1 s."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """A plan being improved in place, with the room its loops need.

    `reads` holds the pairs read so far by exchanges.
    """

    lists: Lists
    current: Service
    kept: Service
    scratch: Scratch
    draws: NDArray[np.uint64]
    reads: Integers

    @property
    def chosen(self) -> Integers:
        """The open sites, sorted."""
        return np.sort(self.current.opened)

    @property
    def serves_all(self) -> bool:
        """True when every row has an open site in its list."""
        return bool((self.current.first >= 0).all())


def new_search(lists: Lists, is_locked: Flags, *, count: int, seed: int) -> Search:
    """Return a search among plans of `count` sites of `lists` that keep the locked sites."""
    site_count = len(is_locked)
    scratch = Scratch(
        relief=np.zeros(site_count),
        touched=np.zeros(site_count, dtype=np.int64),
        is_pending=np.zeros(site_count, dtype=np.bool_),
        queue=np.zeros(site_count, dtype=np.int64),
    )
    current, kept = _nobody_open(lists, is_locked, count), _nobody_open(lists, is_locked, count)
    draws = np.array([seed], dtype=np.int64).view(np.uint64).copy()
    return Search(lists, current, kept, scratch, draws, reads=np.zeros(1, dtype=np.int64))


def begin(search: Search) -> float:
    """Start from the greedy plan and improve it; return its cost, penalties included.

    Rows first pay what their farthest listed pair allows; if that leaves one unserved, the
    penalty for it comes first.
    """
    lists = search.lists
    prices = np.minimum(lists.ceilings, lists.penalties)
    cost = settle(search, _greedy_plan(search, prices))
    if search.serves_all:
        return cost
    return settle(search, _greedy_plan(search, lists.penalties))


def settle(search: Search, chosen: Integers) -> float:
    """Make `chosen` the current plan, improved until no exchange pays; return its cost."""
    current = search.current
    current.is_open[:] = False
    current.is_open[chosen] = True
    current.opened[:] = chosen
    cost = assign(search.lists, current)
    waiting = queue_all(search.lists, search.scratch)
    least_gain = LEAST_GAIN_SHARE * cost
    search.reads[0] += descend(search.lists, current, search.scratch, waiting, least_gain)
    return assign(search.lists, current)


def shake(search: Search, reads: int) -> float:
    """Look for better plans around the current one while `reads` last; return the cost."""
    services = (search.current, search.kept)
    return shake_rounds(search.lists, services, search.scratch, search.draws, reads)


def _greedy_plan(search: Search, prices: Floats) -> Integers:
    is_open = search.current.is_locked.copy()
    count = len(search.current.opened)
    greedy(search.lists, is_open, count, prices)
    closed = np.flatnonzero(~is_open)
    missing = count - int(is_open.sum())
    is_open[closed[:missing]] = True
    return np.flatnonzero(is_open)


def _nobody_open(lists: Lists, is_locked: Flags, count: int) -> Service:
    row_count = len(lists.ceilings)
    return Service(
        is_open=np.zeros(len(is_locked), dtype=np.bool_),
        is_locked=is_locked.copy(),
        opened=np.zeros(count, dtype=np.int64),
        first=np.zeros(row_count, dtype=np.int64),
        second=np.zeros(row_count, dtype=np.int64),
        first_costs=np.zeros(row_count),
        second_costs=np.zeros(row_count),
        losses=np.zeros(len(is_locked)),
    )
