"""A speaker's own script: rules read Simplified, people read what was written, from the recogniser to the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from api.pages.views.privacy import masked_texts
from models.transcript import _stored, transcript_row
from qa_engine.calls import EngineInfo, Role, Span, Turn, Word
from qa_engine.exchange import parse_call, transcript_json
from qa_engine.speech.audio import Samples
from qa_engine.speech.cleanup import clean
from qa_engine.speech.engines.base import Segment
from qa_engine.speech.hot_word_repair import repaired
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import transcribe
from qa_engine.speech.turns import turn_of

CALL = Path(__file__).parents[3] / "fixtures/calls/ins-006/audio.opus"
SAID = "請問您對這個保險有興趣嗎"


class Taiwanese:
    """A recogniser that hears the same in every span."""

    info = EngineInfo("test")

    def recognize(
        self, samples: Samples, spans: Sequence[Span], *, language: str, prompt: str | None
    ) -> tuple[Segment, ...]:
        del samples, language, prompt
        return tuple(_segment(span.start_s + 0.3, SAID) for span in spans if span.length_s > 2)


def _segment(start_s: float, text: str) -> Segment:
    words = tuple(
        Word(char, start_s + at * 0.1, start_s + at * 0.1 + 0.1, 0.9) for at, char in enumerate(text)
    )
    return Segment(start_s, words[-1].end_s, text, words, 0.9)


def test_words_keep_their_script_where_it_is_another() -> None:
    cleaned = clean([_segment(0.0, "請問 好,")], [Span(0.0, 3.0)])
    words = [word for segment in cleaned.segments for word in segment.words if word.text.strip()]
    assert [(word.text, word.spelled) for word in words[:2]] == [("请", "請"), ("问", "問")]
    assert {word.spelled for word in words[2:]} == {None}


def test_a_turn_reads_as_it_was_written_with_the_marks_it_got() -> None:
    words = (Word("请", 0, 1, None, "請"), Word("问，", 1, 2, None, "問"), Word("您好。", 2, 3))
    turn = turn_of(words, Role.AGENT, 0)
    assert (turn.text, turn.spelled, turn.shown) == ("请问，您好。", "請問，您好。", "請問，您好。")
    assert turn_of(words[2:], Role.AGENT, 0).spelled is None


def test_places_hold_in_both_or_the_text_is_shown() -> None:
    assert Turn(Role.AGENT, 0, 1, "台湾", spelled="臺灣").shown == "臺灣"
    assert Turn(Role.AGENT, 0, 1, "台湾", spelled="臺灣省").shown == "台湾"
    assert Turn(Role.AGENT, 0, 1, "台湾").shown == "台湾"


def test_a_hot_word_is_written_as_the_campaign_writes_it() -> None:
    told = tuple(
        Word(text, at, at + 1, 0.9, spelled)
        for at, (text, spelled) in enumerate(zip("安馨保险吗", (None, None, None, "險", "嗎"), strict=True))
    )
    fixed, changes = repaired(told, ["安心保险"], channel=0)
    assert len(changes) == 1
    assert turn_of(fixed, Role.AGENT, 0).shown == "安心保险嗎"


def test_a_call_keeps_it_through_the_store_and_the_exchange_format() -> None:
    heard = transcribe(decode(CALL), Taiwanese(), call_id="c", agent_channel=0)
    turn = heard.transcript.turns[0]
    assert "对这个保险" in turn.text
    assert "對這個保險" in turn.shown
    document = json.dumps(transcript_json(heard.transcript))
    assert parse_call(document).transcript.turns[0].shown == turn.shown
    stored, _ = _stored(transcript_row("c", heard.transcript, heard.signals))
    assert [turn.shown for turn in stored.turns] == [turn.shown for turn in heard.transcript.turns]
    assert masked_texts(stored)[0] == turn.shown
    assert np.isfinite(heard.transcript.duration_s)


def test_what_is_private_is_masked_in_either_script() -> None:
    from dataclasses import replace

    heard = transcribe(decode(CALL), Taiwanese(), call_id="c", agent_channel=0).transcript
    turn = Turn(Role.CUSTOMER, 0, 3, "我的手机是13900001234，谢谢", spelled="我的手機是13900001234，謝謝")
    (shown,) = masked_texts(replace(heard, turns=(turn,)))
    assert "13900001234" not in shown
    assert shown.startswith("我的手機是")
    assert shown.endswith("謝謝")
