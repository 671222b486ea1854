"""The blank tables a collectivité fills in to complete its ZAN accounts."""

from functools import partial

import streamlit as st

from jalon.ui.ledger_text_fr import TEMPLATES, TEMPLATES_HELP, TEMPLATES_TITLE
from jalon.zan_templates import template_csv, template_names


def offer_templates() -> None:
    """Show a template a line: what it is for, and its download."""
    with st.expander(TEMPLATES_TITLE):
        st.caption(TEMPLATES_HELP)
        for name in template_names():
            title, purpose = TEMPLATES[name]
            told, button = st.columns([3, 2], vertical_alignment="center")
            told.markdown(f"**{title}** : {purpose}")
            button.download_button(
                f"Modèle : {title} (CSV)",
                partial(template_csv, name),
                file_name=f"modele_zan_{name}.csv",
                mime="text/csv",
                on_click="ignore",
                width="stretch",
            )
