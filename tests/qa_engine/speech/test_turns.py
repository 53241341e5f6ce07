"""Words → turns: order, edges, pauses, two sides at once."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calls import Role, Span, Word
from qa_engine.speech.turns import group_words, join_text, tidy_words, two_sided_turns

A, C = Role.AGENT, Role.CUSTOMER
SPAN = Span(1.0, 5.0)


def words(*rows: tuple[str, float, float]) -> tuple[Word, ...]:
    return tuple(Word(*row) for row in rows)


def test_words_are_brought_inside_what_was_voiced() -> None:
    tidy = tidy_words(words(("您", 0.4, 1.6), ("好", 1.6, 5.4)), (SPAN,))
    assert [(word.start_s, word.end_s) for word in tidy] == [(1.0, 1.6), (1.6, 5.0)]


def test_the_first_and_last_word_reach_to_the_edges_of_their_span() -> None:
    tidy = tidy_words(words(("您", 1.4, 1.6), ("好", 4.2, 4.6)), (SPAN,))
    assert (tidy[0].start_s, tidy[-1].end_s) == (1.0, 5.0)


def test_an_edge_further_off_stays_where_it_was_heard() -> None:
    tidy = tidy_words(words(("您", 2.0, 2.2), ("好", 2.2, 2.6)), (SPAN,))
    assert (tidy[0].start_s, tidy[-1].end_s) == (2.0, 2.6)


def test_a_long_pause_begins_a_turn() -> None:
    runs = group_words(words(("您", 0.0, 0.2), ("好", 0.9, 1.0), ("在", 2.0, 2.2)))
    assert [join_text(run) for run in runs] == ["您好", "在"]


def test_a_short_pause_begins_a_turn_where_the_other_side_comes_in() -> None:
    said = words(("您好", 0.0, 0.5), ("我是", 1.0, 1.5))
    assert len(group_words(said)) == 1
    assert len(group_words(said, [Span(0.6, 0.9)])) == 2
    assert len(group_words(said, [Span(3.0, 3.5)])) == 1


def test_both_sides_at_once_keep_all_their_words() -> None:
    turns = two_sided_turns([words(("我们这款", 0.0, 2.0)), words(("不需要", 1.0, 1.8))], (A, C))
    assert [(turn.role, turn.text) for turn in turns] == [(A, "我们这款"), (C, "不需要")]
    assert turns[1].start_s < turns[0].end_s


def test_latin_words_are_spaced_chinese_is_not() -> None:
    assert join_text(words(("用", 0, 1), ("wifi", 1, 2), ("router", 2, 3), ("吧", 3, 4))) == "用wifi router吧"


@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 3)), max_size=30),
    st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 4)), max_size=6),
)
def test_invariants(rows: list[tuple[float, float]], voiced: list[tuple[float, float]]) -> None:
    """Words ordered and forward in time; turns hold their words; nothing is lost."""
    spans: list[Span] = []
    for start_s, length_s in sorted(voiced):
        begin_s = max(start_s, spans[-1].end_s + 0.5) if spans else start_s
        spans.append(Span(begin_s, begin_s + length_s))
    tidy = tidy_words([Word("字", start_s, start_s + length_s) for start_s, length_s in rows], spans)
    assert len(tidy) == len(rows)
    assert all(word.start_s <= word.end_s for word in tidy)
    assert all(one.start_s <= other.start_s for one, other in itertools.pairwise(tidy))
    turns = two_sided_turns([tidy, ()], (A, C))
    assert sum(len(turn.words) for turn in turns) == len(rows)
    for turn in turns:
        assert turn.start_s <= min(word.start_s for word in turn.words)
        assert turn.end_s >= max(word.end_s for word in turn.words)
