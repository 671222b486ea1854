"""What is known of each figure of a site: the lowest and the highest it may be."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.shapes import M2_PER_HA
from jalon.model import Effect, SiteStatus
from jalon.presence import EXPECTED_LAYERS
from jalon.rules.registry import RULES

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

NONE_FR: Final = "aucun"
"""What a text says when its layer was read and holds nothing for the site."""


class Column(StrEnum):
    """A column of the table of sites, or one derived from it, that a criterion may read."""

    USABLE = "usable_ha"
    PIECE = "piece_ha"
    AREA = "area_ha"
    WIDTH = "width_m"
    ELONGATION = "elongation_ratio"
    COMPACTNESS = "compactness_ratio"
    BUILT = "built_share"
    SLOPE = "slope_share"
    FLOOD = "flood_m2"
    FLOOD_SHARE = "flood_share"
    ROAD = "road_m"
    MAIN_ROAD = "main_road_m"
    MOTORWAY = "motorway_m"
    RAIL = "rail_m"
    SUBSTATION = "substation_m"
    ENAF = "enaf_ha"
    NAF_SHARE = "naf_share"
    CAUTIONS = "caution_count"
    PARCELS = "parcel_count"
    RELIABILITY = "reliability_share"
    STATUS = "status"
    KIND = "kind"
    ZONE_TYPE = "zone_type"
    ZONE_EVIDENCE = "zone_evidence"

    @property
    def is_text(self) -> bool:
        """Tell whether the column holds words rather than figures."""
        return self in TEXT_COLUMNS


TEXT_COLUMNS = (Column.STATUS, Column.KIND, Column.ZONE_TYPE, Column.ZONE_EVIDENCE)

TEXT_LAYERS = {Column.ZONE_TYPE: "zoning", Column.ZONE_EVIDENCE: "zoning"}
"""The layer a text comes from: read and silent, it says «aucun»; not imported, nothing."""

ERODING_LAYERS = ("buildings", "risks")
"""Layers that only take land away and whose absence leaves a site undetermined: without one
of them, an area is no more than a maximum."""

TRIMMING_LAYERS = ("nature", "prescriptions")
"""Layers that take land away too, but that many communes have nothing of: one that is missing
is listed, lowers the reliability and is told as an area to confirm, but an area stays as it was
read. Were it a maximum, no site would answer where protected spaces are not published. Importing
one of them may therefore lower a score, which importing an eroding layer never does."""

ERODED_COLUMNS = (Column.USABLE, Column.PIECE, Column.WIDTH)
SHAPE_COLUMNS = (Column.ELONGATION, Column.COMPACTNESS)

CAUTIONS = tuple(rule.rule_id for rule in RULES if rule.effect is Effect.CAUTION)

CAUTIONS_HIDDEN = {
    "zoning": ("",),
    "buildings": ("BATI-", "OCC-"),
    "risks": ("RIS-", "OCC-"),
    "land_cover": ("OCC-",),
    "crops": ("OCC-",),
    "friches": ("FRI-", "BATI-"),
    "zae": (),
    "nature": ("NAT-",),
    "easements": ("SUP-",),
    "prescriptions": ("PSC-", "BOIS-"),
}
"""First letters of the cautions that a layer not imported may hide; of an unknown layer, all.

