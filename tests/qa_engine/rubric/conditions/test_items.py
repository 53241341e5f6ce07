"""item: questions that depend on another question."""

from __future__ import annotations

import pytest

from qa_engine.scoring import compile_rubric
from qa_engine.scoring.evaluator import judge_item
from tests.qa_engine.rubric.builders import blurred, item, rubric, said

FORM = rubric(
    item(
        "na_when: {item: {id: a.first, verdict: fail}}\npass_when: {says: {any_of: [谢谢]}}",
        name="a.second",
        weight=50,
    ),
    item("pass_when: {says: {by: agent, any_of: [您好]}}", name="a.first", weight=50),
)


@pytest.mark.parametrize(
    ("dialogue", "expected"),
    [("坐席:您好,谢谢", "pass"), ("坐席:您好", "fail"), ("坐席:喂,谢谢", "na")],
)
def test_an_item_may_depend_on_one_that_comes_later_in_the_form(dialogue: str, expected: str) -> None:
    plan = compile_rubric(FORM, code_version="test")
    assert judge_item(said(dialogue), plan, "a.second").verdict.value == expected


def test_an_unknown_item_leaves_it_unknown_whether_the_other_applies() -> None:
    plan = compile_rubric(FORM, code_version="test")
    call = blurred(said("坐席:您好 / 客户:我这边也祝您工作顺利,谢谢"), 0)
    judged = judge_item(call, plan, "a.second")
    assert (judged.verdict.value, judged.may_be_na, judged.low, judged.high) == ("unknown", True, 1.0, 1.0)
