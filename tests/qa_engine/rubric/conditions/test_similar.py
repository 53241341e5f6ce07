"""similar: a script line in other words."""

from __future__ import annotations

import pytest

from tests.qa_engine.rubric.builders import blurred, judge, said, verdict

LINES = "lines: [为保证服务质量本次通话将被录音, 本次通话全程录音请您知晓]"


@pytest.mark.parametrize(
    ("condition", "dialogue", "expected"),
    [
        (f"{{similar: {{by: agent, {LINES}}}}}", "坐席:为了保证服务质量,我们这次通话会录音的", "pass"),
        (f"{{similar: {{by: agent, {LINES}}}}}", "坐席:先跟您说一声,本次通话全程录音,请知晓", "pass"),
        (f"{{similar: {{by: agent, {LINES}}}}}", "坐席:您可以把问题录个音发给我", "fail"),
        (f"{{similar: {{by: customer, {LINES}}}}}", "坐席:本次通话全程录音,请您知晓", "fail"),
        (
            f"{{similar: {{{LINES}, within: {{turns: 1}}}}}}",
            "坐席:您好 / 坐席:本次通话全程录音请您知晓",
            "fail",
        ),
        (f"{{similar: {{{LINES}, min_score: 0.95}}}}", "坐席:为了保证服务质量,我们这次通话会录音的", "fail"),
        (f"{{similar: {{{LINES}, count: {{min: 2}}}}}}", "坐席:本次通话全程录音请您知晓", "fail"),
        (
            f"{{similar: {{{LINES}, except: [别的电话]}}}}",
            "坐席:别的电话本次通话全程录音请您知晓",
            "fail",
        ),
        ("{similar: {lines: $拒绝, min_score: 0.9}}", "客户:没兴趣", "pass"),  # a list of lines by name
    ],
)
def test_similar(condition: str, dialogue: str, expected: str) -> None:
    assert verdict(condition, dialogue) == expected


def test_the_nearest_line_and_its_score_are_shown() -> None:
    (evidence,) = judge(f"{{similar: {{by: agent, {LINES}}}}}", "坐席:好,本次通话全程录音,请知晓").evidence
    assert evidence.phrase == "本次通话全程录音请您知晓"
    assert evidence.text == "本次通话全程录音,请知晓"
    assert evidence.score is not None
    assert 0.55 <= evidence.score < 1


@pytest.mark.parametrize("dialogue", ["坐席:本次通话全程录音,请您知晓", "坐席:您可以把问题录个音发给我"])
def test_badly_recognised_words_decide_nothing(dialogue: str) -> None:
    assert verdict(f"{{similar: {{by: agent, {LINES}}}}}", blurred(said(dialogue), 0)) == "unknown"


def test_an_anchor_may_be_a_similar_line() -> None:
    order = (
        f"{{after: {{similar: {{by: agent, {LINES}}}}}, expect: {{says: {{by: customer, any_of: [好]}}}}}}"
    )
    assert verdict(order, "坐席:本次通话全程录音请您知晓 / 客户:好") == "pass"
