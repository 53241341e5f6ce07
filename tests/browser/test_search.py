"""The path of a trainer: search, see the words, hear them without leaving the results, open the call there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.test_main_path import SEEK_TOLERANCE_S, at, paused_seek, until

pytestmark = pytest.mark.browser


def test_search_hear_and_open(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"{site.url}/search")
    expect(
        page.locator("[name=q]")
    ).to_be_focused()  # the browser gives it the focus only when it has drawn the page
    page.keyboard.type("雷打不动")
    page.keyboard.press("Enter")
    mark = page.locator(".hit mark.is-exact")
    expect(mark).to_have_text("雷打不动")
    assert "q=" in page.url
    start = float(page.locator("[data-play]").get_attribute("data-play") or "nan")
    page.evaluate(
        """() => { window.started = [];
        document.addEventListener("playing", (event) => window.started.push(event.target.currentTime), true); }"""
    )
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit]")).to_be_focused()
    page.keyboard.press("Space")
    until(page, "window.started.length > 0")
    assert page.evaluate("window.started[0]") == pytest.approx(start, abs=SEEK_TOLERANCE_S)
    expect(page.locator("[data-play]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(page.locator("[data-play]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"{re.escape(site.call('wealth-002'))}\?at="))
    paused_seek(page)
    at(page, start)
