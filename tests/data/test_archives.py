"""Archives made by hand: a sound one, one that escapes, one that lies about its size."""

import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from data.archives import read_member, unpack_lzma
from geo.errors import InputError, MissingDataError


def zip_with(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tar_with(path: Path, info: tarfile.TarInfo, content: bytes) -> Path:
    info.size = len(content)
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(info, io.BytesIO(content))
    return path


def test_member_of_a_zip_is_read(tmp_path: Path) -> None:
    archive = zip_with(tmp_path / "a.whl", {"dossier/communes.csv": b"01001"})
    assert read_member(archive, "dossier/communes.csv") == b"01001"


def test_member_of_a_gzipped_tar_is_read(tmp_path: Path) -> None:
    archive = tar_with(tmp_path / "a.tgz", tarfile.TarInfo("package/communes.json"), b"[]")
    assert read_member(archive, "package/communes.json") == b"[]"


@pytest.mark.parametrize("member", ["../evasion.txt", "/etc/passwd", "a/../../b", "..\\b"])
def test_member_that_leaves_the_archive_is_refused(tmp_path: Path, member: str) -> None:
    archive = zip_with(tmp_path / "a.zip", {member: b"x"})
    with pytest.raises(InputError, match=r"sort de l'archive"):
        read_member(archive, member)


def test_link_in_a_tar_is_never_followed(tmp_path: Path) -> None:
    link = tarfile.TarInfo("package/communes.json")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
    with pytest.raises(MissingDataError, match="ne contient pas le fichier"):
        read_member(tar_with(tmp_path / "a.tgz", link, b""), "package/communes.json")


def test_member_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    archive = zip_with(tmp_path / "a.zip", {"bombe.csv": b"0" * 1001})
    with pytest.raises(InputError, match="limite de 1000 octets"):
        read_member(archive, "bombe.csv", max_bytes=1000)


def test_absent_member_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"communes\.csv"):
        read_member(zip_with(tmp_path / "a.zip", {"autre": b""}), "communes.csv")


def test_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_text("bonjour", encoding="utf-8")
    with pytest.raises(InputError, match="ni une archive zip"):
        read_member(path, "bonjour")


def test_lzma_content_is_unpacked() -> None:
    assert unpack_lzma(lzma.compress(b"code,nom")) == b"code,nom"


def test_lzma_content_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(InputError, match="limite de 1000 octets"):
        unpack_lzma(lzma.compress(b"0" * 1001), max_bytes=1000)


@pytest.mark.parametrize("packed", [b"not lzma at all", lzma.compress(b"code,nom")[:-20]])
def test_lzma_content_cut_short_or_foreign_is_refused(packed: bytes) -> None:
    with pytest.raises(InputError, match="illisible ou tronqué"):
        unpack_lzma(packed)
