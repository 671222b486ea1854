"""Compiled exchanges that respect the rules on sites."""

from typing import NamedTuple

import numpy as np

from geo.optimise.arrays import Floats, Integers
from geo.optimise.compiled import compiled
from geo.optimise.median.lists import Lists
from geo.optimise.median.search_loops import Scratch, Service, exchange


class RuleRows(NamedTuple):
    """The rows of the rules by site, and where their sums stand, changed in place."""

    start: Integers
    rows: Integers
    values: Floats
    sums: Floats
    at_least: Floats
    at_most: Floats


@compiled
def add(rules: RuleRows, site: int, sign: float) -> None:
    """Count `site` in the sums, `sign` times."""
    for place in range(rules.start[site], rules.start[site + 1]):
        rules.sums[rules.rows[place]] += sign * rules.values[place]


@compiled
def holds(rules: RuleRows, site: int) -> bool:
    """Return whether the sums of the rows of `site` are within their limits."""
    for place in range(rules.start[site], rules.start[site + 1]):
        row = rules.rows[place]
        if not rules.at_least[row] <= rules.sums[row] <= rules.at_most[row]:
            return False
    return True


@compiled
def may_exchange(rules: RuleRows, entering: int, leaving: int) -> bool:
    """Return whether every rule holds with `entering` instead of `leaving`; sums unchanged."""
    add(rules, entering, 1.0)
    add(rules, leaving, -1.0)
    allowed = holds(rules, entering) and holds(rules, leaving)
    add(rules, entering, -1.0)
    add(rules, leaving, 1.0)
    return allowed


@compiled
def best_allowed(
    lists: Lists, service: Service, relief: Floats, rules: RuleRows, entering: int
) -> tuple[float, int]:
    """Return what opening `entering` gains with the best site the rules let close; or -1."""
    gain = 0.0
    for place in range(lists.site_start[entering], lists.site_start[entering + 1]):
        row, cost = lists.rows[place], lists.row_costs[place]
        if cost < service.second_costs[row]:
            gain += max(0.0, service.first_costs[row] - cost)
            if service.first[row] >= 0:
                least = max(cost, service.first_costs[row])
                relief[service.first[row]] += service.second_costs[row] - least
    best, leaving = -np.inf, -1
    for site in service.opened:
        value = gain - service.losses[site] + relief[site]
        relief[site] = 0.0
        if service.is_locked[site] or value <= max(best, 0.0):
            continue
        if may_exchange(rules, entering, site):
            best, leaving = value, site
    return best, leaving


@compiled
def descend_ruled(
    lists: Lists, service: Service, scratch: Scratch, rules: RuleRows, least_gain: float
) -> bool:
    """Try each closed site once, exchange those that gain; return whether any did."""
    has_gained = False
    for entering in range(len(service.is_open)):
        is_listed = lists.site_start[entering] < lists.site_start[entering + 1]
        if service.is_open[entering] or not is_listed:
            continue
        gain, leaving = best_allowed(lists, service, scratch.relief, rules, entering)
        if leaving >= 0 and gain > least_gain:
            exchange(lists, service, scratch, (entering, leaving), 0)
            add(rules, entering, 1.0)
            add(rules, leaving, -1.0)
            has_gained = True
    return has_gained
