"""Bounds of a core from prices on its rows: any prices give one, good ones a tight one.

Weak duality: with prices u >= 0, no plan costs less than the sum of u, less what unserved
rows may save within the slack, plus the negative reduced costs c - A'u (Fisher, Management
Science 27, 1981). Bounds are recomputed here from cleaned prices, whoever proposed them.
"""

import math
from dataclasses import dataclass

import numpy as np

from geo.optimise.arrays import Flags, Floats
from geo.optimise.covering import price_loops
from geo.optimise.covering.core import Core, Links
from geo.optimise.covering.price_loops import AIM, FACTOR, STEPS, VALUE, Stakes

ROUNDING_SHARE = 1e-9
"""Taken off every bound, relative to its largest part, for float sums."""

SPENT_FACTOR = 1e-4
"""Step factor below which further steps gain nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """A bound on the cost of the core, settled sites included, and the reduced costs of it."""

    bound: float
    reduced: Floats
    multipliers: Floats


def priced(core: Core, multipliers: Floats) -> Priced:
    """Return the bound that `multipliers`, whatever they are, prove of `core`."""
    cleaned = np.maximum(np.nan_to_num(multipliers, posinf=0.0), 0.0)
    reduced = core.costs - core.covers.T @ cleaned
    saved = price_loops.forgo(
        cleaned, core.worths, core.slack + core.tolerance, np.empty(len(cleaned))
    )
    given, taken = math.fsum(cleaned), math.fsum(np.minimum(reduced, 0.0))
    margin = ROUNDING_SHARE * (given + saved - taken + core.settled_cost)
    return Priced(core.settled_cost + given - saved + taken - margin, reduced, cleaned)


def ascended(core: Core, links: Links) -> Priced:
    """Return the bound of a quick dual ascent, row after row."""
    multipliers = np.zeros(core.covers.shape[0])
    price_loops.ascend(links, core.costs.copy(), multipliers)
    return priced(core, multipliers)


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """A subgradient climb under way; `settings` are those of the loops."""

    core: Core
    links: Links
    stakes: Stakes
    multipliers: Floats
    best: Floats
    settings: Floats

    @property
    def is_spent(self) -> bool:
        """True when further steps would gain nothing."""
        return bool(self.settings[FACTOR] < SPENT_FACTOR)

    def run(self, step_count: int, *, aim: float) -> Priced:
        """Take steps towards `aim`, the cost of a plan, and return the best bound so far."""
        self.settings[STEPS] = step_count
        self.settings[AIM] = aim - self.core.settled_cost
        price_loops.climb(self.links, self.stakes, self.multipliers, self.best, self.settings)
        return priced(self.core, self.best)


def climbing(core: Core, links: Links) -> Climb:
    """Return a climb that starts from each row's cheapest share of a site."""
    sizes = np.maximum(np.diff(links.site_start), 1)
    shares = (core.costs / sizes)[links.row_sites]
    first = np.minimum.reduceat(shares, links.row_start[:-1]) if len(shares) else np.zeros(0)
    stakes = Stakes(core.costs, core.worths, np.array([core.slack]))
    settings = np.zeros(5)
    settings[FACTOR], settings[VALUE] = 1.0, -np.inf
    return Climb(core, links, stakes, first.copy(), first.copy(), settings)


@dataclass(frozen=True, slots=True, eq=False)
class Undecided:
    """Sites that every plan cheaper than a limit opens, and those that none does."""

    opened: Flags
    dropped: Flags


def undecided(known: Priced, *, at_most: float) -> Undecided:
    """Return what the reduced costs decide of plans that cost at most `at_most`.

    Balas & Ho (Mathematical Programming Study 12, 1980).
    """
    limit = at_most + ROUNDING_SHARE * (1.0 + abs(at_most) + abs(known.bound))
    return Undecided(
        opened=known.bound - np.minimum(known.reduced, 0.0) > limit,
        dropped=known.bound + np.maximum(known.reduced, 0.0) > limit,
    )
