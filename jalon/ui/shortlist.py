"""The shortlist: what the user keeps, what it would cost, and the files that take it away."""

from collections.abc import Mapping
from functools import partial

import geopandas as gpd
import pandas as pd
import streamlit as st

from jalon.export import SITE_FIELDS, csv_fr, geojson
from jalon.html_map import shortlist_page
from jalon.land import union_ha
from jalon.model import LandParameters
from jalon.provenance import Provenance, provenance
from jalon.ui import cache
from jalon.ui.state import clear_shortlist, read_footprints, read_state
from jalon.ui.tables_fr import SITE_COLUMNS, show_table, site_table
from jalon.ui.text_fr import SHORTLIST_EMPTY, costs, overlapping, site_count, unanswered
from layers.parcels import commune_of


def listed_sites() -> gpd.GeoDataFrame | None:
    """Return the sites of the shortlist in its order, wherever they are; None without any."""
    listed = read_state().shortlist
    insee = frozenset(commune_of(pd.Series(listed, dtype=object))) & cache.imported_communes()
    if not insee:
        return None
    sites = cache.land(insee, LandParameters()).sites
    order = {site_id: rank for rank, site_id in enumerate(listed)}
    kept = sites[sites["site_id"].isin(order)]
    return kept.sort_values("site_id", key=lambda ids: ids.map(order), ignore_index=True)


def show_shortlist(sites: gpd.GeoDataFrame | None, places: Mapping[str, str]) -> None:
    """Show the sites kept, their sum, and the three downloads; each equals the table."""
    known = set() if sites is None else set(sites["site_id"])
    absent = tuple(one for one in read_state().shortlist if one not in known)
    if absent:
        st.warning(unanswered(absent))
    if sites is None or sites.empty:
        st.info(SHORTLIST_EMPTY)
        return
    total = costs(list(sites["enaf_lo_ha"]), list(sites["enaf_hi_ha"]))
    st.markdown(f"**{site_count(len(sites), union_ha(sites))}** · Coût ENAF : {total}")
    _tell_overlaps(sites)
    show_table(site_table(sites, places), SITE_COLUMNS)
    _show_downloads(sites, _source(sites))


def _tell_overlaps(sites: gpd.GeoDataFrame) -> None:
    """Name the sites of the list that share some ground, counted once in the sum.

    The footprints of the session follow each addition and removal, nothing is rebuilt.
    """
    footprints = read_footprints()
    footprints.keep_only(sites["site_id"])
    for site_id, shape in zip(sites["site_id"], sites.geometry, strict=True):
        if site_id not in footprints and shape.area > 0:
            footprints.put(site_id, shape)
    pairs = footprints.overlaps()
    if pairs:
        st.warning(overlapping(pairs))


def _show_downloads(sites: gpd.GeoDataFrame, source: Provenance) -> None:
    columns = st.columns(4)
    downloads = (
        ("GeoJSON", "liste.geojson", "application/geo+json", partial(geojson, sites, SITE_FIELDS)),
        ("CSV", "liste.csv", "text/csv", partial(csv_fr, sites, SITE_FIELDS)),
        ("Carte HTML", "liste.html", "text/html", partial(shortlist_page, sites)),
    )
    for column, (label, name, media_type, write) in zip(columns, downloads, strict=False):
        column.download_button(
            f"Télécharger : {label}",
            partial(write, source),
            file_name=name,
            mime=media_type,
            on_click="ignore",
            key=f"telecharger-{name}",
            width="stretch",
        )
    columns[3].button("Vider ma liste", on_click=clear_shortlist, width="stretch")


def _source(sites: gpd.GeoDataFrame) -> Provenance:
    """Return what the files of the shortlist say of themselves."""
    return provenance(
        "Liste de sites",
        parameters={
            "liste": list(sites["site_id"]),
            "land": LandParameters().model_dump(mode="json"),
        },
        seed=0,
        regions=(),
        records=cache.land_around(frozenset(sites["commune"])).sources,
    )
