"""Kleene's tables, through conditions that are true, false and unknown."""

from __future__ import annotations

import pytest

from tests.qa_engine.rubric.builders import blurred, judge, said, verdict

T, F, U = "{says: {any_of: [你好]}}", "{says: {any_of: [再见]}}", "{says: {any_of: [保险]}}"
CALL = blurred(said("坐席:你好,很高兴为您服务,请问您现在方便吗 / 客户:保险"), 1)
WORDS = {"pass": T, "fail": F, "unknown": U}


@pytest.mark.parametrize(("expected", "condition"), WORDS.items())
def test_the_three_conditions_are_what_they_stand_for(expected: str, condition: str) -> None:
    assert verdict(condition, CALL) == expected


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (T, T, "pass", "pass"),
        (T, F, "fail", "pass"),
        (T, U, "unknown", "pass"),
        (F, F, "fail", "fail"),
        (F, U, "fail", "unknown"),
        (U, U, "unknown", "unknown"),
    ],
)
def test_all_any_none(first: str, second: str, both: str, either: str) -> None:
    opposite = {"pass": "fail", "fail": "pass", "unknown": "unknown"}
    for parts in (f"[{first}, {second}]", f"[{second}, {first}]"):
        assert verdict(f"{{all: {parts}}}", CALL) == both
        assert verdict(f"{{any: {parts}}}", CALL) == either
        assert verdict(f"{{none: {parts}}}", CALL) == opposite[either]


@pytest.mark.parametrize(("part", "expected"), [(T, "fail"), (F, "pass"), (U, "unknown")])
def test_not(part: str, expected: str) -> None:
    assert verdict(f"{{not: {part}}}", CALL) == expected


@pytest.mark.parametrize(
    ("n", "parts", "expected"),
    [
        (2, (T, T, F), "pass"),
        (2, (T, U, F), "unknown"),
        (2, (T, F, F), "fail"),
        (2, (U, U, F), "unknown"),
        (1, (T, U, U), "pass"),
        (3, (T, T, U), "unknown"),
        (3, (T, F, U), "fail"),
    ],
)
def test_at_least(n: int, parts: tuple[str, ...], expected: str) -> None:
    assert verdict(f"{{at_least: {{n: {n}, of: [{', '.join(parts)}]}}}}", CALL) == expected


def test_what_fails_a_conjunction_is_its_reason() -> None:
    assert judge(f"{{all: [{T}, {F}]}}", CALL).reason == "未说“再见”"


def test_an_unknown_names_the_seconds_that_would_settle_it() -> None:
    judged = judge(f"{{all: [{T}, {U}]}}", CALL)
    assert judged.settle == ((CALL.transcript.turns[1].start_s, CALL.transcript.turns[1].end_s),)


@pytest.mark.parametrize(("part", "expected"), [(T, "unknown"), (F, "fail"), (U, "unknown")])
def test_maybe(part: str, expected: str) -> None:
    assert verdict(f"{{maybe: {part}}}", CALL) == expected
    assert verdict(f"{{any: [{T}, {{maybe: {part}}}]}}", CALL) == "pass"


def test_what_is_maybe_said_names_the_seconds_that_settle_it() -> None:
    judged = judge("{maybe: {says: {by: agent, any_of: [很高兴]}}}", CALL)
    ((start_s, end_s),) = judged.settle
    assert start_s < end_s
    assert "存疑" in judged.reason
    assert [found.text for found in judged.evidence] == ["很高兴"]
