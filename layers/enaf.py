"""Yearly consumption of natural, agricultural and forest land (ENAF) by commune."""

import re

import pandas as pd

from data.issues import Action, issue_if, rows_where
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

YEAR_COLUMN = re.compile(r"naf(\d{2})art(\d{2})")
"""`naf21art22` is the flow of 1 January 2021 to 1 January 2022: year 2021, in m²."""

CENTURY = 2000


def flow_columns(columns: pd.Index) -> dict[str, int]:
    """Return the yearly flow columns and their year; totals over a period are left out."""
    matches = {str(c): YEAR_COLUMN.fullmatch(str(c)) for c in columns}
    years = {c: (int(m[1]), int(m[2])) for c, m in matches.items() if m}
    return {c: CENTURY + start for c, (start, end) in years.items() if end == start + 1}


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a commune and year; a cell that is absent or no positive number is missing."""
    del context
    years = flow_columns(raw.columns)
    if not years:
        raise InputError(
            "La série ENAF n'a aucune colonne annuelle (nafAAartAA).",
            "Prenez le fichier communal complet du Cerema.",
        )
    commune, repaired = insee_codes(raw["commune"])
    read = {column: numbers(raw, column) for column in years}
    flows_m2 = pd.DataFrame({column: flow_m2 for column, (flow_m2, _) in read.items()})
    missing = flows_m2.isna().any(axis=1)
    issues = (
        *(issue for _, found in read.values() for issue in found),
        *issue_if(
            rows_where(raw, missing),
            "ENAF-MANQUE",
            Action.NOTED,
            "Année manquante : le total de la période sera signalé incomplet.",
        ),
        *zero_issue(raw, repaired),
    )
    named = raw[["row", "commune_name"]].assign(commune=commune)
    return Normalised(_long(named.join(flows_m2), years), issues)


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
    },
    normalise=normalise,
    has_geometry=False,
)
