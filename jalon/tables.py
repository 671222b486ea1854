"""The imported tables around one territory, chosen and cleaned of doubles."""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.catalogue import dataset
from data.workspace import SourceRecord, Workspace
from geo.errors import MissingDataError
from geo.shapes import polygons_only
from layers.friches import UNKNOWN_STATUS
from layers.registry import layer

NEARBY_M = 2_000.0
"""How far around the parcels the other tables are read."""

REACH_M = {"access_points": 20_000.0, "railways": 5_000.0, "roads": 5_000.0}
"""What is reached from afar is looked for further."""

TOUCH_M = 0.5
"""Two buildings may share a wall; two drawings of one overlap by more than this."""

SLIVER_M2 = 1.0
"""What is left of a zone under a later document, below this, comes from the drawing."""

WHOLE_SHARE = 0.5
"""A source with less than this share of the parcels of the fullest one is a part."""

EXTENT = {"minx": "min", "miny": "min", "maxx": "max", "maxy": "max"}

LAND_LAYERS = (
    "zoning",
    "prescriptions",
    "buildings",
    "risks",
    "hazards",
    "easements",
    "nature",
    "land_cover",
    "crops",
    "friches",
    "polluted_sites",
    "zae",
    "terrains",
    "establishments",
    "activity_areas",
    "land_units",
    "roads",
    "railways",
    "access_points",
)


@dataclass(frozen=True, slots=True)
class LandTables:
    """Parcels and what is known around them; None means never imported, not empty.

    `newest_vintage` (ISO date) is that of the whole workspace: ages are told from it.
    """

    parcels: gpd.GeoDataFrame
    zoning: gpd.GeoDataFrame | None = None
    prescriptions: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    risks: gpd.GeoDataFrame | None = None
    hazards: gpd.GeoDataFrame | None = None
    risk_plans: pd.DataFrame | None = None
    easements: gpd.GeoDataFrame | None = None
    nature: gpd.GeoDataFrame | None = None
    land_cover: gpd.GeoDataFrame | None = None
    crops: gpd.GeoDataFrame | None = None
    friches: gpd.GeoDataFrame | None = None
    polluted_sites: gpd.GeoDataFrame | None = None
    zae: gpd.GeoDataFrame | None = None
    terrains: gpd.GeoDataFrame | None = None
    establishments: gpd.GeoDataFrame | None = None
    activity_areas: gpd.GeoDataFrame | None = None
    land_units: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    railways: gpd.GeoDataFrame | None = None
    access_points: gpd.GeoDataFrame | None = None
    sources: tuple[SourceRecord, ...] = ()
    newest_vintage: str | None = None


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
    extents = commune_extents(parcels)
    around = {name: _near(workspace, name, extents) for name in LAND_LAYERS}
    plans = workspace.layer("risk_plans")
    records = workspace.sources()
    around["buildings"] = _drawn_once(around["buildings"], records)
    around["friches"] = friches_once(around["friches"])
    around["zoning"] = in_force(around["zoning"])
    return LandTables(
        parcels=parcels,
        risk_plans=None if plans is None else plans[_is_in_departements(plans, communes)],
        sources=_sources_of(records, [parcels, *around.values()]),
        newest_vintage=max((one.vintage or "" for one in records), default="") or None,
        **around,
    )


def _parcels(workspace: Workspace, communes: frozenset[str]) -> gpd.GeoDataFrame | None:
    """Return the parcels of `communes`, each commune from its best source only.

    The best is the highest-ranked dataset, then the latest vintage, then the last import: a
    parcel divided since does not stand beside its own parts.
    """
    parcels = workspace.layer("parcels", communes=communes)
    if parcels is None:
        return None
    order = {record.source_id: n for n, record in enumerate(_by_merit(workspace))}
    parcels = parcels[_is_whole(parcels)]
    merit = parcels["source_id"].map(order)
    best = merit.groupby(parcels["commune"]).transform("max")
    kept = parcels[merit.eq(best)].drop_duplicates("parcel_id", keep="last")
    return kept.sort_values("parcel_id", ignore_index=True)


def _is_whole(parcels: gpd.GeoDataFrame) -> "pd.Series[bool]":
    """Return the mask of the parcels whose source holds most of their commune.

    A file of the neighbours spills over: its few parcels do not replace those of a whole file.
    """
    by_source = parcels.groupby(["commune", "source_id"])["parcel_id"].transform("size")
    largest = by_source.groupby(parcels["commune"]).transform("max")
    return by_source >= WHOLE_SHARE * largest


def _by_merit(workspace: Workspace) -> list[SourceRecord]:
    """Return the sources of parcels, the best one last."""
    return sorted(
        workspace.sources("parcels"),
        key=lambda one: (dataset(one.dataset_id).rank, one.vintage or "", one.import_order),
    )


