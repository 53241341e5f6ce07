"""The pictures of the README, taken from the running product: `make screenshots`.

The sample calls go through the real pipeline into a temporary folder, `callqa serve` shows them, and the Chromium of
this machine photographs two pages. Needs Chromium (`apt install chromium`); about two minutes.
"""

# ruff: noqa: INP001, S603  # a script, running our own commands

from __future__ import annotations

import os
import shutil
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

from playwright.sync_api import Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).parent / "images"
CALLQA = Path(sys.executable).with_name("callqa")
SIZE: ViewportSize = {"width": 1440, "height": 900}
LARGEST_BYTES = 300_000
START_TIMEOUT_S = 60
SHOWN_CALL = "ins-004"
SHOWN_ITEM = "compliance.no_guaranteed_return"
HEARD_S = 3.0


def main() -> None:
    """Makes both pictures anew. Ends with a message where something is missing or a picture is too large."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is missing. On Debian/Ubuntu: apt install chromium")
    with (
        tempfile.TemporaryDirectory(prefix="callqa-screenshots-") as folder,
        _served(Path(folder)) as home,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
        )
        page = browser.new_page(viewport=SIZE, locale="zh-CN", color_scheme="light", reduced_motion="reduce")
        page.goto(home, wait_until="networkidle")
        _photograph(page, "call-list")
        page.goto(f"{home}/?text={SHOWN_CALL}")
        page.locator("table.calls .call-link").click()
        page.wait_for_load_state("networkidle")
        _hear_what_failed(page)
        _photograph(page, "call-page")
        browser.close()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of a product that has scored the sample calls."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CALLQA_")},
        "CALLQA_DATABASE_URL": f"sqlite:///{folder / 'callqa.sqlite3'}",
        "CALLQA_STORAGE_URL": str(folder / "audio"),
        "CALLQA_PORT": str(port),
    }
    subprocess.run([CALLQA, "demo", "--no-serve"], env=environment, check=True)
    with subprocess.Popen([CALLQA, "serve", "--workers", "0"], env=environment) as server:
        try:
            yield _when_up(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()


def _when_up(home: str) -> str:
    end_s = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            with urllib.request.urlopen(f"{home}/healthz", timeout=START_TIMEOUT_S):  # noqa: S310 (our own)
                return home
        except urllib.error.URLError:
            if time.monotonic() > end_s:
                sys.exit(f"callqa serve did not answer at {home}")
            time.sleep(0.2)


def _hear_what_failed(page: Page) -> None:
    """Plays the first piece of evidence of the failed item and stops inside it."""
    page.locator(f'.item[data-id="{SHOWN_ITEM}"] .chip[data-seek]').first.click()
    page.wait_for_timeout(HEARD_S * 1000)
    page.locator("#play").click()
    page.mouse.move(0, 0)


def _photograph(page: Page, name: str) -> None:
    path = IMAGES / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path)
    if path.stat().st_size > LARGEST_BYTES:
        sys.exit(f"{path} has {path.stat().st_size} bytes, more than {LARGEST_BYTES}")
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
