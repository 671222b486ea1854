"""The reference date of the page, and what the deadlines of the law freeze on that day."""

from datetime import date

import pandas as pd
import streamlit as st

from jalon.ui.ledger_text_fr import (
    DATE_HELP,
    DATE_LABEL,
    FREEZES_HELP,
    NO_DOCUMENT,
    REFUSED_DATE,
    law_dates,
)
from jalon.ui.site_alerts import show_alerts
from jalon.ui.state import read_reference_day, read_state, reference_days, update_state
from jalon.ui.tables_fr import show_wrapped
from jalon.ui.text_fr import literal
from jalon.zan.alerts import documents_over, territory_alerts
from jalon.zan.dates import (
    NOT_TOLD,
    Deadline,
    Integration,
    Zone,
    ZoneKind,
    deadlines,
    opening_freeze,
    permit_freeze,
    sraddet_alert,
)
from jalon.zan.law import verified_on
from jalon.zan.ledger import LedgerInputs
from jalon.zan.levels import LEVELS, REGION, members

SCOT, SRADDET, RNU, CARTE_COMMUNALE = "SCoT", "SRADDET", "RNU", "CC"


def ask_reference_date() -> date:
    """Show the reference date, keep it in the address, and return it."""
    first, last = reference_days()
    chosen = st.date_input(
        DATE_LABEL,
        value=read_reference_day(),
        min_value=first,
        max_value=last,
        format="DD/MM/YYYY",
        help=DATE_HELP,
        key="date-de-reference",
    )
    day = chosen if isinstance(chosen, date) else verified_on()
    asked = None if day == verified_on() else day
    if asked != read_state().reference_date:
        update_state(reference_date=asked, refused_date="")
    refused = read_state().refused_date
    if refused:
        told = REFUSED_DATE.format(text=literal(refused), first=first, last=last)
        st.warning(told, icon=":material/event_busy:")
    st.caption(law_dates(day, verified_on()))
    return day


def tell_reference_date() -> None:
    """Say which day's law applies, on a page that does not ask for it, unless it is the usual."""
    if read_state().reference_date is not None:
        st.caption(law_dates(read_reference_day(), verified_on()))


def show_freezes(inputs: LedgerInputs, insee: frozenset[str], day: date) -> None:
    """Show the deadlines of the law, and what they do to each standing document of the communes."""
    st.markdown("\n".join(_deadline_fr(one) for one in deadlines(day)))
    belonging = members(inputs.communes, inputs.scots).loc[sorted(insee)]
    covering = _covering(inputs.documents, belonging)
    show_alerts(territory_alerts(covering, belonging[REGION.code].dropna(), day))
    if covering.empty:
        st.info(NO_DOCUMENT)
        return
    st.caption(FREEZES_HELP)
    show_wrapped(_told(covering, day))


def _deadline_fr(deadline: Deadline) -> str:
    state = "passée" if deadline.is_past else "à venir"
    link = "" if deadline.label_fr.endswith(" le") else " :"
    return f"- {deadline.label_fr}{link} **{deadline.on:%d/%m/%Y}**, {state} ({deadline.rule_id})"


def _covering(documents: pd.DataFrame | None, belonging: pd.DataFrame) -> pd.DataFrame:
    """Return the documents of the communes and of the territories above, the widest first."""
    standing = documents_over(belonging["insee"], documents, belonging)
    found = []
    for level in reversed(LEVELS):
        names = belonging.drop_duplicates(level.code).set_index(level.code)[level.label]
        there = standing[standing["level"].eq(level.key)]
        found.append(there.assign(place=there["territory"].map(names)))
    return pd.concat(found, ignore_index=True)


def _told(documents: pd.DataFrame, day: date) -> pd.DataFrame:
    told = zip(documents["kind"], documents["zan_integrated_on"], strict=True)
    freezes = [_freeze_fr(kind, _integration(integrated), day) for kind, integrated in told]
    integrated = pd.to_datetime(documents["zan_integrated_on"])
    return pd.DataFrame(
        {
            "Territoire": documents["place"],
            "Document": documents["kind"] + (", " + documents["state"]).fillna(""),
            "Objectifs intégrés le": integrated.dt.strftime("%d/%m/%Y"),
            f"Effet au {day:%d/%m/%Y}": freezes,
        }
    )


def _freeze_fr(kind: str, integration: Integration, day: date) -> str | None:
    """Return what the law does on `day` for want of a document; None where nothing applies."""
    if kind == SCOT:
        return opening_freeze(day, Zone(ZoneKind.NATURE), integration).sentence_fr
    if kind == SRADDET:
        return sraddet_alert(day, integration).sentence_fr
    if kind == RNU:
        return None
    is_simple = kind == CARTE_COMMUNALE
    zone = Zone(ZoneKind.BUILDABLE_SECTOR if is_simple else ZoneKind.TO_URBANISE)
    return permit_freeze(day, zone, integration).sentence_fr


def _integration(told: object) -> Integration:
    """Return when a document integrated the objectives; not told where the table is blank."""
    return Integration(date.fromisoformat(told)) if isinstance(told, str) and told else NOT_TOLD
