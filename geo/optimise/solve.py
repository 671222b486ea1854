"""From a coverage problem to a plan with a proven bound."""

from dataclasses import dataclass, field

import numpy as np

from geo.optimise import bound, greedy, highs, regions, swap
from geo.optimise.deadline import Deadline
from geo.optimise.problem import (
    CoverageProblem,
    Plan,
    Progress,
    ProgressListener,
    SolverParameters,
    Stage,
    Status,
    gap_share,
)
from geo.optimise.residual import NOTHING, Integers, Residual, open_some, settle

DEFAULT_PARAMETERS = SolverParameters()

ROUNDED_UP_FROM = 0.5
"""Fraction of a site in the relaxation from which the second first plan opens it."""

PROMISING_FROM = 1e-4
"""Fraction from which the relaxation is said to use a site; the rest is solver noise."""

CLOSED_SHARE = 1e-6
"""Gap taken for zero when weights are not whole numbers: the solver's own tolerance."""


def solve_coverage(
    problem: CoverageProblem,
    parameters: SolverParameters = DEFAULT_PARAMETERS,
    *,
    seed: int,
    progress: ProgressListener | None = None,
) -> Plan:
    """Return a plan of exactly `problem.count` sites and the bound that proves its quality.

    Greedy and swap give a first plan, the linear relaxation a bound and a second plan,
    regional re-optimisation improves the better one, branch-and-bound closes what is small.
    Same problem, parameters and seed, same plan (see SolverParameters for the time limit).
    """
    residual = settle(problem)
    standing = _Standing(
        residual=residual,
        bound=residual.settled + residual.reachable,
        is_integral=problem.is_integral,
        target_gap_share=parameters.target_gap_share,
        progress=progress,
    )
    deadline = Deadline(parameters.time_limit_s)
    _solve(standing, parameters, seed=seed, deadline=deadline)
    chosen = problem.required | set(residual.sites[standing.chosen].tolist())
    return Plan(
        chosen=tuple(sorted(chosen)),
        objective=standing.objective,
        bound=standing.bound,
        gap_share=standing.gap_share,
        status=standing.status(interrupted=deadline.is_past),
        seed=seed,
        unreachable=tuple(problem.unreachable.tolist()),
        seconds=deadline.elapsed_s,
    )


@dataclass(slots=True)
class _Standing:
    """The best plan and bound so far: they only get better, and `progress` is told.

    Sites are local to `residual`; weights include what its settled sites cover.
    """

    residual: Residual
    bound: float
    is_integral: bool
    target_gap_share: float
    progress: ProgressListener | None
    chosen: Integers = field(default_factory=NOTHING.copy)
    objective: float = -np.inf

    @property
    def gap_share(self) -> float:
        """What the best plan may miss of the best bound."""
        return gap_share(self.objective, self.bound)

    @property
    def is_optimal(self) -> bool:
        """True when the bound leaves nothing to gain."""
        return self.gap_share <= (0.0 if self.is_integral else CLOSED_SHARE)

    @property
    def is_closed(self) -> bool:
        """True when nothing more is to be gained, or asked for."""
        return self.is_optimal or self.gap_share <= self.target_gap_share

    def offer(self, chosen: Integers, *, stage: Stage) -> None:
        """Keep `chosen` if it covers more than the best plan."""
        objective = self.residual.settled + self.residual.value(chosen)
        if objective > self.objective:
            self.chosen, self.objective = chosen, objective
            self._tell(stage)

    def cap(self, free_bound: float, *, stage: Stage) -> None:
        """Keep `free_bound`, on the weight beyond `settled`, if it is the lowest yet."""
        limit = self.residual.settled + free_bound
        if self.is_integral:
            limit = float(np.floor(limit))
        self.bound = max(min(self.bound, limit), self.objective)
        self._tell(stage)

    def status(self, *, interrupted: bool) -> Status:
        """Return what is proven of the best plan."""
        if self.is_optimal:
            return Status.OPTIMAL
        return Status.INTERRUPTED if interrupted else Status.GAP

    def _tell(self, stage: Stage) -> None:
        if self.progress is not None:
            self.progress(Progress(stage, self.objective, self.bound, self.gap_share))


def _solve(
    standing: _Standing, parameters: SolverParameters, *, seed: int, deadline: Deadline
) -> None:
    """Bring `standing` as far as `parameters` allow, the cheap steps first."""
    residual = standing.residual
    first = greedy.extend(residual, NOTHING, count=residual.count)
    standing.offer(swap.descend(residual, first), stage=Stage.START)
    if standing.is_closed:
        return
    relaxed = _relax(standing, deadline=deadline)
    _improve(standing, relaxed, parameters=parameters, seed=seed, deadline=deadline)
    if not (standing.is_closed or deadline.is_past):
        _prove(standing, relaxed, parameters=parameters, deadline=deadline)


def _relax(standing: _Standing, *, deadline: Deadline) -> highs.Relaxed:
    """Take the bound of the linear relaxation and offer the plan it rounds to."""
    residual = standing.residual
    relaxed = bound.relax(residual, time_limit_s=deadline.left_s)
    counts = np.array([residual.count])
    limits = bound.lagrangian_bounds(residual, relaxed.multipliers, counts=counts)
    standing.cap(float(limits[0]), stage=Stage.BOUND)
    opened = np.flatnonzero(relaxed.fractions > ROUNDED_UP_FROM)[: residual.count]
    rounded = greedy.extend(residual, opened, count=residual.count)
    standing.offer(swap.descend(residual, rounded), stage=Stage.BOUND)
    return relaxed


def _improve(
    standing: _Standing,
    relaxed: highs.Relaxed,
    *,
    parameters: SolverParameters,
    seed: int,
    deadline: Deadline,
) -> None:
    """Re-optimise region after region until the gap is closed or the work done."""
    promising = relaxed.fractions > PROMISING_FROM
    plans = regions.improvements(
        standing.residual,
        standing.chosen,
        promising=promising if promising.any() else ~promising,
        parameters=parameters,
        seed=seed,
        deadline=deadline,
    )
    while not standing.is_closed and (plan := next(plans, None)) is not None:
        standing.offer(plan, stage=Stage.REGIONS)


def _prove(
    standing: _Standing,
    relaxed: highs.Relaxed,
    *,
    parameters: SolverParameters,
    deadline: Deadline,
) -> None:
    """Close the gap by branch-and-bound if few enough sites remain undecided.

    Sites that every better plan has are opened, those that none has are dropped; the best
    plan is then the better of the one known and the best of what remains.
    """
    residual = standing.residual
    found = standing.objective - residual.settled
    better = found + 1.0 if standing.is_integral else found
    certain, possible = bound.undecided(residual, relaxed.multipliers, at_least=better)
    if not 0 <= residual.count - len(certain) <= len(possible):
        standing.cap(found, stage=Stage.PROOF)
        return
    rest = open_some(residual, certain, among=possible)
    if rest.covers.nnz > parameters.proof_link_count:
        return
    start = swap.descend(rest, greedy.extend(rest, NOTHING, count=rest.count))
    answer = highs.branch_and_bound(
        rest, start, node_limit=parameters.proof_node_limit, time_limit_s=deadline.left_s
    )
    placed = np.sort(np.concatenate([certain, rest.sites[answer.chosen]]))
    standing.offer(placed, stage=Stage.PROOF)
    margin = bound.ROUNDING_SHARE * residual.reachable
    standing.cap(rest.settled + answer.bound + margin, stage=Stage.PROOF)
