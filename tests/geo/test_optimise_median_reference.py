"""Published optima of the p-median and of its capacitated sister (OR-Library)."""

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from geo.optimise.median.capacitated import solve_capacitated
from geo.optimise.median.problem import CapacitatedProblem, MedianProblem
from geo.optimise.median.solve import solve_median
from geo.optimise.plan import Plan, Status
from geo.optimise.reach import Reach, reach_from_pairs

pytestmark = pytest.mark.reference


def full_reach(distances: np.ndarray) -> Reach:
    demand, sites = np.indices(distances.shape)
    shape = (distances.shape[0], distances.shape[1])
    return reach_from_pairs(demand.ravel(), sites.ravel(), distances.ravel(), shape=shape)


def read_graph(path: Path) -> tuple[np.ndarray, int]:
    """Shortest paths and p of a pmed file; of a repeated edge the last length counts."""
    values = [int(word) for word in path.read_text(encoding="ascii").split()]
    size, edge_count, count = values[:3]
    lengths = np.zeros((size, size))
    for first, second, length in np.reshape(values[3 : 3 + 3 * edge_count], (-1, 3)):
        lengths[first - 1, second - 1] = lengths[second - 1, first - 1] = length
    return shortest_path(sparse.csr_matrix(lengths), directed=False), count


@pytest.mark.parametrize(
    ("name", "optimum"),
    [("pmed1", 5819), ("pmed5", 1355), ("pmed9", 2734), ("pmed15", 1729), ("pmed21", 9138)],
)
def test_published_medians_are_found_and_proven(
    reference_dir: Path, name: str, optimum: int
) -> None:
    path = reference_dir / "data" / "siting" / "orlib_pmed" / f"{name}.txt"
    distances, count = read_graph(path)
    problem = MedianProblem(full_reach(distances), np.ones(len(distances)), count)
    plan = solve_median(problem, seed=0)
    assert isinstance(plan, Plan)
    assert (plan.objective, plan.bound, plan.status) == (optimum, optimum, Status.OPTIMAL)


@pytest.mark.parametrize(("number", "optimum"), [(1, 713), (3, 751), (5, 664), (13, 1026)])
def test_published_capacitated_medians_are_found_and_proven(
    reference_dir: Path, number: int, optimum: int
) -> None:
    """Distances are Euclidean, rounded down; the header repeats the optimum."""
    path = reference_dir / "data" / "siting" / "pmedcap" / f"pmedcap1_{number}.txt"
    words = [int(word) for word in path.read_text(encoding="ascii").split()]
    size, count, capacity = words[2:5]
    table = np.array(words[5 : 5 + 4 * size], dtype=float).reshape(-1, 4)
    offsets = table[:, None, 1:3] - table[None, :, 1:3]
    distances = np.floor(np.hypot(offsets[..., 0], offsets[..., 1]))
    problem = CapacitatedProblem(
        full_reach(distances), table[:, 3], np.full(size, float(capacity)), count
    )
    plan = solve_capacitated(problem, seed=0)
    assert words[1] == optimum
    assert isinstance(plan, Plan)
    assert (plan.objective, plan.status) == (optimum, Status.OPTIMAL)
