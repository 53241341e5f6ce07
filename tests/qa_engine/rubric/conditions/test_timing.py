"""silence, response_time, overlap, speech_rate, talk_ratio, monologue, turns, duration: from the times of turns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_engine.calls import Call
from tests.qa_engine.rubric.builders import blurred, judge, said, verdict

LONG = "今天给您打电话是想介绍一下我们公司新推出的重大疾病保险产品,保障一百二十种疾病"


@pytest.mark.parametrize(
    ("condition", "dialogue", "expected"),
    [
        ("{silence: {min_s: 6}}", "坐席:您好 / 静音:8 / 客户:喂", "pass"),
        ("{silence: {min_s: 6}}", "坐席:您好 / 静音:5 / 客户:喂", "fail"),
        ("{silence: {min_s: 6, except: [请稍等]}}", "坐席:请稍等我查一下 / 静音:8 / 坐席:好了", "fail"),
        (
            "{silence: {min_s: 6, except: [请稍等]}}",
            "坐席:请稍等 / 静音:8 / 坐席:好了 / 静音:8 / 客户:然后呢",
            "fail",
        ),
        (
            "{silence: {min_s: 6, count: {min: 2}}}",
            "坐席:您好 / 静音:8 / 客户:喂 / 静音:8 / 坐席:您好",
            "pass",
        ),
        ("{silence: {min_s: 6, within: {first_s: 5}}}", "坐席:您好 / 静音:8 / 客户:喂", "pass"),
        ("{silence: {min_s: 6, within: {last_s: 3}}}", "坐席:您好 / 静音:8 / 客户:喂", "fail"),
        ("{response_time: {by: agent, min_s: 3}}", "客户:多少钱 / 静音:4 / 坐席:五百", "pass"),
        ("{response_time: {by: agent, min_s: 3}}", "客户:多少钱 / 坐席:五百", "fail"),
        ("{response_time: {by: agent, min_s: 3}}", "坐席:五百 / 静音:4 / 客户:太贵", "fail"),
        ("{response_time: {by: agent, max_s: 1}}", "客户:多少钱 / 坐席:五百", "pass"),
        ("{overlap: {by: agent}}", "客户:我现在没有时间听你说这些 / 坐席抢话:您听我说完", "pass"),
        ("{overlap: {by: agent}}", "坐席:我现在给您介绍一下我们的产品 / 客户抢话:不用了谢谢", "fail"),
        ("{overlap: {by: agent}}", "客户:我现在没有时间听你说这些 / 坐席抢话:嗯嗯", "fail"),  # a backchannel
        ("{overlap: {by: agent, min_s: 2}}", "客户:我现在没有时间听你说这些 / 坐席抢话:您听我说完", "fail"),
        (
            "{overlap: {by: agent, yielded: true}}",
            "客户:我现在没有时间听你说这些 / 坐席抢话:您听我说完",
            "pass",
        ),
        (
            "{overlap: {by: agent, yielded: false}}",
            "客户:我现在没有时间听你说这些 / 坐席抢话:您听我说完",
            "fail",
        ),
        ("{monologue: {by: agent, min_s: 7}}", f"坐席:{LONG}", "pass"),
        ("{monologue: {by: agent, min_s: 14}}", f"坐席:{LONG} / 客户:嗯 / 坐席:{LONG}", "pass"),
        ("{monologue: {by: agent, min_s: 14}}", f"坐席:{LONG} / 客户:保障什么呢 / 坐席:{LONG}", "fail"),
        ("{speech_rate: {by: agent, max_chars_per_min: 400}}", f"坐席:{LONG}", "pass"),
        ("{speech_rate: {by: agent, max_chars_per_min: 400}}", f"语速:500 / 坐席:{LONG}", "fail"),
        (
            "{speech_rate: {by: agent, min_chars_per_min: 200, except: [说慢点]}}",
            f"客户:请您说慢点 / 语速:120 / 坐席:{LONG}",
            "pass",
        ),
        ("{speech_rate: {by: agent, min_chars_per_min: 200}}", f"客户:你好 / 语速:120 / 坐席:{LONG}", "fail"),
        ("{talk_ratio: {by: agent, max: 0.7}}", f"坐席:{LONG} / 客户:{LONG}", "pass"),
        ("{talk_ratio: {by: agent, max: 0.7}}", f"坐席:{LONG} / 客户:好的 / 坐席:{LONG}", "fail"),
        ("{talk_ratio: {by: customer, min: 0.4}}", f"坐席:{LONG} / 客户:{LONG}", "pass"),
        ("{turns: {by: customer, min: 2}}", "客户:喂 / 坐席:您好 / 客户:你好", "pass"),
        ("{turns: {by: agent, min: 2}}", "客户:喂 / 坐席:您好 / 客户:你好", "fail"),
        ("{turns: {max: 3}}", "客户:喂 / 坐席:您好 / 客户:你好", "pass"),
        ("{turns: {by: agent, max: 0, within: {turns: 1}}}", "客户:喂 / 坐席:您好 / 客户:你好", "pass"),
        ("{duration: {max_s: 10}}", "客户:喂", "pass"),
        ("{duration: {min_s: 10}}", "客户:喂", "fail"),
    ],
)
def test_timing(condition: str, dialogue: str, expected: str) -> None:
    assert verdict(condition, dialogue) == expected


def test_an_excuse_reaches_back_two_turns_and_no_further() -> None:
    condition = "{silence: {min_s: 6, except: [请稍等]}}"
    dialogue = "坐席:请稍等 / 客户:好的 / 坐席:还在查 / 静音:8 / 客户:喂"
    assert verdict(condition, dialogue) == "pass"


def test_the_pace_of_a_part_of_the_call() -> None:
    condition = "{speech_rate: {by: agent, max_chars_per_min: 400, within: {percent: [0, 50]}}}"
    fast_later = f"坐席:{LONG} / 语速:600 / 坐席:{LONG}"
    assert verdict(condition, fast_later) == "pass"


def _untimed(call: Call) -> Call:
    turns = tuple(replace(turn, start_s=0.0, end_s=0.0) for turn in call.transcript.turns)
    return replace(call, transcript=replace(call.transcript, turns=turns, duration_s=0.0))


@pytest.mark.parametrize(
    "condition",
    [
        "{silence: {min_s: 6}}",
        "{response_time: {by: agent, min_s: 1}}",
        "{overlap: {by: agent}}",
        "{monologue: {by: agent, min_s: 5}}",
        "{speech_rate: {by: agent, max_chars_per_min: 400}}",
        "{talk_ratio: {by: agent, max: 0.7}}",
        "{duration: {min_s: 1}}",
    ],
)
def test_a_transcript_without_times_leaves_timing_unknown(condition: str) -> None:
    assert verdict(condition, _untimed(said(f"坐席:{LONG} / 客户:好的"))) == "unknown"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{overlap: {by: agent}}", "unknown"),
        ("{response_time: {by: agent, min_s: 1}}", "unknown"),
        ("{talk_ratio: {by: agent, max: 0.7}}", "unknown"),
        ("{silence: {min_s: 6}}", "fail"),  # silence belongs to nobody
        ("{turns: {max: 3}}", "pass"),
    ],
)
def test_guessed_roles_leave_what_depends_on_them_unknown(condition: str, expected: str) -> None:
    assert verdict(condition, said(f"坐席:{LONG} / 客户:{LONG}", role_confidence=0.5)) == expected


def test_too_little_speech_has_no_talk_ratio() -> None:
    judged = judge("{talk_ratio: {by: agent, max: 0.7}}", "坐席:您好 / 客户:喂")
    assert judged.verdict == "unknown"


def test_silence_is_evidence_with_its_seconds() -> None:
    judged = judge("{silence: {min_s: 6}}", "坐席:您好 / 静音:8 / 客户:喂")
    (evidence,) = judged.evidence
    turns = said("坐席:您好 / 静音:8 / 客户:喂").transcript.turns
    assert (evidence.start_s, evidence.end_s) == (turns[0].end_s, turns[1].start_s)


def test_silence_can_start_an_order() -> None:
    condition = (
        "{after: {silence: {min_s: 6}}, expect: {says: {by: agent, any_of: [久等]}}, within: {turns: 1}}"
    )
    assert verdict(condition, "坐席:我查一下 / 静音:8 / 坐席:让您久等了") == "pass"
    assert verdict(condition, "坐席:让您久等了 / 静音:8 / 坐席:查好了") == "fail"


WAIT = "客户:多少钱 / 静音:4 / 坐席:五百 / 静音:3 / 坐席:元 / 静音:5 / 客户:好"


@pytest.mark.parametrize(
    ("condition", "dialogue", "expected"),
    [
        ("{silence: {min_s: 3.5, next_by: agent}}", WAIT, "pass"),
        ("{silence: {min_s: 4.5, next_by: agent}}", WAIT, "fail"),
        ("{silence: {min_s: 4.5, last_by: agent}}", WAIT, "pass"),
        ("{silence: {min_s: 2, switch: false, count: {min: 2}}}", WAIT, "fail"),
        ("{silence: {min_s: 2, switch: true, count: {min: 2}}}", WAIT, "pass"),
        ("{silence: {min_s: 2, max_s: 3.5}}", WAIT, "pass"),
        ("{silence: {min_s: 4.2, max_s: 4.8}}", WAIT, "fail"),
        ("{silence: {min_s: 2, total: {min: 12}}}", WAIT, "pass"),
        ("{silence: {min_s: 2, total: {min: 12.5}}}", WAIT, "fail"),
        ("{silence: {min_s: 9, total: {max: 0}}}", WAIT, "pass"),
        ("{silence: {min_s: 2, total: {min: 5}, except: [五百]}}", WAIT, "fail"),
        (
            "{overlap: {by: agent, total: {min: 0.5}}}",
            "客户:我现在真的不方便说话 / 坐席抢话:我就说两句",
            "pass",
        ),
        ("{overlap: {by: agent, after_s: 1}}", "客户:我现在真的不方便说话 / 坐席抢话:我就说两句", "pass"),
        ("{overlap: {by: agent, after_s: 9}}", "客户:我现在真的不方便说话 / 坐席抢话:我就说两句", "fail"),
        (
            "{speech_rate: {by: agent, per: turn, min_chars_per_min: 400}}",
            "语速:450 / 坐席:这款产品非常非常适合您",
            "pass",
        ),
        (
            "{speech_rate: {by: agent, per: turn, min_chars_per_min: 400}}",
            "坐席:这款产品非常非常适合您",
            "fail",
        ),
        (
            "{speech_rate: {by: agent, per: turn, min_chars_per_min: 400}}",
            "语速:450 / 坐席:好的",
            "fail",
        ),  # too short
        (
            "{speech_rate: {by: agent, per: turn, min_chars_per_min: 400, count: {min: 2}}}",
            "语速:450 / 坐席:这款产品非常非常适合您 / 坐席:这款产品非常非常适合您",
            "pass",
        ),
        (
            "{speech_rate: {by: agent, per: turn, max_chars_per_min: 150, except: [请说慢点]}}",
            "客户:请说慢点 / 语速:120 / 坐席:这款产品非常非常适合您",
            "fail",
        ),
        ("{signal: {name: turns, min: 2}}", "坐席:您好 / 客户:你好", "pass"),
        ("{signal: {name: turns, max: 1}}", "坐席:您好 / 客户:你好", "fail"),
        ("{signal: {name: longest_silence_s, min: 4}}", WAIT, "pass"),
        ("{signal: {name: agent_talk_s, max: 0.1}}", WAIT, "fail"),
        ("{signal: {name: talk_ratio, max: 0.5}}", "坐席:您好", "unknown"),  # too little speech
        ("{signal: {name: longest_silence_s, max: 3, within: {turns: [2, 3]}}}", WAIT, "pass"),
    ],
)
def test_finer_timing(condition: str, dialogue: str, expected: str) -> None:
    assert verdict(condition, dialogue) == expected


@pytest.mark.parametrize(
    "condition",
    [
        "{silence: {min_s: 2, next_by: agent}}",
        "{speech_rate: {by: agent, per: turn, min_chars_per_min: 4}}",
        "{signal: {name: agent_talk_s, min: 0.1}}",
    ],
)
def test_who_waited_or_spoke_is_unknown_where_roles_are_guessed(condition: str) -> None:
    assert verdict(condition, said(WAIT, role_confidence=0.5)) == "unknown"


def test_a_silence_of_anyone_does_not_depend_on_roles() -> None:
    assert verdict("{silence: {min_s: 2}}", said(WAIT, role_confidence=0.5)) == "pass"


def test_a_total_that_rests_on_a_doubtful_excuse_is_unknown() -> None:
    call = blurred(said("坐席:请稍等 / 静音:8 / 坐席:查到了"), 0)
    assert verdict("{silence: {min_s: 5, total: {max: 5}, except: [请稍等]}}", call) == "unknown"
