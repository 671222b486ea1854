"""Compiled loops of the Lagrangian bound under rules: demand and limits priced, groups chosen.

For any prices u >= 0 of the rows and v of the limits (v > 0 only where there is a most, < 0
only where there is a least), with profits r_j = sum_r a_rj u_r - sum_m b_mj v_m,
    L(u, v) = sum_q max(0, w_q - sum_r k_r u_r) + sum_m (v_m most_m or v_m least_m)
              + the best sum of r over states of the groups, the counted limit respected
bounds every plan.
"""

from typing import NamedTuple

import numpy as np

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.compiled import compiled
from geo.optimise.descent_loops import BEST_VALUE, learn, push, step

NEVER = -1e300


class Market(NamedTuple):
    """What does not move: the demand, the limits priced, the states of the groups.

    `counted[j]` tells which sites the counted limit bears on: from `fewest` to `most` groups
    open one.
    """

    site_start: Integers
    site_rows: Integers
    row_item: Integers
    row_need: Floats
    weights: Floats
    limit_start: Integers
    limit_rows: Integers
    limit_shares: Floats
    at_least: Floats
    at_most: Floats
    group_start: Integers
    group_sites: Integers
    table: Integers
    is_allowed: Flags
    counted: Flags
    fewest: int
    most: int


class Prices(NamedTuple):
    """Prices and the answer they call for; every array is changed in place.

    The first prices are those of the rows, the next those of the limits, all within `lowest`
    and `highest`. `best` gives the lowest bound, `trial` is being tried; `slope` is the direction
    in use, `fractions` the mean of the answers met. `gradient` is the slope of L at `trial`,
    `left` what items keep of their weight; `with_site` and `without` are the values of the
    best states of each group with and without a counted site, `states` these two states.
    """

    best: Floats
    trial: Floats
    slope: Floats
    gradient: Floats
    fractions: Floats
    opened: Floats
    profits: Floats
    left: Floats
    with_site: Floats
    without: Floats
    states: Integers
    lowest: Floats
    highest: Floats
    dials: Floats


@compiled
def momentum_rounds(market: Market, prices: Prices, target: float, rounds: int) -> None:
    """Descend `rounds` times along slopes with momentum, by Polyak's step towards `target`.

    Camerini, Fratta & Maffioli (Mathematical Programming Study 3, 1975).
    """
    for _ in range(rounds):
        value = judge(market, prices)
        if not push(prices, value, target):
            return


@compiled
def mean_slope_rounds(market: Market, prices: Prices, target: float, rounds: int) -> None:
    """Descend `rounds` times along the mean of the slopes met: the volume algorithm.

    Barahona & Anbil (Mathematical Programming 87, 2000).
    """
    for _ in range(rounds):
        if not step(prices, prices.best, prices.dials[BEST_VALUE] - target):
            return
        learn(prices, judge(market, prices), target)


@compiled
def mean_slope_start(market: Market, prices: Prices) -> None:
    """Start the means afresh, with the slope and the answer at the best prices."""
    prices.trial[:] = prices.best
    prices.dials[BEST_VALUE] = judge(market, prices)
    prices.slope[:] = -prices.gradient
    prices.fractions[:] = prices.opened


@compiled
def judge(market: Market, prices: Prices) -> float:
    """Return L(trial); set `opened` to the sites it calls for and `gradient` to its slope."""
    value = _price_items(market, prices)
    _set_profits(market, prices)
    for group in range(len(market.table)):
        _choose_states(market, prices, group)
    value += _open_groups(market, prices)
    _add_stations(market, prices)
    return value


