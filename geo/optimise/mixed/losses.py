"""What each station is worth: the weight lost if it alone closes."""

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Floats
from geo.optimise.plan import Plan
from geo.optimise.problem import Coverage


def marginal_losses(problem: Coverage, plan: Plan) -> Floats:
    """Return the served weight lost if each chosen station closes, in the order of `chosen`.

    An item is lost with any station that one of its rows cannot spare. When one station
    serves a row and a row makes an item, no item counts twice: the losses sum to the served
    weight at most. With backup or trips several stations may hold the same item.
    """
    held, served = _critical_pairs(problem, plan)
    return held @ (problem.weights * served)


def shared_losses(problem: Coverage, plan: Plan) -> Floats:
    """Return the same losses, each item split between the stations that hold it.

    They sum to the served weight at most, whatever the problem.
    """
    held, served = _critical_pairs(problem, plan)
    holders = np.maximum(np.asarray(held.sum(axis=0)).ravel(), 1.0)
    return held @ (problem.weights * served / holders)


def _critical_pairs(problem: Coverage, plan: Plan) -> tuple[sparse.csr_matrix, Floats]:
    """Return the 0/1 stations × items that cannot spare one another, and who is served."""
    links = sparse.csr_matrix(problem.covers[:, list(plan.chosen)])
    stations = np.asarray(links.sum(axis=1)).ravel()
    item_count, row_count = len(problem.weights), len(stations)
    missed = np.bincount(problem.row_items[stations < problem.row_needs], minlength=item_count)
    bare = np.flatnonzero(stations == problem.row_needs)
    shape = (row_count, item_count)
    of_item = sparse.csr_matrix((np.ones(len(bare)), (bare, problem.row_items[bare])), shape=shape)
    held = sparse.csr_matrix(links.T @ of_item)
    held.data[:] = 1.0
    return held, (missed == 0).astype(np.float64)
