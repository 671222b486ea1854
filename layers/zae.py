"""Economic activity zones (ZAE) inventoried by the EPCI (CNIG Sites économiques)."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import dates_iso, numbers


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a zone; hectares on sale stay missing when the EPCI gives none."""
    del context
    for_sale_ha, issues = numbers(raw, "for_sale_ha")
    table = raw.assign(for_sale_ha=for_sale_ha)
    if "updated_on" in raw:
        table["updated_on"] = dates_iso(raw["updated_on"])
    return Normalised(table, issues)


LAYER = Layer(
    layer_id="zae",
    title_fr="Zones d'activité économique",
    role=Role.LAND,
    key="zae_id",
    columns={
        "zae_id": text_column(nullable=False),
        "name": text_column(),
        "vocation": text_column(),
        "state": text_column(),
        "commune": text_column(),
        "for_sale_ha": number_column(minimum=0),
        "producer": text_column(),
        "updated_on": text_column(),
    },
    normalise=normalise,
)
