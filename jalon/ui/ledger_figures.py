"""The figures of the account on show: each with the rules, the texts and how sure they are."""

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from jalon.french import hectares, percent
from jalon.ledger_export.report import certainty_fr
from jalon.ui.ledger_text_fr import (
    ALLOWED_HELP,
    CERTAINTY_HINT,
    NET_HELP,
    RATE_HELP,
    REFERENCE_HELP,
    REMAINING_HELP,
    UNKNOWN,
    USED_HELP,
    area,
    counted,
    used,
)
from jalon.ui.text_fr import literal
from jalon.zan.rules import rule

RATE_RULES = ("R-ENV-2", "R-ENV-3", "R-ENV-4")
ALLOWED_RULES = ("R-ENV-1", "R-GAR-1", "R-GAR-2", "R-GAR-3", "R-GAR-4", "R-GAR-5")
NET_RULES = ("R-ENV-10", "R-PENE-2", "R-PENE-3", "R-PAR-8", "R-PAR-9b", "R-PAR-11")
PACE_RULES = ("R-ENV-11",)


def show_figures(own: pd.Series) -> None:
    """Show C, r, A, N, B and the share used, in as many rows as the screen needs."""
    known = own["counted_count"] > 0
    shown = (
        ("Consommé 2011-2020", area(own["reference_ha"], own["reference_ha"]), _reference_help()),
        (
            f"Taux de réduction ({own['rate_status']})",
            percent(own["reduction_share"]),
            _rate_help(own),
        ),
        ("Autorisé 2021-2030", _bounds(own, "allowed"), _help(ALLOWED_HELP, ALLOWED_RULES, own)),
        (_period(own) if known else "Consommé net", area(own["net_ha"], own["net_ha"]), _net(own)),
        ("Reste jusqu'à 2030", _bounds(own, "remaining"), _help(REMAINING_HELP, PACE_RULES, own)),
        ("Utilisé", _used(own), _help(USED_HELP, PACE_RULES, own)),
    )
    row = st.container(horizontal=True, gap="medium")
    for label, value, help_fr in shown:
        row.metric(label, value, help=help_fr, width="content")


def show_notes(own: pd.Series) -> None:
    """Show what the account does not count and does not know, in calm sentences."""
    notes = [literal(sentence) for sentence in own["warnings_fr"]]
    if own["counted_count"] < own["commune_count"]:
        notes.insert(0, counted(int(own["counted_count"]), int(own["commune_count"])))
    if notes:
        st.info("  \n".join(notes), icon=":material/info:")


def _period(own: pd.Series) -> str:
    return f"Consommé net {own['first_year']:.0f}-{own['last_year']:.0f}"


def _bounds(own: pd.Series, name: str) -> str:
    return area(own[f"{name}_lo_ha"], own[f"{name}_hi_ha"])


def _used(own: pd.Series) -> str:
    return used(own["used_lo_share"], own["used_hi_share"])


def _reference_help() -> str:
    return _told(REFERENCE_HELP, ["R-ENV-1"])


def _rate_help(own: pd.Series) -> str:
    return _help(RATE_HELP.format(source=literal(own["rate_source_fr"])), RATE_RULES, own)


def _net(own: pd.Series) -> str:
    taken = {"published": "published_ha", "pene": "pene_ha", "solar": "pv_exempt_ha"}
    taken |= {"moved": "zac_moved_ha", "restored": "restored_ha"}
    told = {name: hectares(own[column]) for name, column in taken.items()}
    is_known = own[list(taken.values())].notna().all()
    return _help(NET_HELP.format(**told) if is_known else UNKNOWN, NET_RULES, own)


def _help(text: str, rule_ids: Iterable[str], own: pd.Series) -> str:
    """Return a text and those of the rules that made the account, with texts and certainty."""
    return _told(text, [one for one in rule_ids if one in own["rule_ids"]])


def _told(text: str, rule_ids: Iterable[str]) -> str:
    lines = [f"- {one} : {_basis(one)}" for one in rule_ids]
    return "\n".join([text, "", *lines, "", CERTAINTY_HINT])


def _basis(rule_id: str) -> str:
    known = rule(rule_id)
    return f"{literal(known.basis_fr)} (certitude {certainty_fr(known)})"
