"""Buildings of the cadastre."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, text_column
from layers.keys import shape_ids

KINDS_FR = {"01": "dur", "02": "léger"}
"""PCI `DUR`, Etalab `type`: hard building, light construction."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a building, known by its outline since the cadastre gives it no id."""
    del context
    hardness = raw["hardness"].astype("string").str.zfill(2)
    return Normalised(
        raw.assign(building_id=shape_ids(raw["geometry"]), kind=hardness.map(KINDS_FR))
    )


LAYER = Layer(
    layer_id="buildings",
    title_fr="Bâtiments du cadastre",
    role=Role.OCCUPATION,
    key="building_id",
    columns={"building_id": text_column(nullable=False), "kind": text_column()},
    normalise=normalise,
)
