"""The only door to the network: each file that enters is one whose hash was known before."""

import logging
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from data.digests import file_sha256
from geo.errors import InputError, MissingDataError

logger = logging.getLogger(__name__)

CLIENT_TIMEOUT_S = 600


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
