"""Sites and friches written in the national standards, so that others can read them.

What Jalon does not know is written «inconnu» where the standard has a place for it, and left
empty where it lets one be.
"""

import csv
import io
from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_exchange
from jalon.export import COORDINATE_DECIMALS, FORMULA_STARTS
from layers.codes import texts_of
from layers.standards.friches import FRICHES
from layers.standards.schema import Field, Schema
from layers.standards.sites_economiques import TERRAIN_ECO

UNKNOWN: Final = "inconnu"

TERRAIN_ID_WIDTH: Final = 5

AREA_DECIMALS: Final = 4
"""Hectares to the square metre."""

OUTLINES: Final = ("Polygon", "MultiPolygon")

REFCAD: Final = r"\d{8}[0-9A-Z]{2}\d{4}"
"""TERRAIN-ECO has no place for the parcels of Corsica, whose code holds a letter."""

FRICHE_FIELDS: Final = {
    "site_id": "site_id",
    "site_nom": "name",
    "site_type": "kind",
    "site_statut": "status",
    "site_identif_date": "identified_on",
    "site_actu_date": "updated_on",
    "comm_nom": "commune_name",
    "comm_insee": "commune",
    "sol_pollution_existe": "pollution",
    "unite_fonciere_refcad": "parcel_ids",
    "urba_zone_type": "zone_type",
    "urba_doc_type": "document_type",
    "source_nom": "source",
    "source_producteur": "producer",
}
"""Fields of CNIG Friches and the columns of the layer `friches` that fill them."""


def cnig_outputs(
    sites: gpd.GeoDataFrame,
    friches: gpd.GeoDataFrame | None,
    communes: gpd.GeoDataFrame,
    *,
    dated_on: str,
) -> dict[str, bytes]:
    """Return the files of the standards by name: the plots, and the friches of `communes`.

    The friches are those imported, without a file when none was.
    """
    files = {"terrain-eco.csv": standard_csv(terrains_cnig(sites, dated_on=dated_on))}
    if friches is not None:
        names = communes.set_index("insee")["nom"].to_dict()
        local = friches[friches["commune"].isin(communes["insee"])]
        table = friches_cnig(gpd.GeoDataFrame(local), dated_on=dated_on, names=names)
        files["friches.csv"] = standard_csv(table, separator=",")
    return files


def friches_cnig(
    friches: gpd.GeoDataFrame, *, dated_on: str, names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the friches that have a place as a table of the standard CNIG Friches.

    `dated_on` (ISO date) stands for the dates the producer did not give; `names` gives the
    commune of each INSEE code where the file had no name for it.
    """
    placed = friches[friches.geometry.notna()].reset_index(drop=True)
    table = pd.DataFrame({field: texts_of(placed, ours) for field, ours in FRICHE_FIELDS.items()})
    named = table["comm_insee"].map(dict(names or {}))
    table["comm_nom"] = table["comm_nom"].fillna(named)
    for column in ("site_identif_date", "site_actu_date"):
        table[column] = _whole_dates(table[column], dated_on)
    area_m2 = placed["declared_area_m2"].round().astype("Int64")
    table["unite_fonciere_surface"] = area_m2.astype("string")
    shapes = to_exchange(placed).geometry
    points = shapely.point_on_surface(shapes.to_numpy())
    table["geompoint"] = shapely.to_wkt(points, rounding_precision=COORDINATE_DECIMALS)
    outlines = shapes.where(shapes.geom_type.isin(OUTLINES)).to_numpy()
    table["geomsurf"] = shapely.to_wkt(outlines, rounding_precision=COORDINATE_DECIMALS)
    return _in_standard(table, FRICHES)


def terrains_cnig(sites: gpd.GeoDataFrame, *, dated_on: str) -> pd.DataFrame:
    """Return the sites that have an outline as a table TERRAIN-ECO of CNIG Sites économiques.

    Each is numbered within its commune, in the order of its id. A site of a verified friche is
    said to be one; whether the others are empty, nobody told.
    """
    is_solid = sites.geometry.geom_type.isin(OUTLINES)
    solid = sites[is_solid].sort_values("site_id").reset_index(drop=True)
    rank = (solid.groupby("commune").cumcount() + 1).astype(str).str.zfill(TERRAIN_ID_WIDTH)
    outlines = to_exchange(solid).geometry.to_numpy()
    rounded = shapely.transform(outlines, lambda xy: np.round(xy, COORDINATE_DECIMALS))
    table = pd.DataFrame(
        {
            "terr_id": solid["commune"].astype(str) + "_TERRAIN-ECO_" + rank,
            "terr_refcad": solid["parcel_ids"].map(_refcad),
            "terr_surf_brute": solid["area_ha"].round(AREA_DECIMALS).astype(str),
            "terr_identif_date": dated_on,
            "terr_actu_date": dated_on,
            "terr_etat_occup": np.where(_is_friche(solid), "friche", UNKNOWN),
            "terr_geomsurf": shapely.to_geojson(shapely.orient_polygons(rounded)),
        }
    )
    return _in_standard(table, TERRAIN_ECO)


def standard_csv(table: pd.DataFrame, *, separator: str = ";") -> bytes:
    """Return a table of a standard as CSV (UTF-8), safe to open in a spreadsheet."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\n")
    writer.writerow(table.columns)
    texts = table.astype("string").fillna("")
    writer.writerows([_safe(cell) for cell in row] for row in texts.itertuples(index=False))
    return stream.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _in_standard(table: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return every column of `schema` in its order, «inconnu» where a value is required."""
    whole = table.reindex(columns=[field.name for field in schema.fields]).astype("string")
    wanted = {field.name: UNKNOWN for field in schema.fields if _is_worth_saying(field)}
    return whole.fillna(wanted)


def _is_worth_saying(field: Field) -> bool:
    return field.is_required or UNKNOWN in field.choices


def _whole_dates(dates: pd.Series, dated_on: str) -> pd.Series:
    """Return dates to the day, `dated_on` where none is known; a year stands for its first day."""
    years = dates.str.fullmatch(r"\d{4}").fillna(value=False).astype(bool)
    return dates.mask(years, dates + "-01-01").fillna(dated_on)


def _is_friche(sites: pd.DataFrame) -> "pd.Series[bool]":
    return sites["friche_status"].isin(["friche sans projet", "friche avec projet"])


def _refcad(parcel_ids: tuple[str, ...]) -> str | None:
    """Return the parcels of a site joined by «|», none when one does not fit the standard."""
    listed = pd.Series(parcel_ids, dtype="string")
    fits = len(listed) > 0 and bool(listed.str.fullmatch(REFCAD).all())
    return "|".join(listed) if fits else None
