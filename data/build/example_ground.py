"""From sites and blocks to faces: streets are opened, lots cut, every edge shared.

The ground and its lines are laid out for the whole territory; faces, by far the heaviest, are
cut a few communes at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.build.example_land import HALF_WIDTH_M, Territory
from data.build.example_shapes import (
    GRID_M,
    Geometries,
    Integers,
    absorb,
    first_containing,
    noded_faces,
    short_lengths,
    subdivide,
)
from data.build.example_sites import STREETED
from geo.crs import WORKING
from geo.overlay import erase

STREET_BLOCK_M2: Final = {"village": 9000.0, "activity": 46_000.0}
CORE_SHARE: Final = 0.5
"""Lots nearer the bourg than this share of the village's reach are its dense core."""

LOT_M2: Final = {"field": 64_000.0, "meadow": 45_000.0, "wood": 140_000.0, "vine": 16_000.0}
MAX_ASPECT: Final = {"field": 6.5, "meadow": 4.0, "wood": 2.5, "vine": 6.5, "village": 3.2}
SMALL_SHARE: Final = 0.12
"""A lot under this share of its target is given to a neighbour: it is a remnant of cutting."""

SMALLEST_LOT_M2: Final = 40.0
"""What is left under this area, with no neighbour to take it, stays with the public ways."""

ZONE_OF_COVER: Final = {"field": "A", "meadow": "N", "wood": "N", "vine": "A"}

COMMUNES_AT_ONCE: Final = 8
"""Enough for the work to be done in few calls, few enough for memory not to follow the size."""

NEAR_M: Final = 5 * GRID_M
"""Lines within this reach of a commune's land bear on where its edges are drawn."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The finest pieces of a few communes: they cover them all, and none covers another.

    ground: position in `Ground.pieces`. surface: position in `Ground.surfaces`, -1 off them.
    lot: parcel, -1 on public ways.
    """

    shapes: Geometries
    ground: Integers
    surface: Integers
    lot: Integers


@dataclass(frozen=True, slots=True)
class Ground:
    """Pieces of ground before the ways are opened, and all the ways, streets included.

    pieces: commune, kind, zone, site (position or -1), lot_m2, geometry.
    surfaces: kind, geometry (what the ways cover, those that pass over first).
    """

    pieces: gpd.GeoDataFrame
    ways: gpd.GeoDataFrame
    surfaces: gpd.GeoDataFrame


def lay_ground(territory: Territory, sites: gpd.GeoDataFrame, rng: np.random.Generator) -> Ground:
    """Return the ground of the territory, its built-up sites divided by streets."""
    streeted = sites["kind"].isin(STREETED)
    blocks, streets = _street_blocks(sites[streeted], territory, rng)
    plain = sites[~streeted].assign(site=lambda table: table.index)
    open_land = _open_land(territory, sites)
    columns = ["commune", "kind", "zone", "site", "lot_m2", "geometry"]
    pieces = pd.concat([blocks[columns], plain[columns], open_land[columns]], ignore_index=True)
    ways = gpd.GeoDataFrame(pd.concat([territory.ways, streets], ignore_index=True), crs=WORKING)
    return Ground(gpd.GeoDataFrame(pieces, crs=WORKING), ways, _surfaces(ways))


def cut_faces(ground: Ground, rng: np.random.Generator) -> Iterator[Faces]:
    """Yield the faces of a few communes after a few others, until the whole territory is cut.

    Two communes share the very edges of their border: the lines of both are noded for each.
    """
    tiles = _tiles(ground)
    cuts = [_cut_lines(ground, tile, rng) for tile in tiles]
    shapes = np.concatenate([ground.pieces.geometry, ground.surfaces.geometry])
    lines = gpd.GeoSeries(np.concatenate([shapely.boundary(shapes), *cuts]))
    for tile in tiles:
        yield _faces(ground, tile, lines)


def _tiles(ground: Ground) -> list[Integers]:
    """Return the positions of the pieces of a few communes at a time."""
    tile = ground.pieces["commune"].to_numpy() // COMMUNES_AT_ONCE
    return [np.flatnonzero(tile == number) for number in np.unique(tile)]


def _cut_lines(ground: Ground, tile: Integers, rng: np.random.Generator) -> Geometries:
    """Return the lines that cut these pieces, once the ways are opened, into lots."""
    pieces = ground.pieces.iloc[tile]
    target_m2 = rng.lognormal(0, 0.28, len(pieces)) * pieces["lot_m2"].to_numpy(float)
    aspect = pieces["kind"].map(MAX_ASPECT).fillna(3.0).to_numpy(float)
    surfaces = ground.surfaces.geometry.iloc[_near(ground.surfaces, pieces.geometry)]
    lots_ground = erase(pieces.geometry, surfaces).to_numpy()
    return subdivide(lots_ground, target_m2=target_m2, max_aspect=aspect, rng=rng).lines


def _near(shapes: gpd.GeoSeries | gpd.GeoDataFrame, pieces: gpd.GeoSeries) -> Integers:
    """Return the positions of the shapes within `NEAR_M` of the pieces."""
    _, found = shapes.sindex.query(pieces, predicate="dwithin", distance=NEAR_M)
    return np.unique(found)


