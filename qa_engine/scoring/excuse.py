"""`except`: what excuses a hit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from qa_engine.rubric.base import ConditionModel
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.outcome import Occurrence
from qa_engine.scoring.scene import DEFAULT_CONFIDENCE, Found, Scene
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
        turns = {occurrence.begin[0] for occurrence in found}
        excuses = scene.phrase_hits(numbers, WHOLE.among(frozenset(turns)), None)
        tied = [any(_overlaps(excuse, o) for o in found) for excuse in excuses]

        def excused(scene: Scene, occurrence: Occurrence) -> Truth:
            valid = [
                excuse
                for excuse, overlapping in zip(excuses, tied, strict=True)
                if _overlaps(excuse, occurrence)
                or (not overlapping and _same_sentence(scene, excuse, occurrence))
            ]
            return _clear(scene, valid)

        return _filter(excused)(scene, found)

    return keep


def _filter(excused: Callable[[Scene, Occurrence], Truth]) -> Excuser:
    def keep(scene: Scene, found: Sequence[Occurrence]) -> list[Occurrence]:
        kept: list[Occurrence] = []
        for occurrence in found:
            value = excused(scene, occurrence)
            if value is Truth.FALSE:
                kept.append(occurrence)
            elif value is Truth.UNKNOWN:
                kept.append(replace(occurrence, sure=False, doubt=occurrence.doubt or DOUBT))
        return kept

    return keep


def _overlaps(excuse: Found, occurrence: Occurrence) -> bool:
    turn, hit = excuse
    return (turn, hit.start) < occurrence.end and occurrence.begin < (turn, hit.end)


def _same_sentence(scene: Scene, excuse: Found, occurrence: Occurrence) -> bool:
    turn, hit = excuse
    if turn != occurrence.begin[0]:
        return False
    start = min(hit.end, occurrence.end[1])
    end = max(hit.start, occurrence.begin[1])
    return not SENTENCE_END.search(scene.turns[turn].text, start, end)


def _clear(scene: Scene, hits: Sequence[Found]) -> Truth:
    best = Truth.FALSE
    for turn, hit in hits:
        confidence = scene.clock(turn).confidence(hit.start, hit.end)
        if confidence is None or confidence >= DEFAULT_CONFIDENCE:
            return Truth.TRUE
        best = Truth.UNKNOWN
    return best
