"""Whatever is in the file or in the transcript: a value or a typed error, never a crash."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_engine.errors import CallQAError
from qa_engine.exchange import parse_call
from qa_engine.rubric import parse_rubric
from qa_engine.rubric.conditions import CONDITIONS
from qa_engine.rubric.yaml_nodes import Path, walk
from qa_engine.scoring import Plan, compile_rubric, evaluate
from qa_engine.scoring.render import evaluation_bytes
from tests.qa_engine.rubric.builders import HEAD, form, item

DROP = object()
KEYS = [
    "rubric", "version", "title", "sections", "items", "id", "weight", "pass_when", "fail_when", "graded", "measure",
    "deduct", "manual", "examples", "phrases", "conditions", "by", "any_of", "all_of", "none_of", "within", "count",
    "except", "first_s", "percent", "turns", "stage", "nth", "expect", "steps", "of", "n", "pattern", "field", "between",
    "min", "max", "min_s", "lines", "min_score", "nodes", "edges", "to", "priority", "optional", "question", "near",
    "near_chars", "total", "per", "within_days", "name", "regex",
    "auto_fail", "na_when", "applies_to", "when", "points", "signal", *CONDITIONS,
]  # fmt: skip
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["agent", "$拒绝", "$没有", "保本", "call", "pass", "first", "(?=a)", "21:00", "opening"]),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, min_size=1, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=6))
def test_any_mapping_is_a_form_or_a_typed_error(data: dict[str, object]) -> None:
    with contextlib.suppress(CallQAError):
        parse_rubric(json.dumps(data, ensure_ascii=False))


@given(st.text(max_size=200))
def test_any_text_is_a_form_or_a_typed_error(text: str) -> None:
    with contextlib.suppress(CallQAError):
        parse_rubric(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_a_typed_error(source: bytes) -> None:
    with contextlib.suppress(CallQAError):
        parse_rubric(source)


@given(values)
def test_any_condition_that_loads_can_be_judged(condition: object) -> None:
    text = form(item(f"pass_when: {json.dumps(condition, ensure_ascii=False)}"))
    try:
        plan = compile_rubric(parse_rubric(text), code_version="fuzz")
    except CallQAError:
        return
    evaluation_bytes(evaluate(parse_call(json.dumps(CALL)), plan))


CALL = {
    "format": "callqa.transcript/1", "call_id": "c", "duration_s": 10.0,
    "turns": [
        {"role": "agent", "start_s": 0.5, "end_s": 2.0, "text": "您好,我们保本吗"},
        {"role": "customer", "start_s": 2.5, "end_s": 4.0, "text": "不需要,太贵了"},
    ],
}  # fmt: skip

EVERYTHING = HEAD.split("sections:", maxsplit=1)[0] + """\
sections:
  - id: only
    title: 唯一
    items:
      - {id: a.words, title: 词, weight: 20, pass_when: {says: {by: agent, any_of: [您好], all_of: [保本], none_of: [稳赚],
          at_least: {n: 1, of: [您好, 甲]}, within: {first_s: 20, percent: [0, 90], turns: 5, stage: [opening, pitch]},
          match: fuzzy, except: {says: {any_of: $拒绝}}}}}
      - {id: a.order, title: 序, weight: 20, pass_when: {all: [
          {after: {says: {any_of: $拒绝}, nth: each}, expect: {asks: {open: true}}, within: {turns: 2, seconds: 9}},
          {before: {objection: {}, nth: last}, expect: {number: {min: 3, unit: 元}}},
          {around: {silence: {min_s: 2}, nth: any}, expect: {regex: {pattern: '\\d+|贵'}}, within: {seconds: 5}},
          {sequence: {steps: [{says: {any_of: [您好]}}, {says: {any_of: $拒绝}}], strict: true}}]}}
      - {id: a.timing, title: 时, weight: 20, pass_when: {at_least: {n: 2, of: [
          {overlap: {by: agent, except: [请稍等]}}, {monologue: {by: agent, min_s: 3}}, {turns: {by: agent, min: 1}},
          {speech_rate: {by: agent, max_chars_per_min: 400, within: {percent: [10, 60]}}}, {duration: {min_s: 5}},
          {talk_ratio: {max: 0.7, within: {last_s: 30}}}, {response_time: {by: agent, min_s: 2}}, {repeats: {}}]}}}
      - {id: a.mood, title: 情, weight: 10, na_when: {item: {id: a.words, verdict: fail}}, fail_when: {any: [
          {sentiment: {by: customer, state: negative, within: {percent: [66, 100]}}},
          {sentiment: {by: customer, shift: {max: -0.5}}}, {stage: {any_of: farewell, count: {min: 2}}},
          {none: [{fact: {field: direction, is: outbound}}]}]}}
      - {id: a.grade, title: 档, weight: 10, graded: [{when: {says: {any_of: [您好], min_hits: 2}}, credit: 0.5}]}
      - {id: a.flow, title: 流, weight: 5, na_when: {history: {within_days: 3, objection: price, count: {max: 2}}}, flow: {
          nodes: [{id: a, title: 甲, when: {says: {any_of: [您好]}}, within: {seconds: 9}},
          {id: b, title: 乙, when: {similar: {lines: [保本吗三百元]}}, weight: 2, optional: true},
          {id: c, title: 丙, when: {number: {}}}], start: a, edges: [{from: a, to: b, within: {turns: 2},
          when: {asks: {}}, priority: 2}, {from: a, to: c, when: {llm: {question: 好不好?}}}, {from: b, to: c}]}}
      - {id: a.finer, title: 细, weight: 5, pass_when: {any: [
          {says: {any_of: [保本], near: [需要], near_chars: 4}}, {signal: {name: overlap_s, max: 3, within: {last_s: 9}}},
          {silence: {min_s: 1, max_s: 9, last_by: agent, switch: true, total: {min: 2}}},
          {speech_rate: {by: agent, per: turn, min_chars_per_min: 99, count: {max: 3}, except: [嗯]}},
          {repeats: {of: anyone, min_chars: 2, except: [贵]}}, {fact: {field: x, min: 3}}, {fact: {field: y, regex: 'a'}},
          {flow: {nodes: [{id: a, title: 甲, when: {overlap: {by: customer, after_s: 1}}}]}}]}}
      - {id: a.measure, title: 量, weight: 10, measure: {signal: objections_resolved_share}}
      - {id: a.deduct, title: 扣, deduct: {when: {says: {any_of: [贵]}}, points: 2, cap: 6}}
      - {id: a.bonus, title: 加, bonus: {when: {fact: {field: started_at, between: ["09:00", "21:00"]}}, points: 2}}
      - {id: a.banned, title: 禁, auto_fail: {cap: 59}, fail_when: {says: {by: agent, any_of: [保本], except: [合同]}}}
