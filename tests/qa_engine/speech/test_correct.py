"""Corrected turns: times stay where the words stay, and are shared where they do not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calls import Role, Turn, Word
from qa_engine.speech.correct import corrected_turn

TURN = Turn(
    Role.AGENT, 1.0, 4.0, "您好,这里是安心报险。", 0.5,
    (Word("您好", 1.0, 1.5, 0.9), Word("这里是", 1.6, 2.2, 0.9), Word("安心", 2.2, 2.8, 0.9), Word("报险", 2.8, 3.6, 0.2)),
)  # fmt: skip


def words(turn: Turn) -> list[tuple[str, float, float]]:
    return [(word.text, round(word.start_s, 2), round(word.end_s, 2)) for word in turn.words]


def test_a_character_is_corrected_and_every_time_stays() -> None:
    corrected = corrected_turn(TURN, "您好,这里是安心保险。")
    assert corrected.text == "您好,这里是安心保险。"
    assert words(corrected)[:3] == words(TURN)[:3]
    assert (words(corrected)[3][1], words(corrected)[-1][2]) == (2.8, 3.6)
    assert "".join(word.text for word in corrected.words[3:]) == "保险"
    assert corrected.confidence == 1.0
    assert {word.confidence for word in corrected.words} == {1.0}


def test_words_that_were_missed_lie_between_their_neighbours() -> None:
    corrected = corrected_turn(TURN, "您好,我这里是安心报险。")
    assert ("安心", 2.2, 2.8) in words(corrected)
    _, start_s, end_s = next(word for word in words(corrected) if word[0].startswith("我"))
    assert 1.5 <= start_s <= end_s <= 2.2


def test_a_turn_without_word_times_gets_none() -> None:
    bare = Turn(Role.AGENT, 1.0, 4.0, "您好")
    assert corrected_turn(bare, "你好").words == ()


@given(st.text("您好这里是安心报险保,。 a1", max_size=30))
def test_any_text_gives_words_in_order_inside_the_turn(text: str) -> None:
    corrected = corrected_turn(TURN, text)
    assert corrected.text == text
    times = [time for word in corrected.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert all(TURN.start_s <= time <= TURN.end_s for time in times)
    place = 0
    for word in corrected.words:
        place = text.index(word.text, place) + len(word.text)
    assert "".join(word.text for word in corrected.words) == "".join(c for c in text if c.isalnum())
