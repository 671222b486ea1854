"""Plan of the invented territory: communes, bourgs, river, roads, before any parcel is cut."""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import Delaunay, KDTree

from data.build.example_names import commune_names
from data.build.example_shapes import Floats, Geometries, Integers, merged_by, short_lengths
from geo.crs import WORKING

CENTRE_M: Final = (162_500.0, 6_532_500.0)
"""Lambert-93, in the Bay of Biscay: no invented figure lies on a real commune."""

BLOCK_M: Final = 550.0
COMMUNE_M2: Final = 15e6
PARCELS_PER_COMMUNE: Final = 450
VILLAGE_GROWTH: Final = 3.9
"""A village grows this many times faster than the parcels of its commune: fields do not."""

CAPITAL_PARCELS: Final = 160
"""What the capital has beyond the parcels of any commune."""

FEWEST_COMMUNES, MOST_COMMUNES = 4, 999
"""Codes are 00001 to 00999: INSEE gives no département 00."""

HALF_WIDTH_M: Final = {
    "motorway": 18.0,
    "motorway_link": 5.0,
    "secondary": 6.0,
    "tertiary": 5.0,
    "unclassified": 4.5,
    "residential": 3.5,
    "rail": 8.0,
    "river": 13.0,
}
"""Half the ground that a way takes; first ones pass over the others."""

AWAY_M: Final = {"river": 520.0, "motorway": 900.0, "rail": 330.0}
"""Villages stand off the flood belt and off the noise."""


@dataclass(frozen=True, slots=True)
class Territory:
    """What is decided before parcels: one row a commune, a field block, a way.

    communes: insee, nom, epci_siren, epci_nom, lot_count, x, y (bourg), geometry.
    blocks: commune (position), cover, geometry. ways: kind, name, ref, geometry (centre line).
    """

    communes: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    ways: gpd.GeoDataFrame


def plan_territory(parcel_count: int, rng: np.random.Generator) -> Territory:
    """Return a territory large enough for about `parcel_count` parcels."""
    count = int(np.clip(round(parcel_count / PARCELS_PER_COMMUNE), FEWEST_COMMUNES, MOST_COMMUNES))
    detail = (parcel_count - CAPITAL_PARCELS) / count / PARCELS_PER_COMMUNE
    radius_m = float(np.sqrt(count * min(detail, 1.0) * COMMUNE_M2 / np.pi))
    seeds, cells = _blocks(radius_m, rng)
    owner, centres = _communes_of(seeds, count, rng)
    long_ways = _long_ways(radius_m, rng)
    bourgs = _bourgs_off_the_ways(centres, long_ways)
    lots = _village_lots(detail, len(bourgs), rng)
    communes = _described(bourgs, merged_by(cells, owner), lots, rng)
    covers = _covers(seeds, bourgs, long_ways, rng)
    blocks = gpd.GeoDataFrame({"commune": owner, "cover": covers}, geometry=cells, crs=WORKING)
    roads = _roads(communes, rng)
    lanes = _lanes(communes, seeds, owner, rng)
    ways = pd.concat([long_ways, roads, lanes, _junctions(long_ways, roads)], ignore_index=True)
    return Territory(communes, blocks, _inside(ways, communes))


def _blocks(radius_m: float, rng: np.random.Generator) -> tuple[Floats, Geometries]:
    """Return the points and cells of field blocks inside a rounded, irregular outline."""
    side = np.arange(-1.3 * radius_m - 3 * BLOCK_M, 1.3 * radius_m + 3 * BLOCK_M, BLOCK_M)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    points = grid + rng.uniform(-0.36, 0.36, grid.shape) * BLOCK_M
    angle = np.arctan2(points[:, 1], points[:, 0])
    waves = (0.28 / k * np.sin(k * angle + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 5))
    inside = np.hypot(*points.T) < radius_m * (1 + sum(waves))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points + CENTRE_M), ordered=True)
    )
    return points[inside] + CENTRE_M, np.asarray(cells[inside], dtype=object)


