"""Small worlds for every siting variant, and what is best in them by trying every plan.

The values here come from dense tables and plain definitions; nothing of the engines is used
to judge the engines but the classes that state a problem.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise, product

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.median.problem import CapacitatedProblem, MedianProblem
from geo.optimise.mixed.energies import EnergyDemand, SiteRequest, energy_coverage
from geo.optimise.mixed.refuelling import Trip, flow_refuelling
from geo.optimise.mixed.variants import (
    backup_coverage,
    gradual_coverage,
    weighted_backup_coverage,
)
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.reach import Reach, reach_from_pairs
from geo.optimise.rules import (
    SiteRule,
    budget_rule,
    count_rule,
    spacing_rule,
    territory_rules,
)

Problem = CoverageProblem | CoveringProblem | MedianProblem | CenterProblem | CapacitatedProblem

FIRST_SHARE = 0.6
"""Worth of first coverage beside backup."""

CREDITS_SHARE = (1.0, 0.5, 0.25)
"""Worth of a demand within half the radius, the radius and twice the radius."""

WANTED_SHARE = 0.7
"""Part of the weight that a partial covering must serve."""


class Variant(StrEnum):
    MAXIMAL = "mclp"
    BACKUP = "backup"
    WEIGHTED_BACKUP = "bacop2"
    GRADUAL = "gradual"
    ENERGIES = "energies"
    REFUELLING = "frlm"
    FULL = "lscp"
    PARTIAL = "psclp"
    MEDIAN = "p-median"
    CENTER = "p-center"
    CAPACITATED = "capacitated"


COVERAGES = (
    Variant.MAXIMAL,
    Variant.BACKUP,
    Variant.WEIGHTED_BACKUP,
    Variant.GRADUAL,
    Variant.ENERGIES,
    Variant.REFUELLING,
)
COVERINGS = (Variant.FULL, Variant.PARTIAL)
DISTANCES = (Variant.MEDIAN, Variant.CENTER, Variant.CAPACITATED)


class Kind(StrEnum):
    REQUIRED = "required"
    FORBIDDEN = "forbidden"
    COUNT = "count"
    BUDGET = "budget"
    LEAST = "least of a territory"
    MOST = "most of a territory"
    SPACING = "spacing"


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Demand points, sites, whole distances between them (infinity: no path).

    `places` are the sites on a line, for their spacing; `limits` what is asked of them
    together; `rooms` their capacities.
    """

    distances: Floats
    weights: Floats
    costs: Floats
    places: Floats
    territories: tuple[str, ...]
    rooms: Floats
    trips: tuple[Trip, ...]
    radius: float
    count: int
    required: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()
    limits: Mapping[Kind, float] = field(default_factory=dict)

    @property
    def site_count(self) -> int:
        return int(self.distances.shape[1])


def numbers(size: int, least: int, most: int) -> st.SearchStrategy[Floats]:
    drawn = st.lists(st.integers(least, most), min_size=size, max_size=size)
    return drawn.map(lambda values: np.array(values, dtype=float))


def sizes(variant: Variant) -> tuple[int, int]:
    """Most demand points and sites: every plan is tried."""
    return (6, 4) if variant in {Variant.ENERGIES, Variant.CAPACITATED} else (14, 9)


@st.composite
def worlds(draw: st.DrawFn, variant: Variant, kinds: frozenset[Kind] | None = None) -> World:
    """Worlds of `variant` with the constraints of `kinds`, drawn too by default."""
    most_demand, most_sites = sizes(variant)
    demand_count, site_count = draw(st.integers(1, most_demand)), draw(st.integers(2, most_sites))
    asked = draw(st.frozensets(st.sampled_from(Kind), max_size=3)) if kinds is None else kinds
    distances = draw(numbers(demand_count * site_count, 0, 12)).reshape(demand_count, site_count)
    if draw(st.booleans()):
        distances[distances == 11.0] = np.inf
    order = draw(st.permutations(range(site_count)))
    return World(
        distances=distances,
        weights=draw(numbers(demand_count, 0, 20)),
        costs=draw(numbers(site_count, 1, 5)),
        places=draw(numbers(site_count, 0, 9)),
        territories=tuple(
            draw(st.lists(st.sampled_from("AB"), min_size=site_count, max_size=site_count))
        ),
        rooms=draw(numbers(site_count, 10, 60)),
        trips=tuple(draw(st.lists(trips(site_count), min_size=1, max_size=4))),
        radius=float(draw(st.integers(2, 6))),
        count=draw(st.integers(1, min(4, site_count))),
        required=frozenset(order[:1]) if Kind.REQUIRED in asked else frozenset(),
        forbidden=frozenset(order[1:2]) if Kind.FORBIDDEN in asked else frozenset(),
        limits={kind: draw(LIMITS[kind]) for kind in sorted(asked) if kind in LIMITS},
    )


