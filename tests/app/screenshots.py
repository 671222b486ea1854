"""Takes the pictures of the README: `python -m tests.app.screenshots`."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
)
LONG_MS = 240_000
START_LIMIT_S = 90
PAGES = {
    "foncier": "/foncier?liste={first},{second}&fiche={first}",
    "stations": "/stations",
    "budget_zan": "/zan?liste={first},{second}",
    "donnees": "/donnees",
    "methode": "/methode",
    "accueil": "/",  # last: its plan is the one the station page computed
}
DONE = "Écart prouvé à l'optimum"
"""Said of a finished plan only."""

READY = "() => Object.values(window.__jalonMap ?? {}).every((m) => m.root.dataset.ready === 'true')"


@contextmanager
def application() -> Iterator[str]:
    """Serve the application on a new workspace and give its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "JALON_WORKSPACE": folder}
        server = subprocess.Popen(  # noqa: S603 - our own interpreter on our own script
            [*command, f"--server.port={port}"], cwd=ROOT, env=environment
        )
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def wait_until_healthy(address: str) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2)  # noqa: S310 - ours
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError


def best_sites(page: Page, address: str) -> dict[str, str]:
    """Return the identifiers of the first two sites of the land page."""
    page.goto(f"{address}/foncier")
    cells = page.locator("canvas table[role=grid] td[aria-colindex='1']")
    expect(cells.nth(1)).to_be_attached(timeout=LONG_MS)
    return {"first": cells.nth(0).text_content() or "", "second": cells.nth(1).text_content() or ""}


def take(page: Page, url: str, name: str) -> None:
    """Write the picture of one page, once everything it announces is drawn."""
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=LONG_MS)
    if name == "stations":
        expect(page.get_by_text(DONE).first).to_be_visible(timeout=LONG_MS)
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=LONG_MS)
    page.wait_for_function(READY)
    page.wait_for_timeout(2_000)  # tables and charts draw themselves after the run
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with application() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1366, "height": 900}, locale="fr-FR")
        page.set_default_timeout(LONG_MS)
        sites = best_sites(page, address)
        for name, path in PAGES.items():
            take(page, address + path.format(**sites), name)
        browser.close()


if __name__ == "__main__":
    main()
