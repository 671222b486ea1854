"""The sheet of a site: every attribute, why it has its status, and where the figures come from."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.workspace import SourceRecord
from jalon.french import count, number
from jalon.model import SiteStatus
from jalon.rules.registry import RULES
from jalon.ui import cache
from jalon.ui.drawings import Drawing
from jalon.ui.sheet_cost import show_site_cost
from jalon.ui.sheet_figures import attributes, contributions
from jalon.ui.state import close_sheet, open_sheet, read_state, toggle_shortlisted
from jalon.ui.tables_fr import show_table
from jalon.ui.text_fr import (
    CONTRIBUTIONS,
    CONTRIBUTIONS_HELP,
    DISTANCES_HELP,
    GENERATED_MARK,
    MISSING_REASON,
    NOT_SCORED,
    SHEET_SOURCES,
    literal,
)
from jalon.ui.usage import chosen_scoring, usage_title

BASIS_OF = {rule.rule_id: rule.basis_fr for rule in RULES}

NARROW_PX = 68
SCORE_COLUMNS = {
    "Critère": st.column_config.TextColumn(width=130),
    **{
        name: st.column_config.TextColumn(width=NARROW_PX)
        for name in ("Mesure", "Valeur", "Poids", "Apport")
    },
    "Source": st.column_config.TextColumn(width="large"),
}


def show_sheet(
    row: gpd.GeoDataFrame, places: Mapping[str, str], project: tuple[Drawing, ...] = ()
) -> None:
    """Show the site of `row`: status, cost, measures, reasons, sources; `places` names communes.

    `project` are the drawings that outline a project: inside the site, its cost is theirs.
    """
    site = row.iloc[0]
    mark = f" {GENERATED_MARK}" if site["is_generated"] else ""
    st.subheader(f"{literal(site['site_id'])}{mark}", anchor=False)
    place = literal(places.get(site["commune"], site["commune"]))
    st.markdown(f"**{site['status'].capitalize()}** · {site['kind']} · {place}")
    _show_buttons(site["site_id"])
    if project:  # what is drawn is looked at first
        show_site_cost(row, project)
    st.markdown(f"**Pourquoi ce statut**\n\n{_reasons(site)}")
    _show_parcels(site["parcel_ids"])
    if not project:
        show_site_cost(row, project)
    _show_score(row)
    st.table(attributes(site), border="horizontal", hide_header=True)
    st.caption(DISTANCES_HELP)
    _show_sources(site)


def _show_buttons(site_id: str) -> None:
    is_listed = site_id in read_state().shortlist
    row = st.container(horizontal=True, gap="xsmall")
    row.button(
        "Retirer de ma liste" if is_listed else "Ajouter à ma liste",
        key="fiche-liste",
        on_click=toggle_shortlisted,
        args=(site_id,),
        type="secondary" if is_listed else "primary",
    )
    row.button(
        "Voir sur la carte",
        key="fiche-voir",
        on_click=open_sheet,
        args=(site_id,),
        kwargs={"is_approached": True},
    )
    row.button("Fermer", key="fiche-fermer", on_click=close_sheet)


def _reasons(site: pd.Series) -> str:
    """Return the reasons of a status as a list, each with its rule and what the rule rests on."""
    told = zip(site["rule_ids"], site["reasons_fr"], strict=True)
    return "\n".join(
        f"- {literal(reason)}  \n  :small[:gray[{rule_id} · {literal(BASIS_OF[rule_id])}]]"
        for rule_id, reason in told
    )


def _show_parcels(parcel_ids: tuple[str, ...]) -> None:
    """Name the parcels of an assembly; a parcel alone is already in the title."""
    if len(parcel_ids) > 1:
        listed = literal(", ".join(parcel_ids))
        st.markdown(f"**{count(len(parcel_ids), 'parcelle')}** : {listed}")


def _show_score(row: gpd.GeoDataFrame) -> None:
    """Show what each criterion brings, when a usage is chosen."""
    scoring = chosen_scoring()
    if scoring is None:
        return
    if row["status"].iloc[0] == SiteStatus.UNAVAILABLE.value:
        st.caption(NOT_SCORED)
        return
    st.markdown(f"**{CONTRIBUTIONS.format(usage=literal(usage_title(read_state().usage)))}**")
    rank = row["rank"].iloc[0] if "rank" in row else None
    if pd.notna(rank):  # what nearly answers a requirement is not ranked
        st.caption(CONTRIBUTIONS_HELP.format(rank=number(rank)))
    show_table(contributions(row, scoring), SCORE_COLUMNS)


def _show_sources(site: pd.Series) -> None:
    if site["missing_fr"]:
        st.caption(MISSING_REASON.format(names=", ".join(site["missing_fr"])))
    records = cache.land_around(frozenset([site["commune"]])).sources
    with st.expander(SHEET_SOURCES.format(files=count(len(records), "fichier"))):
        show_table(_sources(records))


def _sources(records: tuple[SourceRecord, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Donnée": [record.title_fr for record in records],
            "Producteur": [record.producer for record in records],
            "Millésime": [record.vintage or "non indiqué" for record in records],
            "Licence": [record.licence for record in records],
        }
    )
