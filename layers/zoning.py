"""Zones of the PLU, PLUi and sectors of the cartes communales (CNIG standards)."""

import geopandas as gpd
import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, text_column
from layers.codes import codes_of
from layers.editions import approval_dates, document_ids, latest_only, online_dates
from layers.keys import shape_ids

ZONE_TYPES = ("U", "AUc", "AUs", "A", "N")
"""CNIG `TYPEZONE`: urban, to urbanise, to urbanise but closed, agricultural, natural."""

OLD_ZONE_TYPES = {"AU": "AUc", "AH": "A", "NH": "N", "ND": "N"}
"""Types of earlier standards; the mapping of the ministry's tool (MTES-MCT/sparte)."""

SECTOR_TYPES = {"01": "U", "02": "U", "03": "N"}
"""CNIG `TYPESECT` of a carte communale: open to building, kept for activities, closed to it."""

ACTIVITY_SECTOR = "02"

ACTIVITY_DESTINATION = "02"
"""CNIG `DESTDOMI`: activities."""

UNCOVERED_SECTOR = "99"
"""Land that the carte communale leaves to the national rules (RNU)."""

OLD_TYPE_FR = "Type de zone d'un ancien standard, traduit (AU en AUc, Ah en A, Nh et Nd en N)."
UNKNOWN_TYPE_FR = "Type de zone hors standard : laissé inconnu."
UNCOVERED_FR = "Secteur hors de la carte communale (règles nationales) : type de zone inconnu."


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a zone; a type outside the standard is missing, never guessed.

    A zone given twice has the same outline and label, hence the same id; of the editions of
    one outline the portal dates, the latest is kept.
    """
    del context
    kept, older = latest_only(raw)
    typed, type_issues = _with_sector_types(kept) if "sector_type" in raw else _with_types(kept)
    table = typed.assign(
        zone_id=shape_ids(kept["geometry"], kept["label"]),
        document_id=document_ids(kept, "document_insee", "document_type", "approved_on"),
        approved_on=approval_dates(kept),
        published_on=online_dates(kept),
    )
    return Normalised(table, (*older, *type_issues))


def _with_types(raw: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Issue, ...]]:
    published = raw["zone_type"].astype("string").str.strip()
    zone_type, translated = _standard_type(published)
    unknown = zone_type.isna() & published.notna()
    return raw.assign(zone_type=zone_type), (
        *issue_if(rows_where(raw, translated), "PLU-ANCIEN", Action.REPAIRED, OLD_TYPE_FR),
        *issue_if(rows_where(raw, unknown), "PLU-TYPE", Action.NOTED, UNKNOWN_TYPE_FR),
    )


def _standard_type(published: pd.Series) -> tuple[pd.Series, pd.Series]:
    by_fold = {name.casefold(): name for name in ZONE_TYPES}
    old = {name.casefold(): new for name, new in OLD_ZONE_TYPES.items()}
    folded = published.str.casefold()
    return folded.map(by_fold | old), folded.isin(list(old)).astype(bool)


def _with_sector_types(raw: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Issue, ...]]:
    """Return the sectors with the type of zone each amounts to, and the economic ones told so."""
    sector = codes_of(raw, "sector_type").str.zfill(2)
    zone_type = sector.map(SECTOR_TYPES).astype(object)
    uncovered = sector.eq(UNCOVERED_SECTOR).fillna(value=False).astype(bool)
    unknown = zone_type.isna() & sector.notna() & ~uncovered
    destination = sector.map({ACTIVITY_SECTOR: ACTIVITY_DESTINATION}).astype(object)
    return raw.assign(zone_type=zone_type, destination=destination), (
        *issue_if(rows_where(raw, uncovered), "PLU-HORS-CC", Action.NOTED, UNCOVERED_FR),
        *issue_if(rows_where(raw, unknown), "PLU-TYPE", Action.NOTED, UNKNOWN_TYPE_FR),
    )


LAYER = Layer(
    layer_id="zoning",
    title_fr="Zonage d'urbanisme (PLU, PLUi, carte communale)",
    role=Role.LAND,
    key="zone_id",
    columns={
        "zone_id": text_column(nullable=False),
        "published_id": text_column(),
        "label": text_column(),
        "long_label": text_column(),
        "zone_type": text_column(),
        "destination": text_column(),
        "document_id": text_column(),
        "approved_on": text_column(),
        "partition": text_column(),
        "publication_id": text_column(),
        "publication_status": text_column(),
        "published_on": text_column(),
    },
    normalise=normalise,
)
