"""The sheet of a site: every attribute, why it has its status, and where the figures come from."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from data.workspace import SourceRecord
from jalon.french import count, hectares, number, percent
from jalon.rules.land import RULES
from jalon.ui import cache
from jalon.ui.state import close_sheet, open_sheet, read_state, toggle_shortlisted
from jalon.ui.tables_fr import show_table
from jalon.ui.text_fr import GENERATED_MARK, MISSING_REASON, SHEET_SOURCES, cost, literal

BASIS_OF = {rule.rule_id: rule.basis_fr for rule in RULES}


def show_sheet(site: pd.Series, places: Mapping[str, str]) -> None:
    """Show one site: status, measures, reasons, sources; `places` names communes."""
    mark = f" {GENERATED_MARK}" if site["is_generated"] else ""
    st.subheader(f"{literal(site['site_id'])}{mark}", anchor=False)
    place = literal(places.get(site["commune"], site["commune"]))
    st.markdown(f"**{site['status'].capitalize()}** · {site['kind']} · {place}")
    _show_buttons(site["site_id"])
    st.markdown(f"**Pourquoi ce statut**\n\n{_reasons(site)}")
    st.table(_attributes(site), border="horizontal", hide_header=True)
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


def _attributes(site: pd.Series) -> pd.DataFrame:
    """Return the measures of a site, French labels and units, as text that is never markup."""
    rows = {
        "Surface": hectares(site["area_ha"]),
        "Surface utile": hectares(site["usable_ha"]),
        "Plus grand tenant": hectares(site["piece_ha"]),
        "Largeur au plus large": f"{number(site['width_m'])} m",
        "Part bâtie": percent(site["built_share"]),
        "Coût, surface utile": cost(site["enaf_lo_ha"], site["enaf_hi_ha"]),
        "Coût, parcelle entière": cost(site["whole_lo_ha"], site["whole_hi_ha"]),
        "Zone du PLU": _known(site["zone_label"]),
        "Zone d'activité": _known(site["zae_name"]),
        "Friche": _known(site["friche_name"]),
        "Route la plus proche": f"{number(site['road_m'])} m",
        "Fiabilité": percent(site["reliability_share"], 0),
    }
    values = [literal(value) for value in rows.values()]
    return pd.DataFrame({"Attribut": rows.keys(), "Valeur": values}).set_index("Attribut")


def _known(value: object) -> str:
    return str(value) if isinstance(value, str) else "—"


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
