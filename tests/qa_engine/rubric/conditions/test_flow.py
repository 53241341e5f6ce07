"""flow: a procedure as a graph; complete or not as a condition, a share of its steps as a way to decide an item."""

from __future__ import annotations

import pytest

from qa_engine.calls import Call
from qa_engine.rubric import parse_rubric
from qa_engine.scoring import compile_rubric
from qa_engine.scoring.evaluator import judge_item
from qa_engine.scoring.judged import Judged
from tests.qa_engine.rubric.builders import blurred, form, item, said

GREET = "{id: greet, title: 问候, when: {says: {by: agent, any_of: [您好]}}}"
ASK = "{id: ask, title: 探需, weight: 2, when: {asks: {by: agent}}}"
PRICE = "{id: price, title: 报价, when: {number: {by: agent, unit: 元}}}"
BYE = "{id: bye, title: 道别, when: {says: {by: agent, any_of: [再见]}}}"
LINE = f"{{nodes: [{GREET}, {ASK}, {PRICE}]}}"
BRANCHES = f"""
  nodes: [{GREET}, {ASK}, {PRICE}, {BYE}]
  edges:
    - {{from: greet, to: ask}}
    - {{from: greet, to: bye, when: {{says: {{by: customer, any_of: [不需要]}}}}, within: {{turns: 1}}, priority: 1}}
    - {{from: ask, to: price}}
    - {{from: price, to: bye}}
"""


def flow(spec: str, call: Call | str, *, way: str = "flow") -> Judged:
    body = f"flow: {spec}" if way == "flow" else f"{way}: {{flow: {spec}}}"
    plan = compile_rubric(parse_rubric(form(item(body))), code_version="test")
    return judge_item(said(call) if isinstance(call, str) else call, plan, "a.b")


@pytest.mark.parametrize(
    ("spec", "dialogue", "credit"),
    [
        (LINE, "坐席:您好 / 客户:嗯 / 坐席:您想了解什么 / 客户:多少钱 / 坐席:一百元", 1.0),
        (LINE, "坐席:您好 / 客户:嗯 / 坐席:一百元", 0.5),  # 探需 (weight 2 of 4) left out
        (LINE, "坐席:您好 / 坐席:一百元 / 坐席:您想了解什么", 0.75),  # 报价 came too early
        (LINE, "坐席:喂", 0.0),
        (BRANCHES, "坐席:您好 / 客户:不需要 / 坐席:再见", 1.0),  # the refusal's way has two steps
        (BRANCHES, "坐席:您好 / 客户:你说 / 坐席:再见", 0.4),  # the other way has four
        (
            BRANCHES,
            "坐席:您好 / 客户:你说 / 坐席:您想了解什么 / 坐席:一百元 / 客户:不需要 / 坐席:再见",
            1.0,
        ),
    ],
)
def test_the_credit_is_the_share_of_the_weight_on_the_path_taken(
    spec: str, dialogue: str, credit: float
) -> None:
    assert flow(spec, dialogue).credit == pytest.approx(credit)


@pytest.mark.parametrize(
    ("spec", "dialogue", "words"),
    [
        (LINE, "坐席:您好 / 坐席:一百元", "缺少“探需”"),
        (LINE, "坐席:您好 / 坐席:一百元 / 坐席:您想了解什么", "次序提前“报价”"),
        (LINE, "坐席:您好 / 坐席:一百元", "问候✓ → 探需✗ → 报价✓"),
        (
            f"{{nodes: [{GREET}, {PRICE[:-1]}, within: {{turns: 1}}}}]}}",
            "坐席:您好 / 客户:嗯你说 / 坐席:是这样 / 客户:好你说 / 坐席:一百元",
            "间隔过长“报价”",
        ),
    ],
)
def test_the_reason_names_the_deviation(spec: str, dialogue: str, words: str) -> None:
    assert words in flow(spec, dialogue).reason


def test_every_step_has_its_evidence() -> None:
    evidence = flow(LINE, "坐席:您好 / 坐席:一百元").evidence
    assert [(e.condition, e.phrase, e.text) for e in evidence] == [
        ("flow", "问候", "您好"),
        ("flow", "探需", ""),
        ("flow", "报价", "一百元"),
    ]
    assert evidence[1].start_s is not None  # the stretch in which it was missed


