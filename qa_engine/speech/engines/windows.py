"""Packs the voiced spans of one channel into the windows that a Whisper encoder works on, and maps times back.

An encoder window costs the same whether it holds 1 s or 30 s of speech, and half of a two-channel call is the other
side speaking: cutting the silence out halves the windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from qa_engine.calls import Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples

# Whisper hears 30 s; the rest is a margin for the last word.
MAX_WINDOW_S: Final = 28.0
# Spans shorter than this are lost or answered with invented text when they are alone in a window.
MIN_WINDOW_S: Final = 3.0
_SEARCH_S: Final = 4.0
_QUIET_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Piece:
    """`span` of the recording, placed at `at_s` of its window."""

    span: Span
    at_s: float


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of one channel one after the other."""

    pieces: tuple[Piece, ...]

    @property
    def length_s(self) -> float:
        """Seconds of sound in the window."""
        last = self.pieces[-1]
        return last.at_s + last.span.length_s

    def cut(self, samples: Samples) -> Samples:
        """The sound of the window, (k,) float32."""
        return np.concatenate([_slice(samples, piece.span) for piece in self.pieces])

    def span_at(self, start_s: float, end_s: float) -> Span:
        """Where in the recording a stretch of the window lies: within the piece that holds its middle."""
        middle = (start_s + end_s) / 2
        piece = next((p for p in reversed(self.pieces) if p.at_s <= middle), self.pieces[0])
        offset = piece.span.start_s - piece.at_s
        first = min(max(start_s + offset, piece.span.start_s), piece.span.end_s)
        return Span(first, min(max(end_s + offset, first), piece.span.end_s))


def pack(
    samples: Samples,
    spans: Sequence[Span],
    *,
    max_s: float = MAX_WINDOW_S,
    min_s: float = MIN_WINDOW_S,
    fill_s: float = MAX_WINDOW_S,
) -> tuple[Window, ...]:
    """Ordered spans of one channel → windows of at most `max_s`, filled one after the other.

    A window that holds `fill_s` takes no further span: `max_s` packs as many spans into a window as fit, `min_s`
    gives each span a window of its own but for those shorter than `min_s`. A longer span than `max_s` is split at
    its quietest moment. A last window shorter than `min_s` gets the sound around it."""
    windows: list[Window] = []
    pieces: list[Piece] = []
    at_s = 0.0
    for span in (part for whole in spans for part in split(samples, whole, max_s)):
        if pieces and (at_s >= max(fill_s, min_s) or at_s + span.length_s > max_s):
            windows.append(Window(tuple(pieces)))
            pieces, at_s = [], 0.0
        pieces.append(Piece(span, at_s))
        at_s += span.length_s
    if pieces:
        windows.append(Window(tuple(pieces)))
    duration_s = len(samples) / SAMPLE_RATE_HZ
    return tuple(_widened(window, min_s, duration_s) for window in windows)


def split(samples: Samples, span: Span, max_s: float) -> tuple[Span, ...]:
    """A span in parts of at most `max_s`, cut where it is quietest in the last seconds of each part."""
    if span.length_s <= max_s:
        return (span,)
    search = Span(span.start_s + max_s - min(_SEARCH_S, max_s / 2), span.start_s + max_s)
    sound = np.abs(_slice(samples, search))
    width = int(_QUIET_S * SAMPLE_RATE_HZ)
    loudness = np.convolve(sound, np.ones(width, np.float32) / width, mode="valid")
    cut_s = round(search.start_s + (int(loudness.argmin()) + width // 2) / SAMPLE_RATE_HZ, 3)
    return (Span(span.start_s, cut_s), *split(samples, Span(cut_s, span.end_s), max_s))


def _widened(window: Window, min_s: float, duration_s: float) -> Window:
    missing_s = min_s - window.length_s
    if missing_s <= 0 or len(window.pieces) > 1:
        return window
    span = window.pieces[0].span
    start_s = max(0.0, span.start_s - missing_s / 2)
    return Window((Piece(Span(start_s, min(duration_s, start_s + min_s)), 0.0),))


def _slice(samples: Samples, span: Span) -> Samples:
    return np.asarray(
        samples[round(span.start_s * SAMPLE_RATE_HZ) : round(span.end_s * SAMPLE_RATE_HZ)], np.float32
    )
