"""The studio's main path in a real browser: write, see the fault, mend it, try it, release it; and its looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models.database import session
from models.studio.draft import Origin, save_draft, start_draft
from tests.api.conftest import SHORT_FORM
from tests.browser.conftest import OpenPage, Site
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser
NOT_YET_MS = 200
"""A list that has just opened takes no Enter: the editor thinks that a new line was meant (75 ms, `interactionDelay`)."""
FORM = (
    (SHORT_FORM / "short-form.yaml").read_text("utf-8").replace("rubric: short-form", "rubric: studio-form")
)


@pytest.fixture
def draft(site: Site) -> str:
    """A draft of a form that nothing else in the site knows."""
    with session(site.product.engine) as opened:
        return start_draft(opened, "studio-form", Origin(FORM), by="王经理").id


def test_a_manager_writes_mends_tries_and_releases(
    site: Site, open_page: OpenPage, draft: str, picture: Callable[[Page, str], None]
) -> None:
    page = open_page(f"{site.url}/studio/drafts/{draft}", person="王经理")
    verdict = page.locator("#verdict")
    expect(verdict).to_have_text(re.compile("没有错误 · 例句 4/4"))
    expect(page.locator("#outline .outline-item")).to_have_count(2)

    # the outline goes to the item; what is typed there is completed from the schema
    page.locator("#outline .outline-item").first.click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("auto_fa")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_have_text(re.compile("auto_fail"))
    page.wait_for_timeout(NOT_YET_MS)
    page.keyboard.press("Enter")
    page.keyboard.type("cal")
    page.keyboard.press("Escape")

    # a fault stands at its line and column with the nearest spelling, and leads there
    fault = page.locator("#faults .is-error")
    expect(fault).to_have_count(1)
    expect(fault.first).to_contain_text("call")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    picture(page, "studio-fault")
    fault.locator("button").click()
    page.keyboard.press("End")
    page.keyboard.type("l")
    page.keyboard.press("Escape")
    expect(verdict).to_have_text(re.compile("没有错误 · 例句 4/4"))
    expect(page.locator("#saved")).to_contain_text("已保存")

    # text of an input method arrives whole
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("# 备注:否决项\n")
    expect(page.locator("#saved")).to_contain_text("已保存")
    page.get_by_role("button", name="试评").click()
    page.fill("#lines", "坐席:喂\n客户:你是谁\n坐席:我们是保险公司")
    page.locator('button[value="lines"]').click()
    expect(page.locator(".try-scores .result")).to_have_text("一票否决")
    expect(page.locator("#turn-2 mark.hit-pass")).to_have_text(re.compile("保险"))
    page.locator("details.proof summary").first.click()
    picture(page, "studio-try")

    page.get_by_role("link", name="发布", exact=True).click()
    page.fill('textarea[name="note"]', "问候改为否决项")
    page.locator('input[name="scores_calls"]').uncheck()  # the site's other tests count its evaluations
    page.get_by_role("button", name=re.compile("发布第 1 版")).click()
    expect(page.locator(".is-in-force")).to_contain_text("问候改为否决项")
    picture(page, "studio-versions")


def test_a_second_writer_sees_both_texts_and_decides(site: Site, open_page: OpenPage, draft: str) -> None:
    page = open_page(f"{site.url}/studio/drafts/{draft}", person="乙", meant="409")
    expect(page.locator("#verdict")).to_have_text(re.compile("没有错误"))
    with session(site.product.engine) as opened:
        save_draft(opened, draft, FORM + "# 甲\n", revision=1, by="甲")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("# 乙\n")
    clash = page.locator("#clash")
    expect(clash).to_contain_text("甲")
    clash.get_by_role("button", name=re.compile("保留我的")).click()
    expect(page.locator("#saved")).to_contain_text("已保存")
    page.get_by_role("link", name="历史").click()
    expect(page.locator("tbody tr")).to_have_count(3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation_on_the_studio_s_pages(
    site: Site, open_page: OpenPage, draft: str, theme: str, picture: Callable[[Page, str], None]
) -> None:
    found: dict[str, Any] = {}
    for name in ("", "/try", "/backtest", "/diff", "/history", "/release"):
        page = open_page(f"{site.url}/studio/drafts/{draft}{name}", theme=theme)
        if not name:
            expect(page.locator("#verdict")).to_have_text(re.compile("没有错误"))
        found[name] = faults(page)
        picture(page, f"studio{name.replace('/', '-')}-{theme}")
    for path in ("/studio", "/rubrics/telesales-standard/versions", "/rubrics"):
        found[path] = faults(open_page(f"{site.url}{path}", theme=theme))
    assert {key: grave for key, grave in found.items() if grave} == {}
