"""Compiled loops that every Lagrangian bound shares: prices moved down the bound they give.

Momentum from afar (Camerini, Fratta & Maffioli, Mathematical Programming Study 3, 1975), the
mean of the slopes met near the optimum (the volume algorithm of Barahona & Anbil, Mathematical
Programming 87, 2000). What a price means, and the bound it gives, is each caller's own.
"""

from typing import Protocol

from geo.optimise.arrays import Floats
from geo.optimise.compiled import compiled

STEP_SHARE, BEST_VALUE, FAILURES, MEMORY, LAST_VALUE, ROUND = range(6)
"""Places in `dials`; MEMORY is the largest share a new slope may take of the mean one."""

MOMENTUM = 0.7
PATIENT_ROUNDS = 20
"""Rounds without a better bound after which the step is cut, with momentum."""

SHORT_ROUNDS = 10
"""The same, on the mean slope."""

REVIEW_ROUNDS = 100
"""Rounds between two looks at how far the bound came."""

SHORTEST_MEMORY = 0.005


class Descent(Protocol):
    """Prices going down, whatever they price; every array is changed in place.

    `best` gives the lowest bound so far and `trial` is being tried, each price within
    `lowest` and `highest`; `slope` is the direction in use, `gradient` the slope of the bound
    at `trial`, `opened` the answer it calls for and `fractions` the mean of the answers met.
    """

    @property
    def best(self) -> Floats: ...  # noqa: D102 - said above, like the others
    @property
    def trial(self) -> Floats: ...  # noqa: D102
    @property
    def slope(self) -> Floats: ...  # noqa: D102
    @property
    def gradient(self) -> Floats: ...  # noqa: D102
    @property
    def fractions(self) -> Floats: ...  # noqa: D102
    @property
    def opened(self) -> Floats: ...  # noqa: D102
    @property
    def lowest(self) -> Floats: ...  # noqa: D102
    @property
    def highest(self) -> Floats: ...  # noqa: D102
    @property
    def dials(self) -> Floats: ...  # noqa: D102


@compiled
def push(prices: Descent, value: float, target: float) -> bool:
    """Note the bound `value` of `trial` and move it with momentum; False at a rest."""
    dials, slope = prices.dials, prices.slope
    note(prices, value, 1e-7 * abs(dials[BEST_VALUE]))
    if dials[FAILURES] >= PATIENT_ROUNDS:
        _cut_step(prices, 0.7)
        prices.trial[:] = prices.best
        slope[:] = 0.0
    for place in range(len(slope)):
        pushed = -prices.gradient[place] + MOMENTUM * slope[place]
        price, low, high = prices.trial[place], prices.lowest[place], prices.highest[place]
        slope[place] = _inside(pushed, price, low, high)
    return step(prices, prices.trial, value - target)


@compiled
def learn(prices: Descent, value: float, target: float) -> None:
    """Note the bound `value` of `trial` and mix its slope and answer into the means."""
    dials = prices.dials
    agreement = _remember(prices)
    if note(prices, value, 1e-9 * abs(dials[BEST_VALUE])):
        if agreement > 0:
            dials[STEP_SHARE] = min(1.1 * dials[STEP_SHARE], 2.0)
    elif dials[FAILURES] >= SHORT_ROUNDS:
        _cut_step(prices, 0.66)
    _review(prices, target)


@compiled
def step(prices: Descent, origin: Floats, distance: float) -> bool:
    """Set `trial` to `origin` moved along `slope`, kept within its limits; False at a rest."""
    length = 0.0
    lowest, highest, slope = prices.lowest, prices.highest, prices.slope
    for place in range(len(origin)):
        length += _inside(slope[place], origin[place], lowest[place], highest[place]) ** 2
    if length <= 1e-12 or distance <= 0.0:  # noqa: PLR2004 - no slope left but rounding
        return False
    stride = prices.dials[STEP_SHARE] * distance / length
    for place in range(len(origin)):
        price = origin[place] + stride * slope[place]
        prices.trial[place] = min(max(price, lowest[place]), highest[place])
    return True


@compiled
def _inside(slope: float, price: float, lowest: float, highest: float) -> float:
    """Return `slope`, or 0 when it leads out of the prices allowed."""
    leaves = (price <= lowest and slope < 0.0) or (price >= highest and slope > 0.0)
    return 0.0 if leaves else slope


@compiled
def note(prices: Descent, value: float, noise: float) -> bool:
    """Keep `trial` if it is the best, and tell whether it is by more than `noise`."""
    dials = prices.dials
    is_better = value < dials[BEST_VALUE] - noise
    dials[FAILURES] = 0.0 if is_better else dials[FAILURES] + 1.0
    if value < dials[BEST_VALUE]:
        dials[BEST_VALUE] = value
        prices.best[:] = prices.trial
    return is_better


@compiled
def _cut_step(prices: Descent, share: float) -> None:
    prices.dials[STEP_SHARE] *= share
    prices.dials[FAILURES] = 0.0


@compiled
def _remember(prices: Descent) -> float:
    """Mix the new slope and answer into the means; return how far slope and mean agree.

    The share of the new slope is the one that makes the mean shortest, within limits.
    """
    agreement, mean_square, new_square = 0.0, 0.0, 0.0
    for place in range(len(prices.slope)):
        agreement -= prices.gradient[place] * prices.slope[place]
        mean_square += prices.slope[place] ** 2
        new_square += prices.gradient[place] ** 2
    largest = prices.dials[MEMORY]
    spread = new_square - 2.0 * agreement + mean_square
    share = (mean_square - agreement) / spread if spread > 0.0 else largest
    share = min(max(share, largest / 10.0), largest)
    for place in range(len(prices.slope)):
        prices.slope[place] = (1.0 - share) * prices.slope[place] - share * prices.gradient[place]
    for site in range(len(prices.fractions)):
        mixed = (1.0 - share) * prices.fractions[site] + share * prices.opened[site]
        prices.fractions[site] = mixed
    return agreement


@compiled
def _review(prices: Descent, target: float) -> None:
    """Average over more answers when the last rounds brought the bound little nearer."""
    dials = prices.dials
    dials[ROUND] += 1.0
    if dials[ROUND] % REVIEW_ROUNDS == 0:
        gained = dials[LAST_VALUE] - dials[BEST_VALUE]
        if gained < 0.1 * (dials[BEST_VALUE] - target):
            dials[MEMORY] = max(dials[MEMORY] / 2.0, SHORTEST_MEMORY)
        dials[LAST_VALUE] = dials[BEST_VALUE]
