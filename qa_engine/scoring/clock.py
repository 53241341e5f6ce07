"""Characters of a turn → milliseconds of the recording and recogniser confidence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from qa_engine.calls import Turn, Word
from qa_engine.values import value

SEARCH_CHARS = 24
"""How far ahead a word may stand of where the last one ended (punctuation, a word the source left out)."""


@value
class Placed:
    """A word at its characters `[start, end)` in the turn's text."""

    start: int
    end: int
    start_s: float
    end_s: float
    confidence: float | None


@value
class TurnClock:
    """Times and confidence within one turn. Without words, times are interpolated by characters."""

    words: tuple[Placed, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def seconds(self, start: int, end: int) -> tuple[float, float]:
        """When the characters `[start, end)` were said, to the millisecond."""
        first = self.words[min(bisect_right(self.ends, start), len(self.words) - 1)]
        last = self.words[max(bisect_left(self.starts, end) - 1, 0)]
        start_s = _inside(first, start)
        return round(start_s, 3), round(max(start_s, _inside(last, end)), 3)

    def over(self, start: int, end: int) -> tuple[Placed, ...]:
        """Words that `[start, end)` touches."""
        return self.words[bisect_right(self.ends, start) : bisect_left(self.starts, end)]

    def confidence(self, start: int, end: int) -> float | None:
        """Mean confidence of the characters `[start, end)`; None where the source gives none."""
        total = chars = 0.0
        for word in self.over(start, end):
            if word.confidence is not None:
                shared = min(end, word.end) - max(start, word.start)
                total += word.confidence * shared
                chars += shared
        return total / chars if chars else None


def _inside(word: Placed, char: int) -> float:
    if char <= word.start:
        return word.start_s
    length = word.end - word.start
    share = min((char - word.start) / length, 1.0) if length else 0.0
    return word.start_s + (word.end_s - word.start_s) * share


def turn_clock(turn: Turn) -> TurnClock:
    """The clock of a turn, from its words where they can be found in its text."""
    placed = _place(turn) if turn.words else []
    if not placed:
        placed = [Placed(0, len(turn.text), turn.start_s, turn.end_s, turn.confidence)]
    return TurnClock(tuple(placed), tuple([w.start for w in placed]), tuple([w.end for w in placed]))


def _place(turn: Turn) -> list[Placed]:
    placed: list[Placed] = []
    cursor = covered = 0
    whole = turn.text
    for word in turn.words:
        text = word.text.strip()
        start = whole.find(text, cursor, cursor + len(text) + SEARCH_CHARS) if text else -1
        if start < 0:
            continue
        cursor = start + len(text)
        covered += len(text)
        placed.append(_placed(word, start, cursor, turn))
    if 2 * covered < len(whole) and 2 * covered < sum(map(str.isalnum, whole)):
        return []  # the words are not those of the text
    return placed


def _placed(word: Word, start: int, end: int, turn: Turn) -> Placed:
    confidence = word.confidence if word.confidence is not None else turn.confidence
    return Placed(start, end, word.start_s, word.end_s, confidence)
