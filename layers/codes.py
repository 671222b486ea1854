"""Codes, numbers and dates as producers write them, and as the standards want them."""

import numpy as np
import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where

INSEE_LENGTH = 5

EMPTY_DATES = ("1899-12-30", "1900-01-01")
"""What spreadsheet and GIS software write for «no date»."""


def insee_codes(published: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return five-character INSEE codes and the mask of those that lacked their leading zero."""
    text = published.astype("string").str.strip().str.removesuffix(".0")
    short = text.str.fullmatch(r"\d{4}").fillna(value=False).astype(bool)
    return text.str.zfill(INSEE_LENGTH).astype(object), short


def zero_issue(table: pd.DataFrame, repaired: pd.Series) -> tuple[Issue, ...]:
    """Return the issue of the INSEE codes that lacked their leading zero."""
    message = "Code INSEE complété de son zéro initial."
    return issue_if(rows_where(table, repaired), "COM-ZERO", Action.REPAIRED, message)


def numbers(table: pd.DataFrame, name: str) -> tuple[pd.Series, tuple[Issue, ...]]:
    """Return the column `name` as positive numbers; what is not one is missing and told.

    Reads the French decimal comma and spaces between thousands. An absent column is missing
    everywhere and tells nothing.
    """
    if name not in table:
        return pd.Series(np.nan, index=table.index), ()
    text = table[name].astype("string").str.replace(r"\s", "", regex=True).str.replace(",", ".")
    values = pd.to_numeric(text, errors="coerce").astype(float)
    good = values.where(values.ge(0) & np.isfinite(values))
    wrong = table[name].notna() & good.isna()
    message = f"Nombre illisible ou négatif ({name}) : laissé manquant."
    return good, issue_if(rows_where(table, wrong), "NOMBRE", Action.NOTED, message)


def dates_iso(published: pd.Series) -> pd.Series:
    """Return dates as ISO text; None where the date is absent, empty or unreadable.

    Reads 2024-02-13, 13/02/2024, 20240213 and timestamps.
    """
    text = published.astype("string").str.strip().str.removesuffix(".0")
    layouts = {
        r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?": "%Y-%m-%d",
        r"(\d{2}/\d{2}/\d{4})(?: .*)?": "%d/%m/%Y",
        r"(\d{8})": "%Y%m%d",
    }
    iso = pd.Series(None, index=published.index, dtype=object)
    for pattern, layout in layouts.items():
        found = text.str.extract(f"^{pattern}$", expand=False)
        parsed = pd.to_datetime(found, format=layout, errors="coerce").dt.strftime("%Y-%m-%d")
        iso = iso.where(parsed.isna(), parsed)
    return iso.where(~iso.isin(EMPTY_DATES), None)
