"""Distances: straight line times detour, the radius included."""

import numpy as np
import pytest

from geo.errors import InputError
from geo.optimise.nearby import coverage_within, nearest_km, nearest_reach, reach_within

ORIGIN = np.array([[900_000.0, 6_800_000.0]])


def east_of_origin(*distances_m: float) -> np.ndarray:
    return ORIGIN + np.array([[distance, 0.0] for distance in distances_m])


def test_a_point_exactly_at_the_radius_is_covered() -> None:
    covers = coverage_within(
        ORIGIN, east_of_origin(10_000.0, 10_000.01), radius_km=10, detour_factor=1
    )
    assert covers.toarray().tolist() == [[1, 0]]


def test_the_radius_is_a_road_distance() -> None:
    at_the_limit = 10_000 / 1.3
    covers = coverage_within(
        ORIGIN,
        east_of_origin(at_the_limit, at_the_limit + 0.01),
        radius_km=10,
        detour_factor=1.3,
    )
    assert covers.toarray().tolist() == [[1, 0]]


def test_a_site_covers_the_demand_at_its_own_place() -> None:
    covers = coverage_within(ORIGIN, ORIGIN, radius_km=1, detour_factor=1.3)
    assert covers.nnz == 1


def test_coverage_and_nearest_agree_everywhere() -> None:
    draws = np.random.default_rng(1)
    demand, sites = draws.uniform(0, 30_000, (400, 2)), draws.uniform(0, 30_000, (20, 2))
    covers = coverage_within(demand, sites, radius_km=4, detour_factor=1.3)
    _, distances_km = nearest_km(demand, sites, detour_factor=1.3)
    assert ((np.diff(covers.indptr) > 0) == (distances_km <= 4)).all()


def test_between_equally_near_stations_the_first_listed_wins() -> None:
    stations = east_of_origin(5_000, -1_000, 1_000)
    nearest, distances_km = nearest_km(ORIGIN, stations, detour_factor=1.3)
    assert (nearest.tolist(), distances_km.tolist()) == ([1], [1.3])


def test_a_larger_radius_never_covers_less() -> None:
    demand = np.random.default_rng(2).uniform(0, 30_000, (200, 2))
    near, far = (
        coverage_within(demand, demand, radius_km=radius_km, detour_factor=1.3)
        for radius_km in (3, 5)
    )
    assert (far - near).min() == 0


def test_missing_coordinates_are_refused_with_their_rows() -> None:
    with pytest.raises(InputError, match=r"demande : 1 points sans coordonnées, lignes \[1\]"):
        coverage_within(
            np.array([[0.0, 0.0], [np.nan, 0.0]]), ORIGIN, radius_km=1, detour_factor=1.3
        )


def test_no_station_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="aucun site"):
        nearest_km(ORIGIN, np.empty((0, 2)), detour_factor=1.3)


def test_the_nearest_candidates_are_listed_in_order_with_the_next_beyond() -> None:
    sites = east_of_origin(3_000, 1_000, -1_000, 2_000)
    reach = nearest_reach(ORIGIN, sites, count=3, detour_factor=1)
    assert (reach.sites.tolist(), reach.distances.tolist()) == ([1, 2, 3], [1.0, 1.0, 2.0])
    assert reach.beyond[0] == np.nextafter(3.0, 0)


def test_when_every_candidate_is_listed_nothing_is_beyond() -> None:
    reach = nearest_reach(ORIGIN, east_of_origin(1_000, 2_000), count=5, detour_factor=1)
    assert (len(reach.sites), reach.beyond.tolist()) == (2, [np.inf])


def test_a_single_candidate_is_listed() -> None:
    reach = nearest_reach(ORIGIN, east_of_origin(1_000), count=1, detour_factor=1.3)
    assert (reach.start.tolist(), reach.distances.tolist()) == ([0, 1], [1.3])


def test_reach_within_a_limit_lists_what_coverage_covers() -> None:
    draws = np.random.default_rng(3)
    demand, sites = draws.uniform(0, 30_000, (200, 2)), draws.uniform(0, 30_000, (30, 2))
    reach = reach_within(demand, sites, limit_km=6, detour_factor=1.3)
    covers = coverage_within(demand, sites, radius_km=6, detour_factor=1.3)
    assert (reach.within(6).toarray() == covers.toarray()).all()
    with pytest.raises(InputError):
        reach.within(7)


def test_the_nearest_lists_begin_the_full_ones() -> None:
    draws = np.random.default_rng(4)
    demand, sites = draws.uniform(0, 30_000, (50, 2)), draws.uniform(0, 30_000, (30, 2))
    cut = nearest_reach(demand, sites, count=8, detour_factor=1.3)
    full = nearest_reach(demand, sites, count=30, detour_factor=1.3)
    assert (cut.sites.reshape(-1, 8) == full.sites.reshape(-1, 30)[:, :8]).all()
    assert (cut.beyond < full.distances.reshape(-1, 30)[:, 8]).all()
