"""A real server on this machine: each test scripts what it answers, call after call."""

import gzip
import hashlib
import json
import socket
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.downloads import Format
from data.fetch import Door, Redirects
from data.replies import Wanted
from data.transfer_state import Manners, asked_pause_s, pause_s, read_note
from geo.errors import InputError, MissingDataError

Answer = Callable[[BaseHTTPRequestHandler], None]
Serve = Callable[[Answer], str]

POINTS = b'{"type": "FeatureCollection", "features": []}'
NEWER = b'{"type": "FeatureCollection", "features": [ ]}'
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def reply(
    body: bytes = b"", *, status: int = 200, said_length: int | None = None, **headers: str
) -> Answer:
    """Answer with `body`; a larger length announced than sent is a cut transfer."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header(
            "Content-Length", str(len(body) if said_length is None else said_length)
        )
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = said_length is not None

    return answer


class Script:
    """Answers one after the other, the last one for ever; remembers the headers of each call."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.calls: list[Message] = []

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        self.calls.append(handler.headers)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer(handler)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept_s: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds


def door(clock: Clock | None = None, **manners: float) -> Door:
    clock = clock or Clock()
    return Door(
        Manners(**({"host_interval_s": 0.0, "timeout_s": 5.0} | manners)),  # type: ignore[arg-type]  # counts are ints
        clock=lambda: clock.now_s,
        sleep=clock.sleep,
        now=lambda: NOW,
        chance=Random(1),  # noqa: S311  pauses are no secret
    )


def wanted(
    url: str, kind: Format = Format.GEOJSON, *, max_bytes: int = 10_000, sha256: str | None = None
) -> Wanted:
    return Wanted(
        url, kind, "Points", "Licence Ouverte 2.0", "https://exemple.fr", max_bytes, sha256
    )


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "sources" / "points.geojson"


