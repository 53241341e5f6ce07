"""use: conditions that the form names once."""

from __future__ import annotations

import pytest

from qa_engine.rubric import BadRubric, parse_rubric
from qa_engine.scoring import compile_rubric
from qa_engine.scoring.evaluator import judge_item
from tests.qa_engine.rubric.builders import HEAD, form, item, said


def head(*conditions: str) -> str:
    return HEAD.replace(
        "sections:", "conditions:\n" + "".join(f"  {line}\n" for line in conditions) + "sections:"
    )


REFUSED = "拒绝了: {says: {by: customer, any_of: $拒绝}}"


@pytest.mark.parametrize(
    ("dialogue", "expected"), [("客户:不需要", "na"), ("客户:好", "fail"), ("客户:好 / 坐席:您好", "pass")]
)
def test_a_named_condition_is_judged_as_if_it_stood_there(dialogue: str, expected: str) -> None:
    body = "na_when: {use: 拒绝了}\npass_when: {says: {by: agent, any_of: [您好]}}"
    plan = compile_rubric(parse_rubric(form(item(body), head=head(REFUSED))), code_version="test")
    assert judge_item(said(dialogue), plan, "a.b").verdict.value == expected


def test_it_is_judged_where_it_is_used() -> None:
    body = "pass_when: {after: {use: 拒绝了}, expect: {use: 问好}}"
    named = head(REFUSED, "问好: {says: {by: agent, any_of: [您好]}}")
    plan = compile_rubric(parse_rubric(form(item(body), head=named)), code_version="test")
    assert judge_item(said("客户:不需要 / 坐席:您好"), plan, "a.b").verdict.value == "pass"
    assert judge_item(said("坐席:您好 / 客户:不需要"), plan, "a.b").verdict.value == "fail"


def test_an_item_asked_about_in_a_named_condition_is_judged_first() -> None:
    named = head("没问好: {item: {id: a.greeting, verdict: fail}}")
    items = (
        item("na_when: {use: 没问好}\npass_when: {says: {any_of: [谢谢]}}", weight=50),
        item("pass_when: {says: {any_of: [您好]}}", name="a.greeting", weight=50),
    )
    plan = compile_rubric(parse_rubric(form(*items, head=named)), code_version="test")
    assert judge_item(said("坐席:喂"), plan, "a.b").verdict.value == "na"


@pytest.mark.parametrize(
    ("conditions", "use", "code", "word"),
    [
        ([REFUSED], "拒觉了", "unknown_named", "拒绝了"),
        (["甲: {use: 乙}", "乙: {use: 甲}"], "甲", "condition_circle", "绕回"),
        (["甲: {item: {id: a.b, verdict: pass}}"], "甲", "item_circle", "绕回"),
    ],
)
def test_faults(conditions: list[str], use: str, code: str, word: str) -> None:
    with pytest.raises(BadRubric) as caught:
        parse_rubric(form(item(f"pass_when: {{use: {use}}}"), head=head(*conditions)))
    problem = caught.value.problems[0]
    assert problem.code == code
    assert word in f"{problem.message}{problem.hint}"
