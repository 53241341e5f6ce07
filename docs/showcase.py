"""A product to photograph: filled by `callqa demo`, served, and looked at by the Chromium of this machine."""

# ruff: noqa: INP001, S603  # beside the documents, running our own commands

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, ViewportSize

from api.cli.demo_centre import TODAY

IMAGES = Path(__file__).parent / "images"
CALLQA = Path(sys.executable).with_name("callqa")
SIZE: ViewportSize = {"width": 1440, "height": 900}
LARGEST_BYTES = 300_000
START_TIMEOUT_S = 60


def chromium(playwright: Playwright) -> Browser:
    """The browser of this machine, or the end with a message."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("Chromium is missing. On Debian/Ubuntu: apt install chromium")
    return playwright.chromium.launch(
        executable_path=path,
        args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
    )


def new_page(browser: Browser) -> Page:
    """A page of a person who has not been here before."""
    return browser.new_page(viewport=SIZE, locale="zh-CN", color_scheme="light", reduced_motion="reduce")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a product that has scored the sample calls."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CALLQA_")},
        "CALLQA_DATABASE_URL": f"sqlite:///{folder / 'callqa.sqlite3'}",
        "CALLQA_STORAGE_URL": str(folder / "audio"),
        "CALLQA_PORT": str(port),
        "CALLQA_TODAY": TODAY.isoformat(),
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


def photograph(page: Page, name: str) -> None:
    """Keeps a picture under docs/images. Ends with a message where it is too large."""
    path = IMAGES / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path)
    if path.stat().st_size > LARGEST_BYTES:
        sys.exit(f"{path} has {path.stat().st_size} bytes, more than {LARGEST_BYTES}")
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")
