"""The capacitated median as a linear model, for HiGHS to close."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Floats, Integers
from geo.optimise.linear import LinearModel
from geo.optimise.median.bound_loops import IN, OUT
from geo.optimise.median.problem import CapacitatedProblem
from geo.optimise.rules import count_rule, stacked


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The pairs a plan may still use, with their costs."""

    rows: Integers
    sites: Integers
    costs: Floats


def pair_model(pairs: Pairs, decided: Integers, problem: CapacitatedProblem) -> LinearModel:
    """Return the choice of `count` sites and of one pair a row within capacities and rules.

    Variables: the sites, then the pairs. Rows: one pair for each demand, what each site
    gives, no pair with a closed site, the number of sites and the rules.
    """
    demands = problem.demands
    capacities = np.minimum(problem.capacities, demands.sum())
    site_count, pair_count, row_count = len(decided), len(pairs.rows), len(demands)
    own = np.arange(pair_count)
    ones = np.ones(pair_count)
    by_row = sparse.csr_matrix((ones, (pairs.rows, own)), shape=(row_count, pair_count))
    given = sparse.csr_matrix(
        (demands[pairs.rows], (pairs.sites, own)), shape=(site_count, pair_count)
    )
    opened = sparse.csr_matrix((-ones, (own, pairs.sites)), shape=(pair_count, site_count))
    counted = count_rule(problem.count, problem.count, site_count=site_count)
    limits = stacked((counted, *problem.rules), site_count)
    on_sites = sparse.vstack(
        [
            sparse.csr_matrix((row_count, site_count)),
            sparse.csr_matrix(sparse.diags(-capacities)),
            opened,
            limits.matrix,
        ]
    )
    on_pairs = sparse.vstack(
        [
            by_row,
            given,
            sparse.identity(pair_count),
            sparse.csr_matrix((limits.matrix.shape[0], pair_count)),
        ]
    )
    free_rows = site_count + pair_count
    return LinearModel(
        costs=np.concatenate([np.zeros(site_count), pairs.costs]),
        lower=np.concatenate([(decided == IN).astype(np.float64), np.zeros(pair_count)]),
        upper=np.concatenate([(decided != OUT).astype(np.float64), np.ones(pair_count)]),
        rows=sparse.csr_matrix(sparse.hstack([on_sites, on_pairs], format="csr")),
        at_least=np.concatenate([np.ones(row_count), np.full(free_rows, -np.inf), limits.at_least]),
        at_most=np.concatenate([np.ones(row_count), np.zeros(free_rows), limits.at_most]),
        is_whole=np.ones(site_count + pair_count, dtype=np.bool_),
    )
