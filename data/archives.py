"""Members of downloaded archives, read in memory: nothing is ever extracted to the disk."""

import lzma
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from geo.errors import InputError, MissingDataError

MAX_MEMBER_BYTES = 128 * 2**20
"""More than any member read here; a larger one is a mistake or an attack."""


def read_member(archive: Path, member: str, *, max_bytes: int = MAX_MEMBER_BYTES) -> bytes:
    """Return the bytes of the regular file `member` of a zip, wheel or gzipped tar archive.

    A name that leaves the archive, a link, and a member larger than `max_bytes` are refused.
    """
    _refuse_unsafe(member, archive)
    if zipfile.is_zipfile(archive):
        return _read_zip_member(archive, member, max_bytes)
    if tarfile.is_tarfile(archive):
        return _read_tar_member(archive, member, max_bytes)
    raise InputError(
        f"{archive.name} n'est ni une archive zip ni une archive tar.",
        "Supprimez ce fichier et téléchargez-le de nouveau.",
    )


def unpack_lzma(packed: bytes, *, max_bytes: int = MAX_MEMBER_BYTES) -> bytes:
    """Return `packed` decompressed; a content larger than `max_bytes` or cut short is refused."""
    decompressor = lzma.LZMADecompressor()
    try:
        unpacked = decompressor.decompress(packed, max_length=max_bytes + 1)
    except lzma.LZMAError as error:
        raise _corrupt("Le contenu LZMA") from error
    if len(unpacked) > max_bytes:
        raise _too_large("Le contenu LZMA", max_bytes)
    if not decompressor.eof:
        raise _corrupt("Le contenu LZMA")
    return unpacked


def _refuse_unsafe(member: str, archive: Path) -> None:
    path = PurePosixPath(member)
    if path.is_absolute() or ".." in path.parts or "\\" in member:
        raise InputError(
            f"{archive.name} : le nom « {member} » sort de l'archive.",
            "N'utilisez pas cette archive ; reprenez-la à sa source.",
        )


def _read_zip_member(archive: Path, member: str, max_bytes: int) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        if member not in opened.namelist():
            raise _absent(member, archive)
        with opened.open(member) as stream:
            return _read_bounded(stream, member, max_bytes)


def _read_tar_member(archive: Path, member: str, max_bytes: int) -> bytes:
    with tarfile.open(archive) as opened:
        info = next((info for info in opened if info.name == member), None)
        stream = opened.extractfile(info) if info is not None and info.isreg() else None
        if stream is None:
            raise _absent(member, archive)
        with stream:
            return _read_bounded(stream, member, max_bytes)


def _read_bounded(stream: IO[bytes], member: str, max_bytes: int) -> bytes:
    # The size an archive declares may lie: only what is really read is counted.
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise _too_large(f"« {member} »", max_bytes)
    return content


def _absent(member: str, archive: Path) -> MissingDataError:
    return MissingDataError(
        f"{archive.name} ne contient pas le fichier « {member} ».",
        "Vérifiez la version de l'archive.",
    )


def _too_large(what: str, max_bytes: int) -> InputError:
    return InputError(
        f"{what} dépasse la limite de {max_bytes} octets.",
        "Vérifiez la source de l'archive ; elle n'est pas celle attendue.",
    )


def _corrupt(what: str) -> InputError:
    return InputError(f"{what} est illisible ou tronqué.", "Téléchargez l'archive de nouveau.")
