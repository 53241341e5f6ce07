"""sentiment: judged from the words of a speaker."""

from __future__ import annotations

import pytest

from tests.qa_engine.rubric.builders import blurred, judge, said, verdict

CALM_THEN_ANGRY = (
    "坐席:您好,请问您最近有考虑保险吗 / 客户:可以啊,听起来不错,挺感兴趣的 / 坐席:每个月五百元 / 客户:好的,谢谢你的介绍 / "
    "坐席:您先付款 / 客户:你们就是骗子,太过分了,我要投诉你们"
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{sentiment: {by: customer, state: negative}}", "pass"),
        ("{sentiment: {by: customer, state: negative, within: {percent: [0, 50]}}}", "fail"),
        ("{sentiment: {by: customer, state: negative, within: {percent: [60, 100]}}}", "pass"),
        ("{sentiment: {by: customer, state: negative, count: {min: 3}}}", "fail"),
        ("{sentiment: {by: customer, shift: {max: -0.3}}}", "pass"),
        ("{sentiment: {by: customer, shift: {min: 0}}}", "fail"),
        ("{sentiment: {by: customer, score: {min: 0}, within: {percent: [0, 60]}}}", "pass"),
    ],
)
def test_sentiment(condition: str, expected: str) -> None:
    assert verdict(condition, CALM_THEN_ANGRY) == expected


@pytest.mark.parametrize(
    "condition",
    ["{sentiment: {by: customer, shift: {min: 0}}}", "{sentiment: {by: customer, score: {min: 0}}}"],
)
def test_who_says_nothing_has_no_score(condition: str) -> None:
    assert verdict(condition, "坐席:您好") == "unknown"


@pytest.mark.parametrize(
    "condition",
    [
        "{sentiment: {by: customer, state: negative}}",
        "{sentiment: {by: customer, shift: {max: 0}}}",
    ],
)
def test_guessed_roles_leave_it_unknown(condition: str) -> None:
    assert verdict(condition, said(CALM_THEN_ANGRY, role_confidence=0.5)) == "unknown"


def test_an_angry_turn_that_was_badly_recognised_decides_nothing() -> None:
    assert (
        verdict("{sentiment: {by: customer, state: negative}}", blurred(said(CALM_THEN_ANGRY), 5))
        == "unknown"
    )


@pytest.mark.parametrize(
    "condition",
    [
        "{sentiment: {by: customer, state: negative}}",
        "{sentiment: {by: customer, score: {max: 0}}}",
        "{sentiment: {by: customer, shift: {max: 0}}}",
    ],
)
def test_one_short_turn_never_decides(condition: str) -> None:
    assert verdict(condition, "坐席:您好,打扰您一分钟 / 客户:不需要") == "unknown"


def test_a_short_turn_decides_with_those_before_it() -> None:
    told = "坐席:您好 / 客户:我没有兴趣 / 坐席:就一分钟 / 客户:不需要"
    assert verdict("{sentiment: {by: customer, state: negative, within: {turns: -1}}}", told) == "pass"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # The last two turns of the customer are thanks and anger: the anger is longer.
        ("{sentiment: {by: customer, state: negative, window: 2}}", "pass"),
        ("{sentiment: {by: customer, state: negative, window: 2, within: {percent: [0, 60]}}}", "fail"),
        ("{sentiment: {by: customer, score: {max: 0}, window: 2}}", "pass"),
        ("{sentiment: {by: customer, shift: {max: -0.3}, window: 2}}", "pass"),
        ("{sentiment: {by: customer, shift: {min: 0}, window: 2}}", "fail"),
    ],
)
def test_a_window_of_the_forms_own(condition: str, expected: str) -> None:
    assert verdict(condition, CALM_THEN_ANGRY) == expected


def test_the_turn_is_the_evidence() -> None:
    judged = judge("{sentiment: {by: customer, state: negative}}", CALM_THEN_ANGRY)
    assert [evidence.turn for evidence in judged.evidence] == [5]


@pytest.mark.parametrize(
    ("condition", "without", "with_doubt"),
    [
        ("state: negative, within: {percent: [60, 100]}, doubt: 0.05", "pass", "pass"),
        ("state: neutral, within: {percent: [0, 20]}, doubt: 0.5", "pass", "unknown"),
        ("score: {min: 0}, within: {percent: [0, 60]}, doubt: 0.01", "pass", "pass"),
    ],
)
def test_a_score_at_the_edge_is_in_doubt(condition: str, without: str, with_doubt: str) -> None:
    dialogue = f"坐席:您好 / 客户:我们这边大概是三个人一起用的 / 坐席:好的 / {CALM_THEN_ANGRY}"
    plain = condition.rsplit(", doubt", 1)[0]
    assert verdict(f"{{sentiment: {{by: customer, {plain}}}}}", dialogue) == without
    assert verdict(f"{{sentiment: {{by: customer, {condition}}}}}", dialogue) == with_doubt


def test_a_figure_near_its_limit_is_in_doubt() -> None:
    judged = judge(
        "{sentiment: {by: customer, shift: {max: -0.3}, doubt: 0.5}}",
        "坐席:您好 / 客户:好的呀没问题 / 客户:好的呀没问题",
    )
    assert judged.verdict.value == "unknown"
    assert judged.settle
