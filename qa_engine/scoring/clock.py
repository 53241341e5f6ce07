"""Characters of a turn → milliseconds of the recording and recogniser confidence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

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
    """Times and confidence within one turn: its `words` and the characters at which they start and end. Without words,
    the turn as a whole stands for one, and times are interpolated by characters. `confidence_of_turn` is that of words
    that have none."""

    words: tuple[Word, ...]
    starts: Sequence[int]
    ends: Sequence[int]
    confidence_of_turn: float | None

    def seconds(self, start: int, end: int) -> tuple[float, float]:
        """When the characters `[start, end)` were said, to the millisecond."""
        start_s = self._moment(min(bisect_right(self.ends, start), len(self.words) - 1), start)
        end_s = self._moment(max(bisect_left(self.starts, end) - 1, 0), end)
        return round(start_s, 3), round(max(start_s, end_s), 3)

    def _moment(self, index: int, char: int) -> float:
        word, start = self.words[index], self.starts[index]
        if char <= start:
            return word.start_s
        length = self.ends[index] - start
        share = min((char - start) / length, 1.0) if length else 0.0
        return word.start_s + (word.end_s - word.start_s) * share

    def placed(self) -> tuple[Placed, ...]:
        """All words with their characters."""
        return tuple([self._placed(index) for index in range(len(self.words))])

    def below(self, least: float) -> list[Placed]:
        """The words that were recognised with less confidence."""
        otherwise = self.confidence_of_turn
        return [
            self._placed(index)
            for index, word in enumerate(self.words)
            if (confidence := otherwise if word.confidence is None else word.confidence) is not None
            and confidence < least
        ]

    def _placed(self, index: int) -> Placed:
        word = self.words[index]
        return Placed(self.starts[index], self.ends[index], word.start_s, word.end_s, self._confidence(word))

    def confidence(self, start: int, end: int) -> float | None:
        """Mean confidence of the characters `[start, end)`; None where the source gives none."""
        total = chars = 0.0
        for index in range(bisect_right(self.ends, start), bisect_left(self.starts, end)):
            confidence = self._confidence(self.words[index])
            if confidence is not None:
                shared = min(end, self.ends[index]) - max(start, self.starts[index])
                total += confidence * shared
                chars += shared
        return total / chars if chars else None

    def _confidence(self, word: Word) -> float | None:
        return word.confidence if word.confidence is not None else self.confidence_of_turn


def turn_clock(turn: Turn) -> TurnClock:
    """The clock of a turn, from its words where they can be found in its text."""
    clock = (_word_for_word(turn) or _searched(turn)) if turn.words else None
    if clock is None:
        whole = Word(turn.text, turn.start_s, turn.end_s)
        clock = TurnClock((whole,), (0,), (len(turn.text),), turn.confidence)
    return clock


def _word_for_word(turn: Turn) -> TurnClock | None:
    """The clock where the words are the text, nothing left out: how a recogniser gives them."""
    texts = [word.text for word in turn.words]
    if "".join(texts) != turn.text or turn.text.split(None, 1) != [turn.text] or not all(texts):
        return None
    ends = list(accumulate(map(len, texts)))
    return TurnClock(turn.words, [0, *ends[:-1]], ends, turn.confidence)


def _searched(turn: Turn) -> TurnClock | None:
    """The clock of the words that are found in the text one after the other; None where most are not."""
    words: list[Word] = []
    starts: list[int] = []
    ends: list[int] = []
    cursor = covered = 0
    for word in turn.words:
        text = word.text.strip()
        start = turn.text.find(text, cursor, cursor + len(text) + SEARCH_CHARS) if text else -1
        if start < 0:
            continue
        cursor = start + len(text)
        covered += len(text)
        words.append(word)
        starts.append(start)
        ends.append(cursor)
    if not words or 2 * covered < sum(map(str.isalnum, turn.text)):
        return None
    return TurnClock(tuple(words), starts, ends, turn.confidence)