LIMITS: Mapping[Kind, st.SearchStrategy[float]] = {
    Kind.COUNT: st.sampled_from([1.0, 2.0, 3.0]),
    Kind.BUDGET: st.sampled_from([4.0, 6.0, 9.0, 12.0]),
    Kind.LEAST: st.sampled_from([1.0, 2.0]),
    Kind.MOST: st.sampled_from([0.0, 1.0, 2.0]),
    Kind.SPACING: st.sampled_from([1.0, 2.0, 3.0]),
}
"""At most so many stations, so much money, at least so many in A, at most so many in B, ..."""


@st.composite
def trips(draw: st.DrawFn, site_count: int) -> Trip:
    some = st.lists(st.integers(0, site_count - 1), min_size=1, max_size=4, unique=True)
    sites, length = draw(some), draw(st.integers(1, 8))
    at = st.lists(st.integers(0, length), min_size=len(sites), max_size=len(sites))
    positions = np.array(sorted(draw(at)), dtype=float)
    return Trip(np.array(sites), positions, float(length), float(draw(st.integers(0, 9))))


def reach_of(world: World) -> Reach:
    demand, sites = np.nonzero(np.isfinite(world.distances))
    shape = (world.distances.shape[0], world.site_count)
    return reach_from_pairs(demand, sites, world.distances[demand, sites], shape=shape)


def covers_of(world: World, radius: float) -> sparse.csr_matrix:
    return sparse.csr_matrix((world.distances <= radius).astype(float))


def rules_of(world: World) -> tuple[SiteRule, ...]:
    """What `world.limits` asks, in the engines' words."""
    makers: Mapping[Kind, Callable[[float], tuple[SiteRule, ...]]] = {
        Kind.COUNT: lambda most: (count_rule(0, most, site_count=world.site_count),),
        Kind.BUDGET: lambda most: (budget_rule(world.costs, most),),
        Kind.LEAST: lambda least: territory_rules(world.territories, {"A": least}, {}),
        Kind.MOST: lambda most: territory_rules(world.territories, {}, {"B": most}),
        Kind.SPACING: lambda minimum: (spacing_rule(between_sites(world), minimum),),
    }
    return tuple(rule for kind, limit in world.limits.items() for rule in makers[kind](limit))


def between_sites(world: World) -> Reach:
    first, second = np.indices((world.site_count, world.site_count)).reshape(2, -1)
    apart = np.abs(world.places[first] - world.places[second])
    return reach_from_pairs(first, second, apart, shape=(world.site_count, world.site_count))


def asked(variant: Variant, world: World) -> Problem:
    """The problem of `variant` in `world`, as the engines are asked."""
    if variant in COVERINGS:
        return CoveringProblem(
            world.weights,
            covers_of(world, world.radius),
            required=world.required,
            forbidden=world.forbidden,
            rules=rules_of(world),
            share=1.0 if variant is Variant.FULL else WANTED_SHARE,
            costs=world.costs,
        )
    if variant in DISTANCES:
        return _asked_of_distances(variant, world)
    if variant is Variant.ENERGIES:
        return energy_coverage(energies_of(world), energy_request(world))
    return replace(
        _asked_of_coverage(variant, world),
        required=world.required,
        forbidden=world.forbidden,
        rules=rules_of(world),
    )


