"""Weights that no plan can exceed: linear relaxation, made safe by the Lagrangian function."""

import numpy as np

from geo.optimise import highs
from geo.optimise.residual import Floats, Integers, Residual

ROUNDING_SHARE = 1e-9
"""Share of the total weight allowed for the rounding of float sums, always added upwards."""


def relax(residual: Residual, *, time_limit_s: float | None = None) -> highs.Relaxed:
    """Return multipliers and fractional sites of the relaxation, usable even if cut short.

    Without an answer in time, the multipliers are those of the plain sum bound (each demand
    point paid in full by its sites) and the fractions are zero.
    """
    relaxed = highs.relax(residual, time_limit_s=time_limit_s)
    if relaxed is None:
        nowhere = np.zeros(residual.covers.shape[1])
        return highs.Relaxed(multipliers=residual.weights, fractions=nowhere)
    multipliers = np.clip(relaxed.multipliers, 0.0, residual.weights)
    return highs.Relaxed(multipliers=multipliers, fractions=relaxed.fractions)


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
    bounds = (residual.weights - multipliers).sum() + cumulated[counts]
    return np.minimum(bounds + _rounding(residual), residual.reachable)


def undecided(
    residual: Residual, multipliers: Floats, *, at_least: float
) -> tuple[Integers, Integers]:
    """Return the sites that every plan worth `at_least` has, and those it may have.

    Reduced-cost fixing: forcing site j in (out) lowers L(u, p) by what its score r_j lacks to
    the p-th (has over the p+1-th); once below `at_least`, the question is settled.
    """
    scores = residual.covered_by @ multipliers
    ranked = np.append(np.sort(scores)[::-1], -np.inf)
    inside, outside = ranked[: residual.count], ranked[residual.count]
    limit = (residual.weights - multipliers).sum() + inside.sum() + _rounding(residual)
    certain = scores - outside > limit - at_least
    possible = (inside[-1] - scores <= limit - at_least) & ~certain
    return np.flatnonzero(certain), np.flatnonzero(possible)


def _rounding(residual: Residual) -> float:
    """Return what float sums may have lost, to be added to every bound."""
    return ROUNDING_SHARE * residual.reachable
