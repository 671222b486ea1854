"""A small application for the state tests: it says the state, and changes it."""

import streamlit as st

from jalon.ui.state import choose_place, read_state, update_state

if st.button("changer", key="changer"):
    update_state(
        territory="commune:63148",
        statuses=("disponible",),
        min_ha=0.5,
        max_ha=12.0,
        site_id="63148000AB0002",
        shortlist=("63148000AB0001", "63148000AB0002"),
    )
if st.button("ailleurs", key="ailleurs"):
    choose_place("commune:67482")
st.code(repr(read_state()))
