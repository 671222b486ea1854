"""What became of each row of a file: one line a row touched, nothing lost."""

import json
from collections.abc import Iterable

import pandas as pd

from data.issues import Action, Issue
from data.read import RawTable
from layers.base import Layer

REPORT_COLUMNS = {
    "file_name": "fichier",
    "table_name": "table",
    "row": "ligne",
    "source_key": "identifiant",
    "rule_id": "regle",
    "action": "action",
    "message_fr": "message",
    "values_json": "valeurs",
}
"""Columns of the report, and how a reader sees them. `row` is empty when the whole file is
concerned; `values_json` holds the row as published when it was set aside."""

OTHER_KEYS = ("idu",)
"""Identifiers of producers that a layer builds its own key from."""


def touched_rows(
    file_name: str, raw: RawTable, issues: tuple[Issue, ...], layer: Layer
) -> pd.DataFrame:
    """Return one line a row and rule of import, in the order of the rows."""
    keys = _published_keys(raw, layer)
    told = [_lines_of(issue, keys, raw.published) for issue in issues]
    lines = pd.concat([_no_line(), *told], ignore_index=True)
    return (
        lines.sort_values("row", kind="stable", na_position="first", ignore_index=True)
        .assign(file_name=file_name, table_name=raw.name)
        .reindex(columns=list(REPORT_COLUMNS))
    )


def whole_report(reports: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the lines of several tables, one after the other."""
    return pd.concat([_no_line().reindex(columns=list(REPORT_COLUMNS)), *reports])


def _no_line() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in REPORT_COLUMNS}).astype(
        {"row": "Int64"}
    )


def _lines_of(issue: Issue, keys: pd.Series, published: pd.DataFrame) -> pd.DataFrame:
    rows = pd.Series(issue.rows or [pd.NA], dtype="Int64")
    lines = pd.DataFrame({"row": rows, "source_key": keys.reindex(rows.to_numpy()).to_numpy()})
    lines["values_json"] = pd.Series(None, index=lines.index, dtype=object)
    if issue.action is Action.SET_ASIDE and issue.rows:
        lines["values_json"] = _values(published.iloc[[row - 1 for row in issue.rows]])
    return lines.assign(
        rule_id=issue.rule_id, action=issue.action.value, message_fr=issue.message_fr
    )


def _values(rows: pd.DataFrame) -> list[str]:
    """Return each row as JSON under the producer's names; shapes are written in WKT."""
    cells = rows.astype(object).where(rows.notna(), None)
    records = cells.to_dict("records")
    return [json.dumps(record, ensure_ascii=False, default=str) for record in records]


def _published_keys(raw: RawTable, layer: Layer) -> pd.Series:
    """Return the producer's identifier of each row (numbered from 1); missing if it has none."""
    published = raw.published
    numbers = pd.RangeIndex(1, len(published) + 1)
    for column in published.columns:
        lowered = str(column).casefold()
        if raw.dataset.rename.get(lowered, lowered) in (layer.key, *OTHER_KEYS):
            return published[column].astype("string").set_axis(numbers)
    return pd.Series(pd.NA, index=numbers, dtype="string")
