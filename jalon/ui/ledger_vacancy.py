"""The vacancy of the activity zones on the ZAN page, from the inventory of a collectivité."""

from datetime import date

import pandas as pd
import streamlit as st

from jalon.ledger_export.tables import vacancy_rows
from jalon.ui import cache
from jalon.ui.ledger_text_fr import (
    NO_INVENTORY,
    VACANCY_HELP,
    vacancy_basis,
    vacancy_undefined,
)
from jalon.ui.tables_fr import show_wrapped
from jalon.zan.law import law_on
from jalon.zan.rules import rule
from jalon.zan.zone_vacancy import RULE_ID, is_defined, zae_vacancy


def vacancy_of(insee: frozenset[str], tax_year: int) -> pd.DataFrame | None:
    """Return the vacancy of the zones of the communes; None without an inventory, or a rule."""
    units = cache.zae_units(insee)
    if units is None or units.empty or not is_defined(tax_year):
        return None
    return zae_vacancy(units, tax_year)


def show_vacancy(vacancy: pd.DataFrame | None, tax_year: int) -> None:
    """Show the vacancy of each zone and how it is counted, or how to bring an inventory."""
    if not is_defined(tax_year):
        st.info(vacancy_undefined(tax_year))
        return
    if vacancy is None:
        st.info(NO_INVENTORY)
    else:
        show_wrapped(vacancy_rows(vacancy))
    years = law_on(date(tax_year, 1, 1)).year("zae_vacancy_years")
    st.markdown(VACANCY_HELP.format(years=years, tax_year=tax_year))
    st.caption(vacancy_basis(rule(RULE_ID)))