def _faces(ground: Ground, tile: Integers, lines: gpd.GeoSeries) -> Faces:
    """Return the faces of these pieces: lots, and what ways leave of the ground."""
    pieces = ground.pieces.geometry.iloc[tile]
    shapes, points = noded_faces(lines.to_numpy()[_near(lines, pieces)])
    piece = first_containing(points, pieces.to_numpy())
    inside = piece >= 0
    shapes, points, of_ground = shapes[inside], points[inside], tile[piece[inside]]
    near = _near(ground.surfaces, pieces)
    found = first_containing(points, ground.surfaces.geometry.to_numpy()[near])
    surface = np.where(found < 0, -1, near[found])
    return Faces(shapes, of_ground, surface, _lots(shapes, of_ground, surface, ground))


def _street_blocks(
    sites: gpd.GeoDataFrame, territory: Territory, rng: np.random.Generator
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the blocks of villages and activity zones, and the streets between them."""
    split, site = _split_by_roads(sites, territory.ways)
    kind = sites["kind"].loc[site].to_numpy()
    block_m2 = pd.Series(kind).map(STREET_BLOCK_M2).to_numpy(float)
    cut = subdivide(split, target_m2=block_m2, max_aspect=np.full(len(split), 2.0), rng=rng)
    owner = site[cut.owner]
    blocks = sites.loc[owner].reset_index(drop=True).set_geometry(cut.pieces, crs=WORKING)
    blocks = _with_cores(blocks.assign(site=owner), territory)
    named = sites.loc[site[cut.line_owner]].reset_index(drop=True)
    is_village = named["kind"] == "village"
    streets = gpd.GeoDataFrame(
        {
            "kind": np.where(is_village, "residential", "unclassified"),
            "name": np.where(is_village, "Rue de " + named["name"], "Desserte, " + named["name"]),
            "ref": "",
        },
        geometry=cut.lines,
        crs=WORKING,
    ).explode(ignore_index=True)
    return blocks, streets[streets.geometry.geom_type == "LineString"].reset_index(drop=True)


def _split_by_roads(sites: gpd.GeoDataFrame, ways: gpd.GeoDataFrame) -> tuple[Geometries, Integers]:
    """Return the parts of each site between the roads that cross it, and the site of each."""
    kinds = ("secondary", "tertiary", "unclassified")
    roads = ways.geometry[ways["kind"].isin(kinds)].to_numpy()
    tree = shapely.STRtree(roads)
    parts, owner = [], []
    for index, shape in sites.geometry.items():
        crossing = roads[np.sort(tree.query(shape, predicate="intersects"))]
        lines = shapely.union_all([shape.boundary, *shapely.intersection(crossing, shape)])
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        faces = faces[shapely.within(shapely.point_on_surface(faces), shape)]
        parts.append(faces)
        owner.append(np.full(len(faces), index, dtype=np.intp))
    return np.concatenate(parts), np.concatenate(owner)


def _with_cores(blocks: gpd.GeoDataFrame, territory: Territory) -> gpd.GeoDataFrame:
    """Return the blocks, those in the heart of a village dense and zoned UA."""
    bourg = territory.communes[["x", "y"]].to_numpy()[blocks["commune"]]
    is_village = (blocks["kind"] == "village").to_numpy()
    away_m = shapely.distance(shapely.centroid(blocks.geometry.to_numpy()), shapely.points(bourg))
    reach_m = pd.Series(away_m).groupby(blocks["site"].to_numpy()).transform("max").to_numpy()
    core = is_village & (away_m < CORE_SHARE * reach_m)
    return blocks.assign(
        zone=np.where(core, "UA", blocks["zone"]),
        lot_m2=np.where(core, 0.6 * blocks["lot_m2"], blocks["lot_m2"]),
    )


def _open_land(territory: Territory, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what the sites leave of the field blocks."""
    rest = territory.blocks.set_geometry(erase(territory.blocks.geometry, sites.geometry))
    rest = rest.explode(ignore_index=True)
    rest = rest[rest.geometry.area > 1].reset_index(drop=True)
    return rest.assign(
        kind=rest["cover"],
        zone=rest["cover"].map(ZONE_OF_COVER),
        site=-1,
        lot_m2=rest["cover"].map(LOT_M2),
    )


def _surfaces(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the ground that ways cover, long ones in several lengths, in the order of `ways`."""
    lengths, way = short_lengths(ways.geometry.to_numpy())
    kind = ways["kind"].iloc[way]
    half_m = kind.map(HALF_WIDTH_M).to_numpy(float)
    drawn = shapely.buffer(lengths, half_m, cap_style="flat", join_style="mitre")
    return gpd.GeoDataFrame({"kind": kind.to_numpy()}, geometry=drawn, crs=WORKING)


def _lots(shapes: Geometries, of_ground: Integers, surface: Integers, ground: Ground) -> Integers:
    """Return the lot of each face, numbered from 0, remnants of cutting given to a neighbour."""
    area_m2 = shapely.area(shapes)
    target_m2 = ground.pieces["lot_m2"].to_numpy(float)[of_ground]
    remnant = (surface < 0) & (area_m2 < SMALL_SHARE * target_m2)
    commune = ground.pieces["commune"].to_numpy()[of_ground]
    zone = pd.factorize(ground.pieces["zone"].iloc[of_ground], sort=True)[0]
    own = np.arange(len(shapes))
    merged = np.where(remnant | (surface >= 0), -1, own)
    for family in (commune * 100 + zone, commune):
        merged = absorb(merged, faces=shapes, small=remnant & (merged < 0), family=family)
    alone = remnant & (merged < 0) & (area_m2 > SMALLEST_LOT_M2)
    found, numbered = np.unique(np.where(alone, own, merged), return_inverse=True)
    return np.asarray(numbered.ravel() - int(found[0] < 0), dtype=np.intp)
