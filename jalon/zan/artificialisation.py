"""Net artificialisation, the measure from 2031: what a project changes of the ground (R-NET)."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WORKING
from geo.overlay import Floats, Mask, Positions
from geo.shapes import M2_PER_HA
from geo.thresholds import (
    NO,
    UNTOLD,
    YES,
    Kinds,
    Partition,
    at,
    first_holders,
    partition,
    patch_m2,
    patches,
    reaches,
)
from jalon.french import count, number
from jalon.zan.land_state import AfterKind, LandState, after_state, before_state
from jalon.zan.law import Law
from jalon.zan.matrix import BUILT, ThresholdKind, are_artificial, threshold

REACH_M = 500.0
"""How far around a footprint the ground is read: patches are dissolved beyond its edge."""

NOTED_HA = 1e-6
"""Below a hundredth of a square metre there is nothing to tell."""


@dataclass(frozen=True, slots=True)
class NetChange:
    """Net artificialisation between two states (R-NET-1), in hectares.

    `delta_lo_ha` and `delta_hi_ha` are equal unless some ground is undetermined;
    `absorbed_ha` is the ground that becomes artificial by enclosure alone (T1).
    """

    to_artificial_ha: float
    to_natural_ha: float
    delta_lo_ha: float
    delta_hi_ha: float
    absorbed_ha: float
    notes_fr: tuple[str, ...]
    rule_ids: tuple[str, ...]


def net_change(
    before: LandState, after: LandState, *, perimeter: shapely.Geometry | None = None
) -> NetChange:
    """Return Δ = land made artificial less land made natural over the perimeter (R-NET-1).

    Without a perimeter, over all the ground either state knows. Undetermined ground widens
    the interval, but for what the project cannot move.
    """
    ground = _common_ground(before, after, perimeter)
    of_before = first_holders(ground.faces, before.ground.faces)
    of_after = first_holders(ground.faces, after.ground.faces)
    is_counted = (of_before >= 0) | (of_after >= 0)
    if perimeter is not None:
        is_counted &= first_holders(ground.faces, np.array([perimeter])) >= 0
    area_ha = np.where(is_counted, ground.area_m2, 0.0) / M2_PER_HA
    compared = _Compared(before, after, of_before, of_after, area_ha)
    low_ha, high_ha = compared.range_ha()
    return NetChange(
        compared.turned_ha(NO, YES),
        compared.turned_ha(YES, NO),
        low_ha,
        high_ha,
        compared.absorbed_ha(),
        _notes(compared, high_ha - low_ha),
        _rule_ids(after),
    )


def net_of_footprint(
    footprint: gpd.GeoSeries,
    land_cover: gpd.GeoDataFrame | None,
    law: Law,
    *,
    kind: AfterKind = AfterKind.BUILT,
) -> NetChange | None:
    """Return the net change if the whole footprint becomes `kind`; None without OCS GE there.

    Whole polygons of the land within REACH_M are read. A footprint that goes beyond the
    known ground gives an interval, never 0.
    """
    site = footprint.union_all()
    if land_cover is None or not len(land_cover.sindex.query(site, predicate="intersects")):
        return None
    near = land_cover.sindex.query(site.buffer(REACH_M), predicate="intersects", sort=True)
    before = before_state(land_cover.iloc[near], law)
    project = gpd.GeoDataFrame({"kind": [kind] * len(footprint)}, geometry=footprint.to_numpy())
    return net_change(before, after_state(before, project.set_crs(footprint.crs)))


def _common_ground(
    before: LandState, after: LandState, perimeter: shapely.Geometry | None
) -> Partition:
    """Return faces that no limit of either state, nor of the perimeter, cuts."""
    if perimeter is None and after.source is before:
        return after.ground
    if perimeter is None and before.source is after:
        return before.ground
    edge = gpd.GeoSeries([] if perimeter is None else [perimeter], crs=WORKING)
    return partition(pd.concat([after.shapes, before.shapes, edge], ignore_index=True))


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two states on common faces, each with the hectares counted of it."""

    before: LandState
    after: LandState
    of_before: Positions
    of_after: Positions
    area_ha: Floats

    def turned_ha(self, was: int, becomes: int) -> float:
        """Return the hectares known to go from one kind to the other."""
        is_turned = (self._was() == was) & (self._becomes() == becomes)
        return float(self.area_ha[is_turned].sum())

    def absorbed_ha(self) -> float:
        """Return the hectares that become artificial though they are not so by themselves."""
        own = at(self.after.by_itself, self.of_after)
        is_new = (self._was() == NO) & (self._becomes() == YES)
        return float(self.area_ha[is_new & (own == NO)].sum())

    def unqualified_ha(self) -> float:
        """Return the hectares of the project artificial by themselves, below every threshold."""
        made = np.append(self.after.is_project, [False])[self.of_after]
        own = are_artificial(self.after.codes["cover"], self.after.codes["use"])
        is_own = np.append(own.fillna(value=False).to_numpy(dtype=bool), [False])[self.of_after]
        return float(self.area_ha[made & is_own & (self._becomes() == NO)].sum())

    def range_ha(self) -> tuple[float, float]:
        """Return the lowest and the highest Δ the undetermined ground allows."""
        was, becomes = self._was(), self._becomes()
        low = np.where(becomes == UNTOLD, NO, becomes) - np.where(was == UNTOLD, YES, was)
        high = np.where(becomes == UNTOLD, YES, becomes) - np.where(was == UNTOLD, NO, was)
        is_untold = (was == UNTOLD) | (becomes == UNTOLD)
        is_idle = (was == UNTOLD) & (becomes == UNTOLD) & ~self._is_live()
        low[is_idle], high[is_idle] = 0, 0
        # Thresholds only follow what is made: where all is made artificial, none turns back.
        is_raised, is_lowered = self._directions()
        low = np.where(is_untold & ~is_lowered, np.maximum(low, 0), low)
        high = np.where(is_untold & ~is_raised, np.minimum(high, 0), high)
        return float((low * self.area_ha).sum()), float((high * self.area_ha).sum())

    def _directions(self) -> tuple[bool, bool]:
        """Tell whether some ground becomes artificial by itself, and whether some ceases to."""
        own_was = at(self.before.by_itself, self.of_before)
        own_becomes = at(self.after.by_itself, self.of_after)
        is_moved = own_was != own_becomes
        is_raised = is_moved & ((own_was == NO) | (own_becomes == YES))
        is_lowered = is_moved & ((own_was == YES) | (own_becomes == NO))
        return bool(is_raised.any()), bool(is_lowered.any())

    def _is_live(self) -> Mask:
        known_before = np.append(self.before.is_live, [True])[self.of_before]
        live: Mask = known_before | np.append(self.after.is_live, [True])[self.of_after]
        return live

    def _was(self) -> Kinds:
        return at(self.before.kinds, self.of_before)

    def _becomes(self) -> Kinds:
        return at(self.after.kinds, self.of_after)


