"""Values no plan can beat: weak duality on any linear model, and what it already settles."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats
from geo.optimise.linear import LinearModel

ROUNDING_SHARE = 1e-9
"""Share of a bound allowed for the rounding of float sums, always on the safe side."""

SAFE_SLACK = 1e-6
"""What a reduced cost must exceed, as a share of the bound, before it settles a column."""


def safe_bound(model: LinearModel, multipliers: Floats) -> float:
    """Return a value that no solution of `model` goes below, whatever the multipliers.

    Weak duality for bounded columns: for any y, with y+ only where a row has a least value
    and y- only where it has a most,
        min c x >= sum_r (y+_r at_least_r - y-_r at_most_r) + sum_j min over [l_j, u_j] of d_j x_j
    where d = c - A'y. A solver's tolerance cannot make it false; it only makes it looser.
    """
    usable = usable_multipliers(model, multipliers)
    limits = np.where(usable > 0, model.at_least, np.where(usable < 0, model.at_most, 0.0))
    reduced = reduced_costs(model, usable)
    columns = np.minimum(reduced * model.lower, reduced * model.upper)
    value = float((usable * limits).sum() + columns.sum())
    return value - ROUNDING_SHARE * max(1.0, abs(value))


def usable_multipliers(model: LinearModel, multipliers: Floats) -> Floats:
    """Return `multipliers` without those that price a limit which is not there."""
    endless = ((multipliers > 0) & ~np.isfinite(model.at_least)) | (
        (multipliers < 0) & ~np.isfinite(model.at_most)
    )
    return np.where(endless | ~np.isfinite(multipliers), 0.0, multipliers)


def reduced_costs(model: LinearModel, multipliers: Floats) -> Floats:
    """Return what each column costs once the rows are paid at `multipliers`."""
    return model.costs - model.rows.T @ multipliers


def tightened(model: LinearModel, multipliers: Floats, *, at_most: float) -> LinearModel:
    """Return `model` with the columns settled that no solution worth `at_most` may move.

    Reduced-cost fixing (Dantzig, Fulkerson & Johnson, Operations Research 2, 1954): moving a
    column off its better end costs |d_j|; beyond what the bound leaves, it does not move.
    """
    usable = usable_multipliers(model, multipliers)
    room = at_most - safe_bound(model, usable)
    room += SAFE_SLACK * max(1.0, abs(at_most))
    reduced = reduced_costs(model, usable) * model.is_whole
    lower = np.where(reduced < -room, model.upper, model.lower)
    upper = np.where(reduced > room, model.lower, model.upper)
    return replace(model, lower=lower, upper=upper)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A linear model over the `free` columns of a larger one, the others held at `values`.

    `held_cost` is what the columns held pay.
    """

    model: LinearModel
    free: Flags
    values: Floats
    held_cost: float

    def whole(self, values: Floats) -> Floats:
        """Return the columns of the larger model for `values` of the free ones."""
        completed = self.values.copy()
        completed[self.free] = values
        return completed


def part_of(model: LinearModel, free: Flags, values: Floats) -> Part:
    """Return what is left to decide of `model` when only the `free` columns move.

    Rows that the free columns cannot break are left out.
    """
    held = np.where(free, 0.0, values)
    columns = np.flatnonzero(free)
    done = model.rows @ held
    rows = sparse.csr_matrix(model.rows[:, columns])
    lower, upper = model.lower[columns], model.upper[columns]
    at_least, at_most = model.at_least - done, model.at_most - done
    least, most = _extremes(rows, lower, upper)
    kept = np.flatnonzero((least < at_least) | (most > at_most))
    return Part(
        model=LinearModel(
            costs=model.costs[columns],
            lower=lower,
            upper=upper,
            rows=sparse.csr_matrix(rows[kept]),
            at_least=at_least[kept],
            at_most=at_most[kept],
            is_whole=model.is_whole[columns],
        ),
        free=free,
        values=held,
        held_cost=float(model.costs @ held),
    )


def _extremes(rows: sparse.csr_matrix, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return the least and the most each row can sum to."""
    above = rows.maximum(0.0)
    below = rows.minimum(0.0)
    return above @ lower + below @ upper, above @ upper + below @ lower