def left_in(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_file_arrives_with_a_note_of_where_it_comes_from(serve: Serve, target: Path) -> None:
    modified = "Wed, 01 Jul 2026 08:00:00 GMT"
    url = serve(reply(POINTS, ETag='"a"', Last_Modified=modified))
    note = door().file(wanted(url), target)
    assert target.read_bytes() == POINTS
    assert read_note(target) == note
    assert (note.url, note.licence, note.size_bytes) == (url, "Licence Ouverte 2.0", 45)
    assert note.sha256 == hashlib.sha256(POINTS).hexdigest()
    assert (note.etag, note.published_on) == ('"a"', "2026-07-01")
    assert left_in(target) == ["points.geojson", "points.geojson.provenance.json"]


def test_file_already_here_is_only_asked_about(serve: Serve, target: Path) -> None:
    script = Script(reply(POINTS, ETag='"a"'), reply(status=304))
    url = serve(script)
    first = door().file(wanted(url), target)
    assert door().file(wanted(url), target) == first
    assert script.calls[1]["If-None-Match"] == '"a"'
    assert target.read_bytes() == POINTS


def test_newer_file_replaces_the_older_one(serve: Serve, target: Path) -> None:
    url = serve(Script(reply(POINTS, ETag='"a"'), reply(NEWER, ETag='"b"')))
    door().file(wanted(url), target)
    assert door().file(wanted(url), target).etag == '"b"'
    assert target.read_bytes() == NEWER


def test_file_changed_by_hand_is_downloaded_again(serve: Serve, target: Path) -> None:
    script = Script(reply(POINTS, ETag='"a"'))
    url = serve(script)
    door().file(wanted(url), target)
    target.write_bytes(b"{}")
    door().file(wanted(url), target)
    assert script.calls[1]["If-None-Match"] is None
    assert target.read_bytes() == POINTS


def test_cut_transfer_is_resumed_where_it_stopped(serve: Serve, target: Path) -> None:
    rest = reply(POINTS[20:], status=206, ETag='"a"', Content_Range="bytes 20-44/45")
    script = Script(reply(POINTS[:20], said_length=45, ETag='"a"'), rest)
    door().file(wanted(serve(script)), target)
    assert target.read_bytes() == POINTS
    assert script.calls[1]["Range"] == "bytes=20-"
    assert script.calls[1]["If-Range"] == '"a"'


def test_server_that_cannot_resume_sends_all_again(serve: Serve, target: Path) -> None:
    script = Script(reply(POINTS[:20], said_length=45, ETag='"a"'), reply(POINTS, ETag='"a"'))
    door().file(wanted(serve(script)), target)
    assert target.read_bytes() == POINTS


@pytest.mark.parametrize(
    "rest",
    [
        reply(NEWER[20:], status=206, ETag='"b"', Content_Range="bytes 20-45/46"),
        reply(NEWER[10:], status=206, ETag='"a"', Content_Range="bytes 10-45/46"),
        reply(status=416),
    ],
    ids=["another version", "another place", "range refused"],
)
def test_rest_that_does_not_follow_is_never_glued(serve: Serve, target: Path, rest: Answer) -> None:
    script = Script(reply(POINTS[:20], said_length=45, ETag='"a"'), rest, reply(NEWER, ETag='"b"'))
    door().file(wanted(serve(script)), target)
    assert target.read_bytes() == NEWER
    assert script.calls[2]["Range"] is None


def test_nothing_is_resumed_without_a_version_to_compare(serve: Serve, target: Path) -> None:
    script = Script(reply(POINTS[:20], said_length=45), reply(POINTS))
    door().file(wanted(serve(script)), target)
    assert script.calls[1]["Range"] is None
    assert target.read_bytes() == POINTS


def test_next_run_resumes_what_the_last_one_left(serve: Serve, target: Path) -> None:
    rest = reply(POINTS[20:], status=206, ETag='"a"', Content_Range="bytes 20-44/45")
    script = Script(reply(POINTS[:20], said_length=45, ETag='"a"'), rest)
    url = serve(script)
    with pytest.raises(MissingDataError, match="tronqué à 20 octets sur 45"):
        door(attempt_count=1).file(wanted(url), target)
    assert not target.exists()
    door().file(wanted(url), target)
    assert target.read_bytes() == POINTS


def test_chunks_that_stop_before_their_end_are_asked_again(serve: Serve, target: Path) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"2d\r\n" + POINTS[:20])
        handler.close_connection = True

    door().file(wanted(serve(Script(cut, reply(POINTS)))), target)
    assert target.read_bytes() == POINTS


def test_server_that_falls_silent_is_asked_again(serve: Serve, target: Path) -> None:
    silent = Script(reply(POINTS[:20], said_length=45, ETag='"a"'), reply(POINTS))

    def answer(handler: BaseHTTPRequestHandler) -> None:
        silent(handler)
        if len(silent.calls) == 1:
            handler.wfile.flush()
            handler.rfile.read(1)  # holds the line until the client hangs up

    door(timeout_s=0.2).file(wanted(serve(answer)), target)
    assert target.read_bytes() == POINTS
    assert len(silent.calls) == 2


def test_body_that_drips_byte_by_byte_arrives_whole(serve: Serve, target: Path) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(POINTS)))
        handler.end_headers()
        for byte in POINTS:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()

    told: list[tuple[int, int | None]] = []
    door().file(wanted(serve(drip)), target, on_bytes=lambda got, total: told.append((got, total)))
    assert target.read_bytes() == POINTS
    assert told[-1] == (45, 45)
    assert told == sorted(told)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_pause_the_server_asks_for_is_kept(serve: Serve, target: Path, status: int) -> None:
    clock = Clock()
    script = Script(reply(status=status, Retry_After="7"), reply(POINTS))
    door(clock).file(wanted(serve(script)), target)
    assert clock.slept_s == [7.0]


