"""Yearly consumption of natural, agricultural and forest land (ENAF) by commune."""

import re

import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from geo.errors import InputError
from layers.base import (
    Context,
    Layer,
    Normalised,
    Role,
    integer_column,
    number_column,
    text_column,
)
from layers.codes import insee_codes, numbers, zero_issue
from layers.cog import commune_issues

YEAR_COLUMN = re.compile(r"naf(\d{2})art(\d{2})")
"""`naf21art22` is the flow of 1 January 2021 to 1 January 2022: year 2021, in m²."""

CENTURY = 2000


def flow_columns(columns: pd.Index) -> dict[str, int]:
    """Return the yearly flow columns and their year; totals over a period are left out."""
    matches = {str(c): YEAR_COLUMN.fullmatch(str(c)) for c in columns}
    years = {c: (int(m[1]), int(m[2])) for c, m in matches.items() if m}
    return {c: CENTURY + start for c, (start, end) in years.items() if end == start + 1}


def activity_column(flow_column: str) -> str:
    """Return the column of the part of a yearly flow that went to activity («art21act22»)."""
    start, end = re.findall(r"\d{2}", flow_column)
    return f"art{start}act{end}"


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a commune and year; a cell that is absent or no positive number is missing.

    The other destinations are not read: «inc» has cells of −1 or −2 m², left by rounding.
    """
    years = flow_columns(raw.columns)
    if not years:
        raise InputError(
            "La série ENAF n'a aucune colonne annuelle (nafAAartAA).",
            "Prenez le fichier communal complet du Cerema.",
        )
    commune, repaired = insee_codes(raw["commune"])
    flows_m2, unread = _columns_m2(raw, {column: column for column in years})
    activity_m2, unread_activity = _columns_m2(raw, {c: activity_column(c) for c in years})
    missing = flows_m2.isna().any(axis=1)
    issues = (
        *unread,
        *unread_activity,
        *issue_if(
            rows_where(raw, missing),
            "ENAF-MANQUE",
            Action.NOTED,
            "Année manquante : le total de la période sera signalé incomplet.",
        ),
        *zero_issue(raw, repaired),
        *commune_issues(raw, commune, context.communes),
    )
    named = raw[["row", "commune_name"]].assign(commune=commune)
    long = _long(named.join(flows_m2), years)
    activity = _long(named.join(activity_m2), years)["flow_m2"]
    return Normalised(long.assign(activity_m2=activity), issues)


def _columns_m2(
    raw: pd.DataFrame, sources: dict[str, str]
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return the columns `sources` names, as numbers, under its keys; and what was unreadable."""
    read = {name: numbers(raw, source) for name, source in sources.items()}
    columns_m2 = pd.DataFrame({name: column for name, (column, _) in read.items()})
    return columns_m2, tuple(issue for _, found in read.values() for issue in found)


def _long(wide: pd.DataFrame, years: dict[str, int]) -> pd.DataFrame:
    """Return one row a commune and year, with an id made of both."""
    kept = ["row", "commune", "commune_name"]
    long = wide.melt(id_vars=kept, var_name="column", value_name="flow_m2")
    year = long["column"].map(years).astype(int)
    return long.assign(year=year, flow_id=long["commune"] + "-" + year.astype(str))


LAYER = Layer(
    layer_id="enaf",
    title_fr="Consommation d'espaces NAF",
    role=Role.LEDGER,
    key="flow_id",
    columns={
        "flow_id": text_column(nullable=False),
        "commune": text_column(nullable=False),
        "commune_name": text_column(),
        "year": integer_column(minimum=CENTURY),
        "flow_m2": number_column(minimum=0),
        "activity_m2": number_column(minimum=0),
    },
    normalise=normalise,
    has_geometry=False,
)
