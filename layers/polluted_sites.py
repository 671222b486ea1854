"""Polluted sites without a solvent owner, where the State had ADEME intervene."""

import re

import numpy as np
import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import codes_of, insee_codes, numbers, texts_of, zero_issue
from layers.misplaced import misplaced

PARCEL = re.compile(r"(?P<prefix>\d{3})(?P<section>[0-9]?[A-Z]{1,2})(?P<number>\d{1,4})(?!\d)")
"""«000AY34»: prefix, section and number, neither of them padded."""

RANGE = r"\bà\b"
"""«000B1278 à 000B1281»: between the two, which parcels exist is not said."""

UNTOLD = "non renseigné"

AREAS = ("declared_area_m2", "built_area_m2")


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a site, with the 14-character ids of the parcels it names."""
    commune, repaired = insee_codes(texts_of(raw, "commune"))
    areas = {name: numbers(_without_untold(raw, name), name) for name in AREAS}
    refcad = raw.get("refcad", pd.Series(index=raw.index, dtype=object)).map(_cell_text)
    table = raw.assign(
        site_id=codes_of(raw, "site_id"),
        commune=commune,
        parcel_ids=_parcels(raw, refcad),
        **{name: values for name, (values, _) in areas.items()},
    )
    spans = refcad.str.contains(RANGE, regex=True).fillna(value=False)
    message = "Suite de parcelles (« à ») : seules la première et la dernière sont lues."
    return Normalised(
        table,
        (
            *zero_issue(raw, repaired),
            *(issue for _, told in areas.values() for issue in told),
            *issue_if(rows_where(raw, spans), "POL-SUITE", Action.NOTED, message),
            *misplaced(table, context.communes),
        ),
    )


def _without_untold(raw: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return `raw` with the «non renseigné» of a column missing, which is no fault."""
    if name not in raw:
        return raw
    text = texts_of(raw, name)
    return raw.assign(**{name: text.mask(text.str.casefold().eq(UNTOLD).fillna(value=False))})


def _cell_text(cell: object) -> str | None:
    """Return a cell as one text, be it a list or the text of one."""
    if isinstance(cell, list | np.ndarray):
        return " ".join(str(item) for item in cell)
    return cell if isinstance(cell, str) else None


def _parcels(raw: pd.DataFrame, refcad: pd.Series) -> pd.Series:
    """Return the parcels of each site, under the commune as published (the cadastre's own)."""
    insee = texts_of(raw, "commune").str.removesuffix(".0").str.zfill(5)
    found = refcad.astype("string").str.extractall(PARCEL).droplevel("match")
    section, number = found["section"].str.zfill(2), found["number"].str.zfill(4)
    ids = insee.reindex(found.index) + found["prefix"] + section + number
    joined = ids.dropna().groupby(level=0).agg(lambda each: "|".join(sorted(set(each))))
    return joined.reindex(raw.index).astype(object)


LAYER = Layer(
    layer_id="polluted_sites",
    title_fr="Sites pollués",
    role=Role.CONSTRAINT,
    key="site_id",
    columns={
        "site_id": text_column(nullable=False),
        "name": text_column(),
        "commune": text_column(),
        "commune_name": text_column(),
        "operation": text_column(),
        "current_use": text_column(),
        "parcel_ids": text_column(),
        "declared_area_m2": number_column(minimum=0),
        "built_area_m2": number_column(minimum=0),
    },
    normalise=normalise,
    geometry_is_optional=True,
)
