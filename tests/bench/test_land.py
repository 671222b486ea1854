"""The benchmark of land counts what it says: disagreements, costs and limits."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from bench.land.job import COLUMNS, TEXTS, Disagreement, disagreements, write_answers
from bench.land.metering import Limits, measured

NO_LIMIT = Limits(wall_s=60, memory_gb=10)


def answers(folder: Path, name: str, **changed: object) -> Path:
    """Write two parcels of 100 in every figure, the columns of `changed` put instead."""
    same = {column: "UX" if column in TEXTS else 100.0 for column in COLUMNS}
    table = pd.DataFrame(same | {"parcel_id": ["p1", "p2"]} | changed)
    write_answers(table, folder / name)
    return folder / name


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_answers_within_the_tolerance_agree(tmp_path: Path) -> None:
    near = answers(tmp_path, "near", usable_m2=100.9, road_m=100.009)
    assert disagreements(answers(tmp_path, "ours"), near) == []


def test_each_column_that_differs_is_counted_with_its_first_parcel(tmp_path: Path) -> None:
    far = answers(tmp_path, "far", usable_m2=[100.0, 101.1], zone_label=["A", "N"])
    assert disagreements(answers(tmp_path, "ours"), far) == [
        Disagreement("zone_label", 2, "p1", "UX", "A"),
        Disagreement("usable_m2", 1, "p2", 100.0, 101.1),
    ]


def test_a_road_that_only_one_tool_finds_is_a_disagreement(tmp_path: Path) -> None:
    none = answers(tmp_path, "none", road_m=float("nan"))
    assert [one.parcel_count for one in disagreements(answers(tmp_path, "ours"), none)] == [2]
    assert disagreements(none, none) == []


def test_a_parcel_without_answer_is_a_disagreement(tmp_path: Path) -> None:
    table = pd.read_parquet(answers(tmp_path, "ours"))
    table.iloc[:1].to_parquet(tmp_path / "half")
    columns = {one.column for one in disagreements(tmp_path / "ours", tmp_path / "half")}
    assert columns == set(COLUMNS) - {"parcel_id"}


def test_what_a_command_tells_is_merged_and_its_memory_seen() -> None:
    told = (
        "import time; print('{\"read\": 1}\\n{\"write\": 2}'); kept = b'1' * 10**8; time.sleep(1)"
    )
    cost = measured(python(told), NO_LIMIT)
    assert cost.told == {"read": 1, "write": 2}
    assert cost.peak_gb > 0.09
    assert not cost.fault


def test_a_failure_is_told() -> None:
    assert measured(python("raise SystemExit(3)"), NO_LIMIT).fault == "failed with code 3"


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        (Limits(wall_s=0.1, memory_gb=10), "stopped at 0 s"),
        (Limits(wall_s=60, memory_gb=0.001), "stopped at 0.001 GB"),
    ],
)
def test_a_command_beyond_a_limit_is_stopped(limits: Limits, fault: str) -> None:
    assert measured(python("import time; time.sleep(60)"), limits).fault == fault
