"""Compiled loops of the search for good medians: greedy, exchanges, shakes.

Each row knows its two cheapest open sites; what an exchange is worth follows from them alone
(Resende & Werneck, European Journal of Operational Research 174, 2006; the eager order of
Schubert & Rousseeuw, Information Systems 101, 2021, on sparse lists).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.compiled import compiled
from geo.optimise.median.lists import Lists

Seed = NDArray[np.uint64]

NOBODY = -1

MOST_MOVED = 4
"""Stations a shake moves at most: more, and the descent rarely finds its way back."""

LEAST_GAIN_SHARE = 1e-10
"""Share of the cost under which a gain is the noise of float sums."""


class Service(NamedTuple):
    """Who serves each row, changed in place by the loops.

    `first` and `second` are the two cheapest open sites of each row (-1: none), with their
    costs (the row's penalty for none). `losses[j]` is what closing site j alone costs.
    `opened` are the open sites, in no order; `is_locked` sites are never closed.
    """

    is_open: Flags
    is_locked: Flags
    opened: Integers
    first: Integers
    second: Integers
    first_costs: Floats
    second_costs: Floats
    losses: Floats


class Scratch(NamedTuple):
    """Working arrays of the loops, one of each per site; zero between two calls."""

    relief: Floats
    touched: Integers
    is_pending: Flags
    queue: Integers


@compiled
def assign(lists: Lists, service: Service) -> float:
    """Fill `service` from its open sites and return the cost, penalties included."""
    service.losses[:] = 0.0
    total = 0.0
    for row in range(len(lists.ceilings)):
        serve(lists, service, row)
        total += service.first_costs[row]
        if service.first[row] != NOBODY:
            service.losses[service.first[row]] += (
                service.second_costs[row] - service.first_costs[row]
            )
    return total


@compiled
def serve(lists: Lists, service: Service, row: int) -> None:
    """Find the two cheapest open sites of `row`."""
    service.first[row] = service.second[row] = NOBODY
    service.first_costs[row] = service.second_costs[row] = lists.penalties[row]
    for pair in range(lists.start[row], lists.start[row + 1]):
        site = lists.sites[pair]
        if not service.is_open[site]:
            continue
        if service.first[row] == NOBODY:
            service.first[row], service.first_costs[row] = site, lists.costs[pair]
        else:
            service.second[row], service.second_costs[row] = site, lists.costs[pair]
            return


@compiled
def greedy(lists: Lists, is_open: Flags, count: int, prices: Floats) -> None:
    """Open sites up to `count`, each the one that lowers the cost most; ties: lowest index.

    `prices` is what each row pays before any site serves it.
    """
    current = prices.copy()
    gains = np.zeros(len(is_open))
    for row in range(len(current)):
        for pair in range(lists.start[row], lists.start[row + 1]):
            gains[lists.sites[pair]] += max(0.0, current[row] - lists.costs[pair])
    opened_count = 0
    for site in range(len(is_open)):
        if is_open[site]:
            _improve(lists, current, gains, site)
            opened_count += 1
    while opened_count < count:
        best = NOBODY
        for site in range(len(is_open)):
            is_listed = lists.site_start[site] < lists.site_start[site + 1]
            is_better = best == NOBODY or gains[site] > gains[best]
            if is_listed and not is_open[site] and is_better:
                best = site
        if best == NOBODY:
            return
        is_open[best] = True
        _improve(lists, current, gains, best)
        opened_count += 1


@compiled
def _improve(lists: Lists, current: Floats, gains: Floats, opened: int) -> None:
    """Let rows profit from `opened`; keep what every other site would gain exact."""
    for place in range(lists.site_start[opened], lists.site_start[opened + 1]):
        row, cost = lists.rows[place], lists.row_costs[place]
        before = current[row]
        if cost >= before:
            continue
        for pair in range(lists.start[row], lists.start[row + 1]):
            if lists.costs[pair] >= before:
                break
            gains[lists.sites[pair]] -= before - max(cost, lists.costs[pair])
        current[row] = cost


@compiled
def worst(service: Service) -> int:
    """Return the open site, not locked, whose closing costs least; -1 if all are locked."""
    best = NOBODY
    for site in service.opened:
        if service.is_locked[site]:
            continue
        if best == NOBODY or service.losses[site] < service.losses[best]:
            best = site
    return best


@compiled
def best_exchange(
    lists: Lists, service: Service, scratch: Scratch, entering: int, easiest: int
) -> tuple[float, int]:
    """Return what opening `entering` gains at best, and the site to close for it.

    `easiest` is the site `worst` returns: no site that shares no row with `entering` is a
    better one to close.
    """
    gain = 0.0
    touched_count = 0
    for place in range(lists.site_start[entering], lists.site_start[entering + 1]):
        row, cost = lists.rows[place], lists.row_costs[place]
        if cost >= service.second_costs[row]:
            continue
        nearest = service.first[row]
        relief = service.second_costs[row] - max(cost, service.first_costs[row])
        gain += max(0.0, service.first_costs[row] - cost)
        if nearest != NOBODY and relief > 0.0:
            if scratch.relief[nearest] == 0.0:
                scratch.touched[touched_count] = nearest
                touched_count += 1
            scratch.relief[nearest] += relief
    leaving, loss = easiest, service.losses[easiest]
    for rank in range(touched_count):
        site = scratch.touched[rank]
        eased = service.losses[site] - scratch.relief[site]
        scratch.relief[site] = 0.0
        if eased < loss and not service.is_locked[site]:
            leaving, loss = site, eased
    return gain - loss, leaving


@compiled
def exchange(
    lists: Lists, service: Service, scratch: Scratch, pair: tuple[int, int], waiting: int
) -> int:
    """Open `pair[0]`, close `pair[1]`, queue the sites concerned; return how many wait."""
    entering, leaving = pair
    service.is_open[entering], service.is_open[leaving] = True, False
    for rank in range(len(service.opened)):
        if service.opened[rank] == leaving:
            service.opened[rank] = entering
    for site in pair:
        for place in range(lists.site_start[site], lists.site_start[site + 1]):
            row, cost = lists.rows[place], lists.row_costs[place]
            farthest = service.second_costs[row]
            if site == entering and cost >= farthest:
                continue
            if site == leaving and leaving not in (service.first[row], service.second[row]):
                continue
            waiting = _served_again(lists, service, scratch, row, waiting)
    return waiting


@compiled
def _served_again(lists: Lists, service: Service, scratch: Scratch, row: int, waiting: int) -> int:
    """Serve `row` anew, keep the losses exact, queue the sites its change concerns."""
    farthest = service.second_costs[row]
    if service.first[row] != NOBODY:
        service.losses[service.first[row]] -= farthest - service.first_costs[row]
    serve(lists, service, row)
    if service.first[row] != NOBODY:
        service.losses[service.first[row]] += service.second_costs[row] - service.first_costs[row]
    farthest = max(farthest, service.second_costs[row])
    for pair in range(lists.start[row], lists.start[row + 1]):
        if lists.costs[pair] >= farthest:
            break
        site = lists.sites[pair]
        if not scratch.is_pending[site]:
            scratch.is_pending[site] = True
            scratch.queue[waiting % len(scratch.queue)] = site
            waiting += 1
    return waiting


@compiled
def descend(
    lists: Lists, service: Service, scratch: Scratch, waiting: int, least_gain: float
) -> int:
    """Exchange sites as long as one of the `waiting` sites gains; return the pairs read.

    Sites that an exchange concerns are queued again, so that what remains at the end is a
    plan no queued site improves. Every exchange gains at least `least_gain`: it ends.
    """
    easiest = worst(service)
    done = 0
    read = 0
    while done < waiting:
        entering = scratch.queue[done % len(scratch.queue)]
        done += 1
        scratch.is_pending[entering] = False
        if service.is_open[entering] or easiest == NOBODY:
            continue
        read += lists.site_start[entering + 1] - lists.site_start[entering]
        gain, leaving = best_exchange(lists, service, scratch, entering, easiest)
        if gain > least_gain:
            waiting = exchange(lists, service, scratch, (entering, leaving), waiting)
            easiest = worst(service)
    return read


@compiled
def queue_all(lists: Lists, scratch: Scratch) -> int:
    """Queue every listed site and return their number."""
    waiting = 0
    for site in range(len(scratch.is_pending)):
        if lists.site_start[site] < lists.site_start[site + 1]:
            scratch.is_pending[site] = True
            scratch.queue[waiting] = site
            waiting += 1
    return waiting


@compiled
def drawn(state: Seed, size: int) -> int:
    """Return a whole number under `size` (splitmix64, Steele, Lea & Flood 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    mixed = state[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return int((mixed >> np.uint64(11)) % np.uint64(size))


@compiled
def shaken(lists: Lists, service: Service, scratch: Scratch, state: Seed, most_moved: int) -> int:
    """Exchange a few neighbouring stations for sites drawn around them; return the queue."""
    row = drawn(state, len(lists.ceilings))
    begin, end = lists.start[row], lists.start[row + 1]
    moved_count = 1 + drawn(state, most_moved)
    leaving = np.empty(moved_count, dtype=np.int64)
    found, pair = 0, begin
    while pair < end and found < moved_count:
        site = lists.sites[pair]
        if service.is_open[site] and not service.is_locked[site]:
            leaving[found] = site
            found += 1
        pair += 1
    around = min(end - begin, 2 * (pair - begin) + 4)
    waiting = 0
    for rank in range(found):
        entering = lists.sites[begin + drawn(state, around)]
        if not service.is_open[entering]:
            waiting = exchange(lists, service, scratch, (entering, leaving[rank]), waiting)
    return waiting


@compiled
def copy_service(source: Service, target: Service) -> None:
    """Make `target` equal to `source`, locked sites aside."""
    target.is_open[:] = source.is_open
    target.opened[:] = source.opened
    target.first[:], target.second[:] = source.first, source.second
    target.first_costs[:], target.second_costs[:] = source.first_costs, source.second_costs
    target.losses[:] = source.losses


@compiled
def shake_rounds(
    lists: Lists,
    services: tuple[Service, Service],
    scratch: Scratch,
    state: Seed,
    reads: int,
) -> float:
    """Shake, descend, keep what is no worse, until `reads` pairs are read; return the cost.

    `services` are the current plan and room for a copy of it: an iterated local search
    (Lourenço, Martin & Stützle, 2003) whose moves stay near one row.
    """
    current, kept = services
    best = assign(lists, current)
    copy_service(current, kept)
    most_moved = min(MOST_MOVED, len(current.opened))
    while reads > 0:
        waiting = shaken(lists, current, scratch, state, most_moved)
        reads -= descend(lists, current, scratch, waiting, LEAST_GAIN_SHARE * best)
        reads -= 2 * len(current.first)
        cost = current.first_costs.sum()
        if cost <= best:
            best = cost
            copy_service(current, kept)
        else:
            copy_service(kept, current)
    return assign(lists, current)
