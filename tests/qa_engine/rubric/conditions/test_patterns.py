"""regex, number, asks, repeats."""

from __future__ import annotations

import pytest

from qa_engine.rubric import BadRubric
from tests.qa_engine.rubric.builders import blurred, judge, said, verdict


@pytest.mark.parametrize(
    ("condition", "dialogue", "expected"),
    [
        (r"{regex: {pattern: '工号\d{4}'}}", "坐席:我的工号8021", "pass"),
        (r"{regex: {pattern: '工号\d{4}'}}", "坐席:我的工号八零二一", "pass"),  # spoken numerals are digits
        (r"{regex: {pattern: '工号\d{4}', by: customer}}", "坐席:我的工号8021", "fail"),
        (r"{regex: {pattern: ['甲', '工号']}}", "坐席:我的工号8021", "pass"),
        (r"{regex: {pattern: '保证.{0,4}收益', not_regex: '不.?保证'}}", "坐席:保证高收益", "pass"),
        (r"{regex: {pattern: '保证.{0,4}收益', not_regex: '不.?保证'}}", "坐席:不能保证收益", "fail"),
        (r"{regex: {pattern: '八零', on: original}}", "坐席:我的工号八零二一", "pass"),
        (r"{regex: {pattern: '8', count: {min: 2}}}", "坐席:我的工号8081", "pass"),
        ("{number: {unit: 元, min: 100, max: 200}}", "坐席:每个月一百五十元", "pass"),
        ("{number: {unit: 元, min: 100, max: 200}}", "坐席:每个月三百元", "fail"),
        ("{number: {unit: [元, 块], min: 400000}}", "坐席:保额是50万元", "pass"),
        ("{number: {unit: '%', max: 4}}", "坐席:利率百分之三点五", "pass"),
        ("{number: {unit: 元}}", "坐席:有150位客户", "fail"),
        ("{number: {min: 10, near: [利率]}}", "坐席:利率是12", "pass"),
        ("{number: {min: 10, near: [利率]}}", "坐席:年龄是12", "fail"),
        ("{asks: {by: agent, open: true}}", "坐席:您平时主要考虑哪方面的保障", "pass"),
        ("{asks: {by: agent, open: true}}", "坐席:您现在方便吗", "fail"),
        ("{asks: {by: agent, open: false, any_of: [方便]}}", "坐席:您现在说话方便吗", "pass"),
        ("{asks: {by: agent, any_of: [方便]}}", "坐席:您方便的时候联系我", "fail"),
        ("{asks: {by: agent, open: true, count: {min: 2}}}", "坐席:您主要考虑什么,预算大概多少?", "pass"),
        ("{asks: {by: agent, open: true, count: {min: 2}}}", "坐席:您主要考虑什么", "fail"),
        (
            "{repeats: {by: agent}}",
            "坐席:这款产品非常适合您 / 客户:不要 / 坐席:这款产品真的非常适合您",
            "pass",
        ),
        ("{repeats: {by: agent}}", "坐席:这款产品非常适合您 / 客户:这款产品非常适合您", "fail"),
        ("{repeats: {by: agent}}", "坐席:好的 / 客户:嗯 / 坐席:好的", "fail"),  # too short to count
        (
            "{repeats: {by: customer, count: {min: 2}}}",
            "客户:我真的不需要这个 / 坐席:您 / 客户:我真的不需要这个",
            "fail",
        ),
        (
            "{repeats: {by: agent, of: customer}}",  # parrots the customer
            "客户:我家里已经有保险了 / 坐席:您家里已经有保险了",
            "pass",
        ),
        ("{repeats: {by: agent, of: customer}}", "坐席:这款产品非常适合您 / 坐席:这款产品非常适合您", "fail"),
        ("{repeats: {of: anyone}}", "客户:这款产品非常适合您 / 坐席:这款产品非常适合您", "pass"),
        (
            "{repeats: {by: agent, except: [确认]}}",
            "坐席:跟您确认一下地址 / 客户:嗯 / 坐席:跟您确认一下地址",
            "fail",
        ),
    ],
)
def test_patterns(condition: str, dialogue: str, expected: str) -> None:
    assert verdict(condition, dialogue) == expected


@pytest.mark.parametrize(
    "condition",
    [
        r"{regex: {pattern: '工号\d{4}'}}",
        "{number: {min: 8000}}",
        "{asks: {by: agent}}",
    ],
)
def test_badly_recognised_words_decide_nothing(condition: str) -> None:
    assert verdict(condition, blurred(said("坐席:我的工号是不是工号8021"), 0)) == "unknown"


def test_a_pattern_is_found_in_the_original_wording() -> None:
    (evidence,) = judge(r"{regex: {pattern: '工号\d+'}}", "坐席:我的工号八零二一啊").evidence
    assert (evidence.text, evidence.start, evidence.end) == ("工号八零二一", 2, 8)


def test_a_number_in_no_range_is_called_a_number() -> None:
    assert judge("{number: {by: agent}}", "坐席:您好").reason == "坐席未说数字"
    assert judge("{number: {min: 3, unit: 元}}", "坐席:您好").reason == "未说不小于 3 的数字(元)"


class TestWords:
    """`words` of a pattern are found as they are heard."""

    CONDITION = "{{regex: {{pattern: '保证[^,。]{{0,6}}收益', words: [保证, 收益率]{more}}}}}"

    @pytest.mark.parametrize(
        ("sentence", "expected"),
        [
            ("坐席:我们保证您的收益", "pass"),
            ("坐席:我們保證您的收益", "pass"),
            ("坐席:我们宝证您的收益", "pass"),  # a homophone of a word
            ("坐席:我们宝证,您的收益", "fail"),
            ("坐席:我们包您的收益", "fail"),
        ],
    )
    def test_a_pattern_hears_its_words(self, sentence: str, expected: str) -> None:
        assert verdict(self.CONDITION.format(more=""), sentence) == expected

    def test_evidence_is_what_was_recognised(self) -> None:
        (evidence,) = judge(self.CONDITION.format(more=""), "坐席:我们宝证您的收益").evidence
        assert (evidence.text, evidence.start) == ("宝证您的收益", 2)

    def test_they_are_words_of_the_normal_form(self) -> None:
        with pytest.raises(BadRubric, match="words"):
            judge(self.CONDITION.format(more=", on: original"), "坐席:您好")
