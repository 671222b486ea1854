"""Plans of the capacitated median: who opens, who is served where, and what it costs."""

import math
from dataclasses import dataclass, field

import numpy as np

from geo.optimise.arrays import NOTHING, Flags, Integers, indicator
from geo.optimise.median.capacitated_loops import Loads, cost_of, improve
from geo.optimise.median.lists import Lists, listed
from geo.optimise.median.problem import CapacitatedProblem
from geo.optimise.median.search import begin, new_search
from geo.optimise.median.worth import cutoff
from geo.optimise.plan import Stage
from geo.optimise.standing import Standing

ROOM_TOLERANCE = 1e-9
"""Share by which float sums of demands may pass a capacity they fill exactly."""

GRID_STEPS = 2_000
"""Largest room of a site on the grid of the knapsacks; whole demands keep their values."""


@dataclass(slots=True, eq=False)
class Case:
    """A capacitated problem while its plan and its bound come nearer.

    `sites` is the site of each demand point in the best plan of `standing`.
    """

    problem: CapacitatedProblem
    lists: Lists
    loads: Loads
    standing: Standing
    sites: Integers = field(default_factory=NOTHING.copy)

    @property
    def is_locked(self) -> Flags:
        """True at required sites."""
        required = np.array(sorted(self.problem.required), dtype=np.int64)
        return indicator(required, self.problem.site_count) > 0

    @property
    def worth(self) -> float:
        """The cost from which a plan is not worth looking for."""
        return cutoff(self.standing, otherwise=float(self.lists.penalties[0]))


def round_to_plan(case: Case, chosen: Integers) -> None:
    """Build a plan on `chosen`, improve it, and keep it if it is the best."""
    problem = case.problem
    if len(chosen) != problem.count:
        return
    is_open = indicator(chosen, problem.site_count) > 0
    sites = np.empty(problem.reach.demand_count, dtype=np.int64)
    is_held = is_open.copy() if problem.rules else case.is_locked  # moves know nothing of rules
    plan = (is_open, is_held, np.zeros(problem.site_count), sites)
    if improve(case.lists, case.loads, problem.is_allowed, plan):
        offer(case, is_open, sites)


def offer(case: Case, is_open: Flags, sites: Integers) -> None:
    """Keep the plan if it is the best within the rules; its cost is summed anew."""
    problem, chosen = case.problem, np.flatnonzero(is_open)
    cost = math.fsum(cost_of(case.lists, row, site) for row, site in enumerate(sites))
    used = np.bincount(sites, weights=problem.demands, minlength=problem.site_count)
    fits = bool((used <= case.loads.capacities).all())
    fits = fits and not any(any(rule.faults(chosen)) for rule in problem.rules)
    if fits and case.standing.offer(chosen, cost, stage=Stage.SEARCH):
        case.sites = sites.copy()


def uncapacitated(case: Case) -> Integers:
    """Return the sites that would be best without capacities."""
    search = new_search(case.lists, case.is_locked, count=case.problem.count, seed=0)
    begin(search)
    return search.chosen


def roomiest(problem: CapacitatedProblem) -> Integers:
    """Return the required sites and, beside them, those of largest capacity."""
    rank = np.where(problem.is_allowed, problem.capacities, -1.0)
    rank[sorted(problem.required)] = np.inf
    return np.argsort(-rank, kind="stable")[: problem.count]


def fitting_lists(problem: CapacitatedProblem) -> Lists:
    """Return the lists of every demand point, of the pairs that fit alone."""
    reach = problem.reach
    rows, sites = reach.rows, reach.sites
    fits = problem.demands[rows] <= problem.capacities[sites] * (1 + ROOM_TOLERANCE)
    kept = problem.is_allowed[sites] & fits
    costs = (problem.pair_weights[rows] * reach.distances)[kept]
    unlisted = np.full(reach.demand_count, np.inf)
    return listed(rows[kept], sites[kept], costs, unlisted, site_count=reach.site_count)


def loads_of(problem: CapacitatedProblem) -> Loads:
    """Return demands and rooms, and their values on the grid of the knapsacks.

    Whole demands and small rooms are their own grid; otherwise demands are rounded down.
    """
    demands = problem.demands.copy()
    rooms = np.minimum(problem.capacities, demands.sum())
    is_whole = bool((demands == np.floor(demands)).all()) and rooms.max() <= GRID_STEPS
    step = 1.0 if is_whole else max(float(rooms.max()) / GRID_STEPS, 1e-300)
    shrunk = 1.0 if is_whole else 1.0 - ROOM_TOLERANCE
    return Loads(
        demands=demands,
        capacities=problem.capacities * (1 + ROOM_TOLERANCE),
        sizes=np.floor(demands / step * shrunk).astype(np.int64),
        rooms=np.floor(rooms / step * (1 + ROOM_TOLERANCE)).astype(np.int64),
    )
