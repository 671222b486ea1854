"""Siting with rules as one linear model: open sites, served items, and every limit a row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Flags, Floats, Integers, indicator
from geo.optimise.linear import LinearModel
from geo.optimise.mixed.cliques import with_cliques
from geo.optimise.plan import PresolveReport, Sense
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem
from geo.optimise.rules import TOLERANCE, Limits, SiteRule, count_rule, stacked

TARGET_TOLERANCE = 1e-10
"""Share that float sums may lack of the weight to be served."""


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What is left to serve once identical demands are merged; rows sorted by item.

    Row r is served by `needs[r]` of its sites, item q once all rows with `items[r] == q` are.
    """

    covers: sparse.csr_matrix
    needs: Integers
    items: Integers
    weights: Floats

    def is_served(self, chosen: Integers) -> Flags:
        """Tell which items the `chosen` sites serve."""
        stations = self.covers @ indicator(chosen, self.covers.shape[1])
        missed = np.bincount(self.items[stations < self.needs], minlength=len(self.weights))
        return missed == 0

    def served_weight(self, chosen: Integers) -> float:
        """Return the weight of the items that the `chosen` sites serve."""
        return float(self.weights[self.is_served(chosen)].sum())


@dataclass(frozen=True, slots=True, eq=False)
class Siting:
    """A problem with rules in the shape of the solvers: `model` minimises.

    The columns of `model` are the sites, then the items of `demand`; `limits` are the rules,
    the number of stations included, `tight_limits` the same with spacing as cliques. `goal`
    is the least weight to serve, -inf for none; with `is_all` every item must be served.
    """

    sense: Sense
    demand: Demand
    limits: Limits
    tight_limits: Limits
    costs: Floats
    goal: float
    is_all: bool
    is_integral: bool
    model: LinearModel
    report: PresolveReport

    @property
    def site_count(self) -> int:
        """Number of sites, allowed or not."""
        return len(self.costs)

    def objective(self, chosen: Integers) -> float:
        """Return the served weight or the cost of `chosen`, as the sense says."""
        if self.sense is Sense.MINIMISE:
            return float(self.costs[chosen].sum())
        return self.demand.served_weight(chosen)

    def is_plan(self, chosen: Integers) -> bool:
        """Tell whether `chosen` respects every limit, required sites and goal included."""
        opened = indicator(chosen, self.site_count)
        allowed = self.model.lower[: self.site_count], self.model.upper[: self.site_count]
        if (opened < allowed[0]).any() or (opened > allowed[1]).any():
            return False
        if not respects(self.limits, opened):
            return False
        if self.is_all:
            return bool(self.demand.is_served(chosen).all())
        return self.goal == -np.inf or self.demand.served_weight(chosen) >= self.goal

    def values(self, chosen: Integers) -> Floats:
        """Return the columns of `model` for the plan `chosen`."""
        opened = indicator(chosen, self.site_count)
        return np.concatenate([opened, self.demand.is_served(chosen).astype(np.float64)])

    def chosen(self, values: Floats) -> Integers:
        """Return the sites that the columns `values` open."""
        return np.flatnonzero(values[: self.site_count] > 0.5)  # noqa: PLR2004 - rounded

    def bound_of(self, minimum: float) -> float:
        """Return the bound on plans that a `minimum` of `model` proves."""
        return minimum if self.sense is Sense.MINIMISE else -minimum


def respects(limits: Limits, opened: Floats) -> bool:
    """Tell whether the 0/1 vector `opened` holds within every limit, as the rules judge."""
    sums = limits.matrix @ opened
    margins = TOLERANCE * np.maximum(1.0, np.abs(sums))
    return bool(
        (sums >= limits.at_least - margins).all() & (sums <= limits.at_most + margins).all()
    )


def all_rules(problem: Coverage) -> tuple[SiteRule, ...]:
    """Return the rules of `problem`, its number of stations first when it has one."""
    count = getattr(problem, "count", None)
    if count is None:
        return problem.rules
    return (count_rule(count, count, site_count=problem.site_count), *problem.rules)


def coverage_siting(problem: CoverageProblem) -> Siting:
    """Return `problem`, to maximise the served weight, in the shape of the solvers.

    Maximise sum w_q z_q with needs_r z_q <= sum_j a_rj x_j for each row r of item q: Church &
    ReVelle's model (1974), with the rules as further rows.
    """
    demand = merged(problem, keep=_useful_items(problem))
    return _siting(problem, demand, sense=Sense.MAXIMISE, share=None)


def covering_siting(problem: CoveringProblem) -> Siting:
    """Return `problem`, to minimise the cost of serving enough, in the shape of the solvers."""
    is_all = problem.share == 1.0
    kept = np.ones(len(problem.weights), dtype=bool) if is_all else _useful_items(problem)
    demand = merged(problem, keep=kept)
    return _siting(problem, demand, sense=Sense.MINIMISE, share=problem.share)


def _useful_items(problem: Coverage) -> Flags:
    """Tell which items weigh something and can be served."""
    useful = problem.weights > 0
    useful[problem.unreachable] = False
    return useful


