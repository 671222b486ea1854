"""Zones of the PLU, PLUi and cartes communales (CNIG standard)."""

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import dates_iso
from layers.keys import shape_ids

ZONE_TYPES = ("U", "AUc", "AUs", "A", "N")
"""CNIG `TYPEZONE`: urban, to urbanise, to urbanise but closed, agricultural, natural."""

OLD_ZONE_TYPES = {"AU": "AUc", "AH": "A", "NH": "N", "ND": "N"}
"""Types of earlier standards; the mapping of the ministry's tool (MTES-MCT/sparte)."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a zone; a type outside the standard is missing, never guessed.

    A zone given twice has the same outline and label, hence the same id.
    """
    del context
    published = raw["zone_type"].astype("string").str.strip()
    zone_type, translated = _standard_type(published)
    unknown = zone_type.isna() & published.notna()
    table = raw.assign(
        zone_id=shape_ids(raw["geometry"], raw["label"]),
        zone_type=zone_type,
        approved_on=dates_iso(raw["approved_on"]) if "approved_on" in raw else None,
    )
    issues = (
        *issue_if(
            rows_where(raw, translated),
            "PLU-ANCIEN",
            Action.REPAIRED,
            "Type de zone d'un ancien standard, traduit (AU en AUc, Ah en A, Nh et Nd en N).",
        ),
        *issue_if(
            rows_where(raw, unknown),
            "PLU-TYPE",
            Action.NOTED,
            "Type de zone hors standard : laissé inconnu.",
        ),
    )
    return Normalised(table, issues)


def _standard_type(published: pd.Series) -> tuple[pd.Series, pd.Series]:
    by_fold = {name.casefold(): name for name in ZONE_TYPES}
    old = {name.casefold(): new for name, new in OLD_ZONE_TYPES.items()}
    folded = published.str.casefold()
    return folded.map(by_fold | old), folded.isin(list(old)).astype(bool)


LAYER = Layer(
    layer_id="zoning",
    title_fr="Zonage d'urbanisme (PLU, PLUi)",
    role=Role.LAND,
    key="zone_id",
    columns={
        "zone_id": text_column(nullable=False),
        "label": text_column(),
        "long_label": text_column(),
        "zone_type": text_column(),
        "destination": text_column(),
        "document_id": text_column(),
        "approved_on": text_column(),
    },
    normalise=normalise,
)
