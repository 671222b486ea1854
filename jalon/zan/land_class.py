"""What a piece of ground is used for in fact, read from the codes of OCS GE.

The reading of the actual occupation decides what a site costs, never its PLU zone (Conseil
d'État, 24 July 2025, n° 492005, Commune de Cambrai).
"""

from enum import StrEnum

import pandas as pd

from jalon.zan.matrix import EXTRACTION, FARMING, FORESTRY, MINERAL


class LandClass(StrEnum):
    """What a piece of ground is used for in fact (rulebook 3.2)."""

    URBANISED = "urbanisé"
    FARM = "agricole"
    NATURE = "naturel"
    FOREST = "forestier"
    UNKNOWN = "inconnu"


ENAF_CLASSES = (LandClass.FARM, LandClass.NATURE, LandClass.FOREST)

URBAN_USE_STEMS = ("US2", "US3", "US5", "US235", "US4.1", "US4.2", "US4.3", "US6.1", "US6.2")
"""How the uses begin under which herbaceous land is artificial (ministry macro `is_artificial`)."""


def land_class(cover: str | None, use: str | None) -> LandClass:
    """Return what an OCS GE polygon is for the ENAF count (docs/method.md, table 2).

    A garden, lawn or yard in urban use is urbanised; declared fields, woods and natural
    covers are ENAF; what the two codes do not settle is unknown, never guessed.
    """
    if not isinstance(cover, str) or not isinstance(use, str):
        return LandClass.UNKNOWN
    if cover.startswith("CS1.1"):
        is_quarry = cover == MINERAL and use == EXTRACTION
        return LandClass.UNKNOWN if is_quarry else LandClass.URBANISED
    if cover.startswith("CS1.2"):
        return LandClass.NATURE
    if cover.startswith("CS2.1"):
        return _woody_class(cover, use)
    return _herbaceous_class(use)


def land_classes(covers: pd.Series, uses: pd.Series) -> list[LandClass]:
    """Return what each OCS GE polygon is for the ENAF count, each pair of codes read once."""
    pairs = list(zip(covers, uses, strict=True))
    read = {pair: land_class(*pair) for pair in set(pairs)}
    return [read[pair] for pair in pairs]


def _is_urban_use(use: str) -> bool:
    return use.startswith(URBAN_USE_STEMS)


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
