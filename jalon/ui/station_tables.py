"""What a station plan says, in figures: proof, communes left out, coverage by territory."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from jalon.french import number, percent
from jalon.siting import StationOutcome, coverage_by
from jalon.ui.tables_fr import LOCAL_NUMBER, SHARE, rounded, show_table
from jalon.ui.text_fr import ALL_COVERED, proof

UNCOVERED_TABLE = {
    "nom": "Commune",
    "departement_nom": "Département",
    "epci_nom": "EPCI",
    "population": "Habitants",
    "distance_km": "Distance approchée (km)",
}
STATION_TABLE = {
    "nom": "Commune",
    "departement_nom": "Département",
    "served_population": "Habitants desservis",
    "lost_population": "Perdus sans elle",
}
COVERAGE_TABLE = {
    "population": "Habitants",
    "covered": "Couverts",
    "covered_share": "Part couverte",
}
LEVELS = {
    "Par EPCI": ("epci_siren", "epci_nom"),
    "Par département": ("departement", "departement_nom"),
}


def uncovered_communes(outcome: StationOutcome) -> pd.DataFrame:
    """Return the communes out of reach, the most populated first."""
    places = outcome.coverage[~outcome.coverage["is_covered"]]
    return places.sort_values(["population", "insee"], ascending=[False, True], ignore_index=True)


def show_summary(outcome: StationOutcome) -> None:
    """Show the four figures of a plan and what is proven of it."""
    plan = outcome.plan
    metrics = st.columns(4)
    metrics[0].metric("Stations", number(len(plan.chosen)))
    metrics[1].metric("Habitants couverts", percent(outcome.covered_share, 2))
    metrics[2].metric("Écart prouvé à l'optimum", percent(plan.gap_share, 2))
    metrics[3].metric("Communes non desservies", number(len(uncovered_communes(outcome))))
    proven = proof(plan.status.value, plan.gap_share, plan.bound)
    st.caption(f"{proven} {outcome.distance_fr.capitalize()}.")


def show_tables(outcome: StationOutcome) -> None:
    """Show the communes left out by name, the stations, and the coverage by territory."""
    left_out, stations, *levels = st.tabs(["Communes non desservies", "Stations", *LEVELS])
    with left_out:
        uncovered = uncovered_communes(outcome)
        if uncovered.empty:
            st.success(ALL_COVERED)
        else:
            table = uncovered[list(UNCOVERED_TABLE)].rename(columns=UNCOVERED_TABLE)
            show_table(rounded(table), _local("Habitants", "Distance approchée (km)"))
    with stations:
        table = pd.DataFrame(outcome.stations)[list(STATION_TABLE)]
        columns = _local("Habitants desservis", "Perdus sans elle")
        show_table(table.rename(columns=STATION_TABLE), columns)
    for tab, (code, name) in zip(levels, LEVELS.values(), strict=True):
        with tab:
            by = coverage_by(outcome.coverage, code, name).drop(columns=code)
            columns = {**_local("Habitants", "Couverts"), "Part couverte": SHARE}
            show_table(by.rename(columns={name: "Territoire", **COVERAGE_TABLE}), columns)


def _local(*names: str) -> dict[str, ColumnConfig]:
    return dict.fromkeys(names, LOCAL_NUMBER)