def test_pause_may_be_asked_by_a_date() -> None:
    assert asked_pause_s("Sun, 01 Mar 2026 12:00:30 GMT", NOW) == 30.0
    assert asked_pause_s("Sun, 01 Mar 2026 11:00:00 GMT", NOW) == 0.0
    assert asked_pause_s("bientôt", NOW) is None


def test_pause_longer_than_patience_ends_with_the_delay_asked(serve: Serve, target: Path) -> None:
    clock = Clock()
    with pytest.raises(MissingDataError, match="503 ; il demande d'attendre 3600 secondes"):
        door(clock).file(wanted(serve(reply(status=503, Retry_After="3600"))), target)
    assert clock.slept_s == []


def test_attempts_are_counted_and_the_pauses_grow(serve: Serve, target: Path) -> None:
    clock, script = Clock(), Script(reply(status=503))
    with pytest.raises(MissingDataError, match="répond 503"):
        door(clock, attempt_count=4).file(wanted(serve(script)), target)
    assert len(script.calls) == 4
    assert clock.slept_s == sorted(clock.slept_s)


@given(attempt=st.integers(1, 60), seed=st.integers(0, 99))
def test_pause_doubles_under_a_ceiling_and_half_of_it_is_chance(attempt: int, seed: int) -> None:
    ceiling_s = min(120.0, 2.0 ** (attempt - 1))
    chance = Random(seed)  # noqa: S311  pauses are no secret
    assert ceiling_s / 2 <= pause_s(Manners(), attempt, chance) <= ceiling_s


def test_absent_file_is_not_asked_twice(serve: Serve, target: Path) -> None:
    script = Script(reply(b"introuvable", status=404))
    url = serve(script)
    with pytest.raises(MissingDataError, match="répond 404") as caught:
        door().file(wanted(url), target)
    assert url in caught.value.message
    assert len(script.calls) == 1


def test_one_host_is_called_at_intervals(serve: Serve) -> None:
    clock = Clock()
    polite, url = door(clock, host_interval_s=0.5), serve(reply(POINTS))
    for _ in range(3):
        polite.page(url)
    assert clock.slept_s == [0.5, 0.5]


def test_off_line_each_host_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for: list[object] = []

    def lost(*arguments: object, **_: object) -> None:
        looked_for.append(arguments[0])
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lost)
    clock = Clock()
    lonely = door(clock)
    for name in ("a", "b"):
        with pytest.raises(MissingDataError, match=f"http://exemple.fr/{name}"):
            lonely.page(f"http://exemple.fr/{name}")
    assert looked_for == ["exemple.fr"]
    assert clock.slept_s == []


def test_host_that_refused_every_attempt_is_left_alone_afterwards() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        clock = Clock()
        refused = door(clock, attempt_count=3)
        for _ in range(2):
            with pytest.raises(MissingDataError, match=r"connexion impossible|injoignable"):
                refused.page(url)
    assert len(clock.slept_s) == 2


def to(path: str) -> Answer:
    return reply(status=302, Location=path)


def test_redirections_are_followed(serve: Serve, target: Path) -> None:
    door().file(wanted(serve(Script(*[to(f"/{n}") for n in range(5)], reply(POINTS)))), target)
    assert target.read_bytes() == POINTS


def test_sixth_redirection_is_refused(serve: Serve, target: Path) -> None:
    script = Script(*[to(f"/{n}") for n in range(6)], reply(POINTS))
    with pytest.raises(MissingDataError, match="trop de redirections"):
        door().file(wanted(serve(script)), target)


def test_redirection_that_loops_is_refused(serve: Serve, target: Path) -> None:
    with pytest.raises(MissingDataError, match="trop de redirections"):
        door().file(wanted(serve(to("/"))), target)


def test_redirection_out_of_encryption_is_refused() -> None:
    request = urllib.request.Request("https://exemple.fr/a")
    with pytest.raises(MissingDataError, match=r"non chiffrée \(http://exemple.fr/b\)"):
        Redirects().redirect_request(
            request, BytesIO(), 302, "Found", HTTPMessage(), "http://exemple.fr/b"
        )


