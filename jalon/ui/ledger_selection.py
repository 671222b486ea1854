"""The shortlist against the envelope of every territory it touches."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import streamlit as st

from jalon.model import ZanParameters
from jalon.ui import cache
from jalon.ui.ledger_text_fr import (
    LIST_EACH,
    LIST_EMPTY,
    LIST_HELP,
    LIST_NO_SERIES,
    LIST_WHOLE,
    area,
    verdict,
)
from jalon.ui.shortlist import listed_sites
from jalon.ui.tables_fr import show_wrapped
from jalon.zan.levels import COMMUNE
from jalon.zan.selection import SELECTION_FR, TESTED, selection_tests


@dataclass(frozen=True, slots=True)
class Tested:
    """The sites of the shortlist, and what `selection_tests` says of them; None: no series."""

    sites: gpd.GeoDataFrame
    verdicts: pd.DataFrame | None


def tested_list(parameters: ZanParameters) -> Tested | None:
    """Return the shortlist tested, wherever its sites are; None while it is empty."""
    sites = listed_sites()
    if sites is None or sites.empty:
        return None
    envelopes = cache.envelopes(frozenset(sites["commune"]), parameters)
    if not envelopes.is_counted:
        return Tested(sites, None)
    tests = selection_tests(sites, envelopes.accounts, envelopes.belonging, envelopes.pools)
    return Tested(sites, tests)


def show_selection(tested: Tested | None) -> None:
    """Show the verdict of the whole list for each territory, then of each site."""
    if tested is None:
        st.info(LIST_EMPTY)
        return
    if tested.verdicts is None:
        st.info(LIST_NO_SERIES)
        return
    st.caption(LIST_HELP)
    whole = tested.verdicts[tested.verdicts["site_id"].eq(SELECTION_FR)]
    st.markdown(f"**{LIST_WHOLE}**")
    show_wrapped(_whole_table(whole))
    st.markdown(f"**{LIST_EACH}**")
    show_wrapped(_site_table(tested.verdicts))


def _whole_table(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Niveau": rows["level"],
            "Territoire": rows["name"].fillna(rows["code"]),
            "Verdict": rows["verdict"].map(verdict),
            "Demandé": _areas(rows, "asked"),
            "Reste": _areas(rows, "remaining"),
            "Il resterait": _areas(rows, "after"),
        }
    )


def _site_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row a site and a column a level; a site over two communes says both verdicts."""
    each = rows[rows["site_id"].ne(SELECTION_FR)]
    own = each[each["level"].eq(COMMUNE.name_fr)].groupby("site_id", sort=False)
    asked = own[["asked_lo_ha", "asked_hi_ha"]].sum(skipna=False)
    told = each.assign(told=each["verdict"].map(verdict))
    wide = told.pivot_table(
        index="site_id", columns="level", values="told", aggfunc=" ; ".join, sort=False
    )
    levels = [level for level in TESTED if level in wide]
    heads = {level: level[0].upper() + level[1:] for level in levels}
    table = wide[levels].rename(columns=heads)
    table.insert(0, "Demandé", pd.Series(_areas(asked, "asked"), index=asked.index))
    return table.rename_axis("Site").reset_index()


def _areas(rows: pd.DataFrame, name: str) -> list[str]:
    ends = (rows[f"{name}_lo_ha"], rows[f"{name}_hi_ha"])
    return [area(low, high) for low, high in zip(*ends, strict=True)]
