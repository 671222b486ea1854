"""How firm a ranking is: the ranks of each site when weights and missing values are drawn.

Stochastic multicriteria acceptability analysis: Lahdelma and Salminen, «SMAA-2», Operations
Research 49(3), 2001; computed by simulation as in Tervonen and Lahdelma, EJOR 178(2), 2007.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jalon.bounds import Floats

Ranks = npt.NDArray[np.int32]

GRID = 2.0**40
"""Scores are whole multiples of 1/GRID: sums are then exact in any order, and ties are ties."""

MAX_CELLS = 4_000_000
"""Scores held at once, in draws times sites: 32 MB an array, whatever the number of sites."""

TAIL_SHARE = 0.05
TOP_COUNT = 10


@dataclass(frozen=True, slots=True)
class RankSpread:
    """For each site, the ranks that 5 % and 95 % of the draws do not exceed.

    `top10_share` is the share of the draws that put the site among the first ten.
    """

    rank_p05: Ranks
    rank_p95: Ranks
    top10_share: Floats


def on_grid(scores: Floats) -> Floats:
    """Return scores rounded to the grid on which sums are exact."""
    return np.asarray(np.round(scores * GRID) / GRID)


def competition_ranks(scores: Floats) -> Ranks:
    """Return 1 plus the number of strictly better scores: equals share the better rank."""
    order = np.argsort(-scores)
    ordered = scores[order]
    is_new = np.ones(len(scores), dtype=bool)
    is_new[1:] = ordered[1:] != ordered[:-1]
    places = np.where(is_new, np.arange(1, len(scores) + 1), 0)
    ranks = np.empty(len(scores), dtype=np.int32)
    ranks[order] = np.maximum.accumulate(places)
    return ranks


def rank_spread(
    low: Floats, high: Floats, weights: Floats, *, draws: int, concentration: float, seed: int
) -> RankSpread:
    """Return the ranks of sites whose values lie between `low` and `high` (criteria × sites).

    Weights are drawn from a Dirichlet law around `weights` (sum 1; those at 0 stay at 0);
    a value not known for sure, uniformly between its bounds, independently at each site.
    """
    tail = math.ceil(TAIL_SHARE * draws)
    best = np.empty((0, low.shape[1]), dtype=np.int32)
    worst = best.copy()
    top = np.zeros(low.shape[1])
    kept = weights > 0
    drawn = _drawn_weights(weights[kept], draws, concentration, seed)
    for scores in _drawn_scores(low[kept], high[kept], drawn, seed):
        ranks = np.array([competition_ranks(row) for row in scores])
        best = _smallest(best, ranks, tail)
        worst = _smallest(worst, -ranks, tail + 1)
        top += np.count_nonzero(ranks <= TOP_COUNT, axis=0)
    return RankSpread(best.max(axis=0), -worst.max(axis=0), top / draws)


def _drawn_weights(weights: Floats, draws: int, concentration: float, seed: int) -> Floats:
    return np.random.default_rng([seed, 0]).dirichlet(concentration * weights, size=draws)


def _drawn_scores(low: Floats, high: Floats, drawn: Floats, seed: int) -> Iterator[Floats]:
    """Yield the scores of some draws at a time; how many changes nothing to the values."""
    streams = [np.random.default_rng([seed, n]) for n in range(1, len(low) + 1)]
    unsure = [np.flatnonzero(high[n] > low[n]) for n in range(len(low))]
    step = max(1, MAX_CELLS // max(1, low.shape[1]))
    for start in range(0, len(drawn), step):
        some = drawn[start : start + step]
        scores = some @ low
        for n, (stream, sites) in enumerate(zip(streams, unsure, strict=True)):
            gained = stream.random((len(some), len(sites))) * (high[n] - low[n])[sites]
            scores[:, sites] += some[:, [n]] * gained
        yield on_grid(scores)


def _smallest(kept: Ranks, found: Ranks, count: int) -> Ranks:
    """Return the `count` smallest ranks of each site so far."""
    both = np.concatenate([kept, found])
    if len(both) <= count:
        return both
    return np.partition(both, count - 1, axis=0)[:count]
