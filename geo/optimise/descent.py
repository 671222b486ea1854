"""How a Lagrangian descent begins, and how it changes from momentum to the mean slope."""

import numpy as np

from geo.optimise.arrays import Floats
from geo.optimise.descent_loops import BEST_VALUE, FAILURES, LAST_VALUE, MEMORY, STEP_SHARE

FIRST_ROUNDS = 150
"""Rounds with momentum, before those along the mean slope."""

FIRST_STEP_SHARE, NEXT_STEP_SHARE = 0.5, 0.3
"""Shares of Polyak's step the two descents start with."""

FIRST_MEMORY = 0.2


def first_dials() -> Floats:
    """Return the dials of a descent that has not begun."""
    dials = np.zeros(6)
    dials[STEP_SHARE], dials[MEMORY] = FIRST_STEP_SHARE, FIRST_MEMORY
    dials[BEST_VALUE] = np.inf
    return dials


def turn_to_mean_slope(dials: Floats) -> None:
    """Set the dials, in place, for the rounds that follow momentum."""
    dials[STEP_SHARE], dials[FAILURES] = NEXT_STEP_SHARE, 0.0
    dials[LAST_VALUE] = dials[BEST_VALUE]
