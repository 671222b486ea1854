"""From a problem with rules to a plan with a proven bound, or to what blocks it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from geo.optimise.arrays import Floats
from geo.optimise.deadline import Deadline, nobody
from geo.optimise.effort import DEFAULT_EFFORT, Effort
from geo.optimise.identity import coverage_hash
from geo.optimise.linear import Relaxed, branch_and_bound, relax
from geo.optimise.mixed.annealed import contest_of
from geo.optimise.mixed.bound import part_of, safe_bound, tightened
from geo.optimise.mixed.infeasibility import diagnose, first_plan
from geo.optimise.mixed.model import Siting, coverage_siting, covering_siting
from geo.optimise.mixed.needs import strengthening
from geo.optimise.mixed.regions import Regions
from geo.optimise.mixed.run import Run
from geo.optimise.mixed.search import Search, search_on
from geo.optimise.mixed.unfinished import no_plan_yet
from geo.optimise.plan import Infeasible, Plan, ProgressListener, Sense, Stage
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem
from geo.optimise.standing import Standing

CHUNK_FLIPS = 1_000
FIRST_FLIPS = 20_000
"""Flips before the exact solver is asked whether any plan exists at all."""

START_CHUNKS, ROUNDED_CHUNKS, RUINED_CHUNKS = 5, 5, 4
"""Chunks of flips before the relaxation, from its rounding, and after each ruin."""

BOUND_TIME_SHARE = 0.6
"""Share of the time left that the relaxation may take: plans must have some too."""

SEARCH_CHUNKS = 60
"""Chunks of flips for an effort of 1, besides those of the first plan."""

REGION_ROUNDS = 160
"""Parts re-optimised for an effort of 1."""

REGION_SIZES = (12, 20, 30)
"""Open sites of a part: the larger ones come when the smaller are exhausted."""

EASY_LINK_COUNT = 3_000
"""Coefficients below which the exact solver is asked at once."""

RELAXED_LINK_COUNT = 400_000
"""Coefficients above which prices bound the plans: the relaxation would take minutes."""

FIRST_MOVES_SHARE, EARLY_MOVES_SHARE = 0.04, 0.4
"""Parts of the moves of the annealing made before any bound, and before a tight one."""

QUICK_ROUNDS, ROUNDS = 150, 2_500
"""Rounds of prices for a first bound, and for an effort of 1 when nothing else bounds."""

LAST_REGION_ROUNDS = 24
"""Parts placed again after the annealing, for an effort of 1."""

PROOF_LINK_COUNT = 40_000
PROOF_NODES = 400
"""Branch-and-bound nodes for an effort of 1 when the whole problem is given to the solver."""

STRENGTHENING_ROUNDS = 3
"""Times the relaxation is solved again with the rows it breaks, for needs above one."""

PROMISING_FROM = 1e-4
"""Fraction from which the relaxation is said to use a site; the rest is solver noise."""

OPENED_FROM = 0.5
"""Fraction of a site in the relaxation from which the rounded plan opens it."""


def solve_mixed_coverage(
    problem: CoverageProblem,
    effort: Effort = DEFAULT_EFFORT,
    *,
    seed: int,
    progress: ProgressListener | None = None,
    wants_stop: Callable[[], bool] = nobody,
) -> Plan | Infeasible:
    """Return the plan that serves the most under every rule, with its bound, or what blocks.

    Raises NoPlanYetError when stopped before either is known.
    """
    deadline = Deadline(effort.time_limit_s, wants_stop)
    siting = coverage_siting(problem)
    return _solve(problem, _begin(siting, effort, deadline, progress), effort, seed=seed)


def solve_mixed_covering(
    problem: CoveringProblem,
    effort: Effort = DEFAULT_EFFORT,
    *,
    seed: int,
    progress: ProgressListener | None = None,
    wants_stop: Callable[[], bool] = nobody,
) -> Plan | Infeasible:
    """Return the cheapest plan that serves enough under every rule, or what blocks it.

    Raises NoPlanYetError when stopped before either is known.
    """
    deadline = Deadline(effort.time_limit_s, wants_stop)
    siting = covering_siting(problem)
    return _solve(problem, _begin(siting, effort, deadline, progress), effort, seed=seed)


def _begin(
    siting: Siting, effort: Effort, deadline: Deadline, progress: ProgressListener | None
) -> Run:
    """Return a run without a plan yet; everything served and nothing paid are bounds."""
    is_costly = siting.sense is Sense.MINIMISE
    standing = Standing(
        sense=siting.sense,
        bound=0.0 if is_costly else float(siting.demand.weights.sum()),
        is_integral=siting.is_integral,
        deadline=deadline,
        target_gap_share=effort.target_gap_share,
        progress=progress,
    )
    return Run(siting, standing)


def _solve(problem: Coverage, run: Run, effort: Effort, *, seed: int) -> Plan | Infeasible:
    """Bring `run` as far as `effort` allows, the cheap steps first."""
    search = search_on(run.siting, seed=seed)
    blocked = _find_first(problem, run, search)
    if blocked is not None:
        return blocked
    if not run.standing.is_over:
        _go_on(run, search, effort, seed=seed)
    return run.standing.plan(
        seed=seed,
        unreachable=problem.unreachable,
        instance_hash=coverage_hash(problem),
        presolve=run.siting.report,
    )


def _find_first(problem: Coverage, run: Run, search: Search) -> Infeasible | None:
    """Offer a first plan; else return why there is none.

    A first plan is looked for even when the time is over: without one there is no answer.
    """
    for _ in range(FIRST_FLIPS // CHUNK_FLIPS):
        if search.run(CHUNK_FLIPS):
            run.offer(search.best, stage=Stage.START)
        if run.standing.has_plan or run.standing.deadline.wants_stop():
            break
    if run.standing.has_plan:
        return None
    answer = first_plan(problem, deadline=run.standing.deadline)
    if answer.is_infeasible:
        return diagnose(problem, deadline=run.standing.deadline)
    if answer.values is None or not run.offer(run.siting.chosen(answer.values), stage=Stage.START):
        raise no_plan_yet()
    search.know(run.standing.chosen)
    return None


def _go_on(run: Run, search: Search, effort: Effort, *, seed: int) -> None:
    """Bound the first plan, improve it, and close what can be."""
    is_small = run.siting.model.rows.nnz <= EASY_LINK_COUNT
    if is_small or run.siting.sense is Sense.MINIMISE:
        _settle(run, search, effort, seed=seed)
    else:
        _settle_large(run, effort, seed=seed)


def _settle(run: Run, search: Search, effort: Effort, *, seed: int) -> None:
    """Go on with the relaxation, the tabu search and parts placed again."""
    standing = run.standing
    _search_on(run, search, START_CHUNKS)
    relaxed = _relaxed(run)
    model = run.siting.model
    if model.rows.nnz <= EASY_LINK_COUNT:
        _prove(run, relaxed.row_multipliers, effort)
    if standing.is_over:
        return
    _round(run, search, relaxed.values)
    _improve(run, search, relaxed.values, effort, seed=seed)
    if not standing.is_over and model.rows.nnz > EASY_LINK_COUNT:
        _prove(run, relaxed.row_multipliers, effort)


def _settle_large(run: Run, effort: Effort, *, seed: int) -> None:
    """Go on with the annealing, and prices where the relaxation would take too long."""
    contest = contest_of(run, effort, seed=seed)
    contest.anneal(FIRST_MOVES_SHARE)
    contest.tighten(QUICK_ROUNDS)
    contest.anneal(EARLY_MOVES_SHARE)
    if run.standing.is_over:
        return
    if run.siting.model.rows.nnz > RELAXED_LINK_COUNT:
        contest.tighten(effort.budget(ROUNDS))
        contest.anneal(1.0)
        return
    relaxed = _relaxed(run)
    contest.anneal(1.0)
    _place_again(run, relaxed.values, effort, seed=seed)
    if not run.standing.is_over:
        _prove(run, relaxed.row_multipliers, effort)


def _place_again(run: Run, values: Floats, effort: Effort, *, seed: int) -> None:
    """Place the parts of the best plan again, each once."""
    standing = run.standing
    regions = _regions(run, values, seed=seed)
    rounds = effort.budget(LAST_REGION_ROUNDS)
    while not standing.is_over and rounds > 0 and regions.pending:
        rounds -= 1
        if regions.improve(REGION_SIZES[0], deadline=standing.deadline):
            run.offer(regions.chosen, stage=Stage.REGIONS)


def _regions(run: Run, values: Floats, *, seed: int) -> Regions:
    """Return the parts of the best plan; the sites that `values` uses are the ones to try."""
    promising = values[: run.siting.site_count] > PROMISING_FROM
    return Regions(
        run.siting,
        promising if promising.any() else ~promising,
        run.standing.chosen,
        np.random.default_rng(seed),
    )


def _relaxed(run: Run) -> Relaxed:
    """Return the relaxation and cap with it; rows of several stations are strengthened first.

    Strengthened rows stay in the model of the run. Cut short, it says nothing.
    """
    relaxed = _relax_once(run)
    for _ in range(STRENGTHENING_ROUNDS):
        model = strengthening(run.siting, relaxed.values)
        if model is None or run.standing.is_over:
            break
        run.siting = replace(run.siting, model=model)
        relaxed = _relax_once(run)
    return relaxed


def _relax_once(run: Run) -> Relaxed:
    """Return the relaxation of the model as it is, and cap with its bound."""
    model = run.siting.model
    relaxed = relax(model, deadline=_shortened(run.standing.deadline))
    if relaxed is None:
        relaxed = Relaxed(
            values=np.zeros(len(model.costs)),
            row_multipliers=np.zeros(len(model.at_least)),
            objective=-np.inf,
        )
    run.cap(safe_bound(model, relaxed.row_multipliers), stage=Stage.BOUND)
    return relaxed


def _shortened(deadline: Deadline) -> Deadline:
    """Return a deadline that leaves time for what comes after the bound."""
    if deadline.left_s is None:
        return deadline
    return Deadline(BOUND_TIME_SHARE * deadline.left_s, deadline.wants_stop)


def _round(run: Run, search: Search, values: Floats) -> None:
    """Let the search go on from the sites that the relaxation opens."""
    search.start(np.flatnonzero(values[: run.siting.site_count] > OPENED_FROM))
    _search_on(run, search, ROUNDED_CHUNKS)


def _search_on(run: Run, search: Search, chunks: int) -> None:
    """Flip from where the search stands, for so many chunks."""
    for _ in range(chunks):
        if run.standing.is_over:
            return
        if search.run(CHUNK_FLIPS):
            run.offer(search.best, stage=Stage.SEARCH)


def _improve(run: Run, search: Search, values: Floats, effort: Effort, *, seed: int) -> None:
    """Improve by regions and by search in turn, until both are out of budget."""
    standing = run.standing
    regions = _regions(run, values, seed=seed)
    rounds, chunks = effort.budget(REGION_ROUNDS), effort.budget(SEARCH_CHUNKS)
    sizes = iter(REGION_SIZES)
    size = next(sizes)
    while not standing.is_over and rounds > 0:
        if not regions.pending:
            chunks = _search_again(run, search, chunks)
            regions.take(standing.chosen)
            size = next(sizes, size)
            regions.look_again()
        rounds -= 1
        if regions.improve(size, deadline=standing.deadline):
            run.offer(regions.chosen, stage=Stage.REGIONS)
    while not standing.is_over and chunks > 0:
        chunks = _search_again(run, search, chunks)


def _search_again(run: Run, search: Search, chunks: int) -> int:
    """Spend some of `chunks` of flips from the best plan, ruined; return what is left."""
    search.know(run.standing.chosen)
    search.ruin()
    _search_on(run, search, min(RUINED_CHUNKS, chunks))
    return max(0, chunks - RUINED_CHUNKS)


def _prove(run: Run, multipliers: Floats, effort: Effort) -> None:
    """Close the gap by branch-and-bound if few enough columns remain undecided.

    Any plan better than the best one known agrees with the columns settled by their reduced
    costs: what remains is a smaller problem.
    """
    siting, standing = run.siting, run.standing
    known = siting.values(standing.chosen)
    paid = float(siting.model.costs @ known)
    better = paid - 1.0 if standing.is_integral else paid
    model = tightened(siting.model, multipliers, at_most=better)
    part = part_of(model, model.lower < model.upper, model.lower)
    if part.model.rows.nnz > effort.budget(PROOF_LINK_COUNT):
        return
    fits = bool(((known >= model.lower) & (known <= model.upper)).all())
    answer = branch_and_bound(
        part.model,
        deadline=standing.deadline,
        start=known[part.free] if fits else None,
        node_limit=effort.budget(PROOF_NODES),
    )
    if answer.values is not None:
        run.offer(siting.chosen(part.whole(answer.values)), stage=Stage.PROOF)
    minimum = paid if answer.is_infeasible else min(paid, answer.bound + part.held_cost)
    run.cap(minimum, stage=Stage.PROOF)
