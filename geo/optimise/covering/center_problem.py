"""What is asked of the p-center solver: the farthest demand as near as possible."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geo.errors import raise_all
from geo.optimise.faults import site_faults
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
        if self.count < 1:
            yield f"nombre de stations à placer : {self.count} (il en faut au moins 1)"
        yield from site_faults(
            self.required, self.forbidden, self.rules, site_count=self.reach.site_count
        )


def center_hash(problem: CenterProblem) -> str:
    """Return the fingerprint of a p-center problem."""
    required = np.array(sorted(problem.required), dtype=np.int64)
    forbidden = np.array(sorted(problem.forbidden), dtype=np.int64)
    parts = (problem.reach, problem.count, required, forbidden)
    return instance_hash("center", *parts, *rule_parts(problem.rules))
