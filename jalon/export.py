"""Ways out: GeoJSON (RFC 7946), CSV for French spreadsheets, JSON summary and manifest."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_exchange
from geo.errors import InputError
from jalon.provenance import Provenance

COORDINATE_DECIMALS: Final = 7
"""About a centimetre; RFC 7946 §11.2 advises against more."""

FIGURE_DECIMALS: Final = 6

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may run: such a text is written after an apostrophe (OWASP)."""

SITE_FIELDS = {
    "site_id": "identifiant",
    "kind": "nature",
    "commune": "commune",
    "parcel_ids": "parcelles",
    "parcel_count": "nombre_parcelles",
    "land_unit_count": "unites_foncieres",
    "status": "statut",
    "area_ha": "surface_ha",
    "usable_ha": "surface_utile_ha",
    "piece_ha": "plus_grand_tenant_ha",
    "width_m": "largeur_m",
    "elongation_ratio": "allongement",
    "built_share": "part_batie",
    "flood_share": "part_inondable",
    "zone_label": "zone_plu",
    "zone_type": "type_zone_plu",
    "zone_evidence": "indice_economique_plu",
    "zae_name": "zae",
    "terrain_id": "terrain_inventaire",
    "terrain_selling_stage": "terrain_commercialisation",
    "friche_id": "friche_id",
    "friche_name": "friche",
    "friche_status": "friche_statut",
    "friche_pollution": "friche_pollution",
    "road_m": "distance_route_m",
    "main_road_m": "distance_route_principale_m",
    "motorway_m": "distance_autoroute_m",
    "rail_m": "distance_fret_ferroviaire_m",
    "railway_m": "distance_voie_ferree_m",
    "substation_m": "distance_poste_electrique_m",
    "enaf_lo_ha": "cout_enaf_min_ha",
    "enaf_hi_ha": "cout_enaf_max_ha",
    "whole_lo_ha": "cout_enaf_parcelle_min_ha",
    "whole_hi_ha": "cout_enaf_parcelle_max_ha",
    "reasons_fr": "raisons",
    "rule_ids": "regles",
    "missing_fr": "donnees_absentes",
    "reliability_share": "fiabilite",
    "is_generated": "genere",
    "source_id": "source",
}

VERDICT_FIELDS = {"envelope_verdict": "enveloppe", "envelope_fr": "enveloppe_pourquoi"}
"""Of sites compared with the envelopes of their territories only."""

LEDGER_FIELDS = {
    "code": "code",
    "name": "nom",
    "level": "niveau",
    "commune_count": "communes",
    "counted_count": "communes_comptees",
    "reference_ha": "consommation_2011_2020_ha",
    "reduction_share": "taux_de_reduction",
    "rate_status": "statut_du_taux",
    "rate_source_fr": "source_du_taux",
    "envelope_ha": "enveloppe_ha",
    "floor_lo_ha": "garantie_communale_min_ha",
    "floor_hi_ha": "garantie_communale_max_ha",
    "allowed_lo_ha": "autorise_min_ha",
    "allowed_hi_ha": "autorise_max_ha",
    "is_raised": "releve_par_la_garantie",
    "published_ha": "consommation_publiee_depuis_2021_ha",
    "pene_ha": "pene_annexe_1_ha",
    "pv_exempt_ha": "photovoltaique_exempte_ha",
    "zac_moved_ha": "zac_imputee_avant_2021_ha",
    "consumed_ha": "consomme_depuis_2021_ha",
    "restored_ha": "renature_ha",
    "net_ha": "consommation_nette_ha",
    "year_count": "annees_comptees",
    "first_year": "premiere_annee",
    "last_year": "derniere_annee",
    "missing_years": "annees_manquantes",
    "remaining_lo_ha": "reste_min_ha",
    "remaining_hi_ha": "reste_max_ha",
    "used_lo_share": "part_utilisee_min",
    "used_hi_share": "part_utilisee_max",
    "projection_ha": "projection_2021_2030_ha",
    "overrun_lo_ha": "au_dela_de_l_enveloppe_min_ha",
    "overrun_hi_ha": "au_dela_de_l_enveloppe_max_ha",
    "communes_allowed_ha": "somme_autorisee_des_communes_ha",
    "floor_gap_ha": "ecart_des_garanties_ha",
    "closing_ratio": "coefficient_de_fermeture",
    "closing_shortfall_ha": "non_couvert_par_l_enveloppe_ha",
    "closed_ha": "part_dans_l_enveloppe_fermee_ha",
    "is_partial": "partie_dans_la_region",
    "warnings_fr": "avertissements",
    "rule_ids": "regles",
}


def french(table: pd.DataFrame, fields: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns of `fields` under their French names."""
    return pd.DataFrame(table)[list(fields)].rename(columns=dict(fields))


def geojson(frame: gpd.GeoDataFrame, fields: Mapping[str, str], source: Provenance) -> bytes:
    """Return `frame` as GeoJSON after RFC 7946: WGS84, outer rings counter-clockwise, no `crs`.

    The provenance stands in the foreign member `jalon` of the collection.
    """
    shapes = _rounded(to_exchange(frame).geometry.to_numpy())
    rows = french(frame, fields).to_dict("records")
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shape) if shape else None,
            "properties": {name: plain(value) for name, value in row.items()},
        }
        for shape, row in zip(shapely.to_geojson(shapes), rows, strict=True)
    ]
    collection = {
        "type": "FeatureCollection",
        "jalon": source.as_french(),
        "features": features,
    }
    return (json.dumps(collection, ensure_ascii=False) + "\n").encode()


def _rounded(shapes: np.ndarray) -> np.ndarray:
    """Return shapes with seven decimals, oriented as the standard wants."""
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, COORDINATE_DECIMALS))
    return shapely.orient_polygons(rounded)


def plain(value: object) -> object:
    """Return what JSON can say: missing is null, numbers are rounded below what they mean."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return plain(value.item())
    return round(value, FIGURE_DECIMALS) if isinstance(value, float) else value


def csv_fr(table: pd.DataFrame, fields: Mapping[str, str], source: Provenance) -> bytes:
    """Return a table for French spreadsheets: semicolons, decimal commas, UTF-8 with BOM.

    The last column says on each row where the figures come from, so that a row copied
    elsewhere still does. A text that a spreadsheet would run as a formula is kept as text.
    """
    return spreadsheet_csv(french(table, fields).assign(provenance=source.line_fr))


def spreadsheet_csv(table: pd.DataFrame) -> bytes:
    """Return a table as it stands, written as `csv_fr` does, without a word on its provenance."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.itertuples(index=False))
    return stream.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    simple = plain(value)
    if simple is None:
        return ""
    if isinstance(simple, bool):
        return "oui" if simple else "non"
    if isinstance(simple, float):
        return str(simple).replace(".", ",")
    text = " | ".join(str(item) for item in simple) if isinstance(simple, list) else str(simple)
    is_formula = isinstance(simple, str | list) and text.startswith(FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def write_outputs(files: Mapping[str, bytes], folder: Path) -> None:
    """Write every file into `folder`: each one whole, or none of its bytes."""
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"« {folder} » existe et n'est pas un dossier.", "Choisissez un autre --out."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(files.items()):
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as stream:
            stream.write(content)
        Path(stream.name).chmod(0o644)
        Path(stream.name).replace(folder / name)