"""  # fmt: skip
PLAN: Plan = compile_rubric(parse_rubric(EVERYTHING), code_version="fuzz")

PLACES = [path for path, _ in walk(parse_rubric(EVERYTHING).document.data) if path]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(PLACES), st.one_of(values, st.just(DROP)))
def test_a_good_form_with_one_thing_changed_is_a_form_or_a_typed_error(place: Path, value: object) -> None:
    data: Any = copy.deepcopy(parse_rubric(EVERYTHING).document.data)
    parent = data
    for part in place[:-1]:
        parent = parent[part]
    if value is DROP:
        del parent[place[-1]]
    else:
        parent[place[-1]] = value
    try:
        plan = compile_rubric(parse_rubric(json.dumps(data, ensure_ascii=False)), code_version="fuzz")
    except CallQAError:
        return
    evaluation_bytes(evaluate(parse_call(json.dumps(CALL)), plan))


vocabulary = ["您好", "保本", "不", "需要", "贵", ",", "。", "?", "三百元", "什么", "嗯", " ", "𠮷", "a"]
words = st.lists(st.sampled_from(vocabulary), max_size=12)
seconds = st.floats(0, 40).map(lambda value: round(value, 2))


@st.composite
def turns(draw: st.DrawFn) -> dict[str, object]:
    start_s, end_s = sorted((draw(seconds), draw(seconds)))
    said = draw(words)
    turn: dict[str, object] = {
        "role": draw(st.sampled_from(["agent", "customer"])), "start_s": start_s, "end_s": end_s, "text": "".join(said)
    }  # fmt: skip
    if draw(st.booleans()):
        turn["confidence"] = draw(st.sampled_from([0.0, 0.4, 0.9]))
    if draw(st.booleans()):
        turn["words"] = [
            {
                "text": word,
                "start_s": start_s,
                "end_s": end_s,
                "confidence": draw(st.sampled_from([0.1, 0.9])),
            }
            for word in draw(st.sampled_from([said, said[::-1], ["别的"]]))
        ]
    return turn


@settings(deadline=None, max_examples=150)
@given(st.lists(turns(), max_size=8), st.sampled_from([0.5, 1.0]))
def test_any_call_gets_an_evaluation_that_keeps_its_promises(
    spoken: list[dict[str, object]], sure: float
) -> None:
    document = {**CALL, "turns": spoken, "role_confidence": sure}
    evaluation = evaluate(parse_call(json.dumps(document, ensure_ascii=False)), PLAN)
    texts = [str(turn["text"]) for turn in sorted(spoken, key=lambda turn: turn["start_s"])]  # type: ignore[arg-type,return-value]
    if evaluation.score is not None:
        assert evaluation.score_low is not None
        assert evaluation.score_high is not None
        assert 0 <= evaluation.score_low <= evaluation.score <= evaluation.score_high <= 100
    for verdict in evaluation.items:
        assert verdict.evidence or verdict.reason
        for evidence in verdict.evidence:
            if evidence.turn is not None and evidence.start is not None:
                assert texts[evidence.turn][evidence.start : evidence.end] == evidence.text
            if evidence.start_s is not None and evidence.end_s is not None:
                assert evidence.start_s <= evidence.end_s
    assert json.loads(evaluation_bytes(evaluation))["format"] == "callqa.evaluation/1"
