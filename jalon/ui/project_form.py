"""What the drawings of the land page are for, and what is told of the project they outline."""

import streamlit as st

from geo.errors import InputError
from jalon.ui.filters import ask_figure
from jalon.ui.project_options import DAY_FORMAT, DrawingUse, Guarantee, ProjectOptions, read_day
from jalon.ui.project_text_fr import (
    AFTER_HELP,
    AFTER_LABEL,
    EFFECTIVE_LABEL,
    GUARANTEES_FR,
    GUARANTEES_HELP,
    NOTHING_RESTORED,
    OPTIONS_LABEL,
    PENE_LABEL,
    PHOTOVOLTAIC_LABEL,
    PLANNED_LABEL,
    PROJECT_HELP,
    USE_LABEL,
    WORKS_LABEL,
    WORKS_PLACEHOLDER,
)
from jalon.ui.state import read_state, update_state
from jalon.ui.text_fr import DRAW_HELP, literal
from jalon.zan.land_state import AfterKind
from jalon.zan.pene import PeneStatus

USES = tuple(DrawingUse)
KINDS_AFTER = tuple(AfterKind)
PENE_STATUSES = tuple(PeneStatus)


def ask_drawing() -> None:
    """Ask what a drawing is for and, when it is a project, what is told of it."""
    state = read_state()
    use = st.radio(USE_LABEL, USES, index=USES.index(state.drawing), key="dessin-usage")
    update_state(drawing=use)
    is_project = use == DrawingUse.PROJECT
    st.caption(PROJECT_HELP if is_project else DRAW_HELP)
    if is_project:
        with st.expander(OPTIONS_LABEL):
            update_state(project=_ask_options(state.project))


def _ask_options(told: ProjectOptions) -> ProjectOptions:
    works = st.text_input(
        WORKS_LABEL,
        value="" if told.works_on is None else f"{told.works_on:{DAY_FORMAT}}",
        placeholder=WORKS_PLACEHOLDER,
        key="projet-travaux",
    )
    try:
        works_on = read_day(works)
    except InputError as fault:
        works_on = None
        st.warning(literal(fault.message))
    after = st.selectbox(
        AFTER_LABEL,
        KINDS_AFTER,
        index=KINDS_AFTER.index(told.after),
        help=AFTER_HELP,
        key="projet-sol",
    )
    pene = st.selectbox(
        PENE_LABEL, PENE_STATUSES, index=PENE_STATUSES.index(told.pene), key="projet-pene"
    )
    is_photovoltaic = st.checkbox(PHOTOVOLTAIC_LABEL, told.is_photovoltaic, key="projet-pv")
    effective_ha = _ask_restored(EFFECTIVE_LABEL, told.restored_effective_ha, "projet-renature")
    planned_ha = _ask_restored(PLANNED_LABEL, told.restored_planned_ha, "projet-renaturation")
    return ProjectOptions(
        works_on=works_on,
        after=after,
        pene=pene,
        is_photovoltaic=is_photovoltaic,
        guarantees=_ask_guarantees(told) if is_photovoltaic else (),
        restored_effective_ha=effective_ha,
        restored_planned_ha=planned_ha,
    )


def _ask_restored(label: str, told_ha: float, key: str) -> float:
    """Show a field for the hectares given back to nature, and return them."""
    asked_ha = ask_figure(label, told_ha or None, key=key, step=0.1, placeholder=NOTHING_RESTORED)
    return asked_ha or 0.0


def _ask_guarantees(told: ProjectOptions) -> tuple[Guarantee, ...]:
    """Show a box for each guarantee of a photovoltaic project, and return those it has."""
    st.caption(GUARANTEES_HELP)
    return tuple(
        one
        for one in Guarantee
        if st.checkbox(GUARANTEES_FR[one], one in told.guarantees, key=f"projet-{one}")
    )