def _communes_of(seeds: Floats, count: int, rng: np.random.Generator) -> tuple[Integers, Floats]:
    """Return the commune of each block and the communes' centres, the most central first.

    Lloyd's iterations even out the communes; a third coordinate weighs them so that some stay
    large and others small (power diagram).
    """
    centres = seeds[np.sort(rng.choice(len(seeds), count, replace=False))]
    reach_m = BLOCK_M * np.sqrt(len(seeds) / count / np.pi)
    weight_m = rng.uniform(0, 0.7 * reach_m, (count, 1))
    flat = np.column_stack([seeds, np.zeros(len(seeds))])
    owner: Integers = np.zeros(len(seeds), np.intp)
    for share in np.linspace(0, 1, 20):
        # Weights grow from nothing: a light centre has time to leave a heavy one.
        weighed = np.hstack([centres, share * weight_m])
        owner = np.asarray(KDTree(weighed).query(flat)[1], dtype=np.intp)
        size = np.maximum(np.bincount(owner, minlength=count), 1)
        sums = [np.bincount(owner, weights=axis, minlength=count) for axis in seeds.T]
        centres = np.column_stack(sums) / size[:, None]
    # A light centre between heavy ones may end without any block: it is forgotten.
    kept, owner = np.unique(owner, return_inverse=True)
    rank = np.argsort(np.hypot(*(centres[kept] - CENTRE_M).T), kind="stable")
    return np.argsort(rank)[owner.ravel()], centres[kept][rank]


