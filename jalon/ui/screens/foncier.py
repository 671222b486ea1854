"""The land page: search, filter, see, open, draw, keep, take away."""

from collections.abc import Callable, Mapping
from functools import partial

import geopandas as gpd
import streamlit as st

from jalon.french import count, hectares, number
from jalon.land import union_ha
from jalon.model import LIMITS_FR, SiteKind, SiteStatus
from jalon.search import RequirementOutcome
from jalon.ui import cache
from jalon.ui.choose import (
    EXAMPLE,
    choose_territory,
    communes_chosen,
    offer_example,
    show_title,
)
from jalon.ui.drawings import Drawing
from jalon.ui.faults import told_faults
from jalon.ui.filters import ask_filters, filtered
from jalon.ui.labels import ask_labels
from jalon.ui.map_layers import map_layer, view_of
from jalon.ui.parcel_map import MapEvent, show_map
from jalon.ui.requirement_answer import found_sites, show_answer
from jalon.ui.requirement_form import ask_requirement
from jalon.ui.sheet import show_sheet
from jalon.ui.shortlist import listed_sites, show_shortlist
from jalon.ui.site_list import show_site_list
from jalon.ui.site_map import HEIGHT_PX, SITE_LAYERS, show_site_map, site_drawings
from jalon.ui.state import open_sheet, read_parameters, read_state
from jalon.ui.text_fr import (
    COST_HELP,
    FOOTPRINT_HELP,
    LAND_TITLE,
    NO_PARCEL,
    REQUIREMENT_TAB,
    TABLE_HELP,
    USABLE_HELP,
    costs,
    literal,
)
from jalon.ui.usage import ask_usage, chosen_scoring

# Shows a part of the page, given the names of communes. Streamlit prints bare strings of a page.
Shown = Callable[[Mapping[str, str]], None]


def page() -> None:
    """Show the land of the territory chosen."""
    with st.sidebar:
        territory = choose_territory(default=EXAMPLE)
        ask_usage()
        state = ask_filters()
    show_title(LAND_TITLE, territory)
    communes = communes_chosen(territory)
    insee = frozenset(communes["insee"]) & cache.imported_communes()
    if not insee:
        _show_empty(territory.name_fr, communes)
        return
    with st.sidebar:
        ask_labels(insee, dict(zip(communes["insee"], communes["nom"], strict=True)))
    everything, outcome = _judged(insee), _answered(insee)
    drawings = site_drawings().drawings
    sites = filtered(everything, state, drawings)
    _show_summary(sites, len(everything))
    places = dict(zip(communes["insee"], communes["nom"], strict=True))
    found = None if outcome is None else found_sites(outcome)
    event = _show_map_and_sheet(communes, everything, sites, found)
    _show_tabs(sites, places, partial(_show_requirement, outcome, everything))
    _follow(event, drawings_before=drawings)


def _judged(insee: frozenset[str]) -> gpd.GeoDataFrame:
    """Return every site of the communes, with its score when a usage is chosen."""
    scoring = chosen_scoring()
    if scoring is None:
        return cache.land(insee, read_parameters()).sites
    return cache.scored(insee, read_parameters(), scoring)


def _answered(insee: frozenset[str]) -> RequirementOutcome | None:
    """Return what the communes answer to the requirement of the session; None without any."""
    requirement = read_state().requirement
    if requirement is None:
        return None
    return cache.answer(insee, requirement, chosen_scoring(), read_parameters())


def _show_empty(name: str, communes: gpd.GeoDataFrame) -> None:
    st.info(NO_PARCEL.format(name=literal(name)))
    offer_example()
    outline = map_layer("communes", communes, {"label": "nom"})
    show_map([outline], key="carte-vide", view=view_of(communes), height_px=HEIGHT_PX)


def _show_summary(sites: gpd.GeoDataFrame, examined: int) -> None:
    kept = sites[sites["status"].ne(SiteStatus.UNAVAILABLE.value)]
    cost = costs(list(kept["enaf_lo_ha"]), list(kept["enaf_hi_ha"]))
    metrics = st.columns([1, 1, 1, 2])
    assemblies = count(int(kept["kind"].eq(SiteKind.ASSEMBLY.value).sum()), "assemblage")
    examined_fr = f"{number(examined)} sites examinés ; {assemblies} parmi ceux affichés"
    metrics[0].metric("Sites affichés", number(len(sites)), help=examined_fr)
    metrics[1].metric("Surface utile", hectares(kept["usable_ha"].sum()), help=USABLE_HELP)
    metrics[2].metric("Emprise", hectares(union_ha(sites)), help=FOOTPRINT_HELP)
    metrics[3].metric("Coût ENAF", cost, help=COST_HELP)


def _show_map_and_sheet(
    communes: gpd.GeoDataFrame,
    everything: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    found: gpd.GeoDataFrame | None,
) -> MapEvent:
    """Show the map, and the sheet beside it; the map keeps its place on the page either way."""
    known = [everything] if found is None else [everything, found]
    opened = [rows[rows["site_id"].eq(read_state().site_id)] for rows in known]
    site = next((rows.iloc[:1] for rows in opened if len(rows)), None)
    left, *right = st.columns([3, 2] if site is not None else 1)
    with left:
        event = show_site_map(communes, everything, sites, found)
    if site is not None:
        places = dict(zip(communes["insee"], communes["nom"], strict=True))
        with right[0], st.container(border=True, height=HEIGHT_PX):
            show_sheet(site, places)
    return event


def _show_tabs(sites: gpd.GeoDataFrame, places: Mapping[str, str], show_requirement: Shown) -> None:
    listed = listed_sites()
    listed_count = 0 if listed is None else len(listed)
    titles = [
        f"Sites ({number(len(sites))})",
        REQUIREMENT_TAB,
        f"Ma liste ({number(listed_count)})",
    ]
    every, asked, mine = st.tabs(titles)
    with every:
        show_site_list(sites, places, name="sites", help_fr=TABLE_HELP)
    with asked:
        show_requirement(places)
    with mine:
        show_shortlist(listed, places)
    st.caption(LIMITS_FR)


def _show_requirement(
    outcome: RequirementOutcome | None, everything: gpd.GeoDataFrame, places: Mapping[str, str]
) -> None:
    ask_requirement()
    if outcome is not None:
        records = cache.land_around(frozenset(everything["commune"])).sources
        show_answer(outcome, places, records)


def _follow(event: MapEvent, *, drawings_before: tuple[Drawing, ...]) -> None:
    """Open the site clicked; run again when a drawing changed, so that all agree."""
    if event.clicked_id and event.clicked_layer in SITE_LAYERS:
        open_sheet(event.clicked_id)
        st.rerun()
    if event.drawings != drawings_before:
        st.rerun()


with told_faults():
    page()
