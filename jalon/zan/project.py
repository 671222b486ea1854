"""What a project costs: hectares by class, local or national, in which period (rulebook 2.4).

A cost is an interval [lo, hi]: lo is what is known to be agricultural, natural or forest, hi
adds what no source tells. The PLU zone is never read (R-PAR-3) and no piece is too small to
count (R-PAR-4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WORKING
from geo.errors import InputError, raise_all
from geo.overlay import meetings, subtract
from geo.shapes import EMPTY, M2_PER_HA, repair
from jalon.zan.cost_remarks import remarked
from jalon.zan.envelope import TOLERANCE_HA
from jalon.zan.hints import NO_HINT, Hints, hinted
from jalon.zan.land_class import ENAF_CLASSES, LandClass
from jalon.zan.law import Law
from jalon.zan.occupation import class_areas_ha, class_pieces, enaf_cost_ha
from jalon.zan.pene import PeneStatus
from jalon.zan.periods import CHARGED_SHARES, period_fr
from jalon.zan.photovoltaic import EXEMPTIBLE, PvGuarantees, doubts_fr, exemption
from jalon.zan.rules import rules_on

Sources = tuple[gpd.GeoDataFrame, ...]

CLASS_COLUMNS = {
    LandClass.URBANISED: "urbanised_ha",
    LandClass.FARM: "farm_ha",
    LandClass.NATURE: "nature_ha",
    LandClass.FOREST: "forest_ha",
    LandClass.UNKNOWN: "unknown_ha",
}

MAX_DEGREES = 360.0
"""A footprint whose coordinates all stay below this was drawn in longitude and latitude."""

LISTED_RULE = "R-PENE-2"
SURENESS = ("sure", "possible")

OUTSIDE = ""
"""The commune of land that lies in none of those given, until the rows are handed over."""


@dataclass(frozen=True, slots=True)
class Project:
    """A footprint in EPSG:2154 (buildings, yards, roads, basins, access) and its options.

    `whole_unit` is the whole unité foncière; None is not told. `works_on` is the day works
    effectively begin. Renaturation that is planned gives no credit before it is effective; it
    is credited to `restored_commune`, or to the commune of the project when it has only one.
    """

    project_id: str
    footprint: shapely.Geometry
    whole_unit: shapely.Geometry | None = None
    works_on: date | None = None
    pene: PeneStatus = PeneStatus.NOT_LISTED
    photovoltaic: PvGuarantees | None = None
    restored_effective_ha: float = 0.0
    restored_planned_ha: float = 0.0
    restored_commune: str | None = None


def project_costs(
    projects: Sequence[Project], sources: Sources, law: Law, *, hints: Hints = NO_HINT
) -> pd.DataFrame:
    """Return one row a project, in the order given.

    Columns: project_id; area_ha and its parts CLASS_COLUMNS; enaf_lo_ha, enaf_hi_ha on the
    footprint (R-PAR-1 to 5); whole_lo_ha, whole_hi_ha on the whole unit (R-PAR-6), missing
    without it; pv_exempt_lo_ha, pv_exempt_hi_ha (R-PAR-9, 9b); local_lo_ha, local_hi_ha,
    charged to the territories in the tranche, and national_lo_ha, national_hi_ha (R-PENE-2),
    all four missing after it; restored_ha (R-PAR-11); period (R-PAR-7); pene; rule_ids and
    warnings_fr (tuples).
    """
    _check(projects)
    footprints = _footprints(projects)
    measured = _measured(footprints, _wholes(projects), sources)
    measured = measured.join(hinted(footprints, sources, hints)).reset_index()
    return remarked(_charged(measured, _options(projects, law)), _rules_in_force(law))


def costs_by_commune(
    projects: Sequence[Project], communes: gpd.GeoDataFrame, sources: Sources, law: Law
) -> pd.DataFrame:
    """Return one row a project and commune it touches, with the columns of `project_costs`.

    `communes` needs insee and outlines that do not overlap. Land outside them all keeps a row
    whose commune is missing, so that the rows of a project add up to it; hints are told of
    whole projects only. Sorted by project, then commune.
    """
    _check(projects)
    outlines = communes.sort_values("insee", ignore_index=True)
    parts, wholes = _split(_footprints(projects), outlines), _split(_wholes(projects), outlines)
    keys = parts.index.union(wholes.index).union(_restored_places(projects))
    footprints = _at(parts, keys, absent=EMPTY)
    measured = _measured(footprints, _at(wholes, keys, absent=None), sources).reset_index()
    measured = measured.assign(friche_enaf_ha=0.0, pene_names="")
    costs = _restored_where_told(_charged(measured, _options(projects, law)))
    costs = costs.assign(commune=costs["commune"].where(costs["commune"].ne(OUTSIDE)))
    return remarked(costs, _rules_in_force(law))


def pieces(projects: Sequence[Project], sources: Sources) -> gpd.GeoDataFrame:
    """Return the pieces of each footprint, for a map or a sheet.

    Columns project_id, land_class, source_fr (missing where nothing tells), is_enaf, area_ha,
    geometry; the pieces of a project never overlap and add up to its footprint.
    """
    found = class_pieces(_footprints(projects), sources)
    is_enaf = found["land_class"].isin(ENAF_CLASSES)
    return found.assign(is_enaf=is_enaf).rename_axis("project_id").reset_index()


def overlaps(projects: Sequence[Project]) -> pd.DataFrame:
    """Return one row a pair of projects that share land, which both count.

    Columns project_id, other_id, shared_ha, sorted; a pair is told once.
    """
    footprints = _footprints(projects)
    met = meetings(footprints, footprints)
    names = footprints.index.to_numpy()
    rows = pd.DataFrame(
        {
            "project_id": names[met.of_left],
            "other_id": names[met.of_right],
            "shared_ha": met.piece_m2 / M2_PER_HA,
        }
    )
    once = rows[(met.of_left < met.of_right) & (rows["shared_ha"] > TOLERANCE_HA)]
    return once.groupby(["project_id", "other_id"])["shared_ha"].sum().reset_index()


def _check(projects: Sequence[Project]) -> None:
    """Refuse projects that cannot be told apart, drawn or read."""
    if not projects:
        raise InputError("Aucun projet à évaluer.", "Dessinez au moins une emprise.")
    told = pd.DataFrame(
        {
            "name": [one.project_id for one in projects],
            "least_ha": [min(o.restored_effective_ha, o.restored_planned_ha) for o in projects],
        }
    )
    shapes = np.array([one.footprint for one in projects], dtype=object)
    is_in_degrees = (np.abs(shapely.bounds(shapes)) <= MAX_DEGREES).all(axis=1)
    masks = {
        "décrit deux fois": told["name"].duplicated(),
        "emprise sans surface": ~(shapely.area(shapes) > 0),
        "emprise en degrés": is_in_degrees,
        "renaturation négative": ~told["least_ha"].ge(0),
    }
    faults = [
        f"projet « {name} » : {what}" for what, mask in masks.items() for name in told["name"][mask]
    ]
    raise_all(faults, subject="Projets refusés", hint="Décrivez chacun une fois, en Lambert-93.")


def _footprints(projects: Sequence[Project]) -> gpd.GeoSeries:
    return _drawn(projects, [one.footprint for one in projects])


def _wholes(projects: Sequence[Project]) -> gpd.GeoSeries:
    """Return each whole unit, with what of the footprint lies outside it (an access road)."""
    units = _drawn(projects, [one.whole_unit for one in projects])
    return units.union(_footprints(projects))


def _drawn(projects: Sequence[Project], shapes: Sequence[shapely.Geometry | None]) -> gpd.GeoSeries:
    names = pd.Index([one.project_id for one in projects], name="project_id", dtype=object)
    return repair(gpd.GeoSeries(shapes, index=names, crs=WORKING))


def _measured(
    footprints: gpd.GeoSeries, whole_units: gpd.GeoSeries, sources: Sources
) -> pd.DataFrame:
    """Return the hectares of each class, and what footprint and whole unit would consume."""
    areas = class_areas_ha(footprints, sources).rename(columns=dict(CLASS_COLUMNS))
    low_ha = areas[[CLASS_COLUMNS[kind] for kind in ENAF_CLASSES]].sum(axis=1)
    is_drawn = ~shapely.is_missing(whole_units.to_numpy())
    whole = enaf_cost_ha(whole_units[is_drawn], sources).add_prefix("whole_")
    return areas.assign(
        area_ha=areas.sum(axis=1),
        enaf_lo_ha=low_ha,
        enaf_hi_ha=low_ha + areas["unknown_ha"],
    ).join(whole)


def _options(projects: Sequence[Project], law: Law) -> pd.DataFrame:
    """Return what was told of each project, by project_id."""
    is_listed = LISTED_RULE in _rules_in_force(law)
    rows = [
        {
            "project_id": one.project_id,
            "pene": one.pene.value,
            "is_national": is_listed and one.pene is PeneStatus.ANNEX_1,
            "period": period_fr(one.works_on, law),
            "is_undated": one.works_on is None,
            "restored_ha": one.restored_effective_ha,
            "planned_ha": one.restored_planned_ha,
            "restored_commune": one.restored_commune,
            **_exemptions(one.photovoltaic, law),
        }
        for one in projects
    ]
    return pd.DataFrame(rows).set_index("project_id")


def _rules_in_force(law: Law) -> frozenset[str]:
    return frozenset(rule.rule_id for rule in rules_on(law.on))


def _exemptions(guarantees: PvGuarantees | None, law: Law) -> dict[str, object]:
    """Return, for each class panels may stand on, whether they surely and possibly do not count."""
    if guarantees is None:
        blank = {f"{sure}_{CLASS_COLUMNS[k]}": False for sure in SURENESS for k in EXEMPTIBLE}
        return {"is_pv": False, "pv_lacking": "", "pv_untold": "", **blank}
    lacking, untold = doubts_fr(guarantees, law)
    found = {kind: exemption(guarantees, kind, law) for kind in EXEMPTIBLE}
    sure = {f"sure_{CLASS_COLUMNS[kind]}": one.is_sure for kind, one in found.items()}
    possible = {f"possible_{CLASS_COLUMNS[kind]}": one.is_possible for kind, one in found.items()}
    return {"is_pv": True, "pv_lacking": lacking, "pv_untold": untold, **sure, **possible}


def _charged(measured: pd.DataFrame, options: pd.DataFrame) -> pd.DataFrame:
    """Add who is charged: nothing outside the tranche, the nation for annex I, else the place."""
    costs = measured.join(options, on="project_id")
    costs = costs.assign(
        pv_exempt_lo_ha=_exempt_ha(costs, "sure"),
        pv_exempt_hi_ha=_exempt_ha(costs, "possible"),
    )
    is_national = costs["is_national"]
    due = costs["period"].map(lambda period: CHARGED_SHARES.get(period, 1.0))
    low_ha = (costs["enaf_lo_ha"] - costs["pv_exempt_hi_ha"]) * due
    high_ha = (costs["enaf_hi_ha"] - costs["pv_exempt_lo_ha"]) * due
    return costs.assign(
        local_lo_ha=low_ha.mask(is_national, 0.0 * due),
        local_hi_ha=high_ha.mask(is_national, 0.0 * due),
        national_lo_ha=low_ha.where(is_national, 0.0 * due),
        national_hi_ha=high_ha.where(is_national, 0.0 * due),
    )


def _exempt_ha(costs: pd.DataFrame, sureness: str) -> "pd.Series[float]":
    """Return the hectares of known natural and farmed land that panels leave out of the count."""
    columns = [CLASS_COLUMNS[kind] for kind in EXEMPTIBLE]
    counted = [costs[name] * costs[f"{sureness}_{name}"].astype(float) for name in columns]
    return sum(counted[1:], start=counted[0])


def _split(shapes: gpd.GeoSeries, outlines: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the part of each shape in each commune; index project_id, commune."""
    met = meetings(shapes, outlines.geometry)
    rest = subtract(shapes, gpd.GeoSeries(met.covered, index=shapes.index, crs=shapes.crs))
    rest = rest[rest.area.to_numpy() > 0]
    names, insee = shapes.index.to_numpy(), outlines["insee"].to_numpy(dtype=object)
    parts = pd.DataFrame(
        {
            "project_id": [*names[met.of_left], *rest.index],
            "commune": [*insee[met.of_right], *[OUTSIDE] * len(rest)],
            "geometry": [*met.pieces, *rest],
        }
    )
    # A commune cut in tiles may give several pieces of one project.
    gathered = parts.groupby(["project_id", "commune"])["geometry"].agg(_union)
    return gpd.GeoSeries(gathered.to_numpy(dtype=object), gathered.index, crs=shapes.crs)


