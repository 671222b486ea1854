"""What is left of a covering problem once the obvious is settled, in arrays loops can walk."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.optimise.arrays import Floats, Integers, indicator

Indices = NDArray[np.int32]

SHARE_TOLERANCE = 1e-9
"""Part of the weight wanted that a served weight may lack through float sums alone."""


class Links(NamedTuple):
    """The same links seen from both ends, each list in increasing order.

    `row_sites[row_start[i]:row_start[i + 1]]` are the sites of row i, `site_rows` and
    `site_start` the rows of each site.
    """

    row_start: Indices
    row_sites: Indices
    site_start: Indices
    site_rows: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Open sites of least cost so that rows worth at least `wanted` are served.

    Row i is worth `worths[i]`; in a full covering each is worth 1 and all are wanted;
    `tolerance` is what float sums may lack of it. `sites` gives the candidates their number
    in the problem; `settled` are the sites opened already, for `settled_cost`.
    `is_integral` says that every cost is a whole number.
    """

    covers: sparse.csr_matrix
    worths: Floats
    wanted: float
    tolerance: float
    costs: Floats
    sites: Integers
    settled: Integers
    settled_cost: float
    is_partial: bool
    is_integral: bool

    @property
    def slack(self) -> float:
        """What may stay unserved, in worth."""
        return max(0.0, math.fsum(self.worths) - self.wanted) if self.is_partial else 0.0

    @property
    def is_settled(self) -> bool:
        """True when nothing more need be opened."""
        return self.wanted <= self.tolerance

    @property
    def is_possible(self) -> bool:
        """True when all its sites together serve what is wanted."""
        return self.serves_enough(np.arange(len(self.sites)))

    def links(self) -> Links:
        """Return the links of the core from both ends."""
        columns = self.covers.tocsc()
        columns.sort_indices()
        return Links(
            self.covers.indptr.astype(np.int32),
            self.covers.indices.astype(np.int32),
            columns.indptr.astype(np.int32),
            columns.indices.astype(np.int32),
        )

    def serves_enough(self, chosen: Integers) -> bool:
        """Return True when the local sites `chosen` serve what is wanted."""
        served = self.covers @ indicator(chosen, self.covers.shape[1]) > 0
        return math.fsum(self.worths[served]) >= self.wanted - self.tolerance

    def cost(self, chosen: Integers) -> float:
        """Return the cost of the local sites `chosen` and of the settled ones."""
        return self.settled_cost + math.fsum(self.costs[chosen])
