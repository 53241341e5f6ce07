"""WCAG 2.1 AA as far as axe-core can tell: every page, light and dark, with and without an item in hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, Site

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "api/web/node_modules/axe-core/axe.min.js"
GRAVE = {"serious", "critical"}


@cache
def axe() -> str:
    assert AXE.is_file(), "axe-core is missing; python api/web/build_hook.py check installs it"
    return AXE.read_text("utf-8")


def faults(page: Page) -> list[str]:
    """Grave violations as "rule: element"."""
    page.evaluate(f"{axe()}; undefined")
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert len(found["passes"]) > 5, "axe-core looked at nothing"
    return [
        f"{violation['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


ADDRESSES: dict[str, Callable[[Site], str]] = {
    "list": lambda site: f"{site.url}/?team=T1",
    "search": lambda site: f"{site.url}/search?q=保险",
    "search, nothing typed": lambda site: f"{site.url}/search",
    "search, by sound, nothing spelled so": lambda site: f"{site.url}/search?q=保鲜",
    "nothing found": lambda site: f"{site.url}/?text=nothing",
    "auto-fail": lambda site: site.call("wealth-002"),
    "roles guessed, no sound": lambda site: site.call("hostile"),
    "failed": lambda site: site.call("broken"),
    "inbox": lambda site: f"{site.url}/inbox",
    "appeals": lambda site: f"{site.url}/appeals",
    "queue of appeals": lambda site: f"{site.url}/reviews?queue=appeals",
    "board": lambda site: f"{site.url}/board?from=2026-11-01&to=2026-11-30",
    "items": lambda site: f"{site.url}/board/items?from=2026-11-01&to=2026-11-30",
    "items by agent": lambda site: f"{site.url}/board/items?from=2026-11-01&to=2026-11-30&team=T1",
    "scores": lambda site: f"{site.url}/board/scores?from=2026-11-01&to=2026-11-30",
    "coverage": lambda site: f"{site.url}/board/coverage?from=2026-11-01&to=2026-11-30",
    "reviewers": lambda site: f"{site.url}/board/reviewers?from=2026-11-01&to=2026-11-30",
    "reviewers, none": lambda site: f"{site.url}/board/reviewers?from=2026-01-01&to=2026-01-02",
    "figure": lambda site: f"{site.url}/figures/qa_score?from=2026-11-01&to=2026-11-30",
    "alerts": lambda site: f"{site.url}/alerts",
    "rules of alerts": lambda site: f"{site.url}/alerts/rules",
    "imports, none": lambda site: f"{site.url}/imports?source=none",
    "scorecards": lambda site: f"{site.url}/scorecards?month=2026-10",
    "what-if": lambda site: f"{site.url}/scorecards?month=2026-10&w.connect_rate=90&w.dials=10",
    "scorecards without calls": lambda site: f"{site.url}/scorecards?month=2026-01",
    "an agent": lambda site: f"{site.url}/agents/1001?month=2026-10",
    "an agent with calls": lambda site: f"{site.url}/agents/A001?month=2026-11",
    "targets": lambda site: f"{site.url}/targets?day=2026-10-15&need=30",
    "a new target": lambda site: f"{site.url}/targets/new",
    "a target to split": lambda site: f"{site.url}/targets/{site.product.ids['target']}",
    "rubrics": lambda site: f"{site.url}/rubrics",
    "rubric": lambda site: f"{site.url}/rubrics/telesales-standard",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_grave_fault(open_page: OpenPage, site: Site, theme: str) -> None:
    page = open_page(site.url, theme=theme)
    found = {"all": faults(page)}
    for name, address in ADDRESSES.items():
        page.goto(address(site))
        found[name] = faults(page)
    assert found == {name: [] for name in found}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_call_in_use_has_no_grave_fault(open_page: OpenPage, site: Site, theme: str) -> None:
    page = open_page(site.call("wealth-002"), theme=theme)
    for toggle in page.locator("[data-show]").all():
        toggle.click()
    page.keyboard.press("e")
    assert faults(page) == []
    page.keyboard.press("?")
    assert faults(page) == []


def test_a_narrow_page_does_not_scroll_sideways(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.url, size=(390, 844))
    for address in (
        site.url,
        site.call("wealth-002"),
        f"{site.url}/rubrics/telesales-standard",
        f"{site.url}/scorecards?month=2026-10",
        f"{site.url}/agents/1001?month=2026-10",
        f"{site.url}/targets?day=2026-10-15",
        f"{site.url}/board?from=2026-11-01&to=2026-11-30",
        f"{site.url}/board/items?from=2026-11-01&to=2026-11-30",
        f"{site.url}/board/coverage?from=2026-11-01&to=2026-11-30",
        f"{site.url}/targets/{site.product.ids['target']}",
        f"{site.url}/alerts/rules",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
