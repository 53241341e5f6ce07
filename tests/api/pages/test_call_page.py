"""The call page: facts, sound, transcript with evidence, form, objections; and the states before there is one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from api.pages.languages import full_width
from models.database import session
from models.transcript import TranscriptRow, get_transcript, transcript_row
from qa_engine.calls import Corrected, LineKind, LineSound, Removed, RoleSource, Signals
from tests.api.pages.conftest import Page
from tests.api.pages.product import HOSTILE, Product, sample_transcript


@pytest.fixture
def call(page: Page, product: Product) -> Any:
    def opened(name: str, **options: str) -> BeautifulSoup:
        return page(f"/calls/{product.ids[name]}", **options)

    return opened


def data(page: BeautifulSoup) -> dict[str, Any]:
    return json.loads(page.select_one("script#call-data").get_text())


def item(page: BeautifulSoup, item_id: str) -> Any:
    return page.select_one(f'.item[data-id="{item_id}"]')


def test_the_facts_are_above_and_the_customers_number_is_masked(call: Any) -> None:
    head = call("ins-001").select_one(".call-head").get_text(" ", strip=True)
    for shown in ("李晓梅 A001", "T1", "ins-2026", "2026-11-02 10:15", "1:50", "138****1234", "SALE"):
        assert shown in head
    assert "13800001234" not in str(call("ins-001"))


def test_the_demo_model_is_named_plainly(call: Any) -> None:
    assert "演示模型" in call("ins-001").select_one("#demo-notice").get_text()
    assert call("tel-003").select_one("#demo-notice") is None


def test_guessed_roles_are_marked_as_such(call: Any) -> None:
    assert "把握 71%" in call("hostile").get_text()


def test_every_turn_is_there_with_side_time_and_words(call: Any) -> None:
    script = sample_transcript("wealth-002")["turns"]
    turns = call("wealth-002").select(".turn")
    said = [
        turn["text"].replace("人民路", "▇▇▇") for turn in script
    ]  # an address says where somebody is found
    assert [turn.select_one(".said").get_text() for turn in turns] == said
    assert [turn["class"][1] for turn in turns] == [f"is-{turn['role']}" for turn in script]
    assert turns[1].select_one("a.seek").get_text() == "0:02"


def test_badly_recognised_words_are_dotted(call: Any) -> None:
    page = call("wealth-002")
    doubtful = [
        w["text"]
        for turn in sample_transcript("wealth-002")["turns"]
        for w in turn["words"]
        if w["confidence"] < 0.5
    ]
    shown = "".join(piece.get_text() for piece in page.select(".doubt"))
    assert shown
    assert len(shown) == len("".join(doubtful))


def test_evidence_is_highlighted_with_the_number_of_its_item(call: Any) -> None:
    page = call("wealth-002")
    failed = item(page, "compliance.no_guaranteed_return")
    number = failed["data-n"]
    hits = [hit.get_text() for hit in page.select("mark.hit-fail") if number in hit["data-items"].split()]
    assert "旱涝保收" in "".join(hits)


def test_chips_lead_to_the_second_and_the_turn(call: Any) -> None:
    page = call("wealth-002")
    chips = item(page, "compliance.no_guaranteed_return").select("a.chip")
    assert chips
    turns = data(page)["turns"]
    for chip in chips:
        turn = turns[int(chip["data-turn"])]
        assert turn["start"] <= float(chip["data-seek"]) <= turn["end"]
        assert page.select_one(chip["href"]) is not None  # without scripts it scrolls to the turn


def test_auto_fail_items_come_first(call: Any) -> None:
    sections = call("wealth-002").select(".form-section h3")
    assert sections[0].get_text(" ", strip=True).startswith("一票否决项")
    assert "1 项不符合" in sections[0].get_text()


def test_every_item_has_verdict_by_icon_and_word_and_a_reason(call: Any) -> None:
    items = call("ins-001").select(".item")
    assert [int(found["data-n"]) for found in items] == list(range(1, len(items) + 1))
    for found in items:
        words = {"pass": "符合", "fail": "不符合", "unknown": "待定", "na": "不适用"}
        assert found.select_one(".verdict .word").get_text() == words[found["data-verdict"]]
        assert found.select_one(".verdict svg path") is not None
        assert found.select_one(".reason").get_text()


def test_an_item_leads_to_its_condition(call: Any, page: Page) -> None:
    link = item(call("ins-001"), "compliance.no_abuse").select_one("a.condition")["href"]
    rubric, _, rule = link.partition("#")
    assert page(rubric).find(id=rule).select_one("dl") is not None


def test_reasons_are_free_of_patterns(call: Any) -> None:
    reasons = " ".join(found.get_text() for found in call("wealth-002").select(".reason"))
    assert "条句式" in reasons
    assert "[^" not in reasons


def test_a_failed_item_says_what_it_cost_and_what_to_do(call: Any) -> None:
    failed = item(call("tel-003"), "opening.permission")
    assert failed.select_one(".points").get_text(strip=True) == "0/5"
    assert "改进建议" in failed.get_text()


def test_the_score_comes_with_interval_pass_mark_and_its_formula(
    call: Any, product: Product, client: TestClient
) -> None:
    page = call("tel-003")
    evaluation = client.get(f"/api/v1/calls/{product.ids['tel-003']}/evaluations").json()
    document = evaluation["evaluations"][0] if isinstance(evaluation, dict) else evaluation[0]
    card = page.select_one(".card-score").get_text(" ", strip=True)
    assert f"{document['score']:.1f}".rstrip("0").rstrip(".") in card
    assert f"{document['score_low']:g}"[:4] in card
    assert "及格线 80" in card
    assert full_width(document["formula"]) in card


def test_objections_show_their_steps_and_outcome(call: Any) -> None:
    block = call("tel-003").select_one(".objection")
    assert "投诉" in block.get_text()
    assert len(block.select(".step")) == 5


def test_the_pins_name_engine_rubric_and_code(call: Any) -> None:
    pins = call("ins-001").select_one(".pins-list").get_text(" ", strip=True)
    for shown in ("faster-whisper · demo · 1", "telesales-standard", "callqa"):
        assert shown in pins


def test_long_pauses_stand_between_the_turns(call: Any) -> None:
    assert [pause.get_text() for pause in call("tel-003").select(".pause")]


def test_the_islands_get_words_pins_and_silences(call: Any) -> None:
    found = data(call("tel-003"))
    assert found["lead"] == 2.0
    assert found["pins"] == sorted(found["pins"], key=lambda pin: (pin["start"], pin["number"]))
    assert all(end - start >= 1.5 for start, end in found["silences"])
    words = found["turns"][1]["words"]
    assert len(words) % 4 == 0
    assert words[2::4] == sorted(words[2::4])


def test_without_sound_the_page_says_so_and_has_no_player(call: Any) -> None:
    page = call("hostile")
    assert "没有可播放的录音" in page.get_text()
    assert page.select("audio, callqa-wave, #play") == []


def test_hostile_words_stay_words(call: Any) -> None:
    page = call("hostile")
    assert page.select(".said")[0].get_text() == f"您好,我是{HOSTILE}"
    assert page.select("main script, main img, mark script") == []
    assert page.select_one("h1").get_text() == f"{HOSTILE} A9"
    scripts = [script for script in page.select("script") if script.get("type") != "application/json"]
    assert all(script.get("src", "").startswith("/static/") and not script.get_text() for script in scripts)


def test_a_failed_call_gives_the_reason_and_a_retry(page: Page, product: Product, client: TestClient) -> None:
    call_id = product.ids["broken"]
    shown = page(f"/calls/{call_id}")
    reason = client.get(f"/api/v1/calls/{call_id}").json()
    assert shown.select_one("form[method=post]")["action"] == f"/calls/{call_id}/retry"
    assert "这通通话没能处理" in shown.get_text()
    assert "no-model" in shown.get_text()
    assert "错误代码" in shown.get_text(), reason


def test_a_waiting_call_watches_its_state(page: Page, product: Product, client: TestClient) -> None:
    call_id = product.ids["edu-001"]
    watching = page(f"/calls/{call_id}").select_one("#call-state")
    assert watching["hx-get"] == f"/calls/{call_id}/state?seen=received"
    assert client.get(f"/calls/{call_id}/state?seen=received").headers.get("HX-Refresh") is None
    assert client.get(f"/calls/{call_id}/state?seen=probing").headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("path", ["/calls/nothing", "/calls/%00", "/calls/..%2f..%2fetc"])
def test_an_unknown_call_is_a_kind_404_or_422(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code in {404, 422}
    assert "回到通话列表" in reply.text


def test_a_rubric_that_did_not_score_the_call_is_not_found(page: Page, product: Product) -> None:
    page(f"/calls/{product.ids['ins-001']}?rubric=other", status=404)


def test_what_else_was_heard_is_shown_with_its_reason(product: Product, page: Page) -> None:
    """A copy of a call with sound: ringing, text that was taken out, a cut-off agent, roles that were swapped."""
    call_id = product.ids["tel-003"]
    with session(product.engine) as opened:
        transcript, _ = get_transcript(opened, call_id)
        before = opened.get_one(TranscriptRow, call_id).model_dump()
        signals = Signals(
            line=(LineSound(LineKind.RINGBACK, 1, 0.0, 6.0), LineSound(LineKind.MUSIC, 1, 70.0, 80.0)),
            removed=(Removed("blocked", 0, 30.0, 32.0, "字幕由志愿者提供,电话13800001234"),),
            corrected=(Corrected(0, 2.0, 3.0, "安馨保鲜", "安心保险"),),
        )
        swapped = replace(transcript, role_source=RoleSource.SWAPPED, role_confidence=0.91)
        opened.merge(transcript_row(call_id, swapped, signals))
    try:
        shown = page(f"/calls/{call_id}")
    finally:
        with session(product.engine) as opened:
            opened.merge(TranscriptRow(**before))
    notice = shown.select_one("#roles-notice")
    assert "对调" in notice.get_text()
    assert "91%" in notice.get_text()
    assert notice.select('a[href^="#turn-"]')
    text = shown.select_one("#transcript").find_parent("main").get_text(" ", strip=True)
    for expected in ("振铃", "0:00–0:06", "音乐", "1:10–1:20", "字幕套话", "未经校准", "安馨保鲜"):
        assert expected in text
    assert "13800001234" not in str(shown)
