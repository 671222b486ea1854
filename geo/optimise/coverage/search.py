"""The search for better plans: anneal, reheat the best plan, merge what comes out of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np

from geo.optimise.arrays import Integers
from geo.optimise.coverage import search_loops as loops
from geo.optimise.coverage.relink import merge
from geo.optimise.coverage.residual import Residual
from geo.optimise.deadline import Deadline

FIRST_SHARE = 0.15
"""Part of the work spent in the first cooling."""

REHEAT_SHARE = 0.03
"""Part of the work spent in each cooling that starts from the best plan."""

FEWEST_LINKS = 10_000_000
"""Links visited in each of these however little the work: some hundredths of a second."""

TWIN_COUNT = 2
"""Coolings from the best plan whose outcomes are merged with it."""

FIRST_HEAT_SHARE = 0.03
"""First temperature, in shares of what a station of the first plan covers on average."""

REHEAT_SHARES = (0.015, 0.02)
"""Temperatures of the next coolings, in turn: how far from the best plan they go."""

COLD_SHARE = 0.003
"""Last temperature of every cooling: below it hardly a station moves."""


def improvements(
    residual: Residual, start: Integers, *, links: int, seed: int, deadline: Deadline
) -> Iterator[Integers]:
    """Yield the best plan so far, sorted, about every tenth of a second, from `start` on.

    Some `links` links are visited, unless the deadline comes first; `loops.BATCH_LINKS` at
    most between two plans. Every plan has as many stations as `start`.
    """
    yield np.sort(start)
    if not 0 < len(start) < len(residual.sites):
        return
    annealing = Annealing.begin(residual, start, seed=seed)
    annealing.links_left = links
    yield from annealing.anneal(FIRST_HEAT_SHARE, links=round(FIRST_SHARE * links), until=deadline)
    for heat_share in cycle(REHEAT_SHARES):
        if annealing.links_left == 0 or deadline.is_past:
            return
        reheat_links = max(FEWEST_LINKS, round(REHEAT_SHARE * links))
        yield from annealing.reheat(heat_share, links=reheat_links, until=deadline)


@dataclass(slots=True)
class Annealing:
    """A plan being annealed, the best one met, and the arrays of the compiled loops."""

    residual: Residual
    walk: loops.Walk
    heat: float
    world: loops.World = field(init=False)
    state: loops.State = field(init=False)
    links_left: int = 0

    @classmethod
    def begin(cls, residual: Residual, start: Integers, *, seed: int) -> "Annealing":
        """Return an annealing that stands at `start`."""
        words = np.random.SeedSequence(seed).generate_state(1, np.uint64)
        walk = loops.Walk(
            draws=np.maximum(words, np.uint64(1)),
            best=start.astype(np.int32),
            levels=np.array([0.0, -np.inf, 0.0, 0.0]),
        )
        heat = max(residual.value(start) / len(start), loops.SLIGHTEST_HEAT)
        annealing = cls(residual, walk, heat=heat)
        annealing.world = world_of(residual)
        annealing.stand_at(start)
        return annealing

    @property
    def plan(self) -> Integers:
        """The stations open now, sorted."""
        return np.sort(self.state.stations[: len(self.walk.best)]).astype(np.int64)

    @property
    def best(self) -> Integers:
        """The best plan, sorted."""
        return np.sort(self.walk.best).astype(np.int64)

    def stand_at(self, plan: Integers) -> None:
        """Stand at `plan`, every figure computed afresh; it becomes the best one if it is."""
        self.state = state_at(self.residual, plan)
        self.walk.levels[loops.NOW] = self.residual.value(plan)
        loops.keep_best(self.state, self.walk)

    def reheat(self, heat_share: float, *, links: int, until: Deadline) -> Iterator[Integers]:
        """Cool down from the best plan, more than once, and merge the outcomes with it."""
        outcomes = []
        for _ in range(TWIN_COUNT):
            self.stand_at(self.best)
            yield from self.anneal(heat_share, links=links, until=until)
            outcomes.append(self.plan)
        if not until.is_past:
            self.stand_at(merge(self.residual, [self.best, *outcomes], deadline=until))
            yield self.best

    def anneal(self, heat_share: float, *, links: int, until: Deadline) -> Iterator[Integers]:
        """Cool down from `heat_share`, yielding the best plan after every batch of links."""
        links = min(self.links_left, links)
        self.links_left -= links
        self.walk.levels[loops.TEMPERATURE] = heat_share * self.heat
        self.walk.levels[loops.COOLING] = np.log(heat_share / COLD_SHARE) / max(1, links)
        while links > 0 and not until.is_past:
            links -= loops.anneal(self.world, self.state, self.walk, links)
            yield self.best


def world_of(residual: Residual) -> loops.World:
    """Return the arrays of `residual` that the loops read."""
    return loops.World(
        weights=residual.weights,
        row_start=residual.covers.indptr,
        row_sites=residual.covers.indices,
        site_start=residual.covered_by.indptr,
        site_rows=residual.covered_by.indices,
    )


def state_at(residual: Residual, chosen: Integers) -> loops.State:
    """Return the state of the plan `chosen`, in its order."""
    row_count, site_count = residual.covers.shape
    state = loops.State(
        counts=np.zeros(row_count, dtype=np.int32),
        owners=np.zeros(row_count, dtype=np.int32),
        worth=residual.covered_by @ residual.weights,
        stations=np.zeros(site_count, dtype=np.int32),
        rank=np.full(site_count, loops.CLOSED, dtype=np.int32),
    )
    loops.open_all(world_of(residual), state, chosen)
    return state
