"""What a site costs in its sheet: both bases, the envelope of each territory, freezes, clues."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from jalon.envelopes import Envelopes
from jalon.french import hectares, interval_ha
from jalon.ui import cache
from jalon.ui.drawings import Drawing
from jalon.ui.project_cost import shapes_of, site_tests
from jalon.ui.project_figures import all_rows, net_told, verdict_told, whole_told
from jalon.ui.project_options import ProjectOptions
from jalon.ui.project_panel import show_details, show_remarks, show_rows
from jalon.ui.project_text_fr import (
    COST_TITLE,
    DRAW_HINT,
    DRAWN_PART,
    FREEZE_LABEL,
    NO_SHAPE,
    USABLE_LABEL,
    WHOLE_LABEL,
    WHOLE_NET_LABEL,
    WHOLE_PIECES_LABEL,
)
from jalon.ui.sheet_freeze import show_freezes
from jalon.ui.site_alerts import show_site_alerts, zone_of
from jalon.ui.state import read_reference_day, read_state, read_zan_parameters


def show_site_cost(row: gpd.GeoDataFrame, project: tuple[Drawing, ...]) -> None:
    """Show what the site of `row` costs: of the project drawn in it, else of its usable land."""
    site = row.iloc[0]
    st.markdown(f"**{COST_TITLE}**")
    shape = site["geometry"]
    if shape is None or not shape.area > 0:
        st.caption(NO_SHAPE)
        return
    insee = frozenset([site["commune"]])
    envelopes = cache.envelopes(insee, read_zan_parameters())
    footprint = _drawn_inside(shape, project)
    if footprint is None:
        cost_ha = _show_usable(row, envelopes, insee)
    else:
        cost_ha = _show_drawn(footprint, insee, is_part=_sticks_out(shape, project))
    day = read_reference_day()
    with st.expander(FREEZE_LABEL.format(day=day)):
        show_freezes(site, envelopes, day)
    drawn = () if footprint is None else project
    zones = (zone_of(site["zone_type"]),)
    show_site_alerts(zones, insee, cost_ha, envelopes=envelopes, project=drawn)


def _drawn_inside(shape: shapely.Geometry, project: tuple[Drawing, ...]) -> shapely.Geometry | None:
    """Return the part of the project inside the site; None when it stands elsewhere."""
    if not project:
        return None
    inside = shapely.intersection(shapes_of(project).union_all(), shape)
    return inside if inside.area > 0 else None


def _sticks_out(shape: shapely.Geometry, project: tuple[Drawing, ...]) -> bool:
    return not shape.buffer(0.01).covers(shapes_of(project).union_all())


def _show_drawn(
    footprint: shapely.Geometry, insee: frozenset[str], *, is_part: bool
) -> tuple[float, float]:
    """Show what is drawn in the site, and return what it costs (low and high, ha)."""
    options = read_state().project
    cost = cache.footprint_cost(footprint, insee, options, read_zan_parameters())
    show_rows(all_rows(cost))
    if is_part:
        st.caption(DRAWN_PART)
    show_remarks(cost, unknown_ha=cost.figures["unknown_ha"])
    show_details(cost)
    return cost.figures["enaf_lo_ha"], cost.figures["enaf_hi_ha"]


def _usable_tests(row: gpd.GeoDataFrame, envelopes: Envelopes) -> pd.DataFrame:
    """Return what the usable land asks of each territory; it is what the table of sites says."""
    costs = pd.DataFrame(row)[["site_id", "commune", "enaf_lo_ha", "enaf_hi_ha"]]
    return site_tests(costs, envelopes)


def _show_usable(
    row: gpd.GeoDataFrame, envelopes: Envelopes, insee: frozenset[str]
) -> tuple[float, float]:
    """Show what the usable land costs, and return it (low and high, ha)."""
    site = row.iloc[0]
    begun = ProjectOptions(works_on=read_reference_day())
    whole = cache.footprint_cost(site["geometry"], insee, begun, read_zan_parameters())
    cost = replace(whole, tests=_usable_tests(row, envelopes))
    low_ha, high_ha = site["enaf_lo_ha"], site["enaf_hi_ha"]
    show_rows(
        {
            **verdict_told(cost),
            USABLE_LABEL.format(area=hectares(site["usable_ha"])): interval_ha(low_ha, high_ha),
            WHOLE_LABEL: whole_told(cost),
            WHOLE_NET_LABEL: net_told(cost.net),
        }
    )
    st.caption(DRAW_HINT)
    show_remarks(cost, unknown_ha=high_ha - low_ha)
    show_details(cost, pieces_label=WHOLE_PIECES_LABEL)
    return low_ha, high_ha