@compiled
def _price_items(market: Market, prices: Prices) -> float:
    """Return what items and limits bring; set the part of `gradient` that is theirs."""
    trial, left, gradient = prices.trial, prices.left, prices.gradient
    row_count, value = len(market.row_item), 0.0
    left[:] = market.weights
    for row in range(row_count):
        left[market.row_item[row]] -= market.row_need[row] * trial[row]
    for item in range(len(left)):
        value += max(0.0, left[item])
    for row in range(row_count):
        item = market.row_item[row]
        is_served = left[item] >= -1e-9 * market.weights[item]
        gradient[row] = -market.row_need[row] if is_served else 0.0
    for limit in range(len(market.at_least)):
        price = trial[row_count + limit]
        bound = 0.0
        if price > 0:
            bound = market.at_most[limit]
        elif price < 0:
            bound = market.at_least[limit]
        value += price * bound
        gradient[row_count + limit] = bound
    return value


@compiled
def _set_profits(market: Market, prices: Prices) -> None:
    """Set what each site brings at the trial prices."""
    trial, row_count = prices.trial, len(market.row_item)
    for site in range(len(prices.profits)):
        profit = 0.0
        for link in range(market.site_start[site], market.site_start[site + 1]):
            profit += trial[market.site_rows[link]]
        for link in range(market.limit_start[site], market.limit_start[site + 1]):
            profit -= trial[row_count + market.limit_rows[link]] * market.limit_shares[link]
        prices.profits[site] = profit


@compiled
def _choose_states(market: Market, prices: Prices, group: int) -> None:
    """Find the best states of `group`, with a counted site and without."""
    first, end = market.group_start[group], market.group_start[group + 1]
    best_with, best_without, with_state, without_state = NEVER, NEVER, -1, -1
    for state in range(1 << (end - first)):
        if not market.is_allowed[market.table[group] + state]:
            continue
        value, is_counted = 0.0, False
        for bit in range(end - first):
            if (state >> bit) & 1:
                site = market.group_sites[first + bit]
                value += prices.profits[site]
                is_counted |= market.counted[site]
        if is_counted and value > best_with:
            best_with, with_state = value, state
        elif not is_counted and value > best_without:
            best_without, without_state = value, state
    prices.with_site[group], prices.without[group] = best_with, best_without
    prices.states[2 * group], prices.states[2 * group + 1] = without_state, with_state


@compiled
def _open_groups(market: Market, prices: Prices) -> float:
    """Open the groups that gain most by it, as many as counted; return the value of all."""
    gains = prices.with_site - prices.without
    positive = 0
    for group in range(len(gains)):
        positive += gains[group] > 0
    count = min(max(positive, market.fewest), market.most, len(gains))
    last = np.partition(gains, len(gains) - count)[len(gains) - count] if count > 0 else np.inf
    left = count
    for group in range(len(gains)):
        left -= gains[group] > last
    total = 0.0
    prices.opened[:] = 0.0
    for group in range(len(gains)):
        takes = gains[group] > last
        if gains[group] == last and left > 0:
            takes = True
            left -= 1
        total += prices.with_site[group] if takes else prices.without[group]
        _open_state(market, prices, group, prices.states[2 * group + takes])
    return total


@compiled
def _open_state(market: Market, prices: Prices, group: int, state: int) -> None:
    """Mark the sites that `group` opens in `state`."""
    if state > 0:
        first = market.group_start[group]
        for bit in range(market.group_start[group + 1] - first):
            prices.opened[market.group_sites[first + bit]] = float((state >> bit) & 1)


@compiled
def _add_stations(market: Market, prices: Prices) -> None:
    """Add what the open sites do to `gradient`; a limit without a price is pulled if broken."""
    gradient, row_count = prices.gradient, len(market.row_item)
    sums = np.zeros(len(market.at_least))
    for site in range(len(prices.opened)):
        if prices.opened[site] > 0:
            for link in range(market.site_start[site], market.site_start[site + 1]):
                gradient[market.site_rows[link]] += 1.0
            for link in range(market.limit_start[site], market.limit_start[site + 1]):
                sums[market.limit_rows[link]] += market.limit_shares[link]
    for limit in range(len(sums)):
        bound = gradient[row_count + limit]
        if prices.trial[row_count + limit] == 0:
            bound = min(max(sums[limit], market.at_least[limit]), market.at_most[limit])
        gradient[row_count + limit] = bound - sums[limit]
