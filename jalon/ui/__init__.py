"""The Streamlit application; the only rooms where streamlit may be imported."""