def _long_ways(radius_m: float, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return rivers, railways and motorways, parallel copies where the territory is vast."""
    specs = (
        ("river", "La Jalonne", "", 12_000, -25, 1500, ((430, 5200), (170, 1900), (50, 700))),
        ("rail", "Ligne de la Jalonne", "", 30_000, -12, 300, ((350, 9000),)),
        ("motorway", "Autoroute des Marches", "A 00", 40_000, 17, -2600, ((500, 14_000),)),
    )
    rows = []
    for kind, name, ref, gap_m, tilt, shift_m, waves in specs:
        copies = range(-int(radius_m // gap_m), int(radius_m // gap_m) + 1)
        for copy in copies:
            line = _wavy_line(1.35 * radius_m, copy * gap_m + shift_m, tilt, waves, rng)
            rows.append({"kind": kind, "name": name, "ref": ref, "geometry": line})
    return gpd.GeoDataFrame(rows, crs=WORKING)


def _wavy_line(
    half_m: float,
    offset_m: float,
    tilt_deg: float,
    waves: tuple[tuple[float, float], ...],
    rng: np.random.Generator,
) -> shapely.LineString:
    """Return a line across the territory; `waves` are amplitudes and lengths in metres."""
    along = np.arange(-half_m, half_m, 60.0)
    across = np.full(len(along), float(offset_m))
    for height_m, length_m in waves:
        across += height_m * np.sin(2 * np.pi * (along / length_m + rng.uniform()))
    turn = np.deg2rad(tilt_deg)
    x = along * np.cos(turn) - across * np.sin(turn)
    y = along * np.sin(turn) + across * np.cos(turn)
    return shapely.LineString((np.column_stack([x, y]) + CENTRE_M).round(2))


def _bourgs_off_the_ways(centres: Floats, ways: gpd.GeoDataFrame) -> Floats:
    """Return the centres, each pushed away from rivers, motorways and railways too near."""
    moved = centres.copy()
    for kind in (*AWAY_M, *AWAY_M):
        lines = ways.geometry[ways["kind"] == kind]
        bridge = shapely.shortest_line(shapely.points(moved), lines.union_all())
        ends = shapely.get_coordinates(bridge).reshape(-1, 2, 2)
        apart = moved - ends[:, 1]
        distance = np.maximum(np.hypot(*apart.T), 1.0)
        push = np.maximum(AWAY_M[kind] - distance, 0)
        moved += apart / distance[:, None] * push[:, None]
    return moved.round(2)


def _village_lots(detail: float, count: int, rng: np.random.Generator) -> Integers:
    """Return how many lots the village of each commune has; the capital has the most."""
    lots = np.clip(rng.lognormal(np.log(80), 0.35, count), 45, 160)
    lots[0] = 300
    # Once communes are as many as codes allow, the parcels still asked for are villages'.
    growth = max(detail**1.5, 1 + VILLAGE_GROWTH * (detail - 1))
    return np.asarray(np.round(lots * growth), dtype=np.intp)


def _described(
    bourgs: Floats, outlines: Geometries, lots: Integers, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    count = len(bourgs)
    siren, names = _epcis(bourgs)
    return gpd.GeoDataFrame(
        {
            "insee": [f"{number:05d}" for number in range(1, count + 1)],
            "nom": commune_names(count, rng),
            "epci_siren": siren,
            "epci_nom": names,
            "lot_count": lots,
            "population": np.round(lots * np.r_[21.7, rng.uniform(6.5, 12.0, count - 1)]),
            "x": bourgs[:, 0],
            "y": bourgs[:, 1],
        },
        geometry=outlines,
        crs=WORKING,
    ).astype({"population": "int64"})


def _epcis(bourgs: Floats) -> tuple[list[str], list[str]]:
    """Return SIREN and name of the EPCI of each commune: strips from west to east."""
    names = ["CC du Pays de Jalonne (fictif)", "CC des Marches fictives"]
    count = max(2, round(len(bourgs) / 40))
    names += [f"CC fictive n° {number}" for number in range(3, count + 1)]
    rank = np.argsort(np.argsort(bourgs[:, 0], kind="stable"), kind="stable")
    shares = np.linspace(0, 1, count + 1)[1:-1] if count > 2 else [0.74]  # noqa: PLR2004 - two EPCI
    strip = np.searchsorted(np.asarray(shares) * len(bourgs), rank, side="right")
    # The EPCI of the capital is the first one.
    strip = np.where(strip == strip[0], 0, np.where(strip < strip[0], strip + 1, strip))
    return [f"{k + 1:09d}" for k in strip], [names[k] for k in strip]


def _covers(
    seeds: Floats, bourgs: Floats, ways: gpd.GeoDataFrame, rng: np.random.Generator
) -> list[str]:
    """Return what grows on each block: woods in masses, meadows by the river, some vines."""
    rivers, _ = short_lengths(ways.geometry[ways["kind"] == "river"].to_numpy())
    near, _ = shapely.STRtree(rivers).query(
        shapely.points(seeds), predicate="dwithin", distance=0.75 * BLOCK_M
    )
    wood, vine = _relief(seeds, rng), _relief(seeds, rng)
    cover = np.full(len(seeds), "field", dtype=object)
    cleared = KDTree(bourgs).query(seeds)[0] < 1.8 * BLOCK_M
    cover[vine > np.quantile(vine, 0.96)] = "vine"
    cover[near] = "meadow"
    cover[(wood > np.quantile(wood, 0.76)) & ~cleared] = "wood"
    return list(cover)


def _relief(points: Floats, rng: np.random.Generator) -> Floats:
    """Return a smooth random height at each point (sum of plane waves of 2.5 to 8 km)."""
    turn, phase = rng.uniform(0, 2 * np.pi, (2, 7))
    length_m = rng.uniform(2500, 8000, 7)
    wave = 2 * np.pi * np.stack([np.cos(turn), np.sin(turn)]) / length_m
    return np.asarray(np.sin((points - CENTRE_M) @ wave + phase).sum(axis=1))


def _roads(communes: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return the departmental roads between neighbouring bourgs (Gabriel graph)."""
    bourgs = communes[["x", "y"]].to_numpy()
    triangles = Delaunay(bourgs).simplices
    pairs = np.unique(np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1), axis=0)
    start, end = bourgs[pairs[:, 0]], bourgs[pairs[:, 1]]
    nearest_m = KDTree(bourgs).query((start + end) / 2)[0]
    kept = nearest_m >= np.hypot(*(start - end).T) / 2 - 0.01
    pairs, start, end = pairs[kept], start[kept], end[kept]
    names = communes["nom"].to_numpy()
    return gpd.GeoDataFrame(
        {
            "kind": np.where((pairs == 0).any(axis=1), "secondary", "tertiary"),
            "name": [f"Route de {names[a]} à {names[b]}" for a, b in pairs],
            "ref": [f"D {number}" for number in range(1, len(pairs) + 1)],
        },
        geometry=[_curve(*ends, rng) for ends in zip(start, end, strict=True)],
        crs=WORKING,
    )


