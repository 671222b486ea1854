"""Communes nouvelles: when each was created, and of how many communes (guarantee R-GAR-3)."""

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import insee_codes, numbers, zero_issue
from layers.cog import commune_issues
from layers.day_columns import days_of

COUNTS = ("delegated_count", "associated_count")


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a commune; a count that is no whole number is missing, and told."""
    insee, repaired = insee_codes(raw["insee"])
    days, day_issues = days_of(raw, ["created_on"], "CN-DATE")
    read = {name: _whole(raw, name) for name in COUNTS}
    table = raw.assign(insee=insee, **days, **{name: count for name, (count, _) in read.items()})
    issues = (
        *zero_issue(raw, repaired),
        *day_issues,
        *(issue for _, found in read.values() for issue in found),
        *commune_issues(raw, insee, context.communes),
    )
    return Normalised(table, issues)


def _whole(raw: pd.DataFrame, name: str) -> tuple[pd.Series, tuple[Issue, ...]]:
    count, issues = numbers(raw, name)
    is_part = count.notna() & count.mod(1).ne(0)
    message = f"Nombre de communes qui n'est pas entier ({name}) : laissé manquant."
    rows = rows_where(raw, is_part)
    return count.mask(is_part), (*issues, *issue_if(rows, "CN-NOMBRE", Action.NOTED, message))


LAYER = Layer(
    layer_id="merged_communes",
    title_fr="Communes nouvelles",
    role=Role.ADMIN,
    key="insee",
    columns={
        "insee": text_column(nullable=False),
        "created_on": text_column(),
        "delegated_count": number_column(minimum=0),
        "associated_count": number_column(minimum=0),
    },
    normalise=normalise,
    has_geometry=False,
)
