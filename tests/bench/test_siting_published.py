"""Traps of the published instances: read otherwise, the published values do not come out."""

from pathlib import Path

import numpy as np
import pytest

from bench.siting import with_highs
from bench.siting.instances import (
    great_circle_m,
    read_center_optima,
    read_city,
    read_city_plan,
    read_optima,
    read_pmed,
    read_pmedcap,
    read_tsplib,
    straight,
)
from bench.siting.job import Job, Kind, Limit, value
from bench.siting.suites import SUITES, Sources

LIMIT = Limit(60.0, 60.0)

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def published(reference_dir: Path) -> Path:
    return reference_dir / "data" / "siting"


def least_sum(path: Path) -> float:
    """Return the optimum of a p-median as HiGHS proves it."""
    graph = read_pmed(path)
    job = Job(Kind.MEDIAN, np.ones(len(graph.distances)), graph.count, matrix=graph.distances)
    answer = with_highs.solve(job, LIMIT)
    assert answer.bound == pytest.approx(value(job, answer))
    return value(job, answer)


def test_the_last_cost_of_a_repeated_edge_gives_the_published_optimum(published: Path) -> None:
    path = published / "orlib_pmed" / "pmed1.txt"
    assert least_sum(path) == read_optima(path.with_name("pmedopt.txt"))["pmed1"] == 5819


def test_the_least_cost_of_a_repeated_edge_goes_below_it(published: Path, tmp_path: Path) -> None:
    head, *lines = (published / "orlib_pmed" / "pmed1.txt").read_text().splitlines()
    dearest_first = sorted(filter(str.strip, lines), key=lambda line: -int(line.split()[2]))
    least_last = tmp_path / "pmed1.txt"
    least_last.write_text("\n".join([head, *dearest_first]))
    assert least_sum(least_last) == 5718


@pytest.mark.parametrize(
    ("city", "radius_m", "objective"), [("SanFrancisco", 600, 617_592), ("NewYork", 400, 1_153_640)]
)
def test_great_circles_of_the_equatorial_radius_give_the_published_coverage(
    published: Path, city: str, radius_m: int, objective: int
) -> None:
    folder = published / "mclp"
    read, plan = (
        read_city(folder / f"{city}.txt"),
        read_city_plan(folder / f"opt_{city}_50_{radius_m}.txt"),
    )
    covered = read.covers(radius_m)[:, list(plan.chosen)].getnnz(axis=1) > 0
    assert read.demands[covered].sum() == plan.objective == objective


@pytest.mark.parametrize(
    ("city", "radius_m", "objective"), [("SanFrancisco", 600, 617_861), ("NewYork", 400, 1_154_736)]
)
def test_the_mean_radius_of_the_earth_gives_another_coverage(
    published: Path, city: str, radius_m: int, objective: int
) -> None:
    folder = published / "mclp"
    read = read_city(folder / f"{city}.txt")
    chosen = list(read_city_plan(folder / f"opt_{city}_50_{radius_m}.txt").chosen)
    from_plan = [
        great_circle_m(read.degrees, read.degrees[[site]], earth_radius_m=6_371_000) <= radius_m
        for site in chosen
    ]
    assert read.demands[np.any(from_plan, axis=0)].sum() == objective


def test_all_published_city_plans_are_worth_what_they_say(published: Path) -> None:
    cases = SUITES["cities"](Sources(published, communes=Path()))
    assert [case.known for case in cases] == [
        *(617_592, 683_139, 733_772, 769_781, 791_562, 802_307),
        *(1_153_640, 1_288_174, 1_396_333, 1_481_434, 1_539_992, 1_574_256),
    ]


def test_distances_rounded_down_give_the_published_capacitated_optimum(published: Path) -> None:
    read = read_pmedcap(published / "pmedcap" / "pmedcap1_1.txt")
    job = Job(
        Kind.CAPACITATED, read.demands, read.count, matrix=read.distances, capacity=read.capacity
    )
    assert value(job, with_highs.solve(job, LIMIT)) == read.optimum == 713


def test_distances_rounded_to_the_nearest_give_the_published_radius(published: Path) -> None:
    folder = published / "tsplib"
    distances = np.rint(straight(read_tsplib(folder / "pr226.tsp")))
    job = Job(Kind.CENTER, np.ones(226), 20, matrix=distances)
    radius = read_center_optima(folder / "pcenter_opt.txt")["pr226", 20]
    assert value(job, with_highs.solve(job, LIMIT)) == radius == 1366


def test_every_published_file_is_read(published: Path) -> None:
    sources = Sources(published, communes=Path())
    counts = {name: len(list(SUITES[name](sources))) for name in ("orlib", "pmedcap", "tsplib")}
    assert counts == {"orlib": 40, "pmedcap": 10, "tsplib": 12}
