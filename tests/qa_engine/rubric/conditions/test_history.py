"""history: earlier calls to the same customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from qa_engine.calls import Call, EarlierCall
from tests.qa_engine.rubric.builders import judge, said, verdict

NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
REFUSED = EarlierCall(
    NOW - timedelta(days=3), "REFUSED", "A001", ("no_need", "do_not_call"), {"std": "fail"}, {"a.x": "pass"}
)
OLD = EarlierCall(NOW - timedelta(days=40), "NO ANSWER", "A002", (), {"std": "pass"}, {"a.x": "fail"})
VAGUE = EarlierCall()


def call(
    *history: EarlierCall, known: bool = True, agent: str | None = "A001", now: datetime | None = NOW
) -> Call:
    made = said("坐席:您好")
    facts = replace(made.facts, started_at=now, agent_id=agent)
    return replace(made, facts=facts, history=history if known else None)


@pytest.mark.parametrize(
    ("spec", "history", "expected"),
    [
        ("", (REFUSED,), "pass"),
        ("", (), "fail"),
        ("objection: do_not_call", (REFUSED, OLD), "pass"),
        ("objection: price", (REFUSED, OLD), "fail"),
        ("objection: [price, no_need], within_days: 7", (REFUSED,), "pass"),
        ("within_days: 2", (REFUSED,), "fail"),
        ("disposition: 'REF*'", (REFUSED,), "pass"),
        ("disposition: [SALE]", (REFUSED,), "fail"),
        ("result: fail", (REFUSED,), "pass"),
        ("result: auto_fail", (REFUSED,), "fail"),
        ("item: {id: a.x, verdict: fail}", (OLD,), "pass"),
        ("item: {id: a.x, verdict: fail}", (REFUSED,), "fail"),
        ("agent: same", (REFUSED,), "pass"),
        ("agent: other", (REFUSED,), "fail"),
        ("count: {min: 2}", (REFUSED, OLD), "pass"),
        ("count: {min: 3}", (REFUSED, OLD), "fail"),
        ("count: {max: 1}", (REFUSED, OLD), "fail"),
        ("objection: do_not_call, disposition: SALE", (REFUSED,), "fail"),  # one call must fit all keys
        ("objection: do_not_call", (VAGUE,), "unknown"),
        ("objection: do_not_call", (VAGUE, REFUSED), "pass"),
        ("within_days: 9", (VAGUE,), "unknown"),
        ("result: fail", (VAGUE,), "unknown"),
        ("item: {id: b.y, verdict: fail}", (REFUSED,), "unknown"),  # that item was not judged then
        ("within_days: 2, objection: do_not_call", (replace(VAGUE, started_at=OLD.started_at),), "fail"),
    ],
)
def test_history(spec: str, history: tuple[EarlierCall, ...], expected: str) -> None:
    assert verdict(f"{{history: {{{spec}}}}}", call(*history)) == expected


def test_where_nobody_looked_nothing_is_known() -> None:
    assert verdict("{history: {objection: do_not_call}}", call(known=False)) == "unknown"


def test_without_the_time_of_this_call_nothing_is_near_or_far() -> None:
    assert verdict("{history: {within_days: 9}}", call(REFUSED, now=None)) == "unknown"
    assert verdict("{history: {agent: same}}", call(REFUSED, agent=None)) == "unknown"


def test_the_earlier_call_is_the_evidence_in_local_time() -> None:
    (evidence,) = judge("{history: {objection: do_not_call}}", call(OLD, REFUSED)).evidence
    assert evidence.text == "2026-11-17 10:00 REFUSED 没有需要异议、拒绝来电异议"


def test_refused_in_one_call_and_called_again_in_the_next() -> None:
    rule = (
        "{all: [{history: {objection: do_not_call, within_days: 30}}, {says: {by: agent, any_of: [您好]}}]}"
    )
    assert verdict(rule, call(REFUSED), way="fail_when") == "fail"
    assert verdict(rule, call(OLD), way="fail_when") == "pass"
