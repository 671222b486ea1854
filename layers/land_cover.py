"""OCS GE: what covers the ground (CS) and what it is used for (US)."""

import re

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import texts_of
from layers.keys import shape_ids

COVER_PATTERN = r"CS\d(\.\d)*"
USE_PATTERN = r"US\d+(\.\d)*"


DATED_COVER = re.compile(r"cs_(\d{4})")
"""The layer of changes names the state of the ground at each of its two years."""

THRESHOLDS = {"true": "oui", "1": "oui", "oui": "oui", "false": "non", "0": "non", "non": "non"}
"""`crit_seuil` of the layer of artificial ground: true where a threshold of area decided."""


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a polygon; a code outside the nomenclature is missing.

    A polygon of change is read at the later of its two years.
    """
    del context
    states = _at_the_later_year(raw)
    cover, use = texts_of(states, "cover"), texts_of(states, "use")
    good = cover.str.fullmatch(COVER_PATTERN) & use.str.fullmatch(USE_PATTERN)
    good = good.fillna(value=False).astype(bool)
    threshold = texts_of(raw, "is_below_threshold").str.casefold().map(THRESHOLDS)
    table = states.assign(
        cover_id=_cover_ids(raw),
        cover=cover.where(good),
        use=use.where(good),
        is_below_threshold=threshold.astype(object),
    )
    issues = (
        *issue_if(
            rows_where(raw, ~good),
            "OCS-CODE",
            Action.NOTED,
            "Code d'occupation hors nomenclature OCS GE : occupation laissée inconnue.",
        ),
        *issue_if(
            rows_where(raw, _declares_no_area(raw)),
            "OCS-SURFACE",
            Action.NOTED,
            "Surface déclarée nulle par le producteur : celle du polygone fait foi.",
        ),
    )
    return Normalised(table, issues)


def _at_the_later_year(raw: pd.DataFrame) -> pd.DataFrame:
    """Return `raw` with its latest dated codes as cover and use, when its codes are dated."""
    years = [match[1] for name in raw.columns if (match := DATED_COVER.fullmatch(str(name)))]
    if not years:
        return raw
    year = max(years)
    return raw.assign(
        cover=texts_of(raw, f"cs_{year}"), use=texts_of(raw, f"us_{year}"), vintage=year
    )


def _cover_ids(raw: pd.DataFrame) -> pd.Series:
    return shape_ids(raw["geometry"], raw.get("cover_id"))


def _declares_no_area(raw: pd.DataFrame) -> pd.Series:
    return pd.to_numeric(texts_of(raw, "surface"), errors="coerce").astype(float).eq(0)


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
        "is_below_threshold": text_column(),
        "vintage": text_column(),
    },
    normalise=normalise,
)
