"""The only door to the network.

A package of a registry enters when its hash was known before; an official file when it is
whole and of the format announced, with a note of where it comes from.
"""

import logging
import os
import re
import shlex
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import IO, TypeVar
from urllib.parse import urlsplit

from data.digests import file_sha256
from data.replies import (
    ERROR_BODY_BYTES,
    Wanted,
    checked_note,
    gunzipped,
    refusal_fr,
    unexpected,
)
from data.transfer_state import (
    Manners,
    Note,
    Partial,
    PassingError,
    asked_pause_s,
    gave_up,
    pause_s,
    read_note,
    write_note,
)
from geo.errors import InputError, MissingDataError

logger = logging.getLogger(__name__)

CLIENT_TIMEOUT_S = 600

AGENT = "jalon (planification fonciere ; logiciel libre)"
CHUNK_BYTES = 256 * 1024
MAX_PAGE_BYTES = 128 * 2**20

PASSING_STATUSES = frozenset({429, 502, 503, 504})
REDIRECTIONS = frozenset({301, 302, 303, 307, 308})

T = TypeVar("T")


class Registry(StrEnum):
    """A public index of packages, reached through its ordinary client."""

    PYPI = "pypi"
    NPM = "npm"


CLIENTS: Mapping[Registry, tuple[str, ...]] = MappingProxyType(
    {
        Registry.PYPI: (sys.executable, "-m", "pip", "download", "--no-deps", "--dest"),
        Registry.NPM: ("npm", "pack", "--pack-destination"),
    },
)
"""What is run, before the folder and the package; the user's own settings choose the host."""

_PINS = {Registry.PYPI: "==", Registry.NPM: "@"}
_NAME = re.compile(r"(@[a-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*")
_VERSION = re.compile(r"[0-9][\w.+-]*")


def cache_dir() -> Path:
    """Return the folder where downloads are kept: `JALON_CACHE`, else the user's cache."""
    return Path(os.environ.get("JALON_CACHE") or Path.home() / ".cache" / "jalon")


def registry_package(
    name: str,
    version: str,
    *,
    registry: Registry,
    sha256: str,
    target: Path,
    client: Sequence[str] = (),
) -> Path:
    """Return the path, in the folder `target`, of the archive whose hash is `sha256`.

    An archive already there is not downloaded again. `client` replaces the usual command of
    `CLIENTS`. Nothing is left in `target` when the download fails or its hash is another.
    """
    _refuse_unknown_spelling(name, version)
    target.mkdir(parents=True, exist_ok=True)
    held = _with_sha256(target, sha256)
    if held is not None:
        return held
    command = (*(client or CLIENTS[registry]), f"{name}{_PINS[registry]}{version}")
    return _download(command, sha256=sha256, target=target)


def _refuse_unknown_spelling(name: str, version: str) -> None:
    # A name that begins with a dash would be read by the client as one of its options.
    if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version)):
        raise InputError(
            f"« {name} » version « {version} » n'est pas un nom de paquet.",
            "Écrivez le nom et la version comme sur la page du paquet.",
        )


def _with_sha256(folder: Path, sha256: str) -> Path | None:
    files = (path for path in sorted(folder.iterdir()) if path.is_file())
    return next((path for path in files if file_sha256(path) == sha256), None)


def _download(command: Sequence[str], *, sha256: str, target: Path) -> Path:
    *prefix, package = command
    # A folder inside `target` is on the same disk, so the final move is atomic.
    with tempfile.TemporaryDirectory(dir=target, prefix=".partial-") as partial:
        _run((*prefix, partial, package), advice=shlex.join((*prefix, str(target), package)))
        received = sorted(Path(partial).iterdir())
        archive = _with_sha256(Path(partial), sha256)
        if archive is None:
            raise _wrong_hash(package, sha256, received)
        return archive.replace(target / archive.name)


def _run(command: Sequence[str], *, advice: str) -> None:
    logger.info("Téléchargement : %s", advice)
    try:
        done = subprocess.run(  # noqa: S603  no shell; the name and version were checked
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=CLIENT_TIMEOUT_S,
        )
    except FileNotFoundError as error:
        raise _unreachable(f"le programme {command[0]} est introuvable", advice) from error
    except subprocess.TimeoutExpired as error:
        raise _unreachable(f"aucune réponse en {CLIENT_TIMEOUT_S} secondes", advice) from error
    if done.returncode != 0:
        last_line = (done.stderr.strip() or "aucun message").splitlines()[-1]
        raise _unreachable(f"le programme répond : {last_line}", advice)


