"""How a siting calculation is told: values, bounds and proofs, in the planner's own units."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from geo.optimise.plan import PresolveReport, Stage, Status
from jalon.french import count, first_names, number, percent
from jalon.model import Objective

EFFORTS = {"rapide": 0.25, "normal": 1.0, "approfondi": 4.0}
"""The amounts of work people choose among, by name."""

NAMES_TOLD = 8
"""Communes named in a sentence before the others are only counted."""

MISSED_FR = {
    Objective.COVERAGE: "aucun plan de même taille ne couvre plus de {} dans ce modèle",
    Objective.FEWEST: "il faut en créer au moins {} dans ce modèle",
    Objective.MEAN_DISTANCE: "aucun plan de même taille ne descend sous {} dans ce modèle",
    Objective.LONGEST_DISTANCE: "aucun plan de même taille ne descend sous {} dans ce modèle",
}


class Step(StrEnum):
    """What is worked out around a plan, as shown to the user."""

    PLAN = "plan"
    CURVE = "courbe de couverture"
    OTHERS = "recherche d'autres plans"
    TABLES = "vérification et tableaux"


@dataclass(frozen=True, slots=True)
class SitingProgress:
    """The best plan and the best bound at some moment, in the unit of the objective.

    Inhabitants, stations or km; `value` is nan and `bound` infinite while there is none.
    The first news, before anything is solved, names the communes out of reach: `unreachable`.
    `step` is no longer the plan once it is found.
    """

    stage: Stage
    objective: Objective
    value: float
    bound: float
    gap_share: float
    elapsed_s: float
    unreachable: tuple[str, ...] = ()
    step: Step = Step.PLAN

    @property
    def has_plan(self) -> bool:
        """True once there is a plan to keep."""
        return not math.isnan(self.value)


SitingListener = Callable[[SitingProgress], None]


def unheard(_news: SitingProgress) -> None:
    """Let news pass."""


def figure_fr(objective: Objective, value: float) -> str:
    """Return «5 492 342 habitants», «384 stations», «3,21 km»; a dash without a value."""
    if not math.isfinite(value):
        return "—"
    if objective is Objective.COVERAGE:
        return count(round(value), "habitant")
    if objective is Objective.FEWEST:
        return count(round(value), "station")
    return f"{number(value, 2)}\u202fkm"


def value_fr(objective: Objective, value: float) -> str:
    """Return what a plan achieves: «5 492 342 habitants couverts», «384 stations à créer»."""
    achieved = {
        Objective.COVERAGE: " couverts",
        Objective.FEWEST: " à créer",
        Objective.MEAN_DISTANCE: " en moyenne",
        Objective.LONGEST_DISTANCE: " au plus",
    }
    return figure_fr(objective, value) + achieved.get(objective, "")


def bound_fr(objective: Objective, bound: float) -> str:
    """Return what no plan can beat, as a clause: «aucun plan … ne couvre plus de …»."""
    return MISSED_FR[objective].format(figure_fr(objective, bound))


def progress_fr(news: SitingProgress) -> str:
    """Return where a calculation stands, in one line."""
    stage = _under_way_fr(news).capitalize()
    if not news.has_plan:
        return f"{stage}…"
    told = f"{stage} : {value_fr(news.objective, news.value)}"
    if not math.isfinite(news.bound):
        return told
    limit = figure_fr(news.objective, news.bound)
    return f"{told}, au mieux {limit}, écart prouvé {percent(news.gap_share, 2)}"


def _under_way_fr(news: SitingProgress) -> str:
    if news.step is not Step.PLAN:
        return news.step.value
    return "calcul de la borne" if news.stage is Stage.BOUND else news.stage.value


def status_fr(status: Status, gap_share: float) -> str:
    """Return «optimum prouvé», or what was proven: «…, écart prouvé 0,80 %»."""
    if status is Status.OPTIMAL:
        return status.value
    return f"{status.value} {percent(gap_share, 2)}"


def unreachable_fr(names: tuple[str, ...]) -> str:
    """Return the sentence that names the communes no allowed station reaches."""
    told = count(len(names), "commune hors de portée", "communes hors de portée")
    return f"{told} de tout site possible : {first_names(names, NAMES_TOLD)}."


def presolve_fr(report: PresolveReport, unreachable_count: int) -> str:
    """Return what was settled before anything was solved."""
    parts = [count(report.row_count, "commune")] if report.row_count else []
    parts += [count(unreachable_count, "demande hors de portée", "demandes hors de portée")]
    if report.merged_row_count:
        merged = (
            "commune réunie à une autre que les mêmes sites desservent",
            "communes réunies à d'autres que les mêmes sites desservent",
        )
        parts.append(count(report.merged_row_count, *merged))
    if report.dominated_count:
        dominated = "candidat dominé écarté", "candidats dominés écartés"
        parts.append(count(report.dominated_count, *dominated))
    return " ; ".join(parts)
