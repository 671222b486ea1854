"""The files every tool starts from: the generated territory, imported once by Jalon.

The generator writes neither declared farmland, nor risk zones without regulation, nor outlines
of friches: they are drawn here from what it writes, in the tables of their producers.
"""

from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from bench.land.job import NOMENCLATURE
from data.build.example import build_example
from data.build.example_files import write_geopackage
from data.workspace import Workspace
from jalon.importing import import_file
from jalon.zan.land_class import land_class

PRODUCED: Final = (
    *("cadastre_parcelles.json.gz", "cadastre_batiments.json.gz", "ocs_ge.gpkg"),
    *("zone_urba.gpkg", "zae.gpkg", "ppri.gpkg", "routes.osm"),
)
DONE: Final = ".complete"

FIELD_MARGIN_M: Final = 4.0
"""Farmers declare what they till, not the edges of the block."""

PARCELS_PER_HAZARD: Final = 1500
HAZARD_REACH_M: Final = (80.0, 400.0)


def ensure_territory(folder: Path, *, parcel_count: int, seed: int = 1) -> Path:
    """Return the workspace of about `parcel_count` parcels under `folder`, made when absent."""
    files, space = folder / "fichiers", Workspace(folder / "espace")
    if (folder / DONE).exists():
        return space.root
    if not (files / "genere_communes.gpkg").exists():
        build_example(files, seed=seed, parcel_count=parcel_count)
    space.root.mkdir(parents=True, exist_ok=True)
    for name in PRODUCED:
        import_file(space, files / f"genere_{name}")
    for path in _drawn(files, space, np.random.default_rng([seed, 3])):
        import_file(space, path)
    _nomenclature(space).to_parquet(space.root / NOMENCLATURE, index=False)
    (folder / DONE).touch()
    return space.root


def warm(workspace: Path) -> None:
    """Read every file of the workspace once, so that no tool pays for a cold disk."""
    for path in workspace.glob("**/*.parquet"):
        path.read_bytes()


def _drawn(files: Path, space: Workspace, rng: np.random.Generator) -> list[Path]:
    parcels = _layer(space, "parcels")
    return [
        write_geopackage(files / "trace_rpg.gpkg", _fields(space), "PARCELLES_GRAPHIQUES"),
        write_geopackage(files / "trace_ppr.gpkg", _hazards(parcels, rng), "PERIMETRE_PPR"),
        write_geopackage(files / "trace_friches.gpkg", _friches(files, parcels), "FRICHES"),
    ]


def _layer(space: Workspace, layer_id: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(space.layer(layer_id))


def _fields(space: Workspace) -> gpd.GeoDataFrame:
    """Return the tilled inside of the farmed land of the OCS GE, with columns of the RPG."""
    cover = _layer(space, "land_cover")
    inside = shapely.buffer(
        cover.geometry[cover["use"].eq("US1.1")].to_numpy(), -FIELD_MARGIN_M, join_style="mitre"
    )
    fields = shapely.get_parts(inside)
    fields = fields[~shapely.is_empty(fields)]
    return gpd.GeoDataFrame(
        {"ID_PARCEL": np.arange(1, len(fields) + 1).astype(str), "CODE_CULTU": "BTH"},
        geometry=fields,
        crs=cover.crs,
    )


def _hazards(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return discs around drawn parcels, as perimeters whose regulation nobody gives."""
    count = max(len(parcels) // PARCELS_PER_HAZARD, 4)
    chosen = np.sort(rng.choice(len(parcels), count, replace=False))
    points = shapely.point_on_surface(parcels.geometry.to_numpy()[chosen])
    discs = shapely.buffer(points, rng.uniform(*HAZARD_REACH_M, count))
    columns = {"nom": "périmètre généré", "coderisque": "12", "nomrisque": "", "multi_risq": "non"}
    names = [f"00DDT2021{number:04d}" for number in range(1, count + 1)]
    return gpd.GeoDataFrame({"id_gaspar": names, **columns}, geometry=discs, crs=parcels.crs)


def _friches(files: Path, parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the friches with the outline of the parcels they list, and no list any more."""
    published = pd.read_csv(files / "genere_friches.csv", dtype=str)
    listed = published["unite_fonciere_refcad"].str.split("|").explode().rename("parcel_id")
    shapes = parcels.set_index("parcel_id").geometry.reindex(listed).to_numpy()
    outlines = gpd.GeoSeries(shapes, index=listed.index, crs=parcels.crs).groupby(level=0)
    columns = ["site_id", "site_nom", "site_statut", "comm_insee"]
    return gpd.GeoDataFrame(
        published[columns], geometry=outlines.agg(shapely.union_all), crs=parcels.crs
    )


def _nomenclature(space: Workspace) -> pd.DataFrame:
    """Return the class of each pair of codes of the OCS GE, for rivals to join."""
    pairs = (
        _layer(space, "land_cover")[["cover", "use"]]
        .drop_duplicates()
        .sort_values(["cover", "use"], ignore_index=True)
    )
    classes = [land_class(*pair).value for pair in pairs.itertuples(index=False)]
    return pairs.assign(land_class=classes)
