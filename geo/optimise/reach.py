"""Who can reach whom, and how far: the one sparse structure behind every siting problem."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.errors import InputError
from geo.optimise.arrays import Floats, Integers, counted_fr


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The sites each demand point can reach, nearest first, in compressed rows.

    `sites[start[i]:start[i + 1]]` are the sites listed for demand i and `distances` theirs,
    in km or minutes, whichever the caller counts in; a distance of 0 is a distance. A pair
    not listed is farther than `beyond[i]` (infinity: out of reach, no path at all), so that a
    list cut short still bounds what it leaves out.
    """

    start: Integers
    sites: Integers
    distances: Floats
    beyond: Floats
    site_count: int

    @property
    def demand_count(self) -> int:
        """Number of demand points."""
        return len(self.start) - 1

    @property
    def rows(self) -> Integers:
        """The demand point of each listed pair."""
        return np.repeat(np.arange(self.demand_count), np.diff(self.start))

    def within(self, radius: float) -> sparse.csr_matrix:
        """Return the 0/1 matrix of pairs at most `radius` apart, bound included.

        A list cut short of `radius` would say «not covered» for «not known»: it is refused.
        """
        cut_short = np.flatnonzero(self.beyond < radius)
        if len(cut_short):
            message = (
                f"Distances connues jusqu'à {self.beyond[cut_short].min():g} seulement, "
                f"rayon demandé {radius:g} ({counted_fr(len(cut_short), 'demande')})."
            )
            raise InputError(message, "Recalculez les distances au moins jusqu'à ce rayon.")
        near = self.distances <= radius
        shape = (self.demand_count, self.site_count)
        pairs = (self.rows[near], self.sites[near])
        covers = sparse.csr_matrix((np.ones(int(near.sum())), pairs), shape=shape)
        covers.sort_indices()
        return covers


def reach_from_pairs(
    demand: Integers, sites: Integers, distances: Floats, *, shape: tuple[int, int]
) -> Reach:
    """Return the reach of listed pairs, in any order; pairs not listed have no path.

    Of a pair listed twice the shorter distance counts.
    """
    order = np.lexsort((sites, distances, demand))
    demand, sites, distances = demand[order], sites[order], distances[order]
    seen = demand * shape[1] + sites
    _, first = np.unique(seen, return_index=True)
    kept = np.sort(first)
    counts = np.bincount(demand[kept], minlength=shape[0])
    return Reach(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        sites=sites[kept].astype(np.int64),
        distances=distances[kept].astype(np.float64),
        beyond=np.full(shape[0], np.inf),
        site_count=shape[1],
    )
