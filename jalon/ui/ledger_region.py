"""The arithmetic of a region on the ZAN page: PENE levy, cap, part kept back, part of each SCoT."""

import pandas as pd
import streamlit as st

from jalon.ledger_export.tables import region_rows
from jalon.ui.ledger_text_fr import REGION_HELP, REGION_TITLE
from jalon.ui.tables_fr import show_wrapped


def show_regions(regions: pd.DataFrame) -> None:
    """Show what each region pays for PENE, keeps back and shares, and its SCoT under it."""
    st.markdown(f"**{REGION_TITLE}**")
    show_wrapped(region_rows(regions))
    st.caption(REGION_HELP)
