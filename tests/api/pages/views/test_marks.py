"""Cutting a turn's text: the pieces are the text again, whatever overlaps what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.pages.views.marks import Mark, Piece, cut, place_words, utf16_offset
from qa_engine.calls import Role, Turn, Word

TEXT = "您好,我是安心保险的李晓梅"


def turn(text: str, *words: Word) -> Turn:
    return Turn(Role.AGENT, 0.0, 5.0, text, words=words)


def test_a_mark_is_a_piece_with_the_number_at_its_end() -> None:
    assert cut(TEXT, [Mark(3, 5, 4, "pass")], ()) == (
        Piece("您好,"),
        Piece("我是", "pass", (4,), "4"),
        Piece("安心保险的李晓梅"),
    )


def test_where_marks_overlap_the_worse_verdict_shows_and_both_are_named() -> None:
    pieces = cut("保本保收益", [Mark(0, 5, 2, "pass"), Mark(0, 2, 1, "fail")], ())
    assert pieces == (Piece("保本", "fail", (1, 2), "1"), Piece("保收益", "pass", (2,), "2"))


def test_marks_outside_the_text_are_left_out() -> None:
    assert cut("好", [Mark(0, 9, 1, "fail"), Mark(1, 1, 2, "fail"), Mark(-1, 1, 3, "fail")], ()) == (
        Piece("好"),
    )


def test_badly_recognised_words_are_pieces_of_their_own() -> None:
    words = place_words(
        turn("您好,不需要", Word("您好", 0, 1, 0.9), Word("需要", 1, 2, 0.49), Word("x", 2, 3, 0.1))
    )
    assert [piece.text for piece in cut("您好,不需要", [], words) if piece.doubtful] == ["需要"]


def test_words_are_found_in_order_past_spaces_and_punctuation() -> None:
    words = (Word(" 好", 0, 1), Word("的", 1, 2), Word("好", 2, 3), Word("的", 3, 4))
    assert [(word.start, word.end) for word in place_words(turn("好的,好的。", *words))] == [
        (0, 1),
        (1, 2),
        (3, 4),
        (4, 5),
    ]


def test_browsers_count_rare_characters_twice() -> None:
    assert utf16_offset("𠮷野家", 2) == 3


edges = st.integers(-2, 32)
marks = st.builds(Mark, edges, edges, st.integers(1, 5), st.sampled_from(["pass", "fail", "unknown", "na"]))


@given(st.text(max_size=30), st.lists(marks, max_size=6))
def test_the_pieces_are_the_text(text: str, marked: list[Mark]) -> None:
    assert "".join(piece.text for piece in cut(text, marked, ())) == text
