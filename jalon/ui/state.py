"""What a session holds, and the address that says it again: the only place that names keys."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st
from pydantic import ValidationError

from geo.footprints import Footprints
from jalon.access import ACCESS_FR
from jalon.model import LandParameters, SiteKind, SiteStatus, ZanParameters
from jalon.requirement import Requirement
from jalon.specification import preset_names
from jalon.ui.project_options import (
    NO_OPTION,
    DrawingUse,
    ProjectOptions,
    options_json,
    read_options,
)
from jalon.ui.station_request import (
    USUAL_REQUEST,
    StationRequest,
    read_request,
    request_json,
)
from jalon.zan.law import legal_figures, verified_on
from jalon.zan.selection import Verdict

STATE_KEY = "jalon-etat"
FOOTPRINTS_KEY = "jalon-emprises"
URL_LIST_SEPARATOR = ","
URL_PAIR_SEPARATOR = ":"
PROJECT_URL = "projet"

Figures = tuple[tuple[str, float], ...]
"""Names and figures, such as the weights of criteria; a tuple, so that states stay fixed."""


@dataclass(frozen=True, slots=True)
class AppState:
    """The choices of a session, in the address too; all but `focus` and `refused_date`.

    `site_id` is the site whose sheet is open, `focus` the one the map shows from near.
    `reach_m` bounds distances (columns of ACCESS_FR), `weights` replaces those of the model
    of the `usage`, by criterion. Without `requirement`, no search was asked. `labels` are the
    zone labels the user says economic, each after its commune («63148:UAi»). Without
    `reference_date`, the law is that of the day it was last verified; `refused_date` is what
    the address said when it is no day the law is known on. `drawing` says what the drawings of
    the land page are for, `project` what is told of the project they outline. `stations` is the
    last request for a station plan.
    """

    territory: str = ""
    statuses: tuple[str, ...] = ()
    min_ha: float = 0.0
    max_ha: float | None = None
    site_id: str = ""
    shortlist: tuple[str, ...] = ()
    focus: str = ""
    kinds: tuple[str, ...] = ()
    min_width_m: float = 0.0
    min_reliability_share: float = 0.0
    reach_m: Figures = ()
    usage: str = ""
    weights: Figures = ()
    requirement: Requirement | None = None
    labels: tuple[str, ...] = ()
    reference_date: date | None = None
    refused_date: str = ""
    verdicts: tuple[str, ...] = ()
    drawing: DrawingUse = DrawingUse.FILTER
    project: ProjectOptions = NO_OPTION
    stations: StationRequest = USUAL_REQUEST


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


def read_parameters() -> LandParameters:
    """Return how the session reads the land; labels that name no commune are left out."""
    named: dict[str, tuple[str, ...]] = {}
    for pair in read_state().labels:
        insee, _, label = pair.partition(URL_PAIR_SEPARATOR)
        named[insee] = (*named.get(insee, ()), label)
    try:
        return LandParameters(economic_labels=named)
    except ValidationError:
        return LandParameters()


def read_zan_parameters() -> ZanParameters:
    """Return how the session reads the ZAN law: as it stands on its reference date."""
    return ZanParameters(as_of=read_state().reference_date)


def read_reference_day() -> date:
    """Return the day whose law the session reads."""
    return read_state().reference_date or verified_on()


def reference_days() -> tuple[date, date]:
    """Return the first and the last day on which the law sets an envelope."""
    days = [one for one in legal_figures() if one.name == "reduction_share"]
    return days[0].valid_from, days[-1].valid_to or date.max


def labels_of(parameters: LandParameters) -> tuple[str, ...]:
    """Return the economic labels of parameters as the state keeps them."""
    return tuple(
        f"{insee}{URL_PAIR_SEPARATOR}{label}"
        for insee, labels in parameters.economic_labels.items()
        for label in labels
    )


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


def forget_requirement() -> None:
    """Search for nothing any more."""
    update_state(requirement=None)


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
    told_day = query.get("date", "")
    return AppState(
        territory=query.get("territoire", ""),
        statuses=_among(query.get("statuts", ""), set(SiteStatus)),
        min_ha=_number(query.get("min_ha")) or 0.0,
        max_ha=_number(query.get("max_ha")),
        site_id=query.get("fiche", ""),
        shortlist=_listed(query.get("liste", "")),
        kinds=_among(query.get("natures", ""), set(SiteKind)),
        min_width_m=_number(query.get("largeur_min")) or 0.0,
        min_reliability_share=min(_number(query.get("fiabilite_min")) or 0.0, 1.0),
        reach_m=_pairs(query.get("distances", ""), ACCESS_FR),
        usage=next(iter(_among(query.get("usage", ""), preset_names())), ""),
        weights=_pairs(query.get("poids", "")),
        requirement=_requirement(query.get("cahier")),
        labels=_listed(query.get("libelles", "")),
        reference_date=_day(told_day),
        refused_date="" if _day(told_day) else told_day,
        verdicts=_among(query.get("enveloppe", ""), set(Verdict)),
        drawing=DrawingUse.PROJECT if query.get("dessin") == PROJECT_URL else DrawingUse.FILTER,
        project=read_options(query.get("projet")),
        stations=read_request(query.get("stations")),
    )


def write_address() -> None:
    """Make the address say the state of the session, so that it can be kept and sent."""
    state = read_state()
    told = {
        "territoire": state.territory,
        "statuts": URL_LIST_SEPARATOR.join(state.statuses),
        "min_ha": _told(state.min_ha),
        "max_ha": "" if state.max_ha is None else f"{state.max_ha:g}",
        "fiche": state.site_id,
        "liste": URL_LIST_SEPARATOR.join(state.shortlist),
        "natures": URL_LIST_SEPARATOR.join(state.kinds),
        "largeur_min": _told(state.min_width_m),
        "fiabilite_min": _told(state.min_reliability_share),
        "distances": _told_pairs(state.reach_m),
        "usage": state.usage,
        "poids": _told_pairs(state.weights),
        "libelles": URL_LIST_SEPARATOR.join(state.labels),
        "date": "" if state.reference_date is None else state.reference_date.isoformat(),
        "enveloppe": URL_LIST_SEPARATOR.join(state.verdicts),
        "dessin": PROJECT_URL if state.drawing is DrawingUse.PROJECT else "",
        "projet": "" if state.project == NO_OPTION else options_json(state.project),
        "stations": "" if state.stations == USUAL_REQUEST else request_json(state.stations),
        "cahier": "" if state.requirement is None else requirement_json(state.requirement),
    }
    for name, value in told.items():
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


def requirement_json(requirement: Requirement) -> str:
    """Return a requirement in few words: what asks for nothing is left out."""
    return requirement.model_dump_json(exclude_defaults=True)


def _requirement(text: str | None) -> Requirement | None:
    try:
        return Requirement.model_validate_json(text) if text else None
    except ValidationError:
        return None


def _day(text: str) -> date | None:
    """Return a day of the address; None when it is no day the law is known on."""
    first, last = reference_days()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if first <= day <= last else None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(URL_LIST_SEPARATOR) if part)


def _among(text: str, known: Collection[str]) -> tuple[str, ...]:
    return tuple(one for one in _listed(text) if one in known)


def _pairs(text: str, known: Iterable[str] | None = None) -> Figures:
    """Return the figures of «nom:3,autre:5» whose names are known, all of them for None."""
    found = [part.partition(URL_PAIR_SEPARATOR) for part in _listed(text)]
    told = [(name, _number(figure)) for name, _, figure in found]
    names = {name for name, _ in told} if known is None else set(known)
    return tuple((name, value) for name, value in told if value is not None and name in names)


def _told_pairs(figures: Figures) -> str:
    told = (f"{name}{URL_PAIR_SEPARATOR}{value:g}" for name, value in figures)
    return URL_LIST_SEPARATOR.join(told)


def _told(value: float) -> str:
    return f"{value:g}" if value else ""


def _number(text: str | None) -> float | None:
    """Return a positive number of the address; None when it says nothing that can be used."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
