"""The land page: search, filter, see, open, draw, keep, take away."""

from collections.abc import Callable, Mapping
from functools import partial

import geopandas as gpd
import streamlit as st

from jalon.envelopes import with_verdicts
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
from jalon.ui.faults import told_faults
from jalon.ui.filters import ask_filters, filtered
from jalon.ui.labels import ask_labels
from jalon.ui.ledger_dates import tell_reference_date
from jalon.ui.map_layers import map_layer, view_of
from jalon.ui.parcel_map import show_map
from jalon.ui.project_form import ask_drawing
from jalon.ui.project_options import DrawingUse
from jalon.ui.requirement_answer import found_sites, show_answer
from jalon.ui.requirement_form import ask_requirement
from jalon.ui.shortlist import listed_sites, show_shortlist
from jalon.ui.site_list import show_site_list
from jalon.ui.site_map import HEIGHT_PX, site_drawings
from jalon.ui.site_view import SitesShown, show_map_and_sheet
from jalon.ui.state import read_parameters, read_state, read_zan_parameters
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
        ask_filters()
        ask_drawing()
        tell_reference_date()
    state = read_state()
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
    is_project = state.drawing == DrawingUse.PROJECT
    sites = filtered(everything, state, () if is_project else drawings)
    project = drawings if is_project else ()
    _show_summary(sites, len(everything))
    places = dict(zip(communes["insee"], communes["nom"], strict=True))
    found = None if outcome is None else _with_verdicts(found_sites(outcome), insee)
    shown = SitesShown(communes, everything, sites, found)
    show_map_and_sheet(shown, places, project)
    _show_tabs(sites, places, partial(_show_requirement, outcome, everything))


def _judged(insee: frozenset[str]) -> gpd.GeoDataFrame:
    """Return every site of the communes and its verdict, with its score if a usage is chosen."""
    return cache.judged(insee, read_parameters(), chosen_scoring(), read_zan_parameters())


def _with_verdicts(sites: gpd.GeoDataFrame, insee: frozenset[str]) -> gpd.GeoDataFrame:
    return with_verdicts(sites, cache.envelopes(insee, read_zan_parameters()))


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


def _show_tabs(sites: gpd.GeoDataFrame, places: Mapping[str, str], show_requirement: Shown) -> None:
    listed = listed_sites()
    if listed is not None:
        listed = _with_verdicts(listed, frozenset(listed["commune"]))
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


with told_faults():
    page()
