"""The inventory of an activity zone: the state of each unité foncière (code de l'urbanisme)."""

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.choices import YES_NO, chosen, filled
from layers.codes import insee_codes, zero_issue
from layers.cog import commune_issues
from layers.day_columns import days_of
from layers.keys import joined_ids

ENDS = {"has_cfe_activity": "cfe_inactive_since", "is_occupied": "unoccupied_since"}
"""Each use of a unit (yes or no), and the column of the day it ended."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a unit; a use that contradicts the day it ended is missing, and told."""
    commune, repaired = insee_codes(raw["commune"])
    active, active_issues = chosen(raw, "has_cfe_activity", YES_NO, "UF-CFE")
    occupied, occupied_issues = chosen(raw, "is_occupied", YES_NO, "UF-OCCUPATION")
    days, day_issues = days_of(raw, ENDS.values(), "UF-DATE")
    read = raw.assign(
        unit_name=filled(raw, "unit_name").astype(object),
        zae=filled(raw, "zae").astype(object),
        commune=commune,
        has_cfe_activity=active,
        is_occupied=occupied,
        **days,
    )
    table, clash_issues = _without_clashes(read)
    issues = (
        *zero_issue(raw, repaired),
        *active_issues,
        *occupied_issues,
        *day_issues,
        *clash_issues,
        *_holes(table),
        *commune_issues(raw, commune, context.communes),
    )
    return Normalised(table.assign(unit_id=_ids(table)), issues)


def _ids(table: pd.DataFrame) -> pd.Series:
    """Return an id made of the commune, the zone and the unit; none where the unit has no name."""
    ids = joined_ids(table["commune"], table["zae"], table["unit_name"])
    return ids.where(table["unit_name"].notna(), None)


def _without_clashes(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `table` without the uses that last although a day ends them, and their issue."""
    clashes = {use: table[use].eq("oui") & table[end].notna() for use, end in ENDS.items()}
    cleared = {
        name: table[name].where(~clashes[use], None)
        for use, end in ENDS.items()
        for name in (use, end)
    }
    message = "Usage dit en cours (« oui ») et daté de sa fin : laissé inconnu."
    rows = rows_where(table, pd.concat(clashes, axis=1).any(axis=1))
    return table.assign(**cleared), issue_if(rows, "UF-CONTRADICTION", Action.NOTED, message)


def _holes(table: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issues of what a unit must say to be counted vacant or not."""
    undated = [table[use].eq("non") & table[end].isna() for use, end in ENDS.items()]
    return (
        *issue_if(
            rows_where(table, pd.concat(undated, axis=1).any(axis=1)),
            "UF-DEPUIS",
            Action.NOTED,
            "« Non » sans la date depuis laquelle : rien ne dit depuis combien de temps.",
        ),
        *issue_if(
            rows_where(table, table["zae"].isna()),
            "UF-ZONE",
            Action.NOTED,
            "Unité foncière sans nom de zone : comptée à part, et dans l'ensemble.",
        ),
    )


LAYER = Layer(
    layer_id="zae_units",
    title_fr="Unités foncières des zones d'activités",
    role=Role.LEDGER,
    key="unit_id",
    columns={
        "unit_id": text_column(nullable=False),
        "unit_name": text_column(nullable=False),
        "zae": text_column(),
        "commune": text_column(nullable=False),
        "has_cfe_activity": text_column(),
        "cfe_inactive_since": text_column(),
        "is_occupied": text_column(),
        "unoccupied_since": text_column(),
    },
    normalise=normalise,
    has_geometry=False,
)
