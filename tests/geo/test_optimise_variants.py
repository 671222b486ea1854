"""Every variant against its own definition, by brute force on worlds of at most eight sites."""

from collections.abc import Callable, Iterator
from itertools import chain, combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.errors import InputError
from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.effort import Effort
from geo.optimise.mixed.alternatives import Variety, alternatives
from geo.optimise.mixed.energies import EnergyDemand, SiteRequest, energies_of, energy_coverage
from geo.optimise.mixed.losses import marginal_losses, shared_losses
from geo.optimise.mixed.refuelling import Trip, corridor_rule, flow_refuelling
from geo.optimise.mixed.solve import solve_mixed_coverage
from geo.optimise.mixed.variants import (
    backup_coverage,
    gradual_coverage,
    weighted_backup_coverage,
)
from geo.optimise.plan import Infeasible, Plan, Status
from geo.optimise.problem import CoverageProblem
from geo.optimise.reach import Reach, reach_from_pairs
from geo.optimise.verify import verify


def solved(problem: CoverageProblem) -> Plan:
    plan = solve_mixed_coverage(problem, seed=0)
    assert isinstance(plan, Plan)
    verify(problem, plan)
    assert plan.status is Status.OPTIMAL
    return plan


def sets_of(site_count: int, count: int) -> Iterator[Integers]:
    for chosen in combinations(range(site_count), count):
        yield np.array(chosen, dtype=np.int64)


def any_set(site_count: int) -> Iterator[Integers]:
    return chain.from_iterable(sets_of(site_count, count) for count in range(site_count + 1))


def tables(shape: tuple[int, int]) -> st.SearchStrategy[Flags]:
    cells = st.lists(st.booleans(), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    return cells.map(lambda flags: np.array(flags).reshape(shape))


def masses(size: int) -> st.SearchStrategy[Floats]:
    numbers = st.lists(st.integers(0, 20), min_size=size, max_size=size)
    return numbers.map(lambda drawn: np.array(drawn, dtype=float))


def csr(table: Flags) -> sparse.csr_matrix:
    return sparse.csr_matrix(table.astype(float))


@settings(max_examples=25)
@given(tables((5, 6)), masses(5), st.integers(1, 4))
def test_backup_counts_only_what_two_stations_serve(
    covers: Flags, weights: Floats, count: int
) -> None:
    plan = solved(backup_coverage(weights, csr(covers), count=count))
    values = [weights[covers[:, chosen].sum(axis=1) >= 2].sum() for chosen in sets_of(6, count)]
    assert plan.objective == max(values)


@settings(max_examples=25)
@given(tables((5, 6)), masses(5), st.integers(1, 4), st.sampled_from([0.0, 0.25, 0.7, 1.0]))
def test_weighted_backup_counts_first_and_second_coverage_apart(
    covers: Flags, weights: Floats, count: int, share: float
) -> None:
    plan = solved(weighted_backup_coverage(weights, csr(covers), first_share=share, count=count))

    def value(chosen: Integers) -> float:
        stations = covers[:, chosen].sum(axis=1)
        return share * weights[stations >= 1].sum() + (1 - share) * weights[stations >= 2].sum()

    assert plan.objective == pytest.approx(max(map(value, sets_of(6, count))))


def line(demand: list[int], sites: list[int]) -> Reach:
    places = np.array(list(product(range(len(demand)), range(len(sites)))))
    distances = np.array([abs(demand[i] - sites[j]) for i, j in places.tolist()], dtype=float)
    return reach_from_pairs(places[:, 0], places[:, 1], distances, shape=(len(demand), len(sites)))


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 20), min_size=5, max_size=5),
    st.lists(st.integers(0, 20), min_size=5, max_size=5),
    masses(5),
    st.integers(1, 3),
)
def test_gradual_coverage_pays_the_credit_of_the_nearest_station(
    demand: list[int], sites: list[int], weights: Floats, count: int
) -> None:
    radii, credits_share = (2.0, 4.0, 7.0), (1.0, 0.5, 0.25)
    problem = gradual_coverage(
        weights, line(demand, sites), radii=radii, credits_share=credits_share, count=count
    )

    def value(chosen: Integers) -> float:
        nearest = [min(abs(place - sites[j]) for j in chosen) for place in demand]
        worth = [
            next((c for r, c in zip(radii, credits_share, strict=True) if d <= r), 0.0)
            for d in nearest
        ]
        return float(weights @ worth)

    assert solved(problem).objective == pytest.approx(max(map(value, sets_of(5, count))))


