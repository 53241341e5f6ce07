"""People's verdicts in the machine's arithmetic."""

from __future__ import annotations

import pytest

from qa_engine.rubric import parse_rubric
from qa_engine.scoring import compile_rubric, evaluate
from qa_engine.scoring.evaluation import Result, Verdict
from qa_engine.scoring.evaluator import judge_call
from qa_engine.scoring.reviewed import StoredVerdict, as_stored, reviewed_score
from tests.qa_engine.rubric.builders import form, item, said

PASS, FAIL, NA = Verdict.PASS, Verdict.FAIL, Verdict.NA
FORM = form(
    item("pass_when: {says: {by: agent, any_of: [您好]}}", name="a.greeting", weight=60),
    item("manual: true", name="a.tone", weight=40),
    item("auto_fail: call\nfail_when: {says: {by: agent, any_of: [保本]}}", name="a.banned", weight=0),
    item("deduct: {when: {says: {by: agent, any_of: [随便你]}}, points: 5}", name="a.rude", weight=0),
    item("bonus: {when: {says: {by: agent, any_of: [祝您]}}, points: 3}", name="a.kind", weight=0),
    item(
        "graded: [{when: {says: {by: agent, any_of: [再见]}}, credit: 0.6}, {otherwise: 0}]",
        name="a.end",
        weight=0,
    ),
)
PLAN = compile_rubric(parse_rubric(FORM), code_version="test")
CALL = said("坐席:您好 / 客户:好的 / 坐席:随便你 / 坐席:随便你,再见")
MACHINE = judge_call(CALL, PLAN)


def test_without_a_verdict_of_a_person_it_is_the_machines_score() -> None:
    evaluation = evaluate(CALL, PLAN)
    found = reviewed_score(PLAN, MACHINE, {})
    assert (found.shown, found.low, found.high) == (
        evaluation.score, evaluation.score_low, evaluation.score_high
    )  # fmt: skip
    assert (found.low, found.high) == (50, 90)  # the tone is open, two deductions of 5


@pytest.mark.parametrize(
    ("human", "low", "high"),
    [
        ({"a.tone": PASS}, 90, 90),  # settling the unknown closes the interval
        ({"a.tone": FAIL}, 50, 50),
        ({"a.tone": NA}, 90, 90),  # leaves the denominator
        ({"a.tone": PASS, "a.greeting": FAIL}, 30, 30),
        ({"a.tone": PASS, "a.rude": PASS}, 100, 100),  # it was never said
        ({"a.tone": PASS, "a.rude": FAIL}, 90, 90),  # confirmed: both occurrences stay
        ({"a.tone": PASS, "a.kind": PASS}, 93, 93),  # a bonus that the machine did not hear
        ({"a.tone": PASS, "a.banned": FAIL}, 0, 0),  # auto-fail
        ({"gone.item": FAIL, "a.tone": PASS}, 90, 90),  # not on this form
    ],
)
def test_a_verdict_of_a_person_counts(human: dict[str, Verdict], low: float, high: float) -> None:
    found = reviewed_score(PLAN, MACHINE, human)
    assert (found.low, found.high) == (low, high)


def test_an_auto_fail_that_a_person_lifts_is_lifted() -> None:
    call = said("坐席:您好,保本 / 客户:好的")
    machine = judge_call(call, PLAN)
    assert reviewed_score(PLAN, machine, {"a.tone": PASS}).result is Result.AUTO_FAIL
    assert reviewed_score(PLAN, machine, {"a.tone": PASS, "a.banned": PASS}).result is Result.PASS


def test_confirming_keeps_the_grade_that_the_machine_gave() -> None:
    plan = compile_rubric(
        parse_rubric(
            form(
                item(
                    "graded: [{when: {says: {by: agent, any_of: [再见]}}, credit: 0.6}, {otherwise: 0}]",
                    name="a.end",
                )
            )
        ),
        code_version="test",
    )
    machine = judge_call(CALL, plan)
    assert reviewed_score(plan, machine, {"a.end": PASS}).shown == 60
    assert reviewed_score(plan, machine, {"a.end": FAIL}).shown == 0


def test_a_stored_verdict_holds_where_newer_code_finds_another() -> None:
    stored = {
        "a.greeting": StoredVerdict(FAIL, 0.0),
        "a.tone": StoredVerdict(Verdict.UNKNOWN, None),
        "a.rude": StoredVerdict(FAIL, 0.0, -5.0),
    }
    machine = as_stored(PLAN, MACHINE, stored)
    assert machine["a.greeting"].verdict is FAIL
    assert machine["a.rude"].hits == (2, 2)  # same verdict and credit: what judging again found
    assert reviewed_score(PLAN, machine, {"a.tone": PASS}).shown == 30
