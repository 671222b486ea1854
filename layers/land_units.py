"""Land units: neighbouring parcels of one owner, merged; the owner is not known here."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import codes_of
from layers.keys import named_shape_ids


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a unit; its number is local to a file, so its outline completes its id."""
    del context
    return Normalised(
        raw.assign(unit_id=named_shape_ids(raw["geometry"], codes_of(raw, "unit_id")))
    )


LAYER = Layer(
    layer_id="land_units",
    title_fr="Unités foncières",
    role=Role.LAND,
    key="unit_id",
    columns={"unit_id": text_column(nullable=False)},
    normalise=normalise,
)
