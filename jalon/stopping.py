"""Ctrl-C in a terminal: once to stop and keep what is found, twice to abandon."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import FrameType
from typing import TypeVar

STANDARD_ERROR = 2

ASKED_FR = (
    "\nArrêt demandé : le meilleur plan trouvé est gardé. Ctrl-C de nouveau pour tout abandonner.\n"
)

SHOWN_CURSOR = "\x1b[?25h"
"""A line of progress hides the cursor, and nothing would show it again after a second Ctrl-C."""

Answer = TypeVar("Answer")


def interruptible(work: Callable[[Callable[[], bool]], Answer]) -> Answer:
    """Return what `work` answers; its argument tells, once called, whether Ctrl-C was typed.

    A second Ctrl-C ends the process. The work goes on in another thread: Python hears
    signals in its first one only, and not while a solver holds it.
    """
    asked = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        shown = SHOWN_CURSOR if os.isatty(STANDARD_ERROR) else ""
        os.write(STANDARD_ERROR, (shown + ASKED_FR).encode())  # a print may be under way

    former = signal.signal(signal.SIGINT, stop)
    try:
        with ThreadPoolExecutor(max_workers=1) as pool:
            return pool.submit(work, asked.is_set).result()
    finally:
        signal.signal(signal.SIGINT, former)
