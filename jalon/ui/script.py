"""The frame of every page: name, width, navigation, and an address that says what is shown."""

from pathlib import Path

import streamlit as st

from jalon.ui.state import write_address

FOLDER = Path(__file__).parent
SCREENS = FOLDER / "screens"  # a folder called «pages» would be served before this script ran


def main() -> None:
    """Show the page the address asks for."""
    # A file, not an emoji nor a named icon: those would be asked of a distant server.
    st.set_page_config(page_title="Jalon", page_icon=str(FOLDER / "icon.svg"), layout="wide")
    st.logo(str(FOLDER / "logo.svg"), size="large")
    st.html(FOLDER / "page.css")

    page = st.navigation(
        [
            st.Page(SCREENS / "accueil.py", title="Accueil", icon=":material/home:", default=True),
            st.Page(SCREENS / "foncier.py", title="Foncier", icon=":material/landscape:"),
            st.Page(SCREENS / "stations.py", title="Stations", icon=":material/ev_station:"),
            st.Page(SCREENS / "zan.py", title="Budget ZAN", icon=":material/balance:"),
            st.Page(SCREENS / "donnees.py", title="Données", icon=":material/database:"),
            st.Page(SCREENS / "methode.py", title="Méthode", icon=":material/menu_book:"),
        ],
        position="top",
    )
    write_address()  # going to another page empties the address
    page.run()


if __name__ == "__main__":  # processes that judge a region import this file under another name
    main()
