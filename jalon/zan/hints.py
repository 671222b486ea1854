"""Outlines that raise a question about a project and never settle its cost."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.overlay import meetings
from geo.shapes import EMPTY, POLYGON_TYPES, Geometries
from jalon.zan.occupation import enaf_cost_ha


@dataclass(frozen=True, slots=True)
class Hints:
    """Outlines around the projects; None was never imported.

    `pene` needs name: contours of projects of national scale. `friches` are the outlines of
    an inventory.
    """

    pene: gpd.GeoDataFrame | None = None
    friches: gpd.GeoDataFrame | None = None


NO_HINT = Hints()


def hinted(
    footprints: gpd.GeoSeries, sources: tuple[gpd.GeoDataFrame, ...], hints: Hints
) -> pd.DataFrame:
    """Return the ENAF hectares inside inventoried friches, and the PENE whose contour is met."""
    friches = gpd.GeoSeries(_inside(footprints, hints.friches), footprints.index, footprints.crs)
    return pd.DataFrame(
        {
            "friche_enaf_ha": enaf_cost_ha(friches, sources)["lo_ha"],
            "pene_names": _names_met(footprints, hints.pene),
        },
        index=footprints.index,
    )


def _inside(footprints: gpd.GeoSeries, outlines: gpd.GeoDataFrame | None) -> Geometries:
    if outlines is None:
        return np.full(len(footprints), EMPTY, dtype=object)
    return meetings(footprints, _surfaces(outlines).geometry).covered


def _surfaces(outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the outlines that are surfaces; a point says where, not how far."""
    kinds = outlines.geometry.geom_type.str.upper()
    return outlines[kinds.isin([kind.name for kind in POLYGON_TYPES])]


def _names_met(footprints: gpd.GeoSeries, contours: gpd.GeoDataFrame | None) -> "pd.Series[str]":
    if contours is None:
        return pd.Series("", index=footprints.index, dtype=object)
    drawn = _surfaces(contours)
    met = meetings(footprints, drawn.geometry)
    names = drawn["name"].fillna("sans nom").to_numpy(dtype=object)[met.of_right]
    listed = pd.Series(names).groupby(footprints.index.to_numpy()[met.of_left])
    told = listed.agg(lambda one: " », « ".join(sorted(set(one))))
    return told.reindex(footprints.index).fillna("").astype(object)
