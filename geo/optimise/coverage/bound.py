"""Weights that no plan can exceed: the Lagrangian function, safe whatever its multipliers."""

from dataclasses import dataclass

import numpy as np

from geo.optimise.arrays import Floats, Integers
from geo.optimise.coverage import multipliers_loops as loops
from geo.optimise.coverage.residual import Residual
from geo.optimise.coverage.search import world_of
from geo.optimise.descent import FIRST_ROUNDS, first_dials, turn_to_mean_slope

ROUNDING_PER_TERM = float(np.finfo(np.float64).eps)
"""Share of the total weight that each term of a float sum may lose, at worst (twice the unit
roundoff: Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 4.2)."""

CHUNK_LINKS = 20_000_000
"""Links visited between two looks at the clock: some tens of milliseconds."""


@dataclass(slots=True, eq=False)
class Multipliers:
    """Prices of the demand of `residual` on their way down; `rounds` done so far."""

    residual: Residual
    prices: loops.Prices
    rounds: int = 0

    @property
    def best(self) -> Floats:
        """Prices of the lowest bound so far."""
        return self.prices.best

    @property
    def fractions(self) -> Floats:
        """Share of the answers met that open each site; near the relaxation's optimum."""
        return self.prices.fractions

    @property
    def bound(self) -> float:
        """A weight no plan of the residual exceeds, safe against rounding."""
        counts = np.array([self.residual.count])
        return float(lagrangian_bounds(self.residual, self.best, counts=counts)[0])

    def descend(self, *, rounds: int, target: float) -> None:
        """Do one more chunk of at most `rounds`, towards a value `target` known to be low."""
        links = max(1, 2 * self.residual.covers.nnz)
        rounds = min(rounds, max(1, CHUNK_LINKS // links))
        world, count = world_of(self.residual), self.residual.count
        if self.rounds < FIRST_ROUNDS:
            rounds = min(rounds, FIRST_ROUNDS - self.rounds)
            loops.momentum_rounds(world, self.prices, count, target, rounds)
        else:
            loops.mean_slope_rounds(world, self.prices, count, target, rounds)
        self.rounds += rounds
        if self.rounds == FIRST_ROUNDS:
            self._change_descent()

    def _change_descent(self) -> None:
        """Leave momentum for the mean slope, from the slope at the best prices."""
        loops.mean_slope_start(world_of(self.residual), self.prices, self.residual.count)
        turn_to_mean_slope(self.prices.dials)


def first_multipliers(residual: Residual) -> Multipliers:
    """Return prices that share each weight between the sites that cover it."""
    degrees = np.maximum(np.diff(residual.covers.indptr), 1)
    return multipliers_from(residual, residual.weights / degrees)


def multipliers_from(residual: Residual, best: Floats) -> Multipliers:
    """Return a descent that starts at prices `best`, those of another number of stations."""
    row_count, site_count = residual.covers.shape
    prices = loops.Prices(
        best=best.copy(),
        trial=best.copy(),
        slope=np.zeros(row_count),
        fractions=np.zeros(site_count),
        scores=np.zeros(site_count),
        opened=np.zeros(site_count),
        gradient=np.zeros(row_count),
        lowest=np.zeros(row_count),
        highest=residual.weights.copy(),
        dials=first_dials(),
    )
    return Multipliers(residual, prices)


def lagrangian_bounds(residual: Residual, multipliers: Floats, *, counts: Integers) -> Floats:
    """Return, for each number of stations, a weight that no plan of that size exceeds.

    For any 0 <= u <= w, weak duality gives the bound
        L(u, p) = sum_i (w_i - u_i) + the p largest of r_j = sum_i a_ij u_i
    (Galvão & ReVelle, European Journal of Operational Research 88, 1996). It holds whatever
    the accuracy of u, so a solver's tolerance cannot make it false; u only decides how
    tight it is. The whole weight within reach is a bound too.
    """
    scores = residual.covered_by @ multipliers
    cumulated = np.concatenate([[0.0], np.cumsum(np.sort(scores)[::-1])])
    known = np.minimum(counts, len(scores))
    bounds = (residual.weights - multipliers).sum() + cumulated[known]
    return np.minimum(bounds + rounding(residual), residual.reachable)


def undecided(
    residual: Residual, multipliers: Floats, *, at_least: float
) -> tuple[Integers, Integers]:
    """Return the sites that every plan worth `at_least` has, and the others it may have.

    Reduced-cost fixing: forcing site j in (out) lowers L(u, p) by what its score r_j lacks to
    the p-th (has over the p+1-th); once below `at_least`, the question is settled.
    """
    scores = residual.covered_by @ multipliers
    ranked = np.append(np.sort(scores)[::-1], -np.inf)
    inside, outside = ranked[: residual.count], ranked[residual.count]
    limit = (residual.weights - multipliers).sum() + inside.sum() + rounding(residual)
    certain = scores - outside > limit - at_least
    possible = (inside[-1] - scores <= limit - at_least) & ~certain
    return np.flatnonzero(certain), np.flatnonzero(possible)


def rounding(residual: Residual) -> float:
    """Return what float sums may have lost, to be added to every bound.

    A bound sums at most one term a row, then one a site, of prices no higher than weights:
    each loses at most `ROUNDING_PER_TERM` of sums that stay below the weights of all the
    rows of the `count` largest sites.
    """
    row_count, site_count = residual.covers.shape
    reached = np.sort(residual.covered_by @ residual.weights)[::-1][: residual.count].sum()
    terms = row_count + site_count
    return ROUNDING_PER_TERM * terms * float(residual.reachable + reached)