def merged(problem: Coverage, *, keep: Flags) -> Demand:
    """Return the `keep` items, those that ask for exactly the same merged into one.

    Within an item the same row asked twice is one row.
    """
    kept_rows = np.flatnonzero(keep[problem.row_items])
    table, needs = problem.covers, problem.row_needs
    asked: dict[int, dict[tuple[int, bytes], int]] = {
        int(item): {} for item in np.flatnonzero(keep)
    }
    for row in kept_rows.tolist():
        sites = table.indices[table.indptr[row] : table.indptr[row + 1]].tobytes()
        asked[int(problem.row_items[row])].setdefault((int(needs[row]), sites), row)
    rows_of: dict[tuple[tuple[int, bytes], ...], list[int]] = {}
    weight_of: dict[tuple[tuple[int, bytes], ...], float] = {}
    for item, wanted in asked.items():
        same = tuple(sorted(wanted))
        rows_of.setdefault(same, list(wanted.values()))
        weight_of[same] = weight_of.get(same, 0.0) + float(problem.weights[item])
    rows = np.array([row for group in rows_of.values() for row in group], dtype=np.int64)
    sizes = [len(group) for group in rows_of.values()]
    return Demand(
        covers=sparse.csr_matrix(table[rows]),
        needs=needs[rows],
        items=np.repeat(np.arange(len(sizes)), np.array(sizes, dtype=np.int64)),
        weights=np.array(list(weight_of.values()), dtype=np.float64),
    )


def _siting(problem: Coverage, demand: Demand, *, sense: Sense, share: float | None) -> Siting:
    """Assemble the model of `demand` and of the rules of `problem`."""
    costs = getattr(problem, "site_costs", np.zeros(problem.site_count))
    is_all = share == 1.0
    goal = -np.inf
    if share is not None and not is_all:
        total = float(problem.weights.sum())
        goal = share * total * (1.0 - TARGET_TOLERANCE)
    judged = costs if sense is Sense.MINIMISE else problem.weights
    tight_limits = stacked(with_cliques(all_rules(problem)), problem.site_count)
    return Siting(
        sense=sense,
        demand=demand,
        limits=stacked(all_rules(problem), problem.site_count),
        tight_limits=tight_limits,
        costs=costs,
        goal=goal,
        is_all=is_all,
        is_integral=bool((judged == np.floor(judged)).all()),
        model=_model(problem, demand, tight_limits, goal=goal, sense=sense, is_all=is_all),
        report=_report(problem, demand),
    )


def _report(problem: Coverage, demand: Demand) -> PresolveReport:
    row_count = problem.covers.shape[0]
    return PresolveReport(
        row_count=row_count,
        merged_row_count=row_count - len(demand.needs),
        candidate_count=problem.site_count,
    )


def _model(
    problem: Coverage, demand: Demand, limits: Limits, *, goal: float, sense: Sense, is_all: bool
) -> LinearModel:
    """Return the linear model over the sites, then the items."""
    item_count = len(demand.weights)
    blocks = [
        [demand.covers, -_need_block(demand)],
        [limits.matrix, sparse.csr_matrix((len(limits.at_least), item_count))],
    ]
    at_least = [np.zeros(len(demand.needs)), limits.at_least]
    if goal > -np.inf:
        weights = sparse.csr_matrix(demand.weights[np.newaxis])
        blocks.append([sparse.csr_matrix((1, problem.site_count)), weights])
        at_least.append(np.array([goal]))
    free_most = [np.full(len(demand.needs), np.inf), limits.at_most]
    most = np.concatenate([*free_most, np.full(len(at_least) - 2, np.inf)])
    lower, upper = site_bounds(problem)
    is_costly = sense is Sense.MINIMISE
    site_costs = getattr(problem, "site_costs", np.zeros(problem.site_count))
    return LinearModel(
        costs=np.concatenate([site_costs, np.zeros(item_count) if is_costly else -demand.weights]),
        lower=np.concatenate([lower, np.full(item_count, float(is_all))]),
        upper=np.concatenate([upper, np.ones(item_count)]),
        rows=sparse.csr_matrix(sparse.vstack([sparse.hstack(block) for block in blocks])),
        at_least=np.concatenate(at_least),
        at_most=most,
        is_whole=np.concatenate([np.ones(problem.site_count, dtype=bool), _deep_items(demand)]),
    )


def site_bounds(problem: Coverage) -> tuple[Floats, Floats]:
    """Return the least and the most each site may be open: 1 if required, 0 if forbidden."""
    lower = indicator(np.array(sorted(problem.required), dtype=np.int64), problem.site_count)
    closed = indicator(np.array(sorted(problem.forbidden), dtype=np.int64), problem.site_count)
    return lower, 1.0 - closed


def _need_block(demand: Demand) -> sparse.csr_matrix:
    """Return the rows × items matrix of the stations each row needs."""
    rows = np.arange(len(demand.needs))
    shape = (len(rows), len(demand.weights))
    return sparse.csr_matrix((demand.needs.astype(float), (rows, demand.items)), shape=shape)


def _deep_items(demand: Demand) -> Flags:
    """Tell which items need more than one station somewhere.

    Others are whole in any best solution once the sites are: they can stay continuous.
    """
    deep = np.zeros(len(demand.weights), dtype=bool)
    deep[demand.items[demand.needs > 1]] = True
    return deep


def sites_only(rules: Sequence[SiteRule], lower: Floats, upper: Floats) -> LinearModel:
    """Return the model that only asks whether sites within the bounds can respect `rules`."""
    limits = stacked(with_cliques(rules), len(lower))
    return LinearModel(
        costs=np.zeros(len(lower)),
        lower=lower,
        upper=upper,
        rows=limits.matrix,
        at_least=limits.at_least,
        at_most=limits.at_most,
        is_whole=np.ones(len(lower), dtype=bool),
    )
