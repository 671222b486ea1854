"""What communes that pool their guarantee have together, on the ZAN page."""

import pandas as pd
import streamlit as st

from jalon.ledger_export.tables import pool_rows
from jalon.ui.ledger_text_fr import POOLS_HELP, POOLS_TITLE
from jalon.ui.tables_fr import show_wrapped


def show_pools(pools: pd.DataFrame) -> None:
    """Show A, N and what remains to each pool."""
    st.markdown(f"**{POOLS_TITLE}**")
    show_wrapped(pool_rows(pools))
    st.caption(POOLS_HELP)
