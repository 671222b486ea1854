"""What footprints cost in ENAF hectares: Jalon beside `geopandas.overlay` as its manual teaches.

Every source speaks in turn of what the stronger ones left: an intersection, then a difference.
"""

from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from bench.land.territory import ensure_territory
from bench.zan.timing import row, timed
from data.workspace import Workspace
from geo.shapes import M2_PER_HA
from jalon.zan.envelope import TOLERANCE_HA
from jalon.zan.land_class import ENAF_CLASSES, LandClass
from jalon.zan.law import law_on, verified_on
from jalon.zan.occupation import enaf_cost_ha, evidence
from jalon.zan.project import Project, project_costs

MARGIN_SHARE: Final = 0.1
"""A footprint reaches beyond its parcel: it crosses limits, as a drawn one does."""

Sources = tuple[gpd.GeoDataFrame, ...]


def rows(workdir: Path, counts: list[int], *, parcels: int) -> list[str]:
    """Return the rows of the table of costs, one size after the other."""
    space = Workspace(ensure_territory(workdir, parcel_count=parcels))
    sources = evidence(*(_layer(space, name) for name in ("land_cover", "crops", "buildings")))
    drawn = footprints(_layer(space, "parcels"))
    return [line for count in counts for line in _rows_of(drawn.head(count), sources)]


def _rows_of(drawn: gpd.GeoSeries, sources: Sources) -> list[str]:
    job = f"{len(drawn):,} footprints"
    ours = timed(lambda: enaf_cost_ha(drawn, sources))
    whole = timed(lambda: with_projects(drawn, sources))
    theirs = timed(lambda: with_overlay(drawn, sources), repeats=1)
    return [
        row((job, "Jalon, `enaf_cost_ha`"), ours, ours, "–"),
        row((job, "Jalon, `project_costs`"), whole, ours, disagreements(ours.answer, whole.answer)),
        row((job, "geopandas.overlay"), theirs, ours, disagreements(ours.answer, theirs.answer)),
    ]


def _layer(space: Workspace, layer_id: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(space.layer(layer_id))


def footprints(parcels: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return a footprint a parcel: the parcel a little swollen, in the order of identifiers."""
    ordered = parcels.sort_values("parcel_id", ignore_index=True).geometry
    swollen: gpd.GeoSeries = ordered.scale(1 + MARGIN_SHARE, 1 + MARGIN_SHARE)
    return swollen


def with_projects(drawn: gpd.GeoSeries, sources: Sources) -> pd.DataFrame:
    """Return the costs as the product gives them, with periods, rules and warnings."""
    projects = [Project(str(rank), shape) for rank, shape in drawn.items()]
    found = project_costs(projects, sources, law_on(verified_on()))
    return found.rename(columns={"enaf_lo_ha": "lo_ha", "enaf_hi_ha": "hi_ha"})


def with_overlay(drawn: gpd.GeoSeries, sources: Sources) -> pd.DataFrame:
    """Return the same costs by overlays of whole tables."""
    rest = gpd.GeoDataFrame({"rank": np.arange(len(drawn))}, geometry=drawn.to_numpy(), crs=2154)
    consumed = pd.Series(0.0, index=rest["rank"])
    enaf = [one.value for one in ENAF_CLASSES]
    for source in sources:
        telling = source[source["land_class"].ne(LandClass.UNKNOWN)][["land_class", "geometry"]]
        pieces = rest.overlay(telling, how="intersection", keep_geom_type=True)
        counted = pieces[pieces["land_class"].isin(enaf)]
        areas_ha = counted.geometry.area.groupby(counted["rank"]).sum() / M2_PER_HA
        consumed = consumed.add(areas_ha, fill_value=0.0)
        rest = rest.overlay(telling, how="difference", keep_geom_type=True)
    unknown = rest.geometry.area.groupby(rest["rank"]).sum() / M2_PER_HA
    high = consumed.add(unknown, fill_value=0.0)
    return pd.DataFrame({"lo_ha": consumed.to_numpy(), "hi_ha": high.to_numpy()})


def disagreements(ours: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """Return how many footprints cost otherwise by more than the tolerance."""
    gaps = np.abs(ours[["lo_ha", "hi_ha"]].to_numpy() - theirs[["lo_ha", "hi_ha"]].to_numpy())
    differing = int((gaps > TOLERANCE_HA).any(axis=1).sum())
    return f"{differing} of {len(ours):,} footprints"
