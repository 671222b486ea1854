"""Candidate sites: every parcel judged, kept or rejected with its reasons, and costed."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.shapes import area_ha
from jalon.assemblies import assemble
from jalon.measures import measure
from jalon.model import Effect, LandParameters, SiteKind, SiteStatus, is_generated
from jalon.rules.base import verdicts
from jalon.rules.registry import RULES, SIZE_RULES
from jalon.tables import LandTables

STATUS_ORDER = tuple(SiteStatus)

STATUS_OF = {
    Effect.EXCLUDES.value: SiteStatus.UNAVAILABLE.value,
    Effect.UNKNOWN.value: SiteStatus.UNDETERMINED.value,
    Effect.CAUTION.value: SiteStatus.CONDITIONAL.value,
    Effect.EVIDENCE.value: SiteStatus.AVAILABLE.value,
}
"""The status an effect leads to, the gravest first."""

SITE_COLUMNS = (
    "site_id",
    "kind",
    "commune",
    "parcel_ids",
    "parcel_count",
    "status",
    "area_ha",
    "usable_ha",
    "piece_ha",
    "width_m",
    "elongation_ratio",
    "built_share",
    "flood_share",
    "zone_label",
    "zone_type",
    "zone_evidence",
    "zae_name",
    "terrain_id",
    "terrain_selling_stage",
    "friche_id",
    "friche_name",
    "friche_status",
    "friche_pollution",
    "land_unit_count",
    "road_m",
    "main_road_m",
    "motorway_m",
    "rail_m",
    "railway_m",
    "substation_m",
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
    """Return every parcel, assembly and friche with status, reasons and ENAF cost."""
    return with_assemblies(judge_singly(tables, parameters), parameters)


def judge_singly(tables: LandTables, parameters: LandParameters) -> LandOutcome:
    """Return every parcel and friche judged alone; `sites` keeps what assembling needs.

    What a commune's sites are worth depends on nothing but what lies around that commune.
    """
    measures = measure(tables, parameters)
    found = verdicts(measures, RULES, parameters)
    sites = _with_verdicts(measures, found)
    columns = [*SITE_COLUMNS, "land_unit_id", "usable", "is_only_too_small"]
    return LandOutcome(sites[columns].sort_values("site_id", ignore_index=True), found)


def with_assemblies(alone: LandOutcome, parameters: LandParameters) -> LandOutcome:
    """Return the outcome with the assemblies of parcels that are too small alone."""
    alone = _without_found_friches(alone)
    assembled = assemble(alone.sites, parameters)
    found = pd.concat([alone.verdicts, _joint_verdicts(assembled, alone.verdicts, parameters)])
    found = found.sort_values("site_id", kind="stable", ignore_index=True)
    judged = _with_verdicts(assembled, found)
    sites = pd.concat([alone.sites, judged]) if len(judged) else alone.sites
    ordered = sites[list(SITE_COLUMNS)].sort_values("site_id", ignore_index=True)
    return LandOutcome(sites=ordered, verdicts=found)


def _without_found_friches(alone: LandOutcome) -> LandOutcome:
    """Return the outcome without the friches that seemed without parcel in a lot of their own.

    Another lot may hold their parcels.
    """
    is_orphan = alone.sites["kind"].eq(SiteKind.FRICHE.value)
    found = alone.sites.loc[~is_orphan, "friche_id"].dropna()
    gone = alone.sites.loc[is_orphan & alone.sites["friche_id"].isin(found), "site_id"]
    return LandOutcome(
        sites=alone.sites[~alone.sites["site_id"].isin(gone)],
        verdicts=alone.verdicts[~alone.verdicts["site_id"].isin(gone)],
    )


def _with_verdicts(measures: gpd.GeoDataFrame, found: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the sites with their status, their rules and reasons, and what was not known."""
    sites = measures.set_index("site_id", drop=False)
    told = found[found["site_id"].isin(sites.index)]
    for name, column in (("rule_ids", "rule_id"), ("reasons_fr", "reason_fr")):
        listed = _listed(told, column).to_dict()
        sites[name] = [listed.get(site_id, ()) for site_id in sites.index]
    sites["status"] = _status(told).reindex(sites.index, fill_value=SiteStatus.UNDETERMINED.value)
    excluding = told[told["effect"].eq(Effect.EXCLUDES.value)]
    otherwise = excluding.loc[~excluding["rule_id"].isin(SIZE_RULES), "site_id"]
    sites["is_only_too_small"] = ~sites["site_id"].isin(otherwise)
    sites["is_generated"] = sites["commune"].map(is_generated)
    sites["parcel_count"] = sites["parcel_ids"].map(len)
    return sites.reset_index(drop=True)


def _listed(found: pd.DataFrame, column: str) -> pd.Series:
    """Return, by site, its values of `column` as a tuple, in the order of the verdicts.

    `found` is sorted by site.
    """
    values, ids = found[column].to_numpy(dtype=object), found["site_id"].to_numpy()
    starts = np.flatnonzero(np.append(True, ids[1:] != ids[:-1])[: len(ids)])
    ends = np.append(starts[1:], len(ids))[: len(starts)]
    lists = [tuple(values[start:end]) for start, end in zip(starts, ends, strict=True)]
    return pd.Series(lists, index=ids[starts], dtype=object)


def _status(found: pd.DataFrame) -> pd.Series:
    """Return the status of each site: the gravest effect among its verdicts decides."""
    gravity = {effect: n for n, effect in enumerate(STATUS_OF)}
    gravest = found.assign(n=found["effect"].map(gravity)).groupby("site_id")["n"].min()
    return gravest.map(dict(enumerate(STATUS_OF.values())))


def _joint_verdicts(
    assembled: gpd.GeoDataFrame, found: pd.DataFrame, parameters: LandParameters
) -> pd.DataFrame:
    """Return the verdicts of assemblies: those of their members, size judged anew.

    A rule that touches several members is told once, with how many it touches.
    """
    if assembled.empty:
        return found.iloc[:0]
    member_of = assembled[["site_id", "member_ids"]].explode("member_ids")
    theirs = member_of.merge(
        found[~found["rule_id"].isin(SIZE_RULES)], left_on="member_ids", right_on="site_id"
    )
    grouped = theirs.groupby(["site_id_x", "rule_id", "effect"], sort=False)["reason_fr"]
    told = grouped.agg(["first", "size"]).reset_index()
    more = (told["size"] - 1).map(lambda n: f" (et {n} autre(s) parcelle(s))." if n else ".")
    joint = pd.DataFrame(
        {
            "site_id": told["site_id_x"],
            "rule_id": told["rule_id"],
            "effect": told["effect"],
            "reason_fr": told["first"].str.removesuffix(".") + more,
        }
    )
    size_rules = tuple(rule for rule in RULES if rule.rule_id in SIZE_RULES)
    sizes = verdicts(assembled.assign(has_vocation=True), size_rules, parameters)
    order = {rule.rule_id: n for n, rule in enumerate(RULES)}
    both = pd.concat([sizes, joint], ignore_index=True)
    both["order"] = both["rule_id"].map(order)
    return both.sort_values(["site_id", "order"]).drop(columns="order")


def union_ha(sites: gpd.GeoDataFrame) -> float:
    """Return the hectares the sites cover together, each square metre once."""
    solid = sites[sites["kind"].ne(SiteKind.FRICHE.value)]
    return float(area_ha(gpd.GeoSeries([shapely.union_all(solid.geometry)], crs=sites.crs))[0])
