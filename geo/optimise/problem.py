"""What is asked of the siting optimiser, how hard it may work, and what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.errors import InfeasibleError, InputError, raise_all


@dataclass(frozen=True, slots=True, eq=False)
class CoverageProblem:
    """Place `count` stations so that the covered weight is as large as possible.

    The maximal covering location problem of Church & ReVelle (Papers of the Regional
    Science Association 32, 1974). Row i of `covers` is a demand point of weight
    `weights[i]` (inhabitants, lorries…), column j a candidate site; a stored non-zero says
    that a station at j serves i. A demand point counts once, however many stations reach it.
    `required` sites are in every answer (stations that exist), `forbidden` ones in none.
    """

    weights: NDArray[np.float64]
    covers: sparse.csr_matrix
    count: int
    required: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Refuse an inconsistent request once, with all its faults."""
        weights = np.array(self.weights, dtype=np.float64)
        weights.flags.writeable = False
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "covers", _canonical(self.covers))
        object.__setattr__(self, "required", frozenset(map(int, self.required)))
        object.__setattr__(self, "forbidden", frozenset(map(int, self.forbidden)))
        raise_all(
            _faults(self),
            subject="Problème de couverture incohérent",
            hint="Corrigez les demandes, les sites imposés ou exclus, puis relancez.",
        )
        _require_enough_sites(self)

    @property
    def site_count(self) -> int:
        """Number of candidate sites, allowed or not."""
        return int(self.covers.shape[1])

    @property
    def is_integral(self) -> bool:
        """True when every weight is a whole number, so that covered weights are too."""
        return bool((self.weights == np.floor(self.weights)).all())

    @property
    def unreachable(self) -> NDArray[np.int64]:
        """Demand points that no allowed candidate covers: no plan can serve them."""
        allowed = np.ones(self.site_count)
        allowed[sorted(self.forbidden)] = 0.0
        return np.flatnonzero(self.covers @ allowed == 0)


def _canonical(covers: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return `covers` as a new 0/1 matrix without stored zeros or duplicates."""
    canonical = sparse.csr_matrix(covers, dtype=np.float64, copy=True)
    canonical.sum_duplicates()
    canonical.eliminate_zeros()
    canonical.data[:] = 1.0
    return canonical


def _faults(problem: CoverageProblem) -> Iterator[str]:
    """Yield each inconsistency of `problem` as a French sentence."""
    yield from _demand_faults(problem.weights, demand_count=problem.covers.shape[0])
    candidate_count = problem.site_count
    for label, sites in (("imposés", problem.required), ("exclus", problem.forbidden)):
        outside = sorted(site for site in sites if not 0 <= site < candidate_count)
        if outside:
            yield f"sites {label} absents des {candidate_count} candidats : {_few(outside)}"
    both = sorted(problem.required & problem.forbidden)
    if both:
        yield f"sites à la fois imposés et exclus : {_few(both)}"
    if problem.count < 1:
        yield f"nombre de stations à placer : {problem.count} (il en faut au moins 1)"
    elif len(problem.required) > problem.count:
        yield f"{len(problem.required)} sites imposés pour {problem.count} stations à placer"


def _demand_faults(weights: NDArray[np.float64], *, demand_count: int) -> Iterator[str]:
    """Yield what is wrong with the weights alone."""
    if weights.ndim != 1 or len(weights) != demand_count:
        yield f"{weights.size} poids pour {demand_count} points de demande"
    if weights.size == 0:
        yield "aucun point de demande"
    missing = np.flatnonzero(~np.isfinite(weights))
    if len(missing):
        yield f"poids absents ou infinis, lignes {_few(missing)}"
    negative = np.flatnonzero(weights < 0)
    if len(negative):
        yield f"poids négatifs, lignes {_few(negative)}"


def _few(indices: list[int] | NDArray[np.int64]) -> str:
    """Return the first five indices, and how many there are beyond."""
    shown = ", ".join(str(int(index)) for index in indices[:5])
    return shown if len(indices) <= 5 else f"{shown}… ({len(indices)} en tout)"  # noqa: PLR2004


def _require_enough_sites(problem: CoverageProblem) -> None:
    """Raise InfeasibleError when more stations are asked than sites are allowed."""
    available = problem.site_count - len(problem.forbidden)
    if problem.count <= available:
        return
    excluded = f" (après {len(problem.forbidden)} exclus)" if problem.forbidden else ""
    message = (
        f"{problem.count} stations demandées mais {available} sites candidats "
        f"disponibles{excluded}."
    )
    remedy = f"Demandez au plus {available} stations, ou élargissez les critères de sélection."
    raise InfeasibleError(message, remedy)


@dataclass(frozen=True, slots=True)
class SolverParameters:
    """How hard the solver works; all limits but `time_limit_s` count work, not seconds.

    With `time_limit_s` at None the same problem, parameters and seed give the same plan on
    any load of the machine. When the time limit is hit, the best plan so far is returned
    with a valid bound, and its status says so.
    """

    rounds: int = 500
    """Regional re-optimisations in all."""
    region_station_counts: tuple[int, ...] = (12, 16)
    """Stations reopened together, one pass after the other."""
    region_link_count: int = 8_000
    """Largest sub-problem a region may make, in demand-candidate pairs."""
    node_limit: int = 50
    """Branch-and-bound nodes per region."""
    proof_link_count: int = 12_000
    """Largest remaining problem that branch-and-bound tries to close at the end."""
    proof_node_limit: int = 500
    """Branch-and-bound nodes of that last proof."""
    target_gap_share: float = 0.0
    """Stop as soon as this gap is proven."""
    time_limit_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse limits that mean nothing."""
        if self.rounds < 0 or not 0 <= self.target_gap_share < 1:
            message = (
                f"Réglages du calcul hors limites : {self.rounds} tours, "
                f"écart visé {self.target_gap_share}."
            )
            raise InputError(message, "Tours : 0 ou plus ; écart visé : entre 0 et 1.")


class Status(StrEnum):
    """What is known of a plan's quality."""

    OPTIMAL = "optimum prouvé"
    GAP = "écart prouvé"
    INTERRUPTED = "temps limite atteint, écart prouvé"


@dataclass(frozen=True, slots=True)
class Plan:
    """The sites to equip and what is proven about them.

    `objective` is the covered weight, `bound` a weight that no plan can exceed, both whole
    numbers when the weights are; `gap_share` is (bound - objective) / bound, the share of
    the attainable that may have been missed. `unreachable` lists the demand points no
    allowed site covers. Two plans are equal whatever the `seconds` they took.
    """

    chosen: tuple[int, ...]
    objective: float
    bound: float
    gap_share: float
    status: Status
    seed: int
    unreachable: tuple[int, ...] = ()
    seconds: float = field(default=0.0, compare=False)


class Stage(StrEnum):
    """Where the solver stands, as shown to the user."""

    START = "premier plan"
    BOUND = "borne supérieure"
    REGIONS = "amélioration par régions"
    PROOF = "preuve d'optimalité"


@dataclass(frozen=True, slots=True)
class Progress:
    """The best plan and the best bound known at some moment."""

    stage: Stage
    objective: float
    bound: float
    gap_share: float


class ProgressListener(Protocol):
    """Anything that wants to hear how the calculation goes."""

    def __call__(self, progress: Progress, /) -> None:
        """Take note of `progress`; must not change the problem."""


def gap_share(objective: float, bound: float) -> float:
    """Return the share of `bound` that `objective` misses, 0 when nothing can be covered."""
    return max(0.0, (bound - objective) / bound) if bound > 0 else 0.0
