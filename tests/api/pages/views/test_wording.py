"""Every condition of the language is put into words for the page of a rubric."""

from __future__ import annotations

import pytest

from api.pages.views.rubric_page import rubric_view
from api.pages.views.wording import Line
from qa_engine.rubric import parse_rubric
from qa_engine.rubric.catalogue_notes import NOTES, WAYS
from tests.qa_engine.rubric.builders import HEAD, form, item

NAMED = "conditions:\n  客户拒绝: {says: {by: customer, any_of: $拒绝}}\n"


def texts(line: Line) -> list[str]:
    own = "".join(part.text for part in line.parts)
    return [own, *(text for child in line.children for text in texts(child))]


def worded(body: str) -> list[str]:
    other = item("pass_when: {turns: {min: 1}}", name="a.b", weight=50)
    rubric = parse_rubric(
        form(other, item(body, name="c.d", weight=50), head=HEAD.replace("sections:", NAMED + "sections:"))
    )
    clauses = rubric_view(rubric).sections[0].rules[1].clauses
    return [text for clause in clauses for line in clause.lines for text in texts(line)]


@pytest.mark.parametrize("tag", NOTES)
def test_a_condition_has_words(tag: str) -> None:
    lines = worded(f"pass_when: {NOTES[tag].example}")
    assert [line for line in lines if not line or line.startswith("{")] == []


def test_a_procedure_shows_its_steps_and_ways() -> None:
    assert worded(WAYS["flow"][1])[:2] == ["按流程进行:", "问候:"]
    lines = worded(f"pass_when: {NOTES['flow'].example}")
    assert "问候 → 道别(1 句之内),条件:" in lines
    assert "问候 → 探需" in lines


WORDS = {
    "{silence: {min_s: 6, max_s: 9, next_by: agent, switch: true, total: {min: 12}}}": (
        "双方静默 6–9 秒,之后是坐席开口,前后说话人不同,合计至少 12 秒"
    ),
    "{repeats: {by: agent, of: customer, count: {min: 2}}}": "坐席几乎重复了客户先前的话至少 2 次",
    "{resembles: {by: agent, what: abuse, sure: 0.9, doubt: 0.7}}": (
        "坐席说了像是辱骂、威胁或轻蔑的话(训练模型判断,90% 以上认定,70%–90% 待人工确认)"
    ),
    "{fact: {field: amount, min: 5}}": "amount 不小于 5",
    "{signal: {name: silence_ratio, max: 0.3}}": "静音占比不超过 0.3",
    "{history: {within_days: 30, objection: do_not_call, agent: same, count: {min: 1}}}": (
        "30 天内同一坐席打给该客户的历史通话,客户提出异议 拒绝来电至少 1 次"
    ),
    "{llm: {question: 坐席是否说明了费用}}": "大模型回答“坐席是否说明了费用”为是,并摘出原话",
}


@pytest.mark.parametrize(("condition", "expected"), WORDS.items())
def test_the_words_say_what_is_asked(condition: str, expected: str) -> None:
    assert worded(f"pass_when: {condition}")[0] == expected
