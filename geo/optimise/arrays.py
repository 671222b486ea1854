"""The arrays of the optimiser: names of their types and the two gestures everyone makes."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOTHING = np.array([], dtype=np.int64)
"""No site."""


def indicator(chosen: Integers, size: int) -> Floats:
    """Return a vector of `size` zeros with ones at `chosen`."""
    ones = np.zeros(size)
    ones[chosen] = 1.0
    return ones


def neighbours(matrix: sparse.csr_matrix, row: int) -> Integers:
    """Return the columns stored in `row` of a CSR matrix."""
    columns = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
    return columns.astype(np.int64)


def read_only(values: object, dtype: type[np.generic]) -> NDArray[np.generic]:
    """Return a copy of `values` that nothing can change."""
    copied = np.array(values, dtype=dtype)
    copied.flags.writeable = False
    return copied


def counted_fr(count: int, one: str, several: str = "") -> str:
    """Return `count` with its noun, in the plural (`one` and an s by default) from 2 on."""
    plural = several or f"{one}s"
    return f"{count} {plural if count > 1 else one}"


def few(indices: list[int] | Integers) -> str:
    """Return the first five indices, and how many there are beyond, for a French sentence."""
    shown = ", ".join(str(int(index)) for index in indices[:5])
    return shown if len(indices) <= 5 else f"{shown}… ({len(indices)} en tout)"  # noqa: PLR2004
