"""What is known of a transfer: the note kept beside a file, the part already received, pauses."""

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from random import Random

from data.digests import file_sha256
from geo.errors import MissingDataError

NOTE_SUFFIX = ".provenance.json"
PARTIAL_FOLDER = ".partiel"


@dataclass(frozen=True, slots=True)
class Note:
    """Where a downloaded file comes from; dates and ETag are the server's, None if it gave none."""

    url: str
    title_fr: str
    licence: str
    page: str
    size_bytes: int
    sha256: str
    etag: str | None = None
    last_modified: str | None = None
    served_at: str | None = None
    feature_count: int | None = None
    page_count: int | None = None

    @property
    def published_on(self) -> str | None:
        """The ISO day on which the server says the file was last modified."""
        moment = _moment(self.last_modified)
        return None if moment is None else moment.date().isoformat()

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the file only if it is no longer this one."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


def note_path(path: Path) -> Path:
    """Return where the note of the file at `path` stands."""
    return path.with_name(path.name + NOTE_SUFFIX)


def read_note(path: Path) -> Note | None:
    """Return the note of the file at `path`; None when absent, unreadable, or of other bytes."""
    try:
        note = Note(**json.loads(note_path(path).read_text(encoding="utf-8")))
        is_same = path.stat().st_size == note.size_bytes and file_sha256(path) == note.sha256
    except (OSError, TypeError, ValueError):
        return None
    return note if is_same else None


def write_note(path: Path, note: Note) -> None:
    """Write `note` beside the file at `path`."""
    text = json.dumps(asdict(note), ensure_ascii=False, indent=1, sort_keys=True)
    note_path(path).write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Partial:
    """The bytes already received for the file at `target`, and the version they belong to."""

    target: Path

    @property
    def path(self) -> Path:
        """Where the bytes wait, on the same disk, under the name they will have."""
        return self.target.parent / PARTIAL_FOLDER / self.target.name

    def range_headers(self, url: str) -> dict[str, str]:
        """Return the headers that ask for the rest; none without a version to compare with."""
        state = self._state()
        if state.get("url") != url or not state.get("validator") or not self.size_bytes:
            return {}
        return {"Range": f"bytes={self.size_bytes}-", "If-Range": state["validator"]}

    @property
    def size_bytes(self) -> int:
        """How many bytes are here."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def belongs_to(self, headers: Message) -> bool:
        """Tell whether a partial answer (206) continues the version held, at the right byte."""
        starts_right = headers.get("Content-Range", "").startswith(f"bytes {self.size_bytes}-")
        held = self._state().get("validator")
        return starts_right and validator(headers) in (held, None)

    def begin(self, url: str, headers: Message) -> None:
        """Remember which version the bytes to come belong to."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        state = {"url": url, "validator": validator(headers)}
        self._state_path.write_text(json.dumps(state), encoding="utf-8")

    def forget(self) -> None:
        """Remove the bytes held, and their folder once it is empty."""
        self.path.unlink(missing_ok=True)
        self._state_path.unlink(missing_ok=True)
        folder = self.path.parent
        if folder.is_dir() and not any(folder.iterdir()):
            shutil.rmtree(folder)

    @property
    def _state_path(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def _state(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._state_path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}


def validator(headers: Message) -> str | None:
    """Return what tells two versions of a file apart byte for byte (RFC 9110, section 13.1.5)."""
    etag = headers.get("ETag")
    if etag and not etag.startswith("W/"):
        return etag
    return headers.get("Last-Modified")


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server is treated: few calls, growing pauses, a limit to patience."""

    timeout_s: float = 60.0
    attempt_count: int = 5
    first_pause_s: float = 1.0
    longest_pause_s: float = 120.0
    host_interval_s: float = 0.2


def pause_s(manners: Manners, attempt: int, chance: Random) -> float:
    """Return how long to wait after the failed `attempt` (from 1): doubling, half of it chance."""
    ceiling_s = min(manners.longest_pause_s, manners.first_pause_s * 2 ** (attempt - 1))
    return ceiling_s * (0.5 + chance.random() / 2)


def asked_pause_s(retry_after: str | None, now: datetime) -> float | None:
    """Return the pause a server asks for, in seconds or by a date; None when it asks none."""
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    moment = _moment(retry_after)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


class PassingError(Exception):
    """A failure that may pass; `retry_after` is the header of that name."""

    def __init__(
        self,
        reason_fr: str,
        retry_after: str | None = None,
        *,
        is_connection: bool = False,
        is_lasting: bool = False,
    ) -> None:
        """Keep the reason; `is_connection`: no answer at all; `is_lasting`: not worth a retry."""
        super().__init__(reason_fr)
        self.retry_after = retry_after
        self.is_connection = is_connection
        self.is_lasting = is_lasting


def gave_up(url: str, fault: PassingError, asked_s: float | None) -> MissingDataError:
    """Return the error that ends the attempts at `url`, with the pause the server asked for."""
    later = "" if asked_s is None else f" ; il demande d'attendre {asked_s:.0f} secondes"
    return MissingDataError(
        f"{url} : {fault}{later}.",
        "Vérifiez la connexion au réseau, puis relancez la même commande : ce qui est déjà "
        "arrivé n'est pas téléchargé à nouveau.",
    )


def _moment(http_date: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(http_date or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
