"""Ruin and recreate for partial coverings: close a few neighbours, reopen the best, keep if good.

Schrimpf, Schneider, Stamm-Wilbrandt & Dueck, «Record breaking optimization results using the
ruin and recreate principle» (Journal of Computational Physics 159, 2000), with the blinks of
Christiaens & Vanden Berghe (Transportation Science 54, 2020).
"""

from typing import NamedTuple

import numpy as np

from geo.optimise.arrays import Flags
from geo.optimise.compiled import compiled
from geo.optimise.covering.core import Indices, Links
from geo.optimise.covering.search_loops import (
    BEST_COST,
    CHOSEN,
    COST,
    SERVED,
    STEP,
    STEP_TOUCHES,
    TOUCHED,
    Board,
    close_site,
    drawn,
    keep_best,
    least_missed,
    open_site,
)

MOST_CLOSED = 5
"""Sites closed at once, at most."""

BLINK = 12
"""One site in so many is overlooked when the best to reopen is sought."""

WARMTH = 0.02
"""Loss accepted, as a part of what an average site serves, when the search is warmest."""

CYCLE = 20_000
"""Steps from the warmest to the coldest."""

UNIT = 1 << 30


class Trail(NamedTuple):
    """What a step changed, to be undone: `sites` in order, with their number in `length`."""

    sites: Indices
    length: Indices
    near: Indices
    is_near: Flags


def blank_trail(site_count: int) -> Trail:
    """Return a trail without steps."""
    return Trail(
        np.zeros(4 * site_count + 8, np.int32),
        np.zeros(1, np.int32),
        np.zeros(site_count, np.int32),
        np.zeros(site_count, np.bool_),
    )


@compiled
def flip(links: Links, board: Board, trail: Trail, site: int) -> None:
    """Close an open site or open a closed one, and note it."""
    if board.is_open[site]:
        close_site(links, board, site)
    else:
        open_site(links, board, site)
    trail.sites[trail.length[0]] = site
    trail.length[0] += 1


@compiled
def gather_near(links: Links, board: Board, trail: Trail, centre: int) -> int:
    """List the open sites that serve a row of `centre` in `trail.near`; return their number."""
    count = 0
    for place in range(links.site_start[centre], links.site_start[centre + 1]):
        row = links.site_rows[place]
        if board.server_counts[row] == 0:
            continue
        for link in range(links.row_start[row], links.row_start[row + 1]):
            site = links.row_sites[link]
            if board.is_open[site] and not trail.is_near[site]:
                trail.is_near[site] = True
                trail.near[count] = site
                count += 1
        board.counts[TOUCHED] += links.row_start[row + 1] - links.row_start[row]
    for place in range(count):
        trail.is_near[trail.near[place]] = False
    return count


@compiled
def ruin(links: Links, board: Board, trail: Trail) -> None:
    """Close a few open sites around a site drawn."""
    count = gather_near(links, board, trail, drawn(board.random, len(board.costs)))
    closed_count = min(count, 1 + drawn(board.random, MOST_CLOSED))
    for _ in range(closed_count):
        place = drawn(board.random, count)
        flip(links, board, trail, trail.near[place])
        count -= 1
        trail.near[place] = trail.near[count]


@compiled
def best_fitting(board: Board, room: float) -> int:
    """Return a closed site that gains most per unit of cost below `room`, blinks apart; or -1."""
    best = -1
    best_rate = 0.0
    for site in range(len(board.costs)):
        if board.scores[site] <= best_rate * board.costs[site] or board.is_open[site]:
            continue
        if board.costs[site] < room and drawn(board.random, BLINK) > 0:
            best = site
            best_rate = board.scores[site] / board.costs[site]
    return best


@compiled
def recreate(links: Links, board: Board, trail: Trail) -> None:
    """Open the best sites, blinks apart, while they fit below the best cost."""
    while True:
        site = best_fitting(board, board.sums[BEST_COST] - board.sums[COST])
        board.counts[TOUCHED] += len(board.costs) // 4
        if site < 0:
            return
        flip(links, board, trail, site)


@compiled
def undo(links: Links, board: Board, trail: Trail) -> None:
    """Take back every change on the trail."""
    for place in range(trail.length[0] - 1, -1, -1):
        site = trail.sites[place]
        if board.is_open[site]:
            close_site(links, board, site)
        else:
            open_site(links, board, site)


@compiled
def tolerated(board: Board) -> float:
    """Return the loss of served worth accepted at this step, drawn anew each time."""
    coldness = (board.counts[STEP] % CYCLE) / CYCLE
    luck = -np.log((1.0 + drawn(board.random, UNIT)) / UNIT)
    return WARMTH * (1.0 - coldness) * luck * board.sums[SERVED] / max(1, board.counts[CHOSEN])


@compiled
def search(links: Links, board: Board, trail: Trail, wanted: float, touch_limit: int) -> None:
    """Improve the best plan until about `touch_limit` links were walked."""
    board.counts[TOUCHED] = 0
    while board.counts[TOUCHED] < touch_limit:
        while board.sums[SERVED] >= wanted and board.counts[CHOSEN] > 0:
            keep_best(board)
            close_site(links, board, least_missed(board, -1))
        board.counts[STEP] += 1
        board.counts[TOUCHED] += STEP_TOUCHES
        before = board.sums[SERVED]
        trail.length[0] = 0
        ruin(links, board, trail)
        recreate(links, board, trail)
        if board.sums[SERVED] < before - tolerated(board):
            undo(links, board, trail)
