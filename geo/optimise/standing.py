"""The best plan and bound so far: they only get better, and whoever listens is told."""

import math
from dataclasses import dataclass, field

import numpy as np

from geo.optimise.arrays import NOTHING, Integers
from geo.optimise.deadline import Deadline
from geo.optimise.plan import (
    Plan,
    PresolveReport,
    Progress,
    ProgressListener,
    Sense,
    Stage,
    Status,
    gap_share,
)

CLOSED_SHARE = 1e-6
"""Gap taken for zero when values are not whole numbers: the solvers' own tolerance."""

WHOLE_TOLERANCE = 1e-6
"""A bound this close to a whole number, in absolute terms, is not rounded past it."""


@dataclass(slots=True)
class Standing:
    """What is known of the answer at any moment; `is_integral` when values are whole numbers.

    `bound` must be given a valid value from the start (everything covered, nothing paid).
    """

    sense: Sense
    bound: float
    is_integral: bool
    deadline: Deadline
    target_gap_share: float = 0.0
    progress: ProgressListener | None = None
    chosen: Integers = field(default_factory=NOTHING.copy)
    objective: float = math.nan
    seconds_to_best: float = 0.0

    @property
    def has_plan(self) -> bool:
        """True once a plan was offered."""
        return not math.isnan(self.objective)

    @property
    def gap_share(self) -> float:
        """What the best plan may miss; 1 without a plan."""
        return gap_share(self.objective, self.bound, self.sense) if self.has_plan else 1.0

    @property
    def is_optimal(self) -> bool:
        """True when the bound leaves nothing to gain."""
        return self.has_plan and self.gap_share <= (0.0 if self.is_integral else CLOSED_SHARE)

    @property
    def is_over(self) -> bool:
        """True when nothing more is to be gained, asked for, or allowed."""
        is_enough = self.has_plan and self.gap_share <= self.target_gap_share
        return self.is_optimal or is_enough or self.deadline.is_past

    def offer(self, chosen: Integers, objective: float, *, stage: Stage) -> bool:
        """Keep `chosen` if it is better than the best plan, and tell whether it is."""
        if self.has_plan and not self._is_better(objective):
            return False
        self.chosen, self.objective = np.sort(chosen), objective
        self.seconds_to_best = self.deadline.elapsed_s
        self.cap(self.bound, stage=stage)
        return True

    def cap(self, bound: float, *, stage: Stage) -> None:
        """Keep `bound` if it is the tightest yet; whole values are rounded to what can be."""
        if self.is_integral:
            bound = _whole(bound, self.sense)
        if self.sense is Sense.MAXIMISE:
            tighter = min(self.bound, bound)
            self.bound = max(tighter, self.objective) if self.has_plan else tighter
        else:
            tighter = max(self.bound, bound)
            self.bound = min(tighter, self.objective) if self.has_plan else tighter
        if self.progress is not None and self.has_plan:
            self.progress(Progress(stage, self.objective, self.bound, self.gap_share))

    def status(self) -> Status:
        """Return what is proven of the best plan."""
        if self.is_optimal:
            return Status.OPTIMAL
        if self.deadline.wants_stop():
            return Status.STOPPED
        return Status.INTERRUPTED if self.deadline.is_past else Status.GAP

    def plan(
        self,
        *,
        seed: int,
        unreachable: Integers = NOTHING,
        instance_hash: str = "",
        presolve: PresolveReport = PresolveReport(),  # noqa: B008 - frozen
        assignment: Integers | None = None,
    ) -> Plan:
        """Return the best plan with its proof."""
        return Plan(
            chosen=tuple(self.chosen.tolist()),
            objective=self.objective,
            bound=self.bound,
            gap_share=self.gap_share,
            status=self.status(),
            seed=seed,
            sense=self.sense,
            unreachable=tuple(unreachable.tolist()),
            instance_hash=instance_hash,
            presolve=presolve,
            assignment=assignment,
            seconds=self.deadline.elapsed_s,
            seconds_to_best=self.seconds_to_best,
        )

    def _is_better(self, objective: float) -> bool:
        if self.sense is Sense.MAXIMISE:
            return objective > self.objective
        return objective < self.objective


def _whole(bound: float, sense: Sense) -> float:
    """Return the farthest whole value that `bound` still allows."""
    if not math.isfinite(bound):
        return bound
    if sense is Sense.MAXIMISE:
        return float(math.floor(bound + WHOLE_TOLERANCE))
    return float(math.ceil(bound - WHOLE_TOLERANCE))
