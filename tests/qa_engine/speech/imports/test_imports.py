"""Transcripts of other services become calls: roles, times and confidence where they exist, typed errors elsewhere."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calls import Role, RoleSource
from qa_engine.errors import CallQAError
from qa_engine.exchange import BadTranscript, parse_call
from qa_engine.speech.imports import as_document, looks_like_transcript, read_transcript


def _item(start: str, end: str, text: str) -> dict[str, Any]:
    best = [{"confidence": "0.9", "content": text}]
    return {"start_time": start, "end_time": end, "alternatives": best, "type": "pronunciation"}


CHANNELS = [
    {"channel_label": "ch_0", "items": [_item("0.5", "1.5", "您好")]},
    {"channel_label": "ch_1", "items": [_item("2.0", "2.5", "不用了")]},
]
TURNS = [
    {
        "ParticipantRole": "AGENT",
        "BeginOffsetMillis": 500,
        "EndOffsetMillis": 1500,
        "Content": "您好",
        "Items": [],
    },
    {"ParticipantRole": "CUSTOMER", "BeginOffsetMillis": 2000, "EndOffsetMillis": 2500, "Content": "不用了"},
]
SENTENCES = [
    {"BeginTime": 500, "EndTime": 1500, "Text": "您好", "ChannelId": 0},
    {"BeginTime": 2000, "EndTime": 2500, "Text": "不用了", "ChannelId": 1},
]
DETAIL = [
    {"FinalSentence": "您好", "StartMs": 500, "EndMs": 1500, "SpeakerId": 0, "Words": []},
    {"FinalSentence": "不用了", "StartMs": 2000, "EndMs": 2500, "SpeakerId": 1},
]
SEGMENTS = [
    {"start": 0.5, "end": 1.5, "text": "您好", "speaker": "0", "words": []},
    {"start": 2.0, "end": 2.5, "text": "不用了", "speaker": "1"},
]
FILES = {
    "amazon": json.dumps(
        {"jobName": "j", "results": {"channel_labels": {"channels": CHANNELS}, "items": []}}
    ),
    "amazon-analytics": json.dumps({"JobName": "j", "Transcript": TURNS}),
    "alibaba": json.dumps(
        {"TaskId": "t", "Result": {"Sentences": SENTENCES, "Words": []}, "BizDuration": 3000}
    ),
    "tencent": json.dumps({"Response": {"Data": {"TaskId": 7, "ResultDetail": DETAIL}}}),
    "whisperx": json.dumps({"segments": SEGMENTS, "language": "zh"}),
    "srt": "1\n00:00:00,500 --> 00:00:01,500\n坐席:您好\n\n2\n00:00:02,000 --> 00:00:02,500\n客户:不用了\n",
    "vtt": "WEBVTT\n\n00:00.500 --> 00:01.500\n<v Agent>您好\n\n00:02.000 --> 00:02.500\n<v Customer>不用了\n",
}
SAYS_WHO = {"amazon-analytics", "srt", "vtt"}


@pytest.mark.parametrize("form", FILES)
def test_a_format_is_found_by_its_content_and_read_with_its_times(form: str) -> None:
    data = FILES[form].encode()
    assert looks_like_transcript(data)
    who = None if form in SAYS_WHO else "0"
    transcript = read_transcript(data, file="a.x", agent_speaker=who).transcript
    assert [(t.role, t.start_s, t.end_s, t.text) for t in transcript.turns] == [
        (Role.AGENT, 0.5, 1.5, "您好"),
        (Role.CUSTOMER, 2.0, 2.5, "不用了"),
    ]
    assert (transcript.role_source, transcript.role_confidence) == (RoleSource.IMPORTED, 1.0)


@pytest.mark.parametrize("form", sorted(set(FILES) - SAYS_WHO))
def test_roles_that_a_file_does_not_tell_are_a_marked_guess(form: str) -> None:
    assert read_transcript(FILES[form].encode()).transcript.role_source is RoleSource.GUESS


def test_confidence_that_is_written_as_text_is_kept() -> None:
    turn = read_transcript(FILES["amazon"].encode()).transcript.turns[0]
    assert turn.words[0].confidence == 0.9


def test_a_speaker_that_is_not_there_is_named() -> None:
    with pytest.raises(BadTranscript, match="说话人 9"):
        read_transcript(FILES["tencent"].encode(), agent_speaker="9")


def test_a_fault_names_its_path() -> None:
    bad = FILES["alibaba"].replace('"BeginTime": 2000', '"BeginTime": 9000')
    with pytest.raises(BadTranscript, match=r"Result.Sentences\[1\].EndTime"):
        read_transcript(bad.encode())


@pytest.mark.parametrize("form", FILES)
def test_the_document_that_is_stored_holds_the_same_call(form: str) -> None:
    call = read_transcript(FILES[form].encode(), file="a.x")
    assert parse_call(as_document(FILES[form].encode(), file="a.x")).transcript == call.transcript


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["results", "items", "Transcript", "Sentences", "Result", "ResultDetail", "segments", "start"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JUNK)
def test_whatever_the_json_holds_the_error_is_a_typed_one(junk: object) -> None:
    with contextlib.suppress(CallQAError):
        read_transcript(json.dumps(junk).encode())
