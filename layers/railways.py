"""Railways of BD TOPO: main lines, yards and tracks left aside."""

import pandas as pd

from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import texts_of
from layers.keys import named_shape_ids

UNUSED = r"non exploit"
"""`nature` of a track no train runs on («Non exploitée», «Voie ferrée non exploitée»)."""

UNFINISHED = r"en projet|en construction"
"""State of an object that is not there yet."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a stretch of track; whether trains run is missing without a nature."""
    del context
    nature, state = texts_of(raw, "nature"), texts_of(raw, "state").str.casefold()
    is_idle = nature.str.casefold().str.contains(UNUSED) | state.str.contains(UNFINISHED).fillna(
        value=False
    )
    table = raw.assign(
        rail_id=named_shape_ids(raw["geometry"], texts_of(raw, "rail_id")),
        nature=nature,
        use=texts_of(raw, "use"),
        is_active=is_idle.map({True: "non", False: "oui"}).astype(object),
    )
    return Normalised(table)


LAYER = Layer(
    layer_id="railways",
    title_fr="Voies ferrées",
    role=Role.NETWORK,
    key="rail_id",
    columns={
        "rail_id": text_column(nullable=False),
        "nature": text_column(),
        "use": text_column(),
        "is_active": text_column(),
    },
    normalise=normalise,
)
