"""Measures of a site: one row a parcel, every figure the rules of land judge by."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import covered_share, meetings, subtract, taken
from geo.shapes import (
    EMPTY,
    M2_PER_HA,
    Geometries,
    area_ha,
    elongation_ratio,
    inner_width_m,
    largest_part,
)
from jalon.access import with_access
from jalon.constraints import with_constraints
from jalon.model import LandParameters, SiteKind
from jalon.presence import EXPECTED_LAYERS, missing_fr, with_presence
from jalon.tables import LandTables
from jalon.vocation import BELONGS_SHARE, VERIFIED_STATUSES, with_vocation
from jalon.zan.occupation import SLIVER_M2, enaf_cost_ha, evidence
from layers.roads import RoadClass

URBAN = "U"
"""Zone already urban: the setback of art. L. 111-6 holds outside urban spaces only."""


def measure(tables: LandTables, parameters: LandParameters) -> gpd.GeoDataFrame:
    """Return one row a parcel, and one a friche without parcel, with every measure.

    `usable` (geometry) is what is left of the economic part once forbidden land, setbacks
    and, but on a friche, buildings are taken off; `piece_ha`, `width_m` and
    `elongation_ratio` describe its largest piece.
    """
    sites = with_vocation(_parcels(tables), tables, parameters)
    sites = with_presence(sites, tables, parameters)
    sites = _with_buildings(sites, tables)
    sites = _with_firms(sites, tables)
    sites = with_constraints(sites, tables, parameters)
    sites = _with_farming(sites, tables)
    sites = _with_usable(sites, tables, parameters)
    sites = _with_cost(sites, tables)
    sites = with_access(sites, tables)
    whole = pd.concat([sites, _orphan_friches(sites, tables)], ignore_index=True)
    unit_count = whole["land_unit_id"].notna().astype(float).replace(0.0, np.nan)
    return whole.assign(missing_fr=missing_fr(whole), land_unit_count=unit_count)


def _parcels(tables: LandTables) -> gpd.GeoDataFrame:
    parcels = tables.parcels[["parcel_id", "commune", "source_id", "geometry"]]
    return parcels.rename(columns={"parcel_id": "site_id"}).assign(
        kind=SiteKind.PARCEL.value,
        parcel_ids=[(one,) for one in parcels["parcel_id"]],
        area_ha=area_ha(parcels.geometry),
        is_parcel_missing=False,
    )


def _with_buildings(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    """Add what is built of each site, missing where no building was imported.

    `built_land` (geometry) is what the buildings stand on.
    """
    if tables.buildings is None:
        return sites.assign(built_share=np.nan, built_m2=np.nan, built_land=EMPTY)
    met = meetings(sites.geometry, tables.buildings.geometry)
    built_m2 = pd.Series(met.covered_m2, index=sites.index).mask(sites["is_buildings_missing"])
    share = (built_m2 / (sites["area_ha"] * M2_PER_HA)).clip(upper=1.0)
    return sites.assign(built_share=share, built_m2=built_m2, built_land=met.covered)


def _with_firms(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    """Add what works there: firms inventoried, polluted sites known, activity area of IGN."""
    return sites.assign(
        firm_count=_count_inside(sites, tables.establishments),
        polluted_count=_count_inside(sites, tables.polluted_sites),
        is_in_activity_area=_is_in_activity_area(sites, tables.activity_areas),
        land_unit_id=_land_units(sites, tables.land_units),
    )


def _land_units(sites: gpd.GeoDataFrame, units: gpd.GeoDataFrame | None) -> list[object]:
    """Return the land of one owner each site mostly belongs to; None when not imported."""
    if units is None:
        return [None] * len(sites)
    best, _ = meetings(sites.geometry, units.geometry).largest()
    return taken(units["unit_id"], best)


def _count_inside(sites: gpd.GeoDataFrame, places: gpd.GeoDataFrame | None) -> "pd.Series[float]":
    """Return how many places each site holds, by their shape or the parcels they name.

    Missing when their table was never imported.
    """
    if places is None:
        return pd.Series(np.nan, index=sites.index)
    tree = shapely.STRtree(sites.geometry.to_numpy())
    # A place drawn as a surface lies where its middle does, not on all it touches.
    inner = shapely.point_on_surface(places.geometry.to_numpy())
    found, rows = tree.query(inner, predicate="intersects")
    inside = pd.DataFrame({"place": found, "site_id": sites["site_id"].to_numpy()[rows]})
    listed = places.get("parcel_ids", pd.Series(dtype="string")).astype("string")
    named = listed.reset_index(drop=True).str.split("|").explode().dropna().rename("site_id")
    both = pd.concat([inside, named.rename_axis("place").reset_index()]).drop_duplicates()
    return sites["site_id"].map(both["site_id"].value_counts()).fillna(0.0)


def _is_in_activity_area(
    sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None
) -> "pd.Series[bool]":
    """Return the mask of the sites of which an economic area of IGN holds at least half."""
    if areas is None:
        return pd.Series(data=False, index=sites.index)
    economic = areas[areas["is_economic"].eq("oui")]
    share = covered_share(sites.geometry, economic.geometry)
    return pd.Series(share >= BELONGS_SHARE, index=sites.index)


def _with_farming(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    if tables.crops is None:
        return sites.assign(farmed_m2=np.nan)
    return sites.assign(farmed_m2=meetings(sites.geometry, tables.crops.geometry).covered_m2)


def _with_usable(
    sites: gpd.GeoDataFrame, tables: LandTables, parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Add the usable land and what its largest piece is like; missing where nothing is known.

    Without zoning nor other evidence, what could be used is not known: it is not zero.
    """
    asked = sites["has_vocation"].to_numpy(dtype=bool)
    strip = np.full(len(sites), EMPTY, dtype=object)
    strip[asked] = _motorway_strip(sites[asked], tables, parameters)
    usable = np.full(len(sites), EMPTY, dtype=object)
    usable[asked] = _usable(sites[asked], strip[asked])
    sites = sites.drop(columns=["economic", "forbidden_land", "built_land"])
    sites = sites.assign(
        usable=usable,
        land_ha=shapely.area(usable) / M2_PER_HA,
        motorway_strip_m2=shapely.area(strip),
    )
    shape = usable_shape(set_back(sites["usable"], sites.geometry, parameters.boundary_setback_m))
    shape[sites["is_zoning_missing"] & ~sites["has_vocation"]] = np.nan
    return sites.join(shape)


