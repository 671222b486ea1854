"""Row-weighting local search on a board of sites, in chunks of work.

Gao, Weise & Li, «An efficient local search heuristic with row weighting for the unicost set
covering problem» (European Journal of Operational Research 246, 2015); scores are per unit of
cost, and rows need not all be served, when the problem says so.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.compiled import compiled
from geo.optimise.covering.core import Indices, Links

CHOSEN, UNSERVED, STEP, LAST, TOUCHED = 0, 1, 2, 3, 4
"""Places in `Board.counts`; LAST is the site just opened, not to be closed at once."""

COST, SERVED, BEST_COST = 0, 1, 2
"""Places in `Board.sums`."""

STEP_TOUCHES = 20
"""What a step costs beside its links, counted in links."""


class Board(NamedTuple):
    """Where the search stands; loops change it in place.

    `scores` is what opening a closed site gains, or closing an open one loses, in row
    weights. `server_sums` adds up the open sites of each row: with a single one it names it.
    `chosen` and `unserved` are lists with their lengths in `counts` and places beside them.
    """

    worths: Floats
    costs: Floats
    weights: Floats
    server_counts: Indices
    server_sums: Integers
    scores: Floats
    is_open: Flags
    may_open: Flags
    chosen: Indices
    chosen_place: Indices
    unserved: Indices
    unserved_place: Indices
    changed_at: Integers
    best: Flags
    counts: Integers
    sums: Floats
    random: NDArray[np.uint64]


@compiled
def drawn(random: NDArray[np.uint64], size: int) -> int:
    """Return the next number below `size` of the generator xorshift64 (Marsaglia, 2003)."""
    state = random[0]
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    random[0] = state
    return int((state >> np.uint64(11)) % np.uint64(size))


@compiled
def shift_scores(links: Links, board: Board, row: int, change: float) -> None:
    """Add `change` to the score of every site of `row`, which may then be opened again."""
    for place in range(links.row_start[row], links.row_start[row + 1]):
        site = links.row_sites[place]
        board.scores[site] += change
        board.may_open[site] = True
    board.counts[TOUCHED] += links.row_start[row + 1] - links.row_start[row]


@compiled
def list_unserved(board: Board, row: int) -> None:
    """Put `row` on the list of unserved rows."""
    count = board.counts[UNSERVED]
    board.unserved[count] = row
    board.unserved_place[row] = count
    board.counts[UNSERVED] = count + 1
    board.sums[SERVED] -= board.worths[row]


@compiled
def unlist_unserved(board: Board, row: int) -> None:
    """Take `row` off the list of unserved rows."""
    count = board.counts[UNSERVED] - 1
    last = board.unserved[count]
    place = board.unserved_place[row]
    board.unserved[place] = last
    board.unserved_place[last] = place
    board.counts[UNSERVED] = count
    board.sums[SERVED] += board.worths[row]


@compiled
def open_site(links: Links, board: Board, site: int) -> None:
    """Open `site` and bring rows, scores and lists up to date."""
    own_score = board.scores[site]
    for place in range(links.site_start[site], links.site_start[site + 1]):
        row = links.site_rows[place]
        weight = board.weights[row]
        count = board.server_counts[row]
        if count == 0:
            shift_scores(links, board, row, -weight)
            unlist_unserved(board, row)
        elif count == 1:
            only = board.server_sums[row]
            board.scores[only] -= weight
            board.may_open[only] = True
        board.server_counts[row] = count + 1
        board.server_sums[row] += site
    board.counts[TOUCHED] += links.site_start[site + 1] - links.site_start[site]
    board.scores[site] = own_score
    board.is_open[site] = True
    board.chosen_place[site] = board.counts[CHOSEN]
    board.chosen[board.counts[CHOSEN]] = site
    board.counts[CHOSEN] += 1
    board.sums[COST] += board.costs[site]
    board.changed_at[site] = board.counts[STEP]


@compiled
def close_site(links: Links, board: Board, site: int) -> None:
    """Close `site` and bring rows, scores and lists up to date."""
    own_score = board.scores[site]
    for place in range(links.site_start[site], links.site_start[site + 1]):
        row = links.site_rows[place]
        weight = board.weights[row]
        count = board.server_counts[row] - 1
        board.server_counts[row] = count
        board.server_sums[row] -= site
        if count == 0:
            shift_scores(links, board, row, weight)
            list_unserved(board, row)
        elif count == 1:
            board.scores[board.server_sums[row]] += weight
    board.counts[TOUCHED] += links.site_start[site + 1] - links.site_start[site]
    board.scores[site] = own_score
    board.is_open[site] = False
    board.may_open[site] = False
    last = board.chosen[board.counts[CHOSEN] - 1]
    place = board.chosen_place[site]
    board.chosen[place] = last
    board.chosen_place[last] = place
    board.counts[CHOSEN] -= 1
    board.sums[COST] -= board.costs[site]
    board.changed_at[site] = board.counts[STEP]


@compiled
def least_missed(board: Board, kept: int) -> int:
    """Return the open site whose closing loses least per unit of cost, `kept` apart; or -1.

    Among equals the one opened longest ago goes.
    """
    best = -1
    for place in range(board.counts[CHOSEN]):
        site = board.chosen[place]
        if site == kept:
            continue
        if best < 0:
            best = site
            continue
        left = board.scores[site] * board.costs[best]
        right = board.scores[best] * board.costs[site]
        if left < right or (left == right and board.changed_at[site] < board.changed_at[best]):
            best = site
    return best


@compiled
def best_of_row(links: Links, board: Board, row: int, room: float) -> int:
    """Return the site of `row` that gains most per unit of cost, below `room`; or -1."""
    best = -1
    for place in range(links.row_start[row], links.row_start[row + 1]):
        site = links.row_sites[place]
        if not board.may_open[site] or board.costs[site] >= room:
            continue
        if best < 0:
            best = site
            continue
        left = board.scores[site] * board.costs[best]
        right = board.scores[best] * board.costs[site]
        if left > right or (left == right and board.changed_at[site] < board.changed_at[best]):
            best = site
    return best


@compiled
def best_of_all(board: Board) -> int:
    """Return the closed site that gains most per unit of cost; -1 when none gains."""
    best = -1
    best_rate = 0.0
    for site in range(len(board.costs)):
        if not board.is_open[site]:
            rate = board.scores[site] / board.costs[site]
            if rate > best_rate:
                best, best_rate = site, rate
    return best


@compiled
def fill(links: Links, board: Board, wanted: float) -> None:
    """Open the best site, one after the other, until enough is served or nothing gains."""
    while board.sums[SERVED] < wanted:
        site = best_of_all(board)
        if site < 0:
            return
        open_site(links, board, site)


@compiled
def keep_best(board: Board) -> None:
    """Note the open sites as the best plan if they cost less."""
    if board.sums[COST] < board.sums[BEST_COST]:
        board.sums[BEST_COST] = board.sums[COST]
        board.best[:] = board.is_open


@compiled
def refill(links: Links, board: Board, wanted: float) -> None:
    """Open sites for rows drawn among the unserved while they fit below the best cost."""
    while board.sums[SERVED] < wanted and board.counts[UNSERVED] > 0:
        row = board.unserved[drawn(board.random, board.counts[UNSERVED])]
        site = best_of_row(links, board, row, board.sums[BEST_COST] - board.sums[COST])
        if site < 0:
            return
        open_site(links, board, site)
        board.counts[LAST] = site


@compiled
def insist(links: Links, board: Board) -> None:
    """Make every unserved row weigh one more."""
    for place in range(board.counts[UNSERVED]):
        row = board.unserved[place]
        board.weights[row] += board.worths[row]
        for link in range(links.row_start[row], links.row_start[row + 1]):
            board.scores[links.row_sites[link]] += board.worths[row]
        board.counts[TOUCHED] += links.row_start[row + 1] - links.row_start[row]


@compiled
def search(links: Links, board: Board, wanted: float, touch_limit: int) -> None:
    """Improve the best plan until about `touch_limit` links were walked."""
    board.counts[TOUCHED] = 0
    while board.counts[TOUCHED] < touch_limit:
        while board.sums[SERVED] >= wanted and board.counts[CHOSEN] > 0:
            keep_best(board)
            close_site(links, board, least_missed(board, -1))
        board.counts[STEP] += 1
        site = least_missed(board, board.counts[LAST])
        if site >= 0:
            close_site(links, board, site)
        refill(links, board, wanted)
        insist(links, board)
        board.counts[TOUCHED] += board.counts[CHOSEN] + STEP_TOUCHES
