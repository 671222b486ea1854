"""A real Chromium and a real server, with no way out of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from data.workspace import Workspace
from jalon.example import ensure_example
from jalon.land import LandOutcome, judge
from jalon.model import LandParameters, is_generated
from jalon.tables import LandTables, land_tables

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
START_LIMIT_S = 90
AT_HOME = ("http://localhost:", "http://127.0.0.1:", "data:", "blob:")
# Names are found nowhere: a request that leaves fails, and the browser still keeps what it got.
NOWHERE = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
# No graphics card on a test machine: WebGL runs in software. The page around the map is put
# together without it, which costs a fifth of what it does through a card that is not there.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    f"--host-resolver-rules={NOWHERE}",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Opened on a sub-page, Streamlit asks there first for what is only served at the root.
PROBES = ("/_stcore/health", "/_stcore/host-config")

MENU_MS, MENU_TRIES_COUNT = 10_000, 4
LONG_MS = 180_000  # the example is generated, or a plan computed, on a loaded machine

expect.set_options(timeout=60_000)

Serve = Callable[..., str]
Visit = Callable[[str], Page]
Choose = Callable[[Page, str, str], None]


# One browser per test file and not one for all: while it is open, Playwright keeps an event
# loop running in this thread, and no other test could start its own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        explain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        explain(f"{CHROMIUM} est absent : les essais de navigateur ne peuvent pas tourner")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """Give the profile of the pages of a file: what one has fetched, the next has at hand."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="fr-FR", reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Give `serve(script, env=None) -> url`; every server started is stopped at the end."""
    servers: list[subprocess.Popen[bytes]] = []

    def start(script: Path, env: Mapping[str, str] | None = None) -> str:
        port = _free_port()
        log = tmp_path_factory.mktemp("serveur") / "journal.txt"
        servers.append(_start_streamlit(script, port=port, env=env or {}, log=log))
        _wait_until_healthy(port, server=servers[-1], log=log)
        return f"http://localhost:{port}"

    yield start
    for server in servers:
        _stop(server)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _start_streamlit(
    script: Path, *, port: int, env: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    inherited = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    with log.open("wb") as journal:
        return subprocess.Popen(  # noqa: S603 - our own interpreter on our own script
            command,
            cwd=ROOT,
            env=inherited,
            stdout=journal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_healthy(port: int, *, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and server.poll() is None:
        if _answers(f"http://127.0.0.1:{port}/_stcore/health"):
            return
        time.sleep(0.2)
    pytest.fail(f"le serveur n'a pas démarré :\n{log.read_text(encoding='utf-8')}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - http, this machine
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture
def outside_requests() -> list[str]:
    """Give the addresses that the page asked for outside this machine; none is reached."""
    return []


@pytest.fixture
def console_errors() -> list[str]:
    """Give the errors that the page wrote in its console or did not catch."""
    return []


@pytest.fixture
def page(
    profile: BrowserContext, outside_requests: list[str], console_errors: list[str]
) -> Iterator[Page]:
    """Give a page which can reach this machine only, in a profile that remembers nothing."""

    def note_outside(request: Request) -> None:
        if not request.url.startswith(AT_HOME):
            outside_requests.append(request.url)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location.get("url", "").endswith(PROBES):
            console_errors.append(message.text)

    page = profile.new_page()
    page.on("request", note_outside)
    page.on("console", note)
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    yield page
    if page.url.startswith(AT_HOME):
        page.evaluate("localStorage.clear()")
    page.close()
    profile.clear_cookies()


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a workspace with the generated example; nothing is ever added to it."""
    space = Workspace(tmp_path_factory.mktemp("exemple"))
    ensure_example(space)
    return space


@pytest.fixture(scope="session")
def workspace(example: Workspace) -> Workspace:
    """Give the workspace that is served: one for all the files of tests that only read it.

    A file that imports anything has its own workspace, and its own address.
    """
    return example


@pytest.fixture(scope="session")
def serve_workspace(serve: Serve) -> Callable[[Workspace], str]:
    """Serve the application on a workspace and give its address."""
    return lambda space: serve(ROOT / "streamlit_app.py", {"JALON_WORKSPACE": str(space.root)})


@pytest.fixture(scope="session")
def address(serve_workspace: Callable[[Workspace], str], workspace: Workspace) -> str:
    return serve_workspace(workspace)


@pytest.fixture(scope="session")
def tables(example: Workspace) -> LandTables:
    """Give the tables of the generated example."""
    (parcels,) = example.sources("parcels")
    return land_tables(example, frozenset(filter(is_generated, parcels.communes)))


@pytest.fixture(scope="session")
def judged(tables: LandTables) -> LandOutcome:
    """Give the sites Python finds in the generated example with the usual parameters."""
    return judge(tables, LandParameters())


@pytest.fixture
def visit(
    page: Page, address: str, outside_requests: list[str], console_errors: list[str]
) -> Iterator[Visit]:
    """Open an address of the application; whatever a test does, nothing may leave or break."""

    def open_at(path: str) -> Page:
        page.goto(address + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=LONG_MS)
        wait_until_quiet(page)
        return page

    yield open_at
    assert outside_requests == []
    assert console_errors == []


def wait_until_quiet(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=LONG_MS
    )


@pytest.fixture
def choose_option() -> Choose:
    """Choose an option of a list by the label of the list; a run under way may close it once."""
    return _choose_option


def _choose_option(page: Page, label: str, option: str) -> None:
    shown = page.get_by_role("option", name=option, exact=True)
    for _ in range(MENU_TRIES_COUNT):
        wait_until_quiet(page)
        page.get_by_label(label, exact=True).click()
        try:
            shown.click(timeout=MENU_MS)
        except PlaywrightTimeoutError:
            page.keyboard.press("Escape")
        else:
            return
    pytest.fail(f"« {option} » n'est pas venu dans la liste « {label} »")
