"""Loops over row multipliers: dual ascent and subgradient steps for covering problems."""

from typing import NamedTuple

import numpy as np

from geo.optimise.arrays import Floats
from geo.optimise.compiled import compiled
from geo.optimise.covering.core import Links

FACTOR, IDLE, VALUE, AIM, STEPS = 0, 1, 2, 3, 4
"""Places in the settings: step factor, steps without gain, best value, value aimed at, steps."""

PATIENCE = 20.0
"""Steps without gain before the step shrinks."""

SHRINKING = 0.6

SMALLEST_GAIN = 1e-6
"""Part of the value that counts as a gain."""


class Stakes(NamedTuple):
    """Costs of the sites, worths of the rows, and the worth that may stay unserved (one value)."""

    costs: Floats
    worths: Floats
    slack: Floats


@compiled
def ascend(links: Links, left: Floats, multipliers: Floats) -> None:
    """Raise each multiplier, shortest rows first, to what its sites' `left` costs allow."""
    lengths = np.diff(links.row_start)
    for row in np.argsort(lengths, kind="mergesort"):
        first, end = links.row_start[row], links.row_start[row + 1]
        raised = np.inf
        for place in range(first, end):
            raised = min(raised, left[links.row_sites[place]])
        if not 0.0 < raised < np.inf:
            continue
        multipliers[row] += raised
        for place in range(first, end):
            left[links.row_sites[place]] -= raised


@compiled
def reduce_costs(links: Links, costs: Floats, multipliers: Floats, reduced: Floats) -> float:
    """Write the reduced costs into `reduced` and return the sum of the negative ones."""
    total = 0.0
    for site in range(len(costs)):
        value = costs[site]
        for place in range(links.site_start[site], links.site_start[site + 1]):
            value -= multipliers[links.site_rows[place]]
        reduced[site] = value
        total += min(0.0, value)
    return total


@compiled
def forgo(multipliers: Floats, worths: Floats, slack: float, forgone: Floats) -> float:
    """Leave rows unserved, fractions allowed, for the most multipliers within `slack` worth.

    Writes the fractions and returns the multipliers saved.
    """
    forgone[:] = 0.0
    if slack <= 0.0:
        return 0.0
    saved = 0.0
    room = slack
    for row in np.argsort(-multipliers / worths, kind="mergesort"):
        part = min(1.0, room / worths[row])
        forgone[row] = part
        saved += part * multipliers[row]
        room -= part * worths[row]
        if room <= 0.0:
            break
    return saved


@compiled
def count_service(links: Links, reduced: Floats, forgone: Floats, missing: Floats) -> float:
    """Write what each row misses of one service and return the sum of squares.

    Sites of negative reduced cost serve; rows forgone are served to that part.
    """
    missing[:] = 1.0 - forgone
    for site in range(len(reduced)):
        if reduced[site] < 0.0:
            for place in range(links.site_start[site], links.site_start[site + 1]):
                missing[links.site_rows[place]] -= 1.0
    return float(np.dot(missing, missing))


@compiled
def climb(
    links: Links, stakes: Stakes, multipliers: Floats, best: Floats, settings: Floats
) -> None:
    """Take `settings[STEPS]` subgradient steps; `best` keeps the multipliers of the best bound.

    Held, Wolfe & Crowder (Mathematical Programming 6, 1974): the step shrinks when nothing
    was gained for a while.
    """
    reduced = np.empty(len(stakes.costs))
    missing = np.empty(len(multipliers))
    forgone = np.empty(len(multipliers))
    for _ in range(int(settings[STEPS])):
        value = reduce_costs(links, stakes.costs, multipliers, reduced)
        value += multipliers.sum() - forgo(multipliers, stakes.worths, stakes.slack[0], forgone)
        take_note(value, multipliers, best, settings)
        norm = count_service(links, reduced, forgone, missing)
        if norm == 0.0:
            return
        wanted = max(settings[AIM] - value, 1e-3 * abs(settings[AIM]))
        length = settings[FACTOR] * wanted / norm
        for row in range(len(multipliers)):
            multipliers[row] = max(0.0, multipliers[row] + length * missing[row])


@compiled
def take_note(value: float, multipliers: Floats, best: Floats, settings: Floats) -> None:
    """Keep the multipliers that give `value` if it is the best; shrink the step if it is not."""
    settings[IDLE] += 1.0
    if value > settings[VALUE]:
        if value > settings[VALUE] + SMALLEST_GAIN * abs(settings[VALUE]):
            settings[IDLE] = 0.0
        settings[VALUE] = value
        best[:] = multipliers
    if settings[IDLE] >= PATIENCE:
        settings[FACTOR] *= SHRINKING
        settings[IDLE] = 0.0
        multipliers[:] = best
