"""The filters of the land page: pure selections of rows, and the widgets that ask for them."""

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from geo.crs import EXCHANGE, WORKING
from jalon.model import SiteStatus
from jalon.ui.drawings import Drawing
from jalon.ui.state import KEPT_STATUSES, AppState, read_state, update_state
from jalon.ui.text_fr import DRAW_HELP, NO_LIMIT

STATUSES = tuple(status.value for status in SiteStatus)


def ask_filters() -> AppState:
    """Show the filters and return the state they make."""
    state = read_state()
    chosen = st.multiselect(
        "Statut",
        STATUSES,
        default=list(state.statuses or KEPT_STATUSES),
        key="filtre-statuts",
        placeholder="Tous les statuts",
    )
    low, high = st.columns(2)
    min_ha = low.number_input(
        "Utile min. (ha)",
        min_value=0.0,
        value=state.min_ha or None,
        step=0.5,
        key="filtre-min",
        placeholder=NO_LIMIT,
    )
    max_ha = high.number_input(
        "Utile max. (ha)",
        min_value=0.0,
        value=state.max_ha,
        step=0.5,
        key="filtre-max",
        placeholder=NO_LIMIT,
    )
    st.caption(DRAW_HELP)
    return update_state(statuses=statuses_of(chosen), min_ha=min_ha or 0.0, max_ha=max_ha)


def statuses_of(chosen: list[str]) -> tuple[str, ...]:
    """Return the statuses asked as the state keeps them: none for the usual ones, all for none."""
    asked = tuple(one for one in STATUSES if one in chosen) or STATUSES
    return () if asked == KEPT_STATUSES else asked


def filtered(
    sites: gpd.GeoDataFrame, state: AppState, drawings: tuple[Drawing, ...] = ()
) -> gpd.GeoDataFrame:
    """Return the sites that pass every filter, best first; a drawing keeps those it touches.

    A site whose usable area is unknown passes only while no area is asked.
    """
    mask = sites["status"].isin(state.statuses or KEPT_STATUSES)
    if state.min_ha > 0:
        mask &= sites["usable_ha"].ge(state.min_ha)
    if state.max_ha is not None:
        mask &= sites["usable_ha"].le(state.max_ha)
    if drawings:
        mask &= touched_by(sites, drawings)
    return best_first(sites[mask])


def best_first(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites by status, then from the largest usable area, then by identifier."""
    ranks = sites.assign(rank=sites["status"].map(STATUSES.index))
    columns = ["rank", "usable_ha", "site_id"]
    ordered = ranks.sort_values(columns, ascending=[True, False, True], ignore_index=True)
    return ordered.drop(columns="rank")


def touched_by(sites: gpd.GeoDataFrame, drawings: tuple[Drawing, ...]) -> "pd.Series[bool]":
    """Return the mask of the sites that share more than an edge with a drawing."""
    shapes = [shapely.geometry.shape(drawing.geometry) for drawing in drawings]
    drawn = gpd.GeoSeries(shapes, crs=EXCHANGE).to_crs(WORKING).union_all()
    meets = shapely.intersects(sites.geometry.to_numpy(), drawn)
    edges_only = shapely.touches(sites.geometry.to_numpy(), drawn)
    return pd.Series(meets & ~edges_only, index=sites.index)
