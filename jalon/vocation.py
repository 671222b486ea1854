"""What says that land is meant for business: the PLU, the ZAE, the friches."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import Positions, clip_to_union, largest_overlap
from jalon.model import LandParameters
from jalon.tables import LandTables

BELONGS_SHARE: Final = 0.5
"""A parcel belongs to the friche or the ZAE that holds at least half of it."""

VERIFIED_STATUSES = ("friche sans projet", "friche avec projet")

BY_TEXT, BY_LABEL = "texte", "libellé"
"""The PLU or the planner says that a zone is economic; or only its label hints at it."""

ECONOMIC_TEXT = (
    r"vocation (?:principale |dominante )?(?:d'?\s?)?(?:activit|econom|industri|artisan|commerc)"
    r"|zones? (?:d'?\s?activit|industriel|artisanal|economi)"
    r"|activites (?:economi|industri|artisan|commerc|logisti)"
)
HOUSING_TEXT = r"\bhabitat\b|residentiel|equipement"
ECONOMIC_LABEL = r"(?:\d|I{1,2})?(?:AU|U)[- _]?(?:X|Y|Z|I)[a-z0-9]*"
"""UX, UY, UZ, UI, 1AUX…: the labels Mutafriches reads as activity; a hint, never a proof."""

ECONOMIC_DESTINATION = "02"
"""CNIG 2013 `DESTDOMI`: activity."""


def with_vocation(
    sites: gpd.GeoDataFrame, tables: LandTables, parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Add what gives each site its vocation, and `economic`, the part of it that has one."""
    sites = _with_zones(sites, tables.zoning, parameters)
    sites = _with_zae(sites, tables.zae)
    sites = _with_friches(sites, tables.friches)
    has_vocation = sites["zone_evidence"].notna() | sites["is_in_zae"] | sites["is_friche"]
    return sites.assign(has_vocation=has_vocation)


def zone_evidence(zoning: gpd.GeoDataFrame) -> pd.Series:
    """Return, for each zone, BY_TEXT, BY_LABEL or None; never for zones A and N."""
    text = _folded(zoning["long_label"]) + " " + _folded(zoning["destination"])
    says = text.str.contains(ECONOMIC_TEXT) & ~text.str.contains(HOUSING_TEXT)
    says |= zoning["destination"].eq(ECONOMIC_DESTINATION)
    hints = zoning["label"].astype("string").str.fullmatch(ECONOMIC_LABEL, case=False)
    evidence = pd.Series(None, index=zoning.index, dtype=object)
    buildable = ~zoning["zone_type"].isin(["A", "N"])
    evidence[hints.fillna(value=False).astype(bool) & buildable] = BY_LABEL
    evidence[says.astype(bool) & buildable] = BY_TEXT
    return evidence


def _folded(texts: pd.Series) -> pd.Series:
    """Return texts without accents, lower case, typographic apostrophes made plain."""
    plain = texts.astype("string").fillna("").str.replace("’", "'").str.normalize("NFKD")
    return plain.str.encode("ascii", "ignore").str.decode("ascii").str.lower()


def _economic_zones(
    zones: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Return the economic zones; those the planner names are cut to the commune named."""
    evidence = zone_evidence(zones)
    found = [zones[evidence.notna()].assign(evidence=evidence.dropna())]
    for insee, labels in parameters.economic_labels.items():
        commune = sites.geometry[sites["commune"].eq(insee)].union_all()
        named = zones[zones["label"].isin(labels)]
        inside = named.set_geometry(shapely.intersection(named.geometry.to_numpy(), commune))
        found.insert(0, inside.assign(evidence=BY_TEXT).set_crs(zones.crs, allow_override=True))
    return pd.concat(found, ignore_index=True)


def _with_zones(
    sites: gpd.GeoDataFrame, zones: gpd.GeoDataFrame | None, parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Add the main zone of each site, its main economic zone and the land that one covers."""
    if zones is None or zones.empty:
        names = ("zone_label", "zone_type", "economic_label", "zone_evidence")
        return sites.assign(**dict.fromkeys(names), economic=shapely.Polygon())
    economic = _economic_zones(zones, sites, parameters)
    main = largest_overlap(sites.geometry, zones.geometry)
    best = largest_overlap(sites.geometry, economic.geometry)
    return sites.assign(
        zone_label=taken(zones["label"], main),
        zone_type=taken(zones["zone_type"], main),
        economic_label=taken(economic["label"], best),
        zone_evidence=taken(economic["evidence"], best),
        economic=clip_to_union(sites.geometry, economic.geometry).to_numpy(),
    )


def _with_zae(sites: gpd.GeoDataFrame, zae: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    if zae is None or zae.empty:
        return sites.assign(is_in_zae=False, zae_name=None)
    holder = _holders(sites.geometry, zae.geometry)
    is_in_zae = holder >= 0
    return sites.assign(
        is_in_zae=is_in_zae,
        zae_name=taken(zae["name"], holder),
        economic=np.where(is_in_zae, sites.geometry.to_numpy(), sites["economic"].to_numpy()),
    )


def _with_friches(sites: gpd.GeoDataFrame, friches: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    columns = {
        "friche_id": "site_id",
        "friche_name": "name",
        "friche_status": "status",
        "friche_pollution": "pollution",
    }
    if friches is None or friches.empty:
        return sites.assign(**dict.fromkeys(columns), is_friche=False)
    position = _friche_of(sites, friches)
    found = {ours: taken(friches[theirs], position) for ours, theirs in columns.items()}
    sites = sites.assign(**found)
    is_friche = sites["friche_status"].isin(VERIFIED_STATUSES)
    whole = np.where(is_friche, sites.geometry.to_numpy(), sites["economic"].to_numpy())
    return sites.assign(is_friche=is_friche, economic=whole)


def _friche_of(sites: gpd.GeoDataFrame, friches: gpd.GeoDataFrame) -> Positions:
    """Return the position of the friche of each site, -1 if none: by parcel, outline, point."""
    listed = friches["parcel_ids"].astype("string").str.split("|").explode().dropna()
    by_parcel = pd.Series(listed.index, index=listed.to_numpy())
    by_parcel = by_parcel[~by_parcel.index.duplicated(keep="first")]
    position = sites["site_id"].map(by_parcel)
    by_outline = pd.Series(_holders(sites.geometry, friches.geometry), index=sites.index)
    position = position.fillna(by_outline.where(by_outline >= 0))
    points = friches[friches.geometry.geom_type.eq("Point") & friches["parcel_ids"].isna()]
    rows, hits = shapely.STRtree(points.geometry.to_numpy()).query(
        sites.geometry.to_numpy(), predicate="contains"
    )
    by_point = pd.Series(points.index.to_numpy()[hits], index=sites.index[rows])
    position = position.fillna(by_point[~by_point.index.duplicated()])
    return position.fillna(-1).astype(np.intp).to_numpy()


def _holders(sites: gpd.GeoSeries, shapes: gpd.GeoSeries) -> Positions:
    """Return the position of the shape that holds at least half of each site; -1 if none."""
    best = largest_overlap(sites, shapes)
    shared_m2 = np.zeros(len(sites))
    met = best >= 0
    pieces = shapely.intersection(sites.to_numpy()[met], shapes.to_numpy()[best[met]])
    shared_m2[met] = shapely.area(pieces)
    return np.where(shared_m2 >= BELONGS_SHARE * sites.area.to_numpy(), best, -1)


def taken(values: pd.Series, positions: Positions) -> list[object]:
    """Return the value at each position; None where the position is -1."""
    listed = [*values.to_numpy(dtype=object), None]
    return [listed[position] for position in positions]
