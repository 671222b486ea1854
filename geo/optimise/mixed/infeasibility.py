"""Why a request has no answer: the fewest clauses that cannot hold together."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from geo.optimise.arrays import NOTHING, Integers
from geo.optimise.deadline import Deadline
from geo.optimise.linear import Answer
from geo.optimise.mixed.clauses import Clause, ask, clauses_of, is_impossible, question, without
from geo.optimise.mixed.relaxing import relaxation
from geo.optimise.plan import Infeasible
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem
from geo.optimise.rules import SiteRule

LEAST_SECONDS = 2.0
"""Time for a first plan, or for the reason why there is none, even past the deadline."""


def first_plan(problem: Coverage, *, deadline: Deadline) -> Answer:
    """Return sites that respect all of `problem`, or the proof that there are none.

    Values beyond the sites, if any, are those of the items.
    """
    return ask(question(problem), deadline=prolonged(deadline))


def diagnose(
    problem: Coverage, *, deadline: Deadline | None = None, site_names: Sequence[str] = ()
) -> Infeasible:
    """Return clauses of an impossible `problem` of which none can be left out, and what frees it.

    Deletion filter (Chinneck & Dravnieks, ORSA Journal on Computing 3, 1991): a clause without
    which the rest is still impossible is left out for good. A question cut short counts as
    possible: the set named still blocks, but may then be larger than needed. Each relaxation
    changes one clause only, as little as possible, and makes the whole request possible.
    """
    limit = prolonged(deadline or Deadline())
    blocking = _blocking(problem, limit)
    found = [
        relaxation(problem, clause, deadline=limit, site_names=site_names) for clause in blocking
    ]
    return Infeasible(
        blocking_fr=tuple(clause.name_fr for clause in blocking),
        relaxations=tuple(change for change in found if change is not None),
        unreachable=tuple(_unreachable(problem).tolist()),
    )


def diagnose_rules(
    rules: Sequence[SiteRule],
    *,
    site_count: int,
    required: frozenset[int] = frozenset(),
    forbidden: frozenset[int] = frozenset(),
    count: int | None = None,
) -> Infeasible | None:
    """Return why no sites respect `rules`, None when some do: for problems without coverage."""
    nothing = sparse.csr_matrix((1, site_count))
    problem = CoverageProblem(
        np.zeros(1),
        nothing,
        required=required,
        forbidden=forbidden,
        rules=tuple(rules),
        count=count,
    )
    return diagnose(problem) if is_impossible(problem, deadline=Deadline()) else None


def _blocking(problem: Coverage, deadline: Deadline) -> tuple[Clause, ...]:
    """Return clauses that are impossible together, each of them needed."""
    clauses = clauses_of(problem)
    dropped: frozenset[Clause] = frozenset()
    for clause in clauses:
        trial = dropped | {clause}
        if is_impossible(without(problem, trial), deadline=deadline):
            dropped = trial
    return tuple(clause for clause in clauses if clause not in dropped)


def _unreachable(problem: Coverage) -> Integers:
    """Return the demands out of reach when all must be served."""
    is_all = isinstance(problem, CoveringProblem) and problem.share == 1.0
    return problem.unreachable if is_all else NOTHING


def prolonged(deadline: Deadline) -> Deadline:
    """Return a deadline that leaves time to answer at all."""
    if deadline.left_s is None:
        return deadline
    return Deadline(max(deadline.left_s, LEAST_SECONDS), deadline.wants_stop)
