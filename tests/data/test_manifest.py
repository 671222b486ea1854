"""A manifest written, read back, and believed only as far as the hashes agree."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.digests import file_sha256
from data.fetch import Registry
from data.manifest import EmbeddedFile, SourcePackage, checked_file, read_manifest, record
from geo.errors import InputError, MissingDataError

SOURCE = SourcePackage("@a/b", "1.0", Registry.NPM, "0" * 64, "MIT", "Noms « officiels »")
ENTRY = EmbeddedFile(
    name="a.parquet",
    title_fr='Communes de l\'Est, dites "à part"',
    rows=2,
    counts={"epci": 1},
    sha256="0" * 64,
    vintage="2026",
    licence="Licence Ouverte 2.0",
    attribution="IGN",
    builder="python -m data.build territories",
    sources=(SOURCE,),
)


def with_file(folder: Path) -> Path:
    path = folder / ENTRY.name
    path.write_bytes(b"contenu")
    record([replace(ENTRY, sha256=file_sha256(path))], folder)
    return path


def test_manifest_read_back_equals_what_was_recorded(tmp_path: Path) -> None:
    record([ENTRY], tmp_path)
    assert read_manifest(tmp_path).files == (ENTRY,)


def test_recording_keeps_the_other_files_and_replaces_the_same_name(tmp_path: Path) -> None:
    record([ENTRY, replace(ENTRY, name="b.parquet")], tmp_path)
    record([replace(ENTRY, rows=3)], tmp_path)
    entries = [(entry.name, entry.rows) for entry in read_manifest(tmp_path).files]
    assert entries == [("a.parquet", 3), ("b.parquet", 2)]


def test_order_of_recording_does_not_change_the_manifest(tmp_path: Path) -> None:
    other = replace(ENTRY, name="b.parquet")
    first = record([ENTRY, other], tmp_path).read_bytes()
    assert record([other, ENTRY], tmp_path).read_bytes() == first


def test_file_that_equals_its_hash_is_given(tmp_path: Path) -> None:
    path = with_file(tmp_path)
    assert checked_file(ENTRY.name, tmp_path) == path


def test_altered_file_is_refused(tmp_path: Path) -> None:
    with_file(tmp_path).write_bytes(b"autre contenu")
    with pytest.raises(InputError, match="a été modifié"):
        checked_file(ENTRY.name, tmp_path)


def test_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with_file(tmp_path).unlink()
    with pytest.raises(MissingDataError, match=r"a\.parquet est absent"):
        checked_file(ENTRY.name, tmp_path)


def test_absent_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"MANIFEST\.toml est absent"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", ["[[files]\n", '[[files]]\nname = "a"\n', "\xff"])
def test_malformed_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "MANIFEST.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="illisible"):
        read_manifest(tmp_path)
