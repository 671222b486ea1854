"""Plans that respect the rules, by tabu search: the driver of the compiled loops."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats, Integers, indicator
from geo.optimise.mixed import search_loops as loops
from geo.optimise.mixed.model import Siting
from geo.optimise.plan import Sense

PARTIAL_SHARE = 0.25
"""Part of an item's weight that the search sees once all its stations but none are missing."""

TENURE = 12
"""Flips during which a site just flipped stays as it is, at most; drawn each time."""

CLOSE_SITE_COUNT = 64
"""Largest number of sites of a limit whose charges are kept up to date in advance."""

LEAST_PRICE_SHARE = 1e-3
"""Lowest price of a limit, as a share of its first price."""

RUIN_SHARES = (0.02, 0.05, 0.1)
"""Shares of the open sites closed together when the search starts again from its best."""


@dataclass(slots=True)
class Search:
    """A tabu search on `siting`: flips by chunks, always from where it stands."""

    siting: Siting
    links: loops.Links
    state: loops.State
    draws: np.random.Generator

    @property
    def has_plan(self) -> bool:
        """True once a plan that respects everything was seen."""
        return bool(np.isfinite(self.state.totals[loops.BEST]))

    @property
    def best(self) -> Integers:
        """The best plan seen."""
        return np.flatnonzero(self.state.best)

    def start(self, opened: Integers) -> None:
        """Go on from `opened`, required sites added and forbidden ones left out."""
        model = self.siting.model
        count = self.siting.site_count
        bounds = model.lower[:count], model.upper[:count]
        loops.load(self.links, self.state, np.clip(indicator(opened, count), *bounds) > 0)

    def run(self, flip_count: int) -> bool:
        """Make `flip_count` flips; True when a better plan was seen."""
        return loops.run(self.links, self.state, flip_count, TENURE)

    def know(self, chosen: Integers) -> None:
        """Take the plan `chosen`, found elsewhere, as the best if it is."""
        objective = self.siting.objective(chosen)
        value = objective if self.siting.sense is Sense.MAXIMISE else -objective
        if value > self.state.totals[loops.BEST]:
            self.state.totals[loops.BEST] = value
            self.state.best[:] = indicator(chosen, self.siting.site_count) > 0

    def ruin(self) -> None:
        """Start again from the best plan, some sites near each other closed.

        Ruin and recreate (Schrimpf, Schneider, Stamm-Wilbrandt & Dueck, Journal of
        Computational Physics 159, 2000); the next flips are the recreation.
        """
        best = self.best if self.has_plan else np.flatnonzero(self.state.is_open)
        share = float(self.draws.choice(RUIN_SHARES))
        closed = self._neighbourhood(best, size=max(2, round(share * len(best))))
        self.start(np.setdiff1d(best, closed))

    def _neighbourhood(self, opened: Integers, *, size: int) -> Integers:
        """Return up to `size` of the `opened` sites around one of them, drawn."""
        if not len(opened):
            return opened
        covers = self.siting.demand.covers
        reached = indicator(np.array([self.draws.choice(opened)]), self.siting.site_count)
        for _ in range(4):
            reached = np.asarray(covers.T @ (covers @ reached > 0)) + reached
            near = opened[reached[opened] > 0]
            if len(near) >= size:
                break
        weights = reached[near] + 1e-3 * self.draws.random(len(near))
        return near[np.argsort(-weights, kind="stable")[:size]]


def search_on(siting: Siting, *, seed: int) -> Search:
    """Return a search on `siting` that stands at its required sites."""
    links = _links(siting)
    search = Search(siting, links, _state(siting, links, seed), np.random.default_rng(seed))
    search.start(np.array([], dtype=np.int64))
    return search