def _asked_of_coverage(variant: Variant, world: World) -> CoverageProblem:
    weights, covers, count = world.weights, covers_of(world, world.radius), world.count
    match variant:
        case Variant.BACKUP:
            return backup_coverage(weights, covers, count=count)
        case Variant.WEIGHTED_BACKUP:
            return weighted_backup_coverage(weights, covers, first_share=FIRST_SHARE, count=count)
        case Variant.GRADUAL:
            radii = (world.radius / 2, world.radius, 2 * world.radius)
            return gradual_coverage(
                weights, reach_of(world), radii=radii, credits_share=CREDITS_SHARE, count=count
            )
        case Variant.REFUELLING:
            return flow_refuelling(
                world.trips, range_km=world.radius, site_count=world.site_count, count=count
            )
        case _:
            return CoverageProblem(weights, covers, count=count)


def _asked_of_distances(variant: Variant, world: World) -> Problem:
    reach, count = reach_of(world), world.count
    sites = (world.required, world.forbidden, rules_of(world))
    if variant is Variant.CENTER:
        return CenterProblem(reach, count, *sites)
    if variant is Variant.MEDIAN:
        return MedianProblem(reach, world.weights, count, *sites)
    return CapacitatedProblem(reach, world.weights, world.rooms, count, world.weights, *sites)


def energies_of(world: World) -> tuple[EnergyDemand, EnergyDemand]:
    """Hydrogen at the radius, sold at most twice; gas within twice the radius."""
    hydrogen = covers_of(world, world.radius)
    gas = covers_of(world, 2 * world.radius)
    return (
        EnergyDemand("hydrogène", world.weights, hydrogen, at_most=2.0),
        EnergyDemand("gaz", world.weights[::-1], gas),
    )


def energy_request(world: World) -> SiteRequest:
    return SiteRequest(
        count=world.count,
        most_energies=most_energies(world),
        required=world.required,
        forbidden=world.forbidden,
        rules=rules_of(world),
    )


def most_energies(world: World) -> int:
    return 1 if world.radius < 4 else 2


def every_set(site_count: int) -> Flags:
    """Every set of sites, one a row."""
    bits = (np.arange(2**site_count)[:, np.newaxis] >> np.arange(site_count)) & 1
    return bits.astype(bool)


def allowed(world: World, sets: Flags) -> Flags:
    """Which sets respect all that is asked of sites, the number of stations aside."""
    asked_of_each = [
        sets[:, sorted(world.required)].all(axis=1),
        ~sets[:, sorted(world.forbidden)].any(axis=1),
        *(_within(world, sets, kind, limit) for kind, limit in world.limits.items()),
    ]
    return np.array(np.logical_and.reduce(asked_of_each), dtype=np.bool_)


def _within(world: World, sets: Flags, kind: Kind, limit: float) -> Flags:
    in_a = np.array([name == "A" for name in world.territories])
    match kind:
        case Kind.COUNT:
            return sets.sum(axis=1) <= limit
        case Kind.BUDGET:
            return sets @ world.costs <= limit
        case Kind.LEAST:
            return sets[:, in_a].sum(axis=1) >= limit
        case Kind.MOST:
            return sets[:, ~in_a].sum(axis=1) <= limit
        case _:
            spaced = [np.diff(np.sort(world.places[opened])).min(initial=99.0) for opened in sets]
            return np.array(spaced) >= limit


def nearest(world: World, sets: Flags) -> Floats:
    """Distance of each demand point to its nearest site, a row for each set."""
    found = np.full((len(sets), len(world.weights)), np.inf)
    for site in range(world.site_count):
        found[sets[:, site]] = np.minimum(found[sets[:, site]], world.distances[:, site])
    return found


def times_served(world: World, sets: Flags) -> Floats:
    return sets.astype(float) @ (world.distances <= world.radius).T


def best(variant: Variant, world: World) -> float | None:
    """The best value of any plan, None when there is none."""
    if variant is Variant.ENERGIES:
        values = _energy_values(world)
    elif variant is Variant.CAPACITATED:
        values = _capacitated_values(world)
    else:
        sets = every_set(world.site_count)
        sets = sets[allowed(world, sets) & _right_count(variant, world, sets)]
        values = _values(variant, world, sets)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    return float(values.max() if variant in COVERAGES else values.min())


