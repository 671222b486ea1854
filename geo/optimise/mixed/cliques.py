"""Spacing rules made tight: of sites all too near each other at most one opens."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from geo.optimise.mixed.cliques_loops import grow_cliques
from geo.optimise.rules import RuleKind, SiteRule


def with_cliques(rules: Sequence[SiteRule]) -> tuple[SiteRule, ...]:
    """Return `rules` with the pairs of each spacing rule gathered into cliques.

    The same plans respect them; the linear relaxation is far tighter (edge inequalities
    leave every site half open: Padberg, Mathematical Programming 5, 1973).
    """
    return tuple(
        gathered(rule) if rule.kind is RuleKind.SPACING and rule.matrix.shape[0] else rule
        for rule in rules
    )


def gathered(rule: SiteRule) -> SiteRule:
    """Return a spacing `rule` with one row a clique instead of one row a pair."""
    site_count = rule.matrix.shape[1]
    graph = sparse.csr_matrix(rule.matrix.T @ rule.matrix)
    graph.setdiag(0.0)
    graph.eliminate_zeros()
    graph.sort_indices()
    ends, members = grow_cliques(graph.indptr.astype(np.int64), graph.indices.astype(np.int64))
    count = len(ends) - 1
    shape = (count, site_count)
    matrix = sparse.csr_matrix((np.ones(len(members)), members, ends), shape=shape)
    matrix.sort_indices()
    nowhere, once = np.full(count, -np.inf), np.ones(count)
    return replace(rule, matrix=matrix, at_least=nowhere, at_most=once, levels=None)