def test_gradual_radii_that_shrink_are_refused() -> None:
    with pytest.raises(InputError, match="rayons doivent croître"):
        gradual_coverage(np.ones(1), line([0], [1]), radii=(4, 2), credits_share=(1, 0.5))


def best_energies(
    energies: list[EnergyDemand], request: SiteRequest, site_count: int
) -> float | None:
    """Try every energy at every site."""
    best: float | None = None
    cells = site_count * len(energies)
    for bits in product((False, True), repeat=cells):
        sold = np.array(bits).reshape(site_count, len(energies))
        if not _is_sale(sold, energies, request):
            continue
        value = sum(
            float(each.weights[(each.covers.toarray() @ sold[:, place]) > 0].sum())
            for place, each in enumerate(energies)
        )
        best = value if best is None else max(best, value)
    return best


def _is_sale(sold: Flags, energies: list[EnergyDemand], request: SiteRequest) -> bool:
    per_site, per_energy = sold.sum(axis=1), sold.sum(axis=0)
    most = request.most_energies if request.most_energies is not None else len(energies)
    return bool(
        (request.count is None or (per_site > 0).sum() == request.count)
        and per_site.max() <= most
        and all(per_site[site] > 0 for site in request.required)
        and all(per_site[site] == 0 for site in request.forbidden)
        and all(
            each.at_least <= per_energy[place] <= each.at_most
            and not any(sold[site, place] for site in each.forbidden)
            for place, each in enumerate(energies)
        )
    )


@settings(max_examples=30)
@given(st.data())
def test_energies_share_sites_within_quotas_and_energies_per_site(draws: st.DataObject) -> None:
    site_count, energy_count = 4, draws.draw(st.integers(2, 3))
    energies = []
    for name in range(energy_count):
        least = draws.draw(st.integers(0, 1))
        energies.append(
            EnergyDemand(
                name_fr=f"énergie {name}",
                weights=draws.draw(masses(4)),
                covers=csr(draws.draw(tables((4, site_count)))),
                at_least=least,
                at_most=draws.draw(st.sampled_from([float(least), least + 1.0, np.inf])),
                forbidden=frozenset(draws.draw(st.sets(st.integers(0, 3), max_size=1))),
            )
        )
    request = SiteRequest(
        count=draws.draw(st.none() | st.integers(1, 3)),
        most_energies=draws.draw(st.none() | st.integers(1, 2)),
        required=frozenset(draws.draw(st.sets(st.integers(0, 1), max_size=1))),
        forbidden=frozenset(draws.draw(st.sets(st.integers(2, 3), max_size=1))),
    )
    problem = energy_coverage(energies, request)
    best = best_energies(energies, request, site_count)
    answer = solve_mixed_coverage(problem, seed=0)
    if best is None:
        assert isinstance(answer, Infeasible)
        return
    assert isinstance(answer, Plan)
    verify(problem, answer)
    assert answer.objective == pytest.approx(best)
    sold = energies_of(answer, energy_count=energy_count, site_count=site_count)
    assert _is_sale(sold, energies, request)


def survives(trip: Trip, opened: Integers, range_km: float) -> bool:
    """Drive the trip there and back, again and again, filling up at every open station."""
    stops = sorted(
        {
            *(float(p) for s, p in zip(trip.sites, trip.positions_km, strict=True) if s in opened),
        }
    )
    if not stops:
        return False
    loop = 2 * trip.length_km
    passes = sorted({*stops, *((loop - stop) % loop for stop in stops)})
    gaps = [after - before for before, after in pairwise(passes)]
    return max([*gaps, passes[0] + loop - passes[-1]]) <= range_km


@st.composite
def trips(draw: st.DrawFn, site_count: int = 6) -> Trip:
    sites = draw(st.lists(st.integers(0, site_count - 1), min_size=1, max_size=4, unique=True))
    length = draw(st.integers(4, 12))
    size = len(sites)
    places = sorted(draw(st.lists(st.integers(0, length), min_size=size, max_size=size)))
    return Trip(
        np.array(sites), np.array(places, dtype=float), float(length), draw(st.integers(1, 9))
    )


@settings(max_examples=40)
@given(st.lists(trips(), min_size=1, max_size=4), st.integers(3, 16), st.integers(1, 4))
def test_refuelled_trips_are_those_a_vehicle_can_repeat_without_running_dry(
    flows: list[Trip], range_km: int, count: int
) -> None:
    problem = flow_refuelling(flows, range_km=range_km, site_count=6, count=count)
    values = [
        sum(trip.weight for trip in flows if survives(trip, chosen, range_km))
        for chosen in sets_of(6, count)
    ]
    assert solved(problem).objective == max(values)


