"""The tables of the ZAN page: every account, the communes, the origin of figures, the gaps."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from jalon.french import percent
from jalon.ledger_export.figures import figure_lines
from jalon.ledger_export.report import LEGEND_FR
from jalon.ui.ledger_text_fr import (
    ACCOUNTS_HELP,
    AROUND_HELP,
    CLOSED_HELP,
    NET_COLUMN_HELP,
    ORIGIN_TITLE,
    RATE_STATUS_HELP,
    RECONCILED_HELP,
    RECONCILED_TITLE,
    UNCOVERED_HELP,
    area,
    used,
)
from jalon.ui.tables_fr import LOCAL_NUMBER, SHARE, rounded, show_table, show_wrapped
from jalon.ui.text_fr import literal
from jalon.zan.levels import COMMUNE, DEPARTEMENT, EPCI, LEVELS, SCOT

COMMUNE_HEADS = {
    "name": "Commune",
    "reference_ha": "Référence",
    "rate_status": "Statut",
    "envelope_ha": "Enveloppe",
    "floor_lo_ha": "Garantie",
    "floor_hi_ha": "Garantie, au plus",
    "net_ha": "Consommé",
    "remaining_lo_ha": "Reste",
    "remaining_hi_ha": "Reste, au plus",
    "used_hi_share": "Utilisé",
    "closed_ha": "Part EPCI",
}
UPPER_BOUNDS = {
    "floor_hi_ha": "floor_lo_ha",
    "remaining_hi_ha": "remaining_lo_ha",
}
"""Columns shown only where they differ from the one beside which they stand."""

YEAR_HEADS = {
    "year": "Année",
    "published_ha": "Publié (ha)",
    "net_ha": "Net (ha)",
    "cumulated_ha": "Net cumulé (ha)",
}
PART_HEADS = {"part": "Part", "told": "Surface"}
READ_WHOLE = (EPCI, SCOT, DEPARTEMENT)
"""The levels of which every imported series is read, when one of their communes is chosen."""

HELPS = {
    "closed_ha": CLOSED_HELP,
    "rate_status": RATE_STATUS_HELP,
    "net_ha": NET_COLUMN_HELP,
}
UNCOVERED_HEAD = "Non couvert"


def show_accounts(accounts: pd.DataFrame) -> None:
    """Show the accounts of several levels, the widest first."""
    rows = _widest_first(accounts)
    table = pd.DataFrame(
        {
            "Territoire": rows["name"] + " (" + rows["level"] + ")",
            "Communes": rows["counted_count"].astype(str) + "/" + rows["commune_count"].astype(str),
            "Référence": _areas(rows, "reference"),
            "Taux": _rates(rows),
            "Autorisé": _areas(rows, "allowed_lo", "allowed_hi"),
            "Consommé net": _areas(rows, "net"),
            "Reste": _areas(rows, "remaining_lo", "remaining_hi"),
            "Utilisé": [
                used(*one) for one in zip(rows["used_lo_share"], rows["used_hi_share"], strict=True)
            ],
        }
    )
    if rows["closing_shortfall_ha"].gt(0).any():
        table[UNCOVERED_HEAD] = _areas(rows, "closing_shortfall")
        st.caption(UNCOVERED_HELP)
    show_wrapped(table)
    st.caption(f"{ACCOUNTS_HELP} {AROUND_HELP}")


def with_around(
    accounts: pd.DataFrame, around: pd.DataFrame, belonging: pd.DataFrame
) -> pd.DataFrame:
    """Return the accounts wider than communes, and those of `around` the communes lie in.

    `belonging` says what the communes chosen belong to; one alone is shown itself.
    """
    enclosing = [
        around["level"].eq(level.name_fr) & around["code"].isin(belonging[level.code].dropna())
        for level in READ_WHOLE
    ]
    wider = around[pd.concat(enclosing, axis=1).any(axis=1)]
    both = pd.concat([accounts, wider]).drop_duplicates(["level", "code"])
    return both[both["level"].ne(COMMUNE.name_fr) | (len(belonging) == 1)]


def show_communes(accounts: pd.DataFrame) -> None:
    """Show the account of each commune: its guarantee, its share of the closed envelope."""
    rows = accounts[accounts["level"].eq(COMMUNE.name_fr)]
    shown = {name: head for name, head in COMMUNE_HEADS.items() if not _is_doubled(rows, name)}
    columns = {head: _column(name) for name, head in shown.items()}
    show_table(rounded(rows[list(shown)]).rename(columns=shown), columns)
    st.caption(ACCOUNTS_HELP)


def show_origin(own: pd.Series) -> None:
    """Show where each figure of an account comes from."""
    st.markdown(f"**{ORIGIN_TITLE}** : {literal(own['name'])}")
    show_wrapped(figure_lines(own))
    st.caption(LEGEND_FR)


def show_reconciliation(compared: pd.DataFrame) -> None:
    """Show the figures beside those of the ministry's rule, and the rules between them."""
    rows = _widest_first(compared)
    table = pd.DataFrame(
        {
            "Territoire": rows["name"],
            "Autorisé": _areas(rows, "allowed_lo", "allowed_hi"),
            "Autorisé, ministère": _areas(rows, "ministry_allowed"),
            "Projection": _areas(rows, "projection"),
            "Projection, ministère": _areas(rows, "ministry_projection"),
            "Règles": rows["rule_ids"].map(", ".join),
        }
    )
    reasons = rows[["rule_ids", "reasons_fr"]].explode(["rule_ids", "reasons_fr"]).dropna()
    with st.expander(RECONCILED_TITLE):
        st.caption(RECONCILED_HELP)
        show_wrapped(table)
        lines = "- " + reasons["rule_ids"] + " : " + reasons["reasons_fr"].map(literal)
        st.markdown("\n".join(lines.unique()))


def _areas(rows: pd.DataFrame, low: str, high: str | None = None) -> list[str]:
    """Return the areas of the columns `low` and `high` (without «_ha») as texts."""
    ends = zip(rows[f"{low}_ha"], rows[f"{high or low}_ha"], strict=True)
    return [area(*one) for one in ends]


def _rates(rows: pd.DataFrame) -> list[str]:
    told = zip(rows["reduction_share"], rows["rate_status"], strict=True)
    return [f"{percent(rate)} {status}" for rate, status in told]


def show_years(years: pd.DataFrame) -> None:
    """Show the figures of the chart of the decade."""
    columns = dict.fromkeys([head for head in YEAR_HEADS.values() if "(" in head], LOCAL_NUMBER)
    show_table(rounded(years.rename(columns=YEAR_HEADS)), columns, is_whole=True)


def show_parts(parts: pd.DataFrame) -> None:
    """Show the figures of the chart of the envelope."""
    once = parts.drop_duplicates("part")
    show_table(once[list(PART_HEADS)].rename(columns=PART_HEADS))


def _is_doubled(rows: pd.DataFrame, name: str) -> bool:
    """Tell whether an upper bound says nothing more than the lower one."""
    return name in UPPER_BOUNDS and rows[name].equals(rows[UPPER_BOUNDS[name]])


def _column(name: str) -> ColumnConfig:
    if name.endswith("_ha"):
        return st.column_config.NumberColumn(format="localized", help=HELPS.get(name))
    return SHARE if name.endswith("_share") else st.column_config.Column(help=HELPS.get(name))


def _widest_first(rows: pd.DataFrame) -> pd.DataFrame:
    width = {level.name_fr: -rank for rank, level in enumerate(LEVELS)}
    return rows.sort_values("level", key=lambda names: names.map(width), kind="stable")
