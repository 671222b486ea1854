"""Best-swap descent: replace one station by one site as long as it pays."""

from dataclasses import dataclass

import numpy as np

from geo.optimise.residual import Floats, Integers, Residual


def descend(residual: Residual, chosen: Integers) -> Integers:
    """Return a plan, sorted, that no exchange of one station for one site improves.

    All pairs are judged at once from gain, loss and overlap, as Resende & Werneck (European
    Journal of Operational Research 174, 2006) do for the p-median: with a(j) what site j
    adds, l(s) what only station s covers and o(j, s) the part of l(s) that j would cover,
    the exchange is worth a(j) - l(s) + o(j, s). Only overlapping pairs have o > 0, hence a
    sparse sum. Each step strictly improves, so the descent ends.
    """
    current = np.sort(chosen)
    while len(current):
        exchange = _best_exchange(residual, current)
        if not exchange.value > _smallest_gain(residual):
            break
        current[exchange.station] = exchange.site
        current.sort()
    return current


def _smallest_gain(residual: Residual) -> float:
    """Return the gain under which a float difference is noise: 1e-12 of the total."""
    return 1e-12 * residual.reachable


@dataclass(frozen=True, slots=True)
class _Exchange:
    """Open `site`, close the station of rank `station`, and cover `value` more."""

    site: int
    station: int
    value: float


def _best_exchange(residual: Residual, chosen: Integers) -> _Exchange:
    """Return the most valuable exchange; ties go to the lowest site, then station."""
    covered = residual.station_counts(chosen)
    gains = residual.covered_by @ np.where(covered == 0, residual.weights, 0.0)
    gains[chosen] = -np.inf
    owners = _ranks_summed(residual, chosen)
    alone = np.flatnonzero(covered == 1)
    losses = np.zeros(len(chosen))
    np.add.at(losses, owners[alone], residual.weights[alone])
    apart = _Exchange(
        int(np.argmax(gains)), int(np.argmin(losses)), float(gains.max() - losses.min())
    )
    overlapping = _best_overlapping(residual, alone, owners=owners, gains=gains, losses=losses)
    return overlapping if overlapping.value > apart.value else apart


def _ranks_summed(residual: Residual, chosen: Integers) -> Integers:
    """Return, for each demand point covered once, the rank of its only station."""
    ranks = np.zeros(residual.covers.shape[1])
    ranks[chosen] = np.arange(len(chosen))
    return (residual.covers @ ranks).astype(np.int64)


def _best_overlapping(
    residual: Residual, alone: Integers, *, owners: Integers, gains: Floats, losses: Floats
) -> _Exchange:
    """Return the best exchange among pairs that share demand covered once."""
    links = residual.covers[alone]
    repeats = np.diff(links.indptr)
    pairs = links.indices.astype(np.int64) * len(losses) + np.repeat(owners[alone], repeats)
    shared = np.repeat(residual.weights[alone], repeats)
    overlaps = np.bincount(pairs, weights=shared, minlength=1)
    worth_a_look = np.flatnonzero(overlaps)
    if not len(worth_a_look):
        return _Exchange(0, 0, -np.inf)
    sites, stations = np.divmod(worth_a_look, len(losses))
    values = gains[sites] - losses[stations] + overlaps[worth_a_look]
    best = int(np.argmax(values))
    return _Exchange(int(sites[best]), int(stations[best]), float(values[best]))
