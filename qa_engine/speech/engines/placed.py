"""Words at window times → segments at their places in the recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from qa_engine.calls import Word
from qa_engine.speech.engines.base import Segment
from qa_engine.speech.engines.windows import Window


def placed(window: Window, words: Sequence[Word]) -> Iterator[Segment]:
    """One segment for each piece of the window that has words."""
    by_piece: dict[int, list[Word]] = {}
    for word in words:
        middle = (word.start_s + word.end_s) / 2
        index = max((i for i, piece in enumerate(window.pieces) if piece.at_s <= middle), default=0)
        span = window.span_at(word.start_s, word.end_s)
        confidence = None if word.confidence is None else round(word.confidence, 3)
        by_piece.setdefault(index, []).append(
            Word(word.text.strip(), round(span.start_s, 3), round(span.end_s, 3), confidence)
        )
    for index in sorted(by_piece):
        own = tuple(by_piece[index])
        sure = [word.confidence for word in own if word.confidence is not None]
        yield Segment(
            own[0].start_s,
            max(word.end_s for word in own),
            "".join(word.text for word in own),
            own,
            round(fmean(sure), 3) if sure else None,
        )
