"""Compiled loops of the Lagrangian bound: prices of demand, moved down the bound they give.

For prices 0 <= u <= w, L(u) = sum (w - u) + the `count` largest sums of u over a site's rows
bounds every plan; its slope at row r is (stations of the best answer that cover r) - 1.
"""

from typing import NamedTuple

import numpy as np

from geo.optimise.arrays import Floats
from geo.optimise.compiled import compiled
from geo.optimise.coverage.search_loops import World
from geo.optimise.descent_loops import BEST_VALUE, learn, push, step


class Prices(NamedTuple):
    """Prices and the answer they call for; every array is changed in place.

    `best` gives the lowest bound so far and `trial` is being tried; `slope` is the direction
    in use (over rows), `fractions` the mean of the answers met, near a fractional optimum.
    """

    best: Floats
    trial: Floats
    slope: Floats
    fractions: Floats
    scores: Floats
    opened: Floats
    gradient: Floats
    lowest: Floats
    highest: Floats
    dials: Floats


@compiled
def momentum_rounds(world: World, prices: Prices, count: int, target: float, rounds: int) -> None:
    """Descend `rounds` times along slopes with momentum, by Polyak's step towards `target`.

    Camerini, Fratta & Maffioli (Mathematical Programming Study 3, 1975). Fast from afar; it
    stalls near the optimum, where `mean_slope_rounds` takes over.
    """
    for _ in range(rounds):
        value = _judge(world, prices, count)
        if not push(prices, value, target):
            return


@compiled
def mean_slope_rounds(world: World, prices: Prices, count: int, target: float, rounds: int) -> None:
    """Descend `rounds` times along the mean of the slopes met: the volume algorithm.

    Barahona & Anbil (Mathematical Programming 87, 2000): steps start from the best prices,
    and the same mean of the answers met nears the optimum of the linear relaxation.
    """
    for _ in range(rounds):
        if not step(prices, prices.best, prices.dials[BEST_VALUE] - target):
            return
        learn(prices, _judge(world, prices, count), target)


@compiled
def mean_slope_start(world: World, prices: Prices, count: int) -> None:
    """Start the means afresh, with the slope and the answer at the best prices."""
    prices.trial[:] = prices.best
    prices.dials[BEST_VALUE] = _judge(world, prices, count)
    prices.slope[:] = -prices.gradient
    prices.fractions[:] = prices.opened


@compiled
def _judge(world: World, prices: Prices, count: int) -> float:
    """Return L(trial); set `opened` to the sites it calls for and `gradient` to its slope."""
    scores, opened = prices.scores, prices.opened
    for site in range(len(scores)):
        score = 0.0
        for place in range(world.site_start[site], world.site_start[site + 1]):
            score += prices.trial[world.site_rows[place]]
        scores[site] = score
    value = _open_best(scores, opened, count)
    for row in range(len(prices.trial)):
        stations = 0.0
        for place in range(world.row_start[row], world.row_start[row + 1]):
            stations += opened[world.row_sites[place]]
        prices.gradient[row] = stations - 1.0
        value += world.weights[row] - prices.trial[row]
    return value


@compiled
def _open_best(scores: Floats, opened: Floats, count: int) -> float:
    """Open the `count` best scores, the first of equal ones, and return their sum."""
    size = len(scores)
    last = np.partition(scores, size - count)[size - count]
    total, left = 0.0, count
    for site in range(size):
        opened[site] = 0.0
        if scores[site] > last:
            opened[site] = 1.0
            total += scores[site]
            left -= 1
    for site in range(size):
        if left > 0 and scores[site] == last:
            opened[site] = 1.0
            total += last
            left -= 1
    return total
