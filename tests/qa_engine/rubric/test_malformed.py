"""Every fault in a form is named with its line, its column and what to write instead."""

from __future__ import annotations

import pytest

from qa_engine.rubric import BadRubric, parse_rubric
from tests.qa_engine.rubric.builders import HEAD, form, item

FIRST_ITEM_LINE = HEAD.count("\n") + 1


def problems(text: str | bytes) -> list[tuple[str, int, int, str]]:
    with pytest.raises(BadRubric) as caught:
        parse_rubric(text, file="form.yaml")
    assert all(problem.where.file == "form.yaml" for problem in caught.value.problems)
    return [
        (p.code, p.where.line or 0, p.where.column or 0, f"{p.message} → {p.hint}")
        for p in caught.value.problems
    ]


STEP_A = "{id: a, title: 甲, when: {says: {any_of: [甲]}}}"
STEP_B = "{id: b, title: 乙, when: {says: {any_of: [乙]}}}"
# Each row: the item's deciding line, the code, the column in that line, a word of the message or hint.
LINES = [
    ("pas_when: {says: {any_of: [甲]}}", "unknown_key", 9, "pass_when"),
    ("pass_when: {sayz: {any_of: [甲]}}", "unknown_condition", 21, "says"),
    ("pass_when: {says: {any_off: [甲]}}", "unknown_key", 28, "any_of"),
    ("pass_when: {says: {by: agnt, any_of: [甲]}}", "bad_value", 32, "agent"),
    ("pass_when: {says: {any_of: $公思}}", "unknown_phrases", 36, "$空"),
    ("pass_when: {says: {any_of: [甲, $公思]}}", "unknown_phrases", 40, "$公思"),
    ("pass_when: {says: {any_of: [3]}}", "string_type", 37, "引号"),
    ("pass_when: {says: {any_of: []}}", "too_short", 36, "至少要有 1 项"),
    ("pass_when: {says: {any_of: ['。']}}", "empty_phrase", 37, "没有可读的字"),
    ("pass_when: {says: {by: agent}}", "no_phrases", 27, "any_of"),
    ("pass_when: {says: {any_of: [甲], within: {first_s: '30'}}}", "float_type", 59, "不要加引号"),
    ("pass_when: {says: {any_of: [甲], within: {first_s: -1}}}", "greater_than_equal", 59, "不能小于 0"),
    ("pass_when: {says: {any_of: [甲], within: {from_s: 9, to_s: 3}}}", "contradictory_window", 49, "小于"),
    ("pass_when: {says: {any_of: [甲], within: {}}}", "empty_within", 49, "没有写范围"),
    ("pass_when: {says: {any_of: [甲], min_hits: 2, count: {min: 1}}}", "contradictory_window", 27, "只写一个"),
    ("pass_when: {says: {any_of: [甲], except: {sayz: {}}}}", "unknown_condition", 50, "says"),
    ("pass_when: {says: {any_of: [甲]}, regex: {pattern: 乙}}", "two_conditions", 42, "all"),
    ("pass_when: 甲", "no_condition", 20, "says"),
    ("pass_when: {}", "no_condition", 20, "空的"),
    ("pass_when: [{says: {any_of: [甲]}}]", "no_condition", 20, "列表"),
    ("pass_when: {all: []}", "too_short", 26, "至少要有 1 项"),
    ("pass_when: {all: [{says: {any_of: [甲]}}, {sai: 1}]}", "unknown_condition", 51, "says"),
    ("pass_when: {at_least: {n: 3, of: [{says: {any_of: [甲]}}]}}", "impossible", 31, "只有 1 个"),
    ("pass_when: {similar: {lines: [甲]}}", "short_line", 39, "短语请用 says"),
    ("pass_when: {llm: {question: 好}}", "string_too_short", 37, "question"),
    ("pass_when: {history: {count: {min: 0}}}", "impossible", 30, "恒成立"),
    ("pass_when: {says: {any_of: [甲], near_chars: 3}}", "contradictory_window", 27, "near"),
    ("pass_when: {silence: {min_s: 1, count: {min: 1}, total: {min: 9}}}", "one_of", 30, "total"),
    ("pass_when: {speech_rate: {by: agent, max_chars_per_min: 9, count: {min: 2}}}", "one_of", 34, "per: turn"),
    ("pass_when: {fact: {field: a, min: 2026-13-01}}", "bad_value", 27, "2026-13-01"),
    ("pass_when: {fact: {field: a, regex: '(?=a)'}}", "regex_look_around", 45, "环视"),
    ("flow: {nodes: [{id: a, title: 甲, when: {fact: {field: x, is: y}}}]}", "cannot_anchor", 24, "流程的一步"),
    (f"flow: {{nodes: [{STEP_A}, {STEP_A}]}}", "duplicate_id", 15, "两个步骤叫 a"),
    (f"flow: {{nodes: [{STEP_A}], start: b}}", "unknown_node", 15, "start 里的 b"),
    (f"flow: {{nodes: [{STEP_A}], edges: [{{from: a, to: b}}]}}", "unknown_node", 15, "to 里的 b"),
    (f"flow: {{nodes: [{STEP_A}], edges: [{{from: a, to: a}}]}}", "flow_circle", 15, "a → a"),
    (f"flow: {{nodes: [{STEP_A}, {STEP_B}], edges: [{{from: b, to: a}}]}}", "unreachable", 15, "走不到步骤 b"),
    ("pass_when: {regex: {pattern: '(?=a)b'}}", "regex_look_around", 38, "not_regex"),
    ("pass_when: {regex: {pattern: '(?<!不)保本'}}", "regex_look_around", 38, "环视"),
    ("pass_when: {regex: {pattern: '(a'}}", "bad_regex", 38, "missing )"),
    (r"pass_when: {regex: {pattern: ['好', '\1']}}", "bad_regex", 44, "escape"),
    ("pass_when: {after: {says: {any_of: [甲]}}, expec: {says: {any_of: [乙]}}}", "unknown_key", 51, "expect"),
    ("pass_when: {after: {says: {any_of: [甲]}}}", "missing_key", 9, "expect"),
    (
        "pass_when: {after: {says: {any_of: [甲]}, nht: first}, expect: {says: {any_of: [乙]}}}",
        "unknown_key", 50, "nth",
    ),
    (
        "pass_when: {after: {says: {any_of: [甲]}, nth: firs}, expect: {says: {any_of: [乙]}}}",
        "bad_value", 55, "first",
    ),
    (
        "pass_when: {after: {not: {says: {any_of: [甲]}}}, expect: {says: {any_of: [乙]}}}",
        "cannot_anchor", 28, "起点",
    ),
    (
        "pass_when: {after: {says: {any_of: [甲]}}, expect: {says: {any_of: [乙]}}, within: {}}",
        "empty_within", 90, "turns",
    ),
    ("pass_when: {sequence: {steps: [{says: {any_of: [甲]}}]}}", "too_short", 39, "至少要有 2 项"),
    ("pass_when: {fact: {field: a}}", "one_of", 27, "between"),
    ("pass_when: {fact: {field: a, is: 1, in: [2]}}", "one_of", 27, "一个"),
    ('pass_when: {fact: {field: a, between: ["9:00", 5]}}', "contradictory_window", 27, "两端"),
    ('pass_when: {fact: {field: a, between: ["甲", "乙"]}}', "bad_value", 27, "不是时刻"),
    ("pass_when: {sentiment: {by: customer}}", "one_of", 32, "shift"),
    ("pass_when: {sentiment: {by: anyone, state: negative}}", "bad_value", 37, "customer"),
    ("pass_when: {objection: {type: prise}}", "bad_value", 39, "price"),
    ("pass_when: {stage: {any_of: openning}}", "bad_value", 37, "opening"),
    ("pass_when: {silence: {}}", "missing_key", 21, "min_s"),
    ("pass_when: {speech_rate: {by: agent}}", "empty_range", 34, "max_chars_per_min"),
    ("pass_when: {item: {id: a.c, verdict: pass}}", "unknown_item", 32, "a.b"),
    ("pass_when: {item: {id: a.b, verdict: pass}}", "item_circle", 32, "绕回"),
    ("measure: {signal: agent_chars_per_min}", "no_points", 18, "points"),
    ("measure: {signal: pace, points: [[1, 1]]}", "bad_value", 27, "可用"),
    ("measure: {signal: turns, points: [[2, 1], [1, 0]]}", "contradictory_window", 18, "递增"),
    ("graded: [{when: {says: {any_of: [甲]}}}]", "bad_grade", 18, "credit"),
    ("graded: [{otherwise: 1}, {when: {says: {any_of: [甲]}}, credit: 1}]", "bad_grade", 9, "最后一档"),
    ("manual: {type: single}", "no_options", 17, "options"),
    ("deduct: {when: {says: {any_of: [甲]}}, points: 0}", "greater_than", 55, "大于 0"),
    ("title2: 乙", "unknown_key", 9, "title"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "column", "word"), LINES)
