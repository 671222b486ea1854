"""Tables as French readers see them on screen."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from jalon.french import number
from jalon.ui.project_text_fr import VERDICT_HELP, VERDICT_LABEL
from jalon.ui.text_fr import SCORE_RANGE_HELP, SPREAD_HELP, TOP_HELP, literal

VERDICT = "envelope_verdict"

ID_COLUMN = {"site_id": "Identifiant"}

RANK_TABLE = {
    "rank": "Rang",
    "score_told": "Note",
    "spread_told": "Rang (5 à 95 %)",
    "top10_share": "Dix premiers",
}

SITE_TABLE = {
    "place": "Commune",
    "status": "Statut",
    "usable_ha": "Utile (ha)",
    "enaf_lo_ha": "ENAF min. (ha)",
    "enaf_hi_ha": "ENAF max. (ha)",
    VERDICT: VERDICT_LABEL,
    "zone_label": "Zone PLU",
    "zae_name": "ZAE",
    "friche_name": "Friche",
    "kind": "Nature",
    "parcel_count": "Parcelles",
    "width_m": "Largeur (m)",
    "reliability_share": "Fiabilité",
    "reasons_fr": "Raisons",
}

LOCAL_NUMBER = st.column_config.NumberColumn(format="localized")
"""The reader's own decimal sign; figures are rounded beforehand by `rounded`."""

SHARE = st.column_config.NumberColumn(format="percent")

MISSING = "—"

SHOWN_DECIMALS = 2

ROWS_READ = 60
"""A table of sentences longer than this is browsed, not read: its cells no longer wrap."""

SITE_COLUMNS = {
    "Note": st.column_config.TextColumn(help=SCORE_RANGE_HELP),
    "Rang (5 à 95 %)": st.column_config.TextColumn(help=SPREAD_HELP),
    "Dix premiers": st.column_config.NumberColumn(format="percent", help=TOP_HELP),
    "Parcelles": LOCAL_NUMBER,
    "Largeur (m)": LOCAL_NUMBER,
    "Utile (ha)": LOCAL_NUMBER,
    "ENAF min. (ha)": LOCAL_NUMBER,
    "ENAF max. (ha)": LOCAL_NUMBER,
    VERDICT_LABEL: st.column_config.TextColumn(help=VERDICT_HELP),
    "Fiabilité": SHARE,
    "Ce qui n'est pas connu": st.column_config.TextColumn(width="medium"),
    "Raisons": st.column_config.TextColumn(width="large"),
}


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with two decimals, as areas are shown."""
    return table.round(SHOWN_DECIMALS)


def site_table(
    sites: pd.DataFrame, places: Mapping[str, str], extra: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the columns a land officer reads, under French names; `places` names communes.

    Scored sites say their rank first; `extra` adds columns of sentences just after. Sites not
    compared with an envelope have no column for it.
    """
    ranked = RANK_TABLE if "rank" in sites else {}
    known = {name: title for name, title in SITE_TABLE.items() if name in sites or name != VERDICT}
    titles = {**ID_COLUMN, **ranked, **(extra or {}), **known}
    told = pd.DataFrame(sites).assign(
        place=sites["commune"].map(places),
        reasons_fr=sites["reasons_fr"].map(" ".join),
        width_m=sites["width_m"].round(),
        **{name: sites[name].map("\n".join) for name in extra or ()},
    )
    if ranked:
        told["score_told"] = intervals(told["score_lo"], told["score_hi"], decimals=2)
        told["spread_told"] = intervals(told["rank_p05"], told["rank_p95"], decimals=0)
    return rounded(told[list(titles)].rename(columns=titles))


def intervals(low: pd.Series, high: pd.Series, *, decimals: int) -> list[str]:
    """Return «0,54 à 0,88» for each row, one figure when both ends are told alike."""
    ends = (one.to_numpy(dtype=float, na_value=np.nan) for one in (low, high))
    told = ([number(end, decimals) for end in both] for both in zip(*ends, strict=True))
    return [" à ".join(dict.fromkeys(both)) for both in told]


def show_table(
    table: pd.DataFrame,
    columns: Mapping[str, ColumnConfig] | None = None,
    *,
    is_whole: bool = False,
) -> None:
    """Show a table to read: no row numbers, a dash where nothing is known.

    A table that `is_whole` shows every row; others scroll after ten.
    """
    st.dataframe(
        table,
        hide_index=True,
        placeholder=MISSING,
        column_config=columns,
        height="content" if is_whole else "auto",
    )


def show_wrapped(table: pd.DataFrame) -> None:
    """Show a table of texts whose cells wrap, so that nothing is cut; a long one is browsed."""
    if len(table) > ROWS_READ:
        show_table(table)
        return
    written = table.astype(object).where(table.notna(), MISSING)
    st.table(written.map(lambda told: literal(str(told))), border="horizontal", hide_index=True)
