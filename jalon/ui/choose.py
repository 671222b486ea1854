"""Choosing a territory: what people type, and what answers."""

import geopandas as gpd
import streamlit as st

from jalon.areas import communes_of
from jalon.model import is_generated
from jalon.ui import cache
from jalon.ui.state import choose_place, read_state
from jalon.ui.text_fr import (
    GENERATED_BADGE,
    GENERATED_MARK,
    NOTHING_FOUND,
    OPEN_EXAMPLE,
    SEARCH_LABEL,
    SEARCH_PLACEHOLDER,
    SEARCH_RESULTS,
    literal,
)
from layers.search import Territory

SEARCH_KEY = "jalon-recherche"
EXAMPLE = "departement:00"
"""The territory shown while none was chosen."""


def address_of(territory: Territory) -> str:
    """Return a territory as it stands in an address."""
    return f"{territory.kind.value}:{territory.code}"


def choose_territory(*, default: str) -> Territory:
    """Show the search and return the territory chosen, `default` at first."""
    text = st.text_input(SEARCH_LABEL, placeholder=SEARCH_PLACEHOLDER, key=SEARCH_KEY)
    found = cache.find_territories(text) if text else ()
    if found:
        labels = {address_of(one): one.label_fr for one in found}
        picked = st.selectbox(
            SEARCH_RESULTS, list(labels), format_func=labels.__getitem__, key=f"resultats-{text}"
        )
        choose_place(picked)
    elif text:
        st.warning(NOTHING_FOUND.format(text=literal(text)))
    chosen = cache.territory(read_state().territory) or cache.territory(default)
    if chosen is None:
        st.error(NOTHING_FOUND.format(text=default))
        st.stop()
    _show_name(chosen)
    return chosen


def _show_name(territory: Territory) -> None:
    """Show the name, then what it is the name of."""
    place = territory.label_fr.removeprefix(f"{territory.name_fr} — ")
    st.markdown(f"**{literal(territory.name_fr)}**  \n{literal(place)}")


def show_title(title: str, territory: Territory) -> None:
    """Show the title of a page, marked when the territory is generated."""
    if is_generated(territory.code):
        st.title(f"{title} {GENERATED_MARK}", anchor=False, help=GENERATED_BADGE)
    else:
        st.title(title, anchor=False)


def offer_example() -> None:
    """Show a button that leaves the search for the territory shown at first."""
    st.button(OPEN_EXAMPLE, on_click=_open_example)


def _open_example() -> None:
    st.session_state[SEARCH_KEY] = ""
    choose_place("")


def communes_chosen(territory: Territory) -> gpd.GeoDataFrame:
    """Return the communes of the territory chosen."""
    return communes_of(cache.communes(), territory)
