"""Packing voiced spans into windows, and finding back where in the recording a word was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calls import Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.engines.windows import pack, split

RNG = np.random.default_rng(7)


def sound(seconds: float) -> Samples:
    return RNG.uniform(-0.5, 0.5, int(seconds * SAMPLE_RATE_HZ)).astype(np.float32)


def test_short_spans_share_a_window() -> None:
    windows = pack(sound(60), [Span(1, 5), Span(10, 14), Span(20, 24)], max_s=28)
    assert [len(window.pieces) for window in windows] == [3]
    assert windows[0].length_s == 12


def test_a_window_takes_no_more_than_it_holds() -> None:
    windows = pack(sound(60), [Span(0, 20), Span(21, 32), Span(33, 40)], max_s=28)
    assert [[piece.span for piece in window.pieces] for window in windows] == [
        [Span(0, 20)],
        [Span(21, 32), Span(33, 40)],
    ]


def test_a_window_that_is_full_enough_is_closed() -> None:
    spans = [Span(0, 4), Span(5, 6), Span(7, 9), Span(10, 15)]
    windows = pack(sound(20), spans, fill_s=3.0)
    assert [[piece.span for piece in window.pieces] for window in windows] == [
        [Span(0, 4)],
        [Span(5, 6), Span(7, 9)],
        [Span(10, 15)],
    ]


def test_a_long_span_is_cut_where_it_is_quietest() -> None:
    samples = sound(50)
    samples[int(25.0 * SAMPLE_RATE_HZ) : int(25.3 * SAMPLE_RATE_HZ)] = 0.0
    first, second = split(samples, Span(0.0, 50.0), 28.0)
    assert 25.0 <= first.end_s <= 25.3
    assert (first.start_s, second.start_s, second.end_s) == (0.0, first.end_s, 50.0)


@pytest.mark.parametrize(
    ("span", "duration_s"), [(Span(4, 4.5), 10.0), (Span(0.1, 0.4), 10.0), (Span(0.2, 0.9), 1.0)]
)
def test_a_lone_short_span_gets_the_sound_around_it(span: Span, duration_s: float) -> None:
    ((piece,),) = [window.pieces for window in pack(sound(duration_s), [span])]
    assert piece.span.length_s == pytest.approx(min(3.0, duration_s))
    assert piece.span.start_s <= span.start_s
    assert piece.span.end_s >= span.end_s


@given(st.lists(st.tuples(st.floats(0.05, 3), st.floats(0.3, 40)), min_size=1, max_size=12), st.floats(3, 28))
def test_every_voiced_second_is_in_one_window_and_found_back(
    rows: list[tuple[float, float]], fill_s: float
) -> None:
    spans: list[Span] = []
    at_s = 0.0
    for gap_s, length_s in rows:
        spans.append(Span(round(at_s + gap_s, 3), round(at_s + gap_s + length_s, 3)))
        at_s = spans[-1].end_s
    samples = np.zeros(int((at_s + 1) * SAMPLE_RATE_HZ), np.float32)
    windows = pack(samples, spans, fill_s=fill_s)
    pieces = [piece for window in windows for piece in window.pieces]
    assert all(window.length_s <= 28.0 + 1e-6 for window in windows)
    covered = sum(piece.span.length_s for piece in pieces)
    assert covered >= sum(span.length_s for span in spans) - 1e-6
    for window in windows:
        assert len(window.cut(samples)) == pytest.approx(
            window.length_s * SAMPLE_RATE_HZ, abs=len(window.pieces) + 1
        )
        for piece in window.pieces:
            back = window.span_at(piece.at_s + 0.01, piece.at_s + 0.02)
            assert back.start_s == pytest.approx(piece.span.start_s + 0.01, abs=1e-6)
