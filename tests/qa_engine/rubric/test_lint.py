"""What loads and is hardly meant, each with its place."""

from __future__ import annotations

import pytest

from qa_engine.rubric import BadRubric, parse_rubric
from qa_engine.rubric.lint import lint
from qa_engine.rubric.problems import Problem
from tests.qa_engine.rubric.builders import HEAD, form, item

EXAMPLES = 'examples: {pass: ["坐席:不好"]}'
FIRST_ITEM_LINE = HEAD.count("\n") + 1


def findings(*items: str, head: str = HEAD) -> list[Problem]:
    found = lint(parse_rubric(form(*items, head=head), file="form.yaml"))
    return [p for p in (*found.errors, *found.warnings) if p.code not in {"unused_list", "no_examples"}]


# The deciding line of an item, the code, the column, words of the message and the hint.
ONE_ITEM = [
    # never true
    ("pass_when: {says: {any_of: [甲], none_of: [甲]}}", "unreachable", 41, "既要说又不许说"),
    ("pass_when: {says: {all_of: [甲, 乙], none_of: [乙]}}", "unreachable", 44, "“乙”"),
    ("pass_when: {says: {any_of: $拒绝, none_of: [没兴趣, 不需要]}}", "unreachable", 41, "永远不成立"),
    ("pass_when: {says: {at_least: {n: 3, of: [甲, 乙]}}}", "unreachable", 39, "只有 2 个"),
    ("pass_when: {says: {any_of: [谢谢您], except: [谢谢]}}", "unreachable", 43, "豁免"),
    ("pass_when: {all: [{says: {any_of: [甲]}}, {not: {says: {any_of: [甲]}}}]}", "unreachable", 50, "正好相反"),
    ("pass_when: {any: [{says: {any_of: [甲]}}, {not: {says: {any_of: [甲]}}}]}", "unreachable", 50, "永远成立"),
    ("pass_when: {response_time: {by: agent, min_s: 9, max_s: 3}}", "contradictory_window", 48, "对调 min_s 和 max_s"),
    ("pass_when: {speech_rate: {by: agent, min_chars_per_min: 300, max_chars_per_min: 200}}", "contradictory_window", 46, "300"),
    ("pass_when: {talk_ratio: {min: 0.9, max: 0.1}}", "contradictory_window", 34, "min"),
    ("pass_when: {turns: {min: 9, max: 3}}", "contradictory_window", 29, "永远不成立"),
    ("pass_when: {number: {min: 9, max: 3}}", "contradictory_window", 30, "max"),
    ("pass_when: {duration: {min_s: 9, max_s: 3}}", "contradictory_window", 32, "max_s"),
    ("pass_when: {says: {any_of: [甲], within: {first_s: 0}}}", "contradictory_window", 50, "没有一句话"),
    ("pass_when: {says: {any_of: [甲], within: {first_s: 30, stage: farewell}}}", "contradictory_window", 50, "收尾"),
    ("pass_when: {says: {any_of: [甲], within: {last_s: 30, stage: opening}}}", "contradictory_window", 50, "开场"),
    # always the same
    ("graded: [{when: {says: {any_of: [甲]}}, credit: 0.4}]", "unreachable", 9, "永远不合格"),
    # wording
    ("manual: {question: 服务态度是否得体}", "vague", 9, "“得体”因人而异"),
    ("manual: {question: 是否核对姓名并且核对证件}", "two_questions", 9, "拆成两项"),
    ("pass_when: {says: {any_of: [好], match: fuzzy}}", "short_phrase", 28, "两个音节"),
    # facts
    ("pass_when: {fact: {field: started_att, missing: false}}", "near_fact", 35, "started_at"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "column", "words"), ONE_ITEM, ids=[line for line, *_ in ONE_ITEM])
def test_a_finding_in_an_item(line: str, code: str, column: int, words: str) -> None:
    (found,) = findings(item(line))
    assert (found.code, found.where.line, found.where.column) == (code, FIRST_ITEM_LINE + 3, column)
    assert words in f"{found.message} → {found.hint}"


# What looks like one of these and is meant.
MEANT = [
    "pass_when: {says: {any_of: [甲, 乙], none_of: [乙]}}",
    "pass_when: {says: {any_of: [甲], except: [乙]}}",
    "pass_when: {all: [{says: {any_of: [甲]}}, {not: {says: {any_of: [乙]}}}]}",
    "pass_when: {response_time: {by: agent, min_s: 3, max_s: 9}}",
    "pass_when: {says: {any_of: [甲], within: {first_s: 30, stage: opening}}}",
    "pass_when: {fact: {field: vip_level, is: 金卡}}",
    "pass_when: {says: {any_of: [您好], match: fuzzy}}",
    "manual: {question: 是否在 10 秒内接听}",
]


@pytest.mark.parametrize("line", MEANT)
def test_what_is_meant_is_not_warned_about(line: str) -> None:
    assert findings(item(line)) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("na_when: {says: {any_of: [甲]}}\npass_when: {not: {says: {any_of: [甲]}}}", "总是同一个结果"),
        (
            "na_when: {says: {any_of: [甲]}}\napplies_when: {says: {any_of: [甲]}}\npass_when: {turns: {min: 1}}",
            "永远不适用",
        ),
    ],
)
def test_an_item_that_always_comes_out_the_same(body: str, words: str) -> None:
    (found,) = findings(item(body))
    assert (found.code, words in found.message) == ("unreachable", True)


