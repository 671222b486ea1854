"""Compiled loops of the covering search: a plan, what each site is worth to it, exchanges."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.optimise.arrays import Floats, Integers
from geo.optimise.compiled import compiled

Indices = NDArray[np.int32]
"""Positions as scipy stores them: 32 bits while they fit, 64 beyond."""

CLOSED = -1
"""Rank of a site that is not open."""

NO_SITE = -1
"""No site is left to open."""

ODDS_RANGE = 15.0
"""Temperatures below the best site from which one is never drawn: odds of 3 in 10 million."""

SLIGHTEST_HEAT = 1e-6
"""Temperature scale of plans that cover nothing yet, where any would do."""

MOVE_LINKS = 500
"""What a move costs beside the links it visits, in links; what counts in small worlds."""

BATCH_LINKS = 50_000_000
"""Links visited before Python gets control back: about a tenth of a second."""


class World(NamedTuple):
    """What does not move: weights, and who covers whom, by demand row and by site.

    Row r is covered by `row_sites[row_start[r]:row_start[r + 1]]`; the rows that site j
    covers are `site_rows[site_start[j]:site_start[j + 1]]`.
    """

    weights: Floats
    row_start: Indices
    row_sites: Indices
    site_start: Indices
    site_rows: Indices


class State(NamedTuple):
    """A plan and what each site is worth to it.

    `counts[r]` stations cover row r; `owners[r]` is the exclusive or of their numbers, hence
    the station itself where it is alone. `worth[j]` is the weight that site j would add, or,
    once it is open, the weight that it alone covers. `stations` starts with the open sites;
    `rank[j]` is the place of j in it, CLOSED if absent.
    """

    counts: Indices
    owners: Indices
    worth: Floats
    stations: Indices
    rank: Indices


class Walk(NamedTuple):
    """Where an annealing stands; every array is updated in place.

    `draws[0]` is the state of the random numbers. `best` starts with the stations of the
    best plan met. `levels` are the weight covered now and by the best plan, the temperature,
    and the power of e it falls by at each link visited.
    """

    draws: NDArray[np.uint64]
    best: Indices
    levels: Floats


NOW, BEST, TEMPERATURE, COOLING = range(4)
"""Places in `Walk.levels`."""


@compiled
def open_site(world: World, state: State, site: int, rank: int) -> int:
    """Open `site` at place `rank` of the stations; return the links visited."""
    visited = world.site_start[site + 1] - world.site_start[site]
    for place in range(world.site_start[site], world.site_start[site + 1]):
        row = world.site_rows[place]
        if state.counts[row] == 0:
            visited += change_worth(world, state, row, -world.weights[row])
            state.worth[site] += world.weights[row]
        elif state.counts[row] == 1:
            state.worth[state.owners[row]] -= world.weights[row]
        state.counts[row] += 1
        state.owners[row] ^= site
    state.stations[rank] = site
    state.rank[site] = rank
    return visited


@compiled
def open_all(world: World, state: State, sites: Integers) -> None:
    """Open `sites`, in this order, where none is open."""
    for rank in range(len(sites)):
        open_site(world, state, sites[rank], rank)


@compiled
def close_site(world: World, state: State, site: int) -> int:
    """Close `site` and leave its place in the stations to another; return the links visited."""
    visited = world.site_start[site + 1] - world.site_start[site]
    for place in range(world.site_start[site], world.site_start[site + 1]):
        row = world.site_rows[place]
        state.counts[row] -= 1
        state.owners[row] ^= site
        if state.counts[row] == 0:
            state.worth[site] -= world.weights[row]
            visited += change_worth(world, state, row, world.weights[row])
        elif state.counts[row] == 1:
            state.worth[state.owners[row]] += world.weights[row]
    state.rank[site] = CLOSED
    return visited


@compiled
def change_worth(world: World, state: State, row: int, change: float) -> int:
    """Add `change` to the worth of every site that covers `row`; return how many they are."""
    for place in range(world.row_start[row], world.row_start[row + 1]):
        state.worth[world.row_sites[place]] += change
    return world.row_start[row + 1] - world.row_start[row]


@compiled
def open_greedily(world: World, state: State, size: int, count: int) -> int:
    """Open the sites that add most one after the other, from `size` stations to `count`.

    A tie goes to the lowest number. Return how many stations there are: fewer than `count`
    only when every site is open.
    """
    for rank in range(size, count):
        best = NO_SITE
        for site in range(len(state.rank)):
            if state.rank[site] == CLOSED and (
                best == NO_SITE or state.worth[site] > state.worth[best]
            ):
                best = site
        if best == NO_SITE:
            return rank
        open_site(world, state, best, rank)
    return count


@compiled
def draw(draws: NDArray[np.uint64]) -> float:
    """Return the next number of [0, 1): xorshift64 (Marsaglia, J. Stat. Software 8, 2003)."""
    bits = draws[0]
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    draws[0] = bits
    return float(bits >> np.uint64(11)) / 9007199254740992.0


@compiled
def keep_best(state: State, walk: Walk) -> None:
    """Remember the plan if it covers more than the best."""
    if walk.levels[NOW] > walk.levels[BEST]:
        walk.levels[BEST] = walk.levels[NOW]
        walk.best[:] = state.stations[: len(walk.best)]


@compiled
def drawn_site(state: State, walk: Walk, near: Indices, odds: Floats) -> int:
    """Return a closed site drawn with odds exp(worth / temperature).

    `near` and `odds` are room to work in, as long as there are sites.
    """
    top = -1.0
    for site in range(len(state.worth)):
        if state.worth[site] > top and state.rank[site] == CLOSED:
            top = state.worth[site]
    temperature = walk.levels[TEMPERATURE]
    least = top - ODDS_RANGE * temperature
    size, total = 0, 0.0
    for site in range(len(state.worth)):
        if state.worth[site] >= least and state.rank[site] == CLOSED:
            total += math.exp((state.worth[site] - top) / temperature)
            near[size], odds[size] = site, total
            size += 1
    chosen = int(np.searchsorted(odds[:size], draw(walk.draws) * total))
    return int(near[min(chosen, size - 1)])


@compiled
def anneal(world: World, state: State, walk: Walk, most_links: int) -> int:
    """Move stations until about `most_links` links are visited, or a batch; return how many.

    A random station closes and a site opens by its odds, the same one maybe: the heat bath,
    or Gibbs sampler (Geman & Geman, IEEE Transactions on Pattern Analysis 6, 1984). Unlike
    proposed exchanges none is refused, which matters in the cold, where nearly all would be.
    """
    site_count = len(state.worth)
    near, odds = np.empty(site_count, dtype=np.int32), np.empty(site_count)
    visited = 0
    while visited < min(most_links, BATCH_LINKS):
        rank = int(draw(walk.draws) * len(walk.best))
        station = state.stations[rank]
        walk.levels[NOW] -= state.worth[station]
        moved = close_site(world, state, station) + site_count + MOVE_LINKS
        site = drawn_site(state, walk, near, odds)
        walk.levels[NOW] += state.worth[site]
        moved += open_site(world, state, site, rank)
        walk.levels[TEMPERATURE] *= math.exp(-walk.levels[COOLING] * moved)
        visited += moved
        keep_best(state, walk)
    return visited
