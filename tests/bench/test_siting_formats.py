"""Published formats read from small hand-made files: what they mean, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.siting.instances import (
    City,
    great_circle_m,
    read_center_optima,
    read_city,
    read_city_plan,
    read_optima,
    read_pmed,
    read_pmedcap,
    read_tsplib,
    read_weighted,
)
from geo.errors import InputError

Write = Callable[[str], Path]

CITY = """NAME : Ville
DIMENSION : 2
NODE_COORD_SECTION
48.0 2.0
48.0 2.1
DEMAND_SECTION
5
7
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a text as a published file."""

    def written(text: str) -> Path:
        path = tmp_path / "instance.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_the_last_of_repeated_edges_counts_in_either_direction(write: Write) -> None:
    graph = read_pmed(write("2 3 1\n1 2 5\n2 1 3\n1 2 9\n"))
    assert graph.distances.tolist() == [[0, 9], [9, 0]]
    assert graph.count == 1


def test_distances_of_a_graph_are_shortest_paths(write: Write) -> None:
    graph = read_pmed(write("3 3 1\n1 2 2\n2 3 2\n1 3 9\n"))
    assert graph.distances[0, 2] == 4


def test_capacitated_distances_are_rounded_down(write: Write) -> None:
    read = read_pmedcap(write(" 1 713\n 2 1 120\n 1 0 0 3\n 2 1 1 14\n"))
    assert (read.optimum, read.count, read.capacity) == (713, 1, 120)
    assert read.distances.tolist() == [[0, 1], [1, 0]]


def test_a_city_has_as_many_demands_as_nodes(write: Write) -> None:
    city = read_city(write(CITY))
    assert city.demands.tolist() == [5, 7]
    assert city.degrees[1].tolist() == [48.0, 2.1]


def test_a_node_exactly_at_the_radius_is_covered() -> None:
    degrees = np.array([[48.0, 2.0], [48.0, 2.1], [48.0, 2.3]])
    apart_m = float(great_circle_m(degrees[:1], degrees[1:2])[0])
    city = City(degrees, np.ones(3))
    assert city.covers(apart_m).toarray().tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert city.covers(np.nextafter(apart_m, 0)).nnz == 3


def test_a_plan_is_its_value_and_nodes_from_zero(write: Write) -> None:
    plan = read_city_plan(write("f: 1153640\nFacilidade: 29 152 0\n"))
    assert (plan.objective, plan.chosen) == (1_153_640, (29, 152, 0))


def test_tables_of_optima_may_have_a_heading(write: Write) -> None:
    expected = {"pmed1": 5819, "pmed2": 4093}
    assert read_optima(write("Data file   Optimal value\npmed1 5819\npmed2 4093\n")) == expected
    assert read_optima(write("pmed1 5819\npmed2 4093")) == expected


def test_radii_of_centers_are_by_name_and_count(write: Write) -> None:
    assert read_center_optima(write("pr226 40 650\n")) == {("pr226", 40): 650}


def test_points_of_chen_have_a_cost_and_a_demand(write: Write) -> None:
    read = read_weighted(write("1\t\n0 24.4 27.1 1 21\n"))
    assert (read.places.tolist(), read.costs.tolist()) == ([[24.4, 27.1]], [1])
    assert read.demands.tolist() == [21]


def test_places_of_tsplib_end_at_eof(write: Write) -> None:
    head = "NAME : t\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n"
    places = read_tsplib(write(f"{head}1 2.0e+01 3\n2 4 5\nEOF\n"))
    assert places.tolist() == [[20, 3], [4, 5]]


def test_every_fault_of_a_graph_is_told_with_its_line(write: Write) -> None:
    with pytest.raises(InputError) as refused:
        read_pmed(write("3 3 1\n1 2 x\n1 9 4\n"))
    told = str(refused.value)
    assert "instance.txt" in told
    assert "ligne 2 : 3 nombre(s) attendu(s), lu « 1 2 x »" in told
    assert "ligne 3 : sommets attendus de 1 à 3, lu « 1 9 4 »" in told
    assert "3 lignes annoncées (arêtes), 2 lues" in told
    assert "Remède" in told


@pytest.mark.parametrize(
    ("read", "text", "fault"),
    [
        (read_pmed, "", "fichier vide"),
        (read_pmed, "3 3\n", "ligne 1 : 3 nombre(s)"),
        (read_pmedcap, "1 713\n", "ligne 2 : 3 nombre(s)"),
        (read_pmedcap, "1 9\n1 1 5\n1 0 0 6\n", "ligne 3 : demande au-delà de 5"),
        (read_city, CITY.replace("DIMENSION : 2", ""), "DIMENSION : n"),
        (read_city, CITY.replace("DEMAND_SECTION", "DEMANDS"), "section « DEMAND_SECTION »"),
        (read_city, CITY.replace("48.0 2.1", "148.0 2.1"), "ligne 5 : latitude puis longitude"),
        (read_city, CITY.replace("\n7", "\n-7"), "ligne 8 : demande négative"),
        (read_city_plan, "Facilidade: 1\n", "« f: »"),
        (read_city_plan, "f: 3\n", "« Facilidade: »"),
        (read_optima, "name value\npmed1\n", "ligne 2 : 1 nombre(s)"),
        (read_weighted, "2\n0 1 1 1 5\n", "2 lignes annoncées (points), 1 lues"),
        (read_tsplib, "DIMENSION : 1\nNODE_COORD_SECTION\n1 2 3\n", "EUC_2D"),
    ],
)
def test_a_malformed_file_is_refused_in_french(
    write: Write, read: Callable[[Path], object], text: str, fault: str
) -> None:
    with pytest.raises(InputError, match="ne suit pas le format publié") as refused:
        read(write(text))
    assert fault in str(refused.value)


def test_an_absent_file_is_refused_in_french(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ne peut pas être lu"):
        read_pmed(tmp_path / "absent.txt")
