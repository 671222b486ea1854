"""What is asked of the p-center solver: the farthest demand as near as possible."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geo.errors import raise_all
from geo.optimise.arrays import few
from geo.optimise.identity import instance_hash, rule_parts
from geo.optimise.reach import Reach
from geo.optimise.rules import SiteRule


@dataclass(frozen=True, slots=True, eq=False)
class CenterProblem:
    """Open at most `count` sites so that the farthest demand is as near as possible.

    Every demand counts, whatever its weight. `required`, `forbidden` and `rules` are those
    of coverage problems; required sites are among the `count`.
    """

    reach: Reach
    count: int
    required: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()
    rules: tuple[SiteRule, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an inconsistent request once, with all its faults."""
        raise_all(
            self.faults(),
            subject="Problème du plus proche recours incohérent",
            hint="Corrigez le nombre de stations, les sites imposés ou exclus, puis relancez.",
        )

    def faults(self) -> Iterator[str]:
        """Yield each inconsistency as a French sentence."""
        site_count = self.reach.site_count
        if self.count < 1:
            yield f"nombre de stations à placer : {self.count} (il en faut au moins 1)"
        for label, sites in (("imposés", self.required), ("exclus", self.forbidden)):
            outside = sorted(site for site in sites if not 0 <= site < site_count)
            if outside:
                yield f"sites {label} absents des {site_count} candidats : {few(outside)}"
        both = sorted(self.required & self.forbidden)
        if both:
            yield f"sites à la fois imposés et exclus : {few(both)}"
        for rule in self.rules:
            if rule.matrix.shape[1] != site_count:
                yield f"« {rule.name_fr} » porte sur {rule.matrix.shape[1]} sites"


def center_hash(problem: CenterProblem) -> str:
    """Return the fingerprint of a p-center problem."""
    required = np.array(sorted(problem.required), dtype=np.int64)
    forbidden = np.array(sorted(problem.forbidden), dtype=np.int64)
    parts = (problem.reach, problem.count, required, forbidden)
    return instance_hash("center", *parts, *rule_parts(problem.rules))