def test_a_fault_in_an_item(line: str, code: str, column: int, word: str) -> None:
    found = problems(form(item(line)))
    same = [problem for problem in found if problem[0] == code]
    assert same, found
    _, found_line, found_column, text = same[0]
    expected_line = FIRST_ITEM_LINE + 3
    if column == 9 and code == "bad_grade":  # said of the item as a whole
        expected_line = FIRST_ITEM_LINE
    assert (found_line, found_column) == (expected_line, column), text
    assert word in text


@pytest.mark.parametrize(
    "line", [line for line, *_ in LINES if "title2" not in line and "pas_when" not in line]
)
def test_one_fault_is_reported_once(line: str) -> None:
    assert len(problems(form(item(line)))) == 1


# Whole files: text, code, line, column, a word.
FILES = [
    ("", "not_a_rubric", 1, 1, "rubric"),
    ("- a\n- b\n", "not_a_rubric", 1, 1, "键"),
    ("rubric: x\nversion: 1\ntitle: t\n", "missing_key", 1, 1, "sections"),
    ("rubric: [x\n", "bad_yaml", 2, 1, "语法"),
    ("rubric: x\n  version: 1\n", "bad_yaml", 2, 10, "语法"),
    ("a: \x07\n", "bad_yaml", 1, 1, "控制字符"),
    ("rubric: &x small\ntitle: *x\n", "alias", 1, 9, "锚点"),
    ("rubric: small\ntitle: !!python/object:os.system x\n", "tag", 2, 8, "标签"),
    ("rubric: small\nrubric: other\n", "duplicate_key", 2, 1, "第 1 行"),
    ("rubric: small\n---\nrubric: other\n", "many_documents", 2, 1, "一个文件"),
    ("a: " + "[" * 60 + "]" * 60, "too_deep", 1, 53, "50 层"),
    ("{a: b}: c\n", "bad_key", 1, 1, "短文字"),
    ("a: " + "x" * 1_000_000, "too_large", 1, 1, "1,000,000"),
    (form(item("manual: true", weight=90)), "weights", 7, 1, "90"),
    (form(item("manual: true", weight=50), item("manual: true", weight=50)), "duplicate_id", 15, 13, "a.b"),
    (
        form(item("manual: true")).replace("version: 1", "version: 0"),
        "greater_than_equal",
        2,
        10,
        "不能小于 1",
    ),
    (form(item("manual: true")).replace("small", "Small 1"), "bad_name", 1, 9, "小写"),
    (form(item("manual: true", name="Opening.1")), "bad_name", 11, 13, "opening.identity"),
    (form(item("manual: true")).replace("不需要", "$没有"), "unknown_phrases", 5, 8, "$没有"),
    (form(item("manual: true")).replace("不需要", "$拒绝"), "phrase_circle", 4, 1, "$拒绝 → $拒绝"),
]


