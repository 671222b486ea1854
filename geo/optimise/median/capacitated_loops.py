"""Compiled loops of the capacitated p-median: knapsacks for the bound, moves for the plan."""

from typing import NamedTuple

import numpy as np

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.compiled import compiled
from geo.optimise.median.bound_loops import (
    MARGIN_SHARE,
    MEMORY_SHARE,
    OUT,
    Ascent,
    advance,
    open_best,
    remember,
)
from geo.optimise.median.lists import Lists

NOBODY = -1


class Loads(NamedTuple):
    """What each row asks of a site and each site can give.

    `sizes` and `rooms` are the same on a grid of whole numbers, sizes and rooms rounded
    down: what fits in fact fits on the grid, so that the bound stays valid.
    """

    demands: Floats
    capacities: Floats
    sizes: Integers
    rooms: Integers


@compiled
def fill(
    lists: Lists, loads: Loads, multipliers: Floats, site: int, packed: Integers
) -> tuple[float, int]:
    """Return the least sum of cost - multiplier the room of `site` allows, and how many rows.

    These rows are written at the beginning of `packed`: a 0/1 knapsack by dynamic programming.
    """
    room = loads.rooms[site]
    begin, end = lists.site_start[site], lists.site_start[site + 1]
    value = np.zeros(room + 1)
    is_taken = np.zeros((end - begin, room + 1), dtype=np.bool_)
    for place in range(begin, end):
        gain = multipliers[lists.rows[place]] - lists.row_costs[place]
        size = loads.sizes[lists.rows[place]]
        if gain <= 0.0:
            continue
        for used in range(room, size - 1, -1):
            with_it = value[used - size] + gain
            if with_it > value[used]:
                value[used] = with_it
                is_taken[place - begin, used] = True
    left, packed_count = room, 0
    for place in range(end - 1, begin - 1, -1):
        if is_taken[place - begin, left]:
            packed[packed_count] = lists.rows[place]
            packed_count += 1
            left -= loads.sizes[lists.rows[place]]
    return -value[room], packed_count


@compiled
def fill_all(
    lists: Lists, loads: Loads, ascent: Ascent, decided: Integers, times: Integers
) -> None:
    """Fill the savings of every site not decided out, with nothing opened yet."""
    for site in range(len(decided)):
        ascent.savings[site] = 0.0
        if decided[site] != OUT:
            ascent.savings[site] = fill(lists, loads, ascent.multipliers, site, times)[0]


@compiled
def climb_knapsacks(
    lists: Lists,
    loads: Loads,
    ascent: Ascent,
    decided: Integers,
    limits: tuple[int, Floats, Floats, float, int],
) -> int:
    """Climb for the iterations allowed, or until the bound passes the target; return how many.

    `limits` are the number of stations, the least and largest useful multiplier of each
    row, the target and the iterations: the Lagrangian of Pirkul (Naval Research Logistics
    34, 1987), each open site filled by a knapsack.
    """
    count, lowest, highest, target, iterations = limits
    packed = np.empty(len(lowest), dtype=np.int64)
    for iteration in range(iterations):
        fill_all(lists, loads, ascent, decided, packed)
        paid = ascent.multipliers.sum()
        saved = open_best(ascent.savings, decided, count, ascent.is_open)
        bound = paid + saved - MARGIN_SHARE * (paid - saved)
        went_back = remember(ascent, bound, target)
        if bound >= target:
            return iteration + 1
        if went_back:
            continue
        norm2 = turn_knapsacks(lists, loads, ascent, packed)
        if norm2 == 0.0:
            return iteration + 1
        advance(ascent, lowest, highest, ascent.steps[1] * (target - bound) / norm2)
    return iterations


@compiled
def turn_knapsacks(lists: Lists, loads: Loads, ascent: Ascent, packed: Integers) -> float:
    """Update the direction with the rows packed nowhere or twice; return its norm²."""
    ascent.direction[:] = 1.0 + MEMORY_SHARE * ascent.direction
    for site in range(len(ascent.is_open)):
        if not ascent.is_open[site]:
            continue
        count = fill(lists, loads, ascent.multipliers, site, packed)[1]
        for rank in range(count):
            ascent.direction[packed[rank]] -= 1.0
    return (ascent.direction**2).sum()


@compiled
def cost_of(lists: Lists, row: int, site: int) -> float:
    """Return the cost of a pair, infinity if it is not listed."""
    low, high = lists.site_start[site], lists.site_start[site + 1]
    while low < high:
        middle = (low + high) // 2
        if lists.rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    is_listed = low < lists.site_start[site + 1] and lists.rows[low] == row
    return lists.row_costs[low] if is_listed else np.inf


