"""What is asked of the siting optimiser: coverage to maximise, or to reach at least cost."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.errors import raise_all
from geo.optimise.arrays import Floats, Integers, few, read_only
from geo.optimise.faults import site_faults, weight_faults
from geo.optimise.rules import SiteRule


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Demand, candidate sites, and who serves whom: what every covering problem shares.

    Row r of `covers` is something a station must serve, column j a candidate site; a stored
    non-zero says that a station at j serves it. Row r is served once at least `needs[r]`
    stations serve it (1 each by default: plain coverage; 2: backup). `item_of_row[r]` is the
    item the row belongs to: item q, of weight `weights[q]`, counts once all its rows are
    served (one row an item by default; the arcs of a trip in flow refuelling). `required`
    sites are in every plan (stations that exist), `forbidden` ones in none; `rules` limit
    the open sites together, required ones included.
    """

    weights: Floats
    covers: sparse.csr_matrix
    required: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()
    rules: tuple[SiteRule, ...] = ()
    needs: Integers | None = None
    item_of_row: Integers | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays; refuse an inconsistent request once, with all its faults."""
        object.__setattr__(self, "weights", read_only(self.weights, np.float64))
        object.__setattr__(self, "covers", _canonical(self.covers))
        object.__setattr__(self, "required", frozenset(map(int, self.required)))
        object.__setattr__(self, "forbidden", frozenset(map(int, self.forbidden)))
        for name in ("needs", "item_of_row"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, read_only(getattr(self, name), np.int64))
        raise_all(
            self.faults(),
            subject="Problème de couverture incohérent",
            hint="Corrigez les demandes, les sites imposés ou exclus, puis relancez.",
        )

    @property
    def site_count(self) -> int:
        """Number of candidate sites, allowed or not."""
        return int(self.covers.shape[1])

    @property
    def row_needs(self) -> Integers:
        """Stations each row must have."""
        ones = np.ones(self.covers.shape[0], dtype=np.int64)
        return ones if self.needs is None else self.needs

    @property
    def row_items(self) -> Integers:
        """Item of each row."""
        own = np.arange(self.covers.shape[0], dtype=np.int64)
        return own if self.item_of_row is None else self.item_of_row

    @property
    def is_simple(self) -> bool:
        """True when one station serves a row and one row makes an item, without rules."""
        is_single = bool((self.row_needs == 1).all()) and self.item_of_row is None
        return is_single and not self.rules

    @property
    def is_integral(self) -> bool:
        """True when every weight is a whole number, so that covered weights are too."""
        return bool((self.weights == np.floor(self.weights)).all())

    @property
    def unreachable(self) -> Integers:
        """Items that no allowed set of sites serves, whatever their number."""
        allowed = np.ones(self.site_count)
        allowed[sorted(self.forbidden)] = 0.0
        short = self.covers @ allowed < self.row_needs
        return np.unique(self.row_items[short])

    def faults(self) -> Iterator[str]:
        """Yield each inconsistency as a French sentence."""
        yield from self._demand_faults()
        yield from site_faults(
            self.required, self.forbidden, self.rules, site_count=self.site_count
        )

    def _demand_faults(self) -> Iterator[str]:
        row_count = self.covers.shape[0]
        if self.weights.ndim != 1 or (self.item_of_row is None and len(self.weights) != row_count):
            yield f"{self.weights.size} poids pour {row_count} points de demande"
        if self.weights.size == 0:
            yield "aucun point de demande"
        yield from weight_faults(self.weights)
        for name, values in (("besoins", self.needs), ("appartenances", self.item_of_row)):
            if values is not None and len(values) != row_count:
                yield f"{len(values)} {name} pour {row_count} lignes de couverture"
        if self.needs is not None and (self.needs < 1).any():
            yield f"besoins inférieurs à 1, lignes {few(np.flatnonzero(self.needs < 1))}"
        items, item_count = self.row_items, len(self.weights)
        if self.item_of_row is not None and ((items < 0) | (items >= item_count)).any():
            yield f"lignes attribuées à des demandes absentes des {item_count} connues"


@dataclass(frozen=True, slots=True, eq=False)
class CoverageProblem(Coverage):
    """Open exactly `count` sites so that the served weight is as large as possible.

    The maximal covering location problem of Church & ReVelle (Papers of the Regional
    Science Association 32, 1974). With `count` at None only the rules limit the sites.
    """

    count: int | None = None

    def faults(self) -> Iterator[str]:
        """Yield each inconsistency as a French sentence."""
        yield from Coverage.faults(self)  # not super(): slots make another class
        if self.count is not None and self.count < 1:
            yield f"nombre de stations à placer : {self.count} (il en faut au moins 1)"


@dataclass(frozen=True, slots=True, eq=False)
class CoveringProblem(Coverage):
    """Serve at least `share` of the total weight with sites of least total cost.

    At share 1, every item, even without weight: the location set covering problem of
    Toregas, Swain, ReVelle & Bergman (Operations Research 19, 1971); below, the partial set
    covering problem. `costs` are 1 each by default: the fewest stations.
    """

    share: float = 1.0
    costs: Floats | None = None

    def __post_init__(self) -> None:
        """Freeze the costs too."""
        if self.costs is not None:
            object.__setattr__(self, "costs", read_only(self.costs, np.float64))
        Coverage.__post_init__(self)

    @property
    def site_costs(self) -> Floats:
        """Cost of each site."""
        return np.ones(self.site_count) if self.costs is None else self.costs

    def faults(self) -> Iterator[str]:
        """Yield each inconsistency as a French sentence."""
        yield from Coverage.faults(self)  # not super(): slots make another class
        if not 0 <= self.share <= 1:
            yield f"part à desservir : {self.share:g} (entre 0 et 1)"
        if len(self.site_costs) != self.site_count:
            yield f"{len(self.site_costs)} coûts pour {self.site_count} sites"
        elif not (np.isfinite(self.site_costs) & (self.site_costs >= 0)).all():
            yield "coûts de sites absents ou négatifs"


def _canonical(covers: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return `covers` as a new 0/1 matrix without stored zeros or duplicates."""
    canonical = sparse.csr_matrix(covers, dtype=np.float64, copy=True)
    canonical.sum_duplicates()
    canonical.eliminate_zeros()
    canonical.data[:] = 1.0
    return canonical
