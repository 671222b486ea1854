"""How long a call takes, and the row of the table that tells it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

REPEATS: Final = 3

HEAD: Final = (
    "| job | tool | wall s | CPU s | wall / Jalon | CPU / Jalon | disagreements with Jalon |\n"
    "|---|---|---|---|---|---|---|"
)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Timed(Generic[Answer]):
    """What a call answered, and the least wall and CPU seconds of its repeats."""

    answer: Answer
    wall_s: float
    cpu_s: float


def timed(call: Callable[[], Answer], *, repeats: int = REPEATS) -> Timed[Answer]:
    """Call `repeats` times, keep the best times and the last answer."""
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = call()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Timed(answer, min(walls), min(cpus))


def row(names: tuple[str, str], run: Timed[Answer], ours: Timed[Answer], told: str) -> str:
    """Return one row of the table: job and tool, times, their ratio to Jalon's, disagreements."""
    ratios = f"{run.wall_s / ours.wall_s:.2f} | {run.cpu_s / ours.cpu_s:.2f}"
    return f"| {' | '.join(names)} | {run.wall_s:.3f} | {run.cpu_s:.3f} | {ratios} | {told} |"
