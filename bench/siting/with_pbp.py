"""pbp-pmedian: exact p-median, by the engine its own router chooses."""

from typing import Final

import numpy as np
from pbp_pmedian import solve as solve_exactly

from bench.siting.job import Answer, Job, Limit, NoAnswerError

PROVEN: Final = 0
"""The status of a plan proven to be the best; with any other there is no plan."""


def solve(job: Job, limit: Limit) -> Answer:
    """Return the optimum it proves within the limit, its value as the bound."""
    costs = job.distances.T * job.weights  # a row a site, a column a client
    objective, chosen, _, status, engine = solve_exactly(costs, job.count, time_limit=limit.wall_s)
    if status != PROVEN:
        raise NoAnswerError(f"{engine}: no plan within the time limit")
    return Answer(tuple(sorted(np.asarray(chosen).tolist())), float(objective), note=engine)