@pytest.mark.parametrize(("text", "code", "line", "column", "word"), FILES)
def test_a_fault_in_a_file(text: str, code: str, line: int, column: int, word: str) -> None:
    found = problems(text)
    same = [problem for problem in found if problem[0] == code]
    assert same, found
    assert same[0][1:3] == (line, column)
    assert word in same[0][3]


def test_another_encoding_is_named() -> None:
    (found,) = problems("rubric: 电销\n".encode("gb18030"))
    assert found[0] == "bad_encoding"


def test_all_faults_are_reported_at_once_in_file_order() -> None:
    text = form(
        item("pass_when: {sayz: {}}", name="a.one", weight=50),
        item("pass_when: {says: {any_of: [甲], by: nobody}}", name="a.two", weight=50),
        item("pass_when: {says: {any_of: $没有}}", name="a.two", weight=10),
    )
    found = problems(text)
    assert [code for code, *_ in found] == [
        "weights",
        "unknown_condition",
        "bad_value",
        "duplicate_id",
        "unknown_phrases",
    ]
    assert [line for _, line, *_ in found] == sorted(line for _, line, *_ in found)


def test_the_error_shows_the_first_faults_and_counts_the_rest() -> None:
    text = form(*[item(f"pass_whe{i}: 1", name=f"a.i{i}", weight=10) for i in range(10)])
    with pytest.raises(BadRubric) as caught:
        parse_rubric(text, file="form.yaml")
    assert str(caught.value.where) == "form.yaml:14:9"
    assert "另有" in caught.value.hint


def test_words_of_yaml_1_1_stay_words() -> None:
    """`no` and `21:00` are text, so that a form means what it says."""
    parsed = parse_rubric(form(item("pass_when: {says: {any_of: [no, on, 21:00]}}")))
    assert parsed.document.at(("sections", 0, "items", 0, "pass_when", "says", "any_of")) == [
        "no",
        "on",
        "21:00",
    ]
