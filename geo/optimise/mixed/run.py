"""A siting on its way: what is known of the answer."""

from dataclasses import dataclass

from geo.optimise.arrays import Integers
from geo.optimise.mixed.model import Siting
from geo.optimise.plan import Stage
from geo.optimise.standing import Standing


@dataclass(slots=True)
class Run:
    """A siting and the best plan and bound known of it."""

    siting: Siting
    standing: Standing

    def offer(self, chosen: Integers, *, stage: Stage) -> bool:
        """Keep `chosen` if it is a plan, and better than the best."""
        if not self.siting.is_plan(chosen):
            return False
        return self.standing.offer(chosen, self.siting.objective(chosen), stage=stage)

    def cap(self, minimum: float, *, stage: Stage) -> None:
        """Keep the bound that a `minimum` of the model proves."""
        self.standing.cap(self.siting.bound_of(minimum), stage=stage)
