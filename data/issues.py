"""What happened to the rows of a file between its producer and our tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd


class Action(StrEnum):
    """What was done to a row that is not as published it should be."""

    REPAIRED = "réparé"
    SET_ASIDE = "mis de côté"
    NOTED = "signalé"


@dataclass(frozen=True, slots=True)
class Issue:
    """One rule of import and every row it touched (numbered from 1, as published).

    No row at all means that the whole file is concerned.
    """

    rule_id: str
    action: Action
    message_fr: str
    rows: tuple[int, ...] = ()


def rows_where(table: pd.DataFrame, mask: pd.Series) -> tuple[int, ...]:
    """Return the published numbers (column `row`) of the rows where `mask` holds, each once."""
    published = table.loc[mask.to_numpy(dtype=bool), "row"]
    return tuple(int(row) for row in published.drop_duplicates())


def issue_if(
    rows: Iterable[int], rule_id: str, action: Action, message_fr: str
) -> tuple[Issue, ...]:
    """Return one issue for `rows`, or none when there is no row."""
    listed = tuple(rows)
    return (Issue(rule_id, action, message_fr, listed),) if listed else ()
