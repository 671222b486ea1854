"""How the optimum of every variant follows a change of the world (siting 7.3, 7.4, 7.6)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.optimise.mixed.energies import energies_of
from geo.optimise.mixed.refuelling import Trip
from geo.optimise.nearby import nearest_reach
from geo.optimise.plan import Infeasible, Plan
from tests.geo.siting_engines import solve, value
from tests.geo.siting_worlds import (
    COVERAGES,
    COVERINGS,
    DISTANCES,
    Kind,
    Variant,
    World,
    asked,
    worlds,
)

EVERY_VARIANT = pytest.mark.parametrize("variant", Variant)
COUNTED = [variant for variant in Variant if variant not in COVERINGS]
FREE: frozenset[Kind] = frozenset()
FEW = settings(max_examples=5)


def never_worse(variant: Variant, before: float | None, after: float | None) -> bool:
    """Whether `after` is at least as good as `before`; nothing is worse than any plan."""
    if before is None or after is None:
        return before is None
    margin = 1e-9 * max(1.0, abs(before))
    is_more = variant in COVERAGES
    return after >= before - margin if is_more else after <= before + margin


@pytest.mark.parametrize("variant", COUNTED)
@FEW
@given(draws=st.data())
def test_one_more_station_is_never_worse(variant: Variant, draws: st.DataObject) -> None:
    world = draws.draw(worlds(variant, FREE))
    if world.count < world.site_count:
        more = replace(world, count=world.count + 1)
        assert never_worse(variant, value(asked(variant, world)), value(asked(variant, more)))


@pytest.mark.parametrize("variant", [*COVERAGES, *COVERINGS])
@FEW
@given(draws=st.data())
def test_a_longer_radius_is_never_worse(variant: Variant, draws: st.DataObject) -> None:
    """With the energies a site may sell held, since the world ties them to its radius."""
    world = draws.draw(worlds(variant, FREE))
    if (world.radius < 4) == (world.radius + 1 < 4):
        longer = replace(world, radius=world.radius + 1)
        assert never_worse(variant, value(asked(variant, world)), value(asked(variant, longer)))


@pytest.mark.parametrize("variant", COVERAGES)
@FEW
@given(draws=st.data())
def test_heavier_demand_is_never_less_covered(variant: Variant, draws: st.DataObject) -> None:
    world = draws.draw(worlds(variant))
    heavier = replace(
        world,
        weights=world.weights + np.arange(len(world.weights)),
        trips=tuple(replace(trip, weight=trip.weight + 2) for trip in world.trips),
    )
    assert never_worse(variant, value(asked(variant, world)), value(asked(variant, heavier)))


def same(first: float | None, second: float | None, *, scale: float = 1.0) -> bool:
    if first is None or second is None:
        return first is second
    return second == pytest.approx(scale * first, rel=1e-6, abs=1e-9)


def with_sites(world: World, order: list[int]) -> World:
    """The sites of `order`, renumbered; a site named twice gets a twin of the same kind."""
    copies = [
        [new for new, old in enumerate(order) if old == site] for site in range(max(order) + 1)
    ]
    return replace(
        world,
        distances=world.distances[:, order],
        costs=world.costs[order],
        places=world.places[order],
        territories=tuple(world.territories[site] for site in order),
        rooms=world.rooms[order],
        trips=tuple(_renumbered(trip, copies) for trip in world.trips),
        required=frozenset(copies[site][0] for site in world.required),
        forbidden=frozenset(new for site in world.forbidden for new in copies[site]),
    )


def _renumbered(trip: Trip, copies: list[list[int]]) -> Trip:
    counts = [len(copies[site]) for site in trip.sites]
    sites = np.concatenate([copies[site] for site in trip.sites])
    return replace(trip, sites=sites, positions_km=np.repeat(trip.positions_km, counts))


def with_demand(world: World, order: list[int]) -> World:
    return replace(world, distances=world.distances[order], weights=world.weights[order])


@EVERY_VARIANT
@FEW
@given(draws=st.data())
def test_the_order_of_demand_and_sites_does_not_matter(
    variant: Variant, draws: st.DataObject
) -> None:
    world = draws.draw(worlds(variant))
    sites = draws.draw(st.permutations(range(world.site_count)))
    shuffled = with_sites(replace(world, trips=world.trips[::-1]), sites)
    if variant is not Variant.ENERGIES:  # its two energies weigh demand in opposite orders
        shuffled = with_demand(shuffled, draws.draw(st.permutations(range(len(world.weights)))))
    assert same(value(asked(variant, world)), value(asked(variant, shuffled)))


@EVERY_VARIANT
@FEW
@given(draws=st.data(), scale=st.sampled_from([0.37, 3.0, 1e5]))
def test_weights_in_another_unit_only_scale_the_value(
    variant: Variant, draws: st.DataObject, scale: float
) -> None:
    world = draws.draw(worlds(variant))
    scaled = replace(
        world,
        weights=scale * world.weights,
        rooms=scale * world.rooms * (1 + 1e-12),
        trips=tuple(replace(trip, weight=scale * trip.weight) for trip in world.trips),
    )
    is_weighted = variant in COVERAGES or variant in {Variant.MEDIAN, Variant.CAPACITATED}
    before, after = value(asked(variant, world)), value(asked(variant, scaled))
    assert same(before, after, scale=scale if is_weighted else 1.0)


SPLIT = [v for v in Variant if v not in {Variant.ENERGIES, Variant.CAPACITATED, Variant.REFUELLING}]
"""Halves of a demand may be served apart within capacities: that is another problem."""


@pytest.mark.parametrize("variant", SPLIT)
@FEW
@given(draws=st.data(), part=st.sampled_from([0.0, 0.3, 0.5]))
def test_a_demand_split_in_two_changes_nothing(
    variant: Variant, draws: st.DataObject, part: float
) -> None:
    world = draws.draw(worlds(variant))
    split = with_demand(world, [*range(len(world.weights)), 0])
    weights = split.weights.copy()
    weights[-1] *= part
    weights[0] -= weights[-1]
    assert same(
        value(asked(variant, world)), value(asked(variant, replace(split, weights=weights)))
    )


@FEW
@given(draws=st.data())
def test_a_trip_split_in_two_changes_nothing(draws: st.DataObject) -> None:
    world = draws.draw(worlds(Variant.REFUELLING))
    first = world.trips[0]
    halves = tuple(replace(first, weight=first.weight * part) for part in (0.25, 0.75))
    split = replace(world, trips=(*world.trips[1:], *halves))
    before, after = (value(asked(Variant.REFUELLING, each)) for each in (world, split))
    assert same(before, after)


TWINNED = [Variant.MAXIMAL, Variant.GRADUAL, Variant.REFUELLING, *COVERINGS, Variant.MEDIAN]
"""A twin counts as backup, sells a second energy and has room of its own: elsewhere it helps."""


@pytest.mark.parametrize("variant", [*TWINNED, Variant.CENTER])
@FEW
@given(draws=st.data())
def test_a_twin_of_a_candidate_changes_nothing(variant: Variant, draws: st.DataObject) -> None:
    asked_of_sites = frozenset({Kind.REQUIRED, Kind.FORBIDDEN, Kind.SPACING, Kind.MOST})
    world = draws.draw(worlds(variant, draws.draw(st.sampled_from([FREE, asked_of_sites]))))
    twin = draws.draw(st.integers(0, world.site_count - 1))
    before = value(asked(variant, world))
    if before is not None:
        after = value(asked(variant, with_sites(world, [*range(world.site_count), twin])))
        assert same(before, after)


def turned(points_m: np.ndarray, angle: float) -> np.ndarray:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return points_m @ turn.T + np.array([812_345.0, 6_543_210.0])


@EVERY_VARIANT
@pytest.mark.parametrize("angle", [0.0, np.pi / 2, 1.0])
def test_a_shifted_or_turned_map_changes_nothing(variant: Variant, angle: float) -> None:
    draws = np.random.default_rng(5)
    size, sites = (6, 4) if variant in {Variant.ENERGIES, Variant.CAPACITATED} else (14, 10)
    points_m = draws.uniform(0, 12_000, (size, 2))
    worlds_seen = [scattered(points_m, sites), scattered(turned(points_m, angle), sites)]
    values = [value(asked(variant, world)) for world in worlds_seen]
    assert values[0] is not None
    assert values[1] == pytest.approx(values[0], abs=1e-4)


def scattered(points_m: np.ndarray, site_count: int) -> World:
    """Points of which the first are sites, with distances as `nearby` finds them."""
    reach = nearest_reach(points_m, points_m[:site_count], count=site_count, detour_factor=1.3)
    distances = np.empty((len(points_m), site_count))
    distances[reach.rows, reach.sites] = reach.distances
    size = len(points_m)
    return World(
        distances=distances,
        weights=np.arange(1.0, size + 1),
        costs=np.ones(site_count),
        places=np.arange(float(site_count)),
        territories=("A",) * site_count,
        rooms=np.full(site_count, 60.0),
        trips=(Trip(np.arange(site_count), np.arange(float(site_count)), float(site_count), 2.0),),
        radius=5.0,
        count=2,
    )


def opened(variant: Variant, world: World, plan: Plan) -> frozenset[int]:
    """The sites of a plan; what energies sell is not asked to stay."""
    if variant is Variant.ENERGIES:
        sold = energies_of(plan, energy_count=2, site_count=world.site_count)
        return frozenset(np.flatnonzero(sold.any(axis=1)).tolist())
    return frozenset(plan.chosen)


@EVERY_VARIANT
@FEW
@given(draws=st.data())
def test_requiring_the_best_sites_gives_their_value_back(
    variant: Variant, draws: st.DataObject
) -> None:
    world = draws.draw(worlds(variant))
    plan = solve(asked(variant, world))
    if isinstance(plan, Plan):
        fixed = replace(world, required=opened(variant, world, plan))
        assert same(plan.objective, value(asked(variant, fixed)))


@EVERY_VARIANT
@FEW
@given(draws=st.data())
def test_one_more_constraint_never_improves_the_optimum(
    variant: Variant, draws: st.DataObject
) -> None:
    world = draws.draw(worlds(variant))
    free = replace(world, required=frozenset(), forbidden=frozenset(), limits={})
    assert never_worse(variant, value(asked(variant, world)), value(asked(variant, free)))


@pytest.mark.parametrize("variant", COUNTED)
@FEW
@given(draws=st.data())
def test_more_required_sites_than_stations_is_an_answer_with_its_reason(
    variant: Variant, draws: st.DataObject
) -> None:
    world = replace(draws.draw(worlds(variant, FREE)), count=1, required=frozenset({0, 1}))
    reached = replace(world, distances=np.ones_like(world.distances))
    answer = solve(asked(variant, reached))
    assert isinstance(answer, Infeasible)
    assert "imposés" in " ".join(answer.blocking_fr)
    assert answer.relaxations


@pytest.mark.parametrize("variant", DISTANCES)
def test_excluding_every_site_is_an_answer_with_its_reason(variant: Variant) -> None:
    points_m = np.random.default_rng(5).uniform(0, 12_000, (6, 2))
    world = replace(scattered(points_m, 4), forbidden=frozenset(range(4)))
    assert isinstance(solve(asked(variant, world)), Infeasible)
