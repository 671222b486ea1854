"""Builds «Pays de Jalonne»: an openly invented territory in the files of the real producers.

Nothing here is real. The place is at sea, in the Bay of Biscay; codes begin with «00», which
INSEE gives to no département. The files pass through the same import as anybody's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from data.build.example_files import (
    append_geopackage,
    etalab_geojson,
    trimmed,
    write_csv,
    write_geopackage,
    write_osm,
)
from data.build.example_ground import cut_faces, lay_ground
from data.build.example_land import plan_territory
from data.build.example_ledgers import charging_points, communes_table, consumption
from data.build.example_parcels import Land, draw_land
from data.build.example_shapes import Geometries
from data.build.example_sites import place_sites
from data.build.example_tables import (
    SOURCE_FR,
    World,
    economic_sites,
    flood_zones,
    friches,
    zoning,
)
from data.build.example_zan import (
    declarations,
    objectives,
    planning_documents,
    scot_members,
    zae_inventory,
)
from geo.errors import InputError

FEWEST_PARCELS: Final = 1000
SURVEYED_SHARE: Final = 0.2
OCSGE_VINTAGE: Final = 2021
CADASTRE_DATES: Final = {"created": "2018-03-01", "updated": "2024-01-01"}
HEAVY: Final = (
    "genere_cadastre_parcelles.json.gz",
    "genere_cadastre_batiments.json.gz",
    "genere_ocs_ge.gpkg",
)
"""Files written while the land is drawn: parcels, buildings, land cover."""


def build_example(folder: Path, *, seed: int = 1, parcel_count: int = 4000) -> tuple[Path, ...]:
    """Write the sixteen files of the invented territory into `folder` and return their paths.

    `parcel_count` is approached within about 20 %: the number of communes follows it, from 4
    to 999, then the size of villages. Same arguments, same bytes.

    Raises:
        InputError: `parcel_count` is too small for a territory.
    """
    if parcel_count < FEWEST_PARCELS:
        raise InputError(
            f"{parcel_count} parcelles ne font pas un territoire.",
            f"Demandez-en au moins {FEWEST_PARCELS}.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    heavy = tuple(folder / name for name in HEAVY)
    world = _build_land(heavy, parcel_count, seed)
    return (*heavy, *_write_tables(folder, world, seed))


def _build_land(paths: tuple[Path, ...], parcel_count: int, seed: int) -> World:
    """Draw the whole territory, write its land, and return what other tables are made of."""
    plans, places, streets, lots, houses = np.random.default_rng([seed, 0]).spawn(5)
    territory = plan_territory(parcel_count, plans)
    sites = place_sites(territory, places)
    ground = lay_ground(territory, sites, streets)
    lands = (draw_land(faces, ground, territory, houses) for faces in cut_faces(ground, lots))
    outlines, zones, parcels = _write_land(paths, lands, np.random.default_rng([seed, 1]))
    communes = territory.communes.set_geometry(outlines, crs=territory.communes.crs)
    return World(replace(territory, communes=communes), sites, ground.ways, zones, parcels)


def _write_land(
    paths: tuple[Path, ...], lands: Iterable[Land], rng: np.random.Generator
) -> tuple[Geometries, gpd.GeoDataFrame, pd.DataFrame]:
    """Write the land as it is drawn, a few communes at a time: a million parcels fill no memory.

    Returns:
        The outlines of the communes, the zones, and the parcels without their shapes.
    """
    parcels_path, buildings_path, cover_path = paths
    cover_path.unlink(missing_ok=True)
    numbers = count(1)
    kept = []
    with (
        etalab_geojson(parcels_path, with_ids=True) as add_parcels,
        etalab_geojson(buildings_path, with_ids=False) as add_buildings,
    ):
        for land in lands:
            add_parcels(_parcels(land, rng))
            add_buildings(_buildings(land))
            append_geopackage(cover_path, _ocs_ge(land, numbers), "OCCUPATION_SOL")
            columns = land.parcels[["idu", "site", "area_m2", "roof_m2"]]
            kept.append((land.outlines, land.zones, columns))
    outlines, zones, parcels = zip(*kept, strict=True)
    return (
        np.concatenate(outlines),
        pd.concat(zones, ignore_index=True),
        pd.concat(parcels, ignore_index=True),
    )


def _write_tables(folder: Path, world: World, seed: int) -> tuple[Path, ...]:
    """Write what is told of the territory beside its parcels."""
    floods, flows, points = np.random.default_rng([seed, 2]).spawn(3)
    ppri = "N_ZONE_REG_PPRN_20200001_S_000"
    enaf = consumption(world, flows)
    return (
        write_csv(folder / "genere_friches.csv", friches(world), separator=","),
        write_geopackage(folder / "genere_zone_urba.gpkg", zoning(world), "ZONE_URBA"),
        write_geopackage(folder / "genere_zae.gpkg", economic_sites(world), "site_eco"),
        write_geopackage(folder / "genere_ppri.gpkg", flood_zones(world, floods), ppri),
        write_csv(folder / "genere_conso_enaf.csv", enaf, separator=";", has_bom=True),
        write_osm(folder / "genere_routes.osm", world.ways, source=SOURCE_FR),
        write_csv(folder / "genere_irve.csv", charging_points(world, points), separator=","),
        *_write_accounts(folder, world, np.random.default_rng([seed, 3])),
        write_geopackage(folder / "genere_communes.gpkg", communes_table(world), "COMMUNE"),
    )


def _write_accounts(folder: Path, world: World, rng: np.random.Generator) -> Iterator[Path]:
    """Write the tables that collectivités fill in for their ZAN accounts."""
    rates, days, areas, ends = rng.spawn(4)
    tables = {
        "genere_objectifs.csv": objectives(world, rates),
        "genere_documents.csv": planning_documents(world, days),
        "genere_scot.csv": scot_members(world),
        "genere_declarations.csv": declarations(world, areas),
        "genere_vacance.csv": zae_inventory(world, ends),
    }
    for name, table in tables.items():
        yield write_csv(folder / name, table, separator=";", has_bom=True)


def _parcels(land: Land, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return the parcels; the official area departs a little from the drawing, as in life."""
    parcels = land.parcels
    is_surveyed = rng.uniform(size=len(parcels)) < SURVEYED_SHARE
    error = np.where(is_surveyed, 0.0, rng.normal(0, 0.02, len(parcels)))
    idu = parcels["idu"]
    return gpd.GeoDataFrame(
        {
            "id": idu,
            "commune": idu.str[:5],
            "prefixe": idu.str[5:8],
            "section": trimmed(idu.str[8:10]),
            "numero": trimmed(idu.str[10:]),
            "contenance": (parcels["area_m2"] * (1 + error)).round().clip(1).astype(int),
            "arpente": is_surveyed,
            **CADASTRE_DATES,
        },
        geometry=parcels.geometry,
    )


def _buildings(land: Land) -> gpd.GeoDataFrame:
    """Return the buildings with the columns of the cadastre of Etalab."""
    buildings = land.buildings
    idu = land.parcels["idu"].iloc[buildings["parcel"]].to_numpy()
    return gpd.GeoDataFrame(
        {
            "type": np.where(buildings["is_light"], "02", "01"),
            "nom": None,
            "commune": [code[:5] for code in idu],
            **CADASTRE_DATES,
        },
        geometry=buildings.geometry.to_numpy(),
        crs=buildings.crs,
    )


def _ocs_ge(land: Land, numbers: Iterator[int]) -> gpd.GeoDataFrame:
    """Return the land cover with the columns of the OCS GE, numbered from the next number."""
    cover = land.cover
    return gpd.GeoDataFrame(
        {
            "ID": [f"OCSGE_00_{number:09d}" for number in islice(numbers, len(cover))],
            "CODE_CS": cover["cs"],
            "CODE_US": cover["us"],
            "MILLESIME": OCSGE_VINTAGE,
        },
        geometry=cover.geometry,
        crs=cover.crs,
    )
