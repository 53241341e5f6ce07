"""The trainer's path in a real browser: a proposed moment becomes a clip, the clip a lesson, the lesson a quiz."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from models.database import reading, session
from models.library.rows import ClipHeardRow, ClipRow, Consent, PlaylistRow
from tests.api.pages.product import fill, open_product
from tests.browser.conftest import OpenPage, Site, serve
from tests.browser.test_accessibility import faults
from tests.browser.test_main_path import until
from tests.conftest import make_settings

pytestmark = pytest.mark.browser
TRAINER, LISTENER = "周老师", "李晓梅"
Picture = Callable[[Page, str], None]


@pytest.fixture
def site(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Site]:
    """A product of its own: the library is filled by the test."""
    shutil.copyfile(migrated_sqlite, tmp_path / "callqa.sqlite3")
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path / 'callqa.sqlite3'}", whisper_model="none")
    yield from serve(fill(open_product(settings)))


def test_from_a_candidate_to_a_quiz_by_key(open_page: OpenPage, site: Site, picture: Picture) -> None:
    page = open_page(f"{site.url}/library", person=TRAINER)
    picture(page, "library-empty")
    page.get_by_role("link", name="看候选片段").click()
    picture(page, "library-candidates")
    proposed = page.locator(".clip-card")
    expect(proposed.first).to_be_visible()
    first = proposed.first.get_by_role("heading").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")  # plays the moment of the call
    until(page, "document.querySelector('.clip-card audio').played.length > 0")
    page.keyboard.press("Space")
    page.keyboard.press("x")
    page.wait_for_url("**away=**")
    page.keyboard.press("Control+z")
    page.wait_for_url(re.compile(r"candidates(\?page=1)?$"))
    expect(proposed.first.get_by_role("heading")).to_have_text(first)
    for kept in (1, 2):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("k")
        page.wait_for_url(f"**kept={kept}")

    page.goto(site.call("ins-001"))  # the third comes from the call page
    page.locator("#audio").evaluate("audio => { audio.currentTime = 2 }")
    page.keyboard.press("i")
    page.locator("#audio").evaluate("audio => { audio.currentTime = 14 }")
    page.keyboard.press("o")
    expect(page.locator("#clip-status")).to_contain_text("0:02 – 0:14")
    picture(page, "library-call")
    page.keyboard.press("k")
    page.keyboard.type("开场先说明来意")
    picture(page, "library-dialog")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#clip-status")).to_contain_text("已存为案例")
    page.locator("#clip-status a").click()
    picture(page, "library-clip")
    assert faults(page) == []

    page.goto(f"{site.url}/library/playlists")
    page.get_by_label("课程名称").fill("新人第一课")
    page.get_by_label("测验").check()
    page.get_by_role("button", name="新建课程").click()
    expect(page.get_by_role("heading", name="新人第一课")).to_be_visible()
    for number in (1, 2, 3):
        page.goto(f"{site.url}/library/clips/{number}")
        page.get_by_role("button", name="同意", exact=True).click()
        page.get_by_role("button", name="共享给大家").click()
        page.get_by_role("button", name="加入课程").click()
    page.goto(f"{site.url}/library")
    expect(page.locator(".clip-card")).to_have_count(3)
    picture(page, "library-list")
    assert faults(page) == []
    page.get_by_label("好/反例").select_option("good")
    page.wait_for_url("**polarity=good**")
    expect(page.locator(".clip-card")).to_have_count(3)

    with reading(site.product.engine) as opened:
        lesson = opened.exec(select(PlaylistRow)).one().id
    page.goto(f"{site.url}/library/playlists/{lesson}")
    page.locator("#clip-3").focus()
    page.keyboard.press("Control+ArrowUp")
    page.wait_for_url("**#clip-3")
    expect(page.locator(".playlist > li").nth(1)).to_have_id("clip-3")
    page.locator("input[name=is_shared]").check()
    page.get_by_role("button", name="保存").first.click()
    assert faults(page) == []

    listener = open_page(f"{site.url}/library/playlists/{lesson}", person=LISTENER)
    asked = listener.locator("#clip-1")
    expect(asked.locator(".polarity")).to_have_count(0)
    picture(listener, "library-quiz")
    listener.keyboard.press("ArrowDown")
    listener.keyboard.press("Space")
    until(listener, "document.querySelector('#clip-1 audio').currentTime > 1")
    listener.keyboard.press("Space")
    expect(asked.locator(".heard")).not_to_contain_text("已听 0%")
    listener.keyboard.press("1")
    expect(asked.locator(".answered")).to_be_visible()
    expect(asked.locator(".polarity")).to_be_visible()
    picture(listener, "library-answered")
    with reading(site.product.engine) as opened:
        heard = opened.exec(select(ClipHeardRow)).one()
        assert (heard.person, heard.clip_id) == (LISTENER, 1)
        assert 1000 <= sum(end - start for start, end in heard.stretches) < 15_000
    page.reload()
    expect(page.get_by_role("row", name=LISTENER)).to_contain_text("/1")
    picture(page, "library-answers")


def test_in_every_language_and_theme(open_page: OpenPage, site: Site, picture: Picture) -> None:
    page = open_page(f"{site.url}/library/candidates", person=TRAINER)
    page.keyboard.press("k")
    page.wait_for_url("**kept=1")
    with session(site.product.engine) as opened:
        clip = opened.get(ClipRow, 1)
        assert clip is not None
        clip.consent, clip.is_shared = Consent.GRANTED, True
    for language, theme in (("en-GB", "dark"), ("zh-TW", "light"), ("zh-CN", "dark")):
        page = open_page(f"{site.url}/library", person=TRAINER, language=language, theme=theme)
        for name in ("", "/candidates", "/clips/1", "/playlists"):
            page.goto(f"{site.url}/library{name}")
            picture(page, f"library{name.replace('/', '-')}-{language}-{theme}")
            assert faults(page) == [], (name, language, theme)
