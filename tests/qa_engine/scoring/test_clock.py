"""Characters → milliseconds and confidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calls import Role, Turn, Word
from qa_engine.scoring.clock import turn_clock

WORDS = (Word("您好", 1.0, 1.4, 0.9), Word("我是", 1.6, 2.0, 0.8), Word("小李", 2.0, 2.6, 0.3))
TURN = Turn(Role.AGENT, 1.0, 3.0, "您好,我是小李。", 0.7, WORDS)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 2, (1.0, 1.4)),  # a word
        (3, 7, (1.6, 2.6)),  # two words
        (4, 6, (1.8, 2.3)),  # parts of words
        (2, 3, (1.6, 1.6)),  # punctuation: the moment of the next word
        (0, 8, (1.0, 2.6)),
    ],
)
def test_seconds(start: int, end: int, expected: tuple[float, float]) -> None:
    assert turn_clock(TURN).seconds(start, end) == pytest.approx(expected)


def test_confidence_is_the_mean_of_the_characters() -> None:
    clock = turn_clock(TURN)
    assert clock.confidence(0, 2) == pytest.approx(0.9)
    assert clock.confidence(3, 7) == pytest.approx(0.55)
    assert clock.confidence(4, 6) == pytest.approx(0.55)


def test_words_with_spaces_and_punctuation_are_found() -> None:
    words = (Word(" 您好,", 1.0, 1.4), Word("我是", 1.6, 2.0), Word("小李。", 2.0, 2.6))
    turn = Turn(Role.AGENT, 1.0, 3.0, "您好,我是小李。", None, words)
    assert turn_clock(turn).seconds(3, 5) == (1.6, 2.0)
    assert turn_clock(turn).confidence(0, 2) is None


def test_words_that_are_not_those_of_the_text_are_not_used() -> None:
    turn = Turn(Role.AGENT, 1.0, 3.0, "您好我是小李啊", None, (Word("完全", 1, 2), Word("不同", 2, 3)))
    assert turn_clock(turn).seconds(0, 7) == (1.0, 3.0)


@given(st.text("您好我是小李,。 ", max_size=12), st.integers(0, 12), st.integers(0, 12), st.booleans())
def test_times_lie_inside_the_turn_and_never_run_backwards(text: str, a: int, b: int, spelled: bool) -> None:
    words = (
        tuple(Word(char, 1 + i * 0.1, 1.1 + i * 0.1, 0.5) for i, char in enumerate(text)) if spelled else ()
    )
    turn = Turn(Role.AGENT, 1.0, 3.0, text, 0.5, words)
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    start_s, end_s = turn_clock(turn).seconds(start, end)
    assert 1.0 <= start_s <= end_s <= 3.0
