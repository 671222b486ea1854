"""The first page: the two answers Jalon gives, on data anyone has, and the way to one's own."""

import streamlit as st

from jalon.french import hectares, interval_ha, number
from jalon.land import union_ha
from jalon.model import GENERATED_PREFIX, LIMITS_FR, LandParameters, StationParameters
from jalon.ui import cache
from jalon.ui.faults import told_faults
from jalon.ui.station_plan import SEED, result_of, show_outline, show_station_map, watch
from jalon.ui.station_tables import show_summary
from jalon.ui.text_fr import (
    GENERATED_MARK,
    HOME_INTRO,
    HOME_LAND,
    HOME_LEDGER,
    HOME_OWN_DATA,
    HOME_STATIONS,
    HOME_TITLE,
    costs,
)

REGION = "44"
MAP_KEY = "carte-accueil"
ONWARD = ":material/arrow_forward:"


def page() -> None:
    """Show the station plan of Grand Est beside the land of the example territory."""
    st.title(HOME_TITLE, anchor=False)
    st.markdown(HOME_INTRO)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_stations()
    with right:
        _show_example()
    st.caption(LIMITS_FR)


def _show_stations() -> None:
    st.subheader(HOME_STATIONS, anchor=False)
    run = cache.plan(REGION, StationParameters(), SEED)
    if run.result.done():
        outcome = result_of(run)
        show_summary(outcome)
        show_station_map(REGION, outcome, key=MAP_KEY)
    else:
        watch(run, is_brief=True)
        show_outline(REGION, key=MAP_KEY)
    st.page_link(
        "screens/stations.py", label="Changer le nombre, le rayon ou la région", icon=ONWARD
    )


def _show_example() -> None:
    """Show what the example territory offers, and what its envelope leaves."""
    communes = cache.communes()
    insee = frozenset(communes.loc[communes["departement"].eq(GENERATED_PREFIX), "insee"])
    st.subheader(f"{HOME_LAND} {GENERATED_MARK}", anchor=False)
    if not insee <= cache.imported_communes():
        st.markdown(HOME_OWN_DATA)
        st.page_link("screens/donnees.py", label="Importer vos fichiers", icon=ONWARD)
        return
    kept = cache.land(insee, LandParameters()).shortlist
    metrics = st.columns(2)
    metrics[0].metric("Sites retenus", number(len(kept)))
    metrics[1].metric("Emprise", hectares(union_ha(kept)))
    st.metric("Coût ENAF", costs(list(kept["enaf_lo_ha"]), list(kept["enaf_hi_ha"])))
    st.page_link(
        "screens/foncier.py", label="Voir les sites, leurs raisons, les emporter", icon=ONWARD
    )
    _show_envelope(insee)
    st.markdown(HOME_OWN_DATA)
    st.page_link("screens/donnees.py", label="Importer vos fichiers", icon=ONWARD)


def _show_envelope(insee: frozenset[str]) -> None:
    accounts = cache.ledger(insee)
    whole = accounts[accounts["level"].eq("département")].iloc[0]
    st.subheader(f"{HOME_LEDGER} {GENERATED_MARK}", anchor=False)
    metrics = st.columns(2)
    metrics[0].metric("Consommé", hectares(whole["consumed_ha"]))
    left = interval_ha(whole["remaining_lo_ha"], whole["remaining_hi_ha"])
    metrics[1].metric("Reste", left)
    st.page_link("screens/zan.py", label="Voir les comptes de chaque commune", icon=ONWARD)


with told_faults():
    page()
