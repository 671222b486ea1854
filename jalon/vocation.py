"""What says that land is meant for business: the PLU, the ZAE, the friches."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import Mask, Meetings, Positions, meetings, taken
from jalon.model import LandParameters
from jalon.tables import LandTables

BELONGS_SHARE: Final = 0.5
"""A parcel belongs to the friche or the ZAE that holds at least half of it."""

VERIFIED_STATUSES = ("friche sans projet", "friche avec projet")

GRAVITY = (
    "friche reconvertie",
    "friche potentielle",
    "inconnu",
    "friche avec projet",
    "friche sans projet",
)
"""Which status holds where two friches claim the same land: never the better one."""

BY_TEXT, BY_LABEL = "texte", "libellé"
"""The PLU or the planner says that a zone is economic; or only its label hints at it."""

ECONOMIC_TEXT = (
    r"vocation (?:principale |dominante )?(?:d'?\s?)?(?:activit|econom|industri|artisan|commerc)"
    r"|zones? (?:d'?\s?activit|industriel|artisanal|economi)"
    r"|activites (?:economi|industri|artisan|commerc|logisti)"
)
OTHER_TEXT = r"habita|logement|residentiel|equipement|touris|loisir|sporti|agricole"
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
    sites = _with_terrains(sites, tables.terrains)
    sites = _with_friches(sites, tables.friches)
    is_in_park = sites["is_in_zae"] | sites["terrain_id"].notna()
    has_vocation = sites["zone_evidence"].notna() | is_in_park | sites["is_friche"]
    return sites.assign(has_vocation=has_vocation)


def zone_evidence(zoning: gpd.GeoDataFrame) -> pd.Series:
    """Return, for each zone, BY_TEXT, BY_LABEL or None; never for zones A and N."""
    text = _folded(zoning["long_label"]) + " " + _folded(zoning["destination"])
    says = text.str.contains(ECONOMIC_TEXT) & ~text.str.contains(OTHER_TEXT)
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


def _with_zones(
    sites: gpd.GeoDataFrame, zones: gpd.GeoDataFrame | None, parameters: LandParameters
) -> gpd.GeoDataFrame:
    """Add the main zone of each site, its main economic zone and the land that one covers."""
    if zones is None or zones.empty:
        names = ("zone_label", "zone_type", "economic_label", "zone_evidence")
        return sites.assign(**dict.fromkeys(names), economic=shapely.Polygon())
    met = meetings(sites.geometry, zones.geometry)
    told = _evidence_there(sites, zones, met, parameters)
    economic = met.where(pd.notna(told))
    main, best = met.largest()[0], economic.largest()[0]
    evidence = np.full(len(sites), None, dtype=object)
    is_best = met.of_right == best[met.of_left]
    evidence[met.of_left[is_best]] = told[is_best]
    return sites.assign(
        zone_label=taken(zones["label"], main),
        zone_type=taken(zones["zone_type"], main),
        economic_label=taken(zones["label"], best),
        zone_evidence=evidence,
        economic=economic.covered,
    )


def _evidence_there(
    sites: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    met: Meetings,
    parameters: LandParameters,
) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Return, for each meeting, what says that the zone is economic: labels are local.

    What the planner names for a commune or a document holds there only, and decides.
    """
    told = zone_evidence(zones).to_numpy()[met.of_right]
    for named, said in ((parameters.economic_labels, BY_TEXT), (parameters.other_labels, None)):
        for key, labels in named.items():
            told[_is_named(sites, zones, met, key, labels)] = said
    return told


def _is_named(
    sites: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    met: Meetings,
    key: str,
    labels: tuple[str, ...],
) -> Mask:
    """Return the mask of the meetings of a commune or of a document with zones so labelled."""
    is_labelled = zones["label"].isin(labels).to_numpy(dtype=bool)[met.of_right]
    is_there = sites["commune"].eq(key).to_numpy(dtype=bool)[met.of_left]
    if "document_id" in zones:
        # «PLUi» and «PLUI» name the same document: producers write both.
        documents = zones["document_id"].astype("string").str.casefold()
        is_there |= documents.eq(key.casefold()).to_numpy(dtype=bool, na_value=False)[met.of_right]
    named: Mask = is_labelled & is_there
    return named


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