def _right_count(variant: Variant, world: World, sets: Flags) -> Flags:
    opened = sets.sum(axis=1)
    if variant in COVERINGS:
        return opened >= 0
    return (opened <= world.count) if variant is Variant.CENTER else (opened == world.count)


def _values(variant: Variant, world: World, sets: Flags) -> Floats:
    times, weights = times_served(world, sets), world.weights
    once, twice = (times >= 1) @ weights, (times >= 2) @ weights
    if variant in COVERAGES:
        worth: Mapping[Variant, Callable[[], Floats]] = {
            Variant.MAXIMAL: lambda: once,
            Variant.BACKUP: lambda: twice,
            Variant.WEIGHTED_BACKUP: lambda: FIRST_SHARE * once + (1 - FIRST_SHARE) * twice,
            Variant.GRADUAL: lambda: _credits(world, sets) @ weights,
            Variant.REFUELLING: lambda: np.array([driven(world, opened) for opened in sets]),
        }
        return worth[variant]()
    if variant in COVERINGS:
        is_full = variant is Variant.FULL
        enough = once >= WANTED_SHARE * weights.sum() - 1e-9
        return np.where((times >= 1).all(axis=1) if is_full else enough, sets @ world.costs, np.inf)
    if variant is Variant.CENTER:
        return nearest(world, sets).max(axis=1)
    paying = weights > 0
    return nearest(world, sets)[:, paying] @ weights[paying]


def _credits(world: World, sets: Flags) -> Floats:
    near, radius = nearest(world, sets), world.radius
    steps = [near <= radius / 2, near <= radius, near <= 2 * radius]
    return np.select(steps, CREDITS_SHARE, 0.0)


def driven(world: World, opened: Flags) -> float:
    """Flow of the trips a vehicle can repeat there and back, filling up wherever it can."""
    sites = np.flatnonzero(opened)
    return sum(trip.weight for trip in world.trips if survives(trip, sites, world.radius))


def survives(trip: Trip, opened: Integers, range_km: float) -> bool:
    stops = {float(p) for p in trip.positions_km[np.isin(trip.sites, opened)]}
    loop = 2 * trip.length_km
    passes = sorted(stops | {(loop - stop) % loop for stop in stops})
    if not passes:
        return False
    gaps = [after - before for before, after in pairwise(passes)]
    return max([*gaps, passes[0] + loop - passes[-1]]) <= range_km


def _energy_values(world: World) -> Floats:
    """Every way to sell: bit j hydrogen at site j, bit m + j gas."""
    sales = every_set(2 * world.site_count)
    hydrogen, gas = sales[:, : world.site_count], sales[:, world.site_count :]
    opened = hydrogen | gas
    fits = allowed(world, opened) & (opened.sum(axis=1) == world.count)
    fits &= hydrogen.sum(axis=1) <= 2
    fits &= (hydrogen.astype(int) + gas).max(axis=1) <= most_energies(world)
    near = (hydrogen.astype(float) @ (world.distances <= world.radius).T) > 0
    far = (gas.astype(float) @ (world.distances <= 2 * world.radius).T) > 0
    values: Floats = near @ world.weights + far @ world.weights[::-1]
    return values[fits]


def _capacitated_values(world: World) -> Floats:
    """Every assignment of every demand point, for every set of stations."""
    rows = np.arange(len(world.weights))
    sites = np.array(list(product(range(world.site_count), repeat=len(rows))))
    costs = (world.weights * world.distances[rows, sites]).sum(axis=1)
    used = (sites[:, :, np.newaxis] == np.arange(world.site_count)).astype(float)
    fits = ((used * world.weights[:, np.newaxis]).sum(axis=1) <= world.rooms).all(axis=1)
    touched = used[fits].any(axis=1)
    costs = costs[fits]
    sets = every_set(world.site_count)
    sets = sets[allowed(world, sets) & (sets.sum(axis=1) == world.count)]
    cheapest = [costs[~(touched & ~opened).any(axis=1)].min(initial=np.inf) for opened in sets]
    return np.array(cheapest)
