"""Whether the law freezes the zone of a site on the reference date (rulebook 2.6)."""

from datetime import date

import pandas as pd
import streamlit as st

from jalon.envelopes import Envelopes
from jalon.ui.project_text_fr import FREEZE_UNKNOWN, NO_DATED_DOCUMENT
from jalon.ui.site_alerts import told_lines, zone_of
from jalon.zan.alerts import SCOT_KINDS, documents_over, integration_of
from jalon.zan.dates import Freeze, opening_freeze, permit_freeze
from jalon.zan.guarantee import ENTITLING_KINDS


def show_freezes(site: pd.Series, envelopes: Envelopes, day: date) -> None:
    """Show what a day freezes in the zone of a site, and which documents that rests on."""
    found = freezes(site, envelopes, day)
    if not found:
        st.caption(FREEZE_UNKNOWN)
        return
    if envelopes.documents is None:
        st.caption(NO_DATED_DOCUMENT)
    st.markdown(told_lines(found))


def freezes(site: pd.Series, envelopes: Envelopes, day: date) -> tuple[Freeze, ...]:
    """Return the freeze on opening the zone and on its permits; none where it is not known."""
    zone = zone_of(site["zone_type"])
    if zone is None:
        return ()
    documents = documents_over([site["commune"]], envelopes.documents, envelopes.belonging)
    scot = integration_of(documents, SCOT_KINDS)
    plan = integration_of(documents, ENTITLING_KINDS)
    return opening_freeze(day, zone, scot), permit_freeze(day, zone, plan)
