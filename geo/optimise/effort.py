"""How hard the optimiser may work."""

from dataclasses import dataclass

from geo.errors import InputError


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a solver works; all limits but `time_limit_s` count work, not seconds.

    `work` multiplies the budgets every solver has of its own (moves, iterations, nodes): 1 is
    an effort of about fifteen seconds on a French region. With `time_limit_s` at None the
    same problem, effort and seed give the same plan on any load of the machine. When the
    time limit is hit the best plan so far is returned with a valid bound, and says so.
    """

    work: float = 1.0
    target_gap_share: float = 0.0
    time_limit_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse limits that mean nothing."""
        if not self.work >= 0 or not 0 <= self.target_gap_share < 1:
            message = (
                f"Réglages du calcul hors limites : effort {self.work}, "
                f"écart visé {self.target_gap_share}."
            )
            raise InputError(message, "Effort : 0 ou plus ; écart visé : entre 0 et 1.")

    def budget(self, unit_count: int) -> int:
        """Return how many units of work this effort allows, `unit_count` being for 1."""
        return round(self.work * unit_count)


DEFAULT_EFFORT = Effort()
