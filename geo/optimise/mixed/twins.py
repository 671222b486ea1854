"""Columns that mean the same to every row: counted together, told apart afterwards."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.linear import LinearModel


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """A model with one column a group; `group_of_column` says whose each column was."""

    model: LinearModel
    group_of_column: Integers

    def apart(self, values: Floats, upper: Floats) -> Floats:
        """Return a value for each column first known, its group filled in order up to `upper`."""
        order = np.argsort(self.group_of_column, kind="stable")
        groups = self.group_of_column[order]
        most = np.minimum(upper[order], np.maximum(values[groups], 0.0))
        filled = np.cumsum(most) - most
        before = filled - filled[np.searchsorted(groups, groups)]
        told = np.zeros(len(upper))
        told[order] = np.minimum(values[groups] - before, most)
        return np.where(_is_summed(self), np.maximum(told, 0.0), values[self.group_of_column])


def _is_summed(merged: Merged) -> Flags:
    """Tell which columns share a group: the others keep their value, even below 0."""
    return np.bincount(merged.group_of_column)[merged.group_of_column] > 1


def merge_twins(model: LinearModel) -> Merged:
    """Return `model` with columns from 0 up of one cost and one content summed into one.

    Sites that no rule tells apart, thousands of them in a region, become a count: a choice
    among them is what makes an exact solver slow, and it has no meaning.
    """
    columns = sparse.csc_matrix(model.rows)
    columns.sort_indices()
    keys = [_key(model, columns, column) for column in range(len(model.costs))]
    numbers: dict[tuple[object, ...], int] = {}
    groups = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
    _, first = np.unique(groups, return_index=True)
    merged = replace(
        model,
        costs=model.costs[first],
        lower=model.lower[first],
        upper=np.bincount(groups, weights=model.upper).astype(float),
        rows=sparse.csr_matrix(columns[:, first]),
        is_whole=model.is_whole[first],
    )
    return Merged(merged, groups)


def _key(model: LinearModel, columns: sparse.csc_matrix, column: int) -> tuple[object, ...]:
    """Return what two columns must share to be summed; a column above 0 is its own."""
    if model.lower[column] != 0.0 or not np.isfinite(model.upper[column]):
        return (column,)
    place = slice(columns.indptr[column], columns.indptr[column + 1])
    content = (columns.indices[place].tobytes(), columns.data[place].tobytes())
    return (*content, float(model.costs[column]), bool(model.is_whole[column]))
