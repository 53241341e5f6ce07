"""A real Chromium on a real server. Every request is watched: none may leave the host, no page may log an error."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from api.app import create_app
from models.database import session as writing
from models.settings import Settings
from models.target import save_target
from qa_engine.targets.target import Scope, Target
from tests.api.pages.product import Product, fill, open_product
from tests.conftest import make_settings
from tests.models.scored import add_months

START_TIMEOUT_S = 30
# What ends a test that would hang, on a machine that does other things as well.
expect.set_options(timeout=30_000)
PICTURES = os.environ.get("CALLQA_TEST_PICTURES")
"""Folder for screenshots of what the tests saw; none are kept without it."""


@dataclass
class Site:
    """A served product and its address."""

    product: Product
    url: str

    def call(self, name: str) -> str:
        return f"{self.url}/calls/{self.product.ids[name]}"


@dataclass
class Seen:
    """What a page did that it must not do."""

    left: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


def _serve(settings: Settings) -> tuple[_Server, threading.Thread, str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(create_app(settings), log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    assert server.up.wait(START_TIMEOUT_S), "the server did not start"
    return server, thread, f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(migrated_sqlite, folder / "callqa.sqlite3")
    url = f"sqlite:///{folder / 'callqa.sqlite3'}"
    settings = make_settings(folder, url, whisper_model=str(folder / "no-model"))
    product = fill(open_product(settings))
    add_months(settings, folder / "csv")
    with writing(product.engine) as opened:
        october = Target(
            "sales", "次", 60, Scope.COMPANY, "", "王经理", date(2026, 10, 1), date(2026, 10, 31), 60
        )
        product.ids["target"] = save_target(opened, october).id
    yield from serve(product)


def serve(product: Product) -> Iterator[Site]:
    """The product on a port of its own."""
    server, thread, address = _serve(product.settings)
    yield Site(product, address)
    server.should_exit = True
    thread.join(START_TIMEOUT_S)
    product.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
        )
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[OpenPage]:
    """Opens pages in a context of their own; afterwards nothing may have left the host or gone wrong."""
    seen = Seen()
    contexts = []

    def opened(
        url: str,
        *,
        theme: str = "light",
        language: str = "zh-CN",
        size: tuple[int, int] = (1440, 900),
        person: str = "",
        meant: str = "",
        **options: Any,
    ) -> Page:
        """`person` has signed; an error of the console that holds `meant` belongs to the test."""
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale=language, **options
        )
        contexts.append(context)
        if person:
            context.add_cookies([{"name": "callqa_actor", "value": quote(person), "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("request", lambda request: _watch(request.url, site.url, seen))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("console", lambda message: _listen(message, meant, seen))
        page.goto(url)  # until its "load" event: the scripts of the page have run by then
        return page

    yield opened
    for context in contexts:
        context.close()
    assert seen == Seen()


def _listen(message: ConsoleMessage, meant: str, seen: Seen) -> None:
    if message.type == "error" and not (meant and meant in message.text):
        seen.errors.append(message.text)


def _watch(url: str, home: str, seen: Seen) -> None:
    if not url.startswith((f"{home}/", "data:")):
        seen.left.append(url)


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a screenshot where CALLQA_TEST_PICTURES names a folder."""

    def taken(page: Page, name: str) -> None:
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(PICTURES) / f"{name}.png")

    return taken
