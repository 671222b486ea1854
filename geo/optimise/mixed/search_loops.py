"""Compiled tabu search on open sites, limits priced by penalties that follow the search."""

from typing import NamedTuple

import numpy as np

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.compiled import compiled

TOLERANCE = 1e-9
PENALTY_UP, PENALTY_DOWN = 1.15, 0.96
REVIEW_EVERY = 16
"""Flips between two reviews of the penalties."""


class Shares(NamedTuple):
    """The part of each site in some limits: `rows[start[j]:start[j + 1]]` are those of site j."""

    start: Integers
    rows: Integers
    shares: Floats


class Links(NamedTuple):
    """What does not move: who serves whom, who counts in which limit, and the limits.

    Rows are sorted by item. `wide` limits bear on many sites (a count, a budget) and are
    charged when sites are compared; `close` ones on few (two sites too near each other) and
    are charged in advance: `close_sites[close_start[r]:close_start[r + 1]]` is who is in limit
    r. `movable` lists the sites that may open and close. Limits are
    scaled so that their largest share is 1; none is priced below `least_price`. An item on
    its way to be served counts for up to `partial_share` of its prize.
    """

    site_start: Integers
    site_rows: Integers
    row_start: Integers
    row_sites: Integers
    row_item: Integers
    row_need: Integers
    item_start: Integers
    item_need: Integers
    weights: Floats
    wide: Shares
    close: Shares
    close_start: Integers
    close_sites: Integers
    at_least: Floats
    at_most: Floats
    costs: Floats
    movable: Integers
    goal: float
    is_all: bool
    partial_share: float
    least_price: float


class State(NamedTuple):
    """Where the search is: open sites, counts, sums of the limits, prices and memory.

    `gains` is what flipping each site adds in prizes, `charges` what close limits charge it;
    `opening` and `closing` is what each wide limit charges for one whole station more or less.
    `prices` are those of the limits, `prizes` those of the items; `totals` holds the served
    weight, the cost, the number of items not served, that of limits broken, the best value
    seen and the number of flips made.
    """

    is_open: Flags
    stations: Integers
    missing: Integers
    gains: Floats
    charges: Floats
    sums: Floats
    prices: Floats
    opening: Floats
    closing: Floats
    prizes: Floats
    tabu_until: Integers
    site_mark: Integers
    best: Flags
    totals: Floats
    draws: np.ndarray[tuple[int], np.dtype[np.uint64]]


SERVED, COST, UNSERVED, BROKEN, BEST, FLIPS, MARK = 0, 1, 2, 3, 4, 5, 6
TOTAL_COUNT = 7


@compiled
def draw(draws: np.ndarray[tuple[int], np.dtype[np.uint64]], size: int) -> int:
    """Return a number below `size` (xorshift64*, Vigna, ACM TOMS 42, 2016)."""
    word = draws[0]
    word ^= word >> np.uint64(12)
    word ^= word << np.uint64(25)
    word ^= word >> np.uint64(27)
    draws[0] = word
    mixed = (word * np.uint64(2685821657736338717)) >> np.uint64(33)
    return int(np.int64(mixed) % size)


@compiled
def merit(links: Links, state: State, item: int, missing: int) -> float:
    """Return what `item` is worth when `missing` stations: a part of its prize on the way."""
    if missing == 0:
        return state.prizes[item]
    done = 1.0 - missing / links.item_need[item]
    return links.partial_share * state.prizes[item] * done


@compiled
def gain(links: Links, state: State, site: int) -> float:
    """Return what opening a closed `site`, or closing an open one, adds in prizes."""
    step = -1 if state.is_open[site] else 1
    total = 0.0
    link, end = links.site_start[site], links.site_start[site + 1]
    while link < end:
        item = links.row_item[links.site_rows[link]]
        change = 0
        while link < end and links.row_item[links.site_rows[link]] == item:
            row = links.site_rows[link]
            lacks = links.row_need[row] - state.stations[row]
            if step > 0 and lacks > 0:
                change -= 1
            elif step < 0 and lacks >= 0:
                change += 1
            link += 1
        if change != 0:
            missing = state.missing[item]
            total += merit(links, state, item, missing + change)
            total -= merit(links, state, item, missing)
    return total


@compiled
def excess(links: Links, row: int, total: float) -> float:
    """Return by how much the sum `total` of limit `row` is out of it."""
    margin = TOLERANCE * max(1.0, abs(total))
    if total > links.at_most[row] + margin:
        return total - links.at_most[row]
    if total < links.at_least[row] - margin:
        return links.at_least[row] - total
    return 0.0


@compiled
def charge(links: Links, state: State, row: int, change: float) -> float:
    """Return what limit `row` charges for a `change` of its sum."""
    total = state.sums[row]
    return state.prices[row] * (excess(links, row, total + change) - excess(links, row, total))


