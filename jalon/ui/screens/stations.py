"""The station page: parameters, proof, map, curve, and the communes left out, by name."""

import streamlit as st

from jalon.french import number
from jalon.model import LIMITS_FR
from jalon.provenance import provenance
from jalon.siting import StationOutcome
from jalon.station_export import station_files
from jalon.ui import cache
from jalon.ui.charts import show_coverage_curve
from jalon.ui.faults import told_faults
from jalon.ui.station_form import ask
from jalon.ui.station_plan import SEED, result_of, show_outline, show_station_map, watch
from jalon.ui.station_request import REGIONS, StationRequest
from jalon.ui.station_tables import show_solution_notes, show_summary, show_tables
from jalon.ui.station_text_fr import (
    CURVE_HELP,
    CURVE_TITLE,
    LEFT,
    RESUME,
    STATIONS_TITLE,
    STOPPED,
    calculated,
    is_stopped,
    sources,
)
from jalon.ui.worker import Run


def page() -> None:
    """Show the station plan of a region, or how far its calculation is."""
    st.title(STATIONS_TITLE, anchor=False)
    with st.sidebar:
        request = ask()
    run = cache.plan(request.region, request.parameters, SEED)
    key = f"carte-stations-{request.region}"
    if not run.result.done():
        watch(run)
        show_outline(request.region, key=key)
        return
    outcome = result_of(run)
    if is_stopped(outcome):
        _offer_to_resume(run)
    show_summary(outcome)
    show_solution_notes(outcome)
    show_station_map(request.region, outcome, key=key)
    _show_details(outcome)
    _show_downloads(request, outcome)


def _offer_to_resume(run: Run) -> None:
    said, button = st.columns([4, 1], vertical_alignment="center")
    said.info(LEFT if run.is_left else STOPPED)
    button.button(RESUME, on_click=cache.forget_plan, args=(run,), width="stretch")


def _show_details(outcome: StationOutcome) -> None:
    """Show the tables, beside the coverage curve where there is one."""
    if outcome.curve is None:
        show_tables(outcome)
        return
    left, right = st.columns(2)
    with left:
        st.subheader(CURVE_TITLE, anchor=False)
        show_coverage_curve(outcome)
        st.caption(CURVE_HELP)
    with right:
        show_tables(outcome)


def _show_downloads(request: StationRequest, outcome: StationOutcome) -> None:
    source = provenance(
        f"Stations, {REGIONS[request.region]}",
        parameters={
            "region": request.region,
            "stations": request.parameters.model_dump(mode="json"),
        },
        seed=SEED,
        regions=[request.region],
        records=(),
    )
    labels = {
        "stations.geojson": f"Télécharger : {number(len(outcome.stations))} stations (GeoJSON)",
        "couverture.csv": "Télécharger : couverture (CSV)",
    }
    files = station_files(outcome, source)
    for column, (name, label) in zip(st.columns(3), labels.items(), strict=False):
        media_type = "application/geo+json" if name.endswith("json") else "text/csv"
        column.download_button(
            label,
            files[name],
            file_name=name,
            mime=media_type,
            on_click="ignore",
            width="stretch",
        )
    st.caption(f"{calculated(outcome)} {sources(source)} {LIMITS_FR}")


with told_faults():
    page()
