"""Plans from the annealing and bounds from prices, by shares of their budgets."""

from dataclasses import dataclass

from geo.optimise.effort import Effort
from geo.optimise.mixed.anneal import Annealing, annealing_on
from geo.optimise.mixed.groups import groups_of
from geo.optimise.mixed.prices import Pricing, pricing_of
from geo.optimise.mixed.run import Run
from geo.optimise.plan import Stage

MOVES = 4_000_000
"""Moves of the annealing for an effort of 1."""

MOVE_LINKS = 1_000_000_000
"""Links that these moves may visit; fewer moves where each visits many."""

NEXT_COOLINGS = 4
"""Coolings from the best plan that share the moves left."""


@dataclass(slots=True)
class Contest:
    """Annealing against prices: `moves` in all, `made` so far."""

    run: Run
    annealing: Annealing
    pricing: Pricing
    moves: int
    made: int = 0

    def anneal(self, until_share: float) -> None:
        """Anneal the best plan until `until_share` of the moves are made.

        The first times from hot, in one cooling; at last, in several from less hot.
        """
        left = max(0, round(until_share * self.moves) - self.made)
        self.made += left
        self.annealing.know(self.run.standing.chosen)
        coolings = NEXT_COOLINGS if until_share == 1.0 else 1
        for _ in range(coolings):
            self._cool(left // coolings, is_hot=coolings == 1)

    def _cool(self, moves: int, *, is_hot: bool) -> None:
        """Make `moves` in one cooling, unless there is nothing more to gain."""
        standing = self.run.standing
        if standing.is_over:
            return
        annealing, deadline = self.annealing, standing.deadline
        if is_hot:
            steps = annealing.first_cooling(standing.chosen, moves=moves, deadline=deadline)
        else:
            steps = annealing.next_cooling(moves=moves, deadline=deadline)
        for is_better in steps:
            if is_better:
                self.run.offer(annealing.best, stage=Stage.SEARCH)
            if self.run.standing.is_over:
                return

    def tighten(self, rounds: int) -> None:
        """Bring the bound of the prices down until it has gone through `rounds`."""
        standing = self.run.standing
        while self.pricing.rounds < rounds and not standing.is_over:
            left = rounds - self.pricing.rounds
            self.pricing.descend(rounds=left, target=standing.objective)
            standing.cap(self.pricing.bound, stage=Stage.BOUND)


def contest_of(run: Run, effort: Effort, *, seed: int) -> Contest:
    """Return a contest that has made no move yet."""
    groups = groups_of(run.siting)
    annealing = annealing_on(run.siting, groups, seed=seed)
    moves = min(MOVES, MOVE_LINKS // max(1, annealing.links_of_move))
    return Contest(run, annealing, pricing_of(run.siting, groups), effort.budget(moves))