Only expected layers are here: a caution that comes from an optional one alone (hazards, terrains,
establishments, polluted sites, roads, activity areas) cannot be foreseen, and importing that
layer may add one to `high`.
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and highest value of a figure on each site; NaN where nothing bounds it."""

    low: Floats
    high: Floats


def bounds(sites: pd.DataFrame, column: Column) -> Bounds:
    """Return what is known of a figure; a column that is not there is unknown everywhere."""
    derived = DERIVED.get(column)
    if derived:
        return derived(sites)
    known = figures(sites, column)
    is_maximum = lacks(sites, ERODING_LAYERS)
    low = np.where(is_maximum & (column in ERODED_COLUMNS + SHAPE_COLUMNS), np.nan, known)
    high = np.where(is_maximum & (column in SHAPE_COLUMNS), np.nan, known)
    return Bounds(low, high)


def texts(sites: pd.DataFrame, column: Column) -> Texts:
    """Return the words of a column: «aucun» where its layer is silent, None where unknown."""
    if column not in sites:
        return np.full(len(sites), None, dtype=object)
    said = sites[column].astype(object).to_numpy(copy=True)
    said[pd.isna(said)] = None
    if column in TEXT_LAYERS:
        is_silent = pd.isna(said) & ~lacks(sites, (TEXT_LAYERS[column],))
        said[is_silent] = NONE_FR
    return said


def figures(sites: pd.DataFrame, column: str) -> Floats:
    """Return a column as figures, NaN where missing or where there is no such column."""
    if column not in sites:
        return np.full(len(sites), np.nan)
    return sites[column].to_numpy(dtype=float, na_value=np.nan)


def lacks(sites: pd.DataFrame, layer_ids: tuple[str, ...]) -> Mask:
    """Tell which sites were judged without one of the layers."""
    wanted = {EXPECTED_LAYERS[layer_id] for layer_id in layer_ids}
    return np.array([not wanted.isdisjoint(names) for names in _missing(sites)], dtype=bool)


def is_rejected(sites: pd.DataFrame) -> Mask:
    """Tell which sites cannot be mobilised: no score and no requirement gives them back."""
    return np.equal(texts(sites, Column.STATUS), SiteStatus.UNAVAILABLE.value).astype(bool)


def _missing(sites: pd.DataFrame) -> list[tuple[str, ...]]:
    if "missing_fr" not in sites:
        return [()] * len(sites)
    return [tuple(names) for names in sites["missing_fr"]]


def _enaf(sites: pd.DataFrame) -> Bounds:
    return Bounds(figures(sites, "enaf_lo_ha"), figures(sites, "enaf_hi_ha"))


def _flood(sites: pd.DataFrame) -> Bounds:
    """Return the square metres in a flood zone, from the share of the land when not given."""
    told_m2 = figures(sites, Column.FLOOD)
    shared_m2 = figures(sites, Column.FLOOD_SHARE) * figures(sites, "area_ha") * M2_PER_HA
    known = np.where(np.isnan(told_m2), shared_m2, told_m2)
    return Bounds(known, known)


def _naf_share(sites: pd.DataFrame) -> Bounds:
    """Return the share of the whole land that is farmed, natural or wooded.

    Of the whole land and not of its usable part: a flood zone must not make a site look sober.
    """
    declared_ha = figures(sites, "area_ha")
    area_ha = np.where(declared_ha > 0, declared_ha, np.nan)
    return Bounds(figures(sites, "whole_lo_ha") / area_ha, figures(sites, "whole_hi_ha") / area_ha)


def _cautions(sites: pd.DataFrame) -> Bounds:
    """Return how many cautions a site carries, and may carry once all layers are there."""
    if "rule_ids" not in sites:
        unknown = np.full(len(sites), np.nan)
        return Bounds(unknown, unknown)
    seen = [{rule for rule in rules if rule in CAUTIONS} for rules in sites["rule_ids"]]
    hidden = {names: _hidden(names) for names in set(_missing(sites))}
    low = np.array([len(rules) for rules in seen], dtype=float)
    most = [len(rules | hidden[names]) for rules, names in zip(seen, _missing(sites), strict=True)]
    return Bounds(low, np.array(most, dtype=float))


def _hidden(missing_fr: tuple[str, ...]) -> frozenset[str]:
    """Return the cautions that the layers not imported may hide."""
    ids = {title: layer_id for layer_id, title in EXPECTED_LAYERS.items()}
    prefixes = tuple(
        prefix for name in missing_fr for prefix in CAUTIONS_HIDDEN.get(ids.get(name, ""), ("",))
    )
    return frozenset(rule for rule in CAUTIONS if rule.startswith(prefixes))


DERIVED: Final[dict[Column, Callable[[pd.DataFrame], Bounds]]] = {
    Column.FLOOD: _flood,
    Column.ENAF: _enaf,
    Column.NAF_SHARE: _naf_share,
    Column.CAUTIONS: _cautions,
}
