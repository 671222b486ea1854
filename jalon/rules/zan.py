"""Rules of the *zéro artificialisation nette* law, first decade: envelope and parcel cost.

Rule identifiers are those of docs/method.md. The reading of a territory's actual
occupation decides what a site costs, never its PLU zone (Conseil d'État, 24 July 2025,
n° 492005, Commune de Cambrai).
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

PARAMETERS_PATH = Path(__file__).with_name("zan_parameters.toml")


@dataclass(frozen=True, slots=True)
class LegalFigure:
    """One figure of the law: value, unit, date it holds from, source and certainty."""

    value: float | int | str
    unit: str
    valid_from: str
    source_fr: str
    certainty: str


@cache
def legal_figures() -> dict[str, LegalFigure]:
    """Return every legal figure by its name."""
    entries = tomllib.loads(PARAMETERS_PATH.read_text(encoding="utf-8"))
    return {name: LegalFigure(**fields) for name, fields in entries.items()}


def figure(name: str) -> float:
    """Return the numeric legal figure called `name`."""
    return float(legal_figures()[name].value)


def year_of(name: str) -> int:
    """Return the year that the legal figure called `name` gives."""
    return int(figure(name))


class RateStatus(StrEnum):
    """Where the reduction rate of a territory comes from (rule R-ENV-2)."""

    BINDING = "réglementaire"
    INDICATIVE = "indicatif"
    DEFAULT = "défaut"


def reduction_rate(given_share: float | None, *, is_binding: bool) -> tuple[float, RateStatus]:
    """Return the rate r and its status (R-ENV-2): own document, own aim, else national rate."""
    if given_share is None:
        return figure("reduction_share"), RateStatus.DEFAULT
    return given_share, RateStatus.BINDING if is_binding else RateStatus.INDICATIVE


def envelope_ha(reference_ha: pd.Series, rate: float) -> pd.Series:
    """Return E = (1 − r)·C, the consumption allowed in 2021–2030 (R-ENV-1)."""
    return (1 - rate) * reference_ha


def communal_floor_ha(
    approved_on: pd.Series, prescribed_on: pd.Series | None = None
) -> pd.DataFrame:
    """Return the communal guarantee as an interval: columns floor_lo_ha, floor_hi_ha.

    R-GAR-1 and R-GAR-2: one hectare when a planning document was prescribed, adopted or
    approved strictly before the cut-off date. A date of prescription settles it either way;
    a date of approval only when it is early enough, for a later document was prescribed
    before; without either, the guarantee lies between none and one.
    """
    floor_ha = figure("floor_ha")
    prescribed = pd.Series(None, index=approved_on.index, dtype="string")
    if prescribed_on is not None:
        prescribed = prescribed_on.astype("string")
    is_eligible = _is_early(prescribed) | _is_early(approved_on.astype("string"))
    is_excluded = prescribed.notna() & ~is_eligible
    return pd.DataFrame(
        {
            "floor_lo_ha": np.where(is_eligible, floor_ha, 0.0),
            "floor_hi_ha": np.where(is_excluded, 0.0, floor_ha),
        },
        index=approved_on.index,
    )


def _is_early(dates: pd.Series) -> "pd.Series[bool]":
    cutoff = str(legal_figures()["floor_document_before"].value)
    return dates.lt(cutoff).fillna(value=False).astype(bool)


def projection_ha(consumed_ha: pd.Series, year_count: pd.Series) -> pd.Series:
    """Return the consumption of the whole decade at the observed pace (R-ENV-11): K/n·10.

    Missing while no full year is observed.
    """
    years = figure("tranche_last_year") - figure("tranche_first_year") + 1
    return consumed_ha / year_count.where(year_count > 0) * years


class LandClass(StrEnum):
    """What a piece of ground is used for in fact (rulebook 3.2)."""

    URBANISED = "urbanisé"
    FARM = "agricole"
    NATURE = "naturel"
    FOREST = "forestier"
    UNKNOWN = "inconnu"


ENAF_CLASSES = (LandClass.FARM, LandClass.NATURE, LandClass.FOREST)

URBAN_USES = ("US2", "US3", "US5", "US235", "US4.1", "US4.2", "US4.3", "US6.1", "US6.2")
"""Uses under which herbaceous land is artificial (ministry macro `is_artificial`)."""

EXTRACTION = "US1.3"
FARMING = "US1.1"
FORESTRY = "US1.2"


def land_class(cover: str | None, use: str | None) -> LandClass:
    """Return what an OCS GE polygon is for the ENAF count (docs/method.md, table 2).

    A garden, lawn or yard in urban use is urbanised; declared fields, woods and natural
    covers are ENAF; what the two codes do not settle is unknown, never guessed.
    """
    if not isinstance(cover, str) or not isinstance(use, str):
        return LandClass.UNKNOWN
    if cover.startswith("CS1.1"):
        is_quarry = cover == "CS1.1.2.1" and use == EXTRACTION
        return LandClass.UNKNOWN if is_quarry else LandClass.URBANISED
    if cover.startswith("CS1.2"):
        return LandClass.NATURE
    if cover.startswith("CS2.1"):
        return _woody_class(cover, use)
    return _herbaceous_class(use)


def _is_urban_use(use: str) -> bool:
    return use.startswith(URBAN_USES)


def _woody_class(cover: str, use: str) -> LandClass:
    by_use = {FARMING: LandClass.FARM, FORESTRY: LandClass.FOREST}
    if use in by_use:
        return by_use[use]
    if cover.startswith("CS2.1.1"):
        return LandClass.FOREST
    return LandClass.UNKNOWN if _is_urban_use(use) else LandClass.NATURE


def _herbaceous_class(use: str) -> LandClass:
    if use == FARMING:
        return LandClass.FARM
    if use == FORESTRY:
        return LandClass.FOREST
    return LandClass.URBANISED if _is_urban_use(use) else LandClass.UNKNOWN