@compiled
def close_charge(links: Links, state: State, site: int) -> float:
    """Return what the close limits charge for flipping `site`."""
    step = -1.0 if state.is_open[site] else 1.0
    total = 0.0
    for link in range(links.close.start[site], links.close.start[site + 1]):
        total += charge(links, state, links.close.rows[link], step * links.close.shares[link])
    return total


@compiled
def reprice(links: Links, state: State) -> None:
    """Work out what each limit charges for one whole station more, and for one less."""
    for row in range(len(state.sums)):
        if links.close_start[row] == links.close_start[row + 1]:
            state.opening[row] = charge(links, state, row, 1.0)
            state.closing[row] = charge(links, state, row, -1.0)


@compiled
def worth(links: Links, state: State, site: int) -> float:
    """Return what flipping `site` improves: prizes, less cost, less what limits charge."""
    is_open = state.is_open[site]
    step = -1.0 if is_open else 1.0
    total = state.gains[site] - state.charges[site] - step * links.costs[site]
    for link in range(links.wide.start[site], links.wide.start[site + 1]):
        row, share = links.wide.rows[link], links.wide.shares[link]
        if share == 1.0:
            total -= state.closing[row] if is_open else state.opening[row]
        else:
            total -= charge(links, state, row, step * share)
    return total


@compiled
def flip(links: Links, state: State, site: int) -> None:
    """Open or close `site` and bring every count, sum, gain and charge up to date."""
    step = -1 if state.is_open[site] else 1
    state.is_open[site] = step > 0
    state.totals[COST] += step * links.costs[site]
    for link in range(links.wide.start[site], links.wide.start[site + 1]):
        row = links.wide.rows[link]
        _add(links, state, row, step * links.wide.shares[link])
        state.opening[row] = charge(links, state, row, 1.0)
        state.closing[row] = charge(links, state, row, -1.0)
    for link in range(links.close.start[site], links.close.start[site + 1]):
        _add(links, state, links.close.rows[link], step * links.close.shares[link])
    for link in range(links.close.start[site], links.close.start[site + 1]):
        recharge(links, state, links.close.rows[link])
    for link in range(links.site_start[site], links.site_start[site + 1]):
        _count(links, state, links.site_rows[link], step)
    _refresh_around(links, state, site, step)


@compiled
def _add(links: Links, state: State, row: int, change: float) -> None:
    """Add `change` to the sum of limit `row`, and count it broken or not."""
    was_broken = excess(links, row, state.sums[row]) > 0
    state.sums[row] += change
    state.totals[BROKEN] += (excess(links, row, state.sums[row]) > 0) - was_broken


@compiled
def recharge(links: Links, state: State, row: int) -> None:
    """Compute again what close limits charge the sites of limit `row`."""
    for place in range(links.close_start[row], links.close_start[row + 1]):
        site = links.close_sites[place]
        state.charges[site] = close_charge(links, state, site)


@compiled
def _count(links: Links, state: State, row: int, step: int) -> None:
    """Count one station more or less for `row`, and what its item still misses."""
    before = state.stations[row]
    state.stations[row] = before + step
    item = links.row_item[row]
    if step > 0 and before < links.row_need[row]:
        state.missing[item] -= 1
        if state.missing[item] == 0:
            state.totals[SERVED] += links.weights[item]
            state.totals[UNSERVED] -= 1
    elif step < 0 and before <= links.row_need[row]:
        if state.missing[item] == 0:
            state.totals[SERVED] -= links.weights[item]
            state.totals[UNSERVED] += 1
        state.missing[item] += 1


@compiled
def _refresh_around(links: Links, state: State, site: int, step: int) -> None:
    """Compute again the gains of the sites that share an item whose state changed."""
    state.totals[MARK] += 1
    mark = int(state.totals[MARK])
    state.gains[site] = gain(links, state, site)
    state.site_mark[site] = mark
    last = -1
    for link in range(links.site_start[site], links.site_start[site + 1]):
        row = links.site_rows[link]
        item = links.row_item[row]
        fewest = min(state.stations[row], state.stations[row] - step)
        if item != last and fewest <= links.row_need[row]:
            last = item
            refresh_item(links, state, item, mark)


@compiled
def refresh_item(links: Links, state: State, item: int, mark: int) -> None:
    """Compute again the gains of the sites of `item` not marked `mark` yet."""
    first, end = links.item_start[item], links.item_start[item + 1]
    for place in range(links.row_start[first], links.row_start[end]):
        site = links.row_sites[place]
        if state.site_mark[site] != mark:
            state.site_mark[site] = mark
            state.gains[site] = gain(links, state, site)


