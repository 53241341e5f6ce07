"""fact: what dialer and CRM know."""

from __future__ import annotations

import pytest

from tests.qa_engine.rubric.builders import judge, verdict


def with_fact(fact: str) -> str:
    return f"事实:{fact} / 坐席:您好"


@pytest.mark.parametrize(
    ("condition", "fact", "expected"),
    [
        ("{field: direction, is: outbound}", "direction=outbound", "pass"),
        ("{field: direction, is: outbound}", "direction=inbound", "fail"),
        ("{field: campaign, is: 'ins-*'}", "campaign=ins-2026", "pass"),
        ("{field: campaign, in: ['ins-*', loan]}", "campaign=edu", "fail"),
        ("{field: disposition, contains: 成交}", "disposition=已成交", "pass"),
        ("{field: disposition, contains: [成交]}", "disposition=拒绝", "fail"),
        ("{field: attempts, between: [1, 3]}", "attempts=3", "pass"),
        ("{field: attempts, between: [1, 3]}", "attempts=4", "fail"),
        ("{field: attempts, between: [1, 3]}", "attempts=many", "unknown"),
        ("{field: attempts, is: 3}", "attempts=3", "pass"),
        ("{field: vip, is: true}", "vip=true", "pass"),
        ("{field: vip, missing: true}", "level=1", "pass"),
        ("{field: vip, missing: true}", "vip=1", "fail"),
        ("{field: vip, missing: false}", "vip=1", "pass"),
        ("{field: vip, is: 1}", "level=1", "unknown"),  # absent
        (
            '{field: started_at, between: ["2026-01-01", "2026-12-31"]}',
            "started_at=2026-12-31T23:30:00+08:00",
            "pass",
        ),
        (
            '{field: started_at, between: ["2026-01-01", "2026-12-31"]}',
            "started_at=2027-01-01T00:30:00+08:00",
            "fail",
        ),
        ('{field: callback_at, between: ["22:00", "06:00"]}', "callback_at=23:15", "pass"),  # over midnight
        ('{field: callback_at, between: ["22:00", "06:00"]}', "callback_at=12:00", "fail"),
    ],
)
def test_fact(condition: str, fact: str, expected: str) -> None:
    assert verdict(f"{{fact: {condition}}}", with_fact(fact)) == expected


@pytest.mark.parametrize(
    ("started_at", "expected"),
    [
        ("2026-11-02T09:00:00+08:00", "pass"),  # both ends are inside
        ("2026-11-02T21:00:00+08:00", "pass"),
        ("2026-11-02T21:00:01+08:00", "fail"),
        ("2026-11-02T08:59:59+08:00", "fail"),
        ("2026-11-02T01:30:00+00:00", "pass"),  # 09:30 in Shanghai
        ("2026-11-02T13:30:00+00:00", "fail"),  # 21:30 in Shanghai
    ],
)
def test_calling_hours_are_counted_in_the_centres_zone(started_at: str, expected: str) -> None:
    condition = '{fact: {field: started_at, between: ["09:00", "21:00"]}}'
    assert verdict(condition, with_fact(f"started_at={started_at}")) == expected


def test_an_unquoted_time_of_day_is_text_too() -> None:
    condition = "{fact: {field: started_at, between: [9:00, 21:00]}}"
    assert verdict(condition, with_fact("started_at=2026-11-02T10:00:00+08:00")) == "pass"


def test_an_absent_fact_is_named() -> None:
    judged = judge('{fact: {field: started_at, between: ["09:00", "21:00"]}}', "坐席:您好")
    assert (judged.verdict, judged.reason) == ("unknown", "缺少通话信息 started_at")


@pytest.mark.parametrize(
    ("spec", "facts", "expected"),
    [
        ("field: amount, min: 5", "事实:amount=5", "pass"),
        ("field: amount, min: 5", "事实:amount=4.9", "fail"),
        ("field: amount, max: 5", "事实:amount=5.1", "fail"),
        ("field: amount, min: 5", "事实:amount=many", "unknown"),
        ("field: amount, min: 5", "事实:other=5", "unknown"),
        ("field: started_at, min: '21:00'", "事实:started_at=2026-11-02T21:30:00+08:00", "pass"),
        ("field: started_at, max: '09:00'", "事实:started_at=2026-11-02T21:30:00+08:00", "fail"),
        ("field: started_at, min: '2026-11-01'", "事实:started_at=2026-11-02T21:30:00+08:00", "pass"),
        ("field: started_at, max: '2026-11-01'", "事实:started_at=2026-11-02T21:30:00+08:00", "fail"),
        ("field: line, regex: '^400'", "事实:line=4008001234", "pass"),
        ("field: line, regex: '^400$'", "事实:line=4008001234", "fail"),
        ("field: line, regex: '^400'", "事实:other=1", "unknown"),
    ],
)
def test_a_fact_at_least_at_most_or_like_a_pattern(spec: str, facts: str, expected: str) -> None:
    assert verdict(f"{{fact: {{{spec}}}}}", f"坐席:您好 / {facts}") == expected


def test_more_than_and_unlike_are_denials_that_stay_unknown_without_the_fact() -> None:
    assert verdict("{not: {fact: {field: amount, max: 5}}}", "坐席:您好 / 事实:amount=6") == "pass"
    assert verdict("{not: {fact: {field: amount, is: 5}}}", "坐席:您好 / 事实:amount=6") == "pass"
    assert verdict("{not: {fact: {field: amount, is: 5}}}", "坐席:您好") == "unknown"