def _rule_ids(after: LandState) -> tuple[str, ...]:
    """Return the rules used, the last two where the project has what they speak of."""
    found = ["R-NET-1", "R-NET-2", "R-NET-3"]
    if _small_buildings(after):
        found.append("R-NET-4")
    if (after.is_project & ~np.isnan(after.width_m)).any():
        found.append("R-NET-5")
    return tuple(found)


def _small_buildings(after: LandState) -> int:
    """Return how many buildings of the project OCS GE will draw larger than they are."""
    is_built = after.codes["cover"].eq(BUILT).to_numpy(dtype=bool)
    area_m2 = patch_m2(after.ground, is_built)
    is_small = reaches(area_m2, threshold(ThresholdKind.BUILT, after.law))
    is_small &= ~reaches(area_m2, after.law.number("ocsge_small_building_m2"))
    of_project = is_small & is_built & after.is_project
    return len(np.unique(patches(after.ground, is_built)[of_project]))


def _notes(compared: _Compared, width_ha: float) -> tuple[str, ...]:
    """Return what a reader of the figures must know, one sentence each."""
    law = compared.after.law
    cover_m2 = number(law.number("cover_threshold_m2"))
    drawn_m2 = number(law.number("ocsge_small_building_m2"))
    small = _small_buildings(compared.after)
    told = {
        f"{_m2(compared.absorbed_ha())} enclavés dans du sol artificialisé, sous {cover_m2} m²,"
        " deviennent artificialisés avec le projet.": compared.absorbed_ha(),
        f"{_m2(compared.unqualified_ha())} du projet restent sous les seuils de la nomenclature"
        " et ne sont pas artificialisés.": compared.unqualified_ha(),
        f"{count(small, 'bâtiment')} de moins de {drawn_m2} m² : la surface réelle est comptée ;"
        f" l'OCS GE en montrera {drawn_m2} m².": small,
        f"{_m2(width_ha)} restent indéterminés : l'occupation du sol est inconnue au-delà de"
        " la limite des données.": width_ha,
    }
    return tuple(sentence for sentence, weight in told.items() if weight > NOTED_HA)


def _m2(area_ha: float) -> str:
    return f"{number(area_ha * M2_PER_HA)} m²"
