"""A call that failed is asked for again: in a product of its own, because a retry changes what other tests count."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.api.pages.product import PEOPLE, add_recording, open_product, work
from tests.browser.conftest import OpenPage, Site, serve
from tests.conftest import make_settings

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Site]:
    """One call, whose recogniser is not there."""
    shutil.copyfile(migrated_sqlite, tmp_path / "callqa.sqlite3")
    url = f"sqlite:///{tmp_path / 'callqa.sqlite3'}"
    product = open_product(make_settings(tmp_path, url, whisper_model=str(tmp_path / "no-model")))
    add_recording(product, "broken", None, PEOPLE["ins-001"], sample="edu-002")
    work(product)
    yield from serve(product)


def test_retry_asks_for_the_work_again(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("broken"))
    page.get_by_role("button", name="重试").click()
    expect(page.locator("#call-state")).to_contain_text("排队中")