def _union(shapes: pd.Series) -> shapely.Geometry:
    return shapely.union_all(shapes.to_numpy())


def _restored_places(projects: Sequence[Project]) -> pd.MultiIndex:
    """Return the communes where renaturation is told, so that none is lost."""
    told = [(one.project_id, one.restored_commune) for one in projects if one.restored_commune]
    return pd.MultiIndex.from_tuples(told, names=["project_id", "commune"])


def _at(parts: gpd.GeoSeries, keys: pd.Index, *, absent: shapely.Geometry | None) -> gpd.GeoSeries:
    """Return the part of each key, `absent` where it has none."""
    shapes = np.full(len(keys), absent, dtype=object)
    shapes[keys.get_indexer(parts.index)] = parts.to_numpy()
    return gpd.GeoSeries(shapes, index=keys, crs=WORKING)


def _restored_where_told(costs: pd.DataFrame) -> pd.DataFrame:
    """Keep renaturation in its commune only; told nowhere, it is that of the only commune."""
    is_on = costs["area_ha"].gt(0)
    is_only = is_on & is_on.groupby(costs["project_id"]).transform("sum").eq(1)
    is_untold = costs["restored_commune"].isna()
    is_there = costs["restored_commune"].eq(costs["commune"]) | (is_untold & is_only)
    return costs.assign(
        is_restoration_lost=is_untold & is_on & ~is_only & costs["restored_ha"].gt(0),
        restored_ha=costs["restored_ha"].where(is_there, 0.0),
        planned_ha=costs["planned_ha"].where(is_there, 0.0),
    )
