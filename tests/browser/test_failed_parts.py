"""Parts of a page that are fetched by themselves, when the line is down or the service fails."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Site

pytestmark = pytest.mark.browser


def _said(page: Page) -> None:
    expect(page.get_by_role("alert")).to_contain_text("这一部分没有加载出来")
    expect(page.get_by_role("alert").get_by_role("button", name="重新加载")).to_be_visible()


@pytest.mark.parametrize("status", [0, 500])
def test_a_list_that_cannot_be_filtered_stays_and_says_so(
    open_page: OpenPage, site: Site, status: int
) -> None:
    page = open_page(site.url, meant="Failed to")
    rows = page.locator("table.calls tbody tr").count()
    page.route("**/?*", lambda route: route.fulfill(status=status, body="") if status else route.abort())
    page.locator("select[name=result]").select_option("auto_fail")
    _said(page)
    expect(page.locator("table.calls tbody tr")).to_have_count(rows)
    page.unroute("**/?*")
    page.locator("select[name=result]").select_option("pass")  # the line is back
    expect(page.get_by_role("alert")).to_be_hidden()


def test_an_attribution_whose_answer_does_not_come_says_so(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.url, meant="Failed to")
    page.route("**/attribution?*answer=true", lambda route: route.fulfill(status=503, body=""))
    page.goto(f"{site.url}/attribution")
    _said(page)
    page.unroute("**/attribution?*answer=true")
    page.get_by_role("button", name="重新加载").click()
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_an_attribution_can_be_read_without_scripts(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"{site.url}/attribution", java_script_enabled=False)
    page.get_by_role("link", name="查看结果").click()
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
