"""A station plan on screen: how far its calculation is, then its map."""

import streamlit as st

from geo.errors import JalonError
from jalon.siting import StationOutcome
from jalon.ui import cache
from jalon.ui.map_layers import map_layer, view_of
from jalon.ui.map_styles import COVERED, UNCOVERED
from jalon.ui.parcel_map import show_map
from jalon.ui.text_fr import CALCULATING, calculation
from jalon.ui.worker import Run
from layers.territories import departements

SEED = 1
POLL_S = 1.0
MAP_HEIGHT_PX = 400


@st.fragment(run_every=POLL_S)
def watch(run: Run) -> None:
    """Show how far the calculation is, and the page anew once it is over."""
    if run.result.done():
        st.rerun()
    st.status(calculation(run.progress), state="running")
    st.caption(CALCULATING)


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
    origin = outcome.stations["is_fixed"].map({True: "imposée", False: "proposée"})
    stations = outcome.stations.assign(origin=origin)
    shown = {"id": "insee", "label": "nom"}
    show_map(
        [
            map_layer("coverage", places, {**shown, "state": "state"}),
            map_layer("stations", stations, {**shown, "origin": "origin"}),
        ],
        key=key,
        view=view_of(places),
        height_px=MAP_HEIGHT_PX,
    )
