"""resembles: a trained table asked by a form."""

from __future__ import annotations

import pytest

from qa_engine.rubric import BadRubric
from tests.qa_engine.rubric.builders import verdict

ASKED = "{resembles: {by: agent, what: private_transfer, claim: demand, sure: 0.9, doubt: 0.6}}"
VIOLATION = "坐席:您把钱直接转到我个人卡上"


@pytest.mark.parametrize(
    ("dialogue", "expected"),
    [
        (VIOLATION, "pass"),
        ("坐席:您好 / 客户:您把钱直接转到我个人卡上", "fail"),  # somebody else says so
        ("坐席:别人让您把钱直接转到我个人卡上的话您别信", "fail"),  # told of others
        ("坐席:不要把钱转到我个人卡上", "fail"),
        ("坐席:好的,那您再考虑考虑", "fail"),
    ],
)
def test_what_resembles_a_violation(dialogue: str, expected: str) -> None:
    assert verdict(ASKED, dialogue) == expected


def test_doubt_may_not_be_higher_than_sure() -> None:
    with pytest.raises(BadRubric, match="doubt"):
        verdict("{resembles: {what: abuse, sure: 0.6, doubt: 0.7}}", VIOLATION)


def test_between_doubt_and_sure_a_reviewer_has_to_listen() -> None:
    milder = "坐席:您先转到我这边的卡上"
    likelihoods = [0.5 + step / 100 for step in range(51)]
    asked = [verdict(ASKED.replace("0.9", f"{sure}").replace("0.6", "0.5"), milder) for sure in likelihoods]
    assert asked == sorted(asked)
    assert set(asked) == {"pass", "unknown"}