def _unreachable(reason: str, advice: str) -> MissingDataError:
    return MissingDataError(
        f"Le téléchargement a échoué ; {reason}.",
        f"Une fois connecté au réseau, exécutez : {advice}",
    )


def _wrong_hash(package: str, sha256: str, received: Iterable[Path]) -> InputError:
    listed = ", ".join(f"{path.name} ({file_sha256(path)})" for path in received if path.is_file())
    return InputError(
        f"{package} : l'empreinte SHA-256 attendue est {sha256} ; reçu : {listed or 'rien'}.",
        "N'utilisez pas ce fichier : le paquet publié n'est plus celui qui a été vérifié.",
    )


OnBytes = Callable[[int, int | None], None]
"""Told the bytes received so far and their total, when the server says it."""


@dataclass(slots=True)
class Door:
    """Reaches servers with the manners given.

    `clock`, `sleep`, `now` and `chance` are passed in so that nothing waits in a test. A host
    that cannot be found or reached is not asked again: off-line, the next files fail at once.
    """

    manners: Manners = field(default_factory=Manners)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    chance: Random = field(default_factory=Random)
    _last_call_s: dict[str, float] = field(default_factory=dict)
    _unreachable: set[str] = field(default_factory=set)

    def page(self, url: str, *, max_bytes: int = MAX_PAGE_BYTES) -> bytes:
        """Return the body at `url`, held in memory."""
        return self._patiently(url, lambda: self._read(url, max_bytes))

    def file(self, wanted: Wanted, path: Path, *, on_bytes: OnBytes | None = None) -> Note:
        """Return the note of the file at `path`, which now is what the server has.

        A file already there with its note is only asked about (304: nothing is downloaded).
        A transfer that was cut is resumed when the server can prove it is the same version.
        A file that is not what was asked for is not kept, and an older one stays.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        held = read_note(path)
        held = held if held is not None and held.url == wanted.url else None
        partial = Partial(path)
        try:
            headers = self._patiently(
                wanted.url, lambda: self._receive(wanted, partial, held, on_bytes)
            )
            if headers is None:
                return _still_held(held, wanted.url)
            note = checked_note(wanted, partial.path, headers)
        except InputError:
            partial.forget()
            raise
        partial.path.replace(path)
        write_note(path, note)
        partial.forget()
        return note

    def _read(self, url: str, max_bytes: int) -> bytes:
        with self._open(url, {}) as response:
            self._refuse_status(response, url)
            body = b"".join(_chunks(response, url, max_bytes))
            if response.headers.get("Content-Encoding") == "gzip":
                return gunzipped(body, url, max_bytes)
            return body

    def _receive(
        self, wanted: Wanted, partial: Partial, held: Note | None, on_bytes: OnBytes | None
    ) -> Message | None:
        """Return the headers of the finished answer; None when the file held is still current."""
        asked = partial.range_headers(wanted.url) or (held.conditions if held else {})
        with self._open(wanted.url, asked) as response:
            if response.status == HTTPStatus.NOT_MODIFIED:
                return None
            is_rest = response.status == HTTPStatus.PARTIAL_CONTENT
            is_foreign = is_rest and not partial.belongs_to(response.headers)
            if is_foreign or response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                partial.forget()
                raise PassingError("la reprise du transfert est refusée")
            self._refuse_status(response, wanted.url)
            start = partial.size_bytes if is_rest else 0
            partial.begin(wanted.url, response.headers)
            body = _chunks(response, wanted.url, wanted.max_bytes, start=start, on_bytes=on_bytes)
            with partial.path.open("ab" if start else "wb") as stream:
                stream.writelines(body)
            return response.headers

    def _patiently(self, url: str, attempt: Callable[[], T]) -> T:
        """Return what `attempt` does, tried again after each passing failure."""
        number = 0
        while True:
            number += 1
            try:
                return attempt()
            except PassingError as fault:
                self._rest(url, fault, number)

    def _rest(self, url: str, fault: PassingError, number: int) -> None:
        """Wait after the failed attempt `number`, or raise when no other is worth it."""
        asked_s = asked_pause_s(fault.retry_after, self.now())
        wait_s = pause_s(self.manners, number, self.chance) if asked_s is None else asked_s
        is_last = number >= self.manners.attempt_count or fault.is_lasting
        if is_last and fault.is_connection:
            self._unreachable.add(urlsplit(url).netloc)
        if is_last or wait_s > self.manners.longest_pause_s:
            raise gave_up(url, fault, asked_s) from fault
        logger.info("%s : %s ; nouvel essai dans %.0f s", url, fault, wait_s)
        self.sleep(wait_s)

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str]) -> Iterator[HTTPResponse]:
        host = urlsplit(url).netloc
        if host in self._unreachable:
            raise gave_up(url, PassingError(f"le serveur {host} est injoignable"), None)
        due_s = self._last_call_s.get(host, float("-inf")) + self.manners.host_interval_s
        if (wait_s := due_s - self.clock()) > 0:
            self.sleep(wait_s)
        self._last_call_s[host] = self.clock()
        request = urllib.request.Request(  # noqa: S310  the opener knows http and https only
            url, headers={"User-Agent": AGENT, "Accept-Encoding": "identity", **headers}
        )
        with _passing(url):
            response = _opener().open(request, timeout=self.manners.timeout_s)
        with response:
            yield response

    def _refuse_status(self, response: HTTPResponse, url: str) -> None:
        status = response.status
        if status in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            return
        if status in PASSING_STATUSES:
            raise PassingError(f"le serveur répond {status}", response.headers["Retry-After"])
        with _passing(url):
            told = refusal_fr(response.read(ERROR_BODY_BYTES))
        raise MissingDataError(
            f"{url} : le serveur répond {status}{f' ({told})' if told else ''}.",
            "Vérifiez l'adresse sur la page du producteur ; elle a pu changer.",
        )


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follow a few redirections, never from https to http."""

    max_redirections = 5

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the request to send next."""
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise MissingDataError(
                f"{req.full_url} : le serveur renvoie vers une adresse non chiffrée ({newurl}).",
                "Téléchargez ce fichier depuis la page du producteur.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Statuses(urllib.request.HTTPErrorProcessor):
    """Follows redirections and hands over every other answer, whatever its status."""

    def http_response(
        self, request: urllib.request.Request, response: HTTPResponse
    ) -> HTTPResponse:
        if response.status in REDIRECTIONS:
            return super().http_response(request, response)
        return response

    https_response = http_response


@cache
def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        Redirects(),
        _Statuses(),
    ):
        opener.add_handler(handler)
    return opener


@contextmanager
def _passing(url: str) -> Iterator[None]:
    """Tell the failures of the network in our words, the passing ones apart."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise MissingDataError(
            f"{url} : trop de redirections, ou une redirection sans adresse.",
            "Vérifiez l'adresse sur la page du producteur ; elle a pu changer.",
        ) from error
    except urllib.error.URLError as error:
        reason = error.reason
        is_lasting = isinstance(reason, (socket.gaierror, ssl.SSLCertVerificationError))
        raise PassingError(
            f"connexion impossible ({reason})", is_connection=True, is_lasting=is_lasting
        ) from error
    except (ConnectionError, TimeoutError, HTTPException) as error:
        told = str(error) or type(error).__name__
        raise PassingError(f"connexion interrompue ({told})") from error


def _chunks(
    response: HTTPResponse,
    url: str,
    max_bytes: int,
    *,
    start: int = 0,
    on_bytes: OnBytes | None = None,
) -> Iterator[bytes]:
    """Yield the body, as sent; refuse one that is too large or stops before its end."""
    total = None if response.length is None else start + response.length
    received = start
    while True:
        with _passing(url):
            chunk = response.read1(CHUNK_BYTES)
        if not chunk:
            break
        received += len(chunk)
        if received > max_bytes:
            raise unexpected(url, f"plus de {max_bytes} octets, ce qui n'est pas attendu")
        yield chunk
        if on_bytes is not None:
            on_bytes(received, total)
    if total is not None and received < total:
        raise PassingError(f"corps tronqué à {received} octets sur {total}")


def _still_held(held: Note | None, url: str) -> Note:
    if held is None:
        raise unexpected(url, "le serveur dit « inchangé » (304) d'un fichier absent d'ici")
    return held
