"""Backup and gradual coverage as plain rows: builders of coverage problems."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from geo.errors import raise_all
from geo.optimise.arrays import Floats
from geo.optimise.problem import CoverageProblem
from geo.optimise.reach import Reach


def backup_coverage(
    weights: Floats, covers: sparse.csr_matrix, *, station_count: int = 2, count: int | None = None
) -> CoverageProblem:
    """Return the problem of serving demand by at least `station_count` stations each.

        maximise sum_i w_i z_i   with   k z_i <= sum_j a_ij x_j

    The hard form of backup coverage of Hogan & ReVelle (Management Science 32, 1986).
    """
    needs = np.full(covers.shape[0], station_count, dtype=np.int64)
    return CoverageProblem(weights, covers, needs=needs, count=count)


def weighted_backup_coverage(
    weights: Floats, covers: sparse.csr_matrix, *, first_share: float, count: int | None = None
) -> CoverageProblem:
    """Return the problem that trades first coverage against backup.

        maximise sum_i w_i (t y_i + (1 - t) u_i)   with   y_i + u_i <= sum_j a_ij x_j, u_i <= y_i

    BACOP2 of Hogan & ReVelle (Management Science 32, 1986), `first_share` being t: item i is
    the first coverage of demand i, item i + n its backup.
    """
    row_count = covers.shape[0]
    return CoverageProblem(
        np.concatenate([first_share * weights, (1.0 - first_share) * weights]),
        sparse.csr_matrix(sparse.vstack([covers, covers])),
        needs=np.repeat([1, 2], row_count),
        count=count,
    )


def gradual_coverage(
    weights: Floats,
    reach: Reach,
    *,
    radii: Sequence[float],
    credits_share: Sequence[float],
    count: int | None = None,
) -> CoverageProblem:
    """Return the problem of coverage that fades with distance, by steps.

    Within radii[l] of its nearest station demand i is worth credits_share[l] w_i (rising
    radii, falling credits). Credits telescope: level l adds c_l - c_(l+1) to whoever has a
    station within radii[l],
        maximise sum_i w_i sum_l (c_l - c_(l+1)) z_il   with   z_il <= sum_{d_ij <= r_l} x_j
    which is exact because a station within a radius is within every larger one. Church &
    Roberts (Papers of the Regional Science Association 53, 1983); Berman & Krass (Computers &
    Operations Research 29, 2002). Item i + l n is level l of demand i.
    """
    _require_fading(radii, credits_share)
    steps = -np.diff([*credits_share, 0.0])
    levels = [reach.within(radius) for radius in radii]
    return CoverageProblem(
        np.concatenate([step * weights for step in steps]),
        sparse.csr_matrix(sparse.vstack(levels)),
        count=count,
    )


def _require_fading(radii: Sequence[float], credits_share: Sequence[float]) -> None:
    """Raise InputError unless radii rise, credits fall within 0 to 1, and both are as many."""
    faults = []
    if len(radii) != len(credits_share) or not len(radii):
        faults.append(f"{len(radii)} rayons pour {len(credits_share)} parts")
    if any(near >= far for near, far in pairwise(radii)):
        faults.append("les rayons doivent croître")
    falls = all(near >= far for near, far in pairwise(credits_share))
    if not falls or any(not 0 <= share <= 1 for share in credits_share):
        faults.append("les parts doivent décroître, entre 1 et 0")
    raise_all(
        faults,
        subject="Couverture graduelle impossible",
        hint="Donnez par exemple les rayons 5, 10, 15 et les parts 1, 0,6, 0,2.",
    )
