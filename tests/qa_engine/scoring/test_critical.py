"""Critical items are reported by class, whatever they weigh."""

from __future__ import annotations

import pytest

from qa_engine.scoring import evaluate
from qa_engine.scoring.compile import Plan, compile_rubric
from qa_engine.scoring.critical import CriticalItems, critical_items
from qa_engine.scoring.evaluation import Evaluation
from qa_engine.scoring.render import evaluation_json
from tests.qa_engine.rubric.builders import blurred, item, rubric, said


def critical(body: str, severity: str, *, name: str, weight: int = 0) -> str:
    return item(f"{body}\nseverity: {severity}_critical", name=name, weight=weight)


def plan() -> Plan:
    items = (
        critical("pass_when: {says: {by: agent, any_of: [您好]}}", "customer", name="a.polite", weight=100),
        critical("fail_when: {says: {by: agent, any_of: [保本]}}", "compliance", name="a.promise"),
        critical("fail_when: {says: {by: agent, any_of: [公安局]}}", "compliance", name="a.police"),
        critical(
            "trial: true\nfail_when: {says: {by: agent, any_of: [您好]}}", "compliance", name="a.on_trial"
        ),
        critical(
            "na_when: {not: {says: {by: customer, any_of: [贵]}}}\npass_when: {says: {any_of: [优惠]}}",
            "compliance",
            name="a.price",
        ),
    )
    return compile_rubric(rubric(*items), code_version="test")


PLAN = plan()


def judged(dialogue: str) -> Evaluation:
    return evaluate(said(dialogue), PLAN)


def test_a_compliance_fault_shows_beside_a_full_score() -> None:
    evaluation = judged("坐席:您好,我们保本 / 客户:好的")
    assert evaluation.score == 100
    assert critical_items(evaluation.items) == {
        "customer_critical": CriticalItems(1, (), ()),
        "compliance_critical": CriticalItems(2, ("a.promise",), ()),  # of three, one does not apply
    }


def test_what_could_not_be_heard_is_listed_apart() -> None:
    evaluation = evaluate(blurred(said("坐席:您好 / 客户:有什么产品 / 坐席:我们这款保本的"), 2), PLAN)
    assert critical_items(evaluation.items)["compliance_critical"].unknown == ("a.promise", "a.police")


def test_a_form_without_severities_reports_no_class() -> None:
    bare = compile_rubric(rubric(item("pass_when: {says: {any_of: [您好]}}")), code_version="test")
    assert evaluation_json(evaluate(said("坐席:您好"), bare))["critical"] == {}


def test_the_document_names_the_items() -> None:
    document = evaluation_json(judged("坐席:喂 / 客户:好的"))
    assert document["critical"] == {
        "customer_critical": {"items": 1, "failed": ["a.polite"], "unknown": []},
        "compliance_critical": {"items": 2, "failed": [], "unknown": []},
    }


class TestSettle:
    """An open interval says which seconds would close it."""

    def test_the_seconds_of_all_unknown_items_together(self) -> None:
        evaluation = evaluate(blurred(said("坐席:您好 / 客户:有什么产品 / 坐席:我们这款保本的"), 2), PLAN)
        (stretch,) = evaluation.settle
        turn = said("坐席:您好 / 客户:有什么产品 / 坐席:我们这款保本的").transcript.turns[2]
        assert stretch[0] >= turn.start_s
        assert stretch[1] <= turn.end_s
        assert evaluation_json(evaluation)["settle"] == [list(stretch)]

    def test_a_decided_call_has_nothing_to_settle(self) -> None:
        assert judged("坐席:您好 / 客户:好的").settle == ()

    @pytest.mark.parametrize(("blur", "settled"), [(None, 0), (2, 1)])
    def test_a_doubtful_further_hit_of_a_deduction(self, blur: int | None, settled: int) -> None:
        deducting = compile_rubric(
            rubric(
                item("pass_when: {says: {any_of: [您好]}}", name="a.greeting"),
                item("deduct: {when: {says: {any_of: [随便你]}}, points: 5}", name="a.rude", weight=0),
            ),
            code_version="test",
        )
        call = said("坐席:您好,随便你 / 客户:好的 / 坐席:随便你")
        evaluation = evaluate(call if blur is None else blurred(call, blur), deducting)
        assert len(evaluation.settle) == settled
        assert (evaluation.score_low != evaluation.score_high) == bool(settled)