TERRAIN_COLUMNS = ("terrain_id", "occupancy", "selling_stage", "fitting_stage", "use")


def _with_terrains(sites: gpd.GeoDataFrame, terrains: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Add the plot of the EPCI's inventory each site belongs to, and its state."""
    ours = [_of_terrain(name) for name in TERRAIN_COLUMNS]
    if terrains is None or terrains.empty:
        return sites.assign(**dict.fromkeys(ours))
    position = _member_of(sites, terrains)
    found = {_of_terrain(name): taken(terrains[name], position) for name in TERRAIN_COLUMNS}
    whole = np.where(position >= 0, sites.geometry.to_numpy(), sites["economic"].to_numpy())
    return sites.assign(**found, economic=whole)


def _of_terrain(name: str) -> str:
    return f"terrain_{name.removeprefix('terrain_')}"


def _with_friches(sites: gpd.GeoDataFrame, friches: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    columns = {
        "friche_id": "site_id",
        "friche_name": "name",
        "friche_status": "status",
        "friche_pollution": "pollution",
        "friche_verification": "verification",
    }
    if friches is None or friches.empty:
        return sites.assign(**dict.fromkeys(columns), is_friche=False)
    friches = _gravest_first(friches)
    position = _friche_of(sites, friches)
    found = {
        ours: taken(friches[theirs], position) if theirs in friches else None
        for ours, theirs in columns.items()
    }
    sites = sites.assign(**found)
    is_friche = sites["friche_status"].isin(VERIFIED_STATUSES)
    whole = np.where(is_friche, sites.geometry.to_numpy(), sites["economic"].to_numpy())
    return sites.assign(is_friche=is_friche, economic=whole)


def _gravest_first(friches: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return friches so ordered that, of two on the same land, the worse news comes first."""
    gravity = friches["status"].map({name: n for n, name in enumerate(GRAVITY)}).fillna(0)
    order = friches.assign(gravity=gravity).sort_values(["gravity", "site_id"]).index
    return friches.loc[order].reset_index(drop=True)


def _friche_of(sites: gpd.GeoDataFrame, friches: gpd.GeoDataFrame) -> Positions:
    """Return the position of the friche of each site, -1 if none: by parcel, outline, point."""
    position = pd.Series(_member_of(sites, friches), index=sites.index)
    points = friches[friches.geometry.geom_type.eq("Point") & friches["parcel_ids"].isna()]
    hits, rows = shapely.STRtree(sites.geometry.to_numpy()).query(
        points.geometry.to_numpy(), predicate="intersects"
    )
    by_point = pd.Series(points.index.to_numpy()[hits], index=sites.index[rows]).sort_values()
    by_point = by_point[~by_point.index.duplicated()].reindex(sites.index, fill_value=-1)
    return position.where(position >= 0, by_point).to_numpy(dtype=np.intp)


def _member_of(sites: gpd.GeoDataFrame, groups: gpd.GeoDataFrame) -> Positions:
    """Return the position of the row of `groups` each site belongs to, -1 if none.

    The parcels a row names decide (`parcel_ids`), else the outline that holds half of the site.
    """
    listed = groups["parcel_ids"].astype("string").str.split("|").explode().dropna()
    by_parcel = pd.Series(listed.index, index=listed.to_numpy())
    by_parcel = by_parcel[~by_parcel.index.duplicated(keep="first")]
    named = sites["site_id"].map(by_parcel)
    held = pd.Series(_holders(sites.geometry, groups.geometry), index=sites.index)
    return named.fillna(held).astype(np.intp).to_numpy()


def _holders(sites: gpd.GeoSeries, shapes: gpd.GeoSeries) -> Positions:
    """Return the position of the shape that holds at least half of each site; -1 if none."""
    best, shared_m2 = meetings(sites, shapes).largest()
    holds_half = shared_m2 >= BELONGS_SHARE * sites.area.to_numpy()
    best[~holds_half] = -1
    return best
