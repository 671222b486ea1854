"""What the optimiser answers: a plan and what is proven of it, or why there is none."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from geo.errors import InfeasibleError
from geo.optimise.arrays import Integers


class Sense(StrEnum):
    """Whether a better plan has a larger or a smaller objective."""

    MAXIMISE = "maximiser"
    MINIMISE = "minimiser"


class Status(StrEnum):
    """What is known of a plan's quality."""

    OPTIMAL = "optimum prouvé"
    GAP = "écart prouvé"
    INTERRUPTED = "temps limite atteint, écart prouvé"
    STOPPED = "calcul arrêté à la demande, écart prouvé"


class Stage(StrEnum):
    """Where the solver stands, as shown to the user."""

    PRESOLVE = "simplification"
    START = "premier plan"
    BOUND = "borne"
    SEARCH = "recherche de meilleurs plans"
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


@dataclass(frozen=True, slots=True)
class PresolveReport:
    """How much of the problem was settled before anything was solved.

    `merged_row_count` demand rows were identical to another; `dominated_count` candidates
    can be replaced by one that is nowhere worse.
    """

    row_count: int = 0
    merged_row_count: int = 0
    candidate_count: int = 0
    dominated_count: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The sites to equip and what is proven about them.

    `objective` is the covered weight, the cost or the weighted distance, as `sense` says;
    `bound` is a value no plan can beat. `gap_share` is what the plan may miss of the better
    of the two, 0 to 1. `unreachable` lists the demand points no allowed site serves.
    `assignment[i]` is the site that serves demand i, -1 for none. Two plans are equal
    whatever the seconds they took.
    """

    chosen: tuple[int, ...]
    objective: float
    bound: float
    gap_share: float
    status: Status
    seed: int
    sense: Sense = Sense.MAXIMISE
    unreachable: tuple[int, ...] = ()
    instance_hash: str = ""
    presolve: PresolveReport = PresolveReport()
    assignment: Integers | None = field(default=None, compare=False, repr=False)
    seconds: float = field(default=0.0, compare=False)
    seconds_to_best: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The smallest change of one constraint that makes the request possible."""

    rule_fr: str
    change_fr: str


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No plan exists: the constraints that cannot hold together, and what would free them.

    `unreachable` lists the demand points that no allowed site serves, when that is why.
    """

    blocking_fr: tuple[str, ...]
    relaxations: tuple[Relaxation, ...] = ()
    unreachable: tuple[int, ...] = ()

    def error(self) -> InfeasibleError:
        """Return the refusal as a sentence for people, with the smallest relaxations."""
        message = f"Aucun plan ne respecte à la fois : {' ; '.join(self.blocking_fr)}."
        changes = " ; ".join(relaxation.change_fr for relaxation in self.relaxations)
        hint = f"Il suffirait de : {changes}." if changes else "Desserrez l'une d'elles."
        return InfeasibleError(message, hint)


def gap_share(objective: float, bound: float, sense: Sense = Sense.MAXIMISE) -> float:
    """Return the share of the larger of the two that separates them, 0 when it is 0."""
    larger, smaller = (bound, objective) if sense is Sense.MAXIMISE else (objective, bound)
    return max(0.0, (larger - smaller) / larger) if larger > 0 else 0.0