@compiled
def load(links: Links, state: State, opened: Flags) -> None:
    """Set the search at the plan `opened`, everything counted from nothing."""
    state.is_open[:] = opened
    state.stations[:] = 0
    state.sums[:] = 0.0
    state.totals[SERVED] = state.totals[COST] = 0.0
    state.totals[UNSERVED] = state.totals[BROKEN] = 0.0
    for site in range(len(opened)):
        if opened[site]:
            _load_site(links, state, site)
    for row in range(len(state.sums)):
        state.totals[BROKEN] += excess(links, row, state.sums[row]) > 0
    for item in range(len(state.missing)):
        _load_item(links, state, item)
    for site in range(len(state.gains)):
        state.gains[site] = gain(links, state, site)
        state.charges[site] = close_charge(links, state, site)
    reprice(links, state)


@compiled
def _load_site(links: Links, state: State, site: int) -> None:
    """Count what an open `site` costs, serves and takes of the limits."""
    state.totals[COST] += links.costs[site]
    for link in range(links.wide.start[site], links.wide.start[site + 1]):
        state.sums[links.wide.rows[link]] += links.wide.shares[link]
    for link in range(links.close.start[site], links.close.start[site + 1]):
        state.sums[links.close.rows[link]] += links.close.shares[link]
    for link in range(links.site_start[site], links.site_start[site + 1]):
        state.stations[links.site_rows[link]] += 1


@compiled
def _load_item(links: Links, state: State, item: int) -> None:
    """Count what `item` misses."""
    state.missing[item] = 0
    for row in range(links.item_start[item], links.item_start[item + 1]):
        state.missing[item] += max(0, links.row_need[row] - state.stations[row])
    if state.missing[item] == 0:
        state.totals[SERVED] += links.weights[item]
    else:
        state.totals[UNSERVED] += 1


@compiled
def is_plan(links: Links, state: State) -> bool:
    """Tell whether the open sites respect every limit and serve what must be."""
    if state.totals[BROKEN] > 0:
        return False
    if links.is_all:
        return state.totals[UNSERVED] == 0
    return state.totals[SERVED] >= links.goal


@compiled
def choose(links: Links, state: State) -> int:
    """Return the site whose flip is worth most among those not tabu, -1 for none."""
    now = state.totals[FLIPS]
    chosen, best, ties = -1, -np.inf, 0
    for site in links.movable:
        if state.tabu_until[site] > now:
            continue
        value = worth(links, state, site)
        if value > best:
            chosen, best, ties = site, value, 1
        elif value == best:
            ties += 1
            if draw(state.draws, ties) == 0:
                chosen = site
    return chosen


@compiled
def review(links: Links, state: State) -> None:
    """Raise the price of what is broken, lower that of what holds.

    Close limits keep their price: lowering thousands of them would cost more than it finds.
    Strategic oscillation (Glover & Kochenberger, Metaheuristics, 1996), and for items that
    must be served the breakout of Morris (AAAI, 1993).
    """
    for row in range(len(state.prices)):
        is_broken = excess(links, row, state.sums[row]) > 0
        if is_broken:
            state.prices[row] *= PENALTY_UP
            recharge(links, state, row)
        elif links.close_start[row] == links.close_start[row + 1]:
            state.prices[row] = max(state.prices[row] * PENALTY_DOWN, links.least_price)
    reprice(links, state)
    if links.is_all:
        for item in range(len(state.missing)):
            if state.missing[item] > 0:
                state.prizes[item] *= PENALTY_UP
                state.totals[MARK] += 1
                refresh_item(links, state, item, int(state.totals[MARK]))
    elif links.goal > -np.inf:
        factor = PENALTY_UP if state.totals[SERVED] < links.goal else PENALTY_DOWN
        state.prizes[:] *= factor
        state.gains[:] *= factor


@compiled
def run(links: Links, state: State, flip_count: int, tenure: int) -> bool:
    """Make `flip_count` flips, and tell whether a plan better than the best was seen.

    The plan itself is left in `state.best`, its value in `state.totals[BEST]`: the served
    weight, or the cost with its sign changed.
    """
    is_costly = links.is_all or links.goal > -np.inf
    improved = False
    for _ in range(flip_count):
        site = choose(links, state)
        if site < 0:
            state.totals[FLIPS] += 1
            continue
        flip(links, state, site)
        state.totals[FLIPS] += 1
        state.tabu_until[site] = int(state.totals[FLIPS]) + 2 + draw(state.draws, tenure)
        if is_plan(links, state):
            value = -state.totals[COST] if is_costly else state.totals[SERVED]
            if value > state.totals[BEST]:
                state.totals[BEST] = value
                state.best[:] = state.is_open
                improved = True
        if int(state.totals[FLIPS]) % REVIEW_EVERY == 0:
            review(links, state)
    return improved
