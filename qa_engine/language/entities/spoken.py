"""A call as one text, so that every pattern runs once a call and not once a turn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from qa_engine.calls import Role

BREAK = "\n"
"""Between two turns; no pattern reaches across it."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """`text` is every turn in half-width Simplified lower case, joined by `BREAK`; turn `i` begins at `starts[i]`.
    `starts` has one more element, the place after the last turn's break."""

    text: str
    starts: tuple[int, ...]
    roles: tuple[Role | None, ...]

    def turn_at(self, place: int) -> int:
        """The turn that a character of the text belongs to."""
        return bisect_right(self.starts, place) - 1

    def bounds(self, turn: int) -> tuple[int, int]:
        """`[start, end)` of a turn in the text."""
        return self.starts[turn], self.starts[turn + 1] - 1


def join(texts: Sequence[str], roles: Sequence[Role | None]) -> Spoken:
    """Joins folded turns."""
    starts = accumulate((len(text) + 1 for text in texts), initial=0)
    return Spoken(BREAK.join(texts) + BREAK, tuple(starts), tuple(roles))
