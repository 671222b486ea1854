"""Which zone labels of a PLU are economic: the user says it, where only the règlement does."""

from collections.abc import Mapping

import streamlit as st

from jalon.ui import cache
from jalon.ui.state import URL_PAIR_SEPARATOR, read_state, update_state
from jalon.ui.text_fr import LABELS_HELP, NO_LABEL


def ask_labels(insee: frozenset[str], places: Mapping[str, str]) -> None:
    """Show the labels nothing says economic, and keep those the user chooses."""
    chosen = read_state().labels
    offered = sorted({*cache.local_labels(insee), *chosen})
    if not offered:
        return

    def told(pair: str) -> str:
        code, _, label = pair.partition(URL_PAIR_SEPARATOR)
        return f"{label} ({places.get(code, code)})"

    with st.expander("Libellés du PLU"):
        asked = st.multiselect(
            "Libellés économiques",
            offered,
            default=list(chosen),
            format_func=told,
            key="libelles-economiques",
            placeholder=NO_LABEL,
            help=LABELS_HELP,
        )
    if tuple(asked) != chosen:
        update_state(labels=tuple(asked))