def commune_extents(sites: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the rectangle around the sites of each commune, by its code."""
    bounds = sites.bounds.groupby(sites["commune"]).agg(EXTENT)
    return gpd.GeoSeries(shapely.box(*bounds.to_numpy().T), index=bounds.index, crs=sites.crs)


def around_communes(sites: gpd.GeoDataFrame, reach_m: float) -> gpd.GeoSeries:
    """Return the rectangle around the sites of each commune, widened by `reach_m`."""
    return commune_extents(sites).buffer(reach_m, join_style="mitre")


def _near(workspace: Workspace, layer_id: str, extents: gpd.GeoSeries) -> gpd.GeoDataFrame | None:
    """Return the rows of a layer near the parcels of each commune, each key once.

    Where two sources hold the same key, the last import wins. Nearness is told commune by
    commune, so that what a commune sees does not depend on the others asked with it. A row
    without a shape is near when it names the commune, or a parcel of it.
    """
    reach_m = REACH_M.get(layer_id, NEARBY_M)
    boxes = extents.buffer(reach_m, join_style="mitre").to_numpy()
    table = workspace.layer(layer_id, bounds_m=tuple(shapely.total_bounds(boxes)))
    if table is None:
        return None
    drawn = gpd.GeoDataFrame(table)
    is_near = drawn["source_id"].isna()
    met, _ = shapely.STRtree(boxes).query(drawn.geometry.to_numpy(), predicate="intersects")
    is_near.iloc[met] = True
    is_near |= drawn.geometry.isna() & _names_one_of(drawn, frozenset(extents.index))
    near = drawn[is_near]
    key = layer(layer_id).key
    if layer_id != "friches":
        near = near.drop_duplicates(key, keep="last")
    return near.sort_values(key, kind="stable", ignore_index=True)


def friches_once(friches: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return one row a friche: what the last import that knows its status says of it.

    An observatory publishes outlines and attributes apart: the row keeps the last outline.
    """
    if friches is None or friches.empty:
        return friches
    is_known = friches["status"].ne(UNKNOWN_STATUS)
    told = friches[is_known | ~friches["site_id"].isin(friches.loc[is_known, "site_id"])]
    told = told.drop_duplicates("site_id", keep="last").reset_index(drop=True)
    outlines = friches[friches.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    last = outlines.drop_duplicates("site_id", keep="last").set_index("site_id").geometry
    drawn = told["site_id"].map(last)
    return told.assign(geometry=drawn.where(drawn.notna(), told.geometry).to_numpy())


def in_force(zoning: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return the zones without what a later document of the same place covers.

    The date of approval tells the later one; a zone without a date is the older.
    """
    if zoning is None or "approved_on" not in zoning:
        return zoning
    day = zoning["approved_on"].fillna("").to_numpy()
    if len(np.unique(day)) <= 1:
        return zoning
    shapes = zoning.geometry.to_numpy().copy()
    ours, theirs = shapely.STRtree(shapes).query(shapes)
    is_later = day[ours] < day[theirs]
    ours, theirs = ours[is_later], theirs[is_later]
    covering = pd.Series(shapes[theirs]).groupby(ours).agg(_union)
    rest = shapely.difference(shapes[covering.index], covering.to_numpy(dtype=object))
    shapes[covering.index] = polygons_only(rest)
    kept = zoning.set_geometry(gpd.GeoSeries(shapes, index=zoning.index, crs=zoning.crs))
    is_gone = np.isin(np.arange(len(kept)), covering.index) & (kept.area <= SLIVER_M2)
    return kept[~is_gone].reset_index(drop=True)


def _union(shapes: pd.Series) -> shapely.Geometry:
    return shapely.union_all(shapes.to_numpy())


def _drawn_once(
    buildings: gpd.GeoDataFrame | None, records: Iterable[SourceRecord]
) -> gpd.GeoDataFrame | None:
    """Return the buildings without those that meet one of a better source.

    Two drawings of one building never coincide: together they would build up too much.
    """
    if buildings is None or buildings.empty:
        return buildings
    rank_of = {record.source_id: dataset(record.dataset_id).rank for record in records}
    rank = buildings["source_id"].map(rank_of).fillna(0).to_numpy()
    shapes, is_kept = buildings.geometry.to_numpy(), np.ones(len(buildings), dtype=bool)
    for lower in np.unique(rank)[:-1]:
        better = shapely.STRtree(shapes[rank > lower])
        ours = np.flatnonzero(rank == lower)
        inner = shapely.buffer(shapes[ours], -TOUCH_M)  # next to each other is not one building
        again, _ = better.query(inner, predicate="intersects")
        is_kept[ours[again]] = False
    return buildings[is_kept].reset_index(drop=True)


def _names_one_of(rows: pd.DataFrame, communes: frozenset[str]) -> "pd.Series[bool]":
    """Return the mask of the rows that name one of `communes`, or a parcel of it."""
    named = rows.get("commune", pd.Series(None, index=rows.index, dtype=object))
    by_parcel = rows.get("parcel_ids", pd.Series(None, index=rows.index, dtype="string"))
    listed = by_parcel.astype("string").str.split("|").explode().str[:5]
    names_one = listed.isin(communes).groupby(level=0).any().reindex(rows.index, fill_value=False)
    return named.isin(communes) | names_one


def _is_in_departements(rows: pd.DataFrame, communes: frozenset[str]) -> "pd.Series[bool]":
    """Return the mask of the rows of the départements of `communes`."""
    return rows["commune"].str[:2].isin({commune[:2] for commune in communes})


def _sources_of(
    records: Iterable[SourceRecord], tables: Iterable[pd.DataFrame | None]
) -> tuple[SourceRecord, ...]:
    used = {one for table in tables if table is not None for one in table["source_id"].unique()}
    return tuple(record for record in records if record.source_id in used)
