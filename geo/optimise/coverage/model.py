"""Maximal covering as a linear model, for HiGHS to relax or to solve."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.optimise import linear
from geo.optimise.arrays import Floats, Integers, indicator
from geo.optimise.coverage.residual import Residual
from geo.optimise.deadline import Deadline

OPEN_FROM = 0.5
"""Value from which a site of a whole solution, within tolerances, is open."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """An interior solution of the linear relaxation: prices of demand, fractions of sites."""

    multipliers: Floats
    fractions: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """The best sites branch-and-bound found and the covered weight none can exceed."""

    chosen: Integers
    bound: float


def relaxed(residual: Residual, *, deadline: Deadline) -> Relaxed | None:
    """Return the linear relaxation of `residual`, None if cut short."""
    answer = linear.relax(linear_model(residual), deadline=deadline)
    if answer is None:
        return None
    demand_count, site_count = residual.covers.shape
    return Relaxed(
        multipliers=np.clip(answer.row_multipliers[:demand_count], 0.0, residual.weights),
        fractions=np.clip(answer.values[:site_count], 0.0, 1.0),
    )


def branch_and_bound(
    residual: Residual,
    start: Integers,
    *,
    node_limit: int,
    deadline: Deadline,
    options: dict[str, bool | int | float | str] | None = None,
) -> Proof:
    """Return the best plan of `residual` found from `start`, a plan of the right size.

    `start` is the answer when nothing better is found; `options` are those of HiGHS.
    """
    answer = linear.branch_and_bound(
        linear_model(residual),
        deadline=deadline,
        start=_as_values(residual, start),
        node_limit=node_limit,
        options=options,
    )
    site_count = residual.covers.shape[1]
    values = np.zeros(0) if answer.values is None else answer.values[:site_count]
    found = np.flatnonzero(values > OPEN_FROM)
    chosen = found if len(found) == residual.count else start
    return Proof(chosen=chosen, bound=residual.reachable - max(0.0, answer.bound))


def linear_model(residual: Residual) -> linear.LinearModel:
    """Return: minimise the missed weight, sum w z, with A x + z >= 1 and sum x = p.

    Only sites must be whole: with whole sites each z is 0 or 1 of itself.
    """
    demand_count, site_count = residual.covers.shape
    column_count = site_count + demand_count
    rows = sparse.vstack(
        [
            sparse.hstack([residual.covers, sparse.identity(demand_count)]),
            sparse.csr_matrix(indicator(np.arange(site_count), column_count)),
        ],
        format="csr",
    )
    return linear.LinearModel(
        costs=np.concatenate([np.zeros(site_count), residual.weights]),
        lower=np.zeros(column_count),
        upper=np.ones(column_count),
        rows=rows,
        at_least=np.append(np.ones(demand_count), residual.count),
        at_most=np.append(np.full(demand_count, np.inf), residual.count),
        is_whole=np.arange(column_count) < site_count,
    )


def _as_values(residual: Residual, chosen: Integers) -> Floats:
    """Return `chosen` as the values of every column of the model."""
    missed = residual.station_counts(chosen) == 0
    return np.concatenate([indicator(chosen, residual.covers.shape[1]), missed])
