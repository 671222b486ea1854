"""Compiled loops of the Lagrangian bound of the p-median.

Each row pays its multiplier instead of being served once; the sites that then save most are
opened (Cornuéjols, Fisher & Nemhauser, Management Science 23, 1977; Beasley, European Journal
of Operational Research 21, 1985). Any multipliers give a valid bound.
"""

from typing import NamedTuple

import numpy as np

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.compiled import compiled
from geo.optimise.median.lists import Lists

FREE, IN, OUT = 0, 1, 2
"""What is decided of a site: nothing, always open, never open."""

MARGIN_SHARE = 1e-9
"""Taken off each bound, as a share of the sums it comes from, for their rounding."""

PATIENCE = 20
"""Iterations without a better bound after which steps shrink."""

SHRINK = 0.7
"""What steps are multiplied by, then."""

NOTABLE_SHARE = 1e-6
"""Part of what is left to climb under which a better bound does not count as progress."""

MEMORY_SHARE = 0.7
"""Part of the previous direction kept in the next one (Camerini, Fratta & Maffioli, 1975)."""

FADE = 0.97
"""Weight of the past in the running mean of open sites, which tends to the relaxed solution."""


class Ascent(NamedTuple):
    """Where the ascent stands, changed in place by the loops.

    `best` are the multipliers of the best bound, `savings` what each site saves with the
    current ones, at most 0; `openness` the running mean of the sites opened, 0 to 1. `steps`
    holds the best bound, the step factor and the iterations since the last better bound.
    """

    multipliers: Floats
    best: Floats
    direction: Floats
    savings: Floats
    is_open: Flags
    openness: Floats
    steps: Floats


@compiled
def price(lists: Lists, multipliers: Floats, savings: Floats) -> float:
    """Fill `savings` with the sum of min(0, cost - multiplier) of each site; return the rest."""
    savings[:] = 0.0
    total = 0.0
    for row in range(len(multipliers)):
        paid = multipliers[row]
        total += paid
        for pair in range(lists.start[row], lists.start[row + 1]):
            cost = lists.costs[pair]
            if cost >= paid:
                break
            savings[lists.sites[pair]] += cost - paid
    return total


@compiled
def open_best(savings: Floats, decided: Integers, count: int, is_open: Flags) -> float:
    """Open the decided sites and those that save most, `count` in all; return their savings.

    Infinity when the decisions leave too many or too few sites.
    """
    total = 0.0
    free_count = count
    free = np.empty(len(savings))
    candidates = 0
    for site in range(len(savings)):
        is_open[site] = decided[site] == IN
        if decided[site] == IN:
            total += savings[site]
            free_count -= 1
        elif decided[site] == FREE:
            free[candidates] = savings[site]
            candidates += 1
    if free_count < 0 or free_count > candidates:
        return np.inf
    if free_count == 0:
        return total
    threshold = np.partition(free[:candidates], free_count - 1)[free_count - 1]
    ties = free_count
    for site in range(len(savings)):
        if decided[site] == FREE and savings[site] < threshold:
            is_open[site] = True
            total += savings[site]
            ties -= 1
    for site in range(len(savings)):
        if ties > 0 and decided[site] == FREE and savings[site] == threshold:
            is_open[site] = True
            total += savings[site]
            ties -= 1
    return total


@compiled
def turn(lists: Lists, ascent: Ascent) -> float:
    """Update the direction with the rows served too little or too much; return its norm²."""
    norm2 = 0.0
    for row in range(len(ascent.multipliers)):
        lacking = 1.0
        paid = ascent.multipliers[row]
        for pair in range(lists.start[row], lists.start[row + 1]):
            if lists.costs[pair] >= paid:
                break
            if ascent.is_open[lists.sites[pair]]:
                lacking -= 1.0
        lacking += MEMORY_SHARE * ascent.direction[row]
        ascent.direction[row] = lacking
        norm2 += lacking * lacking
    return norm2


@compiled
def climb(
    lists: Lists,
    ascent: Ascent,
    decided: Integers,
    count: int,
    limits: tuple[Floats, Floats, float, int],
) -> int:
    """Climb for the iterations allowed, or until the bound passes the target; return how many.

    `limits` are the least and the largest useful multiplier of each row, the target (the
    cost of the best plan) and the number of iterations. Steps are Polyak's.
    """
    lowest, highest, target, iterations = limits
    for iteration in range(iterations):
        paid = price(lists, ascent.multipliers, ascent.savings)
        saved = open_best(ascent.savings, decided, count, ascent.is_open)
        bound = paid + saved - MARGIN_SHARE * (paid - saved)
        if bound >= target:
            remember(ascent, bound, target)
            return iteration + 1
        if remember(ascent, bound, target):
            continue
        norm2 = turn(lists, ascent)
        if norm2 == 0.0:
            return iteration + 1
        step = ascent.steps[1] * (target - bound) / norm2
        advance(ascent, lowest, highest, step)
    return iterations


@compiled
def remember(ascent: Ascent, bound: float, target: float) -> bool:
    """Keep `bound` if it is the best; return True after going back to the best for too long."""
    steps = ascent.steps
    ascent.openness[:] = FADE * ascent.openness + (1.0 - FADE) * ascent.is_open
    steps[2] += 1.0
    if bound > steps[0]:
        if bound > steps[0] + NOTABLE_SHARE * abs(target - steps[0]):
            steps[2] = 0.0
        steps[0] = bound
        ascent.best[:] = ascent.multipliers
    if steps[2] <= PATIENCE:
        return False
    steps[1] *= SHRINK
    steps[2] = 0.0
    ascent.multipliers[:] = ascent.best
    ascent.direction[:] = 0.0
    return True


@compiled
def advance(ascent: Ascent, lowest: Floats, highest: Floats, step: float) -> None:
    """Move the multipliers by `step` along the direction, within what is useful."""
    for row in range(len(lowest)):
        moved = ascent.multipliers[row] + step * ascent.direction[row]
        ascent.multipliers[row] = min(max(moved, lowest[row]), highest[row])


@compiled
def fix(savings: Floats, decided: Integers, is_open: Flags, slack: float) -> int:
    """Decide the sites whose other choice would cost more than `slack`; return how many.

    With the bound of `savings` given: a closed site that is opened takes the place of the
    open one that saves least, and the other way round.
    """
    least_open, most_closed = -np.inf, np.inf
    for site in range(len(savings)):
        if decided[site] == FREE and is_open[site]:
            least_open = max(least_open, savings[site])
        elif decided[site] == FREE:
            most_closed = min(most_closed, savings[site])
    fixed_count = 0
    for site in range(len(savings)):
        if decided[site] != FREE:
            continue
        if is_open[site] and most_closed - savings[site] > slack:
            decided[site] = IN
            fixed_count += 1
        elif not is_open[site] and savings[site] - least_open > slack:
            decided[site] = OUT
            fixed_count += 1
    return fixed_count
