"""Days that a person types in a table: each column as ISO text, what is no day told."""

from collections.abc import Iterable

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.choices import filled
from layers.codes import dates_iso

ISO_DAY = r"\d{4}-\d{2}-\d{2}"


def days_of(
    table: pd.DataFrame, names: Iterable[str], rule_id: str
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return the columns `names` of `table` as ISO days; an absent column is missing everywhere.

    A year alone is no day: a date compared with a legal deadline is not guessed.
    """
    said = pd.DataFrame({name: filled(table, name) for name in names}, index=table.index)
    days = pd.DataFrame({name: _days(said[name]) for name in said}, index=table.index)
    is_unread = (said.notna() & days.isna()).any(axis=1)
    message = "Date illisible ou sans jour : laissée manquante (écrivez AAAA-MM-JJ)."
    return days, issue_if(rows_where(table, is_unread), rule_id, Action.NOTED, message)


def out_of_order(days: pd.DataFrame, *names: str) -> pd.Series:
    """Return the mask of the rows where a day of `names` comes before one named earlier."""
    pairs = [(first, later) for n, first in enumerate(names) for later in names[n + 1 :]]
    wrong = [_is_before(days[later], days[first]) for first, later in pairs]
    return pd.concat(wrong, axis=1).any(axis=1)


def _days(said: pd.Series) -> pd.Series:
    iso = dates_iso(said).astype("string")
    return iso.where(iso.str.fullmatch(ISO_DAY)).astype(object).where(iso.notna(), None)


def _is_before(one: pd.Series, other: pd.Series) -> pd.Series:
    """Tell where both days are known and `one` comes first; ISO days compare as texts."""
    before = one.astype("string").lt(other.astype("string"))
    return before.fillna(value=False).astype(bool)
