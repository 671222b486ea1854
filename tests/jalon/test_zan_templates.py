"""Templates of the ZAN tables go through the import that a person will use."""

from pathlib import Path

import pytest

from data.workspace import Workspace
from geo.errors import InputError
from jalon.importing import import_file
from jalon.zan_templates import DATASETS, template_columns, template_csv, template_names


@pytest.mark.parametrize("name", template_names())
def test_template_is_read_back_without_a_fault(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_bytes(template_csv(name))
    (imported,) = import_file(Workspace(tmp_path / "w"), path)
    assert imported.record is not None
    assert imported.record.dataset_id == DATASETS[name]
    assert imported.record.kept_count == 1
    assert imported.record.issues == ()


@pytest.mark.parametrize("name", template_names())
def test_example_row_is_said_generated(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_bytes(template_csv(name))
    (imported,) = import_file(Workspace(tmp_path / "w"), path)
    assert imported.record is not None
    assert imported.record.is_generated


@pytest.mark.parametrize("name", template_names())
def test_template_opens_in_a_french_spreadsheet(name: str) -> None:
    content = template_csv(name)
    assert content.startswith(b"\xef\xbb\xbf")
    header = content.decode("utf-8-sig").splitlines()[0]
    assert header.split(";") == template_columns(name)


def test_a_corrected_table_replaces_the_first(tmp_path: Path) -> None:
    path, space = tmp_path / "objectifs.csv", Workspace(tmp_path / "w")
    row = "niveau;code_territoire;objectif_de_reduction\nscot;10394;{}\n"
    for rate in ("50 %", "55 %"):
        path.write_text(row.format(rate), encoding="utf-8")
        import_file(space, path)
    table = space.layer("zan_objectives")
    assert table is not None
    assert table["reduction_share"].tolist() == [0.55]


def test_an_unknown_template_names_those_that_exist() -> None:
    with pytest.raises(InputError, match="budget") as caught:
        template_csv("budget")
    assert "communes-nouvelles" in caught.value.hint


def test_documents_of_two_places_under_one_name_are_both_kept(tmp_path: Path) -> None:
    path, space = tmp_path / "communes.csv", Workspace(tmp_path / "w")
    header = "code_insee,pa_type_document,pc_type_document\n"
    for insee in ("63148", "38001"):
        path.write_text(f"{header}{insee},PLU,\n", encoding="utf-8")
        import_file(space, path)
    records = space.sources("planning_documents")
    assert [record.communes for record in records] == [("63148",), ("38001",)]
    assert not any(record.is_generated for record in records)
