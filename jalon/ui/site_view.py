"""The map of the land page and, beside it, the sheet of a site and the project drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import geopandas as gpd
import streamlit as st

from jalon.ui.drawings import Drawing
from jalon.ui.parcel_map import MapEvent
from jalon.ui.project_figures import told_pieces
from jalon.ui.project_panel import drawn_cost, show_project
from jalon.ui.project_text_fr import PROJECT_TAB, SHEET_TAB
from jalon.ui.sheet import show_sheet
from jalon.ui.site_map import HEIGHT_PX, SITE_LAYERS, show_site_map, site_drawings
from jalon.ui.state import open_sheet, read_state


@dataclass(frozen=True, slots=True)
class SitesShown:
    """The sites of the page: all those judged, those filtered, those a search found."""

    communes: gpd.GeoDataFrame
    everything: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    found: gpd.GeoDataFrame | None

    def opened(self) -> gpd.GeoDataFrame | None:
        """Return the site whose sheet is open, as one row."""
        known = [self.everything] if self.found is None else [self.everything, self.found]
        opened = [rows[rows["site_id"].eq(read_state().site_id)] for rows in known]
        return next((rows.iloc[:1] for rows in opened if len(rows)), None)


def show_map_and_sheet(
    shown: SitesShown, places: Mapping[str, str], project: tuple[Drawing, ...]
) -> None:
    """Show the map, and beside it the project drawn and the sheet; the map keeps its place.

    Runs again at once when a click or a drawing changed what is to be shown.
    """
    before = site_drawings().drawings
    insee = frozenset(shown.everything["commune"])
    cost, site = drawn_cost(project, insee), shown.opened()
    pieces = None if cost is None else told_pieces(cost.pieces)
    shows: dict[str, Callable[[], None]] = {}
    if site is not None:
        shows[SHEET_TAB] = partial(show_sheet, site, places, project)
    if cost is not None:
        shows[PROJECT_TAB] = partial(show_project, cost, project, insee)
    left, *right = st.columns([3, 2] if shows else 1)
    with left:
        event = show_site_map(shown.communes, shown.everything, shown.sites, shown.found, pieces)
    _follow(event, drawings_before=before)
    if shows:
        with right[0], st.container(border=True, height=HEIGHT_PX):
            _show_one_or_tabs(shows)


def _follow(event: MapEvent, *, drawings_before: tuple[Drawing, ...]) -> None:
    """Open the site clicked; run again when a drawing changed, so that all agree.

    What would be shown after the map is not: it would be out of date.
    """
    if event.clicked_id and event.clicked_layer in SITE_LAYERS:
        open_sheet(event.clicked_id)
        st.rerun()
    if event.drawings != drawings_before:
        st.rerun()


def _show_one_or_tabs(shows: Mapping[str, Callable[[], None]]) -> None:
    frames = st.tabs(list(shows)) if len(shows) > 1 else [st.container()]
    for frame, show in zip(frames, shows.values(), strict=True):
        with frame:
            show()
