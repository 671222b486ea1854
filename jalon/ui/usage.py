"""The usage sites are ranked for: a model of criteria, and the weights a planner gives them."""

import streamlit as st

from jalon.criteria import Scoring
from jalon.specification import preset, preset_names, preset_scoring
from jalon.ui.state import Figures, read_state, update_state
from jalon.ui.text_fr import (
    NO_USAGE,
    NO_WEIGHT,
    SCORE_HELP,
    USUAL_WEIGHTS,
    WEIGHTS_HELP,
    weight_label,
)

USAGE_KEY = "usage"


def ask_usage() -> Scoring | None:
    """Show the choice of a usage and of its weights; return the criteria to score by."""
    usages = ("", *preset_names())
    st.session_state.setdefault(USAGE_KEY, read_state().usage)
    usage = st.selectbox(
        "Usage",
        usages,
        format_func=usage_title,
        key=USAGE_KEY,
        on_change=_take_usage,
        help=SCORE_HELP,
    )
    if not usage:
        return None
    with st.popover("Poids des critères", width="stretch"):
        _ask_weights(usage)
    if scoring_of(usage, read_state().weights) is None:
        st.warning(NO_WEIGHT)
    return chosen_scoring()


def usage_title(usage: str) -> str:
    """Return a usage as people call it."""
    return preset(usage).title if usage else NO_USAGE


def chosen_scoring() -> Scoring | None:
    """Return the criteria of the session's usage; its model's weights when all are nought."""
    state = read_state()
    if not state.usage:
        return None
    return scoring_of(state.usage, state.weights) or preset_scoring(state.usage)


def scoring_of(usage: str, weights: Figures) -> Scoring | None:
    """Return the criteria of a usage under `weights`; None when nothing has any weight."""
    model = preset_scoring(usage)
    given = {one.id: one.weight for one in model.criteria} | dict(weights)
    return model.weighted(given) if any(given[one.id] for one in model.criteria) else None


def use(usage: str, weights: Figures = ()) -> None:
    """Make the session rank by `usage`; only callbacks may call it."""
    st.session_state[USAGE_KEY] = usage
    _take_weights(usage, weights)


def _take_usage() -> None:
    _take_weights(st.session_state[USAGE_KEY], ())


def _take_weights(usage: str, weights: Figures) -> None:
    update_state(usage=usage, weights=weights)
    given = dict(weights)
    for one in preset_scoring(usage).criteria if usage else ():
        st.session_state[_key(usage, one.id)] = given.get(one.id, one.weight)


def _ask_weights(usage: str) -> None:
    """Show one field a criterion; only the weights that differ from the model's are kept."""
    model, known = preset_scoring(usage), dict(read_state().weights)
    st.caption(WEIGHTS_HELP)
    st.button(USUAL_WEIGHTS, on_click=_take_weights, args=(usage, ()))
    asked = {}
    for one in model.criteria:
        key = _key(usage, one.id)
        st.session_state.setdefault(key, known.get(one.id, one.weight))
        asked[one.id] = st.number_input(
            weight_label(one.title),
            min_value=0.0,
            max_value=1_000.0,
            step=1.0,
            format="%g",
            key=key,
        )
    changed = [(one.id, asked[one.id]) for one in model.criteria if asked[one.id] != one.weight]
    update_state(weights=tuple(changed))


def _key(usage: str, criterion_id: str) -> str:
    return f"poids-{usage}-{criterion_id}"
