"""Areas of activity drawn by IGN (BD TOPO): works, shops, schools, water plants."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import texts_of
from layers.keys import named_shape_ids

ECONOMIC = "industriel"
"""First word of the economic category: «Industriel ou commercial» in 2015, «et» since."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row an area; whether it is economic is missing when its category is."""
    del context
    category = texts_of(raw, "category")
    is_economic = category.str.casefold().str.startswith(ECONOMIC)
    table = raw.assign(
        area_id=named_shape_ids(raw["geometry"], texts_of(raw, "area_id")),
        name=texts_of(raw, "name"),
        nature=texts_of(raw, "nature"),
        category=category,
        is_economic=is_economic.map({True: "oui", False: "non"}).astype(object),
    )
    return Normalised(table)


LAYER = Layer(
    layer_id="activity_areas",
    title_fr="Zones d'activité ou d'intérêt (BD TOPO)",
    role=Role.OCCUPATION,
    key="area_id",
    columns={
        "area_id": text_column(nullable=False),
        "name": text_column(),
        "nature": text_column(),
        "category": text_column(),
        "is_economic": text_column(),
    },
    normalise=normalise,
)
