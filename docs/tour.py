"""The guided tour, walked in the running product: part of `make screenshots`, writes docs/tour.md and its pictures.

Each step is done in a real browser, and what it took is counted: clicks, keys, characters typed, seconds listened. A step that
does not lead where it says ends the walk.
"""

# ruff: noqa: INP001  # a script beside the documents

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Error, Locator, Page
from showcase import new_page, photograph

TRIES = 5
TOUR = Path(__file__).with_name("tour.md")
HEAD = (
    "# Five minutes with CallQA",
    "",
    "Made by `make screenshots` from the running product with the demo's data. The tables at the end say what each step takes:",
    "*typed* are characters (an input method needs some keys more), *heard* seconds of sound.",
    "",
)
HEARD_JS = """() => [...document.querySelectorAll("audio")].reduce((sum, { played }) => {
  for (let at = 0; at < played.length; at += 1) sum += played.end(at) - played.start(at);
  return sum;
}, 0)"""


@dataclass
class Cost:
    """What a step took."""

    clicks: int = 0
    keys: int = 0
    typed: int = 0
    heard_s: float = 0.0

    def __iadd__(self, other: Cost) -> Self:
        self.clicks += other.clicks
        self.keys += other.keys
        self.typed += other.typed
        self.heard_s += other.heard_s
        return self

    def __str__(self) -> str:
        return f"{self.clicks} | {self.keys} | {self.typed} | {self.heard_s:.0f} s"


