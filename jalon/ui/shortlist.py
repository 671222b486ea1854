"""The shortlist: what the user keeps, what it would cost, and the files that take it away."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

import geopandas as gpd
import pandas as pd
import streamlit as st

from jalon.cnig_export import standard_csv, terrains_cnig
from jalon.export import SITE_FIELDS, VERDICT_FIELDS, csv_fr, geojson
from jalon.html_map import shortlist_page
from jalon.land import union_ha
from jalon.provenance import Provenance, provenance
from jalon.ui import cache
from jalon.ui.choose import EXAMPLE, communes_chosen
from jalon.ui.state import clear_shortlist, read_footprints, read_parameters, read_state
from jalon.ui.tables_fr import SITE_COLUMNS, show_table, site_table
from jalon.ui.text_fr import (
    ASSEMBLY_MARK,
    CNIG_HELP,
    CNIG_LABEL,
    SHORTLIST_EMPTY,
    costs,
    overlapping,
    site_count,
    unanswered,
)
from layers.parcels import commune_of


def listed_sites() -> gpd.GeoDataFrame | None:
    """Return the sites of the shortlist in its order, wherever they are; None without any."""
    listed = read_state().shortlist
    insee = _communes_of(listed) & cache.imported_communes()
    if not insee:
        return None
    sites = _sites_of(insee)
    order = {site_id: rank for rank, site_id in enumerate(listed)}
    kept = sites[sites["site_id"].isin(order)]
    return kept.sort_values("site_id", key=lambda ids: ids.map(order), ignore_index=True)


def _communes_of(listed: tuple[str, ...]) -> frozenset[str]:
    """Return the communes to judge; an assembly may reach over those of its territory."""
    own = frozenset(commune_of(pd.Series(listed, dtype=object)).dropna())
    if not any(ASSEMBLY_MARK in site_id for site_id in listed):
        return own
    territory = cache.territory(read_state().territory or EXAMPLE)
    around = frozenset() if territory is None else frozenset(communes_chosen(territory)["insee"])
    return own | around


def _sites_of(insee: frozenset[str]) -> gpd.GeoDataFrame:
    """Return the sites of the communes, and the assemblies made for the session's search."""
    parameters = read_parameters()
    usual = cache.land(insee, parameters).sites
    requirement = read_state().requirement
    if requirement is None:
        return usual
    asked = cache.sites_asked(insee, requirement, parameters)
    more = asked[~asked["site_id"].isin(usual["site_id"])]
    return gpd.GeoDataFrame(pd.concat([usual, more], ignore_index=True))


def show_shortlist(sites: gpd.GeoDataFrame | None, places: Mapping[str, str]) -> None:
    """Show the sites kept, their sum, and the downloads; each equals the table."""
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
        if site_id not in footprints and shape is not None and shape.area > 0:
            footprints.put(site_id, shape)
    pairs = footprints.overlaps()
    if pairs:
        st.warning(overlapping(pairs))


def _show_downloads(sites: gpd.GeoDataFrame, source: Provenance) -> None:
    fields = SITE_FIELDS | {name: VERDICT_FIELDS[name] for name in VERDICT_FIELDS if name in sites}
    columns = st.columns([4, 4, 5, 5, 3])
    downloads = (
        ("GeoJSON", "liste.geojson", "application/geo+json", partial(geojson, sites, fields)),
        ("CSV", "liste.csv", "text/csv", partial(csv_fr, sites, fields)),
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
    columns[3].download_button(
        CNIG_LABEL,
        partial(_terrain_eco, sites),
        file_name="terrain-eco.csv",
        mime="text/csv",
        on_click="ignore",
        help=CNIG_HELP,
        width="stretch",
    )
    columns[4].button("Vider ma liste", on_click=clear_shortlist, width="stretch")


def _terrain_eco(sites: gpd.GeoDataFrame) -> bytes:
    today = datetime.now(tz=UTC).date().isoformat()
    return standard_csv(terrains_cnig(sites, dated_on=today))


def _source(sites: gpd.GeoDataFrame) -> Provenance:
    """Return what the files of the shortlist say of themselves."""
    return provenance(
        "Liste de sites",
        parameters={
            "liste": list(sites["site_id"]),
            "land": read_parameters().model_dump(mode="json"),
        },
        seed=0,
        regions=(),
        records=cache.land_around(frozenset(sites["commune"])).sources,
    )
