"""What bears on whether a plot is a gap in an urbanised space (dent creuse): shown, not decided.

Whether a plot is an espace urbanisé is a judgement on a bundle of clues (rulebook 3.2 and 5):
nothing here ever changes the class of a piece of land.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import Floats, covered_share, meetings, nearest_m, taken
from geo.shapes import Geometries, area_ha
from jalon.french import NARROW_SPACE, hectares, number, percent
from jalon.zan.land_class import LandClass
from jalon.zan.occupation import class_pieces

RING_M = 2.0
"""How far across its limit the neighbour of a plot is read."""

GAP_M = 0.5
"""Two drawings of one limit differ by less than this."""

UNKNOWN_FR = "inconnu"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around the plots; None was never imported.

    `sources` are those of the occupation. `crops` may hold several years (column `vintage`).
    `networks` are lines by their French name.
    """

    sources: tuple[gpd.GeoDataFrame, ...]
    land_cover: gpd.GeoDataFrame | None = None
    crops: gpd.GeoDataFrame | None = None
    zoning: gpd.GeoDataFrame | None = None
    networks: Mapping[str, gpd.GeoSeries] = field(default_factory=dict)


def infill_clues(plots: gpd.GeoSeries, around: Surroundings) -> pd.DataFrame:
    """Return the clues on each plot as French texts, one column a clue; sources in CLUES_FR.

    The zone is there for information: it decides nothing (R-PAR-3).
    """
    urban, unknown = edge_shares(plots, around.sources)
    clues = {
        "Surface": [hectares(one) for one in area_ha(plots)],
        "Limites bordées d'espaces urbanisés": [percent(one, 0) for one in urban],
        "Limites bordées d'occupation inconnue": [percent(one, 0) for one in unknown],
        "Déclaré à la PAC": _declared(plots, around.crops),
        "Couverture et usage": _cover_and_use(plots, around.land_cover),
        "Réseaux": _networks(plots, around.networks),
        "Zone du PLU (information)": _zone(plots, around.zoning),
    }
    return pd.DataFrame(clues, index=plots.index)


CLUES_FR = {
    "Surface": "emprise",
    "Limites bordées d'espaces urbanisés": "occupation réelle",
    "Limites bordées d'occupation inconnue": "occupation réelle",
    "Déclaré à la PAC": "RPG",
    "Couverture et usage": "OCS GE",
    "Réseaux": "réseaux importés",
    "Zone du PLU (information)": "document d'urbanisme, sans effet sur le coût",
}
"""Each clue and where it comes from."""


def infill_evidence(plots: gpd.GeoSeries, around: Surroundings) -> pd.DataFrame:
    """Return one row a plot and clue: plot_id, evidence_fr, value_fr, source_fr."""
    clues = infill_clues(plots, around).rename_axis("plot_id").reset_index()
    rows = clues.melt(id_vars="plot_id", var_name="evidence_fr", value_name="value_fr")
    rows = rows.assign(source_fr=rows["evidence_fr"].map(CLUES_FR))
    order = pd.Index(plots.index).get_indexer(rows["plot_id"])
    return rows.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def edge_shares(
    plots: gpd.GeoSeries, sources: tuple[gpd.GeoDataFrame, ...]
) -> tuple[Floats, Floats]:
    """Return the shares of the perimeter across which land is urbanised, and is unknown."""
    outlines = plots.to_numpy()
    rings = shapely.difference(shapely.buffer(outlines, RING_M, join_style="mitre"), outlines)
    numbered = gpd.GeoSeries(rings, index=range(len(plots)), crs=plots.crs)
    found = class_pieces(numbered, sources)
    urban, unknown = (
        _edge_share(outlines, found[found["land_class"].eq(kind)])
        for kind in (LandClass.URBANISED, LandClass.UNKNOWN)
    )
    return urban, unknown


def _edge_share(outlines: Geometries, pieces: gpd.GeoDataFrame) -> Floats:
    edges = shapely.boundary(outlines)
    owners = pieces.index.to_numpy(dtype=np.intp)
    reach = shapely.buffer(pieces.geometry.to_numpy(), GAP_M)
    gathered = pd.Series(reach).groupby(owners).agg(_union)
    beside = np.full(len(edges), shapely.Polygon(), dtype=object)
    beside[gathered.index.to_numpy(dtype=np.intp)] = gathered.to_numpy(dtype=object)
    shared_m = shapely.length(shapely.intersection(edges, beside))
    whole_m = shapely.length(edges)
    share: Floats = np.divide(shared_m, whole_m, out=np.zeros(len(edges)), where=whole_m > 0)
    return share


def _union(shapes: pd.Series) -> shapely.Geometry:
    return shapely.union_all(shapes.to_numpy())


def _declared(plots: gpd.GeoSeries, crops: gpd.GeoDataFrame | None) -> list[str]:
    """Return the share declared as farmed, year by year when the years are known."""
    if crops is None:
        return [UNKNOWN_FR] * len(plots)
    years = crops.get("vintage", pd.Series("", index=crops.index)).fillna("").astype(str)
    told = [
        [
            f"{percent(share, 0)} {f'({year})' if year else ''}".rstrip()
            for share in covered_share(plots, crops.geometry[years.eq(year)])
        ]
        for year in sorted(years.unique(), reverse=True) or [""]
    ]
    return [", ".join(one) for one in zip(*told, strict=True)]


def _cover_and_use(plots: gpd.GeoSeries, land_cover: gpd.GeoDataFrame | None) -> list[str]:
    """Return the codes of the polygon that covers most of each plot."""
    if land_cover is None:
        return [UNKNOWN_FR] * len(plots)
    best, _ = meetings(plots, land_cover.geometry).largest()
    codes = land_cover["cover"].fillna("?") + " / " + land_cover["use"].fillna("?")
    return [UNKNOWN_FR if one is None else str(one) for one in taken(codes, best)]


def _networks(plots: gpd.GeoSeries, networks: Mapping[str, gpd.GeoSeries]) -> list[str]:
    if not networks:
        return [UNKNOWN_FR] * len(plots)
    told = [
        [f"{name} {_away(metres)}" for metres in nearest_m(plots, lines)]
        for name, lines in sorted(networks.items())
    ]
    return [", ".join(one) for one in zip(*told, strict=True)]


def _away(distance_m: float) -> str:
    return f"à {number(distance_m)}{NARROW_SPACE}m" if np.isfinite(distance_m) else UNKNOWN_FR


def _zone(plots: gpd.GeoSeries, zoning: gpd.GeoDataFrame | None) -> list[str]:
    if zoning is None:
        return [UNKNOWN_FR] * len(plots)
    best, _ = meetings(plots, zoning.geometry).largest()
    return [UNKNOWN_FR if one is None else str(one) for one in taken(zoning["label"], best)]