EXCEPTION = (
    b'<?xml version="1.0"?><ows:ExceptionReport><ows:Exception>'
    b"<ows:ExceptionText>Type inconnu : parcel</ows:ExceptionText></ows:Exception>"
    b"</ows:ExceptionReport>"
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html>Maintenance</html>", "une page web"),
        (b'{"code": 500, "message": "service en panne"}', "service en panne"),
        (EXCEPTION, "Type inconnu : parcel"),
        (b"a;b\n1;2\n", "attendu : geojson"),
        (POINTS[:-4], "s'arrête avant sa fin"),
        (b"   ", "est vide"),
    ],
    ids=["html", "json error", "exception", "csv", "cut", "empty"],
)
def test_answer_that_is_not_the_file_is_told_and_not_kept(
    serve: Serve, target: Path, body: bytes, reason: str
) -> None:
    url = serve(reply(body, Content_Type="application/geo+json"))
    with pytest.raises(InputError, match=reason) as caught:
        door().file(wanted(url), target)
    assert url in caught.value.message
    assert "jalon import" in caught.value.hint
    assert left_in(target) == []


def test_wrong_type_announced_for_the_right_bytes_is_forgiven(serve: Serve, target: Path) -> None:
    door().file(wanted(serve(reply(POINTS, Content_Type="application/octet-stream"))), target)
    assert target.read_bytes() == POINTS


def test_web_page_announced_is_refused_whatever_its_bytes(serve: Serve, target: Path) -> None:
    with pytest.raises(InputError, match="une page web"):
        door().file(wanted(serve(reply(POINTS, Content_Type="text/html"))), target)


def test_refusal_leaves_the_older_file_in_place(serve: Serve, target: Path) -> None:
    url = serve(Script(reply(POINTS), reply(b"<html>panne</html>")))
    door().file(wanted(url), target)
    with pytest.raises(InputError):
        door().file(wanted(url), target)
    assert target.read_bytes() == POINTS
    assert read_note(target) is not None


def test_file_of_another_hash_is_refused(serve: Serve, target: Path) -> None:
    with pytest.raises(InputError, match="l'empreinte SHA-256 attendue est 0000"):
        door().file(wanted(serve(reply(POINTS)), sha256="0" * 64), target)
    assert left_in(target) == []


def test_file_larger_than_believed_is_refused(serve: Serve, target: Path) -> None:
    with pytest.raises(InputError, match="plus de 40 octets"):
        door().file(wanted(serve(reply(POINTS)), max_bytes=40), target)
    assert left_in(target) == []


def test_table_compressed_for_the_journey_is_stored_plain(serve: Serve, target: Path) -> None:
    url = serve(reply(gzip.compress(b"a;b\n1;2\n"), Content_Encoding="gzip"))
    door().file(wanted(url, Format.CSV), target)
    assert target.read_bytes() == b"a;b\n1;2\n"


def test_compressed_file_stays_compressed(serve: Serve, target: Path) -> None:
    packed = gzip.compress(POINTS)
    url = serve(reply(packed, Content_Encoding="gzip"))
    door().file(wanted(url, Format.GEOJSON_GZ), target)
    assert target.read_bytes() == packed


def test_page_compressed_for_the_journey_is_read(serve: Serve) -> None:
    assert door().page(serve(reply(gzip.compress(POINTS), Content_Encoding="gzip"))) == POINTS


def test_page_that_only_claims_to_be_compressed_is_refused(serve: Serve) -> None:
    with pytest.raises(InputError, match="annonce du gzip"):
        door().page(serve(reply(POINTS, Content_Encoding="gzip")))


def test_note_is_written_for_people_too(serve: Serve, target: Path) -> None:
    door().file(wanted(serve(reply(POINTS))), target)
    story = json.loads(Path(f"{target}.provenance.json").read_text("utf-8"))
    assert story["licence"] == "Licence Ouverte 2.0"
    assert story["title_fr"] == "Points"
