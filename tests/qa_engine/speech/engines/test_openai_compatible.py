"""A model behind an endpoint: the same call as with the model at hand, and every fault under its own name."""

from __future__ import annotations

import logging
import socket
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from qa_engine.calls import Role, Span, Transcript
from qa_engine.errors import BadSettings
from qa_engine.speech.audio import SAMPLE_RATE_HZ
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.openai_compatible import (
    PAUSES_S,
    Endpoint,
    EndpointAway,
    EndpointBusy,
    EndpointMalformed,
    EndpointRefused,
    EndpointRejected,
    OpenAiCompatible,
)
from qa_engine.speech.engines.prompt import PROMPT_ZH
from qa_engine.speech.engines.replies import Malformed, read_reply
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import transcribe
from tests.transcription_server import Reply, Request, behind, transcription_server

CALL = Path(__file__).parents[4] / "fixtures/calls/ins-006/audio.opus"
KEY = "sk-not-to-be-seen"
TONE = (0.3 * np.sin(2 * np.pi * 300 * np.arange(4 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)).astype(np.float32)
SPANS = (Span(0.5, 3.5),)


def engine(url: str, pauses: list[float] | None = None, **options: float) -> OpenAiCompatible:
    waited = pauses if pauses is not None else []
    return OpenAiCompatible(Endpoint(url, KEY, **options), "demo", pause=waited.append)


def said(transcript: Transcript) -> str:
    return "".join(t.text for role in Role for t in transcript.turns if t.role is role)


@pytest.fixture(scope="module")
def at_hand() -> Transcript:
    return transcribe(
        decode(CALL), load_recognizer("demo", threads=1), call_id="c", agent_channel=0
    ).transcript


@pytest.mark.parametrize(
    ("forms", "words", "refused"),
    [
        (("verbose_json", "json"), True, 0),
        (("verbose_json", "json"), False, 1),
        (("json",), False, 2),
    ],
    ids=["words", "segments", "text"],
)
def test_a_call_through_an_endpoint(
    at_hand: Transcript, forms: tuple[str, ...], words: bool, refused: int
) -> None:
    """Windows are cut elsewhere than with the model at hand, so a few characters differ; roles and order do not."""
    with transcription_server(behind(load_recognizer("demo", threads=1), forms=forms, words=words)) as server:
        heard = transcribe(decode(CALL), engine(server.url), call_id="c", agent_channel=0).transcript
    assert Levenshtein.distance(said(heard), said(at_hand)) <= 0.2 * len(said(at_hand))
    assert {turn.channel: turn.role for turn in heard.turns} == {0: Role.AGENT, 1: Role.CUSTOMER}
    for turn in heard.turns:
        assert all(turn.start_s <= w.start_s <= w.end_s <= turn.end_s for w in turn.words)
        assert all(later.start_s >= one.start_s for one, later in pairwise(turn.words))
    assert (heard.engine.name, heard.engine.model) == ("openai-compatible", "demo")
    assert heard.engine.version == server.url.removeprefix("http://")
    rejected = [
        r
        for r in server.requests
        if r.form not in forms or ("timestamp_granularities[]" in r.fields and not words)
    ]
    assert len(rejected) <= 4 * refused, "a form that is not taken is not asked for again and again"
    if words:
        assert "，" in said(heard), "words without marks got those of the text"


def test_what_is_sent(at_hand: Transcript) -> None:
    def script(_request: Request) -> Reply:
        return 200, {"text": "您好。"}

    with transcription_server(script) as server:
        made = engine(f"{server.url}/")
        found = made.recognize(TONE, SPANS, language="zh", prompt=made.prompt_with(["安心保险"]))
    (request,) = server.requests
    assert request.path == "/v1/audio/transcriptions"
    assert request.key == f"Bearer {KEY}"
    assert request.rate_hz == SAMPLE_RATE_HZ
    assert len(request.sound) == 3 * SAMPLE_RATE_HZ, "the voiced window alone"
    assert request.fields["model"] == ["demo"]
    assert request.fields["language"] == ["zh"]
    assert request.fields["prompt"] == [f"安心保险。{PROMPT_ZH}"]
    assert request.fields["timestamp_granularities[]"] == ["word", "segment"]
    assert [(w.text, w.confidence) for segment in found for w in segment.words] == [
        ("您", None),
        ("好。", None),
    ]
    assert all(0.5 <= w.start_s <= w.end_s <= 3.5 for segment in found for w in segment.words)
    assert at_hand.engine.name == "faster-whisper"


@pytest.mark.parametrize(
    ("reply", "error", "tries"),
    [
        ((401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}), EndpointRefused, 1),
        ((403, b""), EndpointRefused, 1),
        ((404, b"no such model"), EndpointRejected, 1),
        ((301, b""), EndpointRejected, 1),
        ((400, b""), EndpointRejected, 3),  # three forms
        ((429, b""), EndpointBusy, 4),
        ((500, b"<html>"), EndpointAway, 4),
        ((503, b""), EndpointAway, 4),
        ((200, b"<html>welcome</html>"), EndpointMalformed, 1),
        ((200, b"[1, 2]"), EndpointMalformed, 1),
        ((200, {"words": []}), EndpointMalformed, 1),
        ((200, {"text": "好", "words": [{"word": "好", "start": "soon", "end": 1}]}), EndpointMalformed, 1),
        ((200, b'{"text": "a", "words": [{"word": "a", "start": NaN, "end": 1}]}'), EndpointMalformed, 1),
    ],
)
def test_every_fault_has_its_name_and_none_tells_the_key(
    reply: Reply, error: type[EndpointAway], tries: int, caplog: pytest.LogCaptureFixture
) -> None:
    waited: list[float] = []
    with caplog.at_level(logging.DEBUG), transcription_server(lambda _request: reply) as server:
        server.headers["Location"] = f"{server.url}/elsewhere" if reply[0] == 301 else ""
        with pytest.raises(EndpointAway) as caught:
            engine(server.url, waited).recognize(TONE, SPANS, language="zh")
    assert type(caught.value) is error
    assert not caught.value.permanent, "the job is tried again, no call is lost"
    assert len(server.requests) == tries
    assert waited == (list(PAUSES_S) if tries == 4 else [])
    assert caught.value.hint
    assert (
        KEY
        not in f"{caught.value}{caught.value!r}{caught.value.__cause__}{caplog.text}{Endpoint('http://h', KEY)!r}"
    )


