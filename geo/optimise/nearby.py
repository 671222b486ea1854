"""Who is near whom: straight-line distances, lengthened by a detour factor."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from geo.errors import raise_all

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
    _require_metres(demand_xy_m, candidate_xy_m, detour_factor=detour_factor)
    straight_m = 1000.0 * radius_km / detour_factor + MARGIN_M
    pairs = cKDTree(demand_xy_m).sparse_distance_matrix(
        cKDTree(candidate_xy_m), straight_m, output_type="ndarray"
    )
    distances_km = _lengthened_km(
        demand_xy_m[pairs["i"]], candidate_xy_m[pairs["j"]], detour_factor=detour_factor
    )
    near = pairs[distances_km <= radius_km]
    shape = (len(demand_xy_m), len(candidate_xy_m))
    covers = sparse.csr_matrix((np.ones(len(near)), (near["i"], near["j"])), shape=shape)
    covers.sort_indices()
    return covers


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
