"""The ZAN page: what was consumed, what the envelope allows, what the shortlist would use."""

import pandas as pd
import streamlit as st

from geo.errors import MissingDataError
from jalon.export import LEDGER_FIELDS, csv_fr
from jalon.french import hectares, interval_ha, percent
from jalon.model import LIMITS_FR, ZanParameters
from jalon.provenance import provenance
from jalon.scenario import ledger_sources
from jalon.ui import cache
from jalon.ui.charts import show_envelope, show_years
from jalon.ui.choose import choose_territory, communes_chosen, offer_example, show_title
from jalon.ui.faults import told_faults
from jalon.ui.shortlist import listed_sites
from jalon.ui.tables_fr import LOCAL_NUMBER, rounded, show_table
from jalon.ui.text_fr import (
    LISTED_BEYOND,
    LISTED_NOTHING,
    LISTED_WITHIN,
    NO_SERIES,
    NOT_ALL_COUNTED,
    PACE_HELP,
    PROJECTION,
    RATE_HELP,
    ZAN_TITLE,
    literal,
    uncosted,
)
from layers.search import Territory, TerritoryKind

DEFAULT_TERRITORY = "epci:000000001"
LEVEL_OF = {
    TerritoryKind.COMMUNE: "commune",
    TerritoryKind.EPCI: "EPCI",
    TerritoryKind.DEPARTEMENT: "département",
    TerritoryKind.REGION: "région",
}
LEDGER_TABLE = {
    "level": "Niveau",
    "name": "Territoire",
    "reference_ha": "2011-2020 (ha)",
    "allowed_lo_ha": "Autorisé min. (ha)",
    "allowed_hi_ha": "Autorisé max. (ha)",
    "consumed_ha": "Consommé (ha)",
    "remaining_lo_ha": "Reste min. (ha)",
    "remaining_hi_ha": "Reste max. (ha)",
    "rate_status": "Statut du taux",
}


def page() -> None:
    """Show the ZAN accounts of the territory chosen."""
    with st.sidebar:
        territory = choose_territory(default=DEFAULT_TERRITORY)
    show_title(ZAN_TITLE, territory)
    insee = frozenset(communes_chosen(territory)["insee"])
    try:
        accounts = cache.ledger(insee)
    except MissingDataError:
        st.info(NO_SERIES.format(name=literal(territory.name_fr)))
        offer_example()
        return
    own = _own_row(accounts, territory)
    _show_summary(own)
    left, right = st.columns(2)
    with left:
        st.subheader("Consommation d'espaces NAF par an (ha)", anchor=False)
        show_years(cache.flows(insee), allowed_ha=own["allowed_lo_ha"])
        st.caption(PACE_HELP)
    with right:
        st.subheader("L'enveloppe 2021-2030 (ha)", anchor=False)
        _show_envelope(own, _listed_costs_ha(insee))
    _show_table(accounts, territory)


def _own_row(accounts: pd.DataFrame, territory: Territory) -> pd.Series:
    mask = accounts["level"].eq(LEVEL_OF[territory.kind]) & accounts["code"].eq(territory.code)
    return accounts[mask].iloc[0]


def _show_summary(own: pd.Series) -> None:
    rate = percent(own["reduction_share"], 0)
    allowed = interval_ha(own["allowed_lo_ha"], own["allowed_hi_ha"])
    remaining = interval_ha(own["remaining_lo_ha"], own["remaining_hi_ha"])
    period = f"{own['first_year']:.0f}-{own['last_year']:.0f}"
    rate_help = RATE_HELP.format(rate=rate, status=own["rate_status"])
    metrics = st.columns(4)
    metrics[0].metric("Consommé 2011-2020", hectares(own["reference_ha"]))
    metrics[1].metric("Autorisé 2021-2030", allowed, help=rate_help)
    metrics[2].metric(f"Consommé {period}", hectares(own["consumed_ha"]))
    metrics[3].metric("Reste jusqu'à 2030", remaining)
    if own["counted_count"] < own["commune_count"]:
        counts = {"counted": own["counted_count"], "total": own["commune_count"]}
        st.warning(NOT_ALL_COUNTED.format(**counts))


def _show_envelope(own: pd.Series, listed_ha: pd.Series) -> None:
    """Show the envelope: consumed, asked by the shortlist (known costs only), left."""
    asked_ha = float(listed_ha.sum())
    left_ha = max(0.0, own["remaining_lo_ha"] - asked_ha)
    names = ["consommé", "ma liste (au plus)", "reste"]
    show_envelope(pd.DataFrame({"part": names, "ha": [own["consumed_ha"], asked_ha, left_ha]}))
    if listed_ha.isna().all():
        st.caption(LISTED_NOTHING)
    elif asked_ha > own["remaining_lo_ha"]:
        st.warning(LISTED_BEYOND.format(area=hectares(asked_ha - own["remaining_lo_ha"])))
    else:
        st.caption(LISTED_WITHIN.format(area=hectares(asked_ha)))
    if listed_ha.isna().any():
        st.warning(uncosted(int(listed_ha.isna().sum())))
    st.caption(PROJECTION.format(area=hectares(own["projection_ha"])))


def _listed_costs_ha(insee: frozenset[str]) -> pd.Series:
    """Return the most each site listed in these communes could cost; missing where unknown."""
    listed = listed_sites()
    if listed is None:
        return pd.Series(dtype=float)
    return listed.loc[listed["commune"].isin(insee), "enaf_hi_ha"]


def _show_table(accounts: pd.DataFrame, territory: Territory) -> None:
    st.subheader("Tous les comptes", anchor=False)
    local = {name: LOCAL_NUMBER for name in LEDGER_TABLE.values() if "(ha)" in name}
    show_table(rounded(accounts[list(LEDGER_TABLE)].rename(columns=LEDGER_TABLE)), local)
    source = provenance(
        "Comptes ZAN",
        parameters={"territoire": territory.code, "zan": ZanParameters().model_dump(mode="json")},
        seed=0,
        regions=[territory.region],
        records=ledger_sources(cache.workspace(), communes_chosen(territory)),
    )
    st.download_button(
        "Télécharger : comptes (CSV)",
        csv_fr(accounts, LEDGER_FIELDS, source),
        file_name="comptes_zan.csv",
        mime="text/csv",
        on_click="ignore",
    )
    st.caption(LIMITS_FR)


with told_faults():
    page()
