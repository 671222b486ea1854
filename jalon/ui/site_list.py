"""A table of sites one may open, and keep."""

from collections.abc import Mapping
from functools import partial

import geopandas as gpd
import streamlit as st

from jalon.french import number
from jalon.ui.state import add_to_shortlist, open_sheet, read_state
from jalon.ui.tables_fr import MISSING, SITE_COLUMNS, site_table
from jalon.ui.text_fr import NO_SITE

TABLE_HEIGHT_PX = 420


def show_site_list(
    sites: gpd.GeoDataFrame,
    places: Mapping[str, str],
    *,
    name: str,
    help_fr: str,
    extra: Mapping[str, str] | None = None,
) -> None:
    """Show sites; a click in a cell opens the sheet, checked rows go to the list.

    `name` tells the tables of a page apart; `extra` names columns of sentences to show too.
    """
    site_ids = tuple(sites["site_id"])
    key = f"tableau-{name}-{hash(site_ids)}"  # another table has no selection yet
    add = st.container(horizontal=True, vertical_alignment="center")
    add.caption(help_fr)
    if sites.empty:
        st.info(NO_SITE)
        return
    chosen = st.dataframe(
        site_table(sites, places, extra),
        hide_index=True,
        height=min(TABLE_HEIGHT_PX, 38 * (len(sites) + 1)),
        placeholder=MISSING,
        column_config=SITE_COLUMNS,
        on_select=partial(_open_chosen, key, site_ids),
        selection_mode=["multi-row", "single-cell"],
        key=key,
    )
    rows = tuple(site_ids[row] for row in chosen.selection.rows)
    add.button(
        f"Ajouter à ma liste ({number(len(rows))})",
        disabled=not rows,
        on_click=add_to_shortlist,
        args=(rows,),
        key=f"ajouter-{name}",
    )


def _open_chosen(key: str, site_ids: tuple[str, ...]) -> None:
    """Open the sheet of the row whose cell was just clicked."""
    cells = st.session_state[key].selection.cells
    if cells and site_ids[cells[0][0]] != read_state().site_id:
        open_sheet(site_ids[cells[0][0]], is_approached=True)
