"""The data page: what is there, from whom, of when; and bringing one's own files."""

import pandas as pd
import streamlit as st

from data.catalogue import catalogue
from data.read import ReadOptions
from jalon.areas import vintages
from jalon.checking import Standard
from jalon.french import count
from jalon.ui import cache
from jalon.ui.faults import told_faults
from jalon.ui.imports import check_upload, import_upload, show_sources
from jalon.ui.ledger_templates import offer_templates
from jalon.ui.official import show_official
from jalon.ui.tables_fr import show_table
from jalon.ui.text_fr import (
    CHECK_HELP,
    CHECK_LABEL,
    IMPORT_HELP,
    NO_FILE,
    OFFICIAL_TITLE,
    OLD_LABEL,
    STANDARD_LABEL,
    STANDARD_NAMES,
    SWAPPED_LABEL,
    literal,
)
from layers.registry import layer

EMBEDDED_TABLE = {
    "titre": "Donnée",
    "producteur": "Producteur",
    "licence": "Licence",
    "millesime": "Millésime",
    "sha256": "Empreinte SHA-256",
}
CRS_CHOICES = {"": "celui du fichier", "EPSG:2154": "Lambert-93", "EPSG:4326": "WGS84"}
OLD_MONTHS = 24
LINK = {"Page": st.column_config.LinkColumn()}


def page() -> None:
    """Show the import of official files, then what is imported, embedded and readable."""
    st.title("Données", anchor=False)
    _ask_files()
    offer_templates()
    records = cache.workspace().sources()
    st.subheader("Espace de travail", anchor=False)
    root = literal(str(cache.workspace().root))
    st.caption(f"{count(len(records), 'source')} dans {root}")
    months = st.number_input(OLD_LABEL, min_value=1, max_value=240, value=OLD_MONTHS, width=320)
    show_sources(records, old_months=months)
    st.subheader(OFFICIAL_TITLE, anchor=False)
    show_official()
    st.subheader("Territoires embarqués", anchor=False)
    embedded = pd.DataFrame(vintages(cache.communes()["region"].unique()))
    show_table(embedded.rename(columns=EMBEDDED_TABLE))
    st.subheader("Ce que Jalon sait lire", anchor=False)
    show_table(_readable(), LINK)


def _ask_files() -> None:
    st.subheader("Importer vos fichiers", anchor=False)
    st.caption(IMPORT_HELP)
    with st.form("import", clear_on_submit=True):
        files = st.file_uploader("Fichiers", accept_multiple_files=True)
        left, right = st.columns(2, vertical_alignment="bottom")
        crs = left.selectbox(
            "Système de coordonnées", list(CRS_CHOICES), format_func=CRS_CHOICES.__getitem__
        )
        is_lat_lon = right.checkbox(SWAPPED_LABEL)
        row = st.container(horizontal=True, vertical_alignment="bottom")
        is_sent = row.form_submit_button("Importer", type="primary")
        standard = row.selectbox(
            STANDARD_LABEL, list(STANDARD_NAMES), format_func=STANDARD_NAMES.__getitem__, width=260
        )
        is_checked = row.form_submit_button(CHECK_LABEL, help=CHECK_HELP)
    if (is_sent or is_checked) and not files:
        st.warning(NO_FILE)
    options = ReadOptions(crs=crs or None, is_lat_lon=is_lat_lon)
    for file in files:
        if is_sent:
            import_upload(file, options)
        elif is_checked:
            check_upload(file, Standard(standard))


def _readable() -> pd.DataFrame:
    entries = catalogue()
    return pd.DataFrame(
        {
            "Couche": [layer(entry.layer).title_fr for entry in entries],
            "Donnée": [entry.title for entry in entries],
            "Producteur": [entry.producer for entry in entries],
            "Licence": [entry.licence for entry in entries],
            "Page": [entry.page for entry in entries],
        }
    )


with told_faults():
    page()
