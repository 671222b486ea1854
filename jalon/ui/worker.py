"""Station plans computed in a process of their own: pages stay alive, and may be closed."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread

import geopandas as gpd

from geo.errors import JalonError
from geo.optimise.problem import Progress
from jalon.model import StationParameters
from jalon.siting import StationOutcome, place_stations

NICENESS = 5
"""A long calculation leaves the processor to the pages."""

# Not multiprocessing: its children run the parent's main script again, here a Streamlit page.
COMMAND = (sys.executable, "-m", "jalon.ui.worker")


@dataclass(frozen=True, slots=True)
class Request:
    """What a plan depends on."""

    communes: gpd.GeoDataFrame
    parameters: StationParameters
    seed: int


@dataclass(slots=True)
class Run:
    """One calculation, waiting, under way or done; `progress` is the last news of it."""

    result: "Future[StationOutcome]" = field(default_factory=Future)
    progress: Progress | None = None


_TURN = Lock()


def start(request: Request) -> Run:
    """Return the calculation of `request`, just begun; one at a time, others wait their turn."""
    run = Run()
    Thread(target=_follow, args=(run, request), daemon=True).start()
    return run


def _follow(run: Run, request: Request) -> None:
    """Keep `run` up to date until its result or its failure is known."""
    with _TURN:
        try:
            for news in _answers(request):
                if isinstance(news, Progress):
                    run.progress = news
                elif isinstance(news, StationOutcome):
                    run.result.set_result(news)
                elif isinstance(news, tuple):
                    run.result.set_exception(JalonError(*news))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            run.result.set_exception(_stopped(error))


def _answers(request: Request) -> Iterator[object]:
    """Yield what the process says, up to its result or its refusal (message, remedy)."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own interpreter on our own module
        if process.stdin is None or process.stdout is None:
            raise EOFError
        order = (request.communes, request.parameters, request.seed)
        process.stdin.write(pickle.dumps(order))
        process.stdin.close()
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
    """Answer one request of the standard input on the standard output."""
    os.nice(NICENESS)
    communes, parameters, seed = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our parent
    try:
        _tell(place_stations(communes, parameters, seed=seed, progress=_tell))
    except JalonError as error:
        _tell((error.message, error.hint))


def _tell(news: object) -> None:
    sys.stdout.buffer.write(pickle.dumps(news))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
