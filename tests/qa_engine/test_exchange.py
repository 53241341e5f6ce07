"""`callqa.transcript/1`: what is read back is what was written, and a bad document is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qa_engine.calls import (
    CallFacts,
    CallId,
    EngineInfo,
    Role,
    RoleSource,
    Transcript,
    Turn,
    Word,
)
from qa_engine.exchange import BadTranscript, history_json, parse_call, transcript_json

TURN: dict[str, Any] = {"role": "agent", "start_s": 0.5, "end_s": 3.1, "text": "您好,我是安心保险的小李"}


def document(**changes: object) -> str:
    whole: dict[str, object] = {
        "format": "callqa.transcript/1",
        "call_id": "c-001",
        "duration_s": 61.2,
        "turns": [TURN],
        **changes,
    }
    return json.dumps({key: value for key, value in whole.items() if value is not ...}, ensure_ascii=False)


def test_words_confidence_and_facts_are_optional() -> None:
    call = parse_call(document())
    assert call.transcript.turns == (Turn(Role.AGENT, 0.5, 3.1, "您好,我是安心保险的小李"),)
    assert call.facts == CallFacts(extra={})
    assert call.signals is None


def test_a_written_transcript_is_read_back_equal() -> None:
    turn = Turn(Role.CUSTOMER, 1.0, 1.8, "你好", 0.9, (Word("你好", 1.0, 1.4, 0.97),), channel=1)
    transcript = Transcript(
        CallId("c-2"),
        9.5,
        (turn,),
        "zh",
        EngineInfo("faster-whisper", "demo", "1", demo=True),
        RoleSource.GUESS,
        0.7,
    )
    written = json.dumps(transcript_json(transcript))
    assert parse_call(written).transcript == transcript


def test_facts_keep_their_zone_and_further_columns() -> None:
    facts = {"agent_id": "A001", "started_at": "2026-11-02T10:15:00+08:00", "attempt": 3, "nested": {"a": 1}}
    call = parse_call(document(facts=facts))
    assert call.facts.started_at is not None
    assert call.facts.started_at.isoformat() == "2026-11-02T10:15:00+08:00"
    assert call.facts.extra == {"attempt": 3}


def test_turns_come_in_order_of_time() -> None:
    early = {**TURN, "start_s": 0.0, "end_s": 0.4, "text": "喂"}
    assert [turn.text for turn in parse_call(document(turns=[TURN, early])).transcript.turns] == [
        "喂",
        TURN["text"],
    ]


def test_the_call_lasts_at_least_as_long_as_its_turns() -> None:
    assert parse_call(document(duration_s=1.0)).transcript.duration_s == 3.1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "line"),
        ("[]", "文档"),
        (document(format="callqa.transcript/9"), "format"),
        (document(call_id=""), "call_id"),
        (document(turns=...), "turns"),
        (document(turns=[{**TURN, "role": "robot"}]), "turns.0.role"),
        (document(turns=[{**TURN, "end_s": 0.1}]), "turns.0"),
        (document(turns=[{**TURN, "start_s": float("nan")}]), "turns.0.start_s"),
        (document(turns=[TURN, {**TURN, "confidence": 3}]), "turns.1.confidence"),
        (document(facts={"started_at": "2026-11-02T10:15:00"}), "facts.started_at"),
        ("[" * 100_000, "嵌套过深"),
    ],
)
def test_a_bad_document_is_named_with_its_place(text: str, named: str) -> None:
    with pytest.raises(BadTranscript) as caught:
        parse_call(text, file="a.json")
    error = caught.value
    assert error.where is not None
    assert error.where.file == "a.json"
    assert named in error.message or (named == "line" and error.where.line == 1)
    assert error.hint


def test_another_encoding_is_named() -> None:
    with pytest.raises(BadTranscript, match="UTF-8"):
        parse_call(document(call_id="通话").encode("gb18030"), file="a.json")


def test_earlier_calls_come_with_the_call_oldest_first() -> None:
    earlier = [
        {"started_at": "2026-11-03T10:00:00+08:00", "disposition": "REFUSED", "objections": ["do_not_call"]},
        {"started_at": "2026-11-01T10:00:00+08:00", "objections": [], "results": {"std": "fail"}},
    ]
    call = parse_call(document(history=earlier))
    assert call.history is not None
    assert [then.objections for then in call.history] == [(), ("do_not_call",)]
    assert history_json(call.history) == [earlier[1], earlier[0]]
    assert parse_call(document()).history is None
    assert parse_call(document(history=[])).history == ()
