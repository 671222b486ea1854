"""When the optimiser stops: a limit in seconds, somebody's wish, or neither."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


def nobody() -> bool:
    """Return False: nobody asks to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which no new work starts; `limit_s` at None means never.

    `wants_stop` is asked between two pieces of work, and may come from another thread.
    """

    limit_s: float | None = None
    wants_stop: Callable[[], bool] = nobody
    started_s: float = field(default_factory=time.monotonic)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the deadline was set."""
        return time.monotonic() - self.started_s

    @property
    def left_s(self) -> float | None:
        """Seconds left, never negative; None without a limit."""
        return None if self.limit_s is None else max(0.0, self.limit_s - self.elapsed_s)

    @property
    def is_past(self) -> bool:
        """True once the limit is reached or somebody asked to stop."""
        return self.left_s == 0.0 or self.wants_stop()
