"""What the tests of the command line share: the command itself, and a workspace to run it on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jalon.cli import main


@pytest.fixture(scope="session")
def run() -> Callable[..., int]:
    """Run the command line and return its exit code."""

    def command(*arguments: str) -> int:
        try:
            main(arguments)
        except SystemExit as stop:
            return int(stop.code or 0)
        return 0

    return command


@pytest.fixture
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the workspace of the command line an empty folder of the test."""
    folder = tmp_path / "espace"
    monkeypatch.setenv("JALON_WORKSPACE", str(folder))
    return folder
