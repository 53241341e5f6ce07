"""Words of every channel → turns in the order of the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean
from typing import Final

from qa_engine.calls import Role, Span, Turn, Word

# A longer pause of the same speaker begins a new turn. Pauses inside a turn are mostly below 0.7 s.
MAX_PAUSE_S: Final = 0.9
# A pause in which the other side says something ends a turn when it is at least this long.
MIN_YIELD_S: Final = 0.25
# Recognisers place the edges of what was said within about this; the voiced span knows them to a frame or two.
MAX_EDGE_S: Final = 0.6
_MS: Final = 3


def tidy_words(words: Iterable[Word], voiced: Sequence[Span]) -> tuple[Word, ...]:
    """Words in order, none ending before it starts or before the one before starts, inside the voiced spans.

    Recognisers stretch the first and the last word of a window into the silence around it, or squeeze them: the
    first and the last word of a span that are within 0.6 s of its edges reach to them."""
    return _to_edges(_ordered(words, voiced), voiced)


def _ordered(words: Iterable[Word], voiced: Sequence[Span]) -> tuple[Word, ...]:
    result: list[Word] = []
    earliest = 0.0
    for word in sorted(words, key=lambda w: (w.start_s, w.end_s)):
        span = _nearest(voiced, (word.start_s + word.end_s) / 2)
        start, end = word.start_s, word.end_s
        if span is not None:
            start, end = max(start, span.start_s), min(end, span.end_s)
            start = min(start, span.end_s)
        start = round(max(start, earliest), _MS)
        end = round(max(end, start), _MS)
        earliest = start
        result.append(replace(word, start_s=start, end_s=end))
    return tuple(result)


def _to_edges(words: Sequence[Word], voiced: Sequence[Span]) -> tuple[Word, ...]:
    result = list(words)
    spans = [_nearest(voiced, (word.start_s + word.end_s) / 2) for word in words]
    for index, span in enumerate(spans):
        word = result[index]
        if span is None:
            continue
        if (index == 0 or spans[index - 1] != span) and word.start_s - span.start_s <= MAX_EDGE_S:
            word = replace(word, start_s=min(word.start_s, span.start_s))
        if (index + 1 == len(spans) or spans[index + 1] != span) and span.end_s - word.end_s <= MAX_EDGE_S:
            word = replace(word, end_s=max(word.end_s, span.end_s))
        result[index] = word
    return tuple(result)


def _nearest(spans: Sequence[Span], at_s: float) -> Span | None:
    return min(spans, key=lambda s: max(s.start_s - at_s, at_s - s.end_s, 0.0), default=None)


def group_words(words: Sequence[Word], others: Sequence[Span] = ()) -> tuple[tuple[Word, ...], ...]:
    """One speaker's words in runs: split at long pauses, and at pauses in which one of `others` begins."""
    if not words:
        return ()
    starts = sorted(span.start_s for span in others)
    runs: list[list[Word]] = [[words[0]]]
    for previous, word in pairwise(words):
        pause_s = word.start_s - previous.end_s
        yielded = pause_s >= MIN_YIELD_S and any(previous.end_s - 0.1 <= at <= word.start_s for at in starts)
        if pause_s > MAX_PAUSE_S or yielded:
            runs.append([])
        runs[-1].append(word)
    return tuple(tuple(run) for run in runs)


def turn_of(words: Sequence[Word], role: Role, channel: int | None) -> Turn:
    """One turn of at least one word."""
    sure = [word.confidence for word in words if word.confidence is not None]
    return Turn(
        role,
        words[0].start_s,
        max(word.end_s for word in words),
        join_text(words),
        round(fmean(sure), _MS) if sure else None,
        tuple(words),
        channel,
        join_text([_spelled(word) for word in words]) if any(word.spelled for word in words) else None,
    )


def _spelled(word: Word) -> Word:
    """The word as it was spelled, with the mark that it got since."""
    if word.spelled is None:
        return word
    return replace(word, text=word.spelled + word.text[len(word.spelled) :])


def join_text(words: Sequence[Word]) -> str:
    """Text of words: Chinese without spaces, a space between two Latin words."""
    text = ""
    for word in words:
        if (
            text
            and text[-1].isascii()
            and text[-1].isalpha()
            and word.text[:1].isascii()
            and word.text[:1].isalpha()
        ):
            text += " "
        text += word.text
    return text


def two_sided_turns(channels: Sequence[Sequence[Word]], roles: Sequence[Role]) -> tuple[Turn, ...]:
    """Turns of all channels by start time. Where both speak at once, both turns stay and overlap in time."""
    runs = [[_span(run) for run in group_words(words)] for words in channels]
    turns: list[Turn] = []
    for index, words in enumerate(channels):
        others = [span for other, spans in enumerate(runs) if other != index for span in spans]
        turns.extend(turn_of(run, roles[index], index) for run in group_words(words, others))
    return tuple(sorted(turns, key=lambda t: (t.start_s, t.end_s, t.channel or 0)))


def _span(words: Sequence[Word]) -> Span:
    return Span(words[0].start_s, max(word.end_s for word in words))