class Hand:
    """Does what a person does, and counts it."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self._cost, self._heard_s, self._place = Cost(), 0.0, ""

    def click(self, where: Locator) -> None:
        where.click()
        self._cost.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self._cost.keys += len(keys)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self._cost.typed += len(text)

    def leave(self, act: Callable[[], None]) -> None:
        """Does what leads to another page, and waits for it."""
        with self.page.expect_navigation(wait_until="networkidle"):
            act()

    def _heard(self) -> float:
        """Seconds played on this page; a page that is just left is asked again when the next is there."""
        for _ in range(TRIES):
            try:
                self.page.wait_for_load_state("networkidle")
                return float(self.page.evaluate(HEARD_JS))
            except Error:
                self.page.wait_for_timeout(500)
        return float(self.page.evaluate(HEARD_JS))

    def cost(self) -> Cost:
        """What was done since the last time it was asked."""
        heard_s = self._heard()
        before_s = self._heard_s if self.page.url == self._place else 0.0  # another page counts from nothing
        done, self._cost = self._cost, Cost()
        done.heard_s, self._heard_s, self._place = max(0.0, heard_s - before_s), heard_s, self.page.url
        return done


@dataclass(frozen=True)
class Step:
    """What was done, in words, and the picture of where it led."""

    title: str
    text: str
    picture: str = ""


Walk = Callable[[Hand], Iterator[Step]]


def write_tour(browser: Browser, home: str) -> None:
    """Walks all ways and writes the page."""
    lines = [*HEAD]
    tables = ["## What each step takes", ""]
    for title, intro, walk in WALKS:
        page = new_page(browser)
        page.set_default_timeout(30_000)
        page.goto(home, wait_until="networkidle")
        hand = Hand(page, home)
        lines += [f"## {title}", "", intro, ""]
        tables += [f"**{title}**", "", "| step | clicks | keys | typed | heard |", "|---|---|---|---|---|"]
        whole = Cost()
        for number, step in enumerate(walk(hand), start=1):
            cost = hand.cost()
            whole += cost
            lines.append(f"{number}. **{step.title}** {step.text}")
            if step.picture:
                photograph(page, f"tour-{step.picture}")
                lines += ["", f"   ![{step.title}](images/tour-{step.picture}.png)", ""]
            tables.append(f"| {step.title} | {cost} |")
            sys.stdout.write(f"{title}: {step.title}\n")
        tables += [f"| *all* | {whole} |", ""]
        lines.append("")
        page.close()
    TOUR.write_text("\n".join([*lines, *tables]).rstrip() + "\n", encoding="utf-8")


def _follow(hand: Hand, link: str, address: str) -> None:
    hand.leave(lambda: hand.click(hand.page.get_by_role("navigation").get_by_role("link", name=link).first))
    hand.page.wait_for_url(address)


def specialist(hand: Hand) -> Iterator[Step]:
    """From the queue to a submitted review."""
    page = hand.page
    _follow(hand, "复核", "**/reviews*")
    yield Step(
        "Open the queue.",
        "Flagged calls wait in order: red lines first, then complaints, then doubt.",
        "queue",
    )
    hand.click(page.locator("form.signed input[name=name]"))
    hand.type("李娜")
    hand.press("Enter")
    page.wait_for_load_state("networkidle")
    yield Step(
        "Say who you are.", "Once, and only as long as there are no accounts; afterwards signing in says it."
    )
    hand.leave(lambda: hand.click(page.get_by_role("button", name="领取下一通")))
    yield Step("Take the next call.", "It is yours for a quarter of an hour; nobody else gets it meanwhile.")
    hand.press("ArrowDown", "e")
    page.wait_for_timeout(2500)
    hand.press("Space")
    yield Step(
        "Hear why it was flagged.",
        "`↓` goes to what is not met, `E` plays its evidence from two seconds before it; the form shows the words, "
        "the waveform the place.",
        "evidence",
    )
    hand.press("2")
    yield Step(
        "Say what is right.",
        "`1` 符合, `2` 不符合, `3` 不适用. Where that corrects the machine, `R` gives the reason. Every step is kept and "
        "can be undone.",
    )
    hand.leave(lambda: hand.press("Control+Enter"))
    yield Step(
        "Submit, and have the next one.",
        "`Ctrl` `Enter`. The totals of machine and person stand side by side.",
        "next",
    )


def trainer(hand: Hand) -> Iterator[Step]:
    """From words that were said to a lesson with a quiz."""
    page = hand.page
    _follow(hand, "搜索", "**/search*")
    hand.type("太贵了")
    hand.leave(lambda: hand.press("Enter"))
    yield Step(
        "Find what customers say.",
        "Search reads every transcript: either script, numbers in any form, and by sound what was recognised otherwise.",
        "search",
    )
    hand.press("ArrowDown", "Space")
    page.wait_for_timeout(3000)
    hand.press("Space")
    yield Step("Hear it in the list.", "`↓` to the next hit, `Space` plays from two seconds before it.")
    _follow(hand, "案例库", "**/library*")
    hand.click(page.locator("form.signed input[name=name]"))
    hand.type("周老师")
    hand.leave(lambda: hand.press("Enter"))
    yield Step("Say who you are.", "Once; with accounts, signing in says it.")
    hand.leave(lambda: hand.click(page.get_by_role("link", name="候选").first))
    yield Step(
        "See what the machine proposes.",
        "The best and the worst moment of each item and objection, of different agents and in different words.",
        "candidates",
    )
    hand.press("ArrowDown", "Space")
    page.wait_for_timeout(3000)
    hand.press("Space")
    hand.leave(lambda: hand.press("k"))
    yield Step(
        "Keep one.",
        "`K`. Names and numbers become a tone in the sound and ▇ in the words; others hear it once its agent has consented.",
    )
    _follow(hand, "案例库", "**/library*")
    yield Step(
        "Teach from the library.",
        "Facets, what makes each clip good or bad, courses with progress and quizzes.",
        "library",
    )


def manager(hand: Hand) -> Iterator[Step]:
    """From what waits to one agent's month."""
    page = hand.page
    _follow(hand, "看板", "**/board*")
    yield Step(
        "See what waits.",
        "The first row of the board: red lines of the day, reviews and appeals that wait, targets behind, late data; each "
        "leads to exactly the rows that it counts.",
        "needs",
    )
    hand.leave(lambda: hand.click(page.locator(".tabs").get_by_text("质检项热力图")))
    yield Step(
        "Find the item and the team.",
        "Team × item: the share met in colour and number, small n hatched.",
        "heat-map",
    )
    hand.leave(lambda: hand.click(page.locator("tbody td.heat a[href*='verdict=fail']").first))
    yield Step("Open the calls behind a cell.", "Those calls and no others; each opens at the item.")
    _follow(hand, "成绩", "**/scorecards*")
    yield Step(
        "Compare people fairly.",
        "Scores with n and interval; a rank says when it cannot be told from its neighbour.",
        "ranking",
    )
    hand.leave(lambda: hand.click(page.locator("tbody a[href*='/agents/']").first))
    yield Step(
        "Read one agent's month.",
        "The score beside the own weeks and the team, items by lost points, objections, dialer figures, three calls to "
        "hear, coaching; it prints on one page.",
        "agent",
    )


WALKS: tuple[tuple[str, str, Walk], ...] = (
    ("QA specialist", "Settles a flagged call in a fraction of its length.", specialist),
    ("Trainer", "Finds the right thirty seconds and teaches from them.", trainer),
    ("Manager", "Sees who needs what, fairly.", manager),
)
