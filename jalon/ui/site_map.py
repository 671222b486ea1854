"""The map of the land page: sites, what weighs on them, and the place shown."""

import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st

from jalon.model import SiteKind, SiteStatus
from jalon.ui import cache
from jalon.ui.drawings import HeldDrawings, held_drawings
from jalon.ui.map_layers import MAX_SHOWN_COUNT, largest, map_layer, view_of
from jalon.ui.parcel_map import MapEvent, MapLayer, MapView, show_map
from jalon.ui.project_text_fr import VERDICT_LABEL
from jalon.ui.state import read_state
from jalon.ui.text_fr import too_many

MAP_KEY = "carte-fonciere"
HEIGHT_PX = 400
NEAR_M = 400.0
"""What is seen around a site the map goes to."""

SITE_PROPERTIES = {"id": "site_id", "label": "told", "status": "status"}
PIECE_PROPERTIES = {"label": "told", "land_class": "land_class"}
FOUND_PROPERTIES = {"id": "site_id", "label": "told", "group": "group"}
SITE_LAYERS = frozenset({"sites", "assemblies", "friches", "answers", "rejected"})


def site_drawings() -> HeldDrawings:
    """Return what is drawn on the map of the sites."""
    return held_drawings(MAP_KEY, first=())


def show_site_map(
    communes: gpd.GeoDataFrame,
    everything: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    found: gpd.GeoDataFrame | None = None,
    pieces: gpd.GeoDataFrame | None = None,
) -> MapEvent:
    """Show `sites` on their communes, what else was judged hidden below; return what was done.

    With the sites `found` by a search (column `group`), these are shown instead; the `pieces`
    of a project (columns land_class, told) are shown over all.
    """
    rejected, is_asked = _rejected(everything, sites)
    kept = sites[sites["status"].ne(SiteStatus.UNAVAILABLE.value) & sites.geometry.notna()]
    state = read_state()
    shown = [
        _site_layer("rejected", rejected, is_visible=is_asked),
        *_around(frozenset(everything["commune"])),
        map_layer("communes", communes, {"label": "nom"}),
        *_kept_layers(kept, is_visible=found is None),
    ]
    if found is not None:
        shown.append(_found_layer(found))
    if pieces is not None:
        shown.append(map_layer("pieces", pieces, PIECE_PROPERTIES))
    event = show_map(
        shown,
        key=MAP_KEY,
        view=_view(communes, everything, found),
        drawings=(),
        selected=tuple(filter(None, (*state.shortlist, state.site_id))),
        height_px=HEIGHT_PX,
    )
    for hidden in (rejected, kept):
        if len(hidden) > MAX_SHOWN_COUNT:
            st.caption(too_many(MAX_SHOWN_COUNT, len(hidden)))
    return event


def _told(sites: gpd.GeoDataFrame) -> pd.Series:
    """Return what the map says of a site under the pointer: its name, then its envelope."""
    return sites["site_id"] + "\n" + VERDICT_LABEL + " : " + sites["envelope_verdict"]


def _found_layer(found: gpd.GeoDataFrame) -> MapLayer:
    """Return the sites of a search, those that answer drawn over those that nearly do."""
    drawn = found[found.geometry.notna()].iloc[::-1].reset_index(drop=True)
    told = drawn.assign(told=_told(drawn) + "\n" + drawn["group"])
    return map_layer("answers", largest(told), FOUND_PROPERTIES)


def _site_layer(name: str, sites: gpd.GeoDataFrame, *, is_visible: bool) -> MapLayer:
    shown = largest(sites)
    told = shown.assign(told=_told(shown))
    return map_layer(name, told, SITE_PROPERTIES, is_visible=is_visible)


def _kept_layers(kept: gpd.GeoDataFrame, *, is_visible: bool) -> list[MapLayer]:
    """Return the sites, and in layers of their own the assemblies and the friches of a point."""
    is_point = kept.geometry.geom_type.eq("Point")
    is_assembled = kept["kind"].eq(SiteKind.ASSEMBLY.value)
    parts = {
        "sites": kept[~is_point & ~is_assembled],
        "assemblies": kept[is_assembled],
        "friches": kept[is_point],
    }
    return [
        _site_layer(name, part, is_visible=is_visible)
        for name, part in parts.items()
        if name == "sites" or len(part)
    ]


def _rejected(
    everything: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, bool]:
    """Return the rejected parcels to offer, and whether the filter asks for them."""
    asked = sites[sites["status"].eq(SiteStatus.UNAVAILABLE.value)]
    is_asked = SiteStatus.UNAVAILABLE.value in read_state().statuses
    found = asked if is_asked else everything[everything["status"].eq(SiteStatus.UNAVAILABLE.value)]
    return found[found.geometry.notna() & found.geometry.geom_type.ne("Point")], is_asked


def _around(insee: frozenset[str]) -> list[MapLayer]:
    """Return the layers of constraints and roads around the communes."""
    tables = cache.land_around(insee)
    found = []
    if tables.risks is not None and len(tables.risks):
        shown = {"label": "label", "regulation": "regulation"}
        found.append(map_layer("risks", tables.risks, shown))
    if tables.roads is not None and len(tables.roads):
        found.append(map_layer("roads", tables.roads, {"label": "road_name"}))
    return found


def _view(
    communes: gpd.GeoDataFrame, everything: gpd.GeoDataFrame, found: gpd.GeoDataFrame | None
) -> MapView:
    """Return the window around the site the user went to, or the whole territory."""
    for sites in (everything, found):
        if sites is None:
            continue
        near = sites[sites["site_id"].eq(read_state().focus)].buffer(NEAR_M).to_frame("geometry")
        if np.isfinite(near.total_bounds).all():
            return view_of(near)
    return view_of(communes)
