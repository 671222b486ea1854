"""The only clock of the optimiser: a limit in seconds, or none."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which no new work starts; `limit_s` at None means never."""

    limit_s: float | None = None
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
        """True once the limit is reached."""
        return self.left_s == 0.0
