"""Roads a vehicle may drive, from OpenStreetMap."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.keys import shape_ids


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a stretch of road between two junctions."""
    del context
    return Normalised(raw.assign(road_id=shape_ids(raw["geometry"], raw["osmid"])))


LAYER = Layer(
    layer_id="roads",
    title_fr="Routes",
    role=Role.NETWORK,
    key="road_id",
    columns={
        "road_id": text_column(nullable=False),
        "highway": text_column(),
        "road_name": text_column(),
        "length_m": number_column(minimum=0),
    },
    normalise=normalise,
)
