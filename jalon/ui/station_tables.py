"""What a station plan says, in figures: proof, communes left out, coverage by territory."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from jalon.french import number, percent
from jalon.model import Objective
from jalon.siting import StationOutcome
from jalon.siting_tables import coverage_by
from jalon.siting_words import presolve_fr, unreachable_fr, value_fr
from jalon.ui.station_text_fr import (
    ALL_COVERED,
    NO_OTHER_PLAN,
    OTHER_PLANS,
    OTHER_PLANS_HELP,
    proof,
)
from jalon.ui.tables_fr import LOCAL_NUMBER, SHARE, rounded, show_table, show_wrapped

UNCOVERED_TABLE = {
    "nom": "Commune",
    "population": "Habitants",
    "distance_km": "Distance approchée (km)",
    "departement_nom": "Département",
    "epci_nom": "EPCI",
}
STATION_TABLE = {
    "nom": "Commune",
    "served_population": "Habitants desservis",
    "lost_population": "Perdus sans elle",
    "added_km": "Km ajoutés sans elle",
    "departement_nom": "Département",
    "origin": "Origine",
}
COVERAGE_TABLE = {
    "population": "Habitants",
    "covered": "Couverts",
    "covered_share": "Part couverte",
}
OTHER_TABLE = {
    "rank": "Rang",
    "value": "Ce plan",
    "closed": "Communes en moins",
    "opened": "Communes en plus",
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
    left_out = number(len(uncovered_communes(outcome)))
    figures = {
        "Stations": number(len(outcome.plan.chosen)),
        **_achieved(outcome),
        "Écart prouvé à l'optimum": percent(outcome.plan.gap_share, 2),
        "Communes non desservies": left_out,
    }
    for column, (label, value) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(label, value)
    st.caption(f"{proof(outcome)} {outcome.distance_fr.capitalize()}.")


def _achieved(outcome: StationOutcome) -> dict[str, str]:
    """Return what the plan does for people, by label."""
    covered = {"Habitants couverts": percent(outcome.covered_share, 2)}
    match outcome.parameters.objective:
        case Objective.MEAN_DISTANCE:
            return {"Distance moyenne": f"{number(outcome.value, 2)}\u202fkm", **covered}
        case Objective.LONGEST_DISTANCE:
            return {"Distance maximale": f"{number(outcome.value, 1)}\u202fkm", **covered}
        case _:
            return covered


def show_solution_notes(outcome: StationOutcome) -> None:
    """Show what was settled before solving, and who cannot be reached."""
    if outcome.unreachable:
        st.warning(unreachable_fr(outcome.unreachable))
    if outcome.plan.presolve.row_count:
        st.caption(f"{presolve_fr(outcome.plan.presolve, len(outcome.unreachable))}.")


def show_tables(outcome: StationOutcome) -> None:
    """Show the communes left out by name, the stations, and the coverage by territory."""
    others = [OTHER_PLANS] if outcome.parameters.alternatives else []
    tabs = st.tabs(["Communes non desservies", "Stations", *LEVELS, *others])
    left_out, stations, *levels = tabs[: 2 + len(LEVELS)]
    with left_out:
        uncovered = uncovered_communes(outcome)
        if uncovered.empty:
            st.success(ALL_COVERED)
        else:
            table = uncovered[list(UNCOVERED_TABLE)].rename(columns=UNCOVERED_TABLE)
            show_table(rounded(table), _local("Habitants", "Distance approchée (km)"))
    with stations:
        titles = {name: told for name, told in STATION_TABLE.items() if name in outcome.stations}
        ordered = pd.DataFrame(outcome.stations).sort_values("lost_population", ascending=False)
        columns = _local("Habitants desservis", "Perdus sans elle", "Km ajoutés sans elle")
        show_table(ordered[list(titles)].rename(columns=titles).round(3), columns)
    for tab, (code, name) in zip(levels, LEVELS.values(), strict=True):
        with tab:
            by = coverage_by(outcome.coverage, code, name).drop(columns=code)
            columns = {**_local("Habitants", "Couverts"), "Part couverte": SHARE}
            show_table(by.rename(columns={name: "Territoire", **COVERAGE_TABLE}), columns)

    if others:
        with tabs[-1]:
            _show_other_plans(outcome)


def _show_other_plans(outcome: StationOutcome) -> None:
    """Show the plans nearly as good, by what they would change."""
    if outcome.alternatives.empty:
        st.info(NO_OTHER_PLAN)
        return
    told = outcome.alternatives.assign(
        value=[
            value_fr(outcome.parameters.objective, one) for one in outcome.alternatives["value"]
        ],
        closed=outcome.alternatives["closed"].map(", ".join),
        opened=outcome.alternatives["opened"].map(", ".join),
    )
    st.caption(OTHER_PLANS_HELP)
    show_wrapped(told.rename(columns=OTHER_TABLE))


def _local(*names: str) -> dict[str, ColumnConfig]:
    return dict.fromkeys(names, LOCAL_NUMBER)
