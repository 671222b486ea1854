"""A small application for the state tests: it says the state, and changes it."""

import streamlit as st

from jalon.requirement import Requirement
from jalon.ui.state import choose_place, read_state, update_state

if st.button("changer", key="changer"):
    update_state(
        territory="commune:63148",
        statuses=("disponible",),
        min_ha=0.5,
        max_ha=12.0,
        site_id="63148000AB0002",
        shortlist=("63148000AB0001", "63148000AB0002"),
        kinds=("parcelle",),
        min_width_m=30.0,
        min_reliability_share=0.5,
        reach_m=(("road_m", 200.0), ("motorway_m", 5_000.0)),
        usage="industrie",
        weights=(("surface", 7.5),),
        requirement=Requirement(area_min_ha=3, no_flood=True),
    )
if st.button("ailleurs", key="ailleurs"):
    choose_place("commune:67482")
st.code(repr(read_state()))
