"""Communes where the State or the Union lets firms be helped (ZRR, FRR, AFR, BER)."""

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import dates_iso, insee_codes, zero_issue

ZRR = "ZRR"

OUTSIDE_ZRR = "NC"
"""`ZRR_SIMP` begins with C (in), P (in part) or NC (out)."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a commune and scheme, the communes outside the scheme left out, and told."""
    commune, repaired = insee_codes(raw["commune"])
    level = raw["level"].astype("string").str.strip()
    scheme = _scheme(raw, context.dataset_id)
    table = raw.assign(
        aid_id=commune.astype("string").str.cat(scheme, sep="-").astype(object),
        commune=commune,
        scheme=scheme.astype(object),
        level=level.astype(object),
        since=dates_iso(raw["since"]) if "since" in raw else None,
    )
    is_outside = level.str.startswith(OUTSIDE_ZRR).fillna(value=False).astype(bool)
    message = "Commune hors du zonage : écartée de la liste."
    outside = issue_if(rows_where(raw, is_outside), "AID-HORS", Action.SET_ASIDE, message)
    return Normalised(table[~is_outside], (*outside, *zero_issue(raw, repaired)))


def _scheme(raw: pd.DataFrame, dataset_id: str) -> pd.Series:
    """Return the scheme of each row: that of the file, else that of its column, in capitals."""
    if dataset_id == "zonage_zrr":
        return pd.Series(ZRR, index=raw.index, dtype="string")
    return raw["scheme"].astype("string").str.strip().str.upper()


LAYER = Layer(
    layer_id="aid_zones",
    title_fr="Zonages d'aide aux entreprises",
    role=Role.ADMIN,
    key="aid_id",
    columns={
        "aid_id": text_column(nullable=False),
        "commune": text_column(nullable=False),
        "scheme": text_column(nullable=False),
        "level": text_column(),
        "since": text_column(),
    },
    normalise=normalise,
    has_geometry=False,
)
