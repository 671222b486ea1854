"""Which data were there for each site: what was not imported is missing, never «nothing»."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.overlay import clip_to_union
from jalon.model import LandParameters
from jalon.tables import LandTables

DOCUMENTED_SHARE: Final = 0.02
"""A file speaks of a commune when it covers this share of its parcels: plans of neighbours
spill over a shared limit by a metre or so, about a thousandth of a commune."""

SEVESO_DATASET = "seveso_effets"
"""Rings around one works say nothing of the other risks of a commune."""

EXPECTED_LAYERS = {
    "zoning": "zonage d'urbanisme",
    "buildings": "bâtiments",
    "risks": "risques",
    "land_cover": "occupation du sol (OCS GE)",
    "crops": "registre parcellaire graphique",
    "friches": "friches",
    "zae": "zones d'activité",
}
"""What a full judgement reads; each missing one lowers the reliability by a seventh."""


def missing_layers(
    sites: gpd.GeoDataFrame, tables: LandTables, parameters: LandParameters
) -> pd.DataFrame:
    """Return, for each site and expected layer, whether the layer says nothing of its commune.

    Zoning, risks and land cover must cover a notable share of the commune; buildings must
    stand in it. For crops, friches and ZAE, which a commune may really not have, a file that
    holds anything nearby is enough.
    """
    nearby = {name: not _has_rows(getattr(tables, name)) for name in EXPECTED_LAYERS}
    return pd.DataFrame(nearby, index=sites.index).assign(
        zoning=_is_uncovered(sites, tables.zoning),
        land_cover=_is_uncovered(sites, tables.land_cover),
        risks=_is_uncovered(sites, _plans(tables))
        & ~sites["commune"].isin(parameters.communes_without_risk_plan),
        buildings=~_by_commune(sites, _holds_a_point(sites, tables.buildings)),
    )


def _has_rows(table: gpd.GeoDataFrame | None) -> bool:
    return table is not None and len(table) > 0


def _plans(tables: LandTables) -> gpd.GeoDataFrame | None:
    """Return the risk zones that come from a prevention plan."""
    if tables.risks is None:
        return None
    seveso = {s.source_id for s in tables.sources if s.dataset_id == SEVESO_DATASET}
    return tables.risks[~tables.risks["source_id"].isin(seveso)]


def _is_uncovered(sites: gpd.GeoDataFrame, table: gpd.GeoDataFrame | None) -> "pd.Series[bool]":
    """Return the mask of the sites whose commune `table` hardly covers."""
    if table is None or table.empty:
        return pd.Series(data=True, index=sites.index)
    covered_m2 = shapely.area(clip_to_union(sites.geometry, table.geometry).to_numpy())
    commune = sites["commune"].to_numpy()
    covered = pd.Series(covered_m2, index=sites.index).groupby(commune).transform("sum")
    whole = sites.area.groupby(commune).transform("sum")
    return covered < DOCUMENTED_SHARE * whole


def _holds_a_point(sites: gpd.GeoDataFrame, table: gpd.GeoDataFrame | None) -> "pd.Series[bool]":
    if table is None:
        return pd.Series(data=False, index=sites.index)
    inner = shapely.point_on_surface(table.geometry.to_numpy())
    rows, _ = shapely.STRtree(inner).query(sites.geometry.to_numpy(), predicate="contains")
    return pd.Series(np.isin(np.arange(len(sites)), rows), index=sites.index)


def _by_commune(sites: gpd.GeoDataFrame, mask: "pd.Series[bool]") -> "pd.Series[bool]":
    return mask.groupby(sites["commune"]).transform("any").astype(bool)