def _usable(sites: gpd.GeoDataFrame, strip: Geometries) -> Geometries:
    """Return the usable land of sites that have a vocation; friches keep their buildings."""
    built = sites["built_land"].to_numpy().copy()
    built[sites["is_friche"].to_numpy(dtype=bool)] = EMPTY
    rest = gpd.GeoSeries(sites["economic"].to_numpy(), index=sites.index, crs=sites.crs)
    for shapes in (sites["forbidden_land"].to_numpy(), strip, built):
        rest = subtract(rest, gpd.GeoSeries(shapes, index=sites.index, crs=sites.crs))
    return rest.to_numpy()


def _motorway_strip(
    sites: gpd.GeoDataFrame, tables: LandTables, parameters: LandParameters
) -> Geometries:
    """Return the part of each site too near a motorway to be built, outside the U zones."""
    roads, setback_m = tables.roads, parameters.motorway_setback_m
    if roads is None or "road_class" not in roads or not setback_m:
        return np.full(len(sites), EMPTY, dtype=object)
    motorways = roads.geometry[roads["road_class"].eq(RoadClass.MOTORWAY)]
    strips = gpd.GeoSeries(shapely.buffer(motorways.to_numpy(), setback_m), crs=sites.crs)
    inside = meetings(sites.geometry, strips).covered
    inside[sites["zone_type"].eq(URBAN).to_numpy(dtype=bool)] = EMPTY
    return inside


def set_back(usable: pd.Series, outlines: gpd.GeoSeries, setback_m: float) -> gpd.GeoSeries:
    """Return usable land without what lies nearer than `setback_m` to the limit of its site."""
    land = gpd.GeoSeries(usable.to_numpy(), index=outlines.index, crs=outlines.crs)
    if not setback_m:
        return land
    inner = shapely.buffer(outlines.to_numpy(), -setback_m)
    return land.intersection(gpd.GeoSeries(inner, land.index, crs=land.crs))


def usable_shape(usable: gpd.GeoSeries) -> pd.DataFrame:
    """Return what describes usable land: its area, its largest piece, how wide, how long."""
    piece = gpd.GeoSeries(largest_part(usable.to_numpy()), index=usable.index, crs=usable.crs)
    return pd.DataFrame(
        {
            "usable_ha": area_ha(usable),
            "piece_ha": area_ha(piece),
            "width_m": inner_width_m(piece),
            "elongation_ratio": elongation_ratio(piece),
        },
        index=usable.index,
    )


def _with_cost(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    """Add the ENAF cost of the usable land and of the whole parcel (R-PAR-6).

    Only sites with a vocation are costed; the others have no cost, not zero.
    """
    sources = evidence(tables.land_cover, tables.crops, tables.buildings)
    asked = sites[sites["has_vocation"]]
    usable = gpd.GeoSeries(asked["usable"].to_numpy(), index=asked.index, crs=sites.crs)
    whole = enaf_cost_ha(asked.geometry, sources)
    is_cut = usable.area < asked.area - SLIVER_M2  # elsewhere both bases are the same land
    cut = enaf_cost_ha(usable[is_cut], sources).reindex(asked.index)
    enaf = cut.where(is_cut, whole)
    return sites.join(enaf.add_prefix("enaf_")).join(whole.add_prefix("whole_"))


def _orphan_friches(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    """Return the friches no imported parcel belongs to, as sites whose land is unknown."""
    friches = tables.friches
    if friches is None or friches.empty:
        return sites.iloc[:0]
    unmatched = ~friches["site_id"].isin(sites["friche_id"].dropna())
    orphans = friches[unmatched & friches["commune"].isin(sites["commune"])]
    is_friche = orphans["status"].isin(VERIFIED_STATUSES)
    unread = {f"is_{name}_missing": name != "friches" for name in EXPECTED_LAYERS}
    return gpd.GeoDataFrame(
        {
            "site_id": orphans["site_id"],
            "commune": orphans["commune"],
            "kind": SiteKind.FRICHE.value,
            "parcel_ids": [()] * len(orphans),
            "source_id": orphans["source_id"],
            "area_ha": orphans["declared_area_m2"] / M2_PER_HA,
            "friche_id": orphans["site_id"],
            "friche_name": orphans["name"],
            "friche_status": orphans["status"],
            "friche_pollution": orphans["pollution"],
            "is_friche": is_friche,
            "has_vocation": is_friche,
            "is_in_zae": False,
            "is_in_activity_area": False,
            "is_parcel_missing": True,
            "usable": EMPTY,
            "reliability_share": 1 / len(EXPECTED_LAYERS),
            **unread,
        },
        geometry=orphans.geometry,
    )
