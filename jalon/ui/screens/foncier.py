"""The land page: search, filter, see, open, draw, keep, take away."""

from collections.abc import Mapping
from functools import partial

import geopandas as gpd
import streamlit as st

from jalon.french import hectares, number
from jalon.land import union_ha
from jalon.model import LIMITS_FR, LandParameters, SiteStatus
from jalon.ui import cache
from jalon.ui.choose import choose_territory, communes_chosen, offer_example, show_title
from jalon.ui.drawings import Drawing
from jalon.ui.faults import told_faults
from jalon.ui.filters import ask_filters, filtered
from jalon.ui.map_layers import map_layer, view_of
from jalon.ui.parcel_map import MapEvent, show_map
from jalon.ui.sheet import show_sheet
from jalon.ui.shortlist import listed_sites, show_shortlist
from jalon.ui.site_map import HEIGHT_PX, SITE_LAYERS, show_site_map, site_drawings
from jalon.ui.state import add_to_shortlist, open_sheet, read_state
from jalon.ui.tables_fr import MISSING, SITE_COLUMNS, site_table
from jalon.ui.text_fr import (
    COST_HELP,
    FOOTPRINT_HELP,
    LAND_TITLE,
    NO_PARCEL,
    TABLE_HELP,
    USABLE_HELP,
    costs,
    literal,
)

DEFAULT_TERRITORY = "departement:00"
TABLE_HEIGHT_PX = 420


def page() -> None:
    """Show the land of the territory chosen."""
    with st.sidebar:
        territory = choose_territory(default=DEFAULT_TERRITORY)
        state = ask_filters()
    show_title(LAND_TITLE, territory)
    communes = communes_chosen(territory)
    insee = frozenset(communes["insee"]) & cache.imported_communes()
    if not insee:
        _show_empty(territory.name_fr, communes)
        return
    everything = cache.land(insee, LandParameters()).sites
    drawings = site_drawings().drawings
    sites = filtered(everything, state, drawings)
    _show_summary(sites, len(everything))
    places = dict(zip(communes["insee"], communes["nom"], strict=True))
    event = _show_map_and_sheet(communes, everything, sites)
    _show_tables(sites, places)
    _follow(event, drawings_before=drawings)


def _show_empty(name: str, communes: gpd.GeoDataFrame) -> None:
    st.info(NO_PARCEL.format(name=literal(name)))
    offer_example()
    outline = map_layer("communes", communes, {"label": "nom"})
    show_map([outline], key="carte-vide", view=view_of(communes), height_px=HEIGHT_PX)


def _show_summary(sites: gpd.GeoDataFrame, examined: int) -> None:
    kept = sites[sites["status"].ne(SiteStatus.UNAVAILABLE.value)]
    cost = costs(list(kept["enaf_lo_ha"]), list(kept["enaf_hi_ha"]))
    metrics = st.columns([1, 1, 1, 2])
    examined_fr = f"{number(examined)} sites examinés"
    metrics[0].metric("Sites affichés", number(len(sites)), help=examined_fr)
    metrics[1].metric("Surface utile", hectares(kept["usable_ha"].sum()), help=USABLE_HELP)
    metrics[2].metric("Emprise", hectares(union_ha(sites)), help=FOOTPRINT_HELP)
    metrics[3].metric("Coût ENAF", cost, help=COST_HELP)


def _show_map_and_sheet(
    communes: gpd.GeoDataFrame, everything: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> MapEvent:
    """Show the map, and the sheet beside it; the map keeps its place on the page either way."""
    opened = everything[everything["site_id"].eq(read_state().site_id)]
    left, *right = st.columns([3, 2] if len(opened) else 1)
    with left:
        event = show_site_map(communes, everything, sites)
    if right:
        places = dict(zip(communes["insee"], communes["nom"], strict=True))
        with right[0], st.container(border=True, height=HEIGHT_PX):
            show_sheet(opened.iloc[0], places)
    return event


def _show_tables(sites: gpd.GeoDataFrame, places: Mapping[str, str]) -> None:
    listed = listed_sites()
    listed_count = 0 if listed is None else len(listed)
    found, mine = st.tabs([f"Sites ({number(len(sites))})", f"Ma liste ({number(listed_count)})"])
    with found:
        _show_sites(sites, places)
    with mine:
        show_shortlist(listed, places)
    st.caption(LIMITS_FR)


def _show_sites(sites: gpd.GeoDataFrame, places: Mapping[str, str]) -> None:
    site_ids = tuple(sites["site_id"])
    key = f"tableau-sites-{hash(site_ids)}"  # another table has no selection yet
    add = st.container(horizontal=True, vertical_alignment="center")
    add.caption(TABLE_HELP)
    chosen = st.dataframe(
        site_table(sites, places),
        hide_index=True,
        height=min(TABLE_HEIGHT_PX, 38 * (len(sites) + 1)),
        placeholder=MISSING,
        column_config=SITE_COLUMNS,
        on_select=partial(_open_chosen, key, site_ids),
        selection_mode=["multi-row", "single-cell"],
        key=key,
    )
    rows = tuple(site_ids[row] for row in chosen.selection.rows)
    add.button(
        f"Ajouter à ma liste ({number(len(rows))})",
        disabled=not rows,
        on_click=add_to_shortlist,
        args=(rows,),
    )


def _open_chosen(key: str, site_ids: tuple[str, ...]) -> None:
    """Open the sheet of the row whose cell was just clicked."""
    cells = st.session_state[key].selection.cells
    if cells and site_ids[cells[0][0]] != read_state().site_id:
        open_sheet(site_ids[cells[0][0]], is_approached=True)


def _follow(event: MapEvent, *, drawings_before: tuple[Drawing, ...]) -> None:
    """Open the site clicked; run again when a drawing changed, so that all agree."""
    if event.clicked_id and event.clicked_layer in SITE_LAYERS:
        open_sheet(event.clicked_id)
        st.rerun()
    if event.drawings != drawings_before:
        st.rerun()


with told_faults():
    page()
