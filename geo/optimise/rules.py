"""What must hold of the open sites together: counts, budgets, territories, spacing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Floats, Integers, indicator
from geo.optimise.reach import Reach

TOLERANCE = 1e-9
"""What float sums of coefficients may differ from a limit that they respect."""


class RuleKind(StrEnum):
    """What a rule limits."""

    COUNT = "nombre de stations"
    BUDGET = "budget"
    TERRITORY = "territoire"
    SPACING = "espacement"
    LINK = "compatibilité"
    CORRIDOR = "continuité d'itinéraire"


@dataclass(frozen=True, slots=True, eq=False)
class SiteRule:
    """Linear limits that belong together: at_least <= matrix @ x <= at_most, row by row.

    x is 1 at open sites. `matrix` is sparse (rows × sites) and never negative but for LINK
    rules. `levels` gives each row of a SPACING rule the distance between its two sites, and
    `asked` the least one allowed. `subject_fr` is what the limits are about («nombre de
    stations», a territory) and `unit_fr` their unit, to say what would free a request.
    """

    name_fr: str
    kind: RuleKind
    matrix: sparse.csr_matrix
    at_least: Floats
    at_most: Floats
    levels: Floats | None = None
    subject_fr: str = ""
    unit_fr: str = ""
    asked: float = np.nan

    def faults(self, chosen: Integers) -> Iterator[str]:
        """Yield a French sentence for the rule if `chosen` breaks it."""
        sums = self.matrix @ indicator(chosen, self.matrix.shape[1])
        margins = TOLERANCE * np.maximum(1.0, np.abs(sums))
        broken = (sums < self.at_least - margins) | (sums > self.at_most + margins)
        if broken.any():
            yield f"« {self.name_fr} » n'est pas respecté ({int(broken.sum())} fois)"


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """All the rules of a problem in one sparse block; `rule_of_row` says whose each row is."""

    matrix: sparse.csr_matrix
    at_least: Floats
    at_most: Floats
    rule_of_row: Integers


def stacked(rules: Sequence[SiteRule], site_count: int) -> Limits:
    """Return the rows of every rule, one below the other."""
    blocks = [rule.matrix for rule in rules]
    empty = sparse.csr_matrix((0, site_count))
    counts = [len(rule.at_least) for rule in rules]
    return Limits(
        matrix=sparse.csr_matrix(sparse.vstack([empty, *blocks], format="csr")),
        at_least=np.concatenate([np.zeros(0), *(rule.at_least for rule in rules)]),
        at_most=np.concatenate([np.zeros(0), *(rule.at_most for rule in rules)]),
        rule_of_row=np.repeat(np.arange(len(rules)), counts),
    )


def count_rule(at_least: float, at_most: float, *, site_count: int) -> SiteRule:
    """Limit the number of open sites, required ones included."""
    bounds = f"{at_most:g}" if at_least == at_most else f"de {at_least:g} à {at_most:g}"
    return SiteRule(
        name_fr=f"nombre de stations : {bounds}",
        kind=RuleKind.COUNT,
        matrix=sparse.csr_matrix(np.ones((1, site_count))),
        at_least=np.array([at_least]),
        at_most=np.array([at_most]),
        subject_fr="nombre de stations",
    )


def budget_rule(costs: Floats, at_most: float, *, unit_fr: str = "€") -> SiteRule:
    """Limit the total cost of the open sites; `costs` and `at_most` share one unit."""
    return SiteRule(
        name_fr=f"budget d'au plus {at_most:g} {unit_fr}",
        kind=RuleKind.BUDGET,
        matrix=sparse.csr_matrix(costs[np.newaxis]),
        at_least=np.array([-np.inf]),
        at_most=np.array([float(at_most)]),
        subject_fr="budget",
        unit_fr=unit_fr,
    )


def territory_rules(
    territory_of_site: Sequence[str],
    at_least: Mapping[str, float],
    at_most: Mapping[str, float],
) -> tuple[SiteRule, ...]:
    """Limit the open sites of each territory named in either mapping, in sorted order."""
    names = np.asarray(territory_of_site, dtype=object)
    return tuple(
        SiteRule(
            name_fr=_territory_fr(name, at_least.get(name, 0.0), at_most.get(name, np.inf)),
            kind=RuleKind.TERRITORY,
            matrix=sparse.csr_matrix((names == name)[np.newaxis].astype(float)),
            at_least=np.array([float(at_least.get(name, 0.0))]),
            at_most=np.array([float(at_most.get(name, np.inf))]),
            subject_fr=name,
        )
        for name in sorted({*at_least, *at_most})
    )


def _territory_fr(name: str, at_least: float, at_most: float) -> str:
    limits = [f"au moins {at_least:g}"] if at_least > 0 else []
    limits += [f"au plus {at_most:g}"] if np.isfinite(at_most) else []
    return f"{name} : {' et '.join(limits) or 'sans limite'}"


def spacing_rule(between_sites: Reach, minimum: float, *, unit_fr: str = "km") -> SiteRule:
    """Forbid two open sites nearer than `minimum` of each other (at that distance: allowed).

    `between_sites` lists the sites near each site; its lists must go as far as `minimum`.
    """
    near = (between_sites.distances < minimum) & (between_sites.rows != between_sites.sites)
    first = np.minimum(between_sites.rows, between_sites.sites)[near]
    second = np.maximum(between_sites.rows, between_sites.sites)[near]
    order = np.lexsort((between_sites.distances[near], second, first))
    keys = (first * between_sites.site_count + second)[order]
    _, kept = np.unique(keys, return_index=True)
    first, second = first[order][kept], second[order][kept]
    pair_count = len(first)
    pairs = np.concatenate([first, second])
    shape = (pair_count, between_sites.site_count)
    rows = np.tile(np.arange(pair_count), 2)
    return SiteRule(
        name_fr=f"stations à au moins {minimum:g} {unit_fr} l'une de l'autre",
        kind=RuleKind.SPACING,
        matrix=sparse.csr_matrix((np.ones(2 * pair_count), (rows, pairs)), shape=shape),
        at_least=np.full(pair_count, -np.inf),
        at_most=np.ones(pair_count),
        levels=between_sites.distances[near][order][kept],
        subject_fr="espacement",
        unit_fr=unit_fr,
        asked=minimum,
    )
