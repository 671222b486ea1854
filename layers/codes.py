"""Codes, numbers and dates as producers write them, and as the standards want them."""

import numpy as np
import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where

INSEE_LENGTH = 5

COMMUNE_OF_ARRONDISSEMENT = {
    **dict.fromkeys(map(str, range(13201, 13217)), "13055"),
    **dict.fromkeys(map(str, range(69381, 69390)), "69123"),
    **dict.fromkeys(map(str, range(75101, 75121)), "75056"),
}
"""Marseille, Lyon and Paris: producers number their arrondissements, the COG the commune."""

EMPTY_DATES = ("1899-12-30", "1900-01-01")
"""What spreadsheet and GIS software write for «no date»."""

DAY_NUMBERS = (10_957, 25_567)
"""Days since 1970 of 2000-01-01 and 2039-12-31, between which R numbers the days of a file.

A spreadsheet numbers from 1899-12-30: there the same numbers are days of 1930 to 1969, when
no file was kept. No year and no yyyymmdd has five figures.
"""

PARIS_MARGIN_S = 2 * 3_600
"""Seconds since 1970 UTC are those of a midnight in Paris, 22:00 or 23:00 UTC the day before:
two hours later, summer and winter time alike, the day is the one that was meant."""


def insee_codes(published: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return five-character INSEE codes and the mask of those that lacked their leading zero.

    The arrondissements of Paris, Lyon and Marseille read as their commune.
    """
    text = published.astype("string").str.strip().str.removesuffix(".0")
    short = text.str.fullmatch(r"\d{4}").fillna(value=False).astype(bool)
    return whole_communes(text.str.zfill(INSEE_LENGTH)).astype(object), short


def whole_communes(insee: pd.Series) -> pd.Series:
    """Return the codes of communes, an arrondissement being part of its commune."""
    return insee.map(COMMUNE_OF_ARRONDISSEMENT).astype("string").fillna(insee)


def departements(insee: pd.Series) -> pd.Series:
    """Return the département of communes: «08», «2A», and three figures overseas («971»)."""
    text = insee.astype("string")
    return text.str[:2].mask(text.str.startswith("97", na=False), text.str[:3])


def zero_issue(table: pd.DataFrame, repaired: pd.Series) -> tuple[Issue, ...]:
    """Return the issue of the INSEE codes that lacked their leading zero."""
    message = "Code INSEE complété de son zéro initial."
    return issue_if(rows_where(table, repaired), "COM-ZERO", Action.REPAIRED, message)


def texts_of(table: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` as stripped text; missing everywhere when it is absent."""
    absent = pd.Series(index=table.index, dtype="string")
    return table.get(name, absent).astype("string").str.strip()


def codes_of(table: pd.DataFrame, name: str) -> pd.Series:
    """Return the column `name` as text; a code that came as a float (3.0) reads as written (3)."""
    return texts_of(table, name).str.removesuffix(".0")


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

    Reads 2024-02-13, 13/02/2024, 20240213, timestamps, the days R numbers (19766, see
    DAY_NUMBERS), seconds since 1970 (1546210800.0) and years alone (1971.0), which stay years.
    Seconds are told by the column: one that holds a negative number, or one of more than eight
    figures, is in seconds throughout.
    """
    text = published.astype("string").str.strip().str.removesuffix(".0")
    iso = pd.Series(None, index=published.index, dtype=object)
    for found in (_days_of_seconds(text), _written_days(text), _numbered_days(text), _years(text)):
        iso = iso.where(iso.notna() | found.isna(), found)
    return iso.where(~iso.isin(EMPTY_DATES), None)


def _written_days(text: pd.Series) -> pd.Series:
    layouts = {
        r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?": "%Y-%m-%d",
        r"(\d{2}/\d{2}/\d{4})(?: .*)?": "%d/%m/%Y",
        r"(\d{8})": "%Y%m%d",
    }
    iso = pd.Series(None, index=text.index, dtype=object)
    for pattern, layout in layouts.items():
        found = text.str.extract(f"^{pattern}$", expand=False)
        parsed = pd.to_datetime(found, format=layout, errors="coerce").dt.strftime("%Y-%m-%d")
        iso = iso.where(parsed.isna(), parsed)
    return iso


def _days_of_seconds(text: pd.Series) -> pd.Series:
    figures = text.where(text.str.fullmatch(r"-?\d{1,10}").fillna(value=False).astype(bool))
    are_seconds = figures.str.startswith("-") | figures.str.len().gt(len("20240213"))
    seconds = pd.to_numeric(figures if are_seconds.any() else figures.mask(figures.notna()))
    days = pd.to_datetime(seconds.astype("Int64") + PARIS_MARGIN_S, unit="s")
    return days.dt.strftime("%Y-%m-%d").astype(object)


def _numbered_days(text: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(text.where(text.str.fullmatch(r"\d{5}")), errors="coerce")
    days = pd.to_datetime(numbers.where(numbers.between(*DAY_NUMBERS)), unit="D")
    return days.dt.strftime("%Y-%m-%d").astype(object)


def _years(text: pd.Series) -> pd.Series:
    return text.str.extract(r"^((?:1[5-9]|20)\d{2})$", expand=False).astype(object)