def test_one_station_halfway_serves_a_trip_as_long_as_the_range() -> None:
    trip = Trip(np.array([0, 1]), np.array([0.0, 50.0]), 100.0)
    assert solved(flow_refuelling([trip], range_km=100, site_count=2, count=1)).chosen == (1,)


def test_a_trip_longer_than_the_range_needs_stations_at_most_a_range_apart() -> None:
    places = np.array([0.0, 60.0, 120.0, 180.0])
    trip = Trip(np.arange(4), places, 180.0, 7.0)
    few = solved(flow_refuelling([trip], range_km=120, site_count=4, count=1))
    enough = solved(flow_refuelling([trip], range_km=120, site_count=4, count=2))
    assert (few.objective, enough.objective) == (0.0, 7.0)


@settings(max_examples=40)
@given(trips(), st.integers(1, 9))
def test_a_corridor_leaves_no_gap_longer_than_asked(trip: Trip, gap_km: int) -> None:
    rule = corridor_rule(trip, widest_gap_km=gap_km, site_count=6, name_fr="A31")
    for chosen in any_set(6):
        placed = trip.positions_km[np.isin(trip.sites, chosen)]
        stops = np.sort([0.0, trip.length_km, *placed])
        assert (not list(rule.faults(chosen))) == bool(np.diff(stops).max() <= gap_km)


def square(size: int, count: int) -> CoverageProblem:
    draws = np.random.default_rng(8)
    points = draws.uniform(0, 10, (size, 2))
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= 2
    weights = draws.integers(1, 100, size).astype(float)
    return CoverageProblem(weights, csr(near), count=count)


def test_alternatives_differ_from_each_other_and_stay_within_the_share() -> None:
    problem = square(60, 6)
    best = solved(problem)
    others = alternatives(problem, best, Variety(4, 2, loss_share=0.1), seed=0)
    assert len(others) == 4
    for first, second in combinations([best, *others], 2):
        assert len(set(first.chosen) - set(second.chosen)) >= 2
    assert all(best.objective >= other.objective >= 0.9 * best.objective for other in others)


def test_the_first_alternative_is_the_best_that_differs_enough() -> None:
    problem = square(12, 3)
    best = solved(problem)
    (other,) = alternatives(problem, best, Variety(1, 2, loss_share=1.0), seed=0)
    table = problem.covers.toarray() > 0
    values = [
        problem.weights[table[:, chosen].any(axis=1)].sum()
        for chosen in sets_of(12, 3)
        if len(set(best.chosen) - set(chosen.tolist())) >= 2
    ]
    assert other.objective == max(values)


def test_no_alternative_is_returned_below_the_share() -> None:
    problem = CoverageProblem(np.array([90.0, 5.0]), sparse.csr_matrix(np.eye(2)), count=1)
    best = solved(problem)
    assert alternatives(problem, best, Variety(3, 1, loss_share=0.5), seed=0) == ()


def lost(value: Callable[[list[int]], float], chosen: tuple[int, ...]) -> list[float]:
    return [value(list(chosen)) - value([s for s in chosen if s != each]) for each in chosen]


@settings(max_examples=25)
@given(tables((6, 6)), masses(3), st.lists(st.integers(1, 2), min_size=6, max_size=6))
def test_a_marginal_loss_is_what_closing_the_station_loses(
    covers: Flags, weights: Floats, needs: list[int]
) -> None:
    items = np.array([0, 0, 1, 1, 2, 2])
    problem = CoverageProblem(
        weights, csr(covers), needs=np.array(needs), item_of_row=items, count=3
    )
    plan = solved(problem)

    def value(chosen: list[int]) -> float:
        short = set(items[covers[:, chosen].sum(axis=1) < needs].tolist())
        return float(sum(weight for item, weight in enumerate(weights) if item not in short))

    losses = marginal_losses(problem, plan)
    assert losses.tolist() == pytest.approx(lost(value, plan.chosen))
    shared = shared_losses(problem, plan)
    assert (shared <= losses + 1e-9).all()
    assert shared.sum() <= plan.objective + 1e-9


def test_losses_of_plain_coverage_sum_to_the_served_weight_at_most() -> None:
    problem = square(40, 5)
    plan = solve_mixed_coverage(problem, Effort(work=0.1), seed=0)
    assert isinstance(plan, Plan)
    assert marginal_losses(problem, plan).sum() <= plan.objective