def banned(words: str) -> str:
    return (
        f"fail_when: {{says: {{by: agent, any_of: {words}}}}}\n"
        'examples: {fail: ["坐席:保本"], pass: ["坐席:不保本"]}'
    )


class TestItemsTogether:
    def test_a_phrase_of_another_item_s_list_of_bans(self) -> None:
        (found,) = findings(item(banned("$拒绝"), weight=50), item(banned("[没兴趣]"), name="a.c", weight=50))
        assert (found.code, found.message) == ("shared_phrase", "a.c:“没兴趣”也是 a.b 的禁语")

    def test_a_phrase_that_one_item_wants_and_another_bans(self) -> None:
        wants = item(f"pass_when: {{says: {{any_of: [不需要]}}}}\n{EXAMPLES}", weight=50)
        (found,) = findings(wants, item(banned("$拒绝"), name="a.c", weight=50))
        assert (found.code, found.message) == ("wanted_and_banned", "a.b:“不需要”是 a.c 的禁语")

    def test_what_a_customer_says_is_no_ban(self) -> None:
        wants = item(f"pass_when: {{says: {{by: customer, any_of: [不需要]}}}}\n{EXAMPLES}", weight=50)
        assert findings(wants, item(banned("$拒绝"), name="a.c", weight=50)) == []

    def test_waiting_for_an_item_to_be_not_applicable_that_always_applies(self) -> None:
        first = item(f"pass_when: {{says: {{any_of: [甲]}}}}\n{EXAMPLES}", weight=50)
        second = item(
            "na_when: {item: {id: a.b, verdict: na}}\npass_when: {turns: {min: 2}}", name="a.c", weight=50
        )
        (found,) = findings(first, second)
        assert (found.code, found.message) == ("unreachable", "a.c:a.b 没有 na_when,不会是不适用")

    def test_sections_of_one_id(self) -> None:
        one = item(f"pass_when: {{says: {{any_of: [甲]}}}}\n{EXAMPLES}", weight=50)
        two = item(f"pass_when: {{says: {{any_of: [乙]}}}}\n{EXAMPLES}", name="a.c", weight=50)
        twice = form(one) + "  - id: only\n    title: 又一个\n    items:\n" + form(two, head="")
        found = lint(parse_rubric(twice)).warnings
        assert [problem.code for problem in found if problem.code != "unused_list"] == ["duplicate_section"]

    def test_conditions_that_nobody_uses(self) -> None:
        head = HEAD.replace("sections:", "conditions:\n  甲: {turns: {min: 9, max: 3}}\nsections:")
        found = findings(item(f"pass_when: {{says: {{any_of: [甲]}}}}\n{EXAMPLES}"), head=head)
        assert [(p.code, p.where.line) for p in found] == [
            ("unused_condition", 8),
            ("contradictory_window", 8),
        ]


# Misspelt names in the deciding line → the code and the word that is offered.
MISSPELT = [
    ("applies_when: {item: {id: a.bb, verdict: pass}}\npass_when: {turns: {min: 1}}", "unknown_item", "是不是想写 a.b"),
    ("na_when: {item: {id: a.b, verdict: passs}}\npass_when: {turns: {min: 1}}", "bad_value", "是不是想写 pass"),
    ("pass_when: {says: {any_of: $拒觉}}", "unknown_phrases", "是不是想写 $拒绝"),
    ("pass_when: {use: 甲乙丁}", "unknown_named", "是不是想写 甲乙丙"),
    ("pass_when: {silense: {min_s: 3}}", "unknown_condition", "是不是想写 silence"),
    ("pass_when: {silence: {min: 3}}", "unknown_key", "是不是想写 min_s"),
    ("pass_when: {says: {any_of: [甲], within: {frist_s: 3}}}", "unknown_key", "是不是想写 first_s"),
    ("pass_when: {says: {any_of: [甲], mach: fuzzy}}", "unknown_key", "是不是想写 match"),
    ("pass_when: {says: {any_of: [甲], match: fuzy}}", "bad_value", "是不是想写 fuzzy"),
    ("measure: {signal: talk_ration}", "bad_value", "是不是想写 talk_ratio"),
    ("severity: compliance\npass_when: {turns: {min: 1}}", "bad_value", "compliance_critical"),
    ("auto_fail: cal\npass_when: {turns: {min: 1}}", "bad_value", "是不是想写 call"),
    ("deduct: {wen: {turns: {min: 1}}, points: 3}", "unknown_key", "是不是想写 when"),
    ("manual: {type: singel, options: []}", "bad_value", "是不是想写 single"),
    ("pass_when: {turns: {min: 1}}\nexample: {pass: []}", "unknown_key", "是不是想写 examples"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "words"), MISSPELT, ids=[body for body, *_ in MISSPELT])
def test_a_misspelt_name_is_answered_with_the_nearest(body: str, code: str, words: str) -> None:
    head = HEAD.replace("sections:", "conditions:\n  甲乙丙: {turns: {min: 2}}\nsections:")
    own = item(body, name="a.c", weight=50)
    with pytest.raises(BadRubric) as caught:
        parse_rubric(form(item("pass_when: {use: 甲乙丙}", weight=50), own, head=head), file="form.yaml")
    found = [p for p in caught.value.problems if p.code == code]
    assert [p.hint for p in found if words in p.hint], [str(p) for p in caught.value.problems]
    assert all(p.where.line and p.where.column for p in found)
