"""Arithmetic on stretches of time. Spans are half-open, in seconds, ordered and disjoint unless said otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from qa_engine.calls import Span, Turn, Word

MS_DIGITS: Final = 3


def union(spans: Iterable[Span], *, max_gap_s: float = 0.0) -> tuple[Span, ...]:
    """Spans in any order → ordered and disjoint; neighbours at most `max_gap_s` apart become one."""
    return union_of_pairs(((span.start_s, span.end_s) for span in spans), max_gap_s=max_gap_s)


def union_of_pairs(pairs: Iterable[tuple[float, float]], *, max_gap_s: float = 0.0) -> tuple[Span, ...]:
    """The same for `(start_s, end_s)`: a call has a thousand words and needs no object for each."""
    ordered = sorted(pairs)
    if not ordered:
        return ()
    merged: list[Span] = []
    start_s, end_s = ordered[0]
    for next_start_s, next_end_s in ordered:
        if next_start_s > end_s + max_gap_s:
            merged.append(Span(start_s, end_s))
            start_s, end_s = next_start_s, next_end_s
        elif next_end_s > end_s:
            end_s = next_end_s
    merged.append(Span(start_s, end_s))
    return tuple(merged)


def union_in_order(stretches: Sequence[Span | Turn | Word], *, max_gap_s: float = 0.0) -> tuple[Span, ...]:
    """The same for stretches that mostly come in order, as words do: a call has a thousand of them."""
    if not stretches:
        return ()
    merged: list[Span] = []
    start_s, end_s = stretches[0].start_s, stretches[0].end_s
    latest_s = start_s
    for stretch in stretches:
        next_start_s, next_end_s = stretch.start_s, stretch.end_s
        if next_start_s < latest_s:
            return union_of_pairs([(one.start_s, one.end_s) for one in stretches], max_gap_s=max_gap_s)
        latest_s = next_start_s
        if next_start_s > end_s + max_gap_s:
            merged.append(Span(start_s, end_s))
            start_s, end_s = next_start_s, next_end_s
        elif next_end_s > end_s:
            end_s = next_end_s
    merged.append(Span(start_s, end_s))
    return tuple(merged)


def intersection(first: Sequence[Span], second: Sequence[Span]) -> tuple[Span, ...]:
    """Where both are."""
    result: list[Span] = []
    i = j = 0
    while i < len(first) and j < len(second):
        start = max(first[i].start_s, second[j].start_s)
        end = min(first[i].end_s, second[j].end_s)
        if start < end:
            result.append(Span(start, end))
        if first[i].end_s <= second[j].end_s:
            i += 1
        else:
            j += 1
    return tuple(result)


def gaps(spans: Sequence[Span], duration_s: float, *, min_s: float = 0.0) -> tuple[Span, ...]:
    """What is left of 0..`duration_s` outside of the spans, pieces of at least `min_s` only."""
    result: list[Span] = []
    at = 0.0
    for span in spans:
        if span.start_s > at:
            result.append(Span(at, span.start_s))
        at = max(at, span.end_s)
    if duration_s > at:
        result.append(Span(at, duration_s))
    return tuple(gap for gap in result if gap.length_s >= min_s)


def padded(spans: Sequence[Span], pad_s: float, duration_s: float) -> tuple[Span, ...]:
    """Spans widened by `pad_s` on both sides within 0..`duration_s`. Neighbours share a narrow gap between them."""
    result: list[Span] = []
    for i, span in enumerate(spans):
        before = (span.start_s - spans[i - 1].end_s) / 2 if i else span.start_s
        after = (spans[i + 1].start_s - span.end_s) / 2 if i + 1 < len(spans) else duration_s - span.end_s
        result.append(Span(span.start_s - min(pad_s, before), span.end_s + min(pad_s, after)))
    return tuple(result)


def total_s(spans: Iterable[Span]) -> float:
    """Sum of lengths."""
    return math.fsum(span.length_s for span in spans)


def rounded(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans at millisecond resolution."""
    return tuple(Span(round(s.start_s, MS_DIGITS), round(s.end_s, MS_DIGITS)) for s in spans)
