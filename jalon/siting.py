"""Stations over communes: from people and distances to a plan, its bound and its coverage."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.optimise.coverage.curve import coverage_curve
from geo.optimise.coverage.solve import solve_coverage
from geo.optimise.covering.center import solve_center
from geo.optimise.covering.center_problem import CenterProblem
from geo.optimise.covering.solve import solve_covering
from geo.optimise.deadline import Deadline, nobody
from geo.optimise.effort import Effort
from geo.optimise.median.solve import solve_median
from geo.optimise.plan import Infeasible, Plan, Progress, ProgressListener, Stage
from geo.optimise.problem import CoverageProblem, CoveringProblem
from jalon.model import Objective, StationParameters
from jalon.siting_alternatives import other_plans
from jalon.siting_check import check
from jalon.siting_problem import LISTS, Problem, Question, is_cut, posed, question, refusal
from jalon.siting_tables import coverage_table, station_table
from jalon.siting_words import SitingListener, SitingProgress, Step, unheard

DISTANCE_FR = "distance approchée : ligne droite × {ratio}, aucun réseau routier chargé"

CURVE_STEPS = 60


@dataclass(frozen=True, slots=True)
class StationOutcome:
    """A verified plan, told by station, by commune and by number of stations.

    `stations` has one row a station (points, EPSG:2154); `coverage` one row a commune;
    `curve` what any number of stations covers at least and at most, None when the objective
    is another or the calculation was stopped. `unreachable` names the communes that no
    allowed station reaches; `alternatives` has one row another plan nearly as good.
    """

    plan: Plan
    stations: gpd.GeoDataFrame
    coverage: pd.DataFrame
    curve: pd.DataFrame | None
    parameters: StationParameters
    unreachable: tuple[str, ...] = ()
    alternatives: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def population(self) -> int:
        """Inhabitants of all the communes considered."""
        return int(self.coverage["population"].sum())

    @property
    def covered_population(self) -> int:
        """Inhabitants with enough stations within the radius."""
        return int(self.coverage.loc[self.coverage["is_covered"], "population"].sum())

    @property
    def covered_share(self) -> float:
        """Share of the inhabitants with enough stations within the radius."""
        return self.covered_population / self.population if self.population else 0.0

    @property
    def value(self) -> float:
        """What the plan achieves: inhabitants, stations, or km."""
        return _in_unit(self.parameters.objective, self.plan.objective, self.population)

    @property
    def bound(self) -> float:
        """What no plan beats, in the unit of `value`."""
        return _in_unit(self.parameters.objective, self.plan.bound, self.population)

    @property
    def distance_fr(self) -> str:
        """How the distances were obtained, to be shown beside every figure."""
        return DISTANCE_FR.format(ratio=str(self.parameters.detour_ratio).replace(".", ","))


def place_stations(
    communes: gpd.GeoDataFrame,
    parameters: StationParameters,
    *,
    seed: int,
    progress: SitingListener = unheard,
    wants_stop: Callable[[], bool] = nobody,
    wants_curve: bool = True,
) -> StationOutcome:
    """Return the best plan found for what `parameters` ask, its proof, and what it serves.

    Every commune is a demand (its inhabitants, at its town hall) and a candidate site.
    `progress` hears first which communes are out of reach, then how the gap falls, then what
    else is worked out. Once somebody `wants_stop`, the best plan so far is returned.
    InfeasibleError says which constraints no plan can hold together; NoPlanYetError, that
    the calculation ended before anything was known.
    """
    asked = question(communes, parameters)
    deadline = Deadline(parameters.time_limit_s, wants_stop)
    retelling = _Retelling(asked, progress, deadline)
    problem, plan = _answer(asked, deadline, seed=seed, progress=retelling)
    check(asked, problem, plan)
    coverage = coverage_table(asked, plan)
    has_curve = wants_curve and not deadline.is_past
    curve = _curve(problem, plan, retelling) if has_curve else None
    retelling.turn_to(Step.OTHERS if parameters.alternatives else Step.TABLES)
    return StationOutcome(
        plan=plan,
        stations=station_table(asked, plan, coverage),
        coverage=coverage,
        curve=curve,
        parameters=parameters,
        unreachable=asked.unreachable,
        alternatives=other_plans(asked, problem, plan, deadline),
    )


def _answer(
    asked: Question, deadline: Deadline, *, seed: int, progress: ProgressListener
) -> tuple[Problem, Plan]:
    """Return the problem and its plan; distances are listed further where too few were."""
    parameters = asked.parameters
    for width in LISTS:
        effort = Effort(
            work=parameters.effort,
            target_gap_share=parameters.target_gap_share,
            time_limit_s=deadline.left_s,
        )
        problem = posed(asked, width=width)
        answer = solved(
            problem, effort, seed=seed, progress=progress, wants_stop=deadline.wants_stop
        )
        if isinstance(answer, Plan):
            return problem, answer
        refused = refusal(answer, asked)
        if not is_cut(problem):
            break
    raise refused


def solved(
    problem: Problem,
    effort: Effort,
    *,
    seed: int,
    progress: ProgressListener | None,
    wants_stop: Callable[[], bool],
) -> Plan | Infeasible:
    """Return what the solver of this kind of problem answers."""
    if isinstance(problem, CoverageProblem):
        return solve_coverage(problem, effort, seed=seed, progress=progress, wants_stop=wants_stop)
    if isinstance(problem, CoveringProblem):
        return solve_covering(problem, effort, seed=seed, progress=progress, wants_stop=wants_stop)
    if isinstance(problem, CenterProblem):
        return solve_center(problem, effort, seed=seed, progress=progress, wants_stop=wants_stop)
    return solve_median(problem, effort, seed=seed, progress=progress, wants_stop=wants_stop)


@dataclass(slots=True)
class _Retelling:
    """Tells a listener the news in the planner's units, and what is done once there is a plan.

    It says at once which communes are out of reach, before anything is solved.
    """

    asked: Question
    listener: SitingListener
    deadline: Deadline
    last: SitingProgress = field(init=False)

    def __post_init__(self) -> None:
        """Name the communes out of reach."""
        nothing = SitingProgress(
            Stage.PRESOLVE, self.asked.parameters.objective, math.nan, math.inf, 1.0, 0.0
        )
        self._tell(replace(nothing, unreachable=self.asked.unreachable))

    def __call__(self, progress: Progress, /) -> None:
        """Tell how the calculation goes."""
        objective, people = self.asked.parameters.objective, self.asked.weights.sum()
        self._tell(
            SitingProgress(
                stage=progress.stage,
                objective=objective,
                value=_in_unit(objective, progress.objective, people),
                bound=_in_unit(objective, progress.bound, people),
                gap_share=progress.gap_share,
                elapsed_s=self.deadline.elapsed_s,
            )
        )

    def turn_to(self, step: Step) -> None:
        """Tell what is worked out now that there is a plan."""
        self._tell(replace(self.last, step=step, elapsed_s=self.deadline.elapsed_s))

    def _tell(self, news: SitingProgress) -> None:
        self.last = news
        self.listener(news)


def _in_unit(objective: Objective, value: float, population: float) -> float:
    """Return a value of the optimiser in the planner's unit: a mean and not a sum of km."""
    if objective is not Objective.MEAN_DISTANCE:
        return value
    return value / population if population else math.nan


def _curve(problem: Problem, plan: Plan, retelling: _Retelling) -> pd.DataFrame | None:
    """Return covered inhabitants (at least, at most) for a range of numbers of stations."""
    if not isinstance(problem, CoverageProblem) or not problem.is_simple or not problem.count:
        return None
    retelling.turn_to(Step.CURVE)
    most = min(2 * problem.count, problem.site_count - len(problem.forbidden))
    least = max(1, len(problem.required))
    counts = np.unique(np.linspace(least, most, CURVE_STEPS).astype(int))
    return coverage_curve(problem, np.unique(np.append(counts, problem.count)), plan=plan)
