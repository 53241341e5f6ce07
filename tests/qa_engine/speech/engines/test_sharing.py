"""Windows of several voices in one, and the words given back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calls import Word
from qa_engine.speech.audio import SAMPLE_RATE_HZ
from qa_engine.speech.engines.layout import Layout, in_batches
from qa_engine.speech.engines.sharing import GAP_S, MAX_SHARED_S, joined, share, words_apart

WINDOWS = st.lists(st.tuples(st.floats(0.3, 28.0), st.integers(0, 3)), max_size=40)


@given(WINDOWS)
def test_every_window_is_in_one_part_in_order_and_with_its_own(rows: list[tuple[float, int]]) -> None:
    lengths, owners = [row[0] for row in rows], [row[1] for row in rows]
    shared = share(lengths, owners)
    assert [part.index for parts in shared for part in parts] == list(range(len(rows)))
    for parts in shared:
        assert len({owners[part.index] for part in parts}) == 1
        assert parts[0].at_s == 0.0
        assert parts[-1].at_s + parts[-1].length_s <= MAX_SHARED_S
        for before, after in pairwise(parts):
            assert after.at_s == pytest.approx(before.at_s + before.length_s + GAP_S)


@given(WINDOWS)
def test_neighbours_are_apart_only_where_they_do_not_fit(rows: list[tuple[float, int]]) -> None:
    shared = share([row[0] for row in rows], ["same"] * len(rows))
    for before, after in pairwise(shared):
        end_s = before[-1].at_s + before[-1].length_s
        assert end_s + GAP_S + after[0].length_s > MAX_SHARED_S


def test_the_sound_of_each_part_is_where_the_map_says() -> None:
    sounds = [np.full(int(seconds * SAMPLE_RATE_HZ), seconds, np.float32) for seconds in (2.0, 3.0, 1.5)]
    (parts,) = share([2.0, 3.0, 1.5], ["a"] * 3)
    sound = joined(parts, sounds)
    for part in parts:
        first = round(part.at_s * SAMPLE_RATE_HZ)
        assert (sound[first : first + len(sounds[part.index])] == sounds[part.index]).all()
    assert np.count_nonzero(sound) == sum(len(one) for one in sounds)


@given(
    st.lists(st.floats(1.0, 6.0), min_size=1, max_size=4),
    st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.05, 0.5)), max_size=8),
)
def test_a_word_comes_back_to_its_voice_at_its_time(
    lengths: list[float], said: list[tuple[float, float]]
) -> None:
    """Words anywhere inside of their own part: the same words at the same times come back."""
    (parts,) = share(lengths, ["a"] * len(lengths))
    own = [
        [
            Word("嗯", at * (length - long_s), at * (length - long_s) + long_s, 0.5)
            for at, long_s in sorted(said)
        ]
        for length in lengths
    ]
    placed = [
        Word(word.text, word.start_s + part.at_s, word.end_s + part.at_s, word.confidence)
        for part in parts
        for word in own[part.index]
    ]
    for expected, found in zip(own, words_apart(parts, placed), strict=True):
        assert [word.start_s for word in found] == pytest.approx([word.start_s for word in expected])
        assert [word.end_s for word in found] == pytest.approx([word.end_s for word in expected])


def test_a_word_that_reaches_over_goes_where_its_middle_is_and_ends_there() -> None:
    (parts,) = share([2.0, 2.0], ["a", "a"])
    first, second = words_apart(parts, [Word("好", 1.5, 2.4, None), Word("的", 2.2, 3.1, None)])
    assert [(word.start_s, word.end_s) for word in first] == [(1.5, 2.0)]
    assert [word.start_s for word in second] == [0.0]
    assert second[0].end_s == pytest.approx(0.6)


@given(st.lists(st.floats(0.1, 28.0), max_size=60), st.integers(1, 16), st.integers(1, 8))
def test_batches_take_every_item_once_the_longest_first(
    lengths: list[float], most: int, workers: int
) -> None:
    batches = in_batches(lengths, range(len(lengths)), most=most, workers=workers)
    order = [at for batch in batches for at in batch]
    assert sorted(order) == list(range(len(lengths)))
    assert [lengths[at] for at in order] == sorted(lengths, reverse=True)
    assert all(len(batch) <= most for batch in batches)
    assert all(
        len(batch) <= -(-len(lengths) // workers) for batch in batches
    )  # no worker does another's share


def test_no_worker_is_left_with_a_batch_when_the_others_are_done() -> None:
    """20 windows in batches of 8, 8 and 4 would keep one of two workers busy for 12 of them."""
    batches = in_batches([1.0] * 20, range(20), most=8, workers=2)
    assert [len(batch) for batch in batches] == [5, 5, 5, 5]


@pytest.mark.parametrize(
    ("said", "cores", "filled"),
    [
        (Layout(), 4, Layout(4, 1, 8)),  # nothing said: a worker a core
        (Layout(threads=3), 4, Layout(1, 3, 8)),  # only threads: the one worker that there always was
        (Layout(workers=2), 8, Layout(2, 4, 8)),
        (Layout(workers=9), 4, Layout(9, 1, 8)),
        (Layout(2, 2, 4), 1, Layout(2, 2, 4)),  # all said: nothing is changed
    ],
)
def test_what_was_not_said_is_filled_in(said: Layout, cores: int, filled: Layout) -> None:
    assert said.filled(cores) == filled
