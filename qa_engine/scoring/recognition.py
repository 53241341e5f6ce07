"""How well the words of a call were recognised: clocks of its turns, and which characters are in doubt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from qa_engine.calls import Turn
from qa_engine.scoring.clock import TurnClock, turn_clock
from qa_engine.scoring.outcome import Stretches, merged
from qa_engine.scoring.spoken import spoken_counts
from qa_engine.values import value

DEFAULT_CONFIDENCE = 0.5
"""Recogniser confidence under which words decide nothing."""
BLURRED_SHARE = 0.3
"""Share of badly recognised characters from which *it was not said* is unknown."""
_ROUNDING = 1e-9
"""Means of confidences that all reach a threshold may stay so much under it."""


@value
class Clarity:
    """How well a stretch was recognised: characters, those under the threshold, and when they were said."""

    chars: int
    blurred_chars: int
    blurred: Stretches

    @property
    def share(self) -> float:
        return self.blurred_chars / self.chars if self.chars else 0.0


class Recognition:
    """The turns of one call as the recogniser gave them; every answer is worked out once."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._clocks: dict[int, TurnClock] = {}
        self._doubted: dict[float, frozenset[int]] = {}
        self._blurred: dict[float, Mapping[int, Clarity]] = {}

    def clock(self, turn: int) -> TurnClock:
        """Times and confidence within a turn."""
        clock = self._clocks.get(turn)
        if clock is None:
            clock = self._clocks[turn] = turn_clock(self._turns[turn])
        return clock

    def confidence(self, turn: int, start: int, end: int, least: float) -> float | None:
        """Confidence of characters of a turn; None where the recogniser tells none, or none of the turn is under `least`."""
        return self.clock(turn).confidence(start, end) if turn in self._doubtful(least) else None

    def spoken_chars(self, turns: Iterable[int]) -> int:
        """Letters, digits and Hanzi of these turns."""
        spoken = self._spoken
        return sum([spoken[turn] for turn in turns])

    def clarity(self, turns: Collection[int], start_s: float, end_s: float, least: float) -> Clarity:
        """How well these turns were recognised between the two moments; doubt is confidence under `least`."""
        chars = self.spoken_chars(turns)
        badly_heard = self._badly_heard(least)
        if not badly_heard:
            return Clarity(chars, 0, ())
        inside = set(turns)
        blurred_chars = 0
        blurred: list[tuple[float, float]] = []
        for turn, part in badly_heard.items():
            if turn in inside:
                heard = [s for s in part.blurred if s[1] >= start_s and s[0] <= end_s]
                blurred_chars += round(part.blurred_chars * len(heard) / len(part.blurred))
                blurred += heard
        return Clarity(chars, blurred_chars, merged(blurred))

    @cached_property
    def _spoken(self) -> Sequence[int]:
        return spoken_counts([turn.text for turn in self._turns])

    def _badly_heard(self, least: float) -> Mapping[int, Clarity]:
        """The turns in which a word was recognised with less confidence."""
        known = self._blurred.get(least)
        if known is None:
            known = self._blurred[least] = {
                turn: part
                for turn in sorted(self._doubtful(least))
                if (part := self._turn_clarity(turn, least)).blurred
            }
        return known

    def _doubtful(self, least: float) -> frozenset[int]:
        """Turns in which a word may be under the threshold; most need no look at where their words stand."""
        known = self._doubted.get(least)
        if known is None:
            known = self._doubted[least] = _doubtful(self._turns, least + _ROUNDING)
        return known

    def _turn_clarity(self, turn: int, least: float) -> Clarity:
        text = self._turns[turn].text
        bad = self.clock(turn).below(least)
        count = sum([char.isalnum() for word in bad for char in text[word.start : word.end]])
        return Clarity(self._spoken[turn], count, tuple([(word.start_s, word.end_s) for word in bad]))


def _doubtful(turns: Sequence[Turn], least: float) -> frozenset[int]:
    words = {
        index
        for index, turn in enumerate(turns)
        for word in turn.words
        if (confidence := word.confidence) is not None and confidence < least
    }
    return frozenset(words).union(
        [i for i, turn in enumerate(turns) if turn.confidence is not None and turn.confidence < least]
    )
