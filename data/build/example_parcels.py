"""Parcels, buildings and what covers the ground, all read off the same faces."""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.build.example_ground import Faces, Ground
from data.build.example_land import Territory
from data.build.example_shapes import Floats, Geometries, boxes_inside, merged_by
from geo.crs import WORKING

OPEN_KINDS: Final = ("field", "meadow", "wood", "vine")
BUILT_SHARE: Final = {
    "village": 0.91,
    "hamlet": 0.86,
    "activity": 0.7,
    "equipment": 1.0,
    "friche": 0.8,
}
FOOTPRINT: Final = {
    "village": (0.16, 0.38),
    "hamlet": (0.08, 0.18),
    "activity": (0.22, 0.5),
    "equipment": (0.08, 0.16),
    "friche": (0.2, 0.45),
}
"""Least and greatest share of the parcel's box that a building covers."""

SETBACK_M: Final = {"village": 1.0, "hamlet": 4.0, "activity": 7.0, "equipment": 8.0, "friche": 5.0}
SMALLEST_BUILDING_M2: Final = 24.0
LIGHT_SHARE: Final = 0.07

SECTION_SIZE: Final = {False: 180, True: 110}
LETTERS: Final = 26

ROAD_COVER: Final = ("CS1.1.1.2", "US4.1.1")
WAY_COVERS: Final = {"river": ("CS1.2.2", "US6.3"), "rail": ("CS1.1.2.1", "US4.1.2")}
OPEN_COVERS: Final = {
    "field": ("CS2.2.1", "US1.1"),
    "meadow": ("CS2.2.1", "US1.1"),
    "vine": ("CS2.1.3", "US1.1"),
    "future_activity": ("CS2.2.1", "US1.1"),
    "future_housing": ("CS2.2.1", "US1.1"),
}
YARD_COVERS: Final = {
    "village": ("CS2.2.1", "US5"),
    "hamlet": ("CS2.2.1", "US5"),
    "activity": ("CS1.1.1.2", "US2"),
    "equipment": ("CS2.2.1", "US3"),
    "friche": ("CS1.1.2.1", "US6.2"),
}
VACANT_COVERS: Final = {
    "village": ("CS2.2.1", "US6.3"),
    "hamlet": ("CS2.2.1", "US6.3"),
    "activity": ("CS2.2.1", "US6.1"),
    "friche": ("CS2.1.2", "US6.2"),
}
"""OCS GE codes; a serviced plot awaiting its firm is a zone in transition (US6.1)."""


@dataclass(frozen=True, slots=True)
class Land:
    """What is drawn in a few communes, parcels and buildings sorted by parcel identifier.

    parcels: idu, commune (position), kind, zone, site, area_m2, roof_m2, geometry.
    buildings: parcel (position), is_light, geometry. cover: cs, us, geometry.
    zones: commune (position), zone, geometry. outlines: the communes, in their order.
    """

    parcels: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    cover: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    outlines: Geometries


def draw_land(faces: Faces, ground: Ground, territory: Territory, rng: np.random.Generator) -> Land:
    """Return the parcels cut from `faces`, numbered as the cadastre does, and what they bear.

    Zones and communes take the very edges of their parcels, so that nothing overhangs.
    """
    parcels = _numbered(_parcels(faces, ground), territory)
    buildings = _buildings(parcels, rng)
    roof_m2 = np.zeros(len(parcels))
    roof_m2[buildings["parcel"]] = buildings.geometry.area
    parcels = parcels.assign(roof_m2=roof_m2)
    cover = _land_cover(faces, ground, parcels, buildings)
    zones = _dissolved(ground.pieces[["commune", "zone"]].iloc[faces.ground], faces.shapes)
    outlines = _dissolved(zones[["commune"]], zones.geometry.to_numpy()).geometry.to_numpy()
    return Land(parcels, buildings, cover, zones.explode(ignore_index=True), outlines)


def _dissolved(keys: pd.DataFrame, shapes: Geometries) -> gpd.GeoDataFrame:
    """Return the union of the shapes of each different row of `keys`, sorted by key."""
    groups = keys.groupby(list(keys.columns), sort=True)
    merged = merged_by(shapes, np.asarray(groups.ngroup(), dtype=np.intp))
    return gpd.GeoDataFrame(groups.size().index.to_frame(index=False), geometry=merged, crs=WORKING)


