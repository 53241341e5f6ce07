"""The ways in which an item is decided."""

from __future__ import annotations

import pytest

from qa_engine.scoring import compile_rubric, evaluate
from qa_engine.scoring.evaluator import judge_item
from qa_engine.scoring.judged import Judged
from tests.qa_engine.rubric.builders import blurred, item, rubric, said


def judged(body: str, dialogue: object, weight: int = 100) -> Judged:
    items = [item(body, weight=weight)]
    if not weight:
        items.append(item("manual: true", name="rest.of_it"))
    plan = compile_rubric(rubric(*items), code_version="test")
    return judge_item(said(dialogue) if isinstance(dialogue, str) else dialogue, plan, "a.b")  # type: ignore[arg-type]


def outcome(body: str, dialogue: object) -> tuple[str, float | None]:
    answer = judged(body, dialogue)
    return answer.verdict.value, answer.credit


BANNED = "fail_when: {says: {by: agent, any_of: [保本]}}"


@pytest.mark.parametrize(
    ("dialogue", "expected"), [("坐席:这款保本", ("fail", 0.0)), ("坐席:这款不保本", ("pass", 1.0))]
)
def test_fail_when(dialogue: str, expected: tuple[str, float]) -> None:
    assert outcome(BANNED, dialogue) == expected


def test_fail_when_is_unknown_where_the_call_was_badly_recognised() -> None:
    assert judged(BANNED, blurred(said("坐席:我们这款产品真的非常不错"), 0)).verdict == "unknown"


GRADED = """
graded:
  - {when: {says: {any_of: [您好, 你好], min_hits: 2}}, credit: 1}
  - {when: {says: {any_of: [您好, 你好]}}, credit: 0.6}
  - {otherwise: 0.1}
"""


@pytest.mark.parametrize(
    ("dialogue", "expected"),
    [("坐席:您好,您好", ("pass", 1.0)), ("坐席:您好", ("pass", 0.6)), ("坐席:喂", ("fail", 0.1))],
)
def test_graded(dialogue: str, expected: tuple[str, float]) -> None:
    assert outcome(GRADED, dialogue) == expected


def test_graded_without_otherwise_gives_nothing() -> None:
    assert outcome("graded: [{when: {says: {any_of: [您好]}}, credit: 1}]", "坐席:喂") == ("fail", 0.0)
    assert outcome("graded: [{when: {says: {any_of: [您好]}}, credit: 1}]\notherwise: 0.2", "坐席:喂") == (
        "fail",
        0.2,
    )


def test_from_which_grade_on_it_is_passed_is_a_setting() -> None:
    assert outcome(GRADED + "pass_from: 0.7", "坐席:您好") == ("fail", 0.6)


def test_an_unknown_grade_lies_between_what_it_could_be() -> None:
    answer = judged(GRADED, blurred(said("坐席:您好 / 客户:你好"), 1))
    assert (answer.verdict.value, answer.low, answer.high) == ("unknown", 0.6, 1.0)


@pytest.mark.parametrize(
    ("points", "credit"),
    [
        ("[[0, 1], [10, 0]]", 0.8),  # two turns
        ("[[3, 1], [4, 0]]", 1.0),  # before the first point
        ("[[0, 0], [1, 0.5]]", 0.5),  # after the last
    ],
)
def test_measure(points: str, credit: float) -> None:
    assert outcome(f"measure: {{signal: turns, points: {points}}}", "坐席:喂 / 客户:喂")[1] == credit


def test_measure_by_steps() -> None:
    body = "measure: {signal: turns, points: [[0, 0], [2, 0.7], [3, 1]], interpolate: step}"
    assert outcome(body, "坐席:喂 / 客户:喂") == ("pass", 0.7)


def test_a_signal_that_was_not_measured_is_unknown() -> None:
    body = "measure: {signal: agent_chars_per_min, points: [[400, 1], [500, 0]]}"
    assert outcome(body, "坐席:喂") == ("unknown", None)


@pytest.mark.parametrize(
    ("dialogue", "hits", "verdict"), [("坐席:嗯哼,嗯哼", (2, 2), "fail"), ("坐席:您好", (0, 0), "pass")]
)
def test_deduct_counts_hits(dialogue: str, hits: tuple[int, int], verdict: str) -> None:
    answer = judged(
        "deduct: {when: {says: {any_of: [嗯哼], match: exact}}, points: 2, cap: 5}", dialogue, weight=0
    )
    assert (answer.hits, answer.verdict.value) == (hits, verdict)


@pytest.mark.parametrize(("dialogue", "verdict"), [("坐席:祝您生日快乐", "pass"), ("坐席:您好", "na")])
def test_a_bonus_that_was_not_earned_is_no_fault(dialogue: str, verdict: str) -> None:
    answer = judged("bonus: {when: {says: {any_of: [生日快乐]}}, points: 3}", dialogue, weight=0)
    assert answer.verdict.value == verdict


def test_manual_waits_for_a_person() -> None:
    answer = judged("manual: {type: yes_no, question: 结论是否正确}", "坐席:您好")
    assert (answer.verdict.value, answer.reason) == ("unknown", "待人工判定:结论是否正确")


CONDITIONAL = (
    "{key}: {{says: {{by: customer, any_of: [贵]}}}}\npass_when: {{says: {{by: agent, any_of: [优惠]}}}}"
)


@pytest.mark.parametrize(
    ("key", "dialogue", "expected"),
    [
        ("na_when", "客户:贵 / 坐席:有优惠", "na"),
        ("na_when", "客户:好 / 坐席:有优惠", "pass"),
        ("na_when", "客户:好 / 坐席:没有", "fail"),
        ("applies_when", "客户:贵 / 坐席:有优惠", "pass"),
        ("applies_when", "客户:好 / 坐席:有优惠", "na"),
    ],
)
def test_applicability(key: str, dialogue: str, expected: str) -> None:
    assert outcome(CONDITIONAL.format(key=key), dialogue)[0] == expected


def test_unknown_applicability_leaves_the_item_unknown_but_keeps_its_credit() -> None:
    call = blurred(said("客户:太贵了这个 / 坐席:现在有优惠"), 0)
    answer = judged(CONDITIONAL.format(key="na_when"), call)
    assert (answer.verdict.value, answer.may_be_na, answer.low, answer.high) == ("unknown", True, 1.0, 1.0)


@pytest.mark.parametrize(
    "way",
    [
        "measure: {signal: turns, points: [[1, 0], [2, 1]]}",
        "flow: {nodes: [{id: a, title: 甲, when: {asks: {}}}]}",
    ],
)
def test_a_figure_of_the_call_counts_where_none_of_the_phrases_beside_it_is_said(way: str) -> None:
    body = f"na_when: {{says: {{any_of: [甲乙丙]}}}}\n{way}"
    plan = compile_rubric(rubric(item(body)), code_version="test")
    assert judge_item(said("坐席:您好吗 / 客户:嗯"), plan, "a.b").credit == 1.0
    assert evaluate(said("坐席:您好吗 / 客户:嗯"), plan).items[0].credit == 1.0
