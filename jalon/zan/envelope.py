"""The envelope of a territory: guarantee, sharing, pool, pace (rulebook 2.1, 2.2)."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from jalon.zan.law import Law

Floats = npt.NDArray[np.float64]

TOLERANCE_HA = 1e-6
"""Below this, two sums of hectares are the same (rulebook 3)."""


class RateStatus(StrEnum):
    """Where the reduction rate of a territory comes from (rule R-ENV-2)."""

    BINDING = "réglementaire"
    INDICATIVE = "indicatif"
    DEFAULT = "défaut"


def envelope_ha(reference_ha: pd.Series, reduction_share: pd.Series) -> pd.Series:
    """Return E = (1 − r)·C, the consumption allowed in 2021–2030 (R-ENV-1)."""
    return (1 - reduction_share) * reference_ha


def has_floor(law: Law) -> bool:
    """Tell whether the law in force knows the communal guarantee."""
    return law.holds("floor_ha")


def communal_floor_ha(
    eligibility: pd.DataFrame, supplement_ha: pd.DataFrame, law: Law
) -> pd.DataFrame:
    """Return the communal guarantee G as an interval: columns floor_lo_ha, floor_hi_ha.

    R-GAR-1 to 3: one hectare, and the supplement of a commune nouvelle (`lo_ha`, `hi_ha`),
    where a planning document entitles to it: surely (`is_sure`) or perhaps (`is_possible`).
    Nothing while the law in force does not know the guarantee.
    """
    floor_ha = law.number("floor_ha") if has_floor(law) else 0.0
    factor = 1.0 if has_floor(law) else 0.0
    low_ha = floor_ha + factor * supplement_ha["lo_ha"]
    high_ha = floor_ha + factor * supplement_ha["hi_ha"]
    return pd.DataFrame(
        {
            "floor_lo_ha": low_ha.where(eligibility["is_sure"], 0.0),
            "floor_hi_ha": high_ha.where(eligibility["is_possible"], 0.0),
        }
    )


def projection_ha(consumed_ha: pd.Series, year_count: pd.Series, law: Law) -> pd.Series:
    """Return the consumption of the whole decade at the observed pace (R-ENV-11): K/n·10.

    Missing while no full year is observed.
    """
    years = law.number("tranche_last_year") - law.number("tranche_first_year") + 1
    return consumed_ha / year_count.where(year_count > 0) * years


@dataclass(frozen=True, slots=True)
class Closing:
    """How a total is shared: e_t of each territory, λ, and what lacks for the guarantees.

    With a shortfall there is no sharing: `allocated_ha` and `ratio` are missing.
    """

    allocated_ha: pd.Series
    ratio: float
    shortfall_ha: float


NOTHING_HA = 1e-12
"""An envelope below this never leaves its floor: G/E would overflow."""


def closed_envelopes(envelopes_ha: pd.Series, floors_ha: pd.Series, total_ha: float) -> Closing:
    """Return e_t = max(G_t, λ·E_t) with λ ≤ 1 and Σe_t = `total_ha` (R-GAR-7, convention).

    When every territory has its due at λ = 1, what is left of the total is not shared out.
    """
    shortfall_ha = float(floors_ha.sum() - total_ha)
    if shortfall_ha > TOLERANCE_HA:
        nothing = pd.Series(np.nan, index=envelopes_ha.index)
        return Closing(nothing, float("nan"), shortfall_ha)
    ratio = _water_level(envelopes_ha.to_numpy(float), floors_ha.to_numpy(float), total_ha)
    return Closing(floors_ha.clip(lower=ratio * envelopes_ha), ratio, 0.0)


def _water_level(envelopes: Floats, floors: Floats, total: float) -> float:
    """Return the λ ≤ 1 at which Σ max(G, λE) reaches `total`, exactly.

    The sum is linear between the λ at which a territory leaves its floor (G/E): the first
    of these at which it passes the total ends the piece where λ lies.
    """
    if np.maximum(floors, envelopes).sum() <= total + TOLERANCE_HA:
        return 1.0
    rising = envelopes > NOTHING_HA
    leaves = floors[rising] / envelopes[rising]
    order = np.argsort(leaves, kind="stable")
    leaves = leaves[order]
    slopes = np.cumsum(envelopes[rising][order])
    fixed = floors.sum() - np.cumsum(floors[rising][order])
    ends = np.append(leaves[1:], np.inf)
    piece = int(np.argmax(fixed + slopes * ends >= total))
    level = (total - fixed[piece]) / slopes[piece]
    return float(min(1.0, max(leaves[piece], level)))


def pooled_balance_ha(remaining_ha: pd.Series, pool: pd.Series) -> pd.Series:
    """Return the balance of each pool, Σ(A − N) over its communes (R-GAR-6), by its name.

    Missing when that of one commune is: a part of a pool is no pool. A commune of no pool
    is left out.
    """
    in_pool = pool.notna()
    sums = remaining_ha[in_pool].groupby(pool[in_pool])
    return sums.sum(min_count=1).where(sums.count().eq(sums.size()))
