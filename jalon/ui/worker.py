"""Station plans computed in a process of their own: pages stay alive, and may be closed."""

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event, Thread

import geopandas as gpd

from geo.errors import JalonError
from jalon.model import StationParameters
from jalon.siting import StationOutcome, place_stations
from jalon.siting_words import SitingProgress

NICENESS = 5
"""A long calculation leaves the processor to the pages."""

# Not multiprocessing: its children run the parent's main script again, here a Streamlit page.
COMMAND = (sys.executable, "-m", "jalon.ui.worker")

STOP = b"stop\n"
SIZE_BYTES = 8

ORPHAN_EXIT_CODE = 3

KEPT_EVERY_S = 0.2
"""News closer than this to the one before take its place: nobody could tell them apart."""

LEFT_S = 600.0
"""Unseen by any page for so long, a calculation is stopped, its plan kept."""

LEFT_TO_OTHERS_S = 60.0
"""The same, while others wait for their turn."""

WATCH_S = 0.5
"""Between two looks at who waits and who is left."""

CANCELLED = (
    "Calcul arrêté avant d'avoir commencé.",
    "Relancez-le quand vous voudrez.",
)


@dataclass(frozen=True, slots=True)
class Request:
    """What a plan depends on."""

    communes: gpd.GeoDataFrame
    parameters: StationParameters
    seed: int


@dataclass(slots=True)
class Run:
    """One calculation, waiting, under way or done; `history` is the news of it, oldest first.

    `is_left` is True when it was stopped because no page had looked at it for long.
    """

    result: "Future[StationOutcome]" = field(default_factory=Future)
    history: list[SitingProgress] = field(default_factory=list)
    seen_s: float = field(default_factory=time.monotonic)
    is_left: bool = False
    _stop: Event = field(default_factory=Event)
    _send: Callable[[bytes], None] | None = None

    @property
    def progress(self) -> SitingProgress | None:
        """The last news; None before the first."""
        return self.history[-1] if self.history else None

    @property
    def unreachable(self) -> tuple[str, ...]:
        """Names of the communes out of reach, known before anything is solved."""
        return self.history[0].unreachable if self.history else ()

    @property
    def is_waiting(self) -> bool:
        """True until its process begins."""
        return self._send is None

    @property
    def is_stopping(self) -> bool:
        """True once somebody asked to stop."""
        return self._stop.is_set()

    def look(self) -> None:
        """Note that a page still shows the calculation."""
        self.seen_s = time.monotonic()

    def leave(self, patience_s: float) -> None:
        """Stop the calculation if no page has looked at it for `patience_s`."""
        if not self.is_stopping and time.monotonic() - self.seen_s > patience_s:
            self.is_left = True
            self.stop()

    def hear(self, news: SitingProgress) -> None:
        """Keep the last news, in place of the one before when that is as good as the same."""
        earlier = self.history[-2:]
        is_crowded = len(earlier) > 1 and news.elapsed_s - earlier[0].elapsed_s < KEPT_EVERY_S
        if is_crowded and news.stage is earlier[1].stage:
            self.history[-1] = news
        else:
            self.history.append(news)

    def stop(self) -> None:
        """Ask the calculation to end and to give the best plan it has, with its bound."""
        self._stop.set()
        if self._send is not None:
            self._send(STOP)

    def begin(self, send: Callable[[bytes], None]) -> None:
        """Keep the way to speak to the calculation, and pass on a stop asked meanwhile."""
        self._send = send
        if self._stop.is_set():
            send(STOP)


AT_ONCE_COUNT = 2
"""A long calculation must not keep a short one waiting; more would starve the pages."""

_TURN = BoundedSemaphore(AT_ONCE_COUNT)
_WAITING: list[Run] = []


def start(request: Request) -> Run:
    """Return the calculation of `request`, just begun, or waiting while others go on."""
    run = Run()
    Thread(target=_follow, args=(run, request), daemon=True).start()
    return run


