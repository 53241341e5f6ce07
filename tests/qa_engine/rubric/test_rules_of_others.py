"""What other products can ask, this language can: every snippet of docs/rules-of-others.md loads and judges a call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qa_engine.rubric import parse_rubric
from qa_engine.scoring import compile_rubric, evaluate
from tests.qa_engine.rubric.builders import form, item, said

PAGE = Path(__file__).parents[3] / "docs" / "rules-of-others.md"
ROW = re.compile(r"^\| (?P<operator>(?:[^|\\]|\\.)+) \| (?P<here>`.*) \|$", re.MULTILINE)
CALL = said(
    "坐席:您好,保费每个月一百五十元 / 客户:太贵了,不需要 / 静音:7 / 坐席:理解,请稍等 / 客户:谢谢你 / 坐席:再见"
)


ROWS = [(match["operator"], match["here"]) for match in ROW.finditer(PAGE.read_text("utf-8"))]
SNIPPETS = [(op, text) for op, here in ROWS for text in re.findall(r"`([^`]+)`", here) if ":" in text]
"""Operator and each snippet of its row; a mapping alone is a condition, a snippet with a key is an item's."""


def written(snippet: str) -> str:
    """The body of an item that uses the snippet."""
    if snippet.startswith("{"):
        return f"pass_when: {snippet}"
    key = snippet.split(":", 1)[0]
    decided = key in {"graded", "measure", "flow", "deduct", "bonus", "manual"}
    return snippet if decided else f"{snippet}\npass_when: {{says: {{any_of: [您好]}}}}"


@pytest.mark.parametrize(("operator", "snippet"), SNIPPETS)
def test_a_rule_of_another_product_is_written_so(operator: str, snippet: str) -> None:
    body = written(snippet)
    weight = 0 if body.startswith(("deduct", "bonus")) else 50
    one = item(body, name="c.d", weight=weight).replace("weight: 0\n", "")
    other = item("pass_when: {turns: {min: 1}}", weight=100 - weight)
    plan = compile_rubric(parse_rubric(form(other, one)), code_version="test")
    assert evaluate(CALL, plan).items[1].reason, operator


def test_no_row_is_left_without_a_snippet() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    heads = [line for line in lines if line.endswith("| here |")]
    assert len(heads) == 4
    assert len(ROWS) == len(lines) - len(heads)
    assert {operator for operator, _ in ROWS} == {operator for operator, _ in SNIPPETS}
