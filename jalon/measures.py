"""Measures of a site: one row a parcel, every figure the rules of land judge by."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import clip_to_union, covered_share, erase, largest_overlap, nearest_m
from geo.shapes import M2_PER_HA, area_ha, inner_width_m, largest_part
from jalon.model import LandParameters, Prudence, SiteKind
from jalon.occupation import enaf_cost_ha, evidence
from jalon.presence import EXPECTED_LAYERS, missing_layers
from jalon.tables import LandTables
from jalon.vocation import VERIFIED_STATUSES, taken, with_vocation
from layers.risks import Regulation

RISK_FAMILIES = {
    "forbidden": Regulation.FORBIDDEN,
    "unspecified": Regulation.UNKNOWN,
    "conditional": Regulation.CONDITIONAL,
}


def measure(tables: LandTables, parameters: LandParameters) -> gpd.GeoDataFrame:
    """Return one row a parcel, and one a friche without parcel, with every measure.

    `usable` (geometry) is what is left of the economic part once forbidden zones and, but
    on a friche, buildings are taken off; `piece_ha` and `width_m` describe its largest piece.
    """
    sites = with_vocation(_parcels(tables), tables, parameters)
    missing = missing_layers(sites, tables, parameters)
    sites = sites.join(missing.add_prefix("is_").add_suffix("_missing"))
    sites = _with_buildings(sites, tables)
    sites = _with_risks(sites, tables)
    sites = _with_farming(sites, tables)
    sites = _with_usable(sites, tables, parameters)
    sites = _with_cost(sites, tables)
    return pd.concat([sites, _orphan_friches(sites, tables)], ignore_index=True)


def _parcels(tables: LandTables) -> gpd.GeoDataFrame:
    parcels = tables.parcels
    sites = parcels[["parcel_id", "commune", "source_id", "geometry"]]
    road_m = np.full(len(sites), np.nan)
    if tables.roads is not None:
        road_m = nearest_m(parcels.geometry, tables.roads.geometry)
    return sites.rename(columns={"parcel_id": "site_id"}).assign(
        kind=SiteKind.PARCEL.value,
        area_ha=area_ha(parcels.geometry),
        road_m=road_m,
        is_parcel_missing=False,
    )


def _with_buildings(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    """Add what is built of each site; missing where no building was imported."""
    share = np.full(len(sites), np.nan)
    if tables.buildings is not None:
        share = covered_share(sites.geometry, tables.buildings.geometry)
    known = pd.Series(share, index=sites.index).mask(sites["is_buildings_missing"])
    return sites.assign(built_share=known, built_m2=known * sites["area_ha"] * M2_PER_HA)


def _with_risks(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    """Add, for each family of regulation, the land it covers and the label of its main zone."""
    if tables.risks is None:
        blank = {f"{family}_m2": np.nan for family in RISK_FAMILIES}
        return sites.assign(**blank, **{f"{family}_label": None for family in RISK_FAMILIES})
    measured: dict[str, object] = {}
    for family, regulation in RISK_FAMILIES.items():
        zones = tables.risks[tables.risks["regulation"].eq(regulation.value)]
        covered = clip_to_union(sites.geometry, zones.geometry)
        main = largest_overlap(sites.geometry, zones.geometry)
        measured[f"{family}_m2"] = shapely.area(covered.to_numpy())
        measured[f"{family}_label"] = taken(zones["label"], main)
    return sites.assign(**measured)


def _with_farming(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    if tables.crops is None:
        return sites.assign(farmed_m2=np.nan)
    share = covered_share(sites.geometry, tables.crops.geometry)
    return sites.assign(farmed_m2=share * sites["area_ha"] * M2_PER_HA)


def _with_usable(
    sites: gpd.GeoDataFrame, tables: LandTables, parameters: LandParameters
) -> gpd.GeoDataFrame:
    economic = gpd.GeoSeries(sites["economic"].to_numpy(), index=sites.index, crs=sites.crs)
    usable = erase(economic, _forbidden_zones(tables, parameters))
    if tables.buildings is not None:
        stays_built = ~sites["is_friche"]
        usable[stays_built] = erase(usable[stays_built], tables.buildings.geometry)
    piece = gpd.GeoSeries(largest_part(usable.to_numpy()), index=sites.index, crs=sites.crs)
    measured = pd.DataFrame(
        {
            "usable_ha": area_ha(usable),
            "piece_ha": area_ha(piece),
            "width_m": inner_width_m(piece),
        },
        index=sites.index,
    )
    # Without zoning nor other evidence, what could be used is not known: it is not zero.
    measured[sites["is_zoning_missing"] & ~sites["has_vocation"]] = np.nan
    return sites.drop(columns="economic").assign(usable=usable.to_numpy(), **measured)


def _forbidden_zones(tables: LandTables, parameters: LandParameters) -> gpd.GeoSeries:
    """Return the risk zones no project may stand on, as the planner reads the unknown ones."""
    if tables.risks is None:
        return tables.parcels.geometry.iloc[:0]
    forbidding = [Regulation.FORBIDDEN.value]
    if parameters.unspecified_risk is Prudence.EXCLUDE:
        forbidding.append(Regulation.UNKNOWN.value)
    return tables.risks.geometry[tables.risks["regulation"].isin(forbidding)]


def _with_cost(sites: gpd.GeoDataFrame, tables: LandTables) -> gpd.GeoDataFrame:
    """Add the ENAF cost of the usable land and of the whole parcel (R-PAR-6).

    Only sites with a vocation are costed; the others have no cost, not zero.
    """
    sources = evidence(tables.land_cover, tables.crops, tables.buildings)
    costed = sites["has_vocation"]
    for basis, shapes in (("enaf", sites["usable"]), ("whole", sites["geometry"])):
        footprints = gpd.GeoSeries(shapes[costed].to_numpy(), index=sites.index[costed])
        cost = enaf_cost_ha(footprints.set_crs(sites.crs), sources)
        sites = sites.assign(**{f"{basis}_lo_ha": cost["lo_ha"], f"{basis}_hi_ha": cost["hi_ha"]})
    return sites


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
            "source_id": orphans["source_id"],
            "area_ha": orphans["declared_area_m2"] / M2_PER_HA,
            "friche_id": orphans["site_id"],
            "friche_name": orphans["name"],
            "friche_status": orphans["status"],
            "friche_pollution": orphans["pollution"],
            "is_friche": is_friche,
            "has_vocation": is_friche,
            "is_in_zae": False,
            "is_parcel_missing": True,
            **unread,
        },
        geometry=orphans.geometry,
    )
