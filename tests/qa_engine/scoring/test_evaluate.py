"""A call under a form: the whole evaluation and its document."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from qa_engine.calls import EngineInfo
from qa_engine.language.analysis import analysis_json, analyze, parse_analysis
from qa_engine.rubric import parse_rubric
from qa_engine.scoring import applies, compile_rubric, evaluate
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.evaluation import Result, Verdict
from qa_engine.scoring.render import evaluation_bytes, evaluation_json
from tests.qa_engine.rubric.builders import HEAD, blurred, form, item, said

ITEMS = (
    item("pass_when: {says: {by: agent, any_of: [您好]}}", name="a.greeting", weight=60),
    item(
        "na_when: {not: {says: {by: customer, any_of: [贵]}}}\npass_when: {says: {by: agent, any_of: [优惠]}}",
        name="a.price", weight=40,
    ),
    item("auto_fail: call\nfail_when: {says: {by: agent, any_of: [保本]}}", name="a.banned", weight=0),
    item("trial: true\nauto_fail: call\nfail_when: {says: {by: agent, any_of: [您好]}}", name="a.trial", weight=10),
    item("deduct: {when: {says: {by: agent, any_of: [随便你]}}, points: 5}", name="a.rude", weight=0),
)  # fmt: skip


def plan(head: str = HEAD, *items: str) -> Plan:
    return compile_rubric(parse_rubric(form(*(items or ITEMS), head=head)), code_version="1.2.3")


PLAN = plan()


@pytest.mark.parametrize(
    ("dialogue", "score", "result"),
    [
        ("坐席:您好 / 客户:太贵了 / 坐席:现在有优惠", 100, Result.PASS),
        ("坐席:您好 / 客户:太贵了 / 坐席:那算了", 60, Result.FAIL),
        ("坐席:您好 / 客户:好的", 100, Result.PASS),  # the price item does not apply
        ("坐席:您好 / 客户:好的 / 坐席:我们保本", 0, Result.AUTO_FAIL),
        ("坐席:您好 / 客户:好的 / 坐席:随便你", 95, Result.PASS),
        ("坐席:喂 / 客户:好的", 0, Result.FAIL),
    ],
)
def test_score_and_result(dialogue: str, score: float, result: Result) -> None:
    evaluation = evaluate(said(dialogue), PLAN)
    assert (evaluation.score, evaluation.result) == (score, result)


def test_every_verdict_has_evidence_or_says_why_there_is_none() -> None:
    evaluation = evaluate(said("坐席:您好 / 客户:好的"), PLAN)
    assert [item.id for item in evaluation.items] == [
        "a.greeting",
        "a.price",
        "a.banned",
        "a.trial",
        "a.rude",
    ]
    assert all(item.reason for item in evaluation.items)
    assert all(item.evidence for item in evaluation.items if item.verdict is Verdict.PASS and item.weight)


def test_a_trial_item_is_shown_but_weighs_and_fails_nothing() -> None:
    evaluation = evaluate(said("坐席:您好 / 客户:好的"), PLAN)
    trial = next(item for item in evaluation.items if item.id == "a.trial")
    assert (trial.verdict, trial.weight, trial.trial) == (Verdict.FAIL, 0, True)
    assert evaluation.auto_fails == ()


def test_an_auto_fail_is_named() -> None:
    evaluation = evaluate(said("坐席:您好,我们保本"), PLAN)
    assert evaluation.auto_fails == ("a.banned",)
    assert "a.banned" in evaluation.formula


def test_a_badly_recognised_call_needs_review_and_says_which_seconds() -> None:
    call = blurred(said("坐席:您好,我这边是安心保险 / 客户:好的"), 0)
    evaluation = evaluate(call, PLAN)
    assert evaluation.result is Result.NEEDS_REVIEW
    assert (evaluation.score_low, evaluation.score_high) == (0, 100)
    unknown = [item for item in evaluation.items if item.verdict is Verdict.UNKNOWN]
    assert unknown
    assert all(item.settle for item in unknown if item.id != "a.rude")


def test_a_doubtful_auto_fail_needs_review() -> None:
    call = blurred(said("坐席:您好 / 客户:你好,你们有什么产品 / 坐席:保本"), 2)
    assert evaluate(call, PLAN).result is Result.NEEDS_REVIEW


def test_pins_name_all_that_the_evaluation_depends_on() -> None:
    call = said("坐席:您好", engine=EngineInfo("faster-whisper", "demo", "1"))
    pins = evaluate(call, PLAN).pins
    assert (pins.code, pins.engine) == ("1.2.3", "faster-whisper:demo:1")
    assert (pins.rubric_sha256, pins.lexicon_sha256) == (PLAN.rubric.sha256, PLAN.rubric.lexicon_sha256)


def test_equal_calls_give_equal_bytes() -> None:
    call = said("坐席:您好 / 客户:太贵了 / 坐席:我理解,现在有优惠 / 客户:好的")
    again = compile_rubric(parse_rubric(form(*ITEMS)), code_version="1.2.3")
    assert evaluation_bytes(evaluate(call, PLAN)) == evaluation_bytes(evaluate(call, again))


def test_an_analysis_made_before_gives_the_same_evaluation() -> None:
    call = said("坐席:您好 / 客户:太贵了 / 坐席:我理解,现在有优惠 / 客户:好的")
    analysis = analyze(call, PLAN.taxonomy)
    assert evaluate(call, PLAN, analysis=analysis) == evaluate(call, PLAN)


def test_a_stored_analysis_gives_the_same_bytes() -> None:
    call = said("坐席:您好 / 客户:太贵了 / 坐席:我理解,现在有优惠 / 客户:好的")
    stored = parse_analysis(json.loads(json.dumps(analysis_json(analyze(call, PLAN.taxonomy)))))
    assert evaluation_bytes(evaluate(call, PLAN, analysis=stored)) == evaluation_bytes(evaluate(call, PLAN))


def test_an_analysis_of_another_transcript_is_made_anew() -> None:
    call = said("坐席:您好 / 客户:太贵了")
    other = analyze(said("坐席:您好"), PLAN.taxonomy)
    assert evaluate(call, PLAN, analysis=other) == evaluate(call, PLAN)


def test_a_call_without_a_word() -> None:
    call = said("坐席:您好")
    silent = replace(call, transcript=replace(call.transcript, turns=()))
    evaluation = evaluate(silent, PLAN)
    assert evaluation.score == 0
    assert json.loads(evaluation_bytes(evaluation))["result"] == "fail"


class TestDocument:
    DOCUMENT = evaluation_json(evaluate(said("坐席:您好 / 客户:太贵了 / 坐席:现在有优惠"), PLAN))

    def test_keys(self) -> None:
        assert list(self.DOCUMENT) == [
            "format", "call_id", "rubric", "version", "title", "status", "score", "score_low", "score_high",
            "pass_mark", "result", "formula", "auto_fails", "critical", "settle", "items", "objections", "signals", "pins",
        ]  # fmt: skip
        assert self.DOCUMENT["format"] == "callqa.evaluation/1"

    def test_an_item(self) -> None:
        greeting = self.DOCUMENT["items"][0]  # type: ignore[index]
        assert greeting["verdict"] == "pass"
        assert (greeting["credit"], greeting["weight"], greeting["section"]) == (1.0, 60.0, "only")
        assert greeting["evidence"] == [
            {
                "turn": 0, "start": 0, "end": 2, "start_s": 0.4, "end_s": 0.844, "text": "您好", "condition": "says",
                "phrase": "您好", "distance": 0,
            }
        ]  # fmt: skip

    def test_objections_and_signals(self) -> None:
        assert self.DOCUMENT["objections"][0]["type"] == "price"  # type: ignore[index]
        assert self.DOCUMENT["signals"]["turns"] == 3  # type: ignore[index]
        assert "objections_resolved_share" in self.DOCUMENT["signals"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("limits", "facts", "expected"),
    [
        ("{direction: outbound}", "direction=outbound", True),
        ("{direction: outbound}", "direction=inbound", False),
        ("{direction: outbound}", "campaign=x", True),  # what is not known excludes nothing
        ("{campaign: ['ins-*', loan]}", "campaign=ins-2026", True),
        ("{campaign: ['ins-*', loan]}", "campaign=edu", False),
        ("{min_talk_s: 30}", "campaign=x", False),
        ("{min_talk_s: 1}", "campaign=x", True),
    ],
)
def test_which_calls_a_form_is_for(limits: str, facts: str, expected: bool) -> None:
    one = plan(HEAD.replace("title: 小表", f"applies_to: {limits}\ntitle: 小表"))
    assert applies(one, said(f"事实:{facts} / 坐席:您好,这里是安心保险")) is expected


def test_a_retired_form_is_for_no_call() -> None:
    assert not applies(plan(HEAD.replace("title: 小表", "status: retired\ntitle: 小表")), said("坐席:您好"))
