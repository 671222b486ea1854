"""Sites of the invented territory: villages, activity zones, urbanisation zones, friches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.ops import substring

from data.build.example_land import Territory
from geo.crs import WORKING

STREETED: Final = ("village", "activity")
LOT_M2: Final = 760.0
STREET_SHARE: Final = 0.24
GAP_M: Final = 70.0
SMALLEST_SITE_M2: Final = 1500.0
FARTHEST_SHARE: Final = 0.47
"""A site stands on the first half of a road: the other half is its neighbour's."""


DESCRIBED_BY: Final = ("kind", "zone", "name", "lot_m2", "nature")


@dataclass(frozen=True, slots=True)
class Site:
    """A plot of a given size to place along a way; `lot_m2` is the size of its parcels."""

    kind: str
    zone: str
    name: str
    length_m: float
    depth_m: float
    lot_m2: float
    along: str = "road"
    nature: str = ""


ACTIVITY_SITES: Final = (
    Site("activity", "UX", "Zone artisanale des Saules", 330, 190, 4200),
    Site("activity", "UY", "Zone industrielle du Gué", 520, 330, 15_000),
    Site("activity", "UX", "Parc d'activités de la Plaine", 430, 260, 7500),
    Site("activity", "UY", "Zone d'activités de la Tuilière", 380, 230, 9000),
)
JUNCTION_SITE: Final = Site(
    "activity", "UY", "Parc d'activités de l'Échangeur", 760, 430, 22_000, along="junction"
)
FUTURE_ACTIVITY: Final = (
    Site("future_activity", "1AUX", "Extension à vocation d'activités", 300, 210, 16_000),
    Site("future_activity", "2AUX", "Réserve à vocation d'activités", 340, 230, 26_000),
)
FUTURE_HOUSING: Final = Site("future_housing", "1AU", "Extension du bourg", 190, 130, 7000)
EQUIPMENT: Final = Site("equipment", "UE", "Terrains de sports et école", 130, 110, 15_000)

_INDUSTRIAL = "friche industrielle"

FRICHES: Final = (
    Site("friche", "UX", "Ancienne filature du Gué", 210, 95, 9000, "river", _INDUSTRIAL),
    Site("friche", "UZ", "Ancienne gare de triage", 640, 95, 32_000, "rail", "friche ferroviaire"),
    Site("friche", "UY", "Ancienne laiterie", 130, 100, 8000, nature="friche agro-industrielle"),
    Site("friche", "UY", "Ancienne tuilerie", 150, 110, 9000, nature=_INDUSTRIAL),
    Site("friche", "UE", "Ancienne caserne", 260, 190, 22_000, nature="friche militaire"),
    Site("friche", "UY", "Anciens silos", 110, 80, 9000, nature="friche agro-industrielle"),
    Site("friche", "Nc", "Ancienne carrière", 300, 220, 60_000, nature="friche carrière ou mine"),
    Site("friche", "UX", "Ancien entrepôt", 190, 140, 20_000, nature="friche logistique"),
    Site("friche", "UX", "Ancienne station-service", 60, 45, 3000, nature="friche commerciale"),
    Site("friche", "UY", "Ancienne fonderie", 220, 150, 15_000, nature=_INDUSTRIAL),
    Site("friche", "UX", "Ancienne scierie", 150, 100, 9000, "river", _INDUSTRIAL),
    Site("friche", "UX", "Ancien supermarché", 140, 110, 16_000, nature="friche commerciale"),
    Site("friche", "UX", "Ancien garage", 60, 50, 3000, nature="friche commerciale"),
    Site("friche", "UE", "Ancien collège", 130, 100, 12_000, nature="friche enseignement"),
    Site("friche", "UX", "Ancienne usine de bonneterie", 120, 90, 6000, nature=_INDUSTRIAL),
)


