"""Forms as people use them in a hurry: clicked twice, refused and taken up again, many at once; and links to a moment."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Site

pytestmark = pytest.mark.browser


def test_a_second_click_does_nothing_twice(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"{site.url}/library/playlists", person="周老师")
    page.get_by_label("课程名称").fill("双击只建一个")
    page.get_by_role("button", name="新建课程").dblclick()
    page.wait_for_url("**/library/playlists/*")
    page.goto(f"{site.url}/library/playlists")
    expect(page.get_by_role("link", name="双击只建一个")).to_have_count(1)


def test_what_was_typed_is_still_there_after_a_refusal(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"{site.url}/experiments", person="王经理", meant="422")
    page.get_by_label("名称").fill("先问时间")
    page.get_by_label("活动").fill("ins-2026")
    page.get_by_label("版本 A：话术").fill("您现在方便吗")
    page.get_by_label("版本 B：话术").fill("这边有一款产品")
    page.get_by_label("版本 A 的团队").fill("T1, T2, T3")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("这一步没有完成")
    page.get_by_role("link", name="返回上一页").click()
    page.wait_for_url("**/experiments")
    expect(page.get_by_label("名称")).to_have_value("先问时间")
    expect(page.get_by_label("版本 A 的团队")).to_have_value("T1, T2, T3")


def test_a_link_to_a_moment_marks_its_turn_where_there_is_no_sound(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("hostile"))
    turns = page.locator(".turn")
    last = turns.count() - 1
    at = page.evaluate("JSON.parse(document.querySelector('#call-data').textContent).turns.at(-1).start")
    page.goto(f"{site.call('hostile')}?at={at + 0.1}")
    expect(turns.nth(last)).to_have_attribute("aria-current", "true")
    expect(turns.nth(last)).to_be_in_viewport()
