"""The requirement of a company as a form, and as a file that goes out and comes back."""

import tempfile
from pathlib import Path
from typing import Final, get_args

import streamlit as st

from geo.errors import InputError, JalonError
from jalon.requirement import AcceptedStatus, Changes, Requirement
from jalon.scenario_file import validated
from jalon.specification import (
    Specification,
    preset,
    preset_names,
    preset_scoring,
    read_specification,
    specification_text,
)
from jalon.ui.faults import show_fault
from jalon.ui.filters import KINDS, ask_figure
from jalon.ui.state import (
    Figures,
    forget_requirement,
    labels_of,
    read_parameters,
    read_state,
    requirement_json,
    update_state,
)
from jalon.ui.text_fr import (
    ALL_KINDS,
    ALL_STATUSES,
    KEPT_KEYS,
    OTHER_CRITERIA,
    OTHER_LAND,
    REACH_LABELS,
    REQUIREMENT_HELP,
    SPECIFICATION_FILE,
    WHOLE_FILE_HINT,
    literal,
)
from jalon.ui.usage import chosen_scoring, scoring_of, usage_title, use

FAULT_KEY = "cahier-faute"
FILE_KEY = "cahier-fichier"
TITLE_FR = "Cahier des charges"

FIGURES: Final = (
    {
        "area_min_ha": ("Surface min. (ha)", 0.5),
        "area_max_ha": ("Surface max. (ha)", 0.5),
        "width_min_m": ("Largeur min. (m)", 10.0),
    },
    {
        "max_road_m": (REACH_LABELS["road_m"], 100.0),
        "max_main_road_m": (REACH_LABELS["main_road_m"], 500.0),
        "max_motorway_m": (REACH_LABELS["motorway_m"], 500.0),
    },
    {
        "max_rail_m": (REACH_LABELS["rail_m"], 500.0),
        "max_substation_m": (REACH_LABELS["substation_m"], 500.0),
    },
    {
        "max_enaf_ha": ("Coût ENAF max. (ha)", 0.5),
    },
)
"""The columns of the form: the keys of a requirement, their labels and their steps."""

SHARE_KEY = "min_reliability_share"
CHOICE_KEYS = ("statuses", "kinds", "no_flood")


def ask_requirement() -> None:
    """Show the form and the file of the requirement; what it asks goes to the session."""
    asked = read_state().requirement or Requirement()
    prefix = f"cahier-{hash(requirement_json(asked))}"  # another requirement fills new fields
    st.caption(REQUIREMENT_HELP)
    with st.form(prefix):
        _ask_fields(asked, prefix)
        _ask_words(asked, prefix)
        st.form_submit_button("Chercher", type="primary", on_click=_search, args=(asked, prefix))
    _show_ways(asked)
    if fault := st.session_state.pop(FAULT_KEY, None):
        show_fault(fault)
    others = _kept_keys(asked)
    if others:
        st.caption(KEPT_KEYS.format(keys=literal(", ".join(others))))


def relax(changes: Changes) -> None:
    """Apply changes to the requirement of the session, which is then searched again."""
    asked = read_state().requirement or Requirement()
    _ask(asked.relaxed(changes).model_dump())


def session_specification(requirement: Requirement) -> Specification:
    """Return what the session asks for, and how it ranks, as one specification."""
    return Specification(
        title=TITLE_FR,
        requirement=requirement,
        land=read_parameters(),
        score=chosen_scoring(),
    )


def _ask_fields(asked: Requirement, prefix: str) -> None:
    columns = st.columns(4)
    for column, figures in zip(columns, FIGURES, strict=True):
        with column:
            for key, (label, step) in figures.items():
                ask_figure(label, getattr(asked, key), key=f"{prefix}-{key}", step=step)
    with columns[2]:
        _ask_usage(prefix)
    with columns[3]:
        share = asked.min_reliability_share
        percent = None if share is None else round(100 * share, 1)
        ask_figure(
            "Fiabilité au moins (%)", percent, key=f"{prefix}-{SHARE_KEY}", step=10.0, most=100.0
        )


def _ask_usage(prefix: str) -> None:
    usages = ("", *preset_names())
    st.selectbox(
        "Classer pour l'usage",
        usages,
        index=usages.index(read_state().usage),
        format_func=usage_title,
        key=f"{prefix}-usage-{read_state().usage}",
    )


