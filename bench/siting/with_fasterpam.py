"""kmedoids FasterPAM: a local search on a dense square matrix, weights folded into it."""

from typing import Final

import kmedoids
import numpy as np

from bench.siting.job import Answer, Job, Limit

STARTS: Final = 2
"""Random first medoids tried, the better plan kept."""


def solve(job: Job, limit: Limit) -> Answer:
    """Return the better of two descents; FasterPAM has no time limit and proves nothing."""
    del limit
    dissimilarities = job.distances * job.weights[:, np.newaxis]  # rows clients, columns medoids
    runs = [
        kmedoids.fasterpam(dissimilarities, job.count, random_state=seed, n_cpu=1)
        for seed in range(STARTS)
    ]
    best = min(runs, key=lambda run: float(run.loss))
    return Answer(tuple(sorted(np.unique(best.medoids).tolist())), note=f"{STARTS} starts")
