"""The pictures of the README and the guided tour, taken from the running product: `make screenshots`.

The sample calls go through the real pipeline into a temporary folder, `callqa serve` shows them, and the Chromium of
this machine photographs its pages. Needs Chromium (`apt install chromium`); about four minutes.
"""

# ruff: noqa: INP001  # a script

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from showcase import chromium, new_page, photograph, served
from tour import write_tour

SHOWN_CALL = "ins-004"
SHOWN_ITEM = "compliance.no_guaranteed_return"
HEARD_S = 3.0
MANAGERS = {"board": "/board", "scorecards": "/scorecards", "agent": "/agents/A003", "reviews": "/reviews"}


def main() -> None:
    """Makes the pictures anew. Ends with a message where something is missing or a picture is too large."""
    with (
        tempfile.TemporaryDirectory(prefix="callqa-screenshots-") as folder,
        served(Path(folder)) as home,
        sync_playwright() as playwright,
    ):
        browser = chromium(playwright)
        page = new_page(browser)
        page.goto(home, wait_until="networkidle")
        photograph(page, "call-list")
        page.goto(f"{home}/?text={SHOWN_CALL}")
        page.locator("table.calls .call-link").click()
        page.wait_for_load_state("networkidle")
        _hear_what_failed(page)
        photograph(page, "call-page")
        for name, path in MANAGERS.items():
            page.goto(f"{home}{path}", wait_until="networkidle")
            photograph(page, name)
        write_tour(browser, home)
        browser.close()


def _hear_what_failed(page: Page) -> None:
    """Plays the first piece of evidence of the failed item and stops inside it."""
    page.locator(f'.item[data-id="{SHOWN_ITEM}"] .chip[data-seek]').first.click()
    page.wait_for_timeout(HEARD_S * 1000)
    page.locator("#play").click()
    page.mouse.move(0, 0)


if __name__ == "__main__":
    main()
