"""What a form can say about an item beside its weight: trial, section auto-fail, caps, questions that depend on others."""

from __future__ import annotations

import pytest

from qa_engine.rubric import parse_rubric
from qa_engine.scoring import compile_rubric, evaluate
from qa_engine.scoring.evaluation import Evaluation, Result
from qa_engine.scoring.render import evaluation_json
from tests.qa_engine.rubric.builders import HEAD, blurred, form, item, rubric, said

TWO_SECTIONS = """\
rubric: two
version: 1
title: 两段
pass_mark: 60
sections:
  - id: manner
    title: 礼貌
    items:
      - {id: manner.hello, title: 问候, weight: 30, pass_when: {says: {by: agent, any_of: [您好]}}}
      - {id: manner.rude, title: 不辱骂, auto_fail: section, fail_when: {says: {by: agent, any_of: [滚蛋]}}}
  - id: facts
    title: 内容
    items:
      - {id: facts.insurance, title: 说明保险, weight: 70, pass_when: {says: {by: agent, any_of: [保险]}}}
"""


def judged(dialogue: str, *items: str) -> Evaluation:
    return evaluate(said(dialogue), compile_rubric(rubric(*items), code_version="test"))


def verdicts(evaluation: Evaluation) -> dict[str, str]:
    return {found.id: found.verdict.value for found in evaluation.items}


class TestSectionAutoFail:
    PLAN = compile_rubric(parse_rubric(TWO_SECTIONS), code_version="test")

    @pytest.mark.parametrize(
        ("dialogue", "score"), [("坐席:您好,保险", 100), ("坐席:您好,保险,滚蛋", 70), ("坐席:您好,滚蛋", 0)]
    )
    def test_only_its_own_section_counts_nothing(self, dialogue: str, score: float) -> None:
        assert evaluate(said(dialogue), self.PLAN).score == score

    def test_the_formula_says_so(self) -> None:
        evaluation = evaluate(said("坐席:您好,保险,滚蛋"), self.PLAN)
        assert "礼貌 0/30(否决)" in evaluation.formula
        assert (evaluation.result, evaluation.auto_fails) == (Result.PASS, ("manner.rude",))

    def test_a_doubtful_one_opens_the_interval_and_needs_review(self) -> None:
        call = blurred(said("坐席:您好,保险 / 客户:嗯好的知道了 / 坐席:滚蛋"), 2)
        evaluation = evaluate(call, self.PLAN)
        assert (evaluation.score_low, evaluation.score_high) == (70, 100)
        assert evaluation.result is Result.NEEDS_REVIEW


class TestCap:
    ITEMS = (
        item("pass_when: {says: {by: agent, any_of: [您好]}}", name="a.hello"),
        item("auto_fail: {cap: 59}\nfail_when: {says: {any_of: [骗子]}}", name="a.cap", weight=0),
    )

    def test_the_score_does_not_pass_the_cap(self) -> None:
        evaluation = judged("坐席:您好,骗子", *self.ITEMS)
        assert (evaluation.score, evaluation.result) == (59, Result.FAIL)
        assert next(found for found in evaluation.items if found.id == "a.cap").auto_fail == "cap:59"

    def test_a_lower_score_stays(self) -> None:
        assert judged("坐席:喂,骗子", *self.ITEMS).score == 0


class TestDependentQuestions:
    """`applies_when` may look at the verdict of another item, wherever that stands on the form."""

    ITEMS = (
        item(
            "applies_when: {item: {id: a.price, verdict: pass}}\npass_when: {says: {by: agent, any_of: [元]}}",
            name="a.figure", weight=40,
        ),
        item(
            "na_when: {says: {by: customer, any_of: [不用报价]}}\npass_when: {says: {by: agent, any_of: [价格]}}",
            name="a.price", weight=60,
        ),
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("dialogue", "figure", "score"),
        [
            ("坐席:价格是九十九元", "pass", 100),
            ("坐席:价格好商量", "fail", 60),
            ("坐席:再见", "na", 0),
            ("客户:不用报价 / 坐席:好", "na", None),  # what does not apply is no pass
        ],
    )
    def test_it_is_asked_only_then(self, dialogue: str, figure: str, score: float | None) -> None:
        evaluation = judged(dialogue, *self.ITEMS)
        assert (verdicts(evaluation)["a.figure"], evaluation.score) == (figure, score)

    def test_it_is_open_while_the_other_is(self) -> None:
        call = blurred(said("坐席:我跟您说价格 / 客户:好的 / 坐席:九十九元"), 0)
        evaluation = evaluate(call, compile_rubric(rubric(*self.ITEMS), code_version="test"))
        assert verdicts(evaluation) == {"a.figure": "unknown", "a.price": "unknown"}
        assert (evaluation.score_low, evaluation.score_high) == (0, 100)
        assert all(found.settle for found in evaluation.items)


class TestTrial:
    def test_an_item_on_trial_changes_neither_score_nor_result(self) -> None:
        on_trial = item(
            "trial: true\nauto_fail: call\npass_when: {says: {any_of: [谢谢]}}", name="a.trial", weight=50
        )
        evaluation = judged("坐席:您好", item("pass_when: {says: {any_of: [您好]}}"), on_trial)
        assert (evaluation.score, evaluation.result, evaluation.auto_fails) == (100, Result.PASS, ())
        assert verdicts(evaluation)["a.trial"] == "fail"

    def test_a_deduction_on_trial_takes_nothing(self) -> None:
        on_trial = item(
            "trial: true\ndeduct: {when: {says: {any_of: [您好]}}, points: 9}", name="a.t", weight=0
        )
        assert judged("坐席:您好", item("pass_when: {says: {any_of: [您好]}}"), on_trial).score == 100

    def test_a_form_on_trial_says_so(self) -> None:
        text = form(
            item("pass_when: {says: {any_of: [您好]}}"),
            head=HEAD.replace("title: 小表", "title: 小表\nstatus: trial"),
        )
        plan = compile_rubric(parse_rubric(text), code_version="test")
        assert evaluation_json(evaluate(said("坐席:您好"), plan))["status"] == "trial"
