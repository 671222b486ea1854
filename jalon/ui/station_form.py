"""The form that asks for a station plan."""

from collections.abc import Mapping

import streamlit as st

from geo.errors import InputError
from jalon.model import SERVING, Objective, StationParameters
from jalon.scenario_file import validated
from jalon.siting_words import EFFORTS
from jalon.ui import cache
from jalon.ui.faults import show_fault
from jalon.ui.state import read_state, update_state
from jalon.ui.station_request import REGIONS, StationRequest
from jalon.ui.station_text_fr import (
    APPROXIMATE,
    CHOSEN_COMMUNES,
    EFFORT_HELP,
    EFFORT_LABEL,
    HELP,
    LABELS,
    MORE_OPTIONS,
    OBJECTIVE_HELP,
    OBJECTIVE_LABEL,
    OBJECTIVES,
)

NONE_CHOSEN = "aucune"
LONGEST_KM = 200.0
COMMUNE_KEYS = ("fixed", "forbidden", "existing")


def ask() -> StationRequest:
    """Show the form, filled with the request of the session; return the last one sent."""
    asked = read_state().stations
    region = st.selectbox(
        "Région", list(REGIONS), list(REGIONS).index(asked.region), format_func=REGIONS.__getitem__
    )
    if region != asked.region:
        asked = update_state(stations=StationRequest(region=region)).stations
    known = list(Objective)
    objective = st.selectbox(
        OBJECTIVE_LABEL,
        known,
        known.index(asked.parameters.objective),
        format_func=OBJECTIVES.__getitem__,
    )
    st.caption(OBJECTIVE_HELP[objective])
    with st.form(f"demande-{region}-{objective.name}", border=False):
        fields = _fields(region, objective, asked.parameters)
        is_sent = st.form_submit_button("Calculer", type="primary", width="stretch")
    st.caption(APPROXIMATE.format(ratio="1,3"))
    if is_sent:
        return _sent(region, fields) or asked
    return asked


def _sent(region: str, fields: dict[str, object]) -> StationRequest | None:
    """Keep the request of the form; show its faults and return None when it has some."""
    try:
        parameters = validated(
            StationParameters, fields, subject="Demande incohérente", hint="Corrigez ces champs."
        )
    except InputError as fault:
        show_fault(InputError(_labelled(fault.message), fault.hint))
        return None
    return update_state(stations=StationRequest(region=region, parameters=parameters)).stations


def _labelled(message: str) -> str:
    """Return a message about keys as one about the fields of the form."""
    for key, label in LABELS.items():
        message = message.replace(f"« {key} »", f"« {label} »")
    return message


def _fields(region: str, objective: Objective, usual: StationParameters) -> dict[str, object]:
    """Show the fields that serve this objective; return what they hold."""
    names = _commune_names(region)
    fields: dict[str, object] = {"objective": objective}
    if objective is Objective.FEWEST:
        percentage = st.number_input(
            LABELS["share"], 1.0, 100.0, 100.0 * usual.share, 1.0, format="%g"
        )
        fields["share"] = percentage / 100
    else:
        most = len(names)
        fields["count"] = st.number_input(LABELS["count"], 1, most, min(usual.count, most))
    fields["radius_km"] = st.number_input(
        LABELS["radius_km"],
        1.0,
        LONGEST_KM,
        float(usual.radius_km),
        1.0,
        format="%g",
        help=HELP["radius_km"],
    )
    with st.expander(CHOSEN_COMMUNES, expanded=any(getattr(usual, key) for key in COMMUNE_KEYS)):
        for key in COMMUNE_KEYS:
            fields[key] = _communes(key, names, getattr(usual, key))
    with st.expander(MORE_OPTIONS):
        fields |= _limits(objective, usual)
        fields["effort"] = _effort(usual.effort)
    return fields


def _commune_names(region: str) -> dict[str, str]:
    known = cache.communes()
    known = known[known["region"].eq(region)]
    return dict(zip(known["insee"], known["nom"] + " (" + known["insee"] + ")", strict=True))


def _communes(key: str, names: Mapping[str, str], usual: tuple[str, ...]) -> tuple[str, ...]:
    chosen = st.multiselect(
        LABELS[key],
        names,
        [code for code in usual if code in names],
        format_func=names.__getitem__,
        placeholder=NONE_CHOSEN,
        help=HELP.get(key),
    )
    return tuple(chosen)


def _limits(objective: Objective, usual: StationParameters) -> dict[str, object]:
    """Show the limits that this objective knows; return what they hold."""
    fields: dict[str, object] = {}
    key = "min_per_departement"
    fields[key] = st.number_input(LABELS[key], 0, None, usual.min_per_departement)
    key = "max_per_departement"
    fields[key] = st.number_input(
        LABELS[key], 0, None, usual.max_per_departement, placeholder="sans limite"
    )
    key, km = "spacing_km", float(usual.spacing_km)
    fields[key] = st.number_input(LABELS[key], 0.0, LONGEST_KM, km, 1.0, format="%g")
    if objective in SERVING["backup"]:
        is_double = st.checkbox(LABELS["backup"], usual.backup > 1, help=HELP["backup"])
        fields["backup"] = 2 if is_double else 1
    if objective in SERVING["alternatives"]:
        key = "alternatives"
        fields[key] = st.number_input(LABELS[key], 0, 5, usual.alternatives, help=HELP[key])
    return fields


def _effort(usual: float) -> float:
    names = list(EFFORTS)
    works = list(EFFORTS.values())
    place = works.index(usual) if usual in works else 1
    chosen = st.radio(
        EFFORT_LABEL, names, place, format_func=str.capitalize, help=EFFORT_HELP, horizontal=True
    )
    return EFFORTS[chosen]
