"""Land declared to the common agricultural policy (registre parcellaire graphique)."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, text_column
from layers.keys import shape_ids


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a declared block or parcel; the outline makes the id unique."""
    del context
    return Normalised(raw.assign(crop_id=shape_ids(raw["geometry"], raw["crop_id"])))


LAYER = Layer(
    layer_id="crops",
    title_fr="Terres déclarées à la PAC (RPG)",
    role=Role.OCCUPATION,
    key="crop_id",
    columns={"crop_id": text_column(nullable=False), "crop_code": text_column()},
    normalise=normalise,
)
