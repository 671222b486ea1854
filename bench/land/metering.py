"""What a command costs: wall, CPU of it and all its children, peak memory of the whole tree.

Memory is proportional (PSS of Linux): pages that processes share, such as the buffers of a
database, count once.
"""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SAMPLE_S: Final = 0.5
POLL_S: Final = 0.02
GRACE_S: Final = 60.0
"""How long a command may take to leave once it is asked to."""

KB_PER_GB: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond either, the command is stopped and what it cost so far is a lower bound."""

    wall_s: float
    memory_gb: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost; `fault` is empty when it went to its end.

    `told`: the JSON lines it wrote, merged.
    """

    wall_s: float
    cpu_s: float
    peak_gb: float
    fault: str
    told: dict[str, float]


def measured(command: list[str], limits: Limits) -> Cost:
    """Run `command` to its end or to a limit, and return its cost."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.monotonic()
        running = subprocess.Popen(command, stdout=output)  # noqa: S603
        peak_kb, fault = 0, ""
        while not _ends_within(running.pid, SAMPLE_S):
            peak_kb = max(peak_kb, _memory_kb(_tree(running.pid)))
            fault = fault or _beyond(limits, time.monotonic() - started, peak_kb / KB_PER_GB)
            if fault:
                _stop(running.pid)
        wall_s = time.monotonic() - started
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        told = {key: value for line in output for key, value in json.loads(line).items()}
    if not fault and running.returncode:
        fault = f"failed with code {running.returncode}"
    return Cost(wall_s, used.ru_utime + used.ru_stime, peak_kb / KB_PER_GB, fault, told)


def _ends_within(pid: int, delay_s: float) -> bool:
    """Tell, in at most `delay_s`, whether the process is over; it is left to be waited for."""
    deadline = time.monotonic() + delay_s
    while not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _beyond(limits: Limits, wall_s: float, memory_gb: float) -> str:
    if wall_s > limits.wall_s:
        return f"stopped at {limits.wall_s:.0f} s"
    if memory_gb > limits.memory_gb:
        return f"stopped at {limits.memory_gb:g} GB"
    return ""


def _stop(pid: int) -> None:
    """Ask the process to leave as Ctrl+C does, then end what is left of its tree."""
    os.kill(pid, signal.SIGINT)
    for one in [] if _ends_within(pid, GRACE_S) else _tree(pid):
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _tree(root: int) -> list[int]:
    """Return the process `root` and all that descends from it."""
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        if text := _text(stat):
            parent = int(text.rpartition(")")[2].split()[1])
            children[parent].append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def _memory_kb(pids: list[int]) -> int:
    texts = (_text(Path(f"/proc/{pid}/smaps_rollup")) for pid in pids)
    lines = (line for text in texts for line in text.splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _text(path: Path) -> str:
    """Return the text at `path`, empty when the process it speaks of is gone."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
