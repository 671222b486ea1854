"""What the ground is used for in fact, and the ENAF hectares a footprint would cost."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import Floats, Meetings, clip_to_union, meetings, subtract
from geo.shapes import M2_PER_HA, area_ha
from jalon.zan.land_class import ENAF_CLASSES, LandClass, land_classes

SLIVER_M2 = 0.01
"""Below this, two drawings that share a limit do not overlap."""


WORKS_FR = "travaux démarrés"
LOCAL_MOS_FR = "mode d'occupation du sol local"
CROPS_FR = "RPG"
FORESTS_FR = "BD Forêt"
BUILDINGS_FR = "bâtiments"


def evidence(
    land_cover: gpd.GeoDataFrame | None,
    crops: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    *,
    works: gpd.GeoDataFrame | None = None,
    local_mos: gpd.GeoDataFrame | None = None,
    forests: gpd.GeoDataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, ...]:
    """Return the sources of occupation, strongest first: columns land_class and source_fr.

    The order is that of rulebook 3.2: ground where works have begun (`works`, other projects
    than the one costed), the local map of occupation (`local_mos`, which brings its column
    `land_class`), OCS GE with the latest vintage first, the declared farmland, the mapped
    forests, then the buildings. No PLU zone is among them (R-PAR-3).
    """
    listed = [
        _all_of(works, LandClass.URBANISED, WORKS_FR),
        None if local_mos is None else _said(local_mos, local_mos["land_class"], LOCAL_MOS_FR),
        *_vintages(land_cover),
        _all_of(crops, LandClass.FARM, CROPS_FR),
        _all_of(forests, LandClass.FOREST, FORESTS_FR),
        _all_of(buildings, LandClass.URBANISED, BUILDINGS_FR),
    ]
    return tuple(source for source in listed if source is not None)


def _all_of(
    table: gpd.GeoDataFrame | None, kind: LandClass, source_fr: str
) -> gpd.GeoDataFrame | None:
    return None if table is None else _said(table, kind, source_fr)


def _said(
    table: gpd.GeoDataFrame, classes: pd.Series | list[LandClass] | LandClass, source_fr: str
) -> gpd.GeoDataFrame:
    return table[["geometry"]].assign(land_class=classes, source_fr=source_fr)


def _vintages(land_cover: gpd.GeoDataFrame | None) -> list[gpd.GeoDataFrame]:
    """Return OCS GE as one source a vintage, the latest first."""
    if land_cover is None:
        return []
    classed = _said(land_cover, land_classes(land_cover["cover"], land_cover["use"]), "OCS GE")
    vintages = land_cover["vintage"].fillna("").astype(str)
    return [
        classed[vintages.eq(one)].assign(source_fr=f"OCS GE {one}".rstrip())
        for one in sorted(vintages.unique(), reverse=True)
    ]


def class_areas_ha(
    footprints: gpd.GeoSeries, sources: tuple[gpd.GeoDataFrame, ...]
) -> pd.DataFrame:
    """Return the hectares of each class of land in each footprint; columns are LandClass.

    Each source speaks only of what stronger ones left unknown, so that the classes of a
    footprint add up to its area; codes that settle nothing leave the ground to the next one.
    """
    areas = pd.DataFrame(0.0, index=footprints.index, columns=[c.value for c in LandClass])
    rest = footprints
    for source in _settling(sources):
        met = meetings(rest, source.geometry)
        areas += _areas_told_ha(rest, source, met)
        covered = gpd.GeoSeries(met.covered, index=rest.index, crs=rest.crs)
        rest = subtract(rest, covered)
    areas[LandClass.UNKNOWN.value] += area_ha(rest)
    return areas


def _settling(sources: tuple[gpd.GeoDataFrame, ...]) -> list[gpd.GeoDataFrame]:
    """Return the sources without the ground whose class they do not settle."""
    return [one[one["land_class"].ne(LandClass.UNKNOWN)] for one in sources]


def _areas_told_ha(
    footprints: gpd.GeoSeries, source: gpd.GeoDataFrame, met: Meetings
) -> pd.DataFrame:
    """Return the hectares of each class one source tells; land it draws twice counts once.

    Where its shapes overlap, the first class of LandClass keeps the land.
    """
    classes = [c.value for c in LandClass]
    kind = pd.Categorical(source["land_class"], categories=classes).codes
    told_m2 = np.zeros((len(footprints), len(classes)))
    np.add.at(told_m2, (met.of_left, kind[met.of_right]), met.piece_m2)
    twice = told_m2.sum(axis=1) > met.covered_m2 + SLIVER_M2
    if twice.any():
        told_m2[twice] = _areas_in_turn_m2(footprints[twice], source)
    return pd.DataFrame(told_m2 / M2_PER_HA, index=footprints.index, columns=classes)


def _areas_in_turn_m2(footprints: gpd.GeoSeries, source: gpd.GeoDataFrame) -> Floats:
    """Return the square metres of each class, each class on what those before it leave."""
    rest, found = footprints, []
    for name in LandClass:
        speaking = source.geometry[source["land_class"].eq(name)]
        piece = clip_to_union(rest, speaking)
        found.append(piece.area.to_numpy())
        rest = subtract(rest, piece)
    return np.stack(found, axis=1)


def class_pieces(
    footprints: gpd.GeoSeries, sources: tuple[gpd.GeoDataFrame, ...]
) -> gpd.GeoDataFrame:
    """Return each footprint cut by class and source: land_class, source_fr, area_ha, geometry.

    The index repeats that of the footprints. The pieces of a footprint never overlap and add
    up to it; what no source settles is unknown, and its source missing.
    """
    rest, found = footprints, []
    for source in _settling(sources):
        for kind in LandClass:
            ours = source[source["land_class"].eq(kind)]
            piece = clip_to_union(rest, ours.geometry)
            found.append(_piece_rows(piece, kind, _name_of(ours)))
            rest = subtract(rest, piece)
    found.append(_piece_rows(rest, LandClass.UNKNOWN, None))
    order = {name: rank for rank, name in enumerate(footprints.index)}
    pieces = pd.concat([rows for rows in found if len(rows)] or found[-1:])
    return pieces.sort_index(key=lambda names: names.map(order), kind="stable")


def _piece_rows(pieces: gpd.GeoSeries, kind: LandClass, source_fr: str | None) -> gpd.GeoDataFrame:
    solid = gpd.GeoSeries(pieces[pieces.area.to_numpy() > 0])
    return gpd.GeoDataFrame(
        {
            "land_class": kind.value,
            "source_fr": pd.Series(source_fr, index=solid.index, dtype=object),
            "area_ha": area_ha(solid),
        },
        geometry=solid,
    )


def _name_of(source: gpd.GeoDataFrame) -> str | None:
    return None if source.empty else str(source["source_fr"].iloc[0])


def enaf_cost_ha(footprints: gpd.GeoSeries, sources: tuple[gpd.GeoDataFrame, ...]) -> pd.DataFrame:
    """Return what each footprint would consume of ENAF: columns lo_ha, hi_ha (R-PAR-1 to 5).

    lo counts what is known to be natural, farmed or forest; hi adds what no source tells.
    An empty footprint costs nothing; an absent one has no cost.
    """
    areas = class_areas_ha(footprints, sources)
    low_ha = areas[[c.value for c in ENAF_CLASSES]].sum(axis=1)
    cost = pd.DataFrame({"lo_ha": low_ha, "hi_ha": low_ha + areas[LandClass.UNKNOWN.value]})
    cost[shapely.is_missing(footprints.to_numpy())] = np.nan
    return cost
