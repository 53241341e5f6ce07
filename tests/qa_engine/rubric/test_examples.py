"""Example lines as calls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qa_engine.calls import EarlierCall, Role
from qa_engine.rubric.examples import BadExample, example_call


def test_turns_with_made_up_times() -> None:
    call = example_call("坐席:您好,我是小李 / 客户:你好")
    first, second = call.transcript.turns
    assert (first.role, first.text, first.start_s) == (Role.AGENT, "您好,我是小李", 0.4)
    assert first.end_s - first.start_s == pytest.approx(6 / 4.5, abs=0.001)
    assert second.start_s - first.end_s == pytest.approx(0.4)
    assert (second.role, second.confidence) == (Role.CUSTOMER, 1.0)


def test_silence_pace_overlap_and_facts() -> None:
    call = example_call(
        "事实:direction=outbound / 事实:attempts=3 / "
        "坐席:您好,这里是安心保险 / 静音:8 / 语速:600 / 坐席:一二三四五六七八九十 / 客户抢话:停"
    )
    first, second, third = call.transcript.turns
    assert second.start_s - first.end_s == pytest.approx(8)
    assert second.end_s - second.start_s == pytest.approx(1)
    assert third.start_s == pytest.approx(second.start_s)
    assert (call.facts.direction, call.facts.extra["attempts"]) == ("outbound", "3")


def test_earlier_calls() -> None:
    call = example_call("历史:40天前 NO ANSWER / 历史:3天前 do_not_call price / 坐席:您好")
    began = call.facts.started_at
    assert began is not None
    assert call.history == (
        EarlierCall(began - timedelta(days=40), "NO ANSWER", None, ()),
        EarlierCall(began - timedelta(days=3), None, None, ("do_not_call", "price")),
    )
    assert example_call("坐席:您好 / 历史:无").history == ()
    assert example_call("坐席:您好").history is None


def test_the_time_of_the_call_may_be_said() -> None:
    call = example_call("历史:1天前 / 坐席:您好 / 事实:started_at=2026-11-02T10:15:00+08:00")
    assert call.history is not None
    assert str(call.history[0].started_at) == "2026-11-01 10:15:00+08:00"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("您好", "读不懂"),
        ("顾客:您好", "读不懂"),
        ("坐席:您好 / ", "读不懂"),
        ("静音:8", "没有一句话"),
        ("坐席:您好 / 静音:很久", "数字"),
        ("坐席:您好 / 静音抢话:3", "抢话"),
        ("事实:direction / 坐席:您好", "名称=值"),
        ("历史:上周 / 坐席:您好", "3天前"),
        ("事实:started_at=昨天 / 坐席:您好", "不是时间"),
        ("事实:started_at=2026-01-01T10:00:00 / 坐席:您好", "没有时区"),
    ],
)
def test_what_is_no_dialogue(line: str, word: str) -> None:
    with pytest.raises(BadExample, match=word):
        example_call(line)
