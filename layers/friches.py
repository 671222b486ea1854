"""Friches: sites declared unused by Cartofriches or a local observatory (CNIG standard)."""

import re
from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from data.issues import Action, Issue, issue_if, rows_where
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import dates_iso, insee_codes, numbers, texts_of, zero_issue
from layers.misplaced import misplaced
from layers.standards.friches import FRICHES
from layers.wordings import folded, standard_values

UNKNOWN_STATUS = "inconnu"

SILENT_STATUSES = ("autre", "sans objet")
"""Values of the standard that say no more than «inconnu»."""

STATUSES = tuple(v for v in FRICHES.field("site_statut").choices if v not in SILENT_STATUSES)
"""CNIG schema-friches v1.0.6, `site_statut`."""

FORMER_STATUSES = {"site avec projet": "friche avec projet"}
"""Cartofriches of 2023."""

KINDS = {
    "agro-industrielle": "friche agro-industrielle",
    "carrière ou mine": "friche carrière ou mine",
    "friche d'habitation": "friche d'habitat",
    "friche touristique": "friche loisir tourisme hôtellerie",
    "friche mixte": "mixte - autre",
    "mixte": "mixte - autre",
}

ZONE_TYPES = {"Ah": "A", "Nh": "N", "Nd": "N"}
"""Types of earlier standards of the PLU (see `layers.zoning`)."""

LISTED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "kind": ("site_type", KINDS),
    "pollution": ("sol_pollution_existe", {}),
    "zone_type": ("urba_zone_type", ZONE_TYPES),
    "document_type": ("urba_doc_type", {}),
}
"""Our columns that hold one of a list, the field of the standard and its other wordings."""

VERIFICATIONS = {"non verifie": "MTE non vérifié", "fonds friches": "fond friche"}
"""What the name of a source says of the verification, in the words of Cartofriches."""

LEAST_AREA_M2, GREATEST_AREA_M2 = 10.0, 5_000_000.0
"""Below, no site; above (500 ha), a whole commune taken for its friche."""

SAME_AREA_RATIO = 2.0
"""An outline and a declared area that differ more do not speak of the same land."""

IDU = re.compile(r"[0-9A-B]{2}\d{6}[0-9A-Z]{2}\d{4}")


def parse_refcad(cell: object) -> str | None:
    """Return the parcel ids of `cell` joined by «|», whatever braces or quotes hold them.

    >>> parse_refcad('{"08008000ZK0111",08008000ZK0116}')
    '08008000ZK0111|08008000ZK0116'
    """
    found = sorted(set(IDU.findall(cell))) if isinstance(cell, str) else []
    return "|".join(found) or None


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a site; a status outside the standard reads «inconnu» and is told.

    A table of one row a parcel is gathered by site. Without outline or point, a site is placed
    by its parcels.
    """
    sites = _gathered(raw) if "parcel_id" in raw else raw
    status, unknown = _status(texts_of(sites, "status"))
    declared_area_m2, area_issues = _declared_area_m2(sites)
    listed = {
        name: standard_values(sites, name, FRICHES.field(field), also)
        for name, (field, also) in LISTED.items()
    }
    dates = {n: dates_iso(sites[n]) for n in ("identified_on", "updated_on") if n in sites}
    table = sites.assign(
        status=status,
        declared_area_m2=declared_area_m2,
        parcel_ids=texts_of(sites, "refcad").map(parse_refcad).astype(object),
        verification=_verification(sites),
        **{name: values for name, (values, _) in listed.items()},
        **dates,
    )
    table, commune_issues = _with_commune(table)
    message = "Statut absent ou hors standard : lu « inconnu »."
    return Normalised(
        table,
        (
            *issue_if(rows_where(sites, unknown), "FRI-STATUT", Action.NOTED, message),
            *area_issues,
            *(issue for _, told in listed.values() for issue in told),
            *_reworded(sites, table),
            *commune_issues,
            *_doubts(table),
            *misplaced(table, context.communes),
        ),
    )


def _gathered(raw: pd.DataFrame) -> pd.DataFrame:
    """Return one row a site, the first of its rows, with the parcels of all."""
    parcels = raw["parcel_id"].astype("string").str.strip().fillna("")
    refcad = parcels.groupby(raw["site_id"]).agg("|".join)
    first = raw.drop_duplicates("site_id")
    return first.assign(refcad=first["site_id"].map(refcad))


def _status(published: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the status of the standard and the mask of those that are none of its values."""
    plain = folded(published).replace(FORMER_STATUSES)
    known = plain.isin(STATUSES)
    unknown = ~known & ~plain.isin(SILENT_STATUSES)
    return plain.where(known, UNKNOWN_STATUS).astype(object), unknown.astype(bool)


