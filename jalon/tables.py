"""The imported tables around one territory, chosen and cleaned of doubles."""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from data.catalogue import dataset
from data.workspace import SourceRecord, Workspace
from geo.errors import MissingDataError
from layers.registry import layer

LAND_LAYERS = (
    "zoning",
    "buildings",
    "risks",
    "land_cover",
    "crops",
    "friches",
    "zae",
    "roads",
)

NEARBY_M = 2_000.0
"""How far around the parcels the other tables are read; the nearest road is looked for there."""


@dataclass(frozen=True, slots=True)
class LandTables:
    """Parcels and what is known around them; None means never imported, not empty."""

    parcels: gpd.GeoDataFrame
    zoning: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    risks: gpd.GeoDataFrame | None = None
    land_cover: gpd.GeoDataFrame | None = None
    crops: gpd.GeoDataFrame | None = None
    friches: gpd.GeoDataFrame | None = None
    zae: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    sources: tuple[SourceRecord, ...] = ()


def land_tables(workspace: Workspace, communes: frozenset[str]) -> LandTables:
    """Return the land of `communes`; MissingDataError when none of their parcels is imported.

    Tables around the parcels are cut to the rows near them, so that a commune costs what a
    commune weighs; `sources` are those whose rows are left.
    """
    parcels = _parcels(workspace, communes)
    if parcels is None or parcels.empty:
        raise MissingDataError(
            "Aucune parcelle importée pour ce territoire.",
            "Importez le cadastre : jalon import cadastre-XXXXX-parcelles.json.gz",
        )
    around = {name: _near(workspace.layer(name), name, parcels) for name in LAND_LAYERS}
    return LandTables(
        parcels=parcels,
        sources=_sources_of(workspace, [parcels, *around.values()]),
        **around,
    )


def _parcels(workspace: Workspace, communes: frozenset[str]) -> gpd.GeoDataFrame | None:
    """Return the parcels of `communes`, each commune from its best source only.

    The best is the highest-ranked dataset, then the latest vintage, then the last import: a
    parcel divided since does not stand beside its own parts.
    """
    parcels = workspace.layer("parcels")
    if parcels is None:
        return None
    parcels = parcels[parcels["commune"].isin(communes)]
    order = {record.source_id: n for n, record in enumerate(_by_merit(workspace))}
    merit = parcels["source_id"].map(order)
    best = merit.groupby(parcels["commune"]).transform("max")
    kept = parcels[merit.eq(best)].drop_duplicates("parcel_id", keep="last")
    return kept.sort_values("parcel_id", ignore_index=True)


def _by_merit(workspace: Workspace) -> list[SourceRecord]:
    """Return the sources of parcels, the best one last."""
    return sorted(
        workspace.sources("parcels"),
        key=lambda one: (dataset(one.dataset_id).rank, one.vintage or "", one.import_order),
    )


def _near(
    table: pd.DataFrame | None, layer_id: str, parcels: gpd.GeoDataFrame
) -> gpd.GeoDataFrame | None:
    """Return the rows of `table` within NEARBY_M of the parcels' extent, each key once.

    Where two sources hold the same key, the last import wins.
    """
    if table is None:
        return None
    west, south, east, north = parcels.total_bounds
    reach = slice(west - NEARBY_M, east + NEARBY_M), slice(south - NEARBY_M, north + NEARBY_M)
    near = gpd.GeoDataFrame(table).cx[reach]
    return near.drop_duplicates(layer(layer_id).key, keep="last").reset_index(drop=True)


def _sources_of(
    workspace: Workspace, tables: Iterable[pd.DataFrame | None]
) -> tuple[SourceRecord, ...]:
    used = {one for table in tables if table is not None for one in table["source_id"].unique()}
    return tuple(record for record in workspace.sources() if record.source_id in used)
