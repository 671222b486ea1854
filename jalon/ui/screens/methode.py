"""The method page: every rule and every legal figure, from the registries that apply them."""

import pandas as pd
import streamlit as st

from jalon.method import LIMITS_LIST_FR, figure_rows, rule_rows
from jalon.model import LIMITS_FR
from jalon.ui.text_fr import FIGURES_HELP, RULES_HELP, literal


def page() -> None:
    """Show how every figure is computed, as text that wraps and can be searched and copied."""
    st.title("Méthode", anchor=False)
    st.info(LIMITS_FR)
    st.subheader("Les règles sur les sites", anchor=False)
    st.caption(RULES_HELP)
    _show_rows(rule_rows())
    st.subheader("Les chiffres de la loi", anchor=False)
    st.caption(FIGURES_HELP)
    _show_rows(figure_rows())
    st.subheader("Ce qu'un logiciel ne peut pas décider", anchor=False)
    for limit in LIMITS_LIST_FR:
        st.markdown(f"- {limit}")


def _show_rows(rows: list[dict[str, str]]) -> None:
    table = pd.DataFrame([{name: literal(text) for name, text in row.items()} for row in rows])
    st.table(table, border="horizontal", hide_index=True)


page()