def _ask_words(asked: Requirement, prefix: str) -> None:
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    left.multiselect(
        "Statuts acceptés",
        get_args(AcceptedStatus),
        default=asked.statuses,
        key=f"{prefix}-statuses",
        placeholder=ALL_STATUSES,
    )
    middle.multiselect(
        "Natures", KINDS, default=asked.kinds, key=f"{prefix}-kinds", placeholder=ALL_KINDS
    )
    right.checkbox("Sans zone inondable", value=asked.no_flood, key=f"{prefix}-no_flood")


def _search(asked: Requirement, prefix: str) -> None:
    """Take what the form says; keys it does not show stay as they were asked."""
    fields = asked.model_dump()
    told = st.session_state
    fields |= {key: told[f"{prefix}-{key}"] for figures in FIGURES for key in figures}
    fields |= {key: told[f"{prefix}-{key}"] for key in CHOICE_KEYS}
    percent = told[f"{prefix}-{SHARE_KEY}"]
    fields[SHARE_KEY] = None if percent is None else percent / 100
    usage = told[f"{prefix}-usage-{read_state().usage}"]
    if usage != read_state().usage:
        use(usage)
    _ask(fields)


def _ask(fields: dict[str, object]) -> None:
    """Make the session ask what `fields` say, or keep the fault to be told."""
    try:
        requirement = validated(
            Requirement, fields, subject=TITLE_FR, hint="Corrigez ces champs, puis cherchez."
        )
    except InputError as error:
        st.session_state[FAULT_KEY] = error
    else:
        update_state(requirement=requirement)


def _kept_keys(asked: Requirement) -> list[str]:
    """Return the keys asked by a file for which the form has no field."""
    shown = {*CHOICE_KEYS, SHARE_KEY, *(key for figures in FIGURES for key in figures)}
    return sorted(asked.model_dump(exclude_defaults=True).keys() - shown)


def _show_ways(asked: Requirement) -> None:
    """Show the ways in and out: the model of the usage, a file, nothing asked any more."""
    row = st.container(horizontal=True, vertical_alignment="center")
    usage = read_state().usage
    if usage:
        row.button(
            f"Partir du modèle « {usage_title(usage)} »",
            on_click=_ask,
            args=(preset(usage).requirement.model_dump(),),
        )
    row.download_button(
        "Télécharger le cahier des charges (TOML)",
        specification_text(session_specification(asked)),
        file_name=SPECIFICATION_FILE,
        mime="application/toml",
        on_click="ignore",
    )
    with row.popover("Reprendre un fichier TOML"):
        st.file_uploader(TITLE_FR, type="toml", key=FILE_KEY, on_change=_take_file)
    if read_state().requirement is not None:
        row.button("Effacer la recherche", on_click=forget_requirement)


def _take_file() -> None:
    """Ask what the file just chosen says; its weights too, when its criteria are a model's."""
    file = st.session_state[FILE_KEY]
    if file is None:
        return
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / SPECIFICATION_FILE
            path.write_bytes(file.getbuffer())
            found = read_specification(path)
    except JalonError as error:
        st.session_state[FAULT_KEY] = error
        return
    update_state(requirement=found.requirement, labels=labels_of(found.land))
    usage, weights = _usage_of(found)
    use(usage, weights)
    untaken = [
        *([OTHER_CRITERIA] if found.score is not None and not usage else []),
        *([OTHER_LAND] if found.land != read_parameters() else []),
    ]
    if untaken:
        st.session_state[FAULT_KEY] = InputError(" ".join(untaken), WHOLE_FILE_HINT)


def _usage_of(found: Specification) -> tuple[str, Figures]:
    """Return the usage whose model has these criteria, and the weights changed; none otherwise."""
    if found.score is None:
        return "", ()
    weights = tuple((one.id, one.weight) for one in found.score.criteria)
    for name in preset_names():
        if scoring_of(name, weights) == found.score:
            usual = {one.id: one.weight for one in preset_scoring(name).criteria}
            return name, tuple((key, value) for key, value in weights if usual[key] != value)
    return "", ()
