"""Other plans nearly as good, told by what they would change."""

import math

import numpy as np
import pandas as pd

from geo.optimise.deadline import Deadline
from geo.optimise.effort import Effort
from geo.optimise.mixed.alternatives import Variety, alternatives
from geo.optimise.plan import Plan
from geo.optimise.problem import CoverageProblem, CoveringProblem
from jalon.siting_problem import Problem, Question

DIFFERENCE_SHARE = 0.05
"""Stations of a plan, as a share, that every other plan does without."""

LOSS_SHARE = 0.01
"""What another plan may be worse by."""

WORK_SHARE = 0.25
"""Effort for each other plan, as a share of that for the first."""

COLUMNS = ["rank", "value", "closed", "opened"]


def other_plans(
    asked: Question,
    problem: Problem,
    best: Plan,
    deadline: Deadline,
) -> pd.DataFrame:
    """Return one row a plan: its value, and the communes it gives up and takes instead.

    Fewer than asked for when no more are nearly as good; none once `deadline` is past.
    """
    wanted = asked.parameters.alternatives
    if not wanted or deadline.is_past or not isinstance(problem, CoverageProblem | CoveringProblem):
        return pd.DataFrame(columns=COLUMNS)
    least = max(1, math.ceil(DIFFERENCE_SHARE * len(best.chosen)))
    effort = Effort(
        work=WORK_SHARE * asked.parameters.effort,
        target_gap_share=asked.parameters.target_gap_share,
        time_limit_s=None if deadline.left_s is None else deadline.left_s / wanted,
    )
    variety = Variety(count=wanted, least_difference=least, loss_share=LOSS_SHARE)
    found = alternatives(
        problem, best, variety, effort, seed=best.seed, wants_stop=deadline.wants_stop
    )
    rows = [
        (rank, plan.objective, *_changes(asked, best, plan)) for rank, plan in enumerate(found, 1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _changes(asked: Question, best: Plan, other: Plan) -> tuple[list[str], list[str]]:
    """Return the communes only `best` equips, then those only `other` does, by name."""
    names = asked.names
    closed = np.setdiff1d(best.chosen, other.chosen)
    opened = np.setdiff1d(other.chosen, best.chosen)
    return [*names[closed]], [*names[opened]]
