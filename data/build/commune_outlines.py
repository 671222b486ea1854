"""One outline per commune, from two published versions of which neither is complete.

The newest outlines lag behind the list of communes: young mergers still show their former
commune as a hole, communes that were split again have no outline at all.
"""

import geopandas as gpd
import pandas as pd
import shapely

from data.territories import GeometrySource, MairieSource
from geo.crs import EXCHANGE

GRID_M = 0.1
MAX_TOWN_HALL_GAP_M = 500
"""The outlines are generalised: a town hall near a border may fall just outside. Farther away,
the published point is a wrong match (some are at 3,000 km)."""

SAME_LAND_SHARE = 0.5
"""Two versions of an outline differ by slivers: above one half, it is the same land."""

COMMUNE = "COM"
DELEGATED = ("COMD", "COMA")


def complete_outlines(
    former_codes: pd.Series,
    *,
    current: gpd.GeoDataFrame,
    previous: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Return one multipolygon and its `geometry_source` per commune, on a grid of 0.1 m.

    `former_codes`: index = code of each commune, value = tuple of the codes merged into it,
    or missing.
    `current` and `previous`: columns code, type (COM, COMD, COMA) and geometry in Lambert-93.
    A commune that neither version can draw keeps a missing geometry.
    """
    communes = gpd.GeoDataFrame(
        {"geometry_source": GeometrySource.PUBLISHED.value},
        geometry=_outlines(current, (COMMUNE,)).reindex(former_codes.index),
        index=former_codes.index,
    )
    communes = _add_former(communes, _merged_late(communes, former_codes, previous))
    communes = _rebuild(communes, former_codes, previous)
    communes = _remove_restored(communes)
    communes.geometry = _as_multipolygons(communes.set_precision(GRID_M))
    return communes


def town_halls(outlines: gpd.GeoSeries, published: gpd.GeoSeries) -> pd.DataFrame:
    """Return `mairie_lon`, `mairie_lat` (WGS84 degrees) and `mairie_source` of each outline.

    A published point missing or more than 500 m away is replaced by a point inside the outline.
    """
    points = published.reindex(outlines.index)
    is_kept = points.distance(outlines) <= MAX_TOWN_HALL_GAP_M
    chosen = points.where(is_kept, outlines.representative_point()).to_crs(EXCHANGE)
    source = is_kept.map({True: MairieSource.MAIRIE, False: MairieSource.REPRESENTATIVE_POINT})
    return pd.DataFrame(
        {
            "mairie_lon": chosen.x.round(6),
            "mairie_lat": chosen.y.round(6),
            "mairie_source": source.astype(str),
        },
    )


def _outlines(published: gpd.GeoDataFrame, types: tuple[str, ...]) -> gpd.GeoSeries:
    chosen = published[published["type"].isin(types) & published.geometry.notna()]
    return chosen.set_index("code").geometry.sort_index()


def _merged_late(
    communes: gpd.GeoDataFrame,
    former_codes: pd.Series,
    previous: gpd.GeoDataFrame,
) -> gpd.GeoSeries:
    """Former communes still drawn in `previous`, outside the outline of their new commune."""
    former = _matched(former_codes, _outlines(previous, (COMMUNE,)))
    merged = communes.geometry.loc[former.index]
    # A commune without any outline covers a share that is NaN: it is for `_rebuild`.
    return former[_share_covered(former, merged) < SAME_LAND_SHARE]


def _matched(codes: pd.Series, outlines: gpd.GeoSeries) -> gpd.GeoSeries:
    """Each outline named in the lists `codes`, indexed by the commune that names it."""
    links = codes.explode().dropna()
    links = links[links.isin(outlines.index)]
    return gpd.GeoSeries(outlines.loc[links].to_numpy(), index=links.index, crs=outlines.crs)


def _share_covered(parts: gpd.GeoSeries, covers: gpd.GeoSeries) -> pd.Series:
    shared = shapely.area(shapely.intersection(parts.to_numpy(), covers.to_numpy()))
    return pd.Series(shared / parts.area.to_numpy(), index=parts.index)


def _add_former(communes: gpd.GeoDataFrame, former: gpd.GeoSeries) -> gpd.GeoDataFrame:
    pieces = pd.concat([communes.geometry.loc[former.index.unique()], former])
    return _redrawn(communes, _union_by_index(pieces), GeometrySource.FORMER_ADDED)


def _rebuild(
    communes: gpd.GeoDataFrame,
    former_codes: pd.Series,
    previous: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Draw what has no outline from the delegated communes of the previous version."""
    blank = communes.index[communes.geometry.isna()]
    own_and_former = pd.concat([pd.Series(blank, index=blank), former_codes[blank]])
    pieces = _matched(own_and_former, _outlines(previous, DELEGATED))
    return _redrawn(communes, _union_by_index(pieces), GeometrySource.REBUILT)


def _remove_restored(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take the rebuilt communes out of the outlines that still contain them."""
    rebuilt = communes[communes["geometry_source"] == GeometrySource.REBUILT].geometry
    others = communes.geometry.drop(rebuilt.index)
    held_at, holder_at = others.sindex.query(rebuilt, predicate="intersects")
    held, holders = rebuilt.iloc[held_at], others.iloc[holder_at]
    is_inside = (_share_covered(held, holders) > SAME_LAND_SHARE).to_numpy()
    inside = gpd.GeoSeries(held.to_numpy()[is_inside], holders.index[is_inside], crs=held.crs)
    removed = _union_by_index(inside)
    remaining = others.loc[removed.index].difference(removed)
    return _redrawn(communes, remaining, GeometrySource.RESTORED_REMOVED)


def _union_by_index(pieces: gpd.GeoSeries) -> gpd.GeoSeries:
    return gpd.GeoDataFrame(geometry=pieces).dissolve(level=0).geometry


def _redrawn(
    communes: gpd.GeoDataFrame,
    outlines: gpd.GeoSeries,
    source: GeometrySource,
) -> gpd.GeoDataFrame:
    redrawn = communes.copy()
    redrawn.loc[outlines.index, "geometry"] = outlines
    redrawn.loc[outlines.index, "geometry_source"] = source.value
    return redrawn


def _as_multipolygons(outlines: gpd.GeoSeries) -> gpd.GeoSeries:
    parts = (None if shape is None else shapely.get_parts(shape) for shape in outlines)
    shapes = [None if part is None else shapely.multipolygons(part) for part in parts]
    return gpd.GeoSeries(shapes, index=outlines.index, crs=outlines.crs)
