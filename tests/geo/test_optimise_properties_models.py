"""What the variants say of each other, and of demand they cannot reach (siting 7.5, 7.7 to 7.9)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.optimise.arrays import Integers
from geo.optimise.coverage import greedy
from geo.optimise.coverage.presolve import presolved
from geo.optimise.median.problem import MedianProblem
from geo.optimise.mixed.energies import EnergyDemand, SiteRequest, energy_coverage
from geo.optimise.mixed.losses import marginal_losses, shared_losses
from geo.optimise.mixed.refuelling import Trip
from geo.optimise.mixed.variants import backup_coverage, gradual_coverage
from geo.optimise.plan import Infeasible, Plan
from geo.optimise.problem import CoverageProblem, CoveringProblem
from geo.optimise.reach import Reach
from tests.geo.siting_engines import solve, value
from tests.geo.siting_worlds import (
    COVERAGES,
    Kind,
    Variant,
    World,
    asked,
    best,
    covers_of,
    reach_of,
    times_served,
    worlds,
)

FREE: frozenset[Kind] = frozenset()
SOME = settings(max_examples=15)
PLAIN = worlds(Variant.MAXIMAL, FREE)


def fewest(world: World) -> float | None:
    return value(CoveringProblem(world.weights, covers_of(world, world.radius)))


@SOME
@given(PLAIN)
def test_full_covering_is_the_fewest_stations_that_cover_all(world: World) -> None:
    world = replace(world, weights=world.weights + 1)
    enough = [
        count
        for count in range(1, world.site_count + 1)
        if value(asked(Variant.MAXIMAL, replace(world, count=count))) == world.weights.sum()
    ]
    assert fewest(world) == (min(enough) if enough else None)


@SOME
@given(PLAIN)
def test_the_center_is_the_smallest_radius_that_as_many_sites_cover(world: World) -> None:
    radii = np.unique(world.distances[np.isfinite(world.distances)]).tolist()
    counts = {radius: fewest(replace(world, radius=radius)) for radius in radii}
    enough = [r for r, count in counts.items() if count is not None and count <= world.count]
    assert value(asked(Variant.CENTER, world)) == (min(enough) if enough else None)


@SOME
@given(PLAIN)
def test_partial_covering_is_the_inverse_of_maximal_covering(world: World) -> None:
    total = float(world.weights.sum())
    most = value(asked(Variant.MAXIMAL, world))
    if total > 0 and most is not None:
        covers = covers_of(world, world.radius)
        enough = value(CoveringProblem(world.weights, covers, share=min(1.0 - 1e-9, most / total)))
        more = value(CoveringProblem(world.weights, covers, share=min(1.0, (most + 0.5) / total)))
        assert enough is not None
        assert enough <= world.count
        assert more is None or more > world.count or most == total


@SOME
@given(PLAIN)
def test_one_station_covers_all_when_the_radius_is_the_diameter(world: World) -> None:
    distances = np.where(np.isfinite(world.distances), world.distances, 12.0)
    wide = replace(world, distances=distances, radius=12.0, count=1)
    assert value(asked(Variant.MAXIMAL, wide)) == world.weights.sum()


@SOME
@given(PLAIN)
def test_backup_of_one_credits_of_one_and_one_energy_are_plain_coverage(world: World) -> None:
    covers = covers_of(world, world.radius)
    plain = value(asked(Variant.MAXIMAL, world))
    credit = gradual_coverage(
        world.weights,
        reach_of(world),
        radii=(world.radius,),
        credits_share=(1.0,),
        count=world.count,
    )
    backup = backup_coverage(world.weights, covers, station_count=1, count=world.count)
    energy = [EnergyDemand("hydrogène", world.weights, covers)]
    alone = energy_coverage(energy, SiteRequest(count=world.count))
    assert [value(each) for each in (credit, backup, alone)] == [plain] * 3


@SOME
@given(PLAIN)
def test_with_room_for_all_capacities_change_nothing(world: World) -> None:
    small = replace(
        world,
        distances=world.distances[:6, :4],
        weights=world.weights[:6] + 1,
        rooms=np.full(min(4, world.site_count), 1e6),
        count=min(world.count, 4),
    )
    assert value(asked(Variant.CAPACITATED, small)) == value(asked(Variant.MEDIAN, small))


@SOME
@given(PLAIN)
def test_a_median_of_near_or_far_is_what_coverage_leaves_out(world: World) -> None:
    far = replace(world, distances=(world.distances > world.radius).astype(float))
    covered = value(asked(Variant.MAXIMAL, world))
    missed = value(asked(Variant.MEDIAN, far))
    assert covered is not None
    assert missed == world.weights.sum() - covered


WORLD = World(
    distances=np.array([[3.0, 3.0], [np.inf, np.inf], [1.0, np.inf]]),
    weights=np.array([5.0, 7.0, 2.0]),
    costs=np.ones(2),
    places=np.array([0.0, 5.0]),
    territories=("A", "B"),
    rooms=np.full(2, 50.0),
    trips=(),
    radius=3.0,
    count=1,
)
"""Demand 1 has no path to any site; demand 0 is exactly at the radius of both."""

MUST_SERVE = [Variant.FULL, Variant.MEDIAN, Variant.CENTER, Variant.CAPACITATED]


@pytest.mark.parametrize("variant", MUST_SERVE)
def test_demand_without_path_is_listed_by_its_number(variant: Variant) -> None:
    answer = solve(asked(variant, WORLD))
    assert isinstance(answer, Infeasible)
    assert answer.unreachable == (1,)
    assert "1" in answer.blocking_fr[0]


@pytest.mark.parametrize("variant", [Variant.MAXIMAL, Variant.PARTIAL])
def test_demand_without_path_is_listed_beside_the_plan(variant: Variant) -> None:
    problem = asked(variant, replace(WORLD, weights=np.array([70.0, 1.0, 2.0])))
    plan = solve(problem)
    assert isinstance(plan, Plan)
    assert plan.unreachable == (1,)


@pytest.mark.parametrize("variant", MUST_SERVE)
@pytest.mark.parametrize("kind", [Kind.SPACING, Kind.MOST, Kind.REQUIRED, Kind.BUDGET])
def test_demand_without_path_is_listed_whatever_the_rules(variant: Variant, kind: Kind) -> None:
    ruled = (
        replace(WORLD, required=frozenset({0}))
        if kind is Kind.REQUIRED
        else replace(WORLD, limits={kind: 1.0})
    )
    answer = solve(asked(variant, ruled))
    assert isinstance(answer, Infeasible)
    assert answer.unreachable == (1,)


@pytest.mark.parametrize("variant", [Variant.MAXIMAL, Variant.GRADUAL, Variant.ENERGIES])
def test_demand_exactly_at_the_radius_counts_and_just_beyond_does_not(variant: Variant) -> None:
    alone = replace(WORLD, distances=WORLD.distances[:1], weights=np.array([8.0]))
    beyond = replace(alone, distances=np.nextafter(alone.distances, 99.0))
    at_radius, after = (value(asked(variant, world)) for world in (alone, beyond))
    assert at_radius == best(variant, alone)
    assert after == best(variant, beyond)
    assert at_radius is not None
    assert after is not None
    assert after < at_radius or variant is Variant.ENERGIES  # gas still sells


TRIP = Trip(np.array([1]), np.array([3.0]), 6.0, 4.0)
"""A station halfway along 6 km: 6 km there and back from it on either side."""


def test_a_range_exactly_as_long_as_the_way_between_stations_is_enough() -> None:
    world = replace(WORLD, trips=(TRIP,), radius=6.0)
    shorter = replace(world, radius=5.999)
    assert [value(asked(Variant.REFUELLING, each)) for each in (world, shorter)] == [4.0, 0.0]


def served(world: World, sites: Integers) -> float:
    opened = np.zeros((1, world.site_count), dtype=bool)
    opened[0, sites] = True
    return float(((times_served(world, opened) >= 1) @ world.weights)[0])


@SOME
@given(PLAIN, st.data())
def test_what_a_station_adds_never_rises_as_the_plan_grows(
    world: World, draws: st.DataObject
) -> None:
    order = np.array(draws.draw(st.permutations(range(world.site_count))))
    entering = order[0]
    gains = [
        served(world, np.append(order[1:size], entering)) - served(world, order[1:size])
        for size in range(1, world.site_count + 1)
    ]
    assert gains == sorted(gains, reverse=True)


@SOME
@given(PLAIN)
def test_greedy_keeps_its_share_of_the_optimum(world: World) -> None:
    problem = asked(Variant.MAXIMAL, world)
    assert isinstance(problem, CoverageProblem)
    residual, _ = presolved(problem)
    first = greedy.extend(residual, np.array([], dtype=np.int64), count=residual.count)
    optimum = best(Variant.MAXIMAL, world)
    assert optimum is not None
    assert residual.settled + residual.value(first) >= (1 - 1 / np.e) * optimum - 1e-9


@pytest.mark.parametrize("variant", COVERAGES)
@settings(max_examples=8)
@given(draws=st.data())
def test_marginal_losses_sum_to_the_value_at_most(variant: Variant, draws: st.DataObject) -> None:
    world = draws.draw(worlds(variant))
    problem = asked(variant, world)
    assert isinstance(problem, CoverageProblem)
    plan = solve(problem)
    if isinstance(plan, Plan):
        losses = shared_losses(problem, plan)
        assert losses.sum() <= plan.objective + 1e-9
        assert (losses <= marginal_losses(problem, plan) + 1e-9).all()


def cut(reach: Reach, count: int) -> Reach:
    """The `count` nearest sites of each demand point, and how far the lists go."""
    sizes = np.diff(reach.start)
    rank = np.arange(len(reach.sites)) - np.repeat(reach.start[:-1], sizes)
    kept, short = rank < count, sizes > count
    beyond = np.full(reach.demand_count, np.inf)
    beyond[short] = reach.distances[reach.start[:-1][short] + count - 1]
    start = np.concatenate([[0], np.cumsum(np.minimum(sizes, count))])
    return Reach(start, reach.sites[kept], reach.distances[kept], beyond, reach.site_count)


@SOME
@given(PLAIN, st.integers(1, 8))
def test_short_lists_bound_the_optimum_of_full_ones_and_equal_it_when_proven(
    world: World, listed: int
) -> None:
    full = asked(Variant.MEDIAN, world)
    assert isinstance(full, MedianProblem)
    answer = solve(replace(full, reach=cut(full.reach, listed)))
    optimum = best(Variant.MEDIAN, world)
    if isinstance(answer, Plan):
        assert optimum is not None
        assert answer.bound <= optimum + 1e-6 <= answer.objective + 2e-6


LINE = replace(
    WORLD,
    distances=np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0))),
    weights=np.ones(4),
    costs=np.array([4.0, 4.0, 4.0, 4.0]),
    places=np.arange(4.0),
    territories=("A", "A", "B", "B"),
    rooms=np.full(4, 50.0),
    count=2,
)
"""Four places on a road, each a demand point and a site."""


@pytest.mark.parametrize("variant", [Variant.MEDIAN, Variant.CAPACITATED, Variant.MAXIMAL])
def test_of_several_rules_only_those_that_block_are_named(variant: Variant) -> None:
    """Two stations at 4 € each do not fit in 6 €; that none is in B has nothing to do with it."""
    answer = solve(asked(variant, replace(LINE, limits={Kind.BUDGET: 6.0, Kind.MOST: 2.0})))
    assert isinstance(answer, Infeasible)
    assert sorted(answer.blocking_fr) == ["budget d'au plus 6 €", "nombre de stations : 2"]
    changes = {relaxation.change_fr for relaxation in answer.relaxations}
    assert "porter le budget de 6 à 8 €" in changes


def test_a_spacing_that_keeps_a_center_from_serving_all_is_named() -> None:
    """Sites 0 and 3 are the only ones of the two ends, 3 km apart where 4 are asked."""
    far = replace(LINE, distances=np.where(LINE.distances < 2, LINE.distances, np.inf))
    answer = solve(asked(Variant.CENTER, replace(far, limits={Kind.SPACING: 4.0})))
    assert isinstance(answer, Infeasible)
    assert any("4 km" in name for name in answer.blocking_fr)
    assert answer.relaxations
