"""A part of a call in which something is looked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from qa_engine.scoring.outcome import Position

LAST: Position = (sys.maxsize, 0)


class Window(NamedTuple):
    """Limits that must all hold: seconds of the recording at which a thing starts, turns (inclusive, 0-based),
    positions between which it lies, and a set of turns. `words` is how to call it in a reason (前 30 秒).

    A tuple: answers are kept by window, and a call asks for them by the hundred."""

    start_s: float = -inf
    end_s: float = inf
    first_turn: int = 0
    last_turn: int = sys.maxsize
    after: Position = (-1, 0)
    before: Position = LAST
    only: frozenset[int] | None = None
    words: str = ""

    @property
    def timed(self) -> bool:
        """Whether it is limited by seconds."""
        return self.start_s > -inf or self.end_s < inf

    @property
    def whole(self) -> bool:
        """Whether it is the whole call."""
        return self is WHOLE or self == WHOLE

    def turns_of(self, total: int) -> Iterable[int]:
        """Turns of a call of `total` turns that may lie inside, seconds aside, in order."""
        first, last = self.reach(total)
        if self.only is None:
            return range(first, last + 1)
        return [turn for turn in range(first, last + 1) if turn in self.only]

    def reach(self, total: int) -> tuple[int, int]:
        """The first and the last turn that may lie inside, of a call of `total` turns."""
        return max(self.first_turn, self.after[0], 0), min(self.last_turn, self.before[0], total - 1)

    def has_turn(self, turn: int) -> bool:
        """Whether (part of) a turn may lie inside, seconds aside."""
        return (
            self.first_turn <= turn <= self.last_turn
            and self.after[0] <= turn <= self.before[0]
            and (self.only is None or turn in self.only)
        )

    def has_position(self, begin: Position, end: Position) -> bool:
        """Whether a stretch of text lies inside, seconds aside."""
        return self.after <= begin and end <= self.before and self.has_turn(begin[0])

    def has_moment(self, start_s: float) -> bool:
        """Whether a thing that starts then is inside."""
        return self.start_s <= start_s <= self.end_s

    def seconds(self, start_s: float, end_s: float, words: str = "") -> Window:
        """The part of it in these seconds."""
        first_s, last_s = max(self.start_s, start_s), min(self.end_s, end_s)
        return Window(first_s, last_s, *self[2:7], _both(self.words, words))

    def turns(self, first: int, last: int, words: str = "") -> Window:
        """The part of it in these turns."""
        first, last = max(self.first_turn, first), min(self.last_turn, last)
        places = (self.after, self.before, self.only)
        return Window(self.start_s, self.end_s, first, last, *places, _both(self.words, words))

    def between(self, after: Position, before: Position, words: str = "") -> Window:
        """The part of it between two positions."""
        return self._replace(
            after=max(self.after, after),
            before=min(self.before, before),
            words=_both(self.words, words),
        )

    def among(self, turns: frozenset[int], words: str = "") -> Window:
        """The part of it in a set of turns."""
        only = turns if self.only is None else self.only & turns
        return self._replace(only=only, words=_both(self.words, words))


def _both(first: str, second: str) -> str:
    return f"{first}{second}" if first != second else first


WHOLE = Window()
