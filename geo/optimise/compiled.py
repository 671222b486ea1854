"""The one border with numba: loops compiled once per machine, the same bytes every time."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(loop: Callable[P, R]) -> Callable[P, R]:
    """Return `loop` compiled to machine code at its first call, kept on disk after that.

    Without `fastmath` sums keep their order, so that answers repeat. The plain Python loop
    stays reachable as `.py_func`, for tests.
    """
    return numba.njit(cache=True)(loop)
