"""The manager's day: from what waits to the calls, scorecards and targets by keyboard, an agent's month on one page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Site

pytestmark = pytest.mark.browser
PAGES = re.compile(rb"/Type\s*/Page[^s]")


def test_weights_are_tried_by_keyboard(open_page: OpenPage, site: Site, picture) -> None:
    page = open_page(f"{site.url}/scorecards?month=2026-10")
    page.get_by_label("接通率", exact=True).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("90")
    page.keyboard.press("Tab")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(page.locator(".moves tbody tr")).to_have_count(3)
    picture(page, "scorecards")


def test_a_target_is_made_split_and_withdrawn_by_keyboard(open_page: OpenPage, site: Site, picture) -> None:
    page = open_page(f"{site.url}/targets/new")
    page.get_by_label("目标值").fill("60")
    page.get_by_label("负责人").fill("王经理")
    page.get_by_label("基线").fill("60")
    page.get_by_label("开始日").fill("2026-10-01")
    page.get_by_label("结束日").fill("2026-10-31")
    page.keyboard.press("Enter")
    expect(page.locator("#split tbody tr")).to_have_count(2)
    picture(page, "target")
    page.get_by_role("button", name="按份额保存拆分").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".target-tree tbody tr")).to_have_count(2)
    page.locator("summary", has_text="撤回").focus()
    page.keyboard.press("Enter")
    form = page.locator("form[action$='/withdraw']")
    form.get_by_label("原因").fill("改口径")
    form.get_by_label("批准人").fill("王经理")
    form.get_by_label("我确认撤回").press("Space")
    form.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".restore")).to_contain_text("已撤回")
    page.get_by_role("button", name="恢复").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".restore")).to_have_count(0)


@pytest.mark.parametrize("agent", ["1001?month=2026-10", "A001?month=2026-11"])
def test_an_agents_month_prints_on_one_page(open_page: OpenPage, site: Site, agent: str) -> None:
    page = open_page(f"{site.url}/agents/{agent}")
    assert len(PAGES.findall(page.pdf(prefer_css_page_size=True))) == 1


def test_from_what_waits_over_the_heat_map_to_the_calls(open_page: OpenPage, site: Site, picture) -> None:
    page = open_page(f"{site.url}/board?from=2026-11-01&to=2026-11-30")
    failed = page.locator('.need[data-need="failed"]')
    expect(failed.locator(".tile-count")).to_have_text("1")
    failed.click()
    expect(page.locator("tr[data-call]")).to_have_count(1)
    page.go_back()
    page.locator(".tabs").get_by_text("质检项热力图").click()
    picture(page, "heat-map")
    cell = page.locator("tbody td.heat a[href*='verdict=fail']").first
    label = cell.get_attribute("title") or ""
    met, n = (int(part) for part in re.findall(r"(\d+)/(\d+)", label)[0])
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-call]")).to_have_count(n - met)
    page.locator("table.calls .call-link").first.click()
    expect(page.locator(".item[aria-current], .item.is-current, #form")).not_to_have_count(0)
    assert "#item-" in page.url


def test_a_view_is_saved_and_a_slip_is_undone(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"{site.url}/board/items?from=2026-11-01&to=2026-11-30&team=T1")
    page.locator(".view-save summary").click()
    page.locator(".view-save").get_by_label("名称").fill("一组的检查项")
    page.keyboard.press("Enter")
    chip = page.locator(".view-chip", has_text="一组的检查项")
    expect(chip).to_have_class(re.compile("is-current"))
    chip.locator("summary").click()
    chip.get_by_role("button", name="删除").click()
    expect(chip).to_have_count(0)
    page.get_by_role("button", name="撤销").click()
    expect(chip).to_have_count(1)
