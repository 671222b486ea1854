"""Which alerts of the law a site or a territory has to know of, from what was imported.

An alert that holds is told; one that cannot be excluded is told «à vérifier»; others are not.
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from jalon.french import first_names
from jalon.zan.dates import (
    NOT_TOLD,
    Alert,
    Integration,
    Zone,
    deferral_alert,
    preemption_alert,
    relief_alert,
    review_alert,
    sraddet_alert,
    study_alert,
)
from jalon.zan.guarantee import ENTITLING_KINDS
from jalon.zan.levels import LEVELS, REGION
from jalon.zan.region import SRADDET_REGIONS
from layers.planning_documents import State

SCOT_KINDS = frozenset({"SCoT"})
SRADDET_KINDS = frozenset({"SRADDET"})
NAMES_MOST = 3

COLUMNS = ("level", "territory", "kind", "state", "approved_on", "zan_integrated_on")

ZONE_UNKNOWN = Alert(
    "R-DAT-7",
    applies=None,
    sentence_fr=(
        "Zone inconnue : à vérifier, une ouverture à l'urbanisation peut demander une étude de "
        "densification ou une révision du plan"
    ),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is told of the PLU, the PLUi or the carte communale of a commune."""

    integration: Integration = NOT_TOLD
    is_evolving: bool | None = None


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What is known of a site: its zones (None: unknown), its plans, one a commune, its cost.

    `cost_ha` is low and high, missing (NaN) where it was not computed.
    """

    zones: tuple[Zone | None, ...]
    plans: tuple[Plan, ...]
    cost_ha: tuple[float, float]
    is_compensated: bool = False


def site_alerts(facts: SiteFacts, day: date) -> tuple[Alert, ...]:
    """Return what holds for a site or cannot be excluded, what holds first."""
    cost_ha = (0.0, math.inf) if any(map(math.isnan, facts.cost_ha)) else facts.cost_ha
    deferrals = (
        deferral_alert(
            day,
            cost_ha,
            plan.integration,
            is_evolving=plan.is_evolving,
            is_compensated=facts.is_compensated,
        )
        for plan in facts.plans
    )
    openings = (one for zone in facts.zones for one in _opening_alerts(day, zone))
    # Neither densification studies nor the sectors of pre-emption are in an imported table.
    return _kept([*deferrals, *openings, preemption_alert(day, is_in_priority_sector=None)])


def _opening_alerts(day: date, zone: Zone | None) -> tuple[Alert, ...]:
    if zone is None:
        return (ZONE_UNKNOWN,)
    return study_alert(day, zone, has_study=None), review_alert(day, zone)


def territory_alerts(
    documents: pd.DataFrame, regions: Iterable[str], day: date
) -> tuple[Alert, ...]:
    """Return what holds for a territory or cannot be excluded (R-ENV-3, R-DAT-4).

    `documents` are those of `documents_over`, with the `place` of each; `regions` are codes.
    """
    late = (_sraddet_alert(documents, region, day) for region in sorted(set(regions)))
    return _kept([*(one for one in late if one is not None), *_relief_alerts(documents, day)])


def _sraddet_alert(documents: pd.DataFrame, region: str, day: date) -> Alert | None:
    """Return the alert of a region; None where no SRADDET is to be expected."""
    is_there = documents["level"].eq(REGION.key) & documents["territory"].eq(region)
    told = documents[is_there & documents["kind"].isin(SRADDET_KINDS)]
    if told.empty and region not in SRADDET_REGIONS:
        return None
    return sraddet_alert(day, integration_of(told, SRADDET_KINDS))


def _relief_alerts(documents: pd.DataFrame, day: date) -> list[Alert]:
    """Return one alert a sentence, which names the documents it is true of.

    The cut a document makes against the decade before its own draft is in no imported table:
    an imported objective is counted against 2011-2020.
    """
    is_plan = documents["kind"].isin(SCOT_KINDS | ENTITLING_KINDS)
    is_draft = documents["state"].eq(State.ONGOING.value) & documents["approved_on"].isna()
    plans = documents[is_plan & ~is_draft]
    if plans.empty:
        return [relief_alert(day, None, None)]
    named = plans["place"].fillna(plans["territory"]) + " (" + plans["kind"] + ")"
    told: dict[Alert, list[str]] = {}
    for name, approved_on in zip(named, plans["approved_on"], strict=True):
        approved = None if pd.isna(approved_on) else date.fromisoformat(approved_on)
        told.setdefault(relief_alert(day, approved, None), []).append(name)
    return [
        replace(alert, sentence_fr=f"{alert.sentence_fr} ; voir {first_names(names, NAMES_MOST)}")
        for alert, names in told.items()
    ]


def _kept(found: Iterable[Alert]) -> tuple[Alert, ...]:
    """Return each alert once, without those excluded, what holds before what is to verify."""
    told = [one for one in dict.fromkeys(found) if one.applies is not False]
    return tuple(sorted(told, key=lambda one: one.applies is None))


def documents_over(
    communes: Iterable[str], documents: pd.DataFrame | None, belonging: pd.DataFrame
) -> pd.DataFrame:
    """Return the documents of communes and of the territories above; none where none is told.

    `belonging` is that of `levels.members`. A lapsed document is not one of them.
    """
    if documents is None:
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    ours = belonging[belonging["insee"].isin(list(communes))]
    is_over = [
        documents["level"].eq(level.key) & documents["territory"].isin(ours[level.code].dropna())
        for level in LEVELS
    ]
    is_standing = documents["state"].ne(State.LAPSED.value)
    return documents[pd.concat(is_over, axis=1).any(axis=1) & is_standing]


def integration_of(documents: pd.DataFrame, kinds: Collection[str]) -> Integration:
    """Return when the first of the documents of some kinds integrated the objectives.

    Without a day in the table it is not told, for most files never say it.
    """
    days = documents.loc[documents["kind"].isin(kinds), "zan_integrated_on"].dropna()
    return Integration(date.fromisoformat(days.min())) if len(days) else NOT_TOLD


def plan_of(documents: pd.DataFrame, day: date) -> Plan:
    """Return what the documents of one commune tell of its plan on a day."""
    plans = documents[documents["kind"].isin(ENTITLING_KINDS)]
    return Plan(integration_of(plans, ENTITLING_KINDS), _is_evolving(plans, day))


def _is_evolving(plans: pd.DataFrame, day: date) -> bool | None:
    """Tell whether a plan is under way, prescribed by `day`; None if a state is not told."""
    if plans.empty:
        return None
    is_later = plans["prescribed_on"].astype("string").gt(day.isoformat()).fillna(value=False)
    is_ongoing = plans["state"].eq(State.ONGOING.value) & ~is_later.astype(bool)
    if is_ongoing.any():
        return True
    return None if plans["state"].isna().any() else False
