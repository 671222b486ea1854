"""What a footprint costs where it stands: classes, territories, net change, clues."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import EXCHANGE, WORKING
from geo.overlay import meetings
from geo.shapes import repair
from jalon.envelopes import Envelopes
from jalon.tables import SLIVER_M2, LandTables
from jalon.ui.drawings import Drawing
from jalon.ui.project_options import ProjectOptions
from jalon.zan.artificialisation import REACH_M, NetChange, net_of_footprint
from jalon.zan.hints import Hints
from jalon.zan.infill import Surroundings, infill_evidence
from jalon.zan.law import Law, law_on
from jalon.zan.levels import COMMUNE, LEVELS
from jalon.zan.project import Project, Sources, costs_by_commune, pieces, project_costs
from jalon.zan.selection import POOL_FR, SELECTION_FR, SEVERITY, Verdict, selection_tests

PROJECT_ID = "projet"


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of the ground of some communes; `pene` is None when never imported."""

    tables: LandTables
    sources: Sources
    communes: gpd.GeoDataFrame
    pene: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a footprint costs: `figures` is its row of `project_costs`.

    `tests` has a row a territory; `pieces` cut the footprint by class and source; `net` is
    None without OCS GE there; `clues` are those of `infill_evidence`.
    """

    figures: pd.Series
    tests: pd.DataFrame
    pieces: gpd.GeoDataFrame
    net: NetChange | None
    clues: pd.DataFrame

    @property
    def verdict(self) -> Verdict:
        """The verdict of the territory that binds most; a pool speaks for its communes."""
        level = self.tests["level"]
        silent = {COMMUNE.name_fr} if level.eq(POOL_FR).any() else set()
        told = [Verdict(one) for one in self.tests.loc[~level.isin(silent), "verdict"]]
        return max(told, key=SEVERITY.__getitem__, default=Verdict.UNCERTAIN)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The rules that acted, each once."""
        listed = [*self.figures["rule_ids"], *(() if self.net is None else self.net.rule_ids)]
        listed += [one for rule_ids in self.tests["rule_ids"] for one in rule_ids]
        return tuple(dict.fromkeys(listed))


def shapes_of(drawings: Sequence[Drawing]) -> gpd.GeoSeries:
    """Return the drawings as polygons in EPSG:2154, named «Dessin 1», «Dessin 2» and so on."""
    names = [f"Dessin {rank}" for rank in range(1, len(drawings) + 1)]
    shapes = [shapely.geometry.shape(one.geometry) for one in drawings]
    return gpd.GeoSeries(shapes, index=names, crs=EXCHANGE).to_crs(WORKING)


def cost_of(
    footprint: shapely.Geometry,
    ground: Ground,
    envelopes: Envelopes,
    *,
    options: ProjectOptions,
    as_of: date,
) -> Cost:
    """Return what `footprint` (EPSG:2154) costs on the law of a day, and to whom."""
    law = law_on(as_of)
    drawn = gpd.GeoSeries([footprint], index=[PROJECT_ID], crs=WORKING)
    seen = nearby(ground, footprint)
    project = options.project(PROJECT_ID, footprint, whole_unit(footprint, seen.tables))
    hints = Hints(pene=seen.pene, friches=seen.tables.friches)
    figures = project_costs([project], seen.sources, law, hints=hints).iloc[0]
    return Cost(
        figures,
        territory_tests(project, seen, envelopes, law),
        pieces([project], seen.sources),
        net_of_footprint(drawn, seen.tables.land_cover, law, kind=options.after),
        infill_evidence(drawn, _surroundings(seen, ground.tables.roads)),
    )


def costs_by_drawing(
    shapes: gpd.GeoSeries, ground: Ground, options: ProjectOptions, as_of: date
) -> pd.DataFrame:
    """Return the row of `project_costs` of each drawing taken alone, without renaturation."""
    plain = options.model_copy(update={"restored_effective_ha": 0.0, "restored_planned_ha": 0.0})
    projects = [plain.project(str(name), shape, None) for name, shape in shapes.items()]
    seen = nearby(ground, shapes.union_all())
    return project_costs(projects, seen.sources, law_on(as_of))


