"""The table of siting says whether targets are held, from figures alone."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bench.siting.job import Answer, Kind, Limit
from bench.siting.measuring import Machine, measure, write_case
from bench.siting.rows import Row, read_rows, write_rows
from bench.siting.run import JALON, Tool, run
from bench.siting.suites import SUITES, Case, tiny
from bench.siting.table import table
from bench.siting.targets import HELD, Summary, Target, Targets, read_targets

ROW = Row(
    suite="cities",
    case="Ville, 5",
    tool=JALON,
    limit_s=20.0,
    kind=Kind.COVERAGE,
    total=200.0,
    known=100.0,
    value=99.0,
    bound=110.0,
    wall_s=12.0,
    cpu_s=10.0,
    peak_mb=150.0,
)


def test_a_gap_is_a_share_of_the_bound_when_more_is_better() -> None:
    assert ROW.gap_share == pytest.approx(0.1)
    assert ROW.off_share == pytest.approx(0.01)
    assert ROW.covered_share == pytest.approx(0.495)


def test_a_gap_is_a_share_of_the_value_when_less_is_better() -> None:
    row = replace(ROW, kind=Kind.MEDIAN, value=100.0, bound=80.0, known=100.0)
    assert row.gap_share == pytest.approx(0.2)
    assert row.is_exact
    assert not row.is_proven
    assert row.covered_share is None


def test_a_target_that_is_met_is_held() -> None:
    target = Target("cities", 20, off_share_at_most=0.01, gap_share_at_most=0.1)
    assert target.verdict(ROW) == HELD


def test_a_missed_target_says_every_figure_that_misses_it() -> None:
    target = Target("cities", 5, off_share_at_most=0.001, is_proven=True)
    told = target.verdict(ROW).replace("\u202f", " ")
    assert told == (
        "cible manquée : écart à l'optimum 1,00 % > 0,10 % ; "
        "optimum non prouvé, écart 10,00 % ; CPU (s) 10,0 > 5,0"
    )


def test_a_figure_that_is_absent_misses_its_target() -> None:
    told = Target("cities", 20, gap_share_at_most=0.1).verdict(replace(ROW, bound=None))
    assert told.replace("\u202f", " ") == "cible manquée : écart prouvé — > 10,00 %"


def test_without_a_plan_the_target_is_missed() -> None:
    told = Target("cities", 20).verdict(replace(ROW, value=None))
    assert told == "cible manquée : pas de plan"


def test_a_target_is_about_the_cases_named_so() -> None:
    assert Target("cities", 20, case="Ville", basis=", 5").is_about("cities", "Ville, 5")
    assert not Target("cities", 20, case="Bourg").is_about("cities", "Ville, 5")
    assert not Target("cities", 20, basis=", 6").is_about("cities", "Ville, 5")
    assert not Target("scale", 20).is_about("cities", "Ville, 5")


def test_a_row_is_judged_by_the_targets_of_its_budget() -> None:
    targets = Targets((Target("cities", 20), Target("cities", 60, is_proven=True)), ())
    assert targets.verdict(ROW) == HELD


def test_a_suite_is_judged_as_a_whole() -> None:
    rows = [ROW, replace(ROW, value=100.0, cpu_s=2.0)]
    summary = Summary("cities", 20, exact_count_at_least=2, median_cpu_s_at_most=6.0)
    assert summary.verdict(rows) == (
        "cities : 1 optimums sur 2, médiane 6,0 s de CPU ; cible manquée : optimums 1 < 2"
    )
    assert summary.verdict([]) == ""


def test_every_written_target_is_about_a_suite_that_exists() -> None:
    targets = read_targets()
    assert {one.suite for one in targets.single} == set(SUITES)
    assert {one.suite for one in targets.together} <= set(SUITES)
    assert targets.budgets_s("cities", "SanFrancisco, 600 m, 50") == [20, 60]


def test_the_table_has_jalon_first_and_divides_cpu_by_its_longest_run() -> None:
    rival = replace(ROW, tool="HiGHS", cpu_s=40.0, bound=None)
    longest = replace(ROW, limit_s=60.0, cpu_s=20.0)
    told = table([rival, longest, ROW], Targets((Target("cities", 20),), ()))
    lines = [line for line in told.splitlines() if line.startswith("| Ville")]
    assert [line.split(" | ")[1] for line in lines] == ["Jalon, 20 s", "Jalon, 60 s", "HiGHS"]
    assert [line.split(" | ")[10] for line in lines] == ["0.50", "1.00", "2.00"]
    assert lines[0].endswith(f"{HELD} |")
    assert "| 99 (49.50 %) | – | – | 100 | 1.00 |" in lines[2]


def test_rows_are_read_as_they_were_kept(tmp_path: Path) -> None:
    kept = tmp_path / "rows.json"
    write_rows(kept, [ROW])
    assert read_rows(kept) == {ROW.key: ROW}
    assert read_rows(tmp_path / "absent.json") == {}


def test_a_rival_that_is_not_installed_is_a_row_that_says_so(tmp_path: Path) -> None:
    absent = Tool("with_absent", "solve", ("no_such_package",))
    answer = run(absent, tmp_path / "job.npz", Limit(1.0, 1.0))
    assert answer == Answer(note="not installed: no_such_package")


def test_a_tool_is_measured_in_its_own_process_and_counted_again(tmp_path: Path) -> None:
    case = Case("set-covering", "tiny", Kind.SET_COVERING, partial(tiny, Kind.SET_COVERING))
    machine = Machine(sys.executable, memory_limit_gb=4.0)
    row = measure(machine, "HiGHS", write_case(case, tmp_path), limit_s=30.0)
    assert row.value == row.bound
    assert row.fault == ""
    assert row.cpu_s > 0
    assert row.peak_mb > 20
