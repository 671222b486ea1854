"""Parcels too small alone, assembled into one piece as large and as wide as asked.

Each assembly grows from its largest parcel by the neighbour that shares the longest limit
with it, until it is large and wide enough: a greedy rule anyone can follow on the plan. No
parcel is in two assemblies, so that hectares add up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.shapes import M2_PER_HA
from jalon.measures import set_back, usable_shape
from jalon.model import LandParameters, SiteKind

MIN_MEMBER_HA = 0.01
"""Scraps below a hundred square metres join nothing."""

GAP_M = 0.5
"""Two drawings of one limit differ by less than this."""

MIN_SHARED_M = 5.0
"""Parcels that share less than this are two pieces, not one."""

NEAR_MISS_SHARE = 0.5
"""An assembly that reaches half of what is asked is shown, with what it lacks."""

Neighbours = Mapping[int, Mapping[int, float]]
Group = tuple[int, ...]

SUMMED = (
    "area_ha",
    "enaf_lo_ha",
    "enaf_hi_ha",
    "whole_lo_ha",
    "whole_hi_ha",
)
NEAREST = ("road_m", "main_road_m", "motorway_m", "rail_m", "railway_m", "substation_m")
SHARES = ("built_share", "flood_share")


def candidates(sites: gpd.GeoDataFrame, parameters: LandParameters) -> gpd.GeoDataFrame:
    """Return the parcels nothing but the size asked rules out, the largest first."""
    is_small = sites["piece_ha"].lt(parameters.min_piece_ha)
    is_short = is_small | sites["width_m"].lt(parameters.min_width_m)
    mask = sites["kind"].eq(SiteKind.PARCEL) & sites["is_only_too_small"] & is_short
    found = sites[mask]
    found = found.assign(land_ha=shapely.area(found["usable"].to_numpy()) / M2_PER_HA)
    return found[found["land_ha"] >= MIN_MEMBER_HA].sort_values(
        ["land_ha", "site_id"], ascending=[False, True], ignore_index=True
    )


def assemble(sites: gpd.GeoDataFrame, parameters: LandParameters) -> gpd.GeoDataFrame:
    """Return one row an assembly, with the columns of `sites` and `member_ids` (tuple).

    `sites` needs `usable` (geometry) and `is_only_too_small`. Statuses and reasons are not
    here: they are those of the members.
    """
    members = candidates(sites, parameters)
    if parameters.assembly_max_parcels < 2 or len(members) < 2:  # noqa: PLR2004 - one is none
        return sites.iloc[:0].assign(member_ids=[])
    groups = _groups(members, neighbours(members), parameters)
    return _rows(members, groups, parameters)


def neighbours(members: gpd.GeoDataFrame) -> Neighbours:
    """Return, for each position, its neighbours and the metres of limit they share."""
    lands = members["usable"].to_numpy()
    ours, theirs = shapely.STRtree(lands).query(lands, predicate="dwithin", distance=GAP_M)
    once = ours < theirs
    ours, theirs = ours[once], theirs[once]
    reach = shapely.buffer(lands[theirs], GAP_M, join_style="mitre")
    shared_m = shapely.length(shapely.intersection(shapely.boundary(lands[ours]), reach))
    found: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for one, other, metres in zip(ours, theirs, shared_m, strict=True):
        if metres >= MIN_SHARED_M:
            found[int(one)][int(other)] = found[int(other)][int(one)] = float(metres)
    return found


def _groups(members: gpd.GeoDataFrame, near: Neighbours, parameters: LandParameters) -> list[Group]:
    """Return the assemblies, each parcel in one at most: those that suffice, then near misses."""
    free = set(range(len(members)))
    kept: list[Group] = []
    partial: list[Group] = []
    for seed in sorted(free):
        if seed not in free:
            continue
        group, suffices = _grown(seed, free, members, near, parameters)
        if suffices:
            kept.append(group)
            free -= set(group)
        elif len(group) > 1:
            partial.append(group)
    area = members["land_ha"].to_numpy()
    for group in sorted(partial, key=lambda found: (-area[list(found)].sum(), found)):
        reaches = area[list(group)].sum() >= NEAR_MISS_SHARE * parameters.min_piece_ha
        if reaches and free.issuperset(group):
            kept.append(group)
            free -= set(group)
    return kept


def _grown(
    seed: int,
    free: set[int],
    members: gpd.GeoDataFrame,
    near: Neighbours,
    parameters: LandParameters,
) -> tuple[Group, bool]:
    """Return the assembly grown from `seed`, and whether it is as large and wide as asked."""
    group = [seed]
    while len(group) < parameters.assembly_max_parcels:
        joined = _longest_shared(group, free, near)
        if joined is None:
            break
        group.append(joined)
        if _suffices(members.iloc[group], parameters):
            return tuple(sorted(group)), True
    return tuple(sorted(group)), False


def _longest_shared(group: Sequence[int], free: set[int], near: Neighbours) -> int | None:
    """Return the free neighbour that shares most limit with the group.

    Of equals, the one with the fewest other free neighbours, that nobody else would take; then
    the first.
    """
    shared_m: defaultdict[int, float] = defaultdict(float)
    for member in group:
        for other, metres in near.get(member, {}).items():
            if other in free and other not in group:
                shared_m[other] += metres
    ways_out = {other: len(free.intersection(near[other]).difference(group)) for other in shared_m}
    return min(
        shared_m, key=lambda other: (-round(shared_m[other]), ways_out[other], other), default=None
    )


def _suffices(members: gpd.GeoDataFrame, parameters: LandParameters) -> bool:
    if members["land_ha"].sum() < parameters.min_piece_ha:
        return False
    shape = usable_shape(_usable_together([members], parameters)).iloc[0]
    is_large = shape["piece_ha"] >= parameters.min_piece_ha
    return bool(is_large and shape["width_m"] >= parameters.min_width_m)


def _usable_together(
    groups: Iterable[gpd.GeoDataFrame], parameters: LandParameters
) -> gpd.GeoSeries:
    """Return the usable land of each group in one, the hair between two drawings closed."""
    listed = list(groups)
    lands = [_closed(group["usable"].to_numpy()) for group in listed]
    outlines = [_closed(group.geometry.to_numpy()) for group in listed]
    crs = listed[0].crs
    together = gpd.GeoSeries(outlines, crs=crs)
    return set_back(pd.Series(lands), together, parameters.boundary_setback_m)


def _closed(shapes: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> shapely.Geometry:
    """Return the union of shapes; gaps and slivers thinner than GAP_M between them vanish."""
    whole = shapely.union_all(shapes)
    grown = shapely.buffer(whole, GAP_M / 2, join_style="mitre")
    return shapely.buffer(grown, -GAP_M / 2, join_style="mitre")


def _rows(
    members: gpd.GeoDataFrame, groups: Sequence[Group], parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Return one row a group: sums, nearest distances, and the words of its largest parcel."""
    if not groups:
        return members.iloc[:0].assign(member_ids=[])
    frames = [members.iloc[list(group)] for group in groups]
    largest = gpd.GeoDataFrame(pd.concat([one.iloc[:1] for one in frames], ignore_index=True))
    ids = [tuple(sorted(one["site_id"])) for one in frames]
    shape = usable_shape(_usable_together(frames, parameters))
    outlines = gpd.GeoSeries([one.union_all() for one in frames], crs=members.crs)
    land_ha = [one["land_ha"].sum() for one in frames]  # closing gaps must not make land
    rows = largest.set_geometry(outlines).assign(
        site_id=[f"{found[0]}_x{len(found)}" for found in ids],
        kind=SiteKind.ASSEMBLY.value,
        parcel_ids=ids,
        member_ids=ids,
        usable=[shapely.union_all(one["usable"].to_numpy()) for one in frames],
        usable_ha=np.minimum(shape["usable_ha"], land_ha),
        piece_ha=np.minimum(shape["piece_ha"], land_ha),
        width_m=shape["width_m"],
        elongation_ratio=shape["elongation_ratio"],
        reliability_share=[one["reliability_share"].min() for one in frames],
        land_unit_count=[_owner_count(one["land_unit_id"]) for one in frames],
        missing_fr=[_each_once(one["missing_fr"]) for one in frames],
        **{name: [one[name].sum(skipna=False) for one in frames] for name in SUMMED},
        **{name: [one[name].min() for one in frames] for name in NEAREST},
        **{name: [_weighted(one, name) for one in frames] for name in SHARES},
    )
    return rows.sort_values("site_id", ignore_index=True)


def _weighted(members: gpd.GeoDataFrame, name: str) -> float:
    """Return a share of the whole group; missing as soon as one member does not tell."""
    return float((members[name] * members["area_ha"]).sum(skipna=False) / members["area_ha"].sum())


def _owner_count(units: pd.Series) -> float:
    """Return how many lands of one owner are joined; missing when one is not known."""
    return float(units.nunique()) if units.notna().all() else np.nan


def _each_once(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for listed in lists for text in listed))
