"""From which cost on a plan is not worth looking for."""

from geo.optimise.standing import CLOSED_SHARE, WHOLE_TOLERANCE, Standing


def cutoff(standing: Standing, *, otherwise: float) -> float:
    """Return the cost from which a plan is not worth looking for, `otherwise` without a plan.

    When costs are whole numbers a better plan is better by 1 at least.
    """
    if not standing.has_plan:
        return otherwise
    if standing.is_integral and standing.target_gap_share == 0:
        return standing.objective - 1 + 2 * WHOLE_TOLERANCE
    share = max(standing.target_gap_share, CLOSED_SHARE / 2)
    return standing.objective * (1 - share)
