"""One filled product for all tests of the pages; nothing here changes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.assets import DIST
from models.settings import Settings
from tests.api.pages.product import Product, fill, open_product
from tests.conftest import make_settings

Page = Callable[..., BeautifulSoup]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Product:
    assert (DIST / "manifest.json").is_file(), "build the pages first: pip install -e ."
    folder = tmp_path_factory.mktemp("product")
    shutil.copyfile(migrated_sqlite, folder / "callqa.sqlite3")
    url = f"sqlite:///{folder / 'callqa.sqlite3'}"
    return fill(open_product(make_settings(folder, url, whisper_model=str(folder / "no-model"))))


@pytest.fixture(scope="session")
def client(product: Product) -> Iterator[TestClient]:
    with TestClient(create_app(product.settings), raise_server_exceptions=False) as opened:
        opened.headers["Accept"] = "text/html"
        yield opened


@pytest.fixture
def page(client: TestClient) -> Page:
    """Opens a page and parses it; `status` is what it must answer."""

    def opened(path: str, *, status: int = 200, language: str = "zh-CN") -> BeautifulSoup:
        client.cookies.clear()
        reply = client.get(path, headers={"Accept-Language": language})
        assert reply.status_code == status, reply.text[:500]
        assert reply.headers["content-type"].startswith("text/html")
        return BeautifulSoup(reply.text, "html.parser")

    return opened


@pytest.fixture
def empty_client(settings: Settings) -> Iterator[TestClient]:
    """A product that has no calls yet."""
    with TestClient(create_app(settings)) as opened:
        opened.headers["Accept"] = "text/html"
        yield opened
