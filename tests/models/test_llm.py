"""The language model over HTTP: what is sent, what is believed, what happens when it is away."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from models.llm import MAX_ASKED_CHARS, OpenAiQuestioner, Remembered, questioner
from qa_engine.errors import BadSettings
from qa_engine.scoring.questioner import Answer, Line
from tests.chat_server import chat_server
from tests.conftest import make_settings

LINES = (Line(0, "agent", "提前还款要收百分之一的手续费"), Line(1, "customer", "知道了"))
QUESTION = "坐席是否说明了提前还款的费用?"


def test_the_question_and_the_words_are_sent_at_temperature_zero_with_the_key() -> None:
    with chat_server(lambda _body: '{"verdict": "yes", "quote": "手续费"}') as server:
        answer = OpenAiQuestioner(server.url, "tiny", key="s3cret").ask(QUESTION, LINES)
    assert answer == Answer("yes", "手续费")
    (request,) = server.requests
    assert (request["path"], request["model"], request["temperature"]) == ("/v1/chat/completions", "tiny", 0)
    assert QUESTION in request["messages"][-1]["content"]
    assert "坐席:提前还款要收百分之一的手续费\n客户:知道了" in request["messages"][-1]["content"]
    assert server.keys == ["Bearer s3cret"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('{"verdict": "no", "quote": ""}', "no"),
        ('```json\n{"verdict": "YES", "quote": "手续费"}\n```', "yes"),
        ('<think>{"a": 1} 好像有</think> {"verdict": "yes", "quote": "手续费"}', "yes"),
        ('{"verdict": "unknown"}', "unknown"),
        ('{"verdict": "maybe"}', "unknown"),
        ("我觉得说了", "unknown"),
        ("", "unknown"),
    ],
)
def test_only_a_json_answer_counts(said: str, expected: str) -> None:
    with chat_server(lambda _body: said) as server:
        answer = OpenAiQuestioner(server.url, "tiny").ask(QUESTION, LINES)
    assert (answer.verdict, answer.reached) == (expected, True)
    assert answer.verdict != "unknown" or answer.why


@pytest.mark.parametrize("said", [500, 401, 302, b"<html>", b'{"choices": []}', b"[]"])
def test_an_endpoint_that_does_not_answer_is_unknown_with_the_reason(said: int | bytes) -> None:
    with chat_server(lambda _body: said) as server:
        answer = OpenAiQuestioner(server.url, "tiny", key="s3cret").ask(QUESTION, LINES)
    assert (answer.verdict, answer.reached) == ("unknown", False)
    assert answer.why
    assert len(server.requests) == 1  # not followed elsewhere, key and words stay here


def test_nobody_listening_is_waited_for_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused at once
        asked = OpenAiQuestioner(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", "tiny", timeout_s=5)
        first, second = asked.ask(QUESTION, LINES), asked.ask("别的问题?", LINES)
    assert "连不上" in first.why
    assert "刚才没有应答" in second.why
    assert not first.reached
    assert not second.reached


def test_a_call_too_long_for_a_model_is_not_sent() -> None:
    with chat_server(lambda _body: "{}") as server:
        answer = OpenAiQuestioner(server.url, "tiny").ask(
            QUESTION, (Line(0, "agent", "好" * (MAX_ASKED_CHARS + 1)),)
        )
    assert answer.verdict == "unknown"
    assert server.requests == []


def test_a_question_is_asked_once_and_silence_is_asked_again() -> None:
    replies: list[str | int] = [503, '{"verdict": "no"}']
    with chat_server(lambda _body: replies.pop(0)) as server:
        inner = OpenAiQuestioner(server.url, "tiny")
        asked = Remembered(inner)
        assert not asked.ask(QUESTION, LINES).reached
        inner._away_until_s = 0.0
        assert [asked.ask(QUESTION, LINES).verdict for _ in range(3)] == ["no"] * 3
    assert len(server.requests) == 2
    assert [answer.verdict for answer in asked.fresh.values()] == ["no"]


def test_settings_without_an_address_have_no_model(tmp_path: Path, sqlite_url: str) -> None:
    assert questioner(make_settings(tmp_path, sqlite_url)) is None
    with pytest.raises(BadSettings, match="CALLQA_LLM_MODEL"):
        questioner(make_settings(tmp_path, sqlite_url, llm_url="http://127.0.0.1:1/v1"))
    full = make_settings(
        tmp_path, sqlite_url, llm_url="http://127.0.0.1:1/v1", llm_model="tiny", llm_key="k3y"
    )
    made = questioner(full)
    assert made is not None
    assert made.name == "tiny"
    assert "k3y" not in repr(made) + repr(full)


def test_an_address_must_be_of_the_web(tmp_path: Path, sqlite_url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        make_settings(tmp_path, sqlite_url, llm_url="file:///etc/passwd")
