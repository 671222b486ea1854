"""The manifest of `data/embedded`: what each shipped file is, and the hash it must have."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from data.digests import file_sha256
from data.fetch import Registry
from geo.errors import InputError, MissingDataError

EMBEDDED = Path(__file__).parent / "embedded"
"""The folder of the shipped files."""

FILE_NAME = "MANIFEST.toml"
_HEADER = "# Written by `python -m data.build`; never edited by hand.\n"
_REINSTALL = "Réinstallez Jalon, ou reconstruisez le fichier avec python -m data.build."


@dataclass(frozen=True, slots=True)
class SourcePackage:
    """A published package whose content went into a shipped file."""

    name: str
    version: str
    registry: Registry
    sha256: str
    licence: str
    taken_fr: str


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """One shipped file; `counts` says what a reader should find in it."""

    name: str
    title_fr: str
    rows: int
    counts: Mapping[str, int]
    sha256: str
    vintage: str
    licence: str
    attribution: str
    builder: str
    sources: tuple[SourcePackage, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every shipped file, sorted by name."""

    files: tuple[EmbeddedFile, ...] = ()


def read_manifest(folder: Path = EMBEDDED) -> Manifest:
    """Return the manifest of `folder`; one that is absent or malformed is refused."""
    path = folder / FILE_NAME
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(Manifest).validate_python(table)
    except FileNotFoundError as error:
        raise MissingDataError(f"Le manifeste {path.name} est absent.", _REINSTALL) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise InputError(f"Le manifeste {path.name} est illisible.", _REINSTALL) from error


def checked_file(name: str, folder: Path = EMBEDDED) -> Path:
    """Return the path of the shipped file `name`, whose bytes are those of the manifest."""
    entry = next((entry for entry in read_manifest(folder).files if entry.name == name), None)
    path = folder / name
    if entry is None or not path.is_file():
        raise MissingDataError(f"Le fichier embarqué {name} est absent.", _REINSTALL)
    if file_sha256(path) != entry.sha256:
        raise InputError(
            f"Le fichier embarqué {name} a été modifié : son empreinte n'est plus celle "
            f"du manifeste.",
            _REINSTALL,
        )
    return path


def record(entries: Iterable[EmbeddedFile], folder: Path = EMBEDDED) -> Path:
    """Write `entries` in the manifest of `folder`, in place of those of the same names."""
    path = folder / FILE_NAME
    known = read_manifest(folder).files if path.exists() else ()
    by_name = {entry.name: entry for entry in (*known, *entries)}
    text = _HEADER + "".join(_to_toml(by_name[name]) for name in sorted(by_name))
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    return partial.replace(path)


def _to_toml(entry: EmbeddedFile) -> str:
    sources = "".join(
        _table(
            "[[files.sources]]",
            {
                "name": source.name,
                "version": source.version,
                "registry": source.registry.value,
                "sha256": source.sha256,
                "licence": source.licence,
                "taken_fr": source.taken_fr,
            },
        )
        for source in entry.sources
    )
    scalars: dict[str, str | int] = {
        "name": entry.name,
        "title_fr": entry.title_fr,
        "rows": entry.rows,
        "sha256": entry.sha256,
        "vintage": entry.vintage,
        "licence": entry.licence,
        "attribution": entry.attribution,
        "builder": entry.builder,
    }
    return _table("[[files]]", scalars) + _table("[files.counts]", entry.counts) + sources


def _table(title: str, values: Mapping[str, str | int]) -> str:
    # A JSON string without escaped accents is also a TOML basic string.
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return "\n".join(("", title, *lines, ""))
