"""The ZAN ledger of territories: what was consumed, what the envelope is, what remains."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jalon.model import ZanParameters
from jalon.zan.closing import with_closings
from jalon.zan.declared import Declared, declared
from jalon.zan.envelope import communal_floor_ha, projection_ha
from jalon.zan.guarantee import eligibility, late_notes, supplements
from jalon.zan.law import Law, law_on, verified_on
from jalon.zan.levels import CODES, COMMUNE, EPCI, LEVELS, Level, members
from jalon.zan.notes import (
    closing_notes,
    cog_notes,
    impossible_notes,
    mixed_notes,
    of_communes,
    supplement_notes,
    uncounted_notes,
    with_notes,
    with_rule_ids,
)
from jalon.zan.rates import with_rates
from jalon.zan.series import CommunalSeries, communal_series, sums_until
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
    "rate_source_fr",
    "envelope_ha",
    "floor_lo_ha",
    "floor_hi_ha",
    "allowed_lo_ha",
    "allowed_hi_ha",
    "is_raised",
    "published_ha",
    "pene_ha",
    "pv_exempt_ha",
    "zac_moved_ha",
    "consumed_ha",
    "restored_ha",
    "net_ha",
    "year_count",
    "first_year",
    "last_year",
    "missing_years",
    "remaining_lo_ha",
    "remaining_hi_ha",
    "used_lo_share",
    "used_hi_share",
    "projection_ha",
    "overrun_lo_ha",
    "overrun_hi_ha",
    "communes_allowed_ha",
    "floor_gap_ha",
    "closing_ratio",
    "closing_shortfall_ha",
    "closed_ha",
    "is_partial",
    "warnings_fr",
    "rule_ids",
)


SUMMED = (
    "is_counted",
    "missing_years",
    "associated_count",
    "supplement_lo_ha",
    "supplement_hi_ha",
    "has_indicative_pene",
)
"""What a territory sums over all its communes, counted or not."""


@dataclass(frozen=True, slots=True)
class LedgerInputs:
    """The tables a ledger is made from, with the columns of their layers; None: never imported.

    `flows` has a row a commune and year (m²), with the file it comes from (`source_id`);
    `communes` says which EPCI, département and région each known commune belongs to. Without
    `merged_communes`, no commune is taken for a commune nouvelle.
    """

    flows: pd.DataFrame
    communes: pd.DataFrame
    objectives: pd.DataFrame | None = None
    documents: pd.DataFrame | None = None
    scots: pd.DataFrame | None = None
    declarations: pd.DataFrame | None = None
    merged_communes: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class _World:
    """What the rows of every level are summed from: communes and their yearly hectares."""

    belonging: pd.DataFrame
    listed: pd.DataFrame
    yearly_ha: dict[str, pd.DataFrame]
    first_year: int


def ledger(inputs: LedgerInputs, parameters: ZanParameters) -> pd.DataFrame:
    """Return one row a territory with its envelope and what remains, in hectares.

    Rows: every commune of an EPCI the series touch, then EPCI, SCoT, départements, régions. A
    territory any of whose communes lacks a year is counted on those that have them all, and
    `counted_count` says so; series of different ends are counted on the years they share.
    Raises InputError where the law of the day gives no envelope: out of the decade, whatever
    rate is supposed.
    """
    law = law_on(parameters.as_of or verified_on())
    law.number("reduction_share")  # raises outside the decade
    series = communal_series(inputs.flows, law)
    told = declared(inputs.declarations, series, law)
    world = _world(inputs, series, told, law)
    rows = pd.concat([_level_rows(world, level) for level in LEVELS], ignore_index=True)
    rated = with_rates(rows, inputs.objectives, inputs.documents, parameters=parameters, law=law)
    closed = with_closings(_balanced(_with_floors(rated, inputs.documents, law), law))
    notes = [
        uncounted_notes(world.listed, world.belonging),
        mixed_notes(world.listed),
        impossible_notes(series, inputs.communes),
        cog_notes(pd.Series(series.communes.index, dtype="str"), world.belonging),
        supplement_notes(world.listed),
        of_communes(late_notes(world.listed, inputs.documents, law)),
        of_communes(told.notes),
        closing_notes(closed),
    ]
    return with_notes(with_rule_ids(closed, law), notes)[list(LEDGER_COLUMNS)]


def _world(inputs: LedgerInputs, series: CommunalSeries, told: Declared, law: Law) -> _World:
    belonging = members(inputs.communes, inputs.scots)
    touched = belonging.loc[belonging["insee"].isin(series.communes.index), EPCI.code].dropna()
    is_listed = belonging["insee"].isin(series.communes.index)
    listed = belonging[is_listed | belonging[EPCI.code].isin(touched)].join(series.communes)
    added = supplements(listed, inputs.merged_communes, law)
    moved_ha = told.moved_ha.reindex(listed.index, fill_value=0.0)
    never = law.year("tranche_first_year") - 1
    last_years = listed["last_year"].fillna(listed["last_year"].min()).fillna(never).astype(int)
    decade = law.year("reference_last_year") - law.year("reference_first_year") + 1
    listed = listed.assign(
        is_counted=listed["is_counted"].fillna(value=False).astype(bool),
        last_year=last_years,
        missing_years=listed["missing_years"].fillna(decade + last_years - never).astype(int),
        missing_fr=listed["missing_fr"].fillna(""),
        zac_moved_ha=moved_ha,
        reference_ha=listed["reference_ha"] + moved_ha,
        associated_count=added["associated_count"],
        supplement_lo_ha=added["lo_ha"],
        supplement_hi_ha=added["hi_ha"],
        has_indicative_pene=listed["insee"].isin(told.indicative),
    )
    return _World(
        belonging, listed, {"published_ha": series.yearly_ha, **told.yearly_ha}, never + 1
    )


def _level_rows(world: _World, level: Level) -> pd.DataFrame:
    """Return the rows of one level: names, counts, and the sums of the counted communes."""
    listed = world.listed.dropna(subset=level.code)
    groups = listed.groupby(level.code, sort=True)
    counted = listed[listed["is_counted"]]
    last_year = counted.groupby(level.code)["last_year"].min()
    amounts = _amounts(world, counted, counted[level.code].map(last_year))
    sums = amounts.groupby(counted[level.code]).sum()
    rows = pd.DataFrame({"name": groups[level.label].first()}).join(
        [groups[list(SUMMED)].sum(), sums]
    )
    rows = rows.rename(columns={"is_counted": "counted_count"})
    known = world.belonging.dropna(subset=level.code).groupby(level.code)
    is_partial = known["epci_is_partial"].first().reindex(rows.index) & (level is EPCI)
    ends = last_year.reindex(rows.index).fillna(groups["last_year"].min()).astype(int)
    return rows.assign(
        level=level.name_fr,
        commune_count=known.size().reindex(rows.index),
        is_partial=is_partial,
        name=rows["name"].where(~is_partial, rows["name"] + f", {PARTIAL_FR}"),
        first_year=world.first_year,
        last_year=ends,
        year_count=ends - world.first_year + 1,
        has_indicative_pene=rows["has_indicative_pene"].gt(0),
        **_parents(listed, level),
    ).reset_index(names="code")


def _amounts(world: _World, counted: pd.DataFrame, until: pd.Series) -> pd.DataFrame:
    """Return what each counted commune adds to its territory, up to the year `until`."""
    years_ha = {name: sums_until(table, until) for name, table in world.yearly_ha.items()}
    return pd.DataFrame(
        {
            "reference_ha": counted["reference_ha"],
            "zac_moved_ha": counted["zac_moved_ha"],
            **years_ha,
        }
    )


def _parents(listed: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Return, by code, the territory of every level each one lies wholly in; missing without."""
    codes = listed.set_index(level.code, drop=False)[list(CODES)].groupby(level=0)
    is_one = codes.nunique(dropna=False).eq(1)
    return codes.first().where(is_one)