def _land_cover(
    faces: Faces, ground: Ground, parcels: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return what covers every one of `faces`: columns cs, us, geometry; no overlap."""
    is_public = faces.lot < 0
    public = ground.pieces["commune"].to_numpy()[faces.ground[is_public]]
    covers = np.array([*_parcel_covers(parcels), *_public_covers(faces, ground)])
    soil = pd.DataFrame(covers, columns=["cs", "us"])
    soil.insert(0, "commune", np.concatenate([parcels["commune"], public]))
    # Houses stand inside their parcels: cutting them out leaves the shared edges as they are.
    unbuilt, built = parcels.geometry.to_numpy(copy=True), buildings["parcel"].to_numpy()
    unbuilt[built] = shapely.difference(unbuilt[built], buildings.geometry.to_numpy())
    bare = _dissolved(soil, np.concatenate([unbuilt, faces.shapes[is_public]]))
    roofs = buildings[["geometry"]].assign(cs="CS1.1.1.1", us=covers[built, 1])
    everything = pd.concat([bare, roofs], ignore_index=True)
    return everything[["cs", "us", "geometry"]].explode(ignore_index=True)


def _parcels(faces: Faces, ground: Ground) -> gpd.GeoDataFrame:
    """Return one row a lot; what it is comes from its largest face."""
    is_lot = faces.lot >= 0
    of_lot, piece = faces.lot[is_lot], faces.ground[is_lot]
    order = np.lexsort((piece, -shapely.area(faces.shapes[is_lot]), of_lot))
    _, first = np.unique(of_lot[order], return_index=True)
    described = ground.pieces[["commune", "kind", "zone", "site"]].iloc[piece[order[first]]]
    shapes = shapely.normalize(merged_by(faces.shapes, faces.lot))
    parcels = gpd.GeoDataFrame(described.reset_index(drop=True), geometry=shapes, crs=WORKING)
    return parcels.explode(ignore_index=True)


def _numbered(parcels: gpd.GeoDataFrame, territory: Territory) -> gpd.GeoDataFrame:
    """Return the parcels with `idu`: sections turn around the bourg, Z… in the open land."""
    bourg = territory.communes[["x", "y"]].to_numpy()[parcels["commune"]]
    x, y = shapely.get_coordinates(shapely.centroid(parcels.geometry.to_numpy())).T - bourg.T
    placed = parcels.assign(
        is_open=parcels["kind"].isin(OPEN_KINDS),
        angle=np.arctan2(y, x).round(6),
        away_m=np.hypot(x, y).round(2),
        area_m2=parcels.geometry.area,
    )
    placed = placed.sort_values(["commune", "is_open", "angle", "away_m"], ignore_index=True)
    rank = placed.groupby(["commune", "is_open"]).cumcount()
    size = placed["is_open"].map(SECTION_SIZE)
    section, number = rank // size, rank % size + 1
    letters = [_section(k, is_open=o) for k, o in zip(section, placed["is_open"], strict=True)]
    insee = territory.communes["insee"].to_numpy()[placed["commune"]]
    idu = pd.Series(insee) + "000" + pd.Series(letters) + number.map("{:04d}".format)
    columns = ["idu", "commune", "kind", "zone", "site", "area_m2", "geometry"]
    return placed.assign(idu=idu)[columns].sort_values("idu", ignore_index=True)


def _section(rank: int, *, is_open: bool) -> str:
    turn, letter = divmod(int(rank), LETTERS)
    first = chr(ord("Z") - turn) if is_open else chr(ord("A") + turn)
    return first + chr(ord("A") + letter)


def _buildings(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return the main building of each built parcel, inside it."""
    draw = rng.uniform(size=(len(parcels), 3))
    built = np.flatnonzero(draw[:, 0] < parcels["kind"].map(BUILT_SHARE).fillna(0).to_numpy())
    kind = parcels["kind"].to_numpy()[built]
    least, most = _bounds(kind)
    share = least + (most - least) * draw[built, 1]
    setback_m = pd.Series(kind).map(SETBACK_M).to_numpy(float)
    shapes = np.full(len(built), shapely.Polygon(), dtype=object)
    ground = parcels.geometry.to_numpy()[built]
    for value in np.unique(setback_m):
        same = setback_m == value
        shapes[same] = boxes_inside(ground[same], share[same], setback_m=float(value))
    shapes = shapely.transform(shapes, lambda xy: xy.round(2))
    is_polygon = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    is_large = shapely.area(shapes) >= SMALLEST_BUILDING_M2
    kept = is_polygon & is_large & shapely.is_valid(shapes)
    is_light = draw[built, 2] < LIGHT_SHARE
    columns = {"parcel": built[kept], "is_light": is_light[kept]}
    return gpd.GeoDataFrame(columns, geometry=shapes[kept], crs=WORKING)


def _bounds(kind: np.ndarray) -> tuple[Floats, Floats]:
    pairs = np.array([FOOTPRINT[name] for name in kind]).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _parcel_covers(parcels: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Return the OCS GE codes of the unbuilt ground of each parcel."""
    rows = parcels[["kind", "roof_m2", "zone", "idu"]].itertuples(index=False)
    return [_cover(kind, built=roof > 0, zone=zone, idu=idu) for kind, roof, zone, idu in rows]


def _cover(kind: str, *, built: bool, zone: str, idu: str) -> tuple[str, str]:
    if kind == "wood":
        # The section decides the species: a wood is of one kind.
        return (f"CS2.1.1.{1 + ord(idu[9]) % 3}", "US1.2")
    if kind in OPEN_COVERS:
        return OPEN_COVERS[kind]
    if not built:
        return VACANT_COVERS.get(kind, ("CS2.2.1", "US6.3"))
    return ("CS1.1.1.2", "US5") if zone == "UA" else YARD_COVERS[kind]


def _public_covers(faces: Faces, ground: Ground) -> list[tuple[str, str]]:
    """Return the OCS GE codes of the faces outside parcels: roads, railways, rivers."""
    kinds = np.append(ground.surfaces["kind"].to_numpy(object), "road")
    return [WAY_COVERS.get(kind, ROAD_COVER) for kind in kinds[faces.surface[faces.lot < 0]]]
