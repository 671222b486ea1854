"""Communes imported by the user, for places the embedded regions do not hold."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import insee_codes, numbers, zero_issue


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a commune with the columns of the embedded territories."""
    del context
    insee, repaired = insee_codes(raw["insee"])
    population, issues = numbers(raw, "population")
    table = raw.assign(insee=insee, population=population)
    return Normalised(table, (*issues, *zero_issue(raw, repaired)))


LAYER = Layer(
    layer_id="communes",
    title_fr="Communes",
    role=Role.ADMIN,
    key="insee",
    columns={
        "insee": text_column(nullable=False),
        "nom": text_column(nullable=False),
        "departement": text_column(),
        "region": text_column(),
        "epci_siren": text_column(),
        "epci_nom": text_column(),
        "population": number_column(minimum=0),
    },
    normalise=normalise,
)
