"""A turn whose text a person corrected: its words keep their times where they stand, and share them where they were changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TypeAlias

from qa_engine.calls import Turn, Word

Step: TypeAlias = tuple[str, int, int, int, int]
SPOKEN = re.compile(r"\w+")
HEARD = 1.0
"""Confidence of what a person has heard: of all words of the turn, changed or not."""


def corrected_turn(turn: Turn, text: str) -> Turn:
    """The turn with this text. A turn that had no word times gets none."""
    if not turn.words:
        return replace(turn, text=text, confidence=HEARD)
    steps = SequenceMatcher(None, turn.text, text, autojunk=False).get_opcodes()
    clock = _clock(turn)
    words: list[Word] = []
    for start, end in _pieces(turn, text, steps):
        begin_s, end_s = _time_at(clock, steps, start), _time_at(clock, steps, end)
        words.append(Word(text[start:end], begin_s, max(begin_s, end_s), HEARD))
    return replace(turn, text=text, confidence=HEARD, words=tuple(words))


def _clock(turn: Turn) -> list[float]:
    """When each character of the old text begins, and where the last one ends; one entry more than characters. Between words
    time stands at the end of the word before."""
    clock: list[float] = []
    at = turn.start_s
    place = 0
    for word in turn.words:
        begin = turn.text.find(word.text, place)
        if begin < 0:
            continue  # a word that the text spells otherwise
        clock += [at] * (begin - place)
        step = (word.end_s - word.start_s) / max(1, len(word.text))
        clock += [word.start_s + step * number for number in range(len(word.text))]
        place, at = begin + len(word.text), word.end_s
    return [*clock, *([at] * (len(turn.text) - place + 1))]


def _pieces(turn: Turn, text: str, steps: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """Where the new words lie: as the old ones where the text is the same, in runs of letters where it is not."""
    ends = _word_ends(turn)
    for tag, old, _, new, last in steps:
        start = new
        for place in range(new, last):
            if place + 1 == last or (tag == "equal" and old + place - new + 1 in ends):
                for run in SPOKEN.finditer(text, start, place + 1):
                    yield run.span()
                start = place + 1


def _word_ends(turn: Turn) -> set[int]:
    ends: set[int] = set()
    place = 0
    for word in turn.words:
        begin = turn.text.find(word.text, place)
        if begin >= 0:
            place = begin + len(word.text)
            ends.add(place)
    return ends


def _time_at(clock: Sequence[float], steps: Sequence[Step], place: int) -> float:
    """When a place of the new text is heard: inside a change its share of the time that the change takes."""
    for tag, old, old_end, new, last in steps:
        if new <= place <= last and (place > new or place == 0 or new == last or tag == "equal"):
            if tag == "equal":
                return clock[old + place - new]
            return clock[old] + (clock[old_end] - clock[old]) * (place - new) / max(1, last - new)
    return clock[-1]
