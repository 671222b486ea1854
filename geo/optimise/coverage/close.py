"""The proof: what the bound leaves undecided, made small, then branch-and-bound."""

from dataclasses import dataclass, replace

import numpy as np

from geo.optimise.arrays import NOTHING, Floats, Integers
from geo.optimise.coverage import bound, model
from geo.optimise.coverage.presolve import simplify
from geo.optimise.coverage.residual import Residual, open_some
from geo.optimise.deadline import Deadline

USED_FROM = 0.02
"""Fraction of a site from which the mean of the answers met is said to use it."""

WHOLE_SLACK = 0.99
"""A bound less than one above a whole value proves it."""

HIGHS_OPTIONS: dict[str, bool | int | float | str] = {
    "mip_lp_solver": "ipm",
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""The root by interior point, as the simplex takes several times longer on covering models;
no search for plans, as a good one is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Remainder:
    """Plans that hold the `opened` sites and some of `rest`, among them the known one.

    `opened`, `rest.sites` and `start` are sites of the residual this was cut from; `start`
    is the known plan.
    """

    opened: Integers
    rest: Residual
    start: Integers

    @property
    def link_count(self) -> int:
        """Links left, which say how long branch-and-bound may take."""
        return int(self.rest.covers.nnz)

    @property
    def start_in_rest(self) -> Integers:
        """The known plan's stations among the sites left."""
        return np.searchsorted(self.rest.sites, np.setdiff1d(self.start, self.opened))


@dataclass(frozen=True, slots=True, eq=False)
class Closing:
    """The best plan found and the weight that none of the residual exceeds."""

    chosen: Integers
    bound: float


def remainder(residual: Residual, multipliers: Floats, start: Integers) -> Remainder:
    """Return what reduced costs leave undecided, plans worth less than `start` set aside."""
    certain, possible = bound.undecided(residual, multipliers, at_least=residual.value(start))
    opened = np.intersect1d(certain, start)
    among = np.setdiff1d(np.union1d(np.union1d(certain, possible), start), opened)
    return _left(residual, opened, among, start)


def promising(residual: Residual, fractions: Floats, start: Integers) -> Remainder:
    """Return the choice between the sites that the relaxation uses and those of `start`.

    Nothing is proven of the others: a place to look for a better plan.
    """
    among = np.union1d(np.flatnonzero(fractions > USED_FROM), start)
    return _left(residual, NOTHING, among, start)


def _left(residual: Residual, opened: Integers, among: Integers, start: Integers) -> Remainder:
    """Return the choice between the sites `among`, beside the `opened` ones, simplified."""
    rest = open_some(residual, opened, among=among)
    known = np.searchsorted(among, np.setdiff1d(start, opened))
    return Remainder(opened, simplify(rest, protected=known), start)


def relaxed_further(left: Remainder, *, deadline: Deadline) -> tuple[Remainder, float]:
    """Return what the exact relaxation of `left` leaves of it, and the bound it gives."""
    rest = left.rest
    answer = model.relaxed(rest, deadline=deadline)
    if answer is None:
        return left, rest.settled + rest.reachable
    limit = bound.lagrangian_bounds(rest, answer.multipliers, counts=np.array([rest.count]))
    inner = remainder(rest, answer.multipliers, left.start_in_rest)
    smaller = replace(
        inner.rest,
        sites=rest.sites[inner.rest.sites],
        settled=rest.settled + inner.rest.settled,
    )
    opened = np.sort(np.concatenate([left.opened, rest.sites[inner.opened]]))
    return Remainder(opened, smaller, left.start), rest.settled + float(limit[0])


def solved(left: Remainder, *, is_integral: bool, node_limit: int, deadline: Deadline) -> Closing:
    """Return the best of the plans left, by branch-and-bound, and what is proven of them.

    Whole values less than one apart are the same: the search stops there.
    """
    rest = left.rest
    if rest.count == 0 or not len(rest.weights):
        return Closing(left.start, rest.settled)
    slack = WHOLE_SLACK if is_integral else 0.0
    proof = model.branch_and_bound(
        rest,
        left.start_in_rest,
        node_limit=node_limit,
        deadline=deadline,
        options={**HIGHS_OPTIONS, "mip_abs_gap": slack},
    )
    chosen = np.sort(np.concatenate([left.opened, rest.sites[proof.chosen]]))
    return Closing(chosen, rest.settled + proof.bound + bound.rounding(rest))
