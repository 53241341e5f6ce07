"""One form with every condition and every way to decide: it loads, its examples hold, and it scores calls as expected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from qa_engine.calls import Call, EarlierCall, Signals, Span
from qa_engine.rubric import load_rubric
from qa_engine.rubric.check import check_rubric
from qa_engine.scoring import Plan, compile_rubric, evaluate
from qa_engine.scoring.questioner import Answer, Line
from qa_engine.scoring.render import evaluation_bytes, evaluation_json
from tests.qa_engine.rubric.builders import said

FORM = Path(__file__).parent / "every_condition.yaml"
GOOD = (
    "坐席:您好,我是安心保险的小李,工号8021 / 客户:你好 / 坐席:为了保证服务质量,我们这次通话会录音的 / "
    "客户:嗯好的你说 / 坐席:您平时主要考虑什么保障 / 客户:医疗的吧,多少钱 / 坐席:每个月一百五十元,提前还款要收百分之一 / "
    "客户:太贵了不需要 / 坐席:理解您的想法,请稍等我看看优惠 / 静音:7 / 坐席:久等了,可以按年交,一年一千五百元,以合同为准 / "
    "客户:行吧谢谢你 / 坐席:不客气,再见 / 事实:started_at=2026-11-02T10:15:00+08:00"
)
BAD = (
    "坐席:喂 / 客户:喂 / 坐席:这款产品非常适合您赶紧定 / 客户:不需要 / 静音:9 / 坐席:这款产品非常适合您赶紧定 / "
    "事实:started_at=2026-11-02T22:15:00+08:00"
)
GOOD_VERDICTS = {
    "words.says": "pass", "words.regex": "pass", "words.number": "pass", "words.asks": "pass",
    "words.repeats": "pass", "words.similar": "pass", "words.resembles": "pass", "words.llm": "pass", "order.after": "pass",
    "order.before": "pass", "order.around": "pass", "order.sequence": "pass", "order.flow": "pass",
    "order.flow_whole": "pass", "time.silence": "pass", "time.reply": "pass", "time.pace": "pass",
    "time.measured": "pass", "meaning.mood": "pass", "meaning.objection": "pass", "meaning.stage": "pass",
    "meaning.hours": "pass", "meaning.history": "pass", "meaning.depends": "pass", "meaning.person": "unknown",
    "meaning.deduct": "pass", "meaning.bonus": "pass", "sound.price": "pass", "sound.hold": "fail",
    "sound.loudness": "unknown", "sound.pitch": "unknown",
}  # fmt: skip
BAD_VERDICTS = {
    "words.says": "fail", "words.regex": "fail", "words.number": "fail", "words.asks": "fail",
    "words.repeats": "fail", "words.similar": "fail", "words.llm": "fail", "order.after": "fail",
    "order.before": "na", "order.around": "fail", "order.sequence": "fail", "order.flow": "fail",
    "order.flow_whole": "fail", "time.silence": "fail", "time.reply": "fail", "time.measured": "fail",
    "meaning.objection": "na", "meaning.stage": "fail", "meaning.hours": "fail", "meaning.history": "fail",
    "meaning.depends": "na", "meaning.person": "unknown", "meaning.deduct": "fail", "meaning.bonus": "na",
    "sound.price": "fail", "sound.hold": "pass", "sound.loudness": "unknown", "sound.pitch": "unknown",
}  # fmt: skip


class Fees:
    """Answers the one question of the form by looking for the fee."""

    name = "tiny"

    def ask(self, question: str, lines: Sequence[Line]) -> Answer:
        del question
        told = any("百分之一" in line.text for line in lines)
        return Answer("yes", "提前还款要收1%") if told else Answer("no")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_rubric(load_rubric(FORM), code_version="test")


def call(line: str, *, refused: bool) -> Call:
    made = said(line)
    began = made.facts.started_at
    assert began is not None
    objections = ("do_not_call",) if refused else ()
    return replace(made, history=(EarlierCall(began - timedelta(days=3), objections=objections),))


def test_every_example_of_the_form_holds() -> None:
    report = check_rubric(FORM)
    assert report.problems == ()
    assert [(e.item, e.line, e.reason) for e in report.examples if not e.ok] == []


@pytest.mark.parametrize(
    ("line", "refused", "expected"),
    [(GOOD, False, GOOD_VERDICTS), (BAD, True, BAD_VERDICTS)],
    ids=["good", "bad"],
)
def test_a_call_is_scored_as_expected(plan: Plan, line: str, refused: bool, expected: dict[str, str]) -> None:
    evaluation = evaluate(call(line, refused=refused), plan, questioner=Fees())
    found = {item.id: item.verdict.value for item in evaluation.items}
    assert {name: (found[name], expected[name]) for name in expected if found[name] != expected[name]} == {}
    assert all(item.reason for item in evaluation.items)


def test_the_score_tells_the_good_call_from_the_bad_one(plan: Plan) -> None:
    good = evaluate(call(GOOD, refused=False), plan, questioner=Fees())
    bad = evaluate(call(BAD, refused=True), plan, questioner=Fees())
    assert good.result == "pass"
    assert bad.result == "fail"


def test_the_bytes_are_what_json_makes_of_the_document(plan: Plan) -> None:
    for line in (GOOD, BAD):
        evaluation = evaluate(call(line, refused=True), plan, questioner=Fees())
        text = json.dumps(evaluation_json(evaluation), ensure_ascii=False, separators=(",", ":"))
        assert evaluation_bytes(evaluation) == text.encode()


def test_an_empty_call_is_judged_without_a_crash(plan: Plan) -> None:
    empty = replace(said("坐席:您好"), signals=Signals(speech=((Span(0, 1),), ())))
    empty = replace(empty, transcript=replace(empty.transcript, turns=()))
    assert evaluate(empty, plan).items
