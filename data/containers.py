"""Containers: the readable files a file holds, unpacked, whole and in UTF-8."""

import codecs
import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from data.formats import READABLE_FR, Container, is_whole, sniff
from geo.errors import InputError

MAX_UNPACKED_BYTES = 4 * 1024**3
"""Above this a file is refused with all it holds: none of a département comes near."""

MAX_DEPTH = 3
"""An archive in an archive is met; deeper is a trap."""

CHUNK_BYTES = 1024 * 1024

FIRST_FILES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Opened:
    """One readable file, with what had to be done to read it (in French)."""

    path: Path
    container: Container
    notes_fr: tuple[str, ...] = ()


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(slots=True)
class _Room:
    """The disk space of one file to unpack: what all its archives write together is bounded."""

    folder: Path
    left_bytes: int

    def new_folder(self) -> Path:
        """Return an empty folder."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def write(self, plain: _Readable, target: Path, name: str) -> None:
        """Write at `target` what `plain` holds; refuse `name` when the room is full."""
        with target.open("wb") as copy:
            while chunk := plain.read(CHUNK_BYTES):
                self.left_bytes -= len(chunk)
                if self.left_bytes < 0:
                    raise InputError(
                        f"« {name} » dépasse {_size_fr(MAX_UNPACKED_BYTES)} une fois décompressé.",
                        "Importez le fichier par commune ou par département.",
                    )
                copy.write(chunk)


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Opened, ...]]:
    """Yield the readable files inside `path`; temporary copies vanish afterwards."""
    with tempfile.TemporaryDirectory(prefix="jalon-") as folder:
        yield tuple(_open(path, _Room(Path(folder), MAX_UNPACKED_BYTES), depth=0))


def _open(path: Path, room: _Room, *, depth: int) -> Iterator[Opened]:
    container = sniff(path)
    if depth > MAX_DEPTH:
        raise InputError(
            f"« {path.name} » : trop d'archives les unes dans les autres.",
            "Décompressez-les puis importez le fichier qu'elles contiennent.",
        )
    if container is Container.GZIP:
        yield from _open(_gunzip(path, room), room, depth=depth + 1)
    elif container is Container.ZIP:
        for member in _readable_members(path, room):
            yield from _open(member, room, depth=depth + 1)
    else:
        yield _checked(path, container, room)


def _checked(path: Path, container: Container, room: _Room) -> Opened:
    if not is_whole(path, container):
        raise InputError(
            f"« {path.name} » est incomplet : le fichier s'arrête avant sa fin.",
            "Le téléchargement a sans doute été interrompu : recommencez-le.",
        )
    if container is Container.SHAPEFILE:
        _refuse_lone_shapefile(path)
    if container in (Container.JSON, Container.FIXTURE, Container.TEXT):
        return _in_utf8(path, container, room)
    return Opened(path, container)


def _refuse_lone_shapefile(path: Path) -> None:
    """Raise unless the index and the attributes of the Shapefile stand beside it."""
    beside = {found.name.casefold() for found in path.parent.iterdir()}
    stem = path.stem.casefold()
    missing = [s for s in (".shp", ".shx", ".dbf") if f"{stem}{s}" not in beside]
    if missing or path.suffix.casefold() != ".shp":
        wanted = f" : il manque {', '.join(missing)}" if missing else ""
        raise InputError(
            f"« {path.name} » n'est qu'une partie d'un Shapefile{wanted}.",
            "Importez l'archive .zip complète, ou le .shp avec ses fichiers .shx, .dbf et .prj.",
        )


def _gunzip(path: Path, room: _Room) -> Path:
    target = room.new_folder() / (path.name.removesuffix(".gz") or "contenu")
    try:
        with gzip.GzipFile(path) as packed:
            room.write(packed, target, path.name)
    except (EOFError, OSError, zlib.error) as error:
        raise InputError(
            f"« {path.name} » est une archive gzip incomplète ou abîmée.",
            "Le téléchargement a sans doute été interrompu : recommencez-le.",
        ) from error
    return target


def _readable_members(path: Path, room: _Room) -> tuple[Path, ...]:
    """Return the members Jalon can read, sorted; a Shapefile counts once, by its .shp."""
    target = room.new_folder()
    _unzip(path, target, room)
    files = sorted(found for found in target.rglob("*") if found.is_file())
    shapes = [found for found in files if found.suffix.casefold() == ".shp"]
    readable = tuple(f for f in files if _is_readable(f) and not _is_beside(f, shapes))
    if not readable:
        shown = ", ".join(found.name for found in files[:FIRST_FILES_SHOWN])
        hint = "Enregistrez le classeur en CSV." if (target / "xl").is_dir() else READABLE_FR
        raise InputError(f"« {path.name} » ne contient rien de lisible ({shown}).", hint)
    return readable


def _is_beside(path: Path, shapes: list[Path]) -> bool:
    """Tell whether `path` is a side file (.dbf, .sbn, .shp.xml…) of one of the Shapefiles."""
    return any(
        path != shape and path.name.casefold().startswith(f"{shape.stem.casefold()}.")
        for shape in shapes
        if shape.parent == path.parent
    )


def _is_readable(path: Path) -> bool:
    try:
        sniff(path)
    except InputError:
        return False
    return True


def _unzip(path: Path, target: Path, room: _Room) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    _extract(archive, member, target, room)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError(
            f"« {path.name} » est une archive zip abîmée.", "Téléchargez-la à nouveau."
        ) from error
    except (RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"« {path.name} » est chiffrée ou compressée d'une façon inconnue.",
            "Décompressez-la puis importez le fichier qu'elle contient.",
        ) from error
    except OSError as error:
        raise InputError(
            f"« {path.name} » ne se décompresse pas : deux de ses membres ont le même nom, "
            "un nom est trop long, ou le disque est plein.",
            "Décompressez-la vous-même puis importez le fichier qu'elle contient.",
        ) from error


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, room: _Room) -> None:
    """Write `member` under `folder`."""
    name = Path(archive.filename or "").name
    inner = PurePosixPath(member.filename.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts:
        raise InputError(
            f"« {name} » contient un chemin interdit : {member.filename}.",
            "N'importez que des archives venues du producteur.",
        )
    target = folder / inner
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as packed:
        room.write(packed, target, name)


def _size_fr(size_bytes: int) -> str:
    gib = size_bytes / 1024**3
    return f"{gib:.0f} Gio" if gib >= 1 else f"{size_bytes} octets"


def _in_utf8(path: Path, container: Container, room: _Room) -> Opened:
    """Return `path`, or a UTF-8 copy of it when it is written in Windows-1252."""
    if _is_utf8(path):
        return Opened(path, container)
    target = room.new_folder() / path.name
    with path.open("rb") as published:
        room.write(codecs.EncodedFile(published, "utf-8", "cp1252", "replace"), target, path.name)
    note = "Texte lu en Windows-1252 (Latin-1), accents conservés."
    return Opened(target, container, (note,))


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as stream:
            while stream.read(CHUNK_BYTES):
                pass
    except UnicodeDecodeError:
        return False
    return True
