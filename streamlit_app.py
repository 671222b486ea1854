"""Starts Jalon: `streamlit run streamlit_app.py` serves its pages and its maps."""

from pathlib import Path

import streamlit as st

from jalon.ui.routes import map_routes

SCRIPT = Path(__file__).parent / "jalon" / "ui" / "script.py"

app = st.App(SCRIPT, routes=map_routes())
