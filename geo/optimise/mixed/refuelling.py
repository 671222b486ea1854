"""Stations along trips: exact refuelling of round trips, and corridors without a long gap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.errors import raise_all
from geo.optimise.arrays import Floats, Integers, read_only
from geo.optimise.problem import CoverageProblem
from geo.optimise.rules import RuleKind, SiteRule

TOLERANCE_KM = 1e-6
"""A station exactly at the range is reached: float sums of lengths allowed for."""


@dataclass(frozen=True, slots=True, eq=False)
class Trip:
    """A path from its origin, at km 0, to its destination, and the sites along it in order.

    `sites[s]` stands at `positions_km[s]`, from 0 to `length_km`; `weight` is the flow.
    """

    sites: Integers
    positions_km: Floats
    length_km: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Freeze the arrays; refuse sites out of order or off the path."""
        object.__setattr__(self, "sites", read_only(self.sites, np.int64))
        object.__setattr__(self, "positions_km", read_only(self.positions_km, np.float64))
        positions = self.positions_km
        faults = []
        if len(positions) != len(self.sites):
            faults.append(f"{len(positions)} positions pour {len(self.sites)} sites")
        if (np.diff(positions) < 0).any():
            faults.append("positions non croissantes")
        if len(positions) and not 0 <= positions[0] <= positions[-1] <= self.length_km:
            faults.append("sites en dehors du trajet")
        if not self.length_km > 0:
            faults.append(f"longueur du trajet : {self.length_km:g} km")
        raise_all(faults, subject="Trajet incohérent", hint="Ordonnez les sites le long du trajet.")


def flow_refuelling(
    trips: Sequence[Trip], *, range_km: float, site_count: int, count: int | None = None
) -> CoverageProblem:
    """Return the problem of making round trips possible with a vehicle of `range_km`.

    A trip counts if a vehicle can repeat it there and back without running dry. On the loop of
    twice its length, every arc between two places must have an open station at most a range
    before its end, arc included:
        maximise sum_q f_q y_q   with   y_q <= sum_{i in K_q(a)} x_i   for every arc a of q
    The arc cover-path cover form (AC-PC) of Capar, Kuby, Leon & Tsai (European Journal of
    Operational Research 227, 2013) of the flow refuelling problem of Kuby & Lim
    (Socio-Economic Planning Sciences 39, 2005): item q is trip q, its rows are its arcs.
    """
    arcs = [sites for trip in trips for sites in arc_sites(trip, range_km=range_km)]
    arc_counts = [len(arc_sites(trip, range_km=range_km)) for trip in trips]
    rows = np.repeat(np.arange(len(arcs)), [len(sites) for sites in arcs])
    columns = np.concatenate(arcs) if arcs else np.array([], dtype=np.int64)
    shape = (len(arcs), site_count)
    return CoverageProblem(
        np.array([trip.weight for trip in trips]),
        sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape),
        item_of_row=np.repeat(np.arange(len(trips)), arc_counts),
        count=count,
    )


def arc_sites(trip: Trip, *, range_km: float) -> list[Integers]:
    """Return, for each arc of the loop there and back, the sites that fuel it to its end."""
    loop_km = 2.0 * trip.length_km
    places = np.unique(np.concatenate([[0.0, trip.length_km], trip.positions_km]))
    stops = np.unique(np.concatenate([places, loop_km - places]))
    starts, ends = stops[:-1], stops[1:]
    seen_at = np.concatenate([trip.positions_km, loop_km - trip.positions_km])
    sites = np.concatenate([trip.sites, trip.sites])
    driven = (ends[:, np.newaxis] - seen_at[np.newaxis]) % loop_km
    inside = (ends - starts)[:, np.newaxis]
    driven = np.where(driven < inside - TOLERANCE_KM, driven + loop_km, driven)
    near = driven <= range_km + TOLERANCE_KM
    return [np.unique(sites[row]) for row in near]


def corridor_rule(trip: Trip, *, widest_gap_km: float, site_count: int, name_fr: str) -> SiteRule:
    """Forbid more than `widest_gap_km` of `trip` without a station, both ends included.

    Every stretch of that length that starts at an end or just after a site holds a station:
        sum of x_j over p_a < p_j <= p_a + G  >= 1   for every p_a with p_a + G < L
    which is the maximum-gap reading of the alternative-fuel corridors (the same windows as
    the refuelling arcs above, one way).
    """
    firsts = np.unique(np.concatenate([[-TOLERANCE_KM], trip.positions_km]))
    ends = np.maximum(firsts, 0.0) + widest_gap_km
    firsts, ends = firsts[ends < trip.length_km], ends[ends < trip.length_km]
    positions = trip.positions_km[np.newaxis]
    inside = (positions > firsts[:, np.newaxis]) & (positions <= ends[:, np.newaxis] + TOLERANCE_KM)
    rows, places = np.nonzero(inside)
    shape = (len(firsts), site_count)
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, trip.sites[places])), shape=shape)
    matrix.data[:] = 1.0
    return SiteRule(
        name_fr=f"{name_fr} : jamais plus de {widest_gap_km:g} km sans station",
        kind=RuleKind.CORRIDOR,
        matrix=matrix,
        at_least=np.ones(len(firsts)),
        at_most=np.full(len(firsts), np.inf),
        subject_fr=name_fr,
        unit_fr="km",
    )
