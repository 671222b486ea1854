"""What a session holds, and the address that says it again: the only place that names keys."""

from dataclasses import dataclass, replace

import streamlit as st

from geo.footprints import Footprints
from jalon.model import SiteStatus

STATE_KEY = "jalon-etat"
FOOTPRINTS_KEY = "jalon-emprises"
URL_LIST_SEPARATOR = ","


@dataclass(frozen=True, slots=True)
class AppState:
    """The choices of a session; all but `focus` also stand in the address of the page.

    `site_id` is the site whose sheet is open, `focus` the one the map shows from near.
    """

    territory: str = ""
    statuses: tuple[str, ...] = ()
    min_ha: float = 0.0
    max_ha: float | None = None
    site_id: str = ""
    shortlist: tuple[str, ...] = ()
    focus: str = ""


KEPT_STATUSES = tuple(s.value for s in SiteStatus if s is not SiteStatus.UNAVAILABLE)


def read_state() -> AppState:
    """Return the state of the session; the first time, what the address says."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = _from_address()
    return st.session_state[STATE_KEY]


def read_footprints() -> Footprints:
    """Return the footprints of the session's shortlist, which change as it does."""
    return st.session_state.setdefault(FOOTPRINTS_KEY, Footprints())


def update_state(**changes: object) -> AppState:
    """Change the state of the session and its address; return the new state."""
    st.session_state[STATE_KEY] = replace(read_state(), **changes)  # type: ignore[arg-type] # the fields are checked by `replace`
    write_address()
    return read_state()


def choose_place(territory: str) -> None:
    """Show another territory, as a whole; the same one stays as it is seen."""
    if territory != read_state().territory:
        update_state(territory=territory, focus="", site_id="")


def open_sheet(site_id: str, *, is_approached: bool = False) -> None:
    """Show the sheet of a site, and the map near it if it `is_approached`."""
    focus = site_id if is_approached else read_state().focus
    update_state(site_id=site_id, focus=focus)


def close_sheet() -> None:
    """Show no site."""
    update_state(site_id="")


def clear_shortlist() -> None:
    """Keep no site."""
    update_state(shortlist=())


def toggle_shortlisted(site_id: str) -> None:
    """Add a site to the shortlist, or take it off."""
    listed = read_state().shortlist
    without = tuple(one for one in listed if one != site_id)
    update_state(shortlist=without if site_id in listed else (*listed, site_id))


def add_to_shortlist(site_ids: tuple[str, ...]) -> None:
    """Add sites to the shortlist, in their order, each once."""
    update_state(shortlist=tuple(dict.fromkeys((*read_state().shortlist, *site_ids))))


def _from_address() -> AppState:
    query = st.query_params
    return AppState(
        territory=query.get("territoire", ""),
        statuses=tuple(one for one in _listed(query.get("statuts", "")) if one in set(SiteStatus)),
        min_ha=_number(query.get("min_ha")) or 0.0,
        max_ha=_number(query.get("max_ha")),
        site_id=query.get("fiche", ""),
        shortlist=_listed(query.get("liste", "")),
    )


def write_address() -> None:
    """Make the address say the state of the session, so that it can be kept and sent."""
    state = read_state()
    told = {
        "territoire": state.territory,
        "statuts": URL_LIST_SEPARATOR.join(state.statuses),
        "min_ha": f"{state.min_ha:g}" if state.min_ha else "",
        "max_ha": "" if state.max_ha is None else f"{state.max_ha:g}",
        "fiche": state.site_id,
        "liste": URL_LIST_SEPARATOR.join(state.shortlist),
    }
    for name, value in told.items():
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(URL_LIST_SEPARATOR) if part)


def _number(text: str | None) -> float | None:
    """Return a positive number of the address; None when it says nothing that can be used."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
