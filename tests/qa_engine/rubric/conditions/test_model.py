"""llm: a yes of a language model, believed only with words that were said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from qa_engine.calls import Call
from qa_engine.scoring import compile_rubric, evaluate
from qa_engine.scoring.evaluation import Evaluation, ItemVerdict
from qa_engine.scoring.questioner import Answer, Line
from tests.qa_engine.rubric.builders import blurred, item, rubric, said

CALL = "坐席:提前还款要收百分之一的手续费 / 客户:知道了"


@dataclass
class Scripted:
    """Gives one answer and notes what it was asked; the real one is tested over HTTP in tests/models/test_llm.py."""

    answer: Answer
    name: str = "tiny"
    asked: list[tuple[str, tuple[Line, ...]]] = field(default_factory=list)

    def ask(self, question: str, lines: Sequence[Line]) -> Answer:
        self.asked.append((question, tuple(lines)))
        return self.answer


def judged(answer: Answer | None, call: Call | str = CALL, spec: str = "") -> tuple[ItemVerdict, Evaluation]:
    form = rubric(item(f"pass_when: {{llm: {{question: 坐席是否说明了费用, {spec}}}}}"))
    call = said(call) if isinstance(call, str) else call
    questioner = None if answer is None else Scripted(answer)
    evaluation = evaluate(call, compile_rubric(form, code_version="test"), questioner=questioner)
    return evaluation.items[0], evaluation


@pytest.mark.parametrize(
    ("answer", "spec", "expected"),
    [
        (Answer("yes", "提前还款要收百分之一的手续费"), "by: agent", "pass"),
        (Answer("yes", "提前還款要收1%的手續費。"), "by: agent", "pass"),  # script, marks and numerals aside
        (Answer("yes", "知道了"), "by: agent", "unknown"),  # not the agent's words
        (Answer("yes", "违约金百分之五"), "", "unknown"),  # nobody said that
        (Answer("yes", ""), "", "unknown"),
        (Answer("yes", "费"), "", "unknown"),  # a single character proves nothing
        (Answer("yes", ""), "must_quote: false", "pass"),
        (Answer("yes", "违约金百分之五"), "must_quote: false", "unknown"),
        (Answer("no", ""), "", "fail"),
        (Answer("unknown", why="说不准"), "", "unknown"),
        (None, "", "unknown"),
        (
            Answer("yes", "手续费"),
            "within: {turns: [2, 2]}",
            "unknown",
        ),  # said outside the stretch asked about
    ],
)
def test_a_yes_counts_with_a_quote_that_was_said(answer: Answer | None, spec: str, expected: str) -> None:
    assert judged(answer, spec=spec)[0].verdict == expected


def test_the_quote_is_the_evidence() -> None:
    (evidence,) = judged(Answer("yes", "1%的手续费"))[0].evidence
    assert (evidence.condition, evidence.turn, evidence.text) == ("llm", 0, "百分之一的手续费")


@pytest.mark.parametrize("answer", [Answer("yes", "手续费"), Answer("no")])
def test_badly_recognised_words_decide_nothing(answer: Answer) -> None:
    assert judged(answer, blurred(said(CALL), 0))[0].verdict == "unknown"


@pytest.mark.parametrize("answer", [Answer("yes", "手续费"), Answer("no")])
def test_nothing_depends_on_roles_that_are_guessed(answer: Answer) -> None:
    call = said(CALL, role_confidence=0.5)
    assert judged(answer, call, "by: agent")[0].verdict == "unknown"
    assert judged(answer, call)[0].verdict != "unknown"


def test_a_yes_without_a_quote_rests_on_all_that_was_read() -> None:
    assert judged(Answer("yes"), blurred(said(CALL), 0), "must_quote: false")[0].verdict == "unknown"


def test_only_the_stretch_is_shown_to_the_model_and_each_question_is_asked_once() -> None:
    questioner = Scripted(Answer("no"))
    question = "{llm: {question: 客户是否知道了, within: {turns: -1}}}"
    form = rubric(
        item(f"pass_when: {question}", weight=50),
        item(f"fail_when: {{all: [{question}, {question}]}}", name="a.c", weight=50),
    )
    evaluate(said(CALL), compile_rubric(form, code_version="test"), questioner=questioner)
    ((_, lines),) = questioner.asked
    assert lines == (Line(1, "customer", "知道了"),)


def test_the_pins_name_the_model_and_what_it_left_open() -> None:
    assert judged(Answer("no"))[1].pins.llm == "tiny"
    assert judged(Answer("unknown", why="连不上", reached=False))[1].pins.llm == "tiny unreached 1/1"
    assert judged(None)[1].pins.llm == ""


def test_the_reason_says_why_nothing_is_known() -> None:
    assert "连不上" in judged(Answer("unknown", why="连不上", reached=False))[0].reason
    assert "CALLQA_LLM_URL" in judged(None)[0].reason


PERSONAL = "坐席:王小明先生您好,您的手机号是幺三八零零一三八零零零吗 / 客户:对,身份证是11010519491231002X"


def test_the_model_reads_no_personal_data() -> None:
    form = rubric(item("pass_when: {llm: {question: 坐席是否核对了手机号}}"))
    scripted = Scripted(Answer("yes", "您的手机号是▇▇▇▇▇▇▇▇▇▇▇吗"))
    found = evaluate(said(PERSONAL), compile_rubric(form, code_version="test"), questioner=scripted).items[0]
    ((_, lines),) = scripted.asked
    asked = "".join(line.text for line in lines)
    assert "手机号是▇" in asked
    assert not any(told in asked for told in ("王小明", "幺三八", "零零零", "110105", "002X"))
    assert found.verdict == "pass"
    assert found.evidence[0].text == "您的手机号是幺三八零零一三八零零零吗"


def test_a_number_made_up_in_place_of_the_masked_one_is_no_quote() -> None:
    form = rubric(item("pass_when: {llm: {question: 坐席是否核对了手机号}}"))
    scripted = Scripted(Answer("yes", "您的手机号是13800138000吗"))
    found = evaluate(said(PERSONAL), compile_rubric(form, code_version="test"), questioner=scripted).items[0]
    assert found.verdict == "unknown"
