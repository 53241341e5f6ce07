"""`except`: what excuses a hit."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from qa_engine.rubric.base import ConditionModel
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.outcome import Occurrence
from qa_engine.scoring.recognition import DEFAULT_CONFIDENCE
from qa_engine.scoring.scene import Found, Scene
from qa_engine.scoring.window import WHOLE

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

Excuser: TypeAlias = Callable[[Scene, Sequence[Occurrence]], list[Occurrence]]
"""Keeps the occurrences that nothing excuses; one that is excused by doubtful words becomes doubtful itself."""
SENTENCE_END = re.compile(r"[。!?!?;;]")
TURNS_BEFORE = 2
TURNS_AFTER = 1
DOUBT = "可能另有说明(识别把握不足)"


def nothing_excuses(_scene: Scene, found: Sequence[Occurrence]) -> list[Occurrence]:
    """No `except` was written."""
    return list(found)


def both(first: Excuser, second: Excuser) -> Excuser:
    """What neither excuses."""
    if first is nothing_excuses:
        return second
    return lambda scene, found: second(scene, first(scene, found))


def excuser(
    excuse: tuple[str, ...] | ConditionModel | None, builder: Builder, *, timing: bool = False
) -> Excuser:
    """How occurrences are excused. Phrases excuse words of the same sentence, or, where they overlap a hit (最好提前
    over 最好), only that hit; they excuse a timing when anyone says them in the two turns before."""
    if excuse is None:
        return nothing_excuses
    if isinstance(excuse, ConditionModel):
        return _by_condition(excuse, builder)
    numbers = builder.numbers(excuse, negated="allow")
    return _near(numbers) if timing else _in_sentence(numbers)


def _by_condition(condition: ConditionModel, builder: Builder) -> Excuser:
    judge = builder.judge(condition)

    def excused(scene: Scene, occurrence: Occurrence) -> Truth:
        first, last = occurrence.begin[0] - TURNS_BEFORE, occurrence.end[0] + TURNS_AFTER
        return judge(scene, WHOLE.turns(first, last)).truth

    return _filter(excused)


def _near(numbers: tuple[int, ...]) -> Excuser:
    def excused(scene: Scene, occurrence: Occurrence) -> Truth:
        window = WHOLE.turns(occurrence.begin[0] - TURNS_BEFORE + 1, occurrence.begin[0])
        return _clear(scene, scene.phrase_hits(numbers, window, None))

    return _filter(excused)


def _in_sentence(numbers: tuple[int, ...]) -> Excuser:
    def keep(scene: Scene, found: Sequence[Occurrence]) -> list[Occurrence]:
        if not found:
            return []
        turns = frozenset(occurrence.begin[0] for occurrence in found)
        excuses = scene.phrase_hits(numbers, WHOLE.among(turns), None)
        return _unexcused(scene, found, excuses) if excuses else list(found)

    return keep


def _unexcused(scene: Scene, found: Sequence[Occurrence], excuses: Sequence[Found]) -> list[Occurrence]:
    """The occurrences (in order, apart) without those that an excuse overlaps, or one of the same sentence that
    overlaps none."""
    begins, ends = [o.begin for o in found], [o.end for o in found]
    values = [Truth.FALSE] * len(found)
    loose: dict[int, list[tuple[int, int, Truth]]] = {}
    for turn, hit in excuses:
        clear = _clear(scene, [(turn, hit)])
        first, last = bisect_right(ends, (turn, hit.start)), bisect_left(begins, (turn, hit.end))
        for index in range(first, last):
            values[index] = max(values[index], clear)
        if first >= last:
            loose.setdefault(turn, []).append((hit.start, hit.end, clear))
    asides = {turn: _Asides(scene.turns[turn].text, hits) for turn, hits in loose.items()}
    for index, occurrence in enumerate(found):
        turn = occurrence.begin[0]
        if turn in asides:
            values[index] = max(values[index], asides[turn].beside(occurrence.begin[1], occurrence.end[1]))
    return _kept(found, values)


class _Asides:
    """The excuses of a turn, and which of them share a sentence with a stretch of it."""

    def __init__(self, text: str, hits: Sequence[tuple[int, int, Truth]]) -> None:
        self._borders = [border.start() for border in SENTENCE_END.finditer(text)]
        self._by_end = _Sums([(end, clear) for _, end, clear in hits])
        self._by_start = _Sums([(start, clear) for start, _, clear in hits])

    def beside(self, start: int, end: int) -> Truth:
        """What the excuses say that stand left or right of `[start, end)` with no end of a sentence between."""
        left = bisect_left(self._borders, start)
        right = bisect_left(self._borders, end)
        since = self._borders[left - 1] + 1 if left else 0
        until = self._borders[right] if right < len(self._borders) else sys.maxsize
        return max(self._by_end.best(since, start), self._by_start.best(end, until))


class _Sums:
    """How many excuses lie up to a place, and how many of them are clear."""

    def __init__(self, places: list[tuple[int, Truth]]) -> None:
        places.sort()
        self._places = [place for place, _ in places]
        self._clear = [0, *accumulate(clear is Truth.TRUE for _, clear in places)]

    def best(self, first: int, last: int) -> Truth:
        """The best excuse at the places `[first, last]`."""
        low, high = bisect_left(self._places, first), bisect_right(self._places, last)
        if low >= high:
            return Truth.FALSE
        return Truth.TRUE if self._clear[high] > self._clear[low] else Truth.UNKNOWN


def _filter(excused: Callable[[Scene, Occurrence], Truth]) -> Excuser:
    return lambda scene, found: _kept(found, [excused(scene, occurrence) for occurrence in found])


def _kept(found: Sequence[Occurrence], excused: Sequence[Truth]) -> list[Occurrence]:
    """What is not excused; what may be is kept and doubtful."""
    return [
        occurrence
        if value is Truth.FALSE
        else replace(occurrence, sure=False, doubt=occurrence.doubt or DOUBT)
        for occurrence, value in zip(found, excused, strict=True)
        if value is not Truth.TRUE
    ]


def _clear(scene: Scene, hits: Sequence[Found]) -> Truth:
    best = Truth.FALSE
    for turn, hit in hits:
        confidence = scene.recognition.clock(turn).confidence(hit.start, hit.end)
        if confidence is None or confidence >= DEFAULT_CONFIDENCE:
            return Truth.TRUE
        best = Truth.UNKNOWN
    return best
