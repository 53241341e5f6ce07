"""The path of a QA specialist: find the call, open it, hear what decided it, by mouse and by key alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.api.pages.product import sample_transcript
from tests.browser.conftest import OpenPage, Site

pytestmark = pytest.mark.browser
SEEK_TOLERANCE_S = 0.2
LEAD_S = 2.0


def until(page: Page, condition: str, *, within_s: float = 15) -> None:
    """Waits for a condition in the page; Playwright's own wait evaluates strings, which the page's policy forbids."""
    page.evaluate(
        f"""() => new Promise((resolve, reject) => {{
            const end = performance.now() + {1000 * within_s};
            const look = () => {{
                if ({condition}) resolve();
                else if (performance.now() > end) reject(new Error({condition!r} + " never came"));
                else requestAnimationFrame(look);
            }};
            look();
        }})"""
    )


def paused_seek(page: Page) -> None:
    """From here on the player stays where it is put, so that its position can be compared."""
    page.evaluate("HTMLMediaElement.prototype.play = function () { return Promise.resolve(); }")


def position(page: Page) -> float:
    until(page, "!document.querySelector('#audio').seeking")
    return float(page.evaluate("document.querySelector('#audio').currentTime"))


def at(page: Page, seconds: float) -> None:
    """The player comes to that second; a page that was opened at one gets there when its script has run."""
    here = "document.querySelector('#audio')"
    until(
        page, f"{here} && !{here}.seeking && Math.abs({here}.currentTime - {seconds}) <= {SEEK_TOLERANCE_S}"
    )
    assert position(page) == pytest.approx(seconds, abs=SEEK_TOLERANCE_S)


def test_a_filter_applies_at_once_and_stays_in_the_address(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.url)
    assert page.locator("table.calls tbody tr").count() == len(site.product.ids.keys() - {"target"})
    page.locator('select[name="result"]').select_option("auto_fail")
    expect(page.locator("table.calls tbody tr")).to_have_count(1)
    assert page.url.endswith("result=auto_fail") or "result=auto_fail" in page.url
    page.reload()
    expect(page.locator("table.calls tbody tr")).to_have_count(1)


def test_typing_finds_a_call_without_a_button(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.url)
    page.keyboard.press("/")
    page.keyboard.type("赵鹏")
    expect(page.locator("table.calls tbody tr")).to_have_count(1)
    expect(page.locator("#search")).to_be_focused()


def test_what_was_typed_before_the_script_came_is_searched_for(open_page: OpenPage, site: Site) -> None:
    page = open_page("about:blank")
    held: list[Route] = []
    page.route("**/static/app-*.js", lambda route: held.append(route))  # noqa: PLW0108  # a built-in takes no mark
    page.goto(site.url, wait_until="commit")
    page.locator("#search").fill("赵鹏")
    held[0].continue_()
    expect(page.locator("table.calls tbody tr")).to_have_count(1)


def test_a_row_opens_its_call(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"{site.url}/?result=auto_fail")
    # Anywhere in the row: the link lies over all of it, so that what receives the click is not the cell itself.
    page.locator("table.calls tbody tr td").nth(4).click(force=True)
    expect(page).to_have_url(site.call("wealth-002"))


def test_clicking_evidence_plays_from_two_seconds_before_it(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"))
    paused_seek(page)
    chips = page.locator('.item[data-id="compliance.no_guaranteed_return"] a.chip')
    for place in range(chips.count()):
        chip = chips.nth(place)
        chip.click()
        at(page, max(0.0, float(chip.get_attribute("data-seek") or "nan") - LEAD_S))


def test_evidence_really_plays(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"))
    page.locator("a.chip[data-seek]").first.click()
    start = position(page)
    until(page, f"document.querySelector('#audio').currentTime > {start} + 0.3")
    expect(page.locator("#play")).to_have_attribute("aria-label", "暂停")


def test_a_pin_in_the_waveform_opens_its_item(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"))
    paused_seek(page)
    pins = page.locator(".pin:visible")
    assert pins.count() > 3
    for place in range(pins.count()):
        pin = pins.nth(place)
        number = "".join(filter(str.isdigit, pin.inner_text()))
        pin.click()  # fails where another pin lies over it
        expect(page.locator(f'.item[data-n="{number}"]')).to_have_attribute("aria-current", "true")


def test_a_click_in_the_waveform_seeks(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"))
    paused_seek(page)
    lanes = page.locator(".wave-lanes")
    box = lanes.bounding_box()
    assert box is not None
    lanes.click(position={"x": box["width"] / 2, "y": 20})
    at(page, page.evaluate("JSON.parse(document.querySelector('#call-data').textContent).duration") / 2)


def test_a_click_on_a_word_seeks_to_that_word(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("ins-001"))
    paused_seek(page)
    where = page.evaluate(
        """() => {
            const said = document.querySelectorAll('.said')[5];
            const turn = JSON.parse(document.querySelector('#call-data').textContent).turns[5];
            said.scrollIntoView({block: 'center'});
            const word = 4 * 6;  // the seventh word
            const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
            let before = 0;
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                if (turn.words[word] < before + node.length) {
                    const range = document.createRange();
                    range.setStart(node, turn.words[word] - before);
                    range.setEnd(node, turn.words[word] - before + 1);
                    const box = range.getBoundingClientRect();
                    return {x: box.x + box.width * 0.7, y: box.y + box.height / 2, time: turn.words[word + 2] / 1000};
                }
                before += node.length;
            }
        }"""
    )
    page.mouse.click(where["x"], where["y"])
    at(page, where["time"])
    assert page.evaluate("[...CSS.highlights.get('current-word')][0].toString().length") > 0


def test_the_transcript_follows_until_the_reader_scrolls(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("ins-001"))
    paused_seek(page)
    page.locator("#transcript").hover()
    page.mouse.wheel(0, 400)
    follow = page.get_by_role("button", name="跟随播放")
    expect(follow).to_be_visible()
    page.keyboard.press("l")
    follow.click()
    expect(follow).to_be_hidden()
    expect(page.locator(".turn[aria-current]")).to_be_in_viewport()


def test_the_find_box_counts_and_steps(open_page: OpenPage, site: Site) -> None:
    said = "一个月"
    times = sum(turn["text"].count(said) for turn in sample_transcript("ins-001")["turns"])
    assert times > 1
    page = open_page(site.call("ins-001"))
    page.keyboard.press("/")
    page.keyboard.type(said)
    expect(page.locator("#find-count")).to_have_text(f"1/{times}")
    page.keyboard.press("Enter")
    expect(page.locator("#find-count")).to_have_text(f"2/{times}")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#find-count")).to_have_text(f"1/{times}")
    page.keyboard.press("Escape")
    expect(page.locator("#find-count")).to_have_text("")


def test_met_evidence_waits_behind_its_toggle(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("ins-001"))
    expect(page.locator(".pin-pass:visible")).to_have_count(0)
    page.get_by_role("button", name="符合", exact=True).click()
    assert page.locator(".pin-pass:visible").count() > 3


def test_a_lane_can_be_muted_and_the_other_is_still_played(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"))
    mute = page.get_by_role("button", name="静音客户")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.locator("#play").click()
    until(page, "document.querySelector('#audio').currentTime > 0.3")


def test_skipping_silence_jumps_over_it(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("tel-003"))
    start, end = page.evaluate(
        "JSON.parse(document.querySelector('#call-data').textContent).silences.sort((a, b) => (b[1] - b[0]) - (a[1] - a[0]))[0]"
    )
    page.get_by_label("跳过静默").check()
    page.evaluate(f"document.querySelector('#audio').currentTime = {start + 0.2}")
    page.locator("#play").click()
    until(page, f"document.querySelector('#audio').currentTime > {end - 0.6}", within_s=(end - start) / 2)


KEYS: list[tuple[str, Callable[[Page], bool]]] = [
    ("l", lambda page: position(page) == pytest.approx(3.0, abs=SEEK_TOLERANCE_S)),
    ("l", lambda page: position(page) == pytest.approx(6.0, abs=SEEK_TOLERANCE_S)),
    ("j", lambda page: position(page) == pytest.approx(3.0, abs=SEEK_TOLERANCE_S)),
    ("ArrowRight", lambda page: page.locator(".turn[aria-current]").get_attribute("id") == "turn-2"),
    ("ArrowLeft", lambda page: page.locator(".turn[aria-current]").get_attribute("id") == "turn-1"),
    ("ArrowDown", lambda page: page.locator(".item[aria-current]").get_attribute("data-verdict") == "fail"),
    ("ArrowDown", lambda page: page.locator(".item[aria-current]").get_attribute("data-n") == "2"),
    ("ArrowUp", lambda page: page.locator(".item[aria-current]").get_attribute("data-n") == "1"),
    ("e", lambda page: page.locator(".chip.is-playing").count() == 1),
    ("]", lambda page: page.evaluate("document.querySelector('#audio').playbackRate") == 1.25),
    ("[", lambda page: page.evaluate("document.querySelector('#audio').playbackRate") == 1),
    ("?", lambda page: page.locator("dialog#help").is_visible()),
]


def test_everything_is_reached_by_key(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"))
    paused_seek(page)
    for key, holds in KEYS:
        page.keyboard.press(key)
        assert holds(page), key
    page.keyboard.press("Escape")
    expect(page.locator("dialog#help")).to_be_hidden()


def test_space_plays_and_pauses(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"))
    page.keyboard.press("Space")
    until(page, "!document.querySelector('#audio').paused")
    page.keyboard.press("Space")
    until(page, "document.querySelector('#audio').paused")


def test_keys_are_left_alone_while_an_input_method_composes_or_text_is_typed(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page(site.call("wealth-002"))
    paused_seek(page)
    page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'l', bubbles: true, isComposing: true}))"
    )
    page.locator("#find").focus()
    page.keyboard.type("lll")
    assert position(page) == 0


def test_only_what_needs_a_look_and_the_choice_is_kept(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("tel-003"))
    toggle = page.get_by_role("button", name="只看不符合和待定")
    toggle.click()
    doubtful = page.locator(".item-fail, .item-unknown")
    expect(page.locator(".item:visible")).to_have_count(doubtful.count())
    assert f"{doubtful.count()}" in toggle.inner_text()
    page.reload()
    expect(page.locator(".item:visible")).to_have_count(doubtful.count())
    for _ in range(doubtful.count() + 1):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".item[aria-current]")).to_have_attribute(
        "id", doubtful.last.get_attribute("id") or ""
    )


def test_the_list_is_walked_call_by_call_and_left_as_it_was(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"{site.url}/?team=T1")
    first, second = [link.get_attribute("href") for link in page.locator(".call-link").all()]
    page.locator(".call-link").first.click()
    expect(page).to_have_url(f"{site.url}{first}")
    expect(page.locator("#queue")).to_contain_text("1/2")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{site.url}{second}")
    page.keyboard.press("n")  # there is no further one
    expect(page.locator("#queue")).to_contain_text("2/2")
    page.keyboard.press("p")
    expect(page).to_have_url(f"{site.url}{first}")
    page.get_by_role("link", name="返回通话列表").click()
    expect(page).to_have_url(f"{site.url}/?team=T1")


def test_a_trainer_who_looks_for_an_item_has_it_in_hand(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"{site.url}/?item=compliance.no_guaranteed_return&verdict=fail")
    page.locator(".call-link").first.click()
    current = page.locator(".item[aria-current]")
    expect(current).to_have_attribute("data-id", "compliance.no_guaranteed_return")
    expect(current).to_be_in_viewport()


def test_without_scripts_everything_can_be_read_and_heard(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"), java_script_enabled=False)
    expect(page.locator(".without-script audio")).to_be_visible()
    expect(page.locator("#play")).to_be_hidden()
    expect(page.locator(".hit-pass").first).to_be_visible()
    listed = open_page(site.url, java_script_enabled=False)
    listed.locator('select[name="result"]').select_option("auto_fail")
    listed.get_by_role("button", name="筛选").click()
    expect(listed.locator("table.calls tbody tr")).to_have_count(1)