def territory_tests(
    project: Project, ground: Ground, envelopes: Envelopes, law: Law
) -> pd.DataFrame:
    """Return what the project asks of each territory it touches, and what would remain."""
    costs = costs_by_commune([project], ground.communes, ground.sources, law)
    costs = costs.assign(commune=costs["commune"].astype("str"))  # also where all are missing
    return site_tests(costs, envelopes)


def site_tests(costs: pd.DataFrame, envelopes: Envelopes) -> pd.DataFrame:
    """Return the tests of sites, not of their whole; a territory without account is named too."""
    tested = selection_tests(costs, envelopes.accounts, envelopes.belonging, envelopes.pools)
    told = tested[tested["site_id"].ne(SELECTION_FR)].reset_index(drop=True)
    for level in LEVELS:
        known = envelopes.belonging.dropna(subset=[level.code])
        names = known.drop_duplicates(level.code).set_index(level.code)[level.label]
        named = told["code"].where(told["level"].eq(level.name_fr)).map(names)
        told["name"] = told["name"].fillna(named.astype("str"))  # also where all are missing
    return told


def whole_unit(footprint: shapely.Geometry, tables: LandTables) -> shapely.Geometry | None:
    """Return the parcels the footprint stands on, with the unités foncières they belong to.

    A parcel of which the drawing takes less than SLIVER_M2 is a neighbour. None without any.
    """
    touched = _met(gpd.GeoSeries([footprint], crs=WORKING), tables.parcels)
    if touched.empty:
        return None
    units = _units(touched, tables.land_units)
    return shapely.union_all(repair(pd.concat([touched.geometry, units.geometry])).to_numpy())


def _units(parcels: gpd.GeoDataFrame, units: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return the unit most of each parcel lies in."""
    if units is None:
        return parcels.iloc[:0]
    best, _ = meetings(parcels.geometry, units.geometry).largest()
    return units.iloc[np.unique(best[best >= 0])]


def _met(footprint: gpd.GeoSeries, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows that share more than a sliver with the footprint."""
    met = meetings(footprint, table.geometry)
    return table.iloc[np.unique(met.of_right[met.piece_m2 > SLIVER_M2])]


def nearby(ground: Ground, footprint: shapely.Geometry) -> Ground:
    """Return the ground within REACH_M of a footprint, all that its cost depends on."""
    box = shapely.box(*footprint.buffer(REACH_M).bounds)
    tables = ground.tables
    near = replace(
        tables,
        parcels=tables.parcels.iloc[_rows(tables.parcels, box)],
        land_units=_within(tables.land_units, box),
        land_cover=_within(tables.land_cover, box),
        crops=_within(tables.crops, box),
        friches=_within(tables.friches, box),
        zoning=_within(tables.zoning, box),
    )
    return Ground(
        near,
        tuple(source.iloc[_rows(source, box)] for source in ground.sources),
        ground.communes.iloc[_rows(ground.communes, box)],
        _within(ground.pene, box),
    )


def _within(table: gpd.GeoDataFrame | None, box: shapely.Geometry) -> gpd.GeoDataFrame | None:
    return None if table is None else table.iloc[_rows(table, box)]


def _rows(table: gpd.GeoDataFrame, box: shapely.Geometry) -> np.ndarray:
    return np.sort(table.sindex.query(box))


def _surroundings(seen: Ground, roads: gpd.GeoDataFrame | None) -> Surroundings:
    """Return what the clues are read from; the nearest road may be far."""
    return Surroundings(
        seen.sources,
        land_cover=seen.tables.land_cover,
        crops=seen.tables.crops,
        zoning=seen.tables.zoning,
        networks={} if roads is None else {"route": roads.geometry},
    )
