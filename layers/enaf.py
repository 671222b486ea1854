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
from layers.enaf_totals import absent_years, flow_columns, total_issues

FIRST_YEAR = 2000


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
        *_repeated(raw, commune),
        *absent_years(raw.columns),
        *total_issues(raw),
        *zero_issue(raw, repaired),
        *commune_issues(raw, commune, context.communes),
    )
    named = raw[["row", "commune_name"]].assign(commune=commune)
    long = _long(named.join(flows_m2), years)
    activity = _long(named.join(activity_m2), years)["flow_m2"]
    return Normalised(long.assign(activity_m2=activity), issues)


def _repeated(raw: pd.DataFrame, commune: pd.Series) -> tuple[Issue, ...]:
    """Return the issue of the communes several rows give, every one of these rows named."""
    is_repeated = commune.notna() & commune.duplicated(keep=False)
    message = "Commune donnée par plusieurs lignes : seule la première est gardée."
    return issue_if(rows_where(raw, is_repeated), "ENAF-DOUBLE", Action.NOTED, message)


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
        "year": integer_column(minimum=FIRST_YEAR),
        "flow_m2": number_column(minimum=0),
        "activity_m2": number_column(minimum=0),
    },
    normalise=normalise,
    has_geometry=False,
)
