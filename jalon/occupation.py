"""What the ground is used for in fact, and the ENAF hectares a footprint would cost."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import Floats, Meetings, clip_to_union, meetings, subtract
from geo.shapes import M2_PER_HA, area_ha
from jalon.rules.zan import ENAF_CLASSES, LandClass, land_class

SLIVER_M2 = 0.01
"""Below this, two drawings that share a limit do not overlap."""


def evidence(
    land_cover: gpd.GeoDataFrame | None,
    crops: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
) -> tuple[gpd.GeoDataFrame, ...]:
    """Return the sources of occupation, strongest first, each with a column `land_class`.

    OCS GE, the latest vintage first, then the declared farmland, then the buildings: the
    first source that speaks of a piece of ground decides its class.
    """
    found = []
    if land_cover is not None:
        pairs = zip(land_cover["cover"], land_cover["use"], strict=True)
        classed = land_cover.assign(land_class=[land_class(*pair) for pair in pairs])
        vintages = classed["vintage"].fillna("")
        found += [
            classed.loc[vintages.eq(vintage), ["geometry", "land_class"]]
            for vintage in sorted(vintages.unique(), reverse=True)
        ]
    if crops is not None:
        found.append(crops[["geometry"]].assign(land_class=LandClass.FARM))
    if buildings is not None:
        found.append(buildings[["geometry"]].assign(land_class=LandClass.URBANISED))
    return tuple(found)


def class_areas_ha(
    footprints: gpd.GeoSeries, sources: tuple[gpd.GeoDataFrame, ...]
) -> pd.DataFrame:
    """Return the hectares of each class of land in each footprint; columns are LandClass.

    Each source speaks only of what stronger ones left unknown, so that the classes of a
    footprint add up to its area.
    """
    areas = pd.DataFrame(0.0, index=footprints.index, columns=[c.value for c in LandClass])
    rest = footprints
    for source in sources:
        met = meetings(rest, source.geometry)
        areas += _areas_told_ha(rest, source, met)
        covered = gpd.GeoSeries(met.covered, index=rest.index, crs=rest.crs)
        rest = subtract(rest, covered)
    areas[LandClass.UNKNOWN.value] += area_ha(rest)
    return areas


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
