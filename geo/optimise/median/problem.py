"""What is asked of the median solvers: stations near people, with or without capacities."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geo.errors import raise_all
from geo.optimise.arrays import Flags, Floats, few, read_only
from geo.optimise.faults import site_faults, weight_faults
from geo.optimise.reach import Reach
from geo.optimise.rules import SiteRule

REMEDY_FR = "Corrigez les demandes, les sites imposés ou exclus, puis relancez."


@dataclass(frozen=True, slots=True, eq=False)
class MedianProblem:
    """Open exactly `count` sites so that the weighted distance to the nearest is least.

    The p-median problem of Hakimi (Operations Research 12, 1964): minimise the sum of
    `weights[i]` times the distance from i to the nearest open site. Every demand point with a
    weight must find an open site in its list of `reach`; lists may be cut short, and a plan
    proven with cut lists is proven for the full ones, since what is left out costs at least
    `reach.beyond`. `required` sites are in every plan, `forbidden` ones in none; `rules`
    limit the open sites together, required ones included.
    """

    reach: Reach
    weights: Floats
    count: int
    required: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()
    rules: tuple[SiteRule, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the weights; refuse an inconsistent request once, with all its faults."""
        object.__setattr__(self, "weights", read_only(self.weights, np.float64))
        object.__setattr__(self, "required", frozenset(map(int, self.required)))
        object.__setattr__(self, "forbidden", frozenset(map(int, self.forbidden)))
        subject = "Problème de stations au plus près incohérent"
        raise_all(self.faults(), subject=subject, hint=REMEDY_FR)

    @property
    def site_count(self) -> int:
        """Number of candidate sites, allowed or not."""
        return self.reach.site_count

    @property
    def is_allowed(self) -> Flags:
        """True at the sites a plan may open."""
        allowed = np.ones(self.site_count, dtype=np.bool_)
        allowed[sorted(self.forbidden)] = False
        return allowed

    def faults(self) -> Iterator[str]:
        """Yield each inconsistency as a French sentence."""
        yield from _weight_faults(self.weights, self.reach)
        yield from site_faults(
            self.required, self.forbidden, self.rules, site_count=self.site_count
        )
        if self.count < 1:
            yield f"nombre de stations à placer : {self.count} (il en faut au moins 1)"


@dataclass(frozen=True, slots=True, eq=False)
class CapacitatedProblem:
    """Open `count` sites and give each demand point to one of them within its capacity.

    The capacitated p-median problem with single assignment (Mulvey & Beck, European Journal
    of Operational Research 18, 1984): minimise the sum over demand points of `weights` times
    the distance to the site that serves them, the `demands` given to site j staying within
    `capacities[j]`. `weights` are 1 each by default. A pair not listed in `reach` is not
    allowed. The assignment is part of the answer: the nearest station may be full. `rules`
    limit the open sites together, required ones included.
    """

    reach: Reach
    demands: Floats
    capacities: Floats
    count: int
    weights: Floats | None = None
    required: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()
    rules: tuple[SiteRule, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the arrays; refuse an inconsistent request once, with all its faults."""
        ones = np.ones(self.reach.demand_count)
        given = ones if self.weights is None else self.weights
        object.__setattr__(self, "weights", read_only(given, np.float64))
        for name in ("demands", "capacities"):
            object.__setattr__(self, name, read_only(getattr(self, name), np.float64))
        object.__setattr__(self, "required", frozenset(map(int, self.required)))
        object.__setattr__(self, "forbidden", frozenset(map(int, self.forbidden)))
        subject = "Problème de stations à capacité limitée incohérent"
        raise_all(self.faults(), subject=subject, hint=REMEDY_FR)

    @property
    def site_count(self) -> int:
        """Number of candidate sites, allowed or not."""
        return self.reach.site_count

    @property
    def pair_weights(self) -> Floats:
        """Weight of the distance of each demand point."""
        return np.ones(self.reach.demand_count) if self.weights is None else self.weights

    @property
    def is_allowed(self) -> Flags:
        """True at the sites a plan may open."""
        allowed = np.ones(self.site_count, dtype=np.bool_)
        allowed[sorted(self.forbidden)] = False
        return allowed

    def faults(self) -> Iterator[str]:
        """Yield each inconsistency as a French sentence."""
        yield from _weight_faults(self.pair_weights, self.reach)
        yield from site_faults(
            self.required, self.forbidden, self.rules, site_count=self.site_count
        )
        if self.count < 1:
            yield f"nombre de stations à placer : {self.count} (il en faut au moins 1)"
        sizes = (
            ("demandes", self.demands, self.reach.demand_count, "points de demande"),
            ("capacités", self.capacities, self.site_count, "sites"),
        )
        for name, values, expected, of_what in sizes:
            if len(values) != expected:
                yield f"{len(values)} {name} pour {expected} {of_what}"
            wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
            if len(wrong):
                yield f"{name} absentes, infinies ou négatives, lignes {few(wrong)}"


def _weight_faults(weights: Floats, reach: Reach) -> Iterator[str]:
    if len(weights) != reach.demand_count:
        yield f"{weights.size} poids pour {reach.demand_count} points de demande"
    if reach.demand_count == 0:
        yield "aucun point de demande"
    yield from weight_faults(weights)
    wrong = np.flatnonzero(~(np.isfinite(reach.distances) & (reach.distances >= 0)))
    if len(wrong):
        yield f"{len(wrong)} distances absentes, infinies ou négatives"
