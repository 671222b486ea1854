"""The requirement of a company: what a site must offer, and how each site stands to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Final, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from jalon.bounds import (
    TRIMMING_LAYERS,
    Bounds,
    Column,
    Floats,
    Mask,
    Texts,
    bounds,
    lacks,
    texts,
)
from jalon.french import NARROW_SPACE, number, percent
from jalon.model import FRENCH_FAULT, Frozen, Hectares, InseeCode, Share, SiteStatus
from jalon.rules.land import NEGLIGIBLE_M2
from jalon.tables import REACH_M

Metres = Annotated[float, Field(ge=0, le=200_000)]
AcceptedStatus = Literal["disponible", "mobilisable sous conditions", "indéterminé"]
ZoneType = Literal["U", "AUc", "AUs", "A", "N", "aucun"]
Evidence = Literal["texte", "libellé", "aucun"]
Kind = Literal["parcelle", "assemblage de parcelles", "friche sans parcelle importée"]

Changes = Mapping[str, object]
"""New values of keys of a requirement; for a key that holds a list, the word to add to it."""


class Requirement(Frozen):
    """What a company asks of a site; a key left out asks for nothing."""

    area_min_ha: Hectares | None = None
    area_max_ha: Hectares | None = None
    width_min_m: Metres | None = None
    max_slope_share: Share | None = None
    max_road_m: Metres | None = None
    max_main_road_m: Metres | None = None
    max_motorway_m: Metres | None = None
    max_rail_m: Metres | None = None
    max_substation_m: Metres | None = None
    no_flood: bool = False
    max_enaf_ha: Hectares | None = None
    min_reliability_share: Share | None = None
    zone_types: tuple[ZoneType, ...] = ()
    zone_evidence: tuple[Evidence, ...] = ()
    kinds: tuple[Kind, ...] = ()
    statuses: tuple[AcceptedStatus, ...] = ("disponible", "mobilisable sous conditions")
    communes: tuple[InseeCode, ...] = ()
    epcis: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_an_answer(self) -> Self:
        if None not in (self.area_min_ha, self.area_max_ha) and (
            (self.area_max_ha or 0) < (self.area_min_ha or 0)
        ):
            raise PydanticCustomError(FRENCH_FAULT, "demande « area_max_ha » sous « area_min_ha »")
        return self

    def relaxed(self, changes: Changes) -> "Requirement":
        """Return the requirement with `changes` applied."""
        update = {
            key: (*getattr(self, key), value) if isinstance(getattr(self, key), tuple) else value
            for key, value in changes.items()
        }
        return self.model_copy(update=update)


@dataclass(frozen=True, slots=True)
class Judged:
    """How every site stands to one key of a requirement.

    Neither met nor missed is unknown. `needed` is the value of the key that would let a missed
    site in, `cost_share` how far that is from what was asked, relative to it (1 for a word or
    a yes), and `is_sure` tells whether the site would then surely meet it.
    """

    key: str
    title_fr: str
    is_met: Mask
    is_missed: Mask
    needed: Texts
    cost_share: Floats
    is_sure: Mask
    is_word: bool
    told_fr: Texts
    """For each site that misses or may miss, the sentence that says by how much."""

    @property
    def is_unknown(self) -> Mask:
        """Tell which sites cannot be told to meet or to miss."""
        return ~(self.is_met | self.is_missed)

    def among(self, is_kept: Mask) -> "Judged":
        """Return how some of the sites stand."""
        return replace(
            self,
            is_met=self.is_met[is_kept],
            is_missed=self.is_missed[is_kept],
            needed=self.needed[is_kept],
            cost_share=self.cost_share[is_kept],
            is_sure=self.is_sure[is_kept],
            told_fr=self.told_fr[is_kept],
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """A key that bounds a figure from below or from above, with the decimals it is told in."""

    key: str
    title_fr: str
    column: Column
    unit: str
    decimals: int
    is_minimum: bool = False

    @property
    def step(self) -> float:
        """The smallest difference that is told."""
        return float(10.0**-self.decimals)

    def figure_fr(self, value: float) -> str:
        """Return a figure with its unit."""
        if self.unit == "%":
            return percent(value, self.decimals - 2)
        return f"{number(value, self.decimals)}{NARROW_SPACE}{self.unit}"


LIMITS: Final = (
    Limit("area_min_ha", "surface d'un seul tenant", Column.PIECE, "ha", 2, is_minimum=True),
    Limit("area_max_ha", "surface d'un seul tenant", Column.PIECE, "ha", 2),
    Limit("width_min_m", "largeur", Column.WIDTH, "m", 0, is_minimum=True),
    Limit("max_slope_share", "pente", Column.SLOPE, "%", 3),
    Limit("max_road_m", "distance à une route", Column.ROAD, "m", 0),
    Limit("max_main_road_m", "distance à une route principale", Column.MAIN_ROAD, "m", 0),
    Limit("max_motorway_m", "distance à un échangeur autoroutier", Column.MOTORWAY, "m", 0),
    Limit("max_rail_m", "distance à un embranchement ou une gare de fret", Column.RAIL, "m", 0),
    Limit("max_substation_m", "distance à un poste électrique", Column.SUBSTATION, "m", 0),
    Limit("max_enaf_ha", "coût ENAF", Column.ENAF, "ha", 2),
    Limit("min_reliability_share", "fiabilité", Column.RELIABILITY, "%", 3, is_minimum=True),
)

FLOOD = Limit("no_flood", "inondation", Column.FLOOD, "m²", 0)

REACHES_M: Final = {
    Column.ROAD: REACH_M["roads"],
    Column.MAIN_ROAD: REACH_M["roads"],
    Column.MOTORWAY: REACH_M["access_points"],
    Column.RAIL: REACH_M["access_points"],
    Column.SUBSTATION: REACH_M["access_points"],
}
"""How far a distance is looked for; beyond, it is missing as it is without its layer."""

UNCONFIRMED_FR: Final = {
    (True, True): "espaces protégés et prescriptions non importés : surface à confirmer",
    (True, False): "espaces protégés non importés : surface à confirmer",
    (False, True): "prescriptions non importées : surface à confirmer",
}
"""What is told of the land when one of TRIMMING_LAYERS, or both, was not imported."""

CHOICES: Final = (
    ("zone_types", "type de zone du PLU", Column.ZONE_TYPE),
    ("zone_evidence", "indice économique du PLU", Column.ZONE_EVIDENCE),
    ("kinds", "nature", Column.KIND),
    ("statuses", "statut", Column.STATUS),
)


def judged(
    sites: pd.DataFrame, requirement: Requirement, epci_of: Mapping[str, str]
) -> list[Judged]:
    """Return how the sites stand to each key that `requirement` uses.

    `epci_of` gives the SIREN of the EPCI of a commune; one not in it is in an unknown EPCI.
    """
    found = [
        _limited(sites, limit, getattr(requirement, limit.key))
        for limit in LIMITS
        if getattr(requirement, limit.key) is not None
    ]
    if requirement.no_flood:
        found.append(_dry(sites))
    found.extend(
        _chosen(key, title_fr, texts(sites, column), getattr(requirement, key))
        for key, title_fr, column in CHOICES
        if getattr(requirement, key)
    )
    if requirement.communes or requirement.epcis:
        found.append(_placed(sites, requirement, epci_of))
    return found


def unconfirmed_fr(sites: pd.DataFrame, requirement: Requirement) -> pd.Series:
    """Return what is to be confirmed of the land of each site, when a size is asked for.

    It takes no site out of the answer: see `TRIMMING_LAYERS`.
    """
    if requirement.area_min_ha is None and requirement.width_min_m is None:
        return pd.Series([()] * len(sites), index=sites.index, dtype=object)
    missing = zip(
        *(lacks(sites, (layer_id,)).tolist() for layer_id in TRIMMING_LAYERS), strict=True
    )
    told = [(UNCONFIRMED_FR[which],) if any(which) else () for which in missing]
    return pd.Series(told, index=sites.index, dtype=object)


def _limited(sites: pd.DataFrame, limit: Limit, asked: float) -> Judged:
    """Judge a figure by the worst and the best it may be."""
    known = bounds(sites, limit.column)
    is_met, is_missed = _against(known, asked, is_minimum=limit.is_minimum)
    worst, best = (known.low, known.high) if limit.is_minimum else (known.high, known.low)
    is_sure = ~np.isnan(worst)
    needed = _rounded_out(np.where(is_sure, worst, best), limit)
    cost = np.abs(needed - asked) / max(asked, limit.step)
    short = partial(_short_fr, limit=limit, asked=asked)
    told = [
        short(value, share) if missed else _unsure_fr(limit, low, high, asked) if not met else ""
        for value, share, missed, met, low, high in zip(
            needed, cost, is_missed, is_met, known.low, known.high, strict=True
        )
    ]
    return Judged(
        key=limit.key,
        title_fr=limit.title_fr,
        is_met=is_met,
        is_missed=is_missed,
        needed=needed.astype(object),
        cost_share=cost,
        is_sure=is_sure,
        is_word=False,
        told_fr=np.array(told, dtype=object),
    )


def _against(known: Bounds, asked: float, *, is_minimum: bool) -> tuple[Mask, Mask]:
    """Return which sites surely meet the limit and which surely miss it."""
    if is_minimum:
        return known.low >= asked, known.high < asked
    return known.high <= asked, known.low > asked


def _rounded_out(values: Floats, limit: Limit) -> Floats:
    """Return values in the decimals they are told in, on the side that lets the site in."""
    step = limit.step
    sign = -1.0 if limit.is_minimum else 1.0
    outward = np.round(np.ceil(sign * values / step) * step, limit.decimals)
    # A division may fall short of the value by its last bit: one step more then.
    outward = np.where(outward < sign * values, outward + step, outward)
    return np.asarray(sign * outward, dtype=np.float64)


def _short_fr(value: float, share: float, *, limit: Limit, asked: float) -> str:
    sign = "−" if limit.is_minimum else "+"
    decimals = 0 if share >= 0.01 else 1  # noqa: PLR2004 - a change is never told as «0 %»
    change = f" ({sign}{percent(share, decimals)})" if asked >= limit.step else ""
    return (
        f"{limit.title_fr} : {limit.figure_fr(value)} au lieu de {limit.figure_fr(asked)}{change}"
    )


def _unsure_fr(limit: Limit, low: float, high: float, asked: float) -> str:
    """Tell what is known of a figure that may meet the limit or not."""
    wanted = f"{limit.figure_fr(asked)} {'au moins' if limit.is_minimum else 'au plus'}"
    if np.isnan(low) and np.isnan(high):
        return f"{limit.title_fr} : {_absent_fr(limit)}, pour {wanted}"
    if np.isnan(low):
        return (
            f"{limit.title_fr} : {limit.figure_fr(high)} ou moins (bâtiments ou risques non "
            f"importés), pour {wanted}"
        )
    kept = "le maximum" if limit.is_minimum else "le minimum"
    return (
        f"{limit.title_fr} : entre {limit.figure_fr(low)} et {limit.figure_fr(high)}, "
        f"seul {kept} convient pour {wanted}"
    )


def _absent_fr(limit: Limit) -> str:
    """Tell why a figure is missing: the table does not say whether its layer was read."""
    if limit.column not in REACHES_M:
        return "donnée absente"
    return f"rien à moins de {limit.figure_fr(REACHES_M[limit.column])}, ou donnée absente"


def _dry(sites: pd.DataFrame) -> Judged:
    """Judge whether a site is out of every flood zone; a sliver is a matter of drawing."""
    known = bounds(sites, FLOOD.column)
    is_met, is_missed = _against(known, NEGLIGIBLE_M2, is_minimum=False)
    told = [
        f"inondation : {FLOOD.figure_fr(wet_m2)} en zone inondable"
        if missed
        else ("" if met else "inondation : zones inondables non connues")
        for wet_m2, missed, met in zip(known.low, is_missed, is_met, strict=True)
    ]
    return _worded(FLOOD.key, FLOOD.title_fr, (is_met, is_missed), [False] * len(sites), told)


def _chosen(key: str, title_fr: str, said: Texts, accepted: tuple[str, ...]) -> Judged:
    """Judge a word: met when accepted, unknown when missing or when it says so itself."""
    is_met = np.isin(said.astype(str), accepted)
    is_blank = np.isin(said.astype(str), (str(None), SiteStatus.UNDETERMINED.value))
    is_missed = ~is_met & ~is_blank
    wanted = " ou ".join(f"« {word} »" for word in accepted)
    told = [
        ""
        if met
        else f"{title_fr} : {'donnée absente' if word is None else f'« {word} »'}, pour {wanted}"
        for word, met in zip(said, is_met, strict=True)
    ]
    return _worded(key, title_fr, (is_met, is_missed), list(said), told)


def _placed(sites: pd.DataFrame, requirement: Requirement, epci_of: Mapping[str, str]) -> Judged:
    """Judge where a site is: in one of the communes or in one of the EPCI asked for."""
    communes = sites["commune"]
    epcis = communes.map(dict(epci_of))
    is_met = (communes.isin(requirement.communes) | epcis.isin(requirement.epcis)).to_numpy()
    is_placed = (epcis.notna() | (not requirement.epcis)).to_numpy()
    told = [
        "" if met else f"territoire : commune {code}{'' if placed else ', EPCI inconnu'}"
        for code, met, placed in zip(communes, is_met, is_placed, strict=True)
    ]
    verdict = (is_met, ~is_met & is_placed)
    return _worded("communes", "territoire", verdict, list(communes), told)


def _worded(
    key: str,
    title_fr: str,
    verdict: tuple[Mask, Mask],
    needed: list[object],
    told: list[str],
) -> Judged:
    is_met, is_missed = verdict
    values = np.empty(len(needed), dtype=object)
    values[:] = needed
    return Judged(
        key=key,
        title_fr=title_fr,
        is_met=is_met,
        is_missed=is_missed,
        needed=values,
        cost_share=np.ones(len(needed)),
        is_sure=np.ones(len(needed), dtype=bool),
        is_word=True,
        told_fr=np.array(told, dtype=object),
    )