def _declared_area_m2(sites: pd.DataFrame) -> tuple[pd.Series, tuple[Issue, ...]]:
    """Return the area of the land units; where it is missing, that of the site itself."""
    of_units_m2, issues = numbers(sites, "declared_area_m2")
    of_site_m2, site_issues = numbers(sites, "site_area_m2")
    return of_units_m2.fillna(of_site_m2), (*issues, *site_issues)


def _reworded(sites: pd.DataFrame, table: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issue of the rows one of whose values was written otherwise in the standard."""
    is_reworded = pd.Series(data=False, index=sites.index)
    for name in ("status", *LISTED):
        published = texts_of(sites, name)
        given = published.notna() & table[name].notna()
        is_reworded |= given & table[name].ne(published) & table[name].ne(UNKNOWN_STATUS)
    message = "Valeur écrite autrement que dans le standard (apostrophe, accent, ancien mot)."
    return issue_if(rows_where(sites, is_reworded), "FRI-MOTS", Action.REPAIRED, message)


def _verification(sites: pd.DataFrame) -> pd.Series:
    """Return who verified each site, as published; else as the name of its source says."""
    source = folded(texts_of(sites, "source"))
    told = source.str.extract(f"({'|'.join(VERIFICATIONS)})", expand=False).map(VERIFICATIONS)
    return texts_of(sites, "verification").fillna(told).astype(object)


def _with_commune(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return `table` with the commune of each site: published, of its id, or of its parcels."""
    published, repaired = insee_codes(texts_of(table, "commune"))
    by_id = texts_of(table, "site_id").str.extract(r"^([0-9AB]{5})_", expand=False)
    by_parcel = texts_of(table, "parcel_ids").str.split("|").map(_commonest, na_action="ignore")
    found, _ = insee_codes(by_id.fillna(by_parcel))
    absent = published.isna() & found.notna()
    message = "Code de commune absent : lu dans l'identifiant du site, sinon dans ses parcelles."
    return table.assign(commune=published.where(~absent, found)), (
        *zero_issue(table, repaired),
        *issue_if(rows_where(table, absent), "FRI-COMMUNE", Action.REPAIRED, message),
    )


def _commonest(parcel_ids: list[str]) -> str:
    communes = sorted(parcel[:5] for parcel in parcel_ids)
    return max(communes, key=communes.count)


def _doubts(table: pd.DataFrame) -> Iterator[Issue]:
    """Yield what in each row contradicts itself or cannot be; every row is kept."""
    area_m2 = table["declared_area_m2"]
    drawn_m2 = _drawn_area_m2(table)
    ratio = drawn_m2 / area_m2.where(area_m2 > 0)
    doubts = {
        "FRI-SURFACE": (
            (area_m2 < LEAST_AREA_M2) | (area_m2 > GREATEST_AREA_M2),
            "Surface déclarée invraisemblable (moins de 10 m² ou plus de 500 ha).",
        ),
        "FRI-ECART": (
            (ratio > SAME_AREA_RATIO) | (ratio < 1 / SAME_AREA_RATIO),
            "Surface déclarée et contour diffèrent de plus du simple au double.",
        ),
        "FRI-PARCELLES": (
            texts_of(table, "refcad").str.strip("{} ").fillna("").ne("")
            & table["parcel_ids"].isna(),
            "Identifiants de parcelles illisibles (nombre abîmé par un tableur ?) : manquants.",
        ),
        "FRI-SANS-LIEU": (
            _lacks_shape(table) & table["parcel_ids"].isna(),
            "Ni contour, ni point, ni parcelle : ce site n'est placé nulle part.",
        ),
    }
    for rule_id, (mask, message) in doubts.items():
        yield from issue_if(
            rows_where(table, mask.fillna(value=False)), rule_id, Action.NOTED, message
        )


def _drawn_area_m2(table: pd.DataFrame) -> pd.Series:
    """Return the area of each outline; missing for a point."""
    if not isinstance(table, gpd.GeoDataFrame):
        return pd.Series(np.nan, index=table.index)
    return table.area.where(table.area > 0)


def _lacks_shape(table: pd.DataFrame) -> pd.Series:
    nowhere = pd.Series(data=True, index=table.index)
    return table["geometry"].isna() if isinstance(table, gpd.GeoDataFrame) else nowhere


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
        "commune_name": text_column(),
        "pollution": text_column(),
        "zone_type": text_column(),
        "document_type": text_column(),
        "source": text_column(),
        "producer": text_column(),
        "verification": text_column(),
        "identified_on": text_column(),
        "updated_on": text_column(),
        "parcel_ids": text_column(),
        "declared_area_m2": number_column(minimum=0),
    },
    normalise=normalise,
    geometry_is_optional=True,
)
