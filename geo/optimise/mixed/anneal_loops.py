"""Compiled annealing on the states of groups: sites exchanged, energies moved between them."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.compiled import compiled

TOLERANCE = 1e-9
NEAR_SHARE = 0.9
"""Exchanges with a group that shares demand with the one that closes; the others with any."""

BATCH_LINKS = 20_000_000
"""Links visited before Python gets control back: about a tenth of a second."""

NO_GROUP = -1


class Board(NamedTuple):
    """What does not move: who serves whom, the limits between groups, the states allowed.

    Rows `site_rows[site_start[j]:site_start[j + 1]]` are served by site j, which has a share
    of `limit_shares` in the limits `limit_rows`; the sites of group g and its states are those
    of `Groups`. An item on its way counts for up to `partial_share` of its weight.
    """

    site_start: Integers
    site_rows: Integers
    row_start: Integers
    row_sites: Integers
    row_item: Integers
    row_need: Integers
    item_need: Integers
    weights: Floats
    limit_start: Integers
    limit_rows: Integers
    limit_shares: Floats
    at_least: Floats
    at_most: Floats
    group_start: Integers
    group_sites: Integers
    group_of_site: Integers
    table: Integers
    is_allowed: Flags
    partial_share: float


class Walk(NamedTuple):
    """Where the annealing is; every array is updated in place.

    `opened` starts with the groups not closed, `rank` their places in it (-1: closed). `best`
    holds the states of the best plan within every limit; `levels` the places below.
    """

    states: Integers
    best: Integers
    stations: Integers
    missing: Integers
    sums: Floats
    opened: Integers
    rank: Integers
    levels: Floats
    draws: NDArray[np.uint64]


class Move(NamedTuple):
    """A group that goes from state `old` to `new`, and another one or NO_GROUP that does too."""

    group: int
    old: int
    new: int
    other: int
    other_old: int
    other_new: int


NOW, SERVED, EXCESS, BEST, TEMPERATURE, COOLING, OPENED = range(7)
LEVEL_COUNT = 7


@compiled
def draw(draws: NDArray[np.uint64], size: int) -> int:
    """Return a number below `size` (xorshift64*, Vigna, ACM TOMS 42, 2016)."""
    word = draws[0]
    word ^= word >> np.uint64(12)
    word ^= word << np.uint64(25)
    word ^= word >> np.uint64(27)
    draws[0] = word
    mixed = (word * np.uint64(2685821657736338717)) >> np.uint64(33)
    return int(np.int64(mixed) % size)


@compiled
def chance(draws: NDArray[np.uint64]) -> float:
    """Return a number of [0, 1)."""
    return draw(draws, 1 << 30) / float(1 << 30)


@compiled
def excess(total: float, at_least: float, at_most: float) -> float:
    """Return by how much `total` is out of its limits."""
    margin = TOLERANCE * max(1.0, abs(total))
    if total > at_most + margin:
        return total - at_most
    if total < at_least - margin:
        return at_least - total
    return 0.0


@compiled
def merit(weight: float, need: int, missing: int, partial_share: float) -> float:
    """Return what an item of `weight` counts for when `missing` of its `need` stations."""
    if missing == 0:
        return weight
    return partial_share * weight * (1.0 - missing / need)


@compiled
def shift_limits(board: Board, walk: Walk, group: int, old: int, new: int) -> float:
    """Count the change of state of `group` in the limits; return the change of excess."""
    change = 0.0
    sums, at_least, at_most = walk.sums, board.at_least, board.at_most
    for bit in range(board.group_start[group + 1] - board.group_start[group]):
        step = ((new >> bit) & 1) - ((old >> bit) & 1)
        if step != 0:
            site = board.group_sites[board.group_start[group] + bit]
            for link in range(board.limit_start[site], board.limit_start[site + 1]):
                row = board.limit_rows[link]
                change -= excess(sums[row], at_least[row], at_most[row])
                sums[row] += step * board.limit_shares[link]
                change += excess(sums[row], at_least[row], at_most[row])
    return change


@compiled
def shift_rows(board: Board, walk: Walk, group: int, old: int, new: int) -> int:
    """Count the change of state of `group` in the demand; return the links visited.

    One loop on local names: a call per link would take longer than what it does.
    """
    visited, gained, served = 0, 0.0, 0.0
    stations, missing, weights = walk.stations, walk.missing, board.weights
    site_rows, row_need, row_item = board.site_rows, board.row_need, board.row_item
    item_need, partial_share = board.item_need, board.partial_share
    for bit in range(board.group_start[group + 1] - board.group_start[group]):
        step = ((new >> bit) & 1) - ((old >> bit) & 1)
        if step == 0:
            continue
        site = board.group_sites[board.group_start[group] + bit]
        visited += board.site_start[site + 1] - board.site_start[site]
        for link in range(board.site_start[site], board.site_start[site + 1]):
            row = site_rows[link]
            before = stations[row]
            stations[row] = before + step
            if (step > 0 and before >= row_need[row]) or (step < 0 and before > row_need[row]):
                continue
            item = row_item[row]
            weight, need, lacks = weights[item], item_need[item], missing[item]
            missing[item] = lacks - step
            gained += merit(weight, need, lacks - step, partial_share)
            gained -= merit(weight, need, lacks, partial_share)
            if lacks == 0:
                served -= weight
            elif lacks == step:
                served += weight
    walk.levels[NOW] += gained
    walk.levels[SERVED] += served
    return visited


@compiled
def set_state(walk: Walk, group: int, state: int) -> None:
    """Give `group` its `state`, and keep the list of open groups."""
    walk.states[group] = state
    if state != 0 and walk.rank[group] < 0:
        place = int(walk.levels[OPENED])
        walk.opened[place] = group
        walk.rank[group] = place
        walk.levels[OPENED] += 1.0
    elif state == 0 and walk.rank[group] >= 0:
        last = int(walk.levels[OPENED]) - 1
        moved, place = walk.opened[last], walk.rank[group]
        walk.opened[place] = moved
        walk.rank[moved] = place
        walk.rank[group] = -1
        walk.levels[OPENED] = float(last)


@compiled
def load(board: Board, walk: Walk, states: Integers) -> None:
    """Set the walk at `states`, everything counted from nothing."""
    walk.stations[:] = 0
    walk.sums[:] = 0.0
    walk.rank[:] = -1
    walk.states[:] = 0
    walk.missing[:] = board.item_need
    walk.levels[NOW] = walk.levels[SERVED] = walk.levels[OPENED] = 0.0
    for group in range(len(states)):
        shift_limits(board, walk, group, 0, states[group])
        shift_rows(board, walk, group, 0, states[group])
        set_state(walk, group, states[group])
    walk.levels[EXCESS] = 0.0
    for row in range(len(walk.sums)):
        walk.levels[EXCESS] += excess(walk.sums[row], board.at_least[row], board.at_most[row])


@compiled
def is_allowed(board: Board, group: int, state: int) -> bool:
    """Tell whether `group` may be in `state`."""
    size = board.group_start[group + 1] - board.group_start[group]
    return 0 <= state < (1 << size) and board.is_allowed[board.table[group] + state]


@compiled
def near_group(board: Board, walk: Walk, group: int) -> int:
    """Return a random group that serves a random demand that `group` serves, else any."""
    state = walk.states[group]
    size = board.group_start[group + 1] - board.group_start[group]
    bit = draw(walk.draws, size)
    for _ in range(size):
        site = board.group_sites[board.group_start[group] + bit]
        first, end = board.site_start[site], board.site_start[site + 1]
        if (state >> bit) & 1 and end > first:
            row = board.site_rows[first + draw(walk.draws, end - first)]
            first, end = board.row_start[row], board.row_start[row + 1]
            return board.group_of_site[board.row_sites[first + draw(walk.draws, end - first)]]
        bit = (bit + 1) % size
    return draw(walk.draws, len(walk.states))


@compiled
def turned(board: Board, walk: Walk, group: int) -> int:
    """Return a random other state of `group`: one bit turned, or two when one is refused."""
    size = board.group_start[group + 1] - board.group_start[group]
    state = walk.states[group]
    other = state ^ (1 << draw(walk.draws, size))
    if size > 1 and not is_allowed(board, group, other):
        other ^= 1 << draw(walk.draws, size)
    return other


@compiled
def any_state(board: Board, walk: Walk, group: int) -> int:
    """Return a random state of `group`, allowed or not."""
    return draw(walk.draws, 1 << (board.group_start[group + 1] - board.group_start[group]))


@compiled
def exchanged(board: Board, walk: Walk, group: int) -> tuple[int, int]:
    """Return a closed group to open in place of `group`, and the state that it takes."""
    near = chance(walk.draws) < NEAR_SHARE
    other = near_group(board, walk, group) if near else draw(walk.draws, len(walk.states))
    if walk.states[other] != 0:
        return NO_GROUP, 0
    if is_allowed(board, other, walk.states[group]):
        return other, walk.states[group]
    return other, any_state(board, walk, other)


@compiled
def traded(walk: Walk, group: int, other: int, size: int) -> tuple[int, int]:
    """Return the states of two groups when one gives a bit to the other, for another or not."""
    mine, theirs = walk.states[group], walk.states[other]
    given = 1 << draw(walk.draws, size)
    taken = 1 << draw(walk.draws, size) if draw(walk.draws, 2) == 0 else 0
    if not mine & given or theirs & given or mine & taken or taken & ~theirs:
        return mine, theirs
    return mine ^ given ^ taken, theirs ^ given ^ taken


@compiled
def proposed(board: Board, walk: Walk, turn_share: float, trade_share: float) -> Move:
    """Return a random move, allowed or not: a turn, a trade or an exchange."""
    count = int(walk.levels[OPENED])
    kind = chance(walk.draws)
    if count == 0 or kind < 0.5 * turn_share:
        group = draw(walk.draws, len(walk.states))
        is_closed = walk.states[group] == 0
        new = any_state(board, walk, group) if is_closed else turned(board, walk, group)
        return Move(group, walk.states[group], new, NO_GROUP, 0, 0)
    group = walk.opened[draw(walk.draws, count)]
    old = walk.states[group]
    if kind < turn_share:
        return Move(group, old, turned(board, walk, group), NO_GROUP, 0, 0)
    if kind < turn_share + trade_share:
        other = walk.opened[draw(walk.draws, count)]
        size = board.group_start[group + 1] - board.group_start[group]
        mine, theirs = traded(walk, group, other, size)
        return Move(group, old, mine, other, walk.states[other], theirs)
    other, state = exchanged(board, walk, group)
    return Move(group, old, 0 if other != NO_GROUP else old, other, 0, state)


@compiled
def is_possible(board: Board, move: Move) -> bool:
    """Tell whether `move` changes something, to states that are allowed."""
    if move.new == move.old or move.group == move.other:
        return False
    if not is_allowed(board, move.group, move.new):
        return False
    return move.other == NO_GROUP or is_allowed(board, move.other, move.other_new)


@compiled
def anneal(board: Board, walk: Walk, move_count: int, turn_share: float, trade_share: float) -> int:
    """Try `move_count` moves, or fewer if they take long; return how many.

    A move that loses d is made with probability exp(-d / temperature), which falls after each
    (Kirkpatrick, Gelatt & Vecchi, Science 220, 1983). None adds to the excess over the
    limits; one that lowers it is always made.
    """
    visited, levels = 0, walk.levels
    for move in range(move_count):
        if visited > BATCH_LINKS:
            return move
        visited += 10
        levels[TEMPERATURE] *= levels[COOLING]
        tried = proposed(board, walk, turn_share, trade_share)
        if not is_possible(board, tried):
            continue
        visited += attempt(board, walk, tried)
        if levels[SERVED] > levels[BEST] and levels[EXCESS] <= TOLERANCE:
            levels[BEST] = levels[SERVED]
            walk.best[:] = walk.states
    return move_count


@compiled
def attempt(board: Board, walk: Walk, move: Move) -> int:
    """Make `move` if limits and temperature let it; return the links visited."""
    levels = walk.levels
    change = _move_limits(board, walk, move)
    if change > TOLERANCE:
        _move_limits(board, walk, _back(move))
        return 0
    now, served = levels[NOW], levels[SERVED]
    visited = _move_rows(board, walk, move)
    threshold = levels[TEMPERATURE] * math.log(1.0 - chance(walk.draws))
    if change >= -TOLERANCE and levels[NOW] - now < threshold:
        visited += _move_rows(board, walk, _back(move))
        levels[NOW], levels[SERVED] = now, served
        _move_limits(board, walk, _back(move))
        return visited
    levels[EXCESS] += change
    set_state(walk, move.group, move.new)
    if move.other != NO_GROUP:
        set_state(walk, move.other, move.other_new)
    return visited


@compiled
def _back(move: Move) -> Move:
    """Return the move that undoes `move`."""
    return Move(move.group, move.new, move.old, move.other, move.other_new, move.other_old)


@compiled
def _move_limits(board: Board, walk: Walk, move: Move) -> float:
    """Count `move` in the limits; return the change of excess."""
    change = shift_limits(board, walk, move.group, move.old, move.new)
    if move.other != NO_GROUP:
        change += shift_limits(board, walk, move.other, move.other_old, move.other_new)
    return change


@compiled
def _move_rows(board: Board, walk: Walk, move: Move) -> int:
    """Count `move` in the demand; return the links visited."""
    visited = shift_rows(board, walk, move.group, move.old, move.new)
    if move.other != NO_GROUP:
        visited += shift_rows(board, walk, move.other, move.other_old, move.other_new)
    return visited
