"""Tables as French readers see them on screen."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

SITE_TABLE = {
    "site_id": "Identifiant",
    "place": "Commune",
    "status": "Statut",
    "usable_ha": "Utile (ha)",
    "enaf_lo_ha": "ENAF min. (ha)",
    "enaf_hi_ha": "ENAF max. (ha)",
    "zone_label": "Zone PLU",
    "zae_name": "ZAE",
    "friche_name": "Friche",
    "reliability_share": "Fiabilité",
    "reasons_fr": "Raisons",
}

LOCAL_NUMBER = st.column_config.NumberColumn(format="localized")
"""The reader's own decimal sign; figures are rounded beforehand by `rounded`."""

SHARE = st.column_config.NumberColumn(format="percent")

MISSING = "—"

SHOWN_DECIMALS = 2

SITE_COLUMNS = {
    "Utile (ha)": LOCAL_NUMBER,
    "ENAF min. (ha)": LOCAL_NUMBER,
    "ENAF max. (ha)": LOCAL_NUMBER,
    "Fiabilité": SHARE,
    "Raisons": st.column_config.TextColumn(width="large"),
}


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with two decimals, as areas are shown."""
    return table.round(SHOWN_DECIMALS)


def site_table(sites: pd.DataFrame, places: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns a land officer reads, under French names; `places` names communes."""
    told = pd.DataFrame(sites).assign(
        place=sites["commune"].map(places), reasons_fr=sites["reasons_fr"].map(" ".join)
    )
    return rounded(told[list(SITE_TABLE)].rename(columns=SITE_TABLE))


def show_table(table: pd.DataFrame, columns: Mapping[str, ColumnConfig] | None = None) -> None:
    """Show a table to read: no row numbers, a dash where nothing is known."""
    st.dataframe(table, hide_index=True, placeholder=MISSING, column_config=columns)
