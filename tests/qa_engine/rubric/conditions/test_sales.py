"""objection, stage; and items measured by the share of objections handled."""

from __future__ import annotations

import pytest

from qa_engine.scoring import compile_rubric
from qa_engine.scoring.evaluator import judge_item
from qa_engine.scoring.judged import Judged
from tests.qa_engine.rubric.builders import blurred, item, judge, rubric, said, verdict

HANDLED = "坐席:这款产品每个月五百元 / 客户:太贵了 / 坐席:我理解您的顾虑,其实平均每天只要16元 / 客户:那行吧,可以试试"
IGNORED = "坐席:这款产品每个月五百元 / 客户:太贵了 / 坐席:那您再说吧 / 客户:不要了,再见"


@pytest.mark.parametrize(
    ("condition", "dialogue", "expected"),
    [
        ("{objection: {}}", HANDLED, "pass"),
        ("{objection: {}}", "坐席:您好 / 客户:你好", "fail"),
        ("{objection: {type: price}}", HANDLED, "pass"),
        ("{objection: {type: [privacy, distrust]}}", HANDLED, "fail"),
        ("{objection: {any_of: [price, defer]}}", HANDLED, "pass"),
        ("{objection: {type: price, handled: true}}", HANDLED, "pass"),
        ("{objection: {type: price, handled: true}}", IGNORED, "fail"),
        ("{objection: {type: price, handled: false}}", IGNORED, "pass"),
        ("{objection: {step: [acknowledge, respond]}}", HANDLED, "pass"),
        ("{objection: {step: acknowledge}}", IGNORED, "fail"),
        ("{objection: {outcome: resolved}}", HANDLED, "pass"),
        ("{objection: {outcome: [open, lost]}}", IGNORED, "pass"),
        ("{objection: {within: {turns: 1}}}", HANDLED, "fail"),
        ("{objection: {type: do_not_call}}", "坐席:您好 / 客户:别再给我打电话了", "pass"),
        ("{stage: {any_of: opening}}", "坐席:您好,我是安心保险的小李 / 客户:你好", "pass"),
        ("{stage: {any_of: farewell}}", "坐席:您好 / 客户:你好", "fail"),
        ("{stage: {any_of: objection}}", HANDLED, "pass"),
    ],
)
def test_sales(condition: str, dialogue: str, expected: str) -> None:
    assert verdict(condition, dialogue) == expected


def test_an_objection_can_start_an_order() -> None:
    condition = (
        "{after: {objection: {type: price}}, expect: {says: {by: agent, any_of: [理解]}}, within: {turns: 1}}"
    )
    assert verdict(condition, HANDLED) == "pass"
    assert verdict(condition, IGNORED) == "fail"


def test_an_objection_that_was_badly_recognised_is_unknown() -> None:
    assert verdict("{objection: {type: price}}", blurred(said(HANDLED), 1)) == "unknown"


def test_an_objection_is_evidence_with_its_type() -> None:
    (evidence,) = judge("{objection: {type: price}}", HANDLED).evidence
    assert (evidence.turn, evidence.phrase, evidence.condition) == (1, "price", "objection")
    assert evidence.text in "太贵了"


def test_a_stage_limits_where_to_look() -> None:
    condition = "{says: {by: agent, any_of: [理解], within: {stage: objection}}}"
    assert verdict(condition, HANDLED) == "pass"
    assert verdict(condition.replace("理解", "五百元"), HANDLED) == "fail"


@pytest.mark.parametrize(
    ("dialogue", "expected", "credit"),
    [
        (HANDLED, "pass", 1.0),
        (IGNORED, "fail", 0.0),
        ("坐席:您好 / 客户:你好", "na", None),  # no objection
        (
            "坐席:您好 / 客户:别再给我打电话了 / 坐席:好的",
            "na",
            None,
        ),  # calls for compliance, not for persuasion
    ],
)
def test_the_share_of_objections_acknowledged(dialogue: str, expected: str, credit: float | None) -> None:
    form = rubric(item("measure: {signal: objections_acknowledged_share}"))
    judged = judge_item(said(dialogue), compile_rubric(form, code_version="test"), "a.b")
    assert (judged.verdict.value, judged.credit) == (expected, credit)


def test_guessed_roles_leave_the_share_unknown() -> None:
    form = rubric(item("measure: {signal: objections_resolved_share}"))
    plan = compile_rubric(form, code_version="test")
    judged = judge_item(said(HANDLED, role_confidence=0.5), plan, "a.b")
    assert (judged.verdict.value, judged.may_be_na) == ("unknown", True)


def test_an_objection_that_was_not_handled_as_asked_is_itself_the_evidence() -> None:
    judged = judge("{objection: {type: price, step: respond}}", IGNORED)
    assert judged.verdict.value == "fail"
    assert [evidence.turn for evidence in judged.evidence] == [1]
    assert "客户提出价格异议,但坐席没有回应" in judged.reason


def judge_share(way: str, dialogue: str) -> Judged:
    return judge_item(said(dialogue), compile_rubric(rubric(item(way)), code_version="test"), "a.b")


MAYBE = "坐席:您好 / 客户:我都六十多了,等领的时候人在不在还两说 / 坐席:再见"
SHARE = "measure: {signal: objections_acknowledged_share}"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{objection: {}}", "unknown"),
        ("{objection: {doubt: false}}", "fail"),
        ("{not: {objection: {}}}", "unknown"),
        ("{objection: {type: price}}", "fail"),
        ("{objection: {count: {max: 0}}}", "unknown"),
    ],
)
def test_a_doubtful_objection_is_unknown(condition: str, expected: str) -> None:
    assert verdict(condition, MAYBE) == expected


def test_a_doubtful_objection_leaves_share_and_applicability_open() -> None:
    judged = judge_share(SHARE, MAYBE)
    assert (judged.verdict.value, judged.low, judged.high, judged.may_be_na) == ("unknown", 0, 0, True)
    assert "还两说" in judged.reason
    assert judged.settle
    assert judge_share(SHARE.replace("share}", "share, doubt: false}"), MAYBE).verdict.value == "na"


def test_a_doubtful_objection_beside_a_handled_one_opens_the_credit() -> None:
    judged = judge_share(SHARE, f"{HANDLED} / {MAYBE}")
    assert (judged.verdict.value, judged.low, judged.high, judged.may_be_na) == ("unknown", 0.5, 1, False)


def test_what_is_surely_missed_stays_a_failure() -> None:
    assert judge_share(SHARE, f"{IGNORED} / {MAYBE}").verdict.value == "fail"
