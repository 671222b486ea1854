"""What the ground is used for in fact, and the ENAF hectares a footprint would cost."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import clip_to_union, subtract
from geo.shapes import area_ha
from jalon.rules.zan import ENAF_CLASSES, LandClass, land_class


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
        for name in (c for c in LandClass if c is not LandClass.UNKNOWN):
            speaking = source.geometry[source["land_class"].eq(name)]
            if not len(speaking):
                continue
            piece = clip_to_union(rest, speaking)
            areas[name] += area_ha(piece)
            rest = subtract(rest, piece)
    areas[LandClass.UNKNOWN.value] = area_ha(rest)
    return areas


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