def _with_floors(rows: pd.DataFrame, documents: pd.DataFrame | None, law: Law) -> pd.DataFrame:
    """Add G and A = max(E, G) (R-GAR-5): communes only, A = E above them."""
    is_commune = rows["level"].eq(COMMUNE.name_fr)
    communes = rows[is_commune].set_index("code")
    added = communes[["supplement_lo_ha", "supplement_hi_ha"]].set_axis(["lo_ha", "hi_ha"], axis=1)
    floors = communal_floor_ha(eligibility(communes, documents, law), added, law)
    floors = floors.set_index(rows.index[is_commune]).reindex(rows.index)
    envelope_ha = rows["envelope_ha"]
    low_ha, high_ha = floors["floor_lo_ha"], floors["floor_hi_ha"]
    return rows.assign(
        **floors,
        allowed_lo_ha=np.maximum(envelope_ha, low_ha.fillna(-np.inf)),
        allowed_hi_ha=np.maximum(envelope_ha, high_ha.fillna(-np.inf)),
        is_raised=low_ha > envelope_ha,
    )


def _balanced(rows: pd.DataFrame, law: Law) -> pd.DataFrame:
    """Add K, N = K − R, B = A − N, u = N/A and the projection (R-ENV-10, R-ENV-11).

    What rests on A is an interval, for A is one while a commune's guarantee is not known.
    """
    taken_off = rows["pene_ha"] + rows["pv_exempt_ha"] + rows["zac_moved_ha"]
    consumed_ha = rows["published_ha"] - taken_off
    net_ha = consumed_ha - rows["restored_ha"]
    projected_ha = projection_ha(consumed_ha, rows["year_count"], law)
    low_ha, high_ha = rows["allowed_lo_ha"], rows["allowed_hi_ha"]
    of_low, of_high = (net_ha / one.where(one > 0) for one in (low_ha, high_ha))
    is_owed = net_ha >= 0  # what is given back is a larger share of a smaller envelope
    return rows.assign(
        consumed_ha=consumed_ha,
        net_ha=net_ha,
        remaining_lo_ha=low_ha - net_ha,
        remaining_hi_ha=high_ha - net_ha,
        used_lo_share=of_high.where(is_owed, of_low),
        used_hi_share=of_low.where(is_owed, of_high),
        projection_ha=projected_ha,
        overrun_lo_ha=(projected_ha - high_ha).clip(lower=0),
        overrun_hi_ha=(projected_ha - low_ha).clip(lower=0),
    )
