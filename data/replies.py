"""Replies: what a server really sent, and why it is not the data that was asked for."""

import io
import json
import re
import zlib
from dataclasses import dataclass
from email.message import Message
from gzip import GzipFile
from pathlib import Path
from typing import IO

from data.digests import file_sha256
from data.downloads import Format
from data.formats import Container, is_whole, sniff
from data.transfer_state import Note
from geo.errors import InputError

ERROR_BODY_BYTES = 65_536
"""An error told in JSON or XML is shorter; longer bodies are not parsed in search of one."""

CONTAINERS = {
    Format.GEOJSON: Container.JSON,
    Format.GEOJSON_GZ: Container.GZIP,
    Format.CSV: Container.TEXT,
    Format.ZIP: Container.ZIP,
}

_EXCEPTION = re.compile(rb"<(?:\w+:)?(?:ExceptionReport|ServiceExceptionReport)\b")
_EXCEPTION_TEXT = re.compile(rb"(?s)<(?:\w+:)?(?:ExceptionText|ServiceException)[^>]*>(.*?)</")
_HTML = re.compile(rb"(?i)\s*(<!doctype html|<html)")
_MESSAGE_KEYS = ("message", "error", "detail", "exceptions", "erreur", "title")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to receive: its address, and what is told of it in the note beside it."""

    url: str
    format: Format
    title_fr: str
    licence: str
    page: str
    max_bytes: int
    sha256: str | None = None


def refusal_fr(body: bytes, content_type: str = "") -> str | None:
    """Return, in French, why `body` is a message of the server and no data; None if it is not."""
    text = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _EXCEPTION.search(text[:ERROR_BODY_BYTES]):
        told = _EXCEPTION_TEXT.search(text)
        return f"le serveur refuse la demande : {_plain(told[1]) if told else 'sans raison'}"
    if _HTML.match(text) or content_type.startswith("text/html"):
        return "le serveur a envoyé une page web, pas des données"
    return _json_error_fr(text) if text.startswith(b"{") else None


def check_file(path: Path, wanted: Format, *, url: str, content_type: str = "") -> None:
    """Refuse the file received from `url` unless its bytes are those of `wanted`, to the end.

    Servers often announce a wrong type for good data: only « text/html » is held against them.
    """
    with path.open("rb") as stream:
        head = stream.read(ERROR_BODY_BYTES)
    if reason := refusal_fr(head, content_type):
        raise unexpected(url, reason)
    if wanted not in CONTAINERS:
        return
    try:
        container = sniff(path)
    except InputError as error:
        raise unexpected(url, error.message) from error
    if container is not CONTAINERS[wanted]:
        raise unexpected(url, f"reçu : {container} ; attendu : {wanted}")
    if not is_whole(path, container):
        raise unexpected(url, "le fichier s'arrête avant sa fin")


def checked_note(wanted: Wanted, path: Path, headers: Message) -> Note:
    """Return the note of the file received at `path`; refuse one that is not what was asked."""
    if headers.get("Content-Encoding") == "gzip" and wanted.format is not Format.GEOJSON_GZ:
        with path.open("rb") as packed:
            plain = _plain_bytes(packed, wanted.url, wanted.max_bytes)
        path.write_bytes(plain)
    check_file(path, wanted.format, url=wanted.url, content_type=headers.get("Content-Type", ""))
    digest = file_sha256(path)
    if wanted.sha256 not in (None, digest):
        raise unexpected(
            wanted.url, f"l'empreinte SHA-256 attendue est {wanted.sha256} ; reçu : {digest}"
        )
    return Note(
        url=wanted.url,
        title_fr=wanted.title_fr,
        licence=wanted.licence,
        page=wanted.page,
        size_bytes=path.stat().st_size,
        sha256=digest,
        etag=headers.get("ETag"),
        last_modified=headers.get("Last-Modified"),
        served_at=headers.get("Date"),
    )


def gunzipped(body: bytes, url: str, max_bytes: int) -> bytes:
    """Return `body` decompressed; refuse one that is no gzip or larger than `max_bytes`."""
    return _plain_bytes(io.BytesIO(body), url, max_bytes)


def _plain_bytes(packed: IO[bytes], url: str, max_bytes: int) -> bytes:
    try:
        with GzipFile(fileobj=packed) as stream:
            plain = stream.read(max_bytes + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise unexpected(url, "le serveur annonce du gzip et envoie autre chose") from error
    if len(plain) > max_bytes:
        raise unexpected(url, f"plus de {max_bytes} octets une fois décompressé")
    return plain


def unexpected(url: str, reason_fr: str) -> InputError:
    """Return the error that names the address and the remedy."""
    return InputError(
        f"{url} : {reason_fr}.",
        "Ouvrez cette adresse dans un navigateur ; si le fichier y est, téléchargez-le puis "
        "importez-le : jalon import FICHIER",
    )


def _json_error_fr(text: bytes) -> str | None:
    """Return the message of a small JSON object that is no GeoJSON."""
    if len(text) >= ERROR_BODY_BYTES:
        return None
    try:
        content = json.loads(text)
    except ValueError:
        return None
    if not isinstance(content, dict) or "features" in content or "geometry" in content:
        return None
    told = next((content[key] for key in _MESSAGE_KEYS if content.get(key)), content)
    return f"le serveur répond par un message : {json.dumps(told, ensure_ascii=False)[:300]}"


def _plain(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:300]
