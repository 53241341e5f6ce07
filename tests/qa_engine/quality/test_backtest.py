"""A new state of a form against the old one: what changes, for whom, and whether reviewers agree."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import ClassVar

import pytest

from qa_engine.calls import Call, CallFacts, CallId
from qa_engine.quality.backtest import BackTest, Reviews
from qa_engine.quality.backtest_report import BackTestReport, ItemReport, Transition, backtest_json
from qa_engine.rubric import parse_rubric
from qa_engine.scoring import compile_rubric
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.evaluation import Verdict
from tests.qa_engine.rubric.builders import HEAD, form, item, said

GREETING = item("pass_when: {says: {by: agent, any_of: [您好]}}", name="a.greeting", weight=60)
PRICE = item("pass_when: {says: {by: agent, any_of: [价格]}}", name="a.price", weight=40)
BANNED = item("auto_fail: call\nfail_when: {says: {by: agent, any_of: [保本]}}", name="a.banned", weight=0)


def plan(*items: str, head: str = HEAD) -> Plan:
    return compile_rubric(parse_rubric(form(*items, head=head)), code_version="test")


def calls() -> list[Call]:
    dialogues = [
        ("c1", "A1", "坐席:您好,价格是九十九元"),
        ("c2", "A1", "坐席:你好,价格我发给您"),
        ("c3", "A2", "坐席:您好,这款保本,电话13800138000,王先生"),
        ("c4", "A2", "坐席:喂"),
    ]
    made = []
    for name, agent, line in dialogues:
        call = said(line)
        transcript = replace(call.transcript, call_id=CallId(name))
        made.append(replace(call, transcript=transcript, facts=CallFacts(agent_id=agent)))
    return made


def compare(old: Plan, new: Plan, reviews: Reviews | None = None) -> BackTestReport:
    test = BackTest(old, new, reviews=reviews)
    for call in calls():
        test.add(call)
    return test.report()


def found(report: BackTestReport, name: str) -> ItemReport:
    return next(item for item in report.items if item.id == name)


WIDER = item("pass_when: {says: {by: agent, any_of: [您好, 你好]}}", name="a.greeting", weight=60)


def test_the_same_form_changes_nothing() -> None:
    report = compare(plan(GREETING, PRICE, BANNED), plan(GREETING, PRICE, BANNED))
    assert report.compared == 4
    assert all(one.changed == 0 and one.form == "same" for one in report.items)
    assert (report.score_change.mean, report.auto_fails_gained.calls) == (0.0, 0)


def test_changed_verdicts_with_example_calls() -> None:
    one = found(compare(plan(GREETING, PRICE), plan(WIDER, PRICE)), "a.greeting")
    assert (one.form, one.calls, one.changed) == ("changed", 4, 1)
    assert Transition("fail", "pass", 1) in one.transitions
    (example,) = one.examples
    assert (example.call_id, example.turn, example.words) == ("c2", 0, "你好")
    assert example.start_ms is not None
    assert example.end_ms is not None


def test_the_shift_of_the_score_overall_and_by_agent() -> None:
    report = compare(plan(GREETING, PRICE), plan(WIDER, PRICE))
    assert (report.old_score.mean, report.new_score.mean) == (50.0, 65.0)
    assert (report.score_change.n, report.score_change.mean) == (4, 15.0)
    shifts = {agent.agent_id: (agent.change.n, agent.change.mean) for agent in report.agents}
    assert shifts == {"A1": (2, 30.0), "A2": (2, 0.0)}
    low, high = report.score_change.low, report.score_change.high
    assert low is not None
    assert high is not None
    assert low < 15 < high


def test_results_that_change() -> None:
    report = compare(plan(GREETING, PRICE), plan(WIDER, PRICE))
    assert Transition("fail", "pass", 1) in report.results
    assert sum(one.calls for one in report.results) == 4


@pytest.mark.parametrize("is_gain", [True, False])
def test_auto_fails_gained_and_lost(is_gain: bool) -> None:
    without, having = plan(GREETING, PRICE), plan(GREETING, PRICE, BANNED)
    report = compare(without, having) if is_gain else compare(having, without)
    gained, lost = report.auto_fails_gained, report.auto_fails_lost
    some, none = (gained, lost) if is_gain else (lost, gained)
    assert (some.calls, some.items, none.calls) == (1, {"a.banned": 1}, 0)
    assert [(one.call_id, one.words) for one in some.examples] == [("c3", "保本")]


def test_added_and_removed_items() -> None:
    report = compare(plan(GREETING, PRICE), plan(GREETING, PRICE, BANNED))
    added = found(report, "a.banned")
    assert added.form == "added"
    assert {(t.old, t.new) for t in added.transitions} == {("absent", "pass"), ("absent", "fail")}


def test_bonus_and_deduction() -> None:
    bonus = item("bonus: {when: {says: {any_of: [王先生]}}, points: 4}", name="a.bonus", weight=0)
    report = compare(plan(GREETING, PRICE), plan(GREETING, PRICE, bonus))
    assert (report.adjustments.old_bonus.mean, report.adjustments.new_bonus.mean) == (0.0, 1.0)
    assert found(report, "a.bonus").new_points == 4.0


def test_an_item_that_asks_another_changes_with_it() -> None:
    asking = item("pass_when: {item: {id: a.greeting, verdict: pass}}", name="a.asks", weight=40)
    one = found(compare(plan(GREETING, asking), plan(WIDER, asking)), "a.asks")
    assert (one.form, one.changed) == ("same", 1)


def test_words_are_masked() -> None:
    rude = item("fail_when: {regex: {pattern: '保本,电话1'}}", name="a.greeting", weight=60)
    one = found(compare(plan(GREETING, PRICE), plan(rude, PRICE)), "a.greeting")
    quoted = [example.words for example in one.examples if "保本" in example.words]
    assert quoted
    assert all("138" not in words and "▇" in words for words in quoted)


def test_calls_for_which_only_one_form_is_are_counted_apart() -> None:
    narrow = HEAD.replace("title: 小表", "title: 小表\napplies_to: {agent_id: A1}")
    report = compare(plan(GREETING, PRICE), plan(GREETING, PRICE, head=narrow))
    assert (report.compared, report.only_old, report.only_new) == (2, 2, 0)


class TestReviews:
    REVIEWS: ClassVar[Reviews] = {
        ("c1", "a.greeting"): Verdict.PASS,
        ("c2", "a.greeting"): Verdict.PASS,  # the old form failed it wrongly
        ("c4", "a.greeting"): Verdict.FAIL,
        ("c4", "a.price"): Verdict.FAIL,
    }

    def test_precision_and_recall_of_finding_faults(self) -> None:
        one = found(compare(plan(GREETING, PRICE), plan(WIDER, PRICE), self.REVIEWS), "a.greeting")
        assert one.old_review is not None
        assert one.new_review is not None
        old, new = one.old_review, one.new_review
        assert (old.reviewed, old.precision.hits, old.precision.n, old.recall.n) == (3, 1, 2, 1)
        assert (new.precision.hits, new.precision.n, new.agreement.share) == (1, 1, 1.0)
        assert (new.precision.low or 0) < 1.0  # one call proves little

    def test_items_that_nobody_reviewed_have_none(self) -> None:
        assert found(compare(plan(GREETING, PRICE), plan(WIDER, PRICE)), "a.price").new_review is None


def test_other_taxonomies_have_their_own_analysis() -> None:
    handled = item("pass_when: {objection: {type: price}}", name="a.price", weight=40)
    text = form(GREETING, handled)
    other = parse_rubric(text).taxonomy.replace("太贵".encode(), "太鬼".encode())
    assert other != parse_rubric(text).taxonomy
    old = compile_rubric(parse_rubric(text), code_version="test")
    new = compile_rubric(parse_rubric(text, taxonomy=other), code_version="test")
    test = BackTest(old, new)
    assert test.add(said("坐席:您好 / 客户:太贵了"))
    assert test.report().compared == 1


def test_the_document_is_plain_json() -> None:
    document = json.loads(json.dumps(backtest_json(compare(plan(GREETING, PRICE), plan(WIDER, PRICE)))))
    assert document["format"] == "callqa.backtest/1"
    assert document["old"]["rubric"] == "small"
    assert {
        "score_change",
        "results",
        "agents",
        "items",
        "auto_fails_gained",
        "auto_fails_lost",
    } <= document.keys()
