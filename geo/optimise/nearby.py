"""Who is near whom: straight-line distances, lengthened by a detour factor."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from geo.errors import raise_all
from geo.optimise.reach import Reach, reach_from_pairs

KM_DECIMALS = 6
"""Distances are rounded to the millimetre, so that a point drawn at the radius is within it."""

MARGIN_M = 1.0
"""Searched beyond the radius, before the rounded distances decide."""

TIED_COUNT = 4
"""Stations compared when several are equally near; the first in the list wins."""


def coverage_within(
    demand_xy_m: NDArray[np.float64],
    candidate_xy_m: NDArray[np.float64],
    *,
    radius_km: float,
    detour_factor: float,
) -> sparse.csr_matrix:
    """Return the 0/1 matrix of demand points within `radius_km` of candidates, bound included.

    The distance is the straight line times `detour_factor`, rounded to the millimetre; both
    arrays are (n, 2) metres in EPSG:2154. No dense matrix is ever made.
    """
    demand, sites, _ = _near_pairs(
        demand_xy_m, candidate_xy_m, radius_km=radius_km, detour_factor=detour_factor
    )
    shape = (len(demand_xy_m), len(candidate_xy_m))
    covers = sparse.csr_matrix((np.ones(len(demand)), (demand, sites)), shape=shape)
    covers.sort_indices()
    return covers


def _near_pairs(
    demand_xy_m: NDArray[np.float64],
    site_xy_m: NDArray[np.float64],
    *,
    radius_km: float,
    detour_factor: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the demand points, the sites and the distances of the pairs within the radius."""
    _require_metres(demand_xy_m, site_xy_m, detour_factor=detour_factor)
    straight_m = 1000.0 * radius_km / detour_factor + MARGIN_M
    pairs = cKDTree(demand_xy_m).sparse_distance_matrix(
        cKDTree(site_xy_m), straight_m, output_type="ndarray"
    )
    demand, sites = pairs["i"].astype(np.int64), pairs["j"].astype(np.int64)
    distances_km = _lengthened_km(
        demand_xy_m[demand], site_xy_m[sites], detour_factor=detour_factor
    )
    near = distances_km <= radius_km
    return demand[near], sites[near], distances_km[near]


def nearest_km(
    demand_xy_m: NDArray[np.float64],
    station_xy_m: NDArray[np.float64],
    *,
    detour_factor: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return, for each demand point, its nearest station and the distance in km.

    Distances are those of `coverage_within`, so that `distance <= radius_km` is coverage;
    among equally near stations the first listed is taken.
    """
    _require_metres(demand_xy_m, station_xy_m, detour_factor=detour_factor)
    compared = min(TIED_COUNT, len(station_xy_m))
    _, near = cKDTree(station_xy_m).query(demand_xy_m, k=np.arange(1, compared + 1))
    by_index = np.sort(near, axis=1)
    distances_km = _lengthened_km(
        demand_xy_m[:, np.newaxis], station_xy_m[by_index], detour_factor=detour_factor
    )
    first = np.argmin(distances_km, axis=1)
    rows = np.arange(len(demand_xy_m))
    return by_index[rows, first], distances_km[rows, first]


def nearest_reach(
    demand_xy_m: NDArray[np.float64],
    candidate_xy_m: NDArray[np.float64],
    *,
    count: int,
    detour_factor: float,
) -> Reach:
    """Return the `count` nearest candidates of each demand point, and how far the next one is.

    Distances are those of `coverage_within`, in km; among equally near candidates the first
    listed comes first. `beyond` is the last float below the distance of the next candidate,
    which is thus farther, infinity when every candidate is listed.
    """
    _require_metres(demand_xy_m, candidate_xy_m, detour_factor=detour_factor)
    searched = min(count + TIED_COUNT, len(candidate_xy_m))
    kept = min(count, len(candidate_xy_m))
    _, near = cKDTree(candidate_xy_m).query(demand_xy_m, k=np.arange(1, searched + 1))
    distances_km = _lengthened_km(
        demand_xy_m[:, np.newaxis], candidate_xy_m[near], detour_factor=detour_factor
    )
    order = np.lexsort((near, distances_km), axis=1)
    near = np.take_along_axis(near, order, axis=1)
    distances_km = np.take_along_axis(distances_km, order, axis=1)
    is_cut = kept < searched
    beyond_km = np.nextafter(distances_km[:, kept], 0) if is_cut else np.inf
    return Reach(
        start=np.arange(len(demand_xy_m) + 1) * kept,
        sites=near[:, :kept].ravel().astype(np.int64),
        distances=distances_km[:, :kept].ravel(),
        beyond=np.broadcast_to(beyond_km, len(demand_xy_m)).astype(np.float64),
        site_count=len(candidate_xy_m),
    )


def reach_within(
    demand_xy_m: NDArray[np.float64],
    candidate_xy_m: NDArray[np.float64],
    *,
    limit_km: float,
    detour_factor: float,
) -> Reach:
    """Return the candidates at most `limit_km` from each demand point, limit included.

    Distances are those of `coverage_within`, in km; what is not listed is beyond the limit.
    """
    demand, sites, distances_km = _near_pairs(
        demand_xy_m, candidate_xy_m, radius_km=limit_km, detour_factor=detour_factor
    )
    shape = (len(demand_xy_m), len(candidate_xy_m))
    listed = reach_from_pairs(demand, sites, distances_km, shape=shape)
    return replace(listed, beyond=np.full(len(demand_xy_m), float(limit_km)))


def _lengthened_km(
    start_xy_m: NDArray[np.float64], end_xy_m: NDArray[np.float64], *, detour_factor: float
) -> NDArray[np.float64]:
    """Return straight line times detour in km, rounded to the millimetre."""
    offsets_m = start_xy_m - end_xy_m
    straight_m = np.hypot(offsets_m[..., 0], offsets_m[..., 1])
    return np.round(straight_m * detour_factor / 1000.0, KM_DECIMALS)


def _require_metres(
    demand_xy_m: NDArray[np.float64], site_xy_m: NDArray[np.float64], *, detour_factor: float
) -> None:
    """Raise InputError on missing coordinates, an empty list of sites or a detour below 1."""
    faults = []
    for label, xy_m in (("demande", demand_xy_m), ("sites", site_xy_m)):
        missing = np.flatnonzero(~np.isfinite(xy_m).all(axis=1))
        if len(missing):
            faults.append(f"{label} : {len(missing)} points sans coordonnées, lignes {missing[:5]}")
    if len(site_xy_m) == 0:
        faults.append("aucun site")
    if detour_factor < 1:
        faults.append(f"facteur de détour {detour_factor}, inférieur à 1")
    raise_all(
        faults,
        subject="Distances impossibles à calculer",
        hint="Complétez les coordonnées (EPSG:2154, mètres) et gardez un détour d'au moins 1.",
    )