def _links(siting: Siting) -> loops.Links:
    demand, limits = siting.demand, siting.tight_limits
    by_site = sparse.csr_matrix(demand.covers.T)
    by_site.sort_indices()
    scale = _scales(limits.matrix)
    scaled = sparse.csr_matrix(sparse.diags_array(1.0 / scale) @ limits.matrix)
    is_close = np.diff(scaled.indptr) <= CLOSE_SITE_COUNT
    close = sparse.csr_matrix(sparse.diags_array(is_close.astype(float)) @ scaled)
    close.eliminate_zeros()
    lower = siting.model.lower[: siting.site_count]
    upper = siting.model.upper[: siting.site_count]
    item_count = len(demand.weights)
    is_costly = siting.sense is Sense.MINIMISE
    return loops.Links(
        site_start=by_site.indptr.astype(np.int64),
        site_rows=by_site.indices.astype(np.int64),
        row_start=demand.covers.indptr.astype(np.int64),
        row_sites=demand.covers.indices.astype(np.int64),
        row_item=demand.items,
        row_need=demand.needs.astype(np.int64),
        item_start=np.searchsorted(demand.items, np.arange(item_count + 1)).astype(np.int64),
        item_need=np.bincount(demand.items, demand.needs, minlength=item_count).astype(np.int64),
        weights=demand.weights,
        wide=_shares(sparse.csr_matrix(scaled - close)),
        close=_shares(close),
        close_start=close.indptr.astype(np.int64),
        close_sites=close.indices.astype(np.int64),
        at_least=limits.at_least / scale,
        at_most=limits.at_most / scale,
        costs=siting.costs if is_costly else np.zeros(siting.site_count),
        movable=np.flatnonzero(lower < upper),
        goal=siting.goal,
        is_all=siting.is_all,
        partial_share=PARTIAL_SHARE,
        least_price=LEAST_PRICE_SHARE * _first_price(siting),
    )


def _shares(matrix: sparse.csr_matrix) -> loops.Shares:
    """Return the part of each site in the limits of `matrix`."""
    of_site = sparse.csc_matrix(matrix)
    of_site.eliminate_zeros()
    return loops.Shares(
        of_site.indptr.astype(np.int64), of_site.indices.astype(np.int64), of_site.data
    )


def _scales(matrix: sparse.csr_matrix) -> Floats:
    """Return the largest absolute share in each row, 1 for an empty one."""
    if not matrix.shape[0]:
        return np.zeros(0)
    scale = np.asarray(abs(matrix).max(axis=1).todense(), dtype=np.float64).ravel()
    scale[scale == 0] = 1.0
    return scale


def _first_price(siting: Siting) -> float:
    """Return what one station beyond a limit is charged at first: a usual station's worth."""
    if siting.sense is Sense.MINIMISE:
        return max(float(siting.costs.mean()), 1e-3)
    reached = siting.demand.covers.T @ siting.demand.weights[siting.demand.items]
    return max(float(reached.mean()) if len(reached) else 0.0, 1e-3)


def _first_prizes(siting: Siting) -> Floats:
    """Return what serving each item is worth at first, in the unit of the objective."""
    weights = siting.demand.weights
    if siting.sense is Sense.MAXIMISE:
        return weights.copy()
    if siting.is_all:
        return np.full(len(weights), max(float(siting.costs.mean()), 1e-3))
    per_station = siting.demand.covers.T @ weights[siting.demand.items]
    usual = max(float(per_station.max(initial=0.0)), 1e-9)
    return weights * (4.0 * max(float(siting.costs.mean()), 1e-3) / usual)


def _state(siting: Siting, links: loops.Links, seed: int) -> loops.State:
    site_count, row_count = siting.site_count, len(siting.demand.needs)
    totals = np.zeros(loops.TOTAL_COUNT)
    totals[loops.BEST] = -np.inf
    return loops.State(
        is_open=_none(site_count),
        stations=np.zeros(row_count, dtype=np.int64),
        missing=np.zeros(len(siting.demand.weights), dtype=np.int64),
        gains=np.zeros(site_count),
        charges=np.zeros(site_count),
        sums=np.zeros(len(links.at_least)),
        opening=np.zeros(len(links.at_least)),
        closing=np.zeros(len(links.at_least)),
        prices=np.full(len(links.at_least), _first_price(siting)),
        prizes=_first_prizes(siting),
        tabu_until=np.zeros(site_count, dtype=np.int64),
        site_mark=np.zeros(site_count, dtype=np.int64),
        best=_none(site_count),
        totals=totals,
        draws=np.array([2 * seed + 88172645463325253], dtype=np.uint64),
    )


def _none(size: int) -> Flags:
    return np.zeros(size, dtype=bool)
