"""Weights that no plan under rules can exceed, by prices: for models too large for an LP."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.descent import FIRST_ROUNDS, first_dials, turn_to_mean_slope
from geo.optimise.mixed import prices_loops as loops
from geo.optimise.mixed.groups import Groups
from geo.optimise.mixed.model import Siting
from geo.optimise.rules import TOLERANCE, Limits

ROUNDING_SHARE = 1e-9
"""Share of the whole weight allowed for the rounding of float sums, always added upwards."""

CHUNK_LINKS = 40_000_000
"""Links visited between two looks at the clock: about a tenth of a second."""

PULL_SHARE = 0.3
"""How much a broken limit pulls beside unserved demand; more slows the descent of both."""


@dataclass(slots=True, eq=False)
class Pricing:
    """Prices on their way down for the plans of `siting`; `rounds` done so far."""

    siting: Siting
    market: loops.Market
    prices: loops.Prices
    rounds: int = 0

    @property
    def fractions(self) -> Floats:
        """Share of the answers met that open each site; near the relaxation's optimum."""
        return self.prices.fractions

    @property
    def answer(self) -> Integers:
        """The sites that the last prices tried call for: a plan but for the limits priced."""
        return np.flatnonzero(self.prices.opened)

    @property
    def bound(self) -> float:
        """A weight no plan exceeds, safe against rounding."""
        return self.bound_at(self.prices.best)

    def bound_at(self, prices: Floats) -> float:
        """Return the weight that no plan exceeds whatever the `prices`; those not allowed are cut.

        Forced groups make sums of large figures: the margin is taken on all that is summed.
        """
        allowed = np.clip(prices, self.prices.lowest, self.prices.highest)
        self.prices.trial[:] = allowed
        value = loops.judge(self.market, self.prices)
        summed = self.market.weights.sum() + np.abs(allowed[: len(self.market.row_item)]).sum()
        return value + ROUNDING_SHARE * max(1.0, abs(value), float(summed))

    def descend(self, *, rounds: int, target: float) -> None:
        """Do one more chunk of at most `rounds`, towards a value `target` known to be low."""
        links = len(self.market.site_rows) + 4 * len(self.market.is_allowed[self.market.table])
        rounds = min(rounds, max(1, CHUNK_LINKS // max(1, links)))
        if self.rounds < FIRST_ROUNDS:
            rounds = min(rounds, FIRST_ROUNDS - self.rounds)
            loops.momentum_rounds(self.market, self.prices, target, rounds)
        else:
            loops.mean_slope_rounds(self.market, self.prices, target, rounds)
        self.rounds += rounds
        if self.rounds == FIRST_ROUNDS:
            self._change_descent()

    def _change_descent(self) -> None:
        """Leave momentum for the mean slope, from the slope at the best prices."""
        loops.mean_slope_start(self.market, self.prices)
        turn_to_mean_slope(self.prices.dials)


def pricing_of(siting: Siting, groups: Groups) -> Pricing:
    """Return prices that share each weight between the sites that serve it."""
    market = market_of(siting, groups)
    degrees = np.maximum(np.diff(siting.demand.covers.indptr), 1)
    row_weights = siting.demand.weights[siting.demand.items] / market.row_need
    first = np.concatenate([row_weights / degrees, np.zeros(len(market.at_least))])
    lowest = _joined(np.zeros(len(row_weights)), market.at_least, -np.inf)
    highest = _joined(row_weights, market.at_most, np.inf)
    first = np.clip(first, lowest, highest)
    site_count, group_count = siting.site_count, groups.count
    prices = loops.Prices(
        best=first.copy(),
        trial=first,
        slope=np.zeros(len(first)),
        gradient=np.zeros(len(first)),
        fractions=np.zeros(site_count),
        opened=np.zeros(site_count),
        profits=np.zeros(site_count),
        left=np.zeros(len(market.weights)),
        with_site=np.zeros(group_count),
        without=np.zeros(group_count),
        states=np.zeros(2 * group_count, dtype=np.int64),
        lowest=lowest,
        highest=highest,
        dials=first_dials(),
    )
    return Pricing(siting, market, prices)


def market_of(siting: Siting, groups: Groups) -> loops.Market:
    """Return what does not move, in the shape of the compiled loops."""
    demand = siting.demand
    by_site = sparse.csr_matrix(demand.covers.T)
    counted_row = _counted_row(groups)
    limits = _scaled(_without(groups.limits, counted_row), siting)
    of_site = sparse.csc_matrix(limits.matrix)
    counted, fewest, most = _counted(groups, counted_row, siting.site_count)
    return loops.Market(
        site_start=by_site.indptr.astype(np.int64),
        site_rows=by_site.indices.astype(np.int64),
        row_item=demand.items.astype(np.int64),
        row_need=demand.needs.astype(np.float64),
        weights=demand.weights,
        limit_start=of_site.indptr.astype(np.int64),
        limit_rows=of_site.indices.astype(np.int64),
        limit_shares=of_site.data,
        at_least=limits.at_least,
        at_most=limits.at_most,
        group_start=groups.start,
        group_sites=groups.sites,
        table=groups.table,
        is_allowed=groups.is_allowed,
        counted=counted,
        fewest=fewest,
        most=most,
    )


def _joined(rows: Floats, limits: Floats, endless: float) -> Floats:
    """Return the ends of the prices: none on the side of a limit that is there."""
    return np.concatenate([rows, np.where(np.isfinite(limits), endless, 0.0)])


def _counted_row(groups: Groups) -> int:
    """Return the limit on a plain number of sites that bears on most groups, -1 for none."""
    matrix = groups.limits.matrix
    best, most = -1, 0
    for row in range(matrix.shape[0]):
        inside = slice(matrix.indptr[row], matrix.indptr[row + 1])
        touched = groups.group_of_site[matrix.indices[inside]]
        is_plain = (matrix.data[inside] == 1.0).all() and len(np.unique(touched)) == len(touched)
        if is_plain and len(touched) > most:
            best, most = row, len(touched)
    return best


def _counted(groups: Groups, row: int, site_count: int) -> tuple[Flags, int, int]:
    """Return the sites that the counted limit bears on, and how many groups may open one."""
    counted = np.zeros(site_count, dtype=bool)
    if row < 0:
        return counted, 0, groups.count
    limits = groups.limits
    counted[limits.matrix.indices[limits.matrix.indptr[row] : limits.matrix.indptr[row + 1]]] = True
    fewest = np.ceil(max(0.0, limits.at_least[row]) - TOLERANCE)
    most = np.floor(min(limits.at_most[row], groups.count) * (1 + TOLERANCE) + TOLERANCE)
    return counted, int(fewest), int(most)


def _without(limits: Limits, row: int) -> Limits:
    """Return `limits` but `row`."""
    kept = np.setdiff1d(np.arange(len(limits.at_least)), [row])
    return Limits(
        matrix=sparse.csr_matrix(limits.matrix[kept]),
        at_least=limits.at_least[kept],
        at_most=limits.at_most[kept],
        rule_of_row=limits.rule_of_row[kept],
    )


def _scaled(limits: Limits, siting: Siting) -> Limits:
    """Return `limits` with prices of the size of those of the demand.

    A limit is worth a site where a row is worth a share of one; broken by the square root of
    what it allows, it pulls about as much.
    """
    demand = siting.demand
    share = np.maximum(np.asarray(abs(limits.matrix).max(axis=1).todense()).ravel(), 1e-12)
    most = np.where(np.isfinite(limits.at_most), limits.at_most, limits.at_least) / share
    usual = demand.covers.nnz / max(1, siting.site_count)
    pull = PULL_SHARE * np.sqrt(max(1.0, usual))
    scale = pull / (share * np.sqrt(np.maximum(1.0, np.abs(most))))
    return Limits(
        matrix=sparse.csr_matrix(sparse.diags_array(scale) @ limits.matrix),
        at_least=limits.at_least * scale,
        at_most=limits.at_most * scale,
        rule_of_row=limits.rule_of_row,
    )