def test_it_waits_as_long_as_it_is_asked_to_within_reason() -> None:
    waited: list[float] = []
    replies: list[Reply] = [(429, b""), (503, b""), (200, {"text": "好"})]
    with transcription_server(lambda _request: replies.pop(0)) as server:
        server.headers["Retry-After"] = "7"
        assert engine(server.url, waited).recognize(TONE, SPANS, language="zh")
        assert waited == [7.0, 7.0]
        server.headers["Retry-After"] = "9999"
        replies += [(429, b""), (200, {"text": "好"})]
        assert engine(server.url, waited).recognize(TONE, SPANS, language="zh")
    assert waited[-1] == 30.0


def test_nobody_there_and_nobody_answering() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(EndpointAway, match="没有应答"):
            engine(f"http://127.0.0.1:{port}/v1").recognize(TONE, SPANS, language="zh")
        free.listen()  # takes the connection and says nothing
        waited: list[float] = []
        with pytest.raises(EndpointAway, match="没有应答"):
            engine(f"http://127.0.0.1:{port}/v1", waited, timeout_s=0.05).recognize(
                TONE, SPANS, language="zh"
            )
        assert waited == list(PAUSES_S)


def test_windows_stay_in_order_whichever_is_done_first() -> None:
    spans = tuple(Span(30.0 * n, 30.0 * n + 20.0) for n in range(6))
    sound = np.concatenate([np.full(30 * SAMPLE_RATE_HZ, (n + 1) / 10, np.float32) for n in range(6)])

    def script(request: Request) -> Reply:
        return 200, {"text": str(round(10 * float(request.sound.mean())))}

    with transcription_server(script) as server:
        found = engine(server.url).recognize(sound, spans, language="zh")
    assert [segment.text for segment in found] == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize("url", ["ftp://host/v1", "host:8000", "file:///etc/passwd", "http://"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(BadSettings, match="CALLQA_ASR_URL"):
        OpenAiCompatible(Endpoint(url), "m")


def test_the_setting_names_model_and_endpoint() -> None:
    made = load_recognizer("openai:large-v3", endpoint=Endpoint("http://user:secret@host:1/v1/", "k"))
    assert (made.info.model, made.info.version) == ("large-v3", "host:1/v1")
    for model, endpoint in (("openai:large-v3", None), ("openai:", Endpoint("http://h/v1"))):
        with pytest.raises(BadSettings, match="转写接口"):
            load_recognizer(model, endpoint=endpoint)


def test_replies_in_every_form() -> None:
    spoken = {
        "text": "您好，VIP 客户。",
        "words": [
            {"word": w, "start": s, "end": s + 0.2} for w, s in (("您好", 0.1), ("VIP", 0.5), ("客户", 9.9))
        ],
        "segments": [{"start": 0, "end": 10, "text": "您好，VIP 客户。", "avg_logprob": -0.5}],
    }
    found = read_reply(spoken, 10.0)
    assert [word.text for word in found] == ["您好，", "VIP", "客户。"]
    assert found[2].end_s == 10.0, "times stay inside of what was sent"
    assert {word.confidence for word in found} == {0.607}
    piece = {"start": 0, "end": 1, "text": "好"}
    nested = {
        "text": "好",
        "segments": [piece | {"words": [{"word": "好", "start": 0, "end": 1, "probability": 0.4}]}],
    }
    assert [(w.text, w.confidence) for w in read_reply(nested, 2.0)] == [("好", 0.4)]
    silent = {"text": "好", "segments": [piece | {"avg_logprob": -1.5, "no_speech_prob": 0.9}]}
    assert read_reply(silent, 2.0) == ()
    assert [(w.text, w.start_s, w.end_s) for w in read_reply({"text": "好的。OK"}, 3.0)] == [
        ("好", 0.0, 1.0),
        ("的。", 1.0, 2.0),
        ("OK", 2.0, 3.0),
    ]
    assert read_reply({"text": " "}, 3.0) == ()
    with pytest.raises(Malformed, match="text"):
        read_reply({}, 1.0)
