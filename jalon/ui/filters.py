"""The filters of the land page: pure selections of rows, and the widgets that ask for them."""

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from geo.crs import EXCHANGE, WORKING
from jalon.model import SiteKind, SiteStatus
from jalon.ui.drawings import Drawing
from jalon.ui.project_text_fr import ALL_VERDICTS, VERDICT_LABEL
from jalon.ui.state import KEPT_STATUSES, AppState, Figures, read_state, update_state
from jalon.ui.text_fr import (
    ALL_KINDS,
    ALL_STATUSES,
    NO_LIMIT,
    REACH_LABELS,
    UNKNOWN_FILTERED_HELP,
)
from jalon.zan.selection import Verdict

STATUSES = tuple(status.value for status in SiteStatus)
KINDS = tuple(kind.value for kind in SiteKind)
VERDICTS = tuple(verdict.value for verdict in Verdict)


def ask_filters() -> AppState:
    """Show the filters and return the state they make."""
    state = read_state()
    chosen = st.multiselect(
        "Statut",
        STATUSES,
        default=list(state.statuses or KEPT_STATUSES),
        key="filtre-statuts",
        placeholder=ALL_STATUSES,
    )
    low, high = st.columns(2)
    with low:
        min_ha = ask_figure("Utile min. (ha)", state.min_ha or None, key="filtre-min", step=0.5)
    with high:
        max_ha = ask_figure("Utile max. (ha)", state.max_ha, key="filtre-max", step=0.5)
    update_state(statuses=statuses_of(chosen), min_ha=min_ha or 0.0, max_ha=max_ha)
    with st.expander("Autres filtres"):
        _ask_others(state)
    return read_state()


def _ask_others(state: AppState) -> None:
    kinds = st.multiselect(
        "Nature", KINDS, default=list(state.kinds), key="filtre-natures", placeholder=ALL_KINDS
    )
    verdicts = st.multiselect(
        VERDICT_LABEL,
        VERDICTS,
        default=list(state.verdicts),
        key="filtre-enveloppe",
        placeholder=ALL_VERDICTS,
    )
    left, right = st.columns(2)
    with left:
        width_m = ask_figure(
            "Largeur min. (m)", state.min_width_m or None, key="filtre-largeur", step=10.0
        )
    with right:
        percent = ask_figure(
            "Fiabilité min. (%)",
            round(100 * state.min_reliability_share, 1) or None,
            key="filtre-fiabilite",
            step=10.0,
            most=100.0,
        )
    reach_m = ask_reaches(state.reach_m, key="filtre")
    st.caption(UNKNOWN_FILTERED_HELP)
    update_state(
        kinds=tuple(kinds) if len(kinds) < len(KINDS) else (),
        verdicts=tuple(verdicts),
        min_width_m=width_m or 0.0,
        min_reliability_share=(percent or 0.0) / 100,
        reach_m=reach_m,
    )


def ask_reaches(reach_m: Figures, *, key: str) -> Figures:
    """Show a field for each distance a site may be bound by, and return those that are."""
    known = dict(reach_m)
    asked = {
        column: ask_figure(label, known.get(column), key=f"{key}-{column}", step=500.0)
        for column, label in REACH_LABELS.items()
    }
    return tuple((column, value) for column, value in asked.items() if value is not None)


def ask_figure(
    label: str,
    value: float | None,
    *,
    key: str,
    step: float,
    most: float | None = None,
    placeholder: str = NO_LIMIT,
) -> float | None:
    """Show a field for a positive number, without a limit unless there is a natural one."""
    return st.number_input(
        label,
        min_value=0.0,
        max_value=most,
        value=value,
        step=step,
        format="%g",  # the usual format adds decimals after an English point
        key=key,
        placeholder=placeholder,
    )


def statuses_of(chosen: list[str]) -> tuple[str, ...]:
    """Return the statuses asked as the state keeps them: none for the usual ones, all for none."""
    asked = tuple(one for one in STATUSES if one in chosen) or STATUSES
    return () if asked == KEPT_STATUSES else asked


def filtered(
    sites: gpd.GeoDataFrame, state: AppState, drawings: tuple[Drawing, ...] = ()
) -> gpd.GeoDataFrame:
    """Return the sites that pass every filter, best first; a drawing keeps those it touches.

    A site whose figure is unknown passes only while nothing is asked of it.
    """
    mask = sites["status"].isin(state.statuses or KEPT_STATUSES)
    lowest = {
        "usable_ha": state.min_ha,
        "width_m": state.min_width_m,
        "reliability_share": state.min_reliability_share,
    }
    for column, least in lowest.items():
        if least > 0:
            mask &= sites[column].ge(least)
    if state.max_ha is not None:
        mask &= sites["usable_ha"].le(state.max_ha)
    for column, most_m in state.reach_m:
        mask &= sites[column].le(most_m)
    if state.kinds:
        mask &= sites["kind"].isin(state.kinds)
    if state.verdicts:
        mask &= sites["envelope_verdict"].isin(state.verdicts)
    if drawings:
        mask &= touched_by(sites, drawings)
    return best_first(sites[mask])


def best_first(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites by rank when they are scored.

    Otherwise by status, then from the largest usable area, then by identifier.
    """
    if "rank" in sites:
        return sites.sort_values(["rank", "site_id"], na_position="last", ignore_index=True)
    places = sites.assign(place=sites["status"].map(STATUSES.index))
    columns = ["place", "usable_ha", "site_id"]
    ordered = places.sort_values(columns, ascending=[True, False, True], ignore_index=True)
    return ordered.drop(columns="place")


def touched_by(sites: gpd.GeoDataFrame, drawings: tuple[Drawing, ...]) -> "pd.Series[bool]":
    """Return the mask of the sites that share more than an edge with a drawing."""
    shapes = [shapely.geometry.shape(drawing.geometry) for drawing in drawings]
    drawn = gpd.GeoSeries(shapes, crs=EXCHANGE).to_crs(WORKING).union_all()
    meets = shapely.intersects(sites.geometry.to_numpy(), drawn)
    edges_only = shapely.touches(sites.geometry.to_numpy(), drawn)
    return pd.Series(meets & ~edges_only, index=sites.index)
