"""The errors a user may read: what is wrong, where, and what to do about it."""

from collections.abc import Iterable


class JalonError(Exception):
    """A fault told in French, with its remedy.

    `message` says what is wrong and where (file, row, first identifiers);
    `hint` says what the reader can do.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep both sentences apart so that each interface can lay them out."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nRemède : {self.hint}" if self.hint else self.message


class InputError(JalonError):
    """A file, a table or a parameter given by the user cannot be used as it is."""

    exit_code = 3


class CrsError(InputError):
    """Coordinates are in degrees where metres are needed, or their system is unknown."""


class InfeasibleError(JalonError):
    """The request has no answer; the message names the constraint that blocks it."""

    exit_code = 4


class MissingDataError(JalonError):
    """Data needed for the answer is not in the workspace."""

    exit_code = 5


def raise_all(faults: Iterable[str], *, subject: str, hint: str) -> None:
    """Raise one InputError that lists every fault of `subject`; do nothing without faults."""
    listed = list(faults)
    if listed:
        bullets = "\n".join(f"  - {fault}" for fault in listed)
        raise InputError(f"{subject} :\n{bullets}", hint)
