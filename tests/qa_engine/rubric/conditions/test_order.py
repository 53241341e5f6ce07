"""after, before, around, sequence."""

from __future__ import annotations

import pytest

from tests.qa_engine.rubric.builders import blurred, judge, said, verdict

REFUSED = "{says: {by: customer, any_of: $拒绝}, nth: %s}"
EMPATHY = "{says: {by: agent, any_of: [理解]}}"


def after(nth: str = "first", within: str = "{turns: 2, seconds: 20}") -> str:
    return f"{{after: {REFUSED % nth}, expect: {EMPATHY}, within: {within}}}"


@pytest.mark.parametrize(
    ("dialogue", "expected"),
    [
        ("客户:不需要 / 坐席:我理解您", "pass"),
        ("客户:不需要 / 坐席:为什么", "fail"),
        ("坐席:我理解您 / 客户:不需要", "fail"),  # before is not after
        ("客户:不需要 / 坐席:等等 / 客户:真的 / 坐席:我理解", "fail"),  # the third turn
        (
            "客户:不需要 / 坐席:等等 / 坐席:您听我说 / 坐席:我理解",
            "pass",
        ),  # one speaker's turns in a row are one
        ("客户:不需要 / 静音:30 / 坐席:我理解您", "fail"),  # too late
        ("客户:你好 / 坐席:我理解您", "fail"),  # nothing was refused
    ],
)
def test_after(dialogue: str, expected: str) -> None:
    assert verdict(after(), dialogue) == expected


def test_what_follows_in_the_same_turn_is_after() -> None:
    condition = "{after: {says: {any_of: [不需要]}}, expect: {says: {any_of: [谢谢]}}}"
    assert verdict(condition, "客户:不需要,谢谢") == "pass"
    assert verdict(condition, "客户:谢谢,不需要") == "fail"


TWICE = "客户:不需要 / 坐席:您听我说 / 客户:没兴趣 / 坐席:我理解您"


@pytest.mark.parametrize(
    ("nth", "expected"),
    [
        ("first", "fail"),
        ("last", "pass"),
        ("each", "fail"),
        ("any", "pass"),
        ("1", "fail"),
        ("2", "pass"),
        ("3", "fail"),
    ],
)
def test_which_occurrence(nth: str, expected: str) -> None:
    assert verdict(after(nth, "{turns: 1}"), TWICE) == expected


class TestUnknown:
    def test_a_doubtful_start(self) -> None:
        call = blurred(said("客户:不需要 / 坐席:我理解您"), 0)
        assert verdict(after(), call) == "unknown"

    def test_a_doubtful_start_that_nothing_follows_is_false_either_way(self) -> None:
        call = blurred(said("客户:不需要 / 坐席:为什么呢,我们这个产品真的很好,您再听我说一下"), 0)
        assert verdict(after(), call) == "fail"

    def test_it_may_be_the_doubtful_or_the_sure_one_that_is_first(self) -> None:
        call = blurred(said(TWICE), 0)
        assert verdict(after("first", "{turns: 1}"), call) == "unknown"

    def test_all_candidates_agree(self) -> None:
        call = blurred(said("客户:不需要 / 坐席:我理解您 / 客户:没兴趣 / 坐席:我理解您"), 0)
        assert verdict(after("first", "{turns: 1}"), call) == "pass"

    def test_a_doubtful_answer(self) -> None:
        call = blurred(said("客户:不需要 / 坐席:我理解您"), 1)
        judged = judge(after(), call)
        assert judged.verdict == "unknown"
        assert judged.settle


@pytest.mark.parametrize(
    ("dialogue", "expected"),
    [
        ("坐席:本次通话会录音 / 客户:好 / 坐席:请问您的身份证号", "pass"),
        ("坐席:请问您的身份证号 / 客户:好 / 坐席:本次通话会录音", "fail"),
    ],
)
def test_before(dialogue: str, expected: str) -> None:
    condition = "{before: {says: {any_of: [身份证号]}}, expect: {says: {by: agent, any_of: [录音]}}}"
    assert verdict(condition, dialogue) == expected


def test_around_looks_both_ways() -> None:
    condition = (
        "{around: {says: {any_of: [利率]}}, expect: {says: {any_of: [以合同为准]}}, within: {turns: 1}}"
    )
    assert verdict(condition, "坐席:以合同为准 / 客户:利率多少") == "pass"
    assert verdict(condition, "客户:利率多少 / 坐席:以合同为准") == "pass"
    assert verdict(condition, "客户:利率多少 / 坐席:您好 / 客户:嗯什么 / 坐席:以合同为准") == "fail"


STEPS = (
    "{sequence: {steps: [{says: {any_of: [您好]}}, {says: {any_of: [需求]}}, {says: {any_of: [再见]}}]%s}}"
)


@pytest.mark.parametrize(
    ("dialogue", "extra", "expected"),
    [
        ("坐席:您好 / 坐席:需求 / 坐席:再见", "", "pass"),
        ("坐席:您好,需求,再见", "", "pass"),
        ("坐席:需求 / 坐席:您好 / 坐席:再见", "", "fail"),
        ("坐席:您好 / 坐席:再见", "", "fail"),
        ("坐席:再见 / 坐席:您好 / 坐席:需求 / 坐席:再见", "", "pass"),
        ("坐席:再见 / 坐席:您好 / 坐席:需求 / 坐席:再见", ", strict: true", "fail"),
        ("坐席:您好 / 坐席:需求 / 静音:30 / 坐席:再见", ", within: {seconds: 20}", "fail"),
        ("坐席:您好 / 静音:30 / 坐席:您好 / 坐席:需求 / 坐席:再见", ", within: {seconds: 20}", "pass"),
        ("坐席:您好 / 客户:你说 / 坐席:需求 / 客户:嗯什么 / 坐席:再见", ", within: {turns: 2}", "fail"),
    ],
)
def test_sequence(dialogue: str, extra: str, expected: str) -> None:
    assert verdict(STEPS % extra, dialogue) == expected


def test_a_sequence_with_a_doubtful_step_is_unknown() -> None:
    assert verdict(STEPS % "", blurred(said("坐席:您好 / 坐席:需求 / 坐席:再见"), 1)) == "unknown"


def test_a_nod_in_the_middle_of_a_speech_takes_no_turn() -> None:
    dialogue = "客户:不需要 / 坐席:您听我说 / 客户:嗯 / 坐席:其实我理解"
    assert verdict(after("first", "{turns: 1}"), dialogue) == "pass"


def test_the_anchor_is_part_of_the_evidence() -> None:
    judged = judge(after(), "客户:不需要 / 坐席:我理解您")
    assert [evidence.text for evidence in judged.evidence] == ["不需要", "理解"]
