"""The ZAN page: what was consumed, what the envelope allows, what the shortlist would use."""

from dataclasses import astuple

import pandas as pd
import streamlit as st

from geo.errors import MissingDataError
from jalon.french import number
from jalon.ledger_export.report import LedgerReport, warning_lines
from jalon.method import LAW_IN_MOTION_FR, LIMITS_LIST_FR
from jalon.model import LIMITS_FR
from jalon.ui import cache
from jalon.ui.choose import choose_territory, communes_chosen, offer_example, show_title
from jalon.ui.faults import told_faults
from jalon.ui.ledger_dates import ask_reference_date, show_freezes
from jalon.ui.ledger_downloads import show_downloads
from jalon.ui.ledger_figures import show_figures, show_notes
from jalon.ui.ledger_pools import show_pools
from jalon.ui.ledger_region import show_regions
from jalon.ui.ledger_report import page_report
from jalon.ui.ledger_selection import Tested, show_selection, tested_list
from jalon.ui.ledger_tables import (
    show_accounts,
    show_communes,
    show_origin,
    show_parts,
    show_reconciliation,
    show_years,
    with_around,
)
from jalon.ui.ledger_text_fr import (
    ENVELOPE_TITLE,
    FILES_TITLE,
    LIMITS_TITLE,
    NO_CHART,
    PARTS_TITLE,
    TRAJECTORY_HELP,
    TRAJECTORY_TITLE,
    VACANCY_TITLE,
    WARNINGS_TITLE,
    YEARS_TITLE,
    listed_cost,
)
from jalon.ui.ledger_vacancy import show_vacancy
from jalon.ui.state import read_zan_parameters
from jalon.ui.text_fr import NO_SERIES, ZAN_TITLE, literal
from jalon.ui.zan_charts import Listed, envelope_parts, show_envelope, show_trajectory
from jalon.zan.levels import COMMUNE, DEPARTEMENT, EPCI, REGION, members
from layers.search import Territory, TerritoryKind

DEFAULT_TERRITORY = "epci:000000001"
LEVEL_OF = {
    TerritoryKind.COMMUNE: COMMUNE.name_fr,
    TerritoryKind.EPCI: EPCI.name_fr,
    TerritoryKind.DEPARTEMENT: DEPARTEMENT.name_fr,
    TerritoryKind.REGION: REGION.name_fr,
}


def page() -> None:
    """Show the ZAN accounts of the territory chosen, under the law of the day chosen."""
    with st.sidebar:
        territory = choose_territory(default=DEFAULT_TERRITORY)
        ask_reference_date()
    show_title(ZAN_TITLE, territory)
    insee = frozenset(communes_chosen(territory)["insee"])
    try:
        accounts = cache.ledger(insee, read_zan_parameters())
    except MissingDataError:
        st.info(NO_SERIES.format(name=literal(territory.name_fr)))
        offer_example()
        return
    own = _own_row(accounts, territory)
    tested = tested_list(read_zan_parameters())
    show_figures(own)
    show_notes(own)
    report = page_report(accounts, insee, territory, tested)
    _show_charts(report, own, insee, tested)
    _show_tabs(report, own, insee, tested)
    st.subheader(FILES_TITLE, anchor=False)
    show_downloads(report)
    _show_limits()


def _own_row(accounts: pd.DataFrame, territory: Territory) -> pd.Series:
    mask = accounts["level"].eq(LEVEL_OF[territory.kind]) & accounts["code"].eq(territory.code)
    return accounts[mask].iloc[0]


def _show_charts(
    report: LedgerReport, own: pd.Series, insee: frozenset[str], tested: Tested | None
) -> None:
    """Show both charts, and under each the figures it draws."""
    if own[["net_ha", "allowed_lo_ha", "projection_ha"]].isna().any():
        st.info(NO_CHART)
        return
    st.subheader(TRAJECTORY_TITLE, anchor=False)
    show_trajectory(report.years, own, report.law)
    st.caption(TRAJECTORY_HELP)
    with st.expander(YEARS_TITLE):
        show_years(report.years)
    st.subheader(ENVELOPE_TITLE, anchor=False)
    listed = _listed(insee, tested)
    parts = envelope_parts(own, listed)
    show_envelope(parts, own)
    if listed.site_count:
        st.caption(listed_cost(*astuple(listed)))
    with st.expander(PARTS_TITLE):
        show_parts(parts)


def _listed(insee: frozenset[str], tested: Tested | None) -> Listed:
    """Return what the sites of the shortlist in these communes ask, known costs only."""
    if tested is None:
        return Listed(0.0, 0.0, 0, 0)
    here = tested.sites[tested.sites["commune"].isin(insee)]
    known = here.dropna(subset=["enaf_lo_ha", "enaf_hi_ha"])
    sums = (float(known["enaf_lo_ha"].sum()), float(known["enaf_hi_ha"].sum()))
    return Listed(*sums, len(here), len(here) - len(known))


def _show_tabs(
    report: LedgerReport, own: pd.Series, insee: frozenset[str], tested: Tested | None
) -> None:
    listed_count = 0 if tested is None else len(tested.sites)
    mine_title = f"Ma liste ({number(listed_count)})"
    titles = (mine_title, "Comptes", "Communes", VACANCY_TITLE, "Échéances", "Sources")
    mine, accounts, communes, zones, dates, origin = st.tabs(titles)
    with mine:
        show_selection(tested)
    with accounts:
        wide = cache.accounts_around(insee, read_zan_parameters())
        inputs = cache.ledger_inputs(insee)
        belonging = members(inputs.communes, inputs.scots).loc[sorted(insee)]
        show_accounts(with_around(report.accounts, wide, belonging))
        if report.regions is not None:
            show_regions(report.regions)
        if report.pools is not None:
            show_pools(report.pools)
        if report.reconciliation is not None:
            show_reconciliation(report.reconciliation)
    with communes:
        show_communes(report.accounts)
        _show_warnings(report.accounts)
    with zones:
        show_vacancy(report.vacancy, report.law.on.year)
    with dates:
        show_freezes(cache.ledger_inputs(insee), insee, report.law.on)
    with origin:
        show_origin(own)


def _show_warnings(accounts: pd.DataFrame) -> None:
    lines = warning_lines(accounts)
    if lines:
        with st.expander(f"{WARNINGS_TITLE} ({number(len(lines))})"):
            st.markdown("\n".join(f"- {literal(line)}" for line in lines))


def _show_limits() -> None:
    st.subheader(LIMITS_TITLE, anchor=False)
    st.markdown("\n".join(f"{rank}. {limit}" for rank, limit in enumerate(LIMITS_LIST_FR, 1)))
    st.caption(LAW_IN_MOTION_FR)
    st.caption(LIMITS_FR)


with told_faults():
    page()
