"""What a series of ENAF flows must satisfy: every year there, totals equal to their parts."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where

TOTAL_COLUMN = re.compile(r"naf(\d{2})art(\d{2})")
"""`naf21art22` is the flow of 1 January 2021 to 1 January 2022, in m²; `naf11art21`, ten of them.
"""

CENTURY = 2000
DESTINATIONS = ("act", "hab", "mix", "rou", "fer", "inc")
"""Activity, housing, both, roads, railways, unknown: together they make a yearly flow."""

TOLERANCE_M2 = 5.0
"""Six destinations rounded to the square metre differ from their total by less."""

FIRST_COLUMNS_SHOWN = 4

Wrong = dict[str, pd.Series]
"""For each total at fault, the mask of the rows where it is not the sum of its parts."""


def periods(columns: Iterable[object]) -> dict[str, range]:
    """Return the columns of total consumption and the years each one spans."""
    matches = {str(column): TOTAL_COLUMN.fullmatch(str(column)) for column in columns}
    spans = {name: (int(found[1]), int(found[2])) for name, found in matches.items() if found}
    return {name: range(CENTURY + start, CENTURY + end) for name, (start, end) in spans.items()}


def flow_columns(columns: Iterable[object]) -> dict[str, int]:
    """Return the yearly flow columns and their year; totals over a period are left out."""
    return {name: span[0] for name, span in periods(columns).items() if len(span) == 1}


def absent_years(columns: Iterable[object]) -> tuple[Issue, ...]:
    """Return the issue of the years that the series spans and gives no column for."""
    listed = list(columns)
    spanned = sorted(set(chain.from_iterable(periods(listed).values())))
    known = set(flow_columns(listed).values())
    absent = [year for year in range(spanned[0], spanned[-1] + 1) if year not in known]
    if not absent:
        return ()
    years_fr = ", ".join(map(str, absent))
    message = f"Série sans colonne pour {years_fr} : ces années ne sont pas comptées."
    return (Issue("ENAF-ANNEE", Action.NOTED, message),)


def total_issues(raw: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issues of flows that are not their destinations, of periods not their years."""
    return (
        *_unequal(raw, dict(_flows_at_fault(raw)), "la somme des destinations"),
        *_unequal(raw, dict(_periods_at_fault(raw)), "la somme de ses années"),
    )


def _flows_at_fault(raw: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    for column in flow_columns(raw.columns):
        start, end = re.findall(r"\d{2}", column)
        yield column, _differs(raw, column, [f"art{start}{name}{end}" for name in DESTINATIONS])


def _periods_at_fault(raw: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    column_of = {year: column for column, year in flow_columns(raw.columns).items()}
    for column, span in periods(raw.columns).items():
        if len(span) > 1 and set(span) <= set(column_of):
            yield column, _differs(raw, column, [column_of[year] for year in span])


def _differs(raw: pd.DataFrame, total: str, parts: list[str]) -> pd.Series:
    """Tell where `total` and all its `parts` are known and differ by more than the rounding."""
    if not set(parts) <= set(raw.columns):
        return pd.Series(data=False, index=raw.index)
    sum_m2 = pd.concat([_signed_m2(raw[part]) for part in parts], axis=1).sum(axis=1, skipna=False)
    return (_signed_m2(raw[total]) - sum_m2).abs().gt(TOLERANCE_M2)


def _signed_m2(published: pd.Series) -> pd.Series:
    """Return a column as numbers, the small negative ones that rounding leaves included."""
    text = published.astype("string").str.replace(r"\s", "", regex=True).str.replace(",", ".")
    return pd.to_numeric(text, errors="coerce").astype(float)


def _unequal(raw: pd.DataFrame, wrong: Wrong, whole_fr: str) -> tuple[Issue, ...]:
    """Return one issue for all the totals of one kind, naming the rows and the first columns."""
    names = [name for name, mask in wrong.items() if mask.any()]
    if not names:
        return ()
    rows = rows_where(raw, pd.concat([wrong[name] for name in names], axis=1).any(axis=1))
    shown = ", ".join(names[:FIRST_COLUMNS_SHOWN]) + ("…" * (len(names) > FIRST_COLUMNS_SHOWN))
    message = f"Total différent de {whole_fr} ({shown}) : les flux annuels sont gardés."
    return issue_if(rows, "ENAF-TOTAL", Action.NOTED, message)
