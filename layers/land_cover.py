"""OCS GE: what covers the ground (CS) and what it is used for (US)."""

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.keys import shape_ids

COVER_PATTERN = r"CS\d(\.\d)*"
USE_PATTERN = r"US\d+(\.\d)*"


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a polygon; a code outside the nomenclature is missing."""
    del context
    cover = raw["cover"].astype("string").str.strip()
    use = raw["use"].astype("string").str.strip()
    good = cover.str.fullmatch(COVER_PATTERN) & use.str.fullmatch(USE_PATTERN)
    good = good.fillna(value=False).astype(bool)
    table = raw.assign(
        cover_id=shape_ids(raw["geometry"], raw["cover_id"]),
        cover=cover.where(good),
        use=use.where(good),
    )
    message = "Code d'occupation hors nomenclature OCS GE : occupation laissée inconnue."
    return Normalised(table, issue_if(rows_where(raw, ~good), "OCS-CODE", Action.NOTED, message))


LAYER = Layer(
    layer_id="land_cover",
    title_fr="Occupation du sol (OCS GE)",
    role=Role.OCCUPATION,
    key="cover_id",
    columns={
        "cover_id": text_column(nullable=False),
        "cover": text_column(),
        "use": text_column(),
        "is_artificial": text_column(),
        "vintage": text_column(),
    },
    normalise=normalise,
)
