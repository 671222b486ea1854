"""The method page: every rule and every legal figure, from the registries that apply them."""

import pandas as pd
import streamlit as st

from jalon.method import (
    DOMAINS_FR,
    LAW_IN_MOTION_FR,
    LIMITS_LIST_FR,
    figure_rows,
    rule_rows,
    zan_rule_rows,
)
from jalon.model import LIMITS_FR
from jalon.ui.text_fr import FIGURES_HELP, RULES_HELP, ZAN_RULES_HELP, literal
from jalon.zan.law import verified_on

ZAN_COLUMNS = ["Règle", "Ce qu'elle dit", "Fondement", "En vigueur", "Certitude"]


def page() -> None:
    """Show how every figure is computed, as text that wraps and can be searched and copied."""
    st.title("Méthode", anchor=False)
    st.info(LIMITS_FR)
    st.subheader("Les règles sur les sites", anchor=False)
    st.caption(RULES_HELP)
    _show_rows(rule_rows())
    st.subheader("Les règles du ZAN", anchor=False)
    st.caption(ZAN_RULES_HELP)
    st.warning(LAW_IN_MOTION_FR)
    for domain, title_fr in DOMAINS_FR.items():
        st.markdown(f"**{title_fr}**")
        _show_rows(zan_rule_rows(domain), ZAN_COLUMNS)
    st.subheader("Les chiffres de la loi", anchor=False)
    st.caption(FIGURES_HELP.format(verified_on=verified_on()))
    _show_rows(figure_rows())
    st.subheader("Ce qu'un logiciel ne peut pas décider", anchor=False)
    for limit in LIMITS_LIST_FR:
        st.markdown(f"- {limit}")


def _show_rows(rows: list[dict[str, str]], columns: list[str] | None = None) -> None:
    table = pd.DataFrame([{name: literal(text) for name, text in row.items()} for row in rows])
    shown = table if columns is None else table[columns]
    st.table(shown, border="horizontal", hide_index=True)


page()
