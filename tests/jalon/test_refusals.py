from pathlib import Path

import pytest

from geo.errors import InputError
from jalon.importing import examine


def test_a_file_of_another_method_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "conso.csv"
    path.write_text('"code_insee","evo espaces urbains (ha)"\n"01001",1.2\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"aucune table que Jalon reconnaisse \(.*autre méthode"):
        list(examine(path))


def test_a_file_nobody_knows_is_refused_without_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "inconnu.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"aucune table que Jalon reconnaisse\.\n"):
        list(examine(path))
