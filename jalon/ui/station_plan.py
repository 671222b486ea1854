"""A station plan on screen: how far its calculation is, then its map."""

import streamlit as st

from geo.errors import JalonError
from jalon.siting import StationOutcome
from jalon.siting_words import unreachable_fr
from jalon.ui import cache
from jalon.ui.charts import show_gap
from jalon.ui.map_layers import map_layer, view_of
from jalon.ui.map_styles import COVERED, UNCOVERED
from jalon.ui.parcel_map import show_map
from jalon.ui.station_text_fr import CALCULATING, STOP, STOPPING, calculation, figures
from jalon.ui.worker import Run
from layers.territories import departements

SEED = 1
POLL_S = 1.0
MAP_HEIGHT_PX = 400


@st.fragment(run_every=POLL_S)
def watch(run: Run, *, is_brief: bool = False) -> None:
    """Show how far the calculation is, and the page anew once it is over.

    Unless `is_brief`, with the gap as it falls and the way to stop.
    """
    run.look()
    if run.result.done():
        st.rerun()
    st.status(calculation(run.progress, is_waiting=run.is_waiting), state="running")
    if run.unreachable:
        st.warning(unreachable_fr(run.unreachable))
    if not is_brief:
        _show_progress(run)
    st.caption(STOPPING if run.is_stopping else CALCULATING)


def _show_progress(run: Run) -> None:
    """Show the button to stop, the best plan, what none can beat and the gap between them."""
    st.button(STOP, on_click=run.stop, disabled=run.is_stopping, icon=":material/stop_circle:")
    news = run.progress
    if news is not None:
        for column, (label, value) in zip(st.columns(4), figures(news).items(), strict=True):
            column.metric(label, value)
        show_gap(run.history)


def show_outline(region: str, *, key: str) -> None:
    """Show the départements of a region, where its plan will be."""
    known = cache.communes()
    outline = departements(known[known["region"].eq(region)])
    departement_layer = map_layer("departements", outline, {"label": "departement_nom"})
    show_map([departement_layer], key=key, view=view_of(outline), height_px=MAP_HEIGHT_PX)


def result_of(run: Run) -> StationOutcome:
    """Return the plan; a failed calculation may be asked again."""
    try:
        return run.result.result()
    except JalonError:
        cache.forget_plan(run)
        raise


def show_station_map(region: str, outcome: StationOutcome, *, key: str) -> None:
    """Show who is served, and from where."""
    known = cache.communes()
    known = known[known["region"].eq(region)]
    covered = outcome.coverage.set_index("insee")["is_covered"]
    state = known["insee"].map(covered).map({True: COVERED, False: UNCOVERED})
    places = known[["insee", "nom", "geometry"]].assign(state=state)
    shown = {"id": "insee", "label": "nom"}
    is_there = outcome.stations["origin"].eq("existante")
    placed, there = outcome.stations[~is_there], outcome.stations[is_there]
    shown_layers = [
        map_layer("coverage", places, {**shown, "state": "state"}),
        map_layer("stations", placed, {**shown, "origin": "origin"}),
    ]
    if len(there):
        shown_layers.append(map_layer("existing", there, {**shown, "origin": "origin"}))
    show_map(
        shown_layers,
        key=key,
        view=view_of(places),
        height_px=MAP_HEIGHT_PX,
    )