def _curve(start: Floats, end: Floats, rng: np.random.Generator) -> shapely.LineString:
    """Return a gently winding line from `start` to `end`."""
    span = end - start
    length_m = float(np.hypot(*span))
    t = np.linspace(0, 1, max(3, round(length_m / 70)))
    bends = rng.normal(0, (0.05, 0.022, 0.010))
    across = sum(bend * np.sin((k + 1) * np.pi * t) for k, bend in enumerate(bends))
    normal = np.array([-span[1], span[0]])
    return shapely.LineString((start + t[:, None] * span + np.outer(across, normal)).round(2))


def _lanes(
    communes: gpd.GeoDataFrame, seeds: Floats, owner: Integers, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Return the lanes from each bourg to two hamlets, which stand at their far end."""
    rows = []
    for position, (name, x, y) in enumerate(communes[["nom", "x", "y"]].itertuples(index=False)):
        own = seeds[owner == position]
        far = own[np.hypot(*(own - (x, y)).T) > 2 * BLOCK_M]
        chosen = far[np.sort(rng.choice(len(far), min(2, len(far)), replace=False))]
        for number, hamlet in enumerate(chosen, start=1):
            line = _curve(np.array([x, y]), hamlet, rng)
            ref = f"VC {position + 1}-{number}"
            row = {"kind": "unclassified", "name": f"Chemin de {name}", "ref": ref}
            rows.append({**row, "geometry": line})
    return gpd.GeoDataFrame(rows, crs=WORKING)


def _junctions(ways: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return four ramps where each motorway crosses the road nearest to the capital."""
    ramps: list[shapely.LineString] = []
    for motorway in ways.geometry[ways["kind"] == "motorway"]:
        crossings = shapely.intersection(roads.geometry.to_numpy(), motorway)
        single = shapely.get_type_id(crossings) == shapely.GeometryType.POINT
        if not single.any():
            continue
        distance_m = np.where(single, shapely.distance(crossings, shapely.Point(CENTRE_M)), np.inf)
        chosen = int(np.argmin(distance_m))
        ramps += _ramps(motorway, roads.geometry.iloc[chosen], crossings[chosen])
    name = [f"Échangeur de Jalonne, bretelle {n}" for n in range(1, len(ramps) + 1)]
    columns = {"kind": "motorway_link", "name": name, "ref": ""}
    return gpd.GeoDataFrame(columns, geometry=ramps, crs=WORKING)


def _ramps(
    motorway: shapely.LineString, road: shapely.LineString, crossing: shapely.Point
) -> list[shapely.LineString]:
    on_motorway = np.asarray(motorway.coords)
    middle = int(np.argmin(np.hypot(*(on_motorway - crossing.coords[0]).T)))
    at_m = road.project(crossing)
    t = np.linspace(0, 1, 9)[:, None]
    ramps = []
    for step, side_m in ((7, 170.0), (7, -170.0), (-7, 170.0), (-7, -170.0)):
        start = on_motorway[np.clip(middle + step, 0, len(on_motorway) - 1)]
        end = np.asarray(road.interpolate(at_m + side_m).coords[0])
        bend = 0.65 * np.asarray(crossing.coords[0]) + 0.35 * start
        xy = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
        ramps.append(shapely.LineString(xy.round(2)))
    return ramps


def _inside(ways: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the ways clipped to the territory, one row a piece, numbered anew."""
    land = shapely.coverage_union_all(communes.geometry.to_numpy())
    clipped = ways.set_geometry(ways.geometry.intersection(land)).explode(ignore_index=True)
    # A way may touch the border in a point, or not at all.
    return clipped[clipped.geometry.length > 0].reset_index(drop=True)