def _follow(run: Run, request: Request) -> None:
    """Keep `run` up to date until its result or its failure is known."""
    if not _has_turn(run):
        run.result.set_exception(JalonError(*CANCELLED))
        return
    try:
        Thread(target=_leave_unseen, args=(run,), daemon=True).start()
        _hear_all(run, request)
    finally:
        _TURN.release()


def _has_turn(run: Run) -> bool:
    """Wait for a turn and take it; False when stopped before."""
    _WAITING.append(run)
    try:
        while not run.is_stopping:
            if _TURN.acquire(timeout=WATCH_S):
                return _keeps_turn(run)
            run.leave(LEFT_S)
        return False
    finally:
        _WAITING.remove(run)


def _keeps_turn(run: Run) -> bool:
    """Give the turn back when a stop came while it did; tell whether it is kept."""
    is_stopped = run.is_stopping
    if is_stopped:
        _TURN.release()
    return not is_stopped


def _leave_unseen(run: Run) -> None:
    """Stop `run` once no page has looked at it for long, sooner when others wait."""
    while not run.is_stopping and wait([run.result], timeout=WATCH_S).not_done:
        run.leave(LEFT_TO_OTHERS_S if _WAITING else LEFT_S)


def _hear_all(run: Run, request: Request) -> None:
    """Give `run` its news, then its result or its failure."""
    try:
        for news in _answers(run, request):
            if isinstance(news, SitingProgress):
                run.hear(news)
            elif isinstance(news, StationOutcome):
                run.result.set_result(news)
            elif isinstance(news, tuple):
                run.result.set_exception(JalonError(*news))
    except (OSError, EOFError, pickle.UnpicklingError) as error:
        run.result.set_exception(_stopped(error))


def _answers(run: Run, request: Request) -> Iterator[object]:
    """Yield what the process says, up to its result or its refusal (message, remedy).

    Its input stays open: a stop comes by it, and its end tells the process that we are gone.
    """
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own interpreter on our own module
        if process.stdin is None or process.stdout is None:
            raise EOFError
        order = process.stdin

        def send(message: bytes) -> None:
            with suppress(BrokenPipeError, ValueError):  # it is over: closed on either side
                order.write(message)
                order.flush()

        told = pickle.dumps((request.communes, request.parameters, request.seed))
        send(len(told).to_bytes(SIZE_BYTES) + told)
        run.begin(send)
        news: object = None
        while not isinstance(news, StationOutcome | tuple):
            news = pickle.load(process.stdout)  # noqa: S301 - our own process wrote it
            yield news


def _stopped(error: Exception) -> JalonError:
    return JalonError(
        f"Le calcul s'est arrêté avant sa fin ({type(error).__name__}).",
        "Relancez-le ; s'il s'arrête encore, la mémoire de la machine est peut-être pleine.",
    )


def main() -> None:
    """Answer one request of the standard input on the standard output, until told to stop."""
    os.nice(NICENESS)
    size = int.from_bytes(_received(SIZE_BYTES))
    communes, parameters, seed = pickle.loads(_received(size))  # noqa: S301 - from our parent
    stop = Event()
    Thread(target=_await_stop, args=(stop,), daemon=True).start()
    try:
        outcome = place_stations(
            communes, parameters, seed=seed, progress=_tell, wants_stop=stop.is_set
        )
        _tell(outcome)
    except JalonError as error:
        _tell((error.message, error.hint))


def _received(size: int) -> bytes:
    """Return the next `size` bytes of the standard input and none further, fewer at its end.

    Without Python's own buffer: a thread that waits on it at the end would abort the process.
    """
    told = bytearray()
    while len(told) < size and (part := os.read(0, size - len(told))):
        told += part
    return bytes(told)


def _await_stop(stop: Event) -> None:
    """Set `stop` once our parent says anything more; end at once when it is no longer there."""
    if not _received(1):
        os._exit(ORPHAN_EXIT_CODE)  # nobody is left to tell a plan to
    stop.set()


def _tell(news: object) -> None:
    sys.stdout.buffer.write(pickle.dumps(news))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