def test_an_optional_step_costs_nothing_and_counts_where_it_is_taken() -> None:
    spec = f"{{nodes: [{GREET}, {ASK[:-1]}, optional: true}}, {PRICE}]}}"
    assert flow(spec, "坐席:您好 / 坐席:一百元").credit == 1.0
    assert flow(spec, "坐席:您好 / 坐席:您想了解什么").credit == pytest.approx(0.75)
    assert "探需–" in flow(spec, "坐席:您好 / 坐席:一百元").reason


def test_the_first_way_that_is_open_is_taken_by_priority() -> None:
    edges = "{from: greet, to: ask, when: {says: {any_of: [贵]}}, priority: %d}, {from: greet, to: price, priority: 2}"
    spec = f"{{nodes: [{GREET}, {ASK}, {PRICE}], edges: [{edges}]}}"
    dialogue = "坐席:您好 / 客户:贵 / 坐席:一百元"
    assert flow(spec % 1, dialogue).credit == pytest.approx(1 / 3)
    assert flow(spec % 3, dialogue).credit == 1.0


def test_a_path_ends_where_no_way_is_open() -> None:
    edges = "{from: greet, to: ask, when: {says: {any_of: [贵]}}}, {from: greet, to: price, when: {says: {any_of: [便宜]}}}"
    spec = f"{{nodes: [{GREET}, {ASK}, {PRICE}], edges: [{edges}]}}"
    assert flow(spec, "坐席:您好 / 客户:哦").credit == 1.0


def test_it_may_start_elsewhere_and_the_first_step_may_have_a_time() -> None:
    assert flow(
        f"{{nodes: [{GREET}, {BYE}], edges: [{{from: bye, to: greet}}], start: bye}}", "坐席:再见,您好"
    ).credit
    late = f"{{nodes: [{GREET[:-1]}, within: {{seconds: 5}}}}]}}"
    assert flow(late, "坐席:您好").credit == 1.0
    assert flow(late, "坐席:喂 / 静音:9 / 坐席:您好").credit == 0.0


@pytest.mark.parametrize(
    ("dialogue", "expected"),
    [
        ("坐席:您好 / 坐席:您想了解什么 / 坐席:一百元", "pass"),
        ("坐席:您好 / 坐席:一百元", "fail"),
    ],
)
def test_as_a_condition_it_is_true_where_the_path_is_complete(dialogue: str, expected: str) -> None:
    assert flow(LINE, dialogue, way="pass_when").verdict == expected


def test_a_doubtful_step_leaves_the_condition_open_and_bounds_the_credit() -> None:
    call = blurred(said("坐席:您好 / 坐席:您想了解什么 / 坐席:一百元"), 1)
    assert flow(LINE, call, way="pass_when").verdict == "unknown"
    answer = flow(LINE, call)
    assert (answer.verdict, answer.low, answer.high) == ("unknown", 0.5, 1.0)
    assert answer.settle == ((call.transcript.turns[1].start_s, call.transcript.turns[1].end_s),)


def test_a_step_that_is_surely_missed_is_a_fail_whatever_else_is_doubtful() -> None:
    call = blurred(said("坐席:您好 / 坐席:您想了解什么 / 坐席:好好好好好好好好好好好好好好好好好好好"), 1)
    assert flow(LINE, call, way="pass_when").verdict == "fail"


def test_a_doubtful_branch_bounds_the_credit_by_both_ways() -> None:
    call = blurred(said("坐席:您好 / 客户:不需要 / 坐席:再见"), 1)
    answer = flow(BRANCHES, call)
    assert (answer.verdict, answer.low, answer.high) == ("unknown", pytest.approx(0.4), 1.0)


def test_too_many_doubtful_steps_leave_everything_open() -> None:
    nodes = ", ".join(GREET.replace("greet", f"n{n}") for n in range(12))
    call = blurred(said(" / ".join(["坐席:您好"] * 12)), 0)
    for turn in range(12):
        call = blurred(call, turn)
    answer = flow(f"{{nodes: [{nodes}]}}", call)
    assert (answer.verdict, answer.low, answer.high) == ("unknown", 0.0, 1.0)
