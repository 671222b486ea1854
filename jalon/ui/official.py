"""The official data of a territory: what `jalon fetch` would bring, and the command that does."""

from pathlib import Path

import pandas as pd
import streamlit as st

from data.downloads import addresses, chosen_addresses
from jalon.fetching import Download, plan
from jalon.french import count
from jalon.model import is_generated
from jalon.ui import cache
from jalon.ui.choose import EXAMPLE, address_of, choose_territory
from jalon.ui.tables_fr import show_table
from jalon.ui.text_fr import HOW_OBTAINED, OFFICIAL_GENERATED, OFFICIAL_HELP
from layers.search import Territory

LINK = {"Adresse": st.column_config.LinkColumn()}


def show_official() -> None:
    """Show what would be downloaded for the territory chosen; nothing is, here."""
    territory = choose_territory(default=EXAMPLE)
    if is_generated(territory.code):
        st.info(OFFICIAL_GENERATED)
        return
    planned = planned_for(territory)
    st.caption(f"{OFFICIAL_HELP} {count(len(planned), 'fichier')}.")
    st.code(fetch_command(territory), language="bash")
    show_table(download_table(planned), LINK)


def planned_for(territory: Territory) -> tuple[Download, ...]:
    """Return the downloads that cover a territory."""
    usual = chosen_addresses(addresses(), None)
    return plan(usual, territory, cache.communes(), Path())


def fetch_command(territory: Territory) -> str:
    """Return the command that downloads and imports the data of a territory."""
    return f"jalon fetch {address_of(territory)}"


def download_table(planned: tuple[Download, ...]) -> pd.DataFrame:
    """Return one row a file: what it is, its licence, its address and whether that was checked."""
    listed = [one.address for one in planned]
    return pd.DataFrame(
        {
            "Donnée": [address.title for address in listed],
            "Obtention": [HOW_OBTAINED[address.kind.value] for address in listed],
            "Adresse vérifiée": ["oui" if address.is_verified else "non" for address in listed],
            "Licence": [address.licence for address in listed],
            "Fichier": [one.path.name for one in planned],
            "Adresse": [one.first_url for one in planned],
        }
    )
