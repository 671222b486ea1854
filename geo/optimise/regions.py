"""Regional re-optimisation: reopen a few stations that interact and place them best again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from geo.optimise import highs
from geo.optimise.deadline import Deadline
from geo.optimise.problem import SolverParameters
from geo.optimise.residual import Integers, Residual, cut, indicator
from geo.optimise.swap import descend

WALK_STEPS = 12
"""Steps after which the walk around a station stops looking for neighbours."""


def improvements(
    residual: Residual,
    chosen: Integers,
    *,
    promising: NDArray[np.bool_],
    parameters: SolverParameters,
    seed: int,
    deadline: Deadline,
) -> Iterator[Integers]:
    """Yield better and better plans, from `chosen` on.

    POPMUSIC (Taillard & Voß, Essays and Surveys in Metaheuristics, 2002): the plan is cut
    into parts small enough for an exact solver, and a part is looked at again only when one
    of its stations moved. Each pass reopens more stations at a time. New stations go to
    `promising` sites; the swap descent between the passes looks at all of them.
    """
    search = _Search(residual, promising, np.sort(chosen), np.random.default_rng(seed))
    rounds_left = parameters.rounds
    for size in parameters.region_station_counts:
        search.pending = set(search.chosen.tolist())
        while search.pending and rounds_left > 0 and not deadline.is_past:
            rounds_left -= 1
            if search.reopen(size, parameters=parameters, deadline=deadline):
                yield search.chosen
        search.chosen = descend(residual, search.chosen)
        yield search.chosen


@dataclass(slots=True)
class _Search:
    """The current plan, and the stations whose surroundings may still be improved."""

    residual: Residual
    promising: NDArray[np.bool_]
    chosen: Integers
    draws: np.random.Generator
    pending: set[int] = field(default_factory=set)

    def reopen(self, size: int, *, parameters: SolverParameters, deadline: Deadline) -> bool:
        """Re-optimise around a pending station; True when the plan got better."""
        seed = int(self.draws.choice(sorted(self.pending)))
        self.pending.discard(seed)
        stations, part = self._fitting_part(seed, size, link_count=parameters.region_link_count)
        start = np.searchsorted(part.sites, stations)
        answer = highs.branch_and_bound(
            part, start, node_limit=parameters.node_limit, time_limit_s=deadline.left_s
        )
        if part.value(answer.chosen) <= part.value(start):
            return False
        self._replace(stations, part.sites[answer.chosen])
        return True

    def _fitting_part(self, seed: int, size: int, *, link_count: int) -> tuple[Integers, Residual]:
        """Return the largest group of at most `size` stations whose part fits the limit."""
        group = self._group(seed, size)
        while True:
            part = self._part(group)
            if part.covers.nnz <= link_count or len(group) == 1:
                return np.sort(group), part
            group = group[: (3 * len(group)) // 4]

    def _group(self, seed: int, size: int) -> Integers:
        """Return stations around `seed`, or, every other time, around a second one too.

        Two far groups reopened together can trade a station, which neighbours alone cannot.
        """
        if self.draws.random() < 0.5:  # noqa: PLR2004 - one time in two
            return nearest_stations(self.residual, self.chosen, around=seed, count=size)
        groups = [
            nearest_stations(self.residual, self.chosen, around=site, count=size // 2)
            for site in (seed, int(self.draws.choice(self.chosen)))
        ]
        alternating = [site for pair in zip_longest(*groups) for site in pair if site is not None]
        return np.array(list(dict.fromkeys(alternating)), dtype=np.int64)

    def _part(self, reopened: Integers) -> Residual:
        """Return the problem of placing the `reopened` stations again, the others kept.

        Its candidates are the promising sites that cover something only they cover.
        """
        kept = np.setdiff1d(self.chosen, reopened)
        is_open = self.residual.station_counts(kept) == 0
        lost = is_open & (self.residual.station_counts(reopened) > 0)
        useful = self.promising & (self.residual.covered_by @ lost.astype(np.float64) > 0)
        useful[kept] = False
        useful[reopened] = True
        return cut(
            self.residual.weights,
            self.residual.covers,
            open_demand=is_open,
            sites=np.flatnonzero(useful),
            count=len(reopened),
        )

    def _replace(self, stations: Integers, placed: Integers) -> None:
        """Close `stations`, open `placed` and look around these again."""
        self.chosen = np.sort(np.concatenate([np.setdiff1d(self.chosen, stations), placed]))
        self.pending = (self.pending | set(placed.tolist())) & set(self.chosen.tolist())


def nearest_stations(residual: Residual, chosen: Integers, *, around: int, count: int) -> Integers:
    """Return the `count` stations most tied to site `around`, closest first.

    Closeness is the chance that a walk from site to covered demand to covering site, started
    at `around`, is at the station: no coordinates needed. Stations the walk cannot reach are
    left out.
    """
    demand_degrees = np.maximum(np.diff(residual.covers.indptr), 1)
    presence = indicator(np.array([around]), residual.covers.shape[1])
    for _ in range(WALK_STEPS):
        presence = residual.covered_by @ ((residual.covers @ presence) / demand_degrees)
        if np.count_nonzero(presence[chosen]) >= count:
            break
    closest_first = chosen[np.lexsort((chosen, -presence[chosen]))][:count]
    return closest_first[presence[closest_first] > 0]
