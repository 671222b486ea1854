"""Buildings of the cadastre and of BD TOPO."""

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import texts_of
from layers.keys import named_shape_ids

KINDS_FR = {"01": "dur", "02": "léger"}
"""PCI `DUR`, Etalab `type`: hard building, light construction."""

LOST_ACCENT = "^B\ufffd+timent"
"""«Bâtiment», the one word of BD TOPO that opens with a circumflex, when its accent is lost."""

PLANNED = "en projet"
"""BD TOPO, state of the object: the building does not stand yet."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a building; one that is only planned is set aside.

    The cadastre gives no id: its buildings are known by their outline. BD TOPO says what a
    building is and serves for, when it knows; the cadastre, whether it is hard.
    """
    del context
    is_planned = texts_of(raw, "state").str.casefold().eq(PLANNED).fillna(value=False).astype(bool)
    table = raw.assign(
        building_id=named_shape_ids(raw["geometry"], texts_of(raw, "producer_id")),
        kind=texts_of(raw, "hardness").str.zfill(2).map(KINDS_FR),
        nature=texts_of(raw, "nature").str.replace(LOST_ACCENT, "Bâtiment", regex=True),
        use=texts_of(raw, "use"),
    )
    message = "Bâtiment en projet : il n'occupe pas encore le sol."
    issues = issue_if(rows_where(raw, is_planned), "BAT-PROJET", Action.SET_ASIDE, message)
    return Normalised(table[~is_planned], issues)


LAYER = Layer(
    layer_id="buildings",
    title_fr="Bâtiments (cadastre, BD TOPO)",
    role=Role.OCCUPATION,
    key="building_id",
    columns={
        "building_id": text_column(nullable=False),
        "kind": text_column(),
        "nature": text_column(),
        "use": text_column(),
    },
    normalise=normalise,
)