@compiled
def _two_nearest(
    lists: Lists, loads: Loads, used: Floats, is_open: Flags, row: int
) -> tuple[int, float, float]:
    """Return the cheapest open site with room for `row`, its cost, and that of the next."""
    site, cost = NOBODY, np.inf
    for pair in range(lists.start[row], lists.start[row + 1]):
        candidate = lists.sites[pair]
        has_room = used[candidate] + loads.demands[row] <= loads.capacities[candidate]
        if not is_open[candidate] or not has_room:
            continue
        if site != NOBODY:
            return site, cost, lists.costs[pair]
        site, cost = candidate, lists.costs[pair]
    return site, cost, np.inf


@compiled
def hand_out(lists: Lists, loads: Loads, is_open: Flags, used: Floats, sites: Integers) -> bool:
    """Give each row to an open site with room, largest regret first; False if one is left.

    Regret is what waiting for the second choice would cost (Martello & Toth, 1990); among
    rows with one choice left the largest demand goes first.
    """
    used[:] = 0.0
    sites[:] = NOBODY
    for _ in range(len(sites)):
        chosen, where, most = NOBODY, NOBODY, -1.0
        is_forced = False
        for row in range(len(sites)):
            if sites[row] != NOBODY:
                continue
            site, cost, second = _two_nearest(lists, loads, used, is_open, row)
            if site == NOBODY:
                return False
            forced = np.isinf(second)
            regret = loads.demands[row] if forced else second - cost
            if (forced and not is_forced) or (forced == is_forced and regret > most):
                chosen, where, most, is_forced = row, site, regret, forced
        sites[chosen] = where
        used[where] += loads.demands[chosen]
    return True


@compiled
def shift(lists: Lists, loads: Loads, is_open: Flags, used: Floats, sites: Integers) -> bool:
    """Move rows to cheaper open sites with room; return whether any moved."""
    moved = False
    for row in range(len(sites)):
        current = cost_of(lists, row, sites[row])
        for pair in range(lists.start[row], lists.start[row + 1]):
            site = lists.sites[pair]
            if lists.costs[pair] >= current:
                break
            if is_open[site] and used[site] + loads.demands[row] <= loads.capacities[site]:
                used[sites[row]] -= loads.demands[row]
                used[site] += loads.demands[row]
                sites[row] = site
                moved = True
                break
    return moved


@compiled
def swap_rows(lists: Lists, loads: Loads, used: Floats, sites: Integers) -> bool:
    """Exchange the sites of two rows where that is cheaper and fits; return whether any did."""
    swapped = False
    for row in range(len(sites)):
        for other in range(row):
            here, there = sites[row], sites[other]
            extra = loads.demands[other] - loads.demands[row]
            if here == there or used[here] + extra > loads.capacities[here]:
                continue
            if used[there] - extra > loads.capacities[there]:
                continue
            before = cost_of(lists, row, here) + cost_of(lists, other, there)
            after = cost_of(lists, row, there) + cost_of(lists, other, here)
            if after < before - 1e-9 * before:
                sites[row], sites[other] = there, here
                used[here] += extra
                used[there] -= extra
                swapped = True
    return swapped


@compiled
def recentre(
    lists: Lists,
    loads: Loads,
    is_allowed: Flags,
    plan: tuple[Flags, Flags, Floats, Integers],
) -> bool:
    """Move each open site, not locked, to the best site for its rows; return whether any did.

    `plan` holds the open sites, the locked ones, what each gives, and the site of each row.
    """
    is_open, is_locked, used, sites = plan
    moved = False
    for site in range(len(is_open)):
        if not is_open[site] or is_locked[site]:
            continue
        members = np.flatnonzero(sites == site)
        best, least = site, _total(lists, members, site)
        for other in range(len(is_open)):
            if is_open[other] or not is_allowed[other] or used[site] > loads.capacities[other]:
                continue
            cost = _total(lists, members, other)
            if cost < least - 1e-9 * abs(least):
                best, least = other, cost
        if best != site:
            is_open[site], is_open[best] = False, True
            used[best], used[site] = used[site], 0.0
            sites[members] = best
            moved = True
    return moved


@compiled
def _total(lists: Lists, members: Integers, site: int) -> float:
    total = 0.0
    for row in members:
        total += cost_of(lists, row, site)
    return total


@compiled
def improve(
    lists: Lists,
    loads: Loads,
    is_allowed: Flags,
    plan: tuple[Flags, Flags, Floats, Integers],
) -> bool:
    """Build and improve the assignment of `plan` until no move pays; False if none fits."""
    is_open, _, used, sites = plan
    if not hand_out(lists, loads, is_open, used, sites):
        return False
    moved = True
    while moved:
        moved = shift(lists, loads, is_open, used, sites)
        moved |= swap_rows(lists, loads, used, sites)
        moved |= recentre(lists, loads, is_allowed, plan)
    return True
