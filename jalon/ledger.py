"""The ZAN ledger of territories: what was consumed, what the envelope is, what remains."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jalon.model import ZanParameters
from jalon.rules.zan import communal_floor_ha, envelope_ha, projection_ha, reduction_rate, year_of
from layers.territories import PARTIAL_FR

LEDGER_COLUMNS = (
    "code",
    "name",
    "level",
    "commune_count",
    "counted_count",
    "reference_ha",
    "reduction_share",
    "rate_status",
    "envelope_ha",
    "floor_lo_ha",
    "floor_hi_ha",
    "allowed_lo_ha",
    "allowed_hi_ha",
    "consumed_ha",
    "year_count",
    "first_year",
    "last_year",
    "remaining_lo_ha",
    "remaining_hi_ha",
    "used_lo_share",
    "used_hi_share",
    "projection_ha",
    "overrun_lo_ha",
    "overrun_hi_ha",
    "missing_years",
    "is_partial",
)


@dataclass(frozen=True, slots=True)
class Level:
    """A level of territory: its name and the columns of code and name in the communes table."""

    name_fr: str
    code: str
    label: str


COMMUNE = Level("commune", "insee", "nom")
EPCI = Level("EPCI", "epci_siren", "epci_nom")
LEVELS = (
    COMMUNE,
    EPCI,
    Level("département", "departement", "departement_nom"),
    Level("région", "region", "region_nom"),
)


def ledger(
    flows: pd.DataFrame,
    communes: pd.DataFrame,
    parameters: ZanParameters,
    approved_on: pd.Series | None = None,
) -> pd.DataFrame:
    """Return one row a territory with its envelope and what remains, in hectares.

    `flows` has a row a commune and year (m²); `communes` says which EPCI, département and
    region each known commune belongs to; `approved_on` gives, by INSEE code, the date a
    planning document was approved (rule R-GAR-1). A territory any of whose communes lacks a
    year is counted on those that have them all, and `counted_count` says so.
    """
    sums = _communal_sums(flows)
    listed = communes.merge(sums, left_on="insee", right_index=True, how="inner")
    tables = [_level(listed, communes, level, parameters, approved_on) for level in LEVELS]
    return pd.concat(tables, ignore_index=True)[list(LEDGER_COLUMNS)]


def within(accounts: pd.DataFrame, communes: pd.DataFrame, chosen: frozenset[str]) -> pd.DataFrame:
    """Return the rows of the territories all of whose communes are among `chosen`.

    A département of which only one EPCI is chosen has no row: its sum would not be its own.
    """
    outside = communes[~communes["insee"].isin(chosen)]
    kept = [
        accounts["level"].eq(level.name_fr) & ~accounts["code"].isin(outside[level.code])
        for level in LEVELS
    ]
    return accounts[pd.concat(kept, axis=1).any(axis=1)].reset_index(drop=True)


def _communal_sums(flows: pd.DataFrame) -> pd.DataFrame:
    """Return reference and consumed hectares of each commune; missing if a year is missing."""
    first, last = year_of("reference_first_year"), year_of("reference_last_year")
    flows_ha = flows.assign(flow_ha=flows["flow_m2"] / 10_000)
    wide = flows_ha.pivot_table(
        index="commune", columns="year", values="flow_ha", aggfunc="last", dropna=False
    )
    reference = wide.reindex(columns=range(first, last + 1))
    years = sorted(int(year) for year in flows["year"].unique())
    tranche = range(year_of("tranche_first_year"), year_of("tranche_last_year") + 1)
    years = [year for year in years if year in tranche]
    since = wide[years]
    return pd.DataFrame(
        {
            "reference_ha": reference.sum(axis=1, skipna=False),
            "consumed_ha": since.sum(axis=1, skipna=False) if years else np.nan,
            "year_count": len(years),
            "first_year": min(years, default=None),
            "last_year": max(years, default=None),
            "missing_years": reference.isna().sum(axis=1) + since.isna().sum(axis=1),
        }
    )


def _level(
    listed: pd.DataFrame,
    communes: pd.DataFrame,
    level: Level,
    parameters: ZanParameters,
    approved_on: pd.Series | None,
) -> pd.DataFrame:
    known = communes.dropna(subset=level.code).groupby(level.code)
    whole = listed.assign(is_whole=listed[["reference_ha", "consumed_ha"]].notna().all(axis=1))
    whole.loc[~whole["is_whole"], ["reference_ha", "consumed_ha"]] = np.nan
    rows = (
        whole.dropna(subset=level.code)
        .groupby(level.code, sort=True)
        .agg(
            name=(level.label, "first"),
            counted_count=("is_whole", "sum"),
            reference_ha=("reference_ha", "sum"),
            consumed_ha=("consumed_ha", "sum"),
            year_count=("year_count", "first"),
            first_year=("first_year", "first"),
            last_year=("last_year", "first"),
            missing_years=("missing_years", "sum"),
        )
    )
    uncounted = rows["counted_count"].eq(0)
    rows.loc[uncounted, ["reference_ha", "consumed_ha"]] = np.nan
    rows["commune_count"] = known.size().reindex(rows.index)
    rows["is_partial"] = known["epci_is_partial"].first().reindex(rows.index) & (level is EPCI)
    rows["name"] = rows["name"].where(~rows["is_partial"], rows["name"] + f", {PARTIAL_FR}")
    rows = rows.reset_index(names="code").assign(level=level.name_fr)
    return _balanced(_with_envelope(rows, level, parameters, approved_on))


def _with_envelope(
    rows: pd.DataFrame, level: Level, parameters: ZanParameters, approved_on: pd.Series | None
) -> pd.DataFrame:
    rate, status = reduction_rate(
        parameters.reduction_share, is_binding=parameters.is_reduction_binding
    )
    rows = rows.assign(
        reduction_share=rate,
        rate_status=status.value,
        envelope_ha=envelope_ha(rows["reference_ha"], rate),
    )
    if level is not COMMUNE:
        blank = pd.Series(np.nan, index=rows.index)
        allowed = rows["envelope_ha"]
        return rows.assign(
            floor_lo_ha=blank, floor_hi_ha=blank, allowed_lo_ha=allowed, allowed_hi_ha=allowed
        )
    dates = pd.Series(None, index=rows["code"], dtype=object)
    if approved_on is not None:
        dates = approved_on.reindex(rows["code"])
    floors = communal_floor_ha(dates).set_index(rows.index)
    return rows.assign(
        **floors,
        allowed_lo_ha=np.maximum(rows["envelope_ha"], floors["floor_lo_ha"]),
        allowed_hi_ha=np.maximum(rows["envelope_ha"], floors["floor_hi_ha"]),
    )


def _balanced(rows: pd.DataFrame) -> pd.DataFrame:
    """Add B = A − N, u = N/A and the overrun of the projection (R-ENV-10, R-ENV-11).

    Each is an interval, for A is one while a commune's guarantee is not known.
    """
    consumed_ha = rows["consumed_ha"]
    projected_ha = projection_ha(consumed_ha, rows["year_count"])
    low_ha, high_ha = rows["allowed_lo_ha"], rows["allowed_hi_ha"]
    return rows.assign(
        remaining_lo_ha=low_ha - consumed_ha,
        remaining_hi_ha=high_ha - consumed_ha,
        used_lo_share=consumed_ha / high_ha.where(high_ha > 0),
        used_hi_share=consumed_ha / low_ha.where(low_ha > 0),
        projection_ha=projected_ha,
        overrun_lo_ha=(projected_ha - high_ha).clip(lower=0),
        overrun_hi_ha=(projected_ha - low_ha).clip(lower=0),
    )
