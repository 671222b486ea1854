"""Editions of planning documents on the Géoportail de l'urbanisme: which rows, of which one."""

import geopandas as gpd
import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.codes import codes_of, dates_iso
from layers.keys import shape_ids

STAMP = "published_on"
"""`gpu_timestamp`: when the portal put the document of a row online."""

OLDER_FR = "Même contour publié plus récemment : la version ancienne est écartée."


def latest_only(raw: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Issue, ...]]:
    """Return `raw` without the rows whose outline another row gives with a later stamp.

    Rows without a stamp are all kept: nothing says which of them is the later.
    """
    if STAMP not in raw:
        return raw, ()
    stamps = pd.to_datetime(_text(raw, STAMP), errors="coerce", utc=True, format="ISO8601")
    latest = stamps.groupby(shape_ids(raw.geometry)).transform("max")
    is_older = stamps < latest
    kept = raw.loc[~is_older]
    return kept, issue_if(rows_where(raw, is_older), "GPU-ANCIEN", Action.SET_ASIDE, OLDER_FR)


def document_ids(raw: pd.DataFrame, commune: str, *details: str) -> pd.Series:
    """Return the document of each row: its id, else its `commune` and the `details`, joined.

    CNIG 2013 has no id of document in its tables: commune and approval date refer to it.
    Without a commune, nothing names the document.
    """
    own = _text(raw, "document_id")
    built = _text(raw, commune)
    for detail in details:
        built = built.str.cat("_" + _text(raw, detail), na_rep="").mask(built.isna())
    return own.fillna(built).astype(object)


def approval_dates(raw: pd.DataFrame) -> pd.Series:
    """Return the approval date of each row as ISO text; missing when the file has none."""
    return dates_iso(_text(raw, "approved_on"))


def online_dates(raw: pd.DataFrame) -> pd.Series:
    """Return the day the portal put each row online as ISO text; missing off the portal."""
    return dates_iso(_text(raw, STAMP))


def _text(raw: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` as text; an empty cell says nothing."""
    text = codes_of(raw, name)
    return text.mask(text.eq(""))
