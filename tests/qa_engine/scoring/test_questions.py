"""Open and closed questions in speech without reliable question marks."""

from __future__ import annotations

import pytest

from qa_engine.scoring.questions import questions

OPEN, CLOSED, NONE = [True], [False], list[bool]()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您平时主要考虑什么,预算大概多少?", [True, True]),
        ("您觉得这款产品怎么样", OPEN),
        ("您主要担心哪方面呢", OPEN),
        ("您家里有几个孩子", OPEN),
        ("这个多少钱", OPEN),
        ("不知道您对保障有什么想法", OPEN),
        ("您现在方便吗", CLOSED),
        ("您之前有没有买过保险", CLOSED),
        ("是不是想了解什么", CLOSED),
        ("我们是安心保险的,对吧", CLOSED),
        ("请问您是想了解养老,还是教育?", CLOSED),
        ("没什么", NONE),
        ("我们什么都保", NONE),
        ("过几天给您回电", NONE),
        ("哪怕不买也没关系", NONE),
        ("不管您有什么问题,随时找我", NONE),
        ("您好,我是小李", NONE),
        ("", NONE),
    ],
)
def test_kind(text: str, expected: list[bool]) -> None:
    assert [question.open for question in questions(text)] == expected


def test_a_question_knows_its_sentence() -> None:
    text = "您好。请问,您贵姓什么?"
    (question,) = questions(text)
    assert text[question.start : question.end] == "您贵姓什么?"
    assert text[question.sentence_start : question.sentence_end] == "请问,您贵姓什么?"
