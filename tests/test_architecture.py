"""The walls of the house: names, rooms, sizes, and what may not be written anywhere."""

import ast
import importlib
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
ROOMS = ("geo", "data", "layers", "jalon")
SOURCES = sorted(
    path
    for room in ROOMS
    for path in (HOUSE / room).rglob("*.py")
    if "node_modules" not in path.parts
)
TRACKED = subprocess.run(
    ["git", "ls-files"],  # noqa: S607
    cwd=HOUSE,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()

MAX_FILE_LINES = 420
MAX_PAGE_LINES = 200
MAX_FUNCTION_LINES = 50
MAX_EMBEDDED_BYTES = 5 * 2**20
RESERVED_NAMES = {"geo", "data", "layers"}


def named(path: Path) -> str:
    return str(path.relative_to(HOUSE))


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_come_from_this_house_not_from_the_public_index(room: str) -> None:
    module = importlib.import_module(room)
    assert Path(str(module.__file__)).is_relative_to(HOUSE)
    assert set(packages_distributions().get(room, ["jalon"])) <= {"jalon"}


def test_no_package_under_tests_shadows_a_room() -> None:
    assert not list((HOUSE / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_variable_hides_a_room(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bound = {
        node.id if isinstance(node, ast.Name) else node.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    }
    assert not bound & RESERVED_NAMES


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_file_is_short_enough_to_be_read_at_once(path: Path) -> None:
    limit = MAX_PAGE_LINES if "screens" in path.parts else MAX_FILE_LINES
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    long = [f.name for f in functions if _body_lines(f) > MAX_FUNCTION_LINES]
    assert not long


def _body_lines(function: ast.FunctionDef) -> int:
    docstring = function.body[0] if ast.get_docstring(function) else None
    told = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - told


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_streamlit_stays_in_the_rooms_people_see(path: Path) -> None:
    if "ui" not in path.parts:
        assert not re.search(r"^\s*(import|from) streamlit", path.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_only_fetch_reaches_the_network(path: Path) -> None:
    reaching = r"^\s*(import|from) (urllib\.request|requests|httpx|socket|http\.client)\b"
    if named(path) != "data/fetch.py":
        assert not re.search(reaching, path.read_text("utf-8"), re.MULTILINE)


def test_packages_are_doors_without_a_barrel() -> None:
    for path in SOURCES:
        if path.name == "__init__.py":
            assert len(ast.parse(path.read_text(encoding="utf-8")).body) == 1, named(path)


def test_every_package_is_listed_in_the_project_file() -> None:
    project = (HOUSE / "pyproject.toml").read_text(encoding="utf-8")
    for path in SOURCES:
        if path.name == "__init__.py":
            package = ".".join(path.parent.relative_to(HOUSE).parts)
            assert f'"{package}"' in project, package


def test_embedded_data_stay_small() -> None:
    files = [path for path in (HOUSE / "data/embedded").iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MAX_EMBEDDED_BYTES


@pytest.mark.parametrize(
    "forbidden", [r"/work/", r"/root/", r"registry\.npmjs", r"files\.pythonhosted", r"pypi\.org"]
)
def test_no_tracked_text_names_a_machine_or_a_registry(forbidden: str) -> None:
    guilty = []
    for name in TRACKED:
        path = HOUSE / name
        if path == Path(__file__) or not path.is_file() or path.suffix in {".parquet", ".png"}:
            continue
        if re.search(forbidden, path.read_text(encoding="utf-8", errors="ignore")):
            guilty.append(name)
    assert not guilty
