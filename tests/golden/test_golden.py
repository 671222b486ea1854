"""The exports of tiny worlds, to the letter; a change here is a change users see."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent


def _regenerate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("regenerate", FOLDER / "regenerate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["sites.geojson", "comptes.csv"])
def test_export_equals_its_golden_file(name: str) -> None:
    golden = (FOLDER / name).read_bytes().decode("utf-8")
    assert _regenerate().GOLDEN[name]() == golden
