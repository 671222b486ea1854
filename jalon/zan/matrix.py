"""What OCS GE calls artificial: cover and use crossed, and the categories of the law.

The crossing is the ministry's own (macro `is_artificial` of « Mon diagnostic artificialisation »,
same as its published matrix); the categories are those of the annex to article R. 101-1 of the
Code de l'urbanisme (décret n° 2023-1096).
"""

from enum import StrEnum
from functools import cache
from itertools import product

import pandas as pd

from jalon.zan.law import Law

COVERS = (
    *("CS1", "CS1.1", "CS1.1.1", "CS1.1.1.1", "CS1.1.1.2", "CS1.1.2", "CS1.1.2.1", "CS1.1.2.2"),
    *("CS1.2", "CS1.2.1", "CS1.2.2", "CS1.2.3"),
    *("CS2", "CS2.1", "CS2.1.1", "CS2.1.1.1", "CS2.1.1.2", "CS2.1.1.3", "CS2.1.2", "CS2.1.3"),
    *("CS2.2", "CS2.2.1", "CS2.2.2"),
)
USES = (
    *("US1", "US1.1", "US1.2", "US1.3", "US1.4", "US1.5", "US2", "US3", "US235"),
    *("US4", "US4.1", "US4.1.1", "US4.1.2", "US4.1.3", "US4.1.4", "US4.1.5", "US4.2", "US4.3"),
    *("US5", "US6", "US6.1", "US6.2", "US6.3", "US6.6"),
)

BUILT, PAVED, MINERAL, COMPOSITE = "CS1.1.1.1", "CS1.1.1.2", "CS1.1.2.1", "CS1.1.2.2"
HERBACEOUS = ("CS2.2.1", "CS2.2.2")
FARMING, FORESTRY, EXTRACTION, FISHING = "US1.1", "US1.2", "US1.3", "US1.4"
BUILDING_SITE, ABANDONED, UNUSED = "US6.1", "US6.2", "US6.3"
URBAN_USES = (
    *("US2", "US3", "US5", "US235"),
    *("US4.1.1", "US4.1.2", "US4.1.3", "US4.1.4", "US4.1.5", "US4.2", "US4.3"),
    *(BUILDING_SITE, ABANDONED),
)
LINEAR_COVERS = (PAVED, MINERAL, COMPOSITE)
LINEAR_USES = ("US4.1.1", "US4.1.2")
"""Roads and railways; airports and harbours are no strips."""


class ThresholdKind(StrEnum):
    """Which minimum a surface must reach to be qualified."""

    BUILT = "bâti"
    COVER = "autre surface"
    LINEAR = "infrastructure linéaire"


FIGURES = {
    ThresholdKind.BUILT: "built_threshold_m2",
    ThresholdKind.COVER: "cover_threshold_m2",
    ThresholdKind.LINEAR: "linear_width_m",
}
"""The legal figure of each threshold: two areas and a width."""


def is_artificial(cover: str | None, use: str | None) -> bool | None:
    """Tell whether the ministry's matrix makes a polygon artificial, before any threshold.

    None where a code is missing or outside the nomenclature: nothing is guessed.
    """
    if cover not in COVERS or use not in USES:
        return None
    if cover == MINERAL:
        return use != EXTRACTION
    return cover in {BUILT, PAVED, COMPOSITE} or (cover in HERBACEOUS and use in URBAN_USES)


def are_artificial(cover: pd.Series, use: pd.Series) -> pd.Series:
    """Return `is_artificial` of each pair; missing where it is None."""
    pairs = pd.MultiIndex.from_arrays([cover.astype(object), use.astype(object)])
    found = _matrix().reindex(pairs)
    return pd.Series(found.to_numpy(), index=cover.index, dtype="boolean")


@cache
def _matrix() -> pd.Series:
    pairs = list(product(COVERS, USES))
    values = [is_artificial(*pair) for pair in pairs]
    return pd.Series(values, index=pd.MultiIndex.from_tuples(pairs), dtype="boolean")


def category(cover: str | None, use: str | None) -> int | None:
    """Return the category, 1 to 10, of the annex to R. 101-1; None where a code is unknown.

    1 to 5 are the artificial ones. The sharing of the others between 6 and 10 reads « usage
    agricole » as US1.1, « usage sylvicole » as US1.2, « habitat naturel » as US6.3.
    """
    artificial = is_artificial(cover, use)
    if artificial is None or cover is None or use is None:
        return None
    return _artificial_category(cover, use) if artificial else _other_category(cover, use)


def _artificial_category(cover: str, use: str) -> int:
    if use in {BUILDING_SITE, ABANDONED}:
        return 5
    return {BUILT: 1, PAVED: 2, MINERAL: 3, COMPOSITE: 3}.get(cover, 4)


def _other_category(cover: str, use: str) -> int:
    if use == FARMING or (cover == "CS1.2.2" and use == FISHING):
        return 7
    if cover.startswith("CS1"):
        return 6
    return {FORESTRY: 8, UNUSED: 9}.get(use, 10)


def threshold(kind: ThresholdKind, law: Law) -> float:
    """Return the minimum of a kind of threshold: square metres, metres wide for a line."""
    return law.number(FIGURES[kind])