def place_sites(territory: Territory, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return one row a site, none over another, each inside its commune.

    Columns: commune (position), kind, zone, name, lot_m2, nature, geometry.
    """
    rows = []
    for position in range(len(territory.communes)):
        rows += _sites_of_commune(territory, position, rng)
    return gpd.GeoDataFrame(rows, crs=WORKING)


def _sites_of_commune(
    territory: Territory, position: int, rng: np.random.Generator
) -> list[dict[str, object]]:
    commune = territory.communes.iloc[position]
    shapely.prepare(commune.geometry)
    taken: list[shapely.Geometry] = []
    rows = []
    for site, drawn in _drawn(territory, position, rng):
        free = shapely.intersection(drawn, commune.geometry)
        near = [other for other in taken if shapely.intersects(other, free)]
        free = shapely.difference(free, shapely.union_all(near)) if near else free
        parts = shapely.get_parts(free)
        if not len(parts):
            continue
        kept = parts[int(np.argmax(shapely.area(parts)))]
        if kept.area < SMALLEST_SITE_M2:
            continue
        taken.append(kept)
        described = {name: getattr(site, name) for name in DESCRIBED_BY}
        rows.append({"commune": position, **described, "geometry": kept})
    return rows


def _drawn(
    territory: Territory, position: int, rng: np.random.Generator
) -> Iterator[tuple[Site, shapely.Polygon]]:
    """Yield each site of a commune with its outline, the most important first."""
    commune = territory.communes.iloc[position]
    bourg = np.array([commune["x"], commune["y"]])
    radius_m = float(np.sqrt(commune["lot_count"] * LOT_M2 * (1 + STREET_SHARE) / np.pi))
    yield Site("village", "UB", commune["nom"], 0, 0, LOT_M2), _blob(bourg, radius_m, rng)
    roads = _roads_from(territory.ways, bourg, ("secondary", "tertiary"))
    lanes = _roads_from(territory.ways, bourg, ("unclassified",))
    for lane in lanes:
        end = np.asarray(lane.coords[-1])
        yield Site("hamlet", "UB", commune["nom"], 0, 0, 1500), _blob(end, 75, rng)
    yield from _along_ways(territory, position, bourg)
    cursors = np.full(2 * len(roads), radius_m + 40.0)
    for site, wanted in _programme(position, len(cursors)):
        is_full = cursors[wanted] + site.length_m > FARTHEST_SHARE * roads[wanted // 2].length
        slot = int(np.argmin(cursors)) if is_full else wanted
        side = 1 - 2 * (slot % 2)
        yield site, _strip(roads[slot // 2], float(cursors[slot]), site, side)
        follows = site.kind == "activity" or site.zone == "1AUX"
        cursors[slot] += site.length_m + (0 if follows else GAP_M)


def _programme(position: int, slot_count: int) -> Iterator[tuple[Site, int]]:
    """Yield what stands by the roads of a commune, with its slot (road and side)."""
    activity = ACTIVITY_SITES[(position + 1) % len(ACTIVITY_SITES)]
    if position % 4 != 3:  # noqa: PLR2004 - one commune in four has no activity zone
        yield activity, 0
        yield FUTURE_ACTIVITY[0], 0
    if position % 2 == 0:
        yield FUTURE_ACTIVITY[1], 0
    if position == 0:
        yield ACTIVITY_SITES[2], 3 % slot_count
    yield FUTURE_HOUSING, 1 % slot_count
    yield EQUIPMENT, 2 % slot_count
    for number, friche in enumerate(_friches_of(position)):
        if friche.along == "road":
            yield friche, (3 + number) % slot_count


def _friches_of(position: int) -> list[Site]:
    """Return the friches of a commune: the fifteen kinds in turn, two a commune."""
    return [FRICHES[k % len(FRICHES)] for k in (2 * position, 2 * position + 1)]


def _along_ways(
    territory: Territory, position: int, bourg: np.ndarray
) -> Iterator[tuple[Site, shapely.Polygon]]:
    """Yield the sites that a river, a railway or a motorway junction draws to it."""
    commune = territory.communes.iloc[position]
    yield from _by_junction(territory, commune.geometry)
    for site in _friches_of(position):
        is_way = territory.ways["kind"] == site.along
        ways = territory.ways.geometry[is_way].to_numpy()
        if len(ways):
            way = ways[int(np.argmin(shapely.distance(ways, shapely.Point(bourg))))]
            # Not right behind the village, which would cover it.
            start = min(way.project(shapely.Point(bourg)) + 260, way.length - site.length_m)
            if shapely.intersects(commune.geometry, way.interpolate(start)):
                yield site, _strip(way, start, site, _side_of(way, start, site, bourg))


def _by_junction(
    territory: Territory, commune: shapely.Geometry
) -> Iterator[tuple[Site, shapely.Polygon]]:
    """Yield the zone by a motorway junction of the commune, on the road that leads to it."""
    is_road = territory.ways["kind"].isin(["secondary", "tertiary"])
    roads = territory.ways.geometry[is_road].to_numpy()
    ramps = territory.ways.geometry[territory.ways["kind"] == "motorway_link"]
    ends = shapely.points(np.array([ramp.coords[-1] for ramp in ramps]).reshape(-1, 2))
    for end in ends[shapely.dwithin(commune, ends, 500)]:
        road = roads[int(np.argmin(shapely.distance(roads, end)))]
        at_m = float(road.project(end)) + 60
        if at_m + JUNCTION_SITE.length_m < road.length:
            drawn = _strip(road, at_m, JUNCTION_SITE, 1)
            if shapely.contains(commune, drawn.centroid):
                yield JUNCTION_SITE, drawn
                return


def _side_of(way: shapely.LineString, start: float, site: Site, target: np.ndarray) -> int:
    """Return the side (1 left, -1 right) of `way` where `target` lies."""
    a, b = (np.asarray(way.interpolate(start + d).coords[0]) for d in (0, site.length_m))
    run, aim = b - a, target - a
    return 1 if run[0] * aim[1] - run[1] * aim[0] > 0 else -1


def _roads_from(
    ways: gpd.GeoDataFrame, bourg: np.ndarray, kinds: tuple[str, ...]
) -> list[shapely.LineString]:
    """Return the ways of these kinds that touch the bourg, each drawn from it."""
    near = ways.sindex.query(shapely.Point(bourg), predicate="dwithin", distance=1.0)
    found = ways.iloc[np.sort(near)]
    touching = found.geometry[found["kind"].isin(kinds)].to_numpy()
    starts = [np.hypot(*(np.asarray(line.coords[0]) - bourg)) < 1.0 for line in touching]
    return [
        line if forward else shapely.reverse(line)
        for line, forward in zip(touching, starts, strict=True)
    ]


def _blob(centre: np.ndarray, radius_m: float, rng: np.random.Generator) -> shapely.Polygon:
    """Return an irregular rounded outline of mean radius `radius_m`."""
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    swell = 1 + sum(
        0.24 / k * np.sin(k * angle + phase)
        for k, phase in zip((2, 3, 4), rng.uniform(0, 2 * np.pi, 3), strict=True)
    )
    around = np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.Polygon((centre + radius_m * np.asarray(swell)[:, None] * around).round(2))


def _strip(way: shapely.LineString, start_m: float, site: Site, side: int) -> shapely.Polygon:
    """Return the ground between the centre line of `way` and a parallel chord."""
    edge = np.asarray(substring(way, start_m, start_m + site.length_m).coords)
    run = edge[-1] - edge[0]
    normal = side * np.array([-run[1], run[0]]) / max(float(np.hypot(*run)), 1e-9)
    far = edge[[-1, 0]] + site.depth_m * normal
    return shapely.make_valid(shapely.Polygon(np.vstack([edge, far]).round(2)), method="structure")
