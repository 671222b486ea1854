"""Friches: sites declared unused by Cartofriches or a local observatory (CNIG standard)."""

import re

import pandas as pd

from data.issues import Action, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import dates_iso, insee_codes, numbers, zero_issue

UNKNOWN_STATUS = "inconnu"

STATUSES = (
    "friche potentielle",
    "friche sans projet",
    "friche avec projet",
    "friche reconvertie",
    UNKNOWN_STATUS,
)
"""CNIG schema-friches v1.0.6, `site_statut`."""

SILENT_STATUSES = ("autre", "sans objet")
"""Values of the standard that say no more than «inconnu»."""

IDU = re.compile(r"[0-9A-B]{2}\d{6}[0-9A-Z]{2}\d{4}")


def parse_refcad(cell: object) -> str | None:
    """Return the parcel ids of `cell` joined by «|», whatever braces or quotes hold them.

    >>> parse_refcad('{"08008000ZK0111",08008000ZK0116}')
    '08008000ZK0111|08008000ZK0116'
    """
    found = sorted(set(IDU.findall(cell))) if isinstance(cell, str) else []
    return "|".join(found) or None


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a site; a status outside the standard reads «inconnu» and is told."""
    del context
    commune, repaired = insee_codes(raw["commune"])
    status, unknown = _status(raw["status"])
    declared_area_m2, area_issues = numbers(raw, "declared_area_m2")
    table = raw.assign(commune=commune, status=status, declared_area_m2=declared_area_m2)
    if "updated_on" in raw:
        table["updated_on"] = dates_iso(raw["updated_on"])
    if "refcad" in raw:
        table["parcel_ids"] = raw["refcad"].map(parse_refcad)
    message = "Statut absent ou hors standard : lu « inconnu »."
    issues = (
        *issue_if(rows_where(raw, unknown), "FRI-STATUT", Action.NOTED, message),
        *area_issues,
        *zero_issue(raw, repaired),
    )
    return Normalised(table, issues)


def _status(published: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the status of the standard and the mask of those that are none of its values."""
    plain = published.astype("string").str.strip().str.casefold()
    plain = plain.replace("site avec projet", "friche avec projet")
    known = plain.isin(STATUSES)
    return plain.where(known, UNKNOWN_STATUS), ~known & ~plain.isin(SILENT_STATUSES)


LAYER = Layer(
    layer_id="friches",
    title_fr="Friches",
    role=Role.LAND,
    key="site_id",
    columns={
        "site_id": text_column(nullable=False),
        "name": text_column(),
        "kind": text_column(),
        "status": text_column(nullable=False),
        "commune": text_column(),
        "pollution": text_column(),
        "producer": text_column(),
        "verification": text_column(),
        "updated_on": text_column(),
        "parcel_ids": text_column(),
        "declared_area_m2": number_column(minimum=0),
    },
    normalise=normalise,
)
