"""Candidate sites: every parcel judged, kept or rejected with its reasons, and costed."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.shapes import area_ha
from jalon.measures import measure
from jalon.model import Effect, LandParameters, SiteStatus, is_generated
from jalon.presence import EXPECTED_LAYERS
from jalon.rules.base import verdicts
from jalon.rules.land import RULES
from jalon.tables import LandTables

STATUS_ORDER = tuple(SiteStatus)

SITE_COLUMNS = (
    "site_id",
    "kind",
    "commune",
    "status",
    "area_ha",
    "usable_ha",
    "piece_ha",
    "width_m",
    "built_share",
    "zone_label",
    "zone_type",
    "zae_name",
    "friche_id",
    "friche_name",
    "friche_status",
    "road_m",
    "enaf_lo_ha",
    "enaf_hi_ha",
    "whole_lo_ha",
    "whole_hi_ha",
    "reasons_fr",
    "rule_ids",
    "missing_fr",
    "reliability_share",
    "is_generated",
    "source_id",
    "geometry",
)


@dataclass(frozen=True, slots=True)
class LandOutcome:
    """Every site with its status, and the long table of verdicts it rests on."""

    sites: gpd.GeoDataFrame
    verdicts: pd.DataFrame

    @property
    def shortlist(self) -> gpd.GeoDataFrame:
        """The sites that are not rejected, best status first, then largest usable area."""
        kept = self.sites[self.sites["status"].ne(SiteStatus.UNAVAILABLE.value)]
        rank = kept["status"].map({status.value: n for n, status in enumerate(STATUS_ORDER)})
        order = kept.assign(rank=rank).sort_values(
            ["rank", "usable_ha", "site_id"], ascending=[True, False, True]
        )
        return kept.loc[order.index].reset_index(drop=True)


def judge(tables: LandTables, parameters: LandParameters) -> LandOutcome:
    """Return every parcel and friche of `tables` with status, reasons and ENAF cost."""
    measures = measure(tables, parameters)
    found = verdicts(measures, RULES, parameters)
    sites = measures.set_index("site_id", drop=False)
    by_site = found.groupby("site_id", sort=False)
    sites["reasons_fr"] = by_site["reason_fr"].agg(tuple)
    sites["rule_ids"] = by_site["rule_id"].agg(tuple)
    sites["status"] = _status(found).reindex(sites.index, fill_value=SiteStatus.UNDETERMINED.value)
    sites = _with_reliability(sites.reset_index(drop=True))
    sites["is_generated"] = sites["commune"].map(is_generated)
    ordered = sites[list(SITE_COLUMNS)].sort_values("site_id", ignore_index=True)
    return LandOutcome(sites=ordered, verdicts=found)


def _status(found: pd.DataFrame) -> pd.Series:
    """Return the status of each site: the gravest effect among its verdicts decides."""
    status_of = {
        Effect.EXCLUDES.value: SiteStatus.UNAVAILABLE.value,
        Effect.UNKNOWN.value: SiteStatus.UNDETERMINED.value,
        Effect.CAUTION.value: SiteStatus.CONDITIONAL.value,
        Effect.EVIDENCE.value: SiteStatus.AVAILABLE.value,
    }
    gravity = {effect: n for n, effect in enumerate(status_of)}
    gravest = found.assign(n=found["effect"].map(gravity)).groupby("site_id")["n"].min()
    return gravest.map(dict(enumerate(status_of.values())))


def _with_reliability(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the layers each site was judged without, and the share of those it was judged with."""
    absent = sites[[f"is_{name}_missing" for name in EXPECTED_LAYERS]].to_numpy(dtype=bool)
    names = np.array(list(EXPECTED_LAYERS.values()), dtype=object)
    missing = [tuple(names[row]) for row in absent]
    return sites.assign(missing_fr=missing, reliability_share=1 - absent.mean(axis=1))


def union_ha(sites: gpd.GeoDataFrame) -> float:
    """Return the hectares the sites cover together, each square metre once."""
    solid = sites[~sites["kind"].str.startswith("friche")]
    return float(area_ha(gpd.GeoSeries([shapely.union_all(solid.geometry)], crs=sites.crs))[0])
