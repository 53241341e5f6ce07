"""A turn's text cut where something begins or ends to be said about it: evidence, badly recognised words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa_engine.language.placed_words import PlacedWord, place_words

__all__ = ["DOUBTFUL_BELOW", "Mark", "Piece", "PlacedWord", "cut", "place_words", "utf16_offset"]

DOUBTFUL_BELOW = 0.5
"""Words under this confidence are dotted; below the same value the rubric's conditions are unknown by default."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Evidence in one turn: characters `start`..`end` speak for item `number`."""

    start: int
    end: int
    number: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one look. `numbers` and `verdict` are set inside evidence; `label` on its last piece."""

    text: str
    verdict: str = ""
    numbers: tuple[int, ...] = ()
    label: str = ""
    doubtful: bool = False


_WORST = {"fail": 0, "unknown": 1, "pass": 2, "na": 3}


def cut(text: str, marks: Sequence[Mark], words: Sequence[PlacedWord]) -> tuple[Piece, ...]:
    """The text in pieces that together are the text again, whatever overlaps what."""
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    doubts = [
        (word.start, word.end)
        for word in words
        if word.word.confidence is not None and word.word.confidence < DOUBTFUL_BELOW
    ]
    edges = {0, len(text)}
    edges.update(edge for mark in inside for edge in (mark.start, mark.end))
    edges.update(edge for doubt in doubts for edge in doubt)
    ordered = sorted(edges)
    return tuple(_piece(text, start, end, inside, doubts) for start, end in pairwise(ordered) if start < end)


def _piece(
    text: str, start: int, end: int, marks: Sequence[Mark], doubts: Sequence[tuple[int, int]]
) -> Piece:
    here = [mark for mark in marks if mark.start <= start and end <= mark.end]
    ending = sorted({mark.number for mark in here if mark.end == end})
    return Piece(
        text=text[start:end],
        verdict=min((mark.verdict for mark in here), key=_WORST.__getitem__, default=""),
        numbers=tuple(sorted({mark.number for mark in here})),
        label="·".join(map(str, ending)),
        doubtful=any(first <= start and end <= last for first, last in doubts),
    )


def utf16_offset(text: str, offset: int) -> int:
    """A character offset as browsers count it: characters beyond the first plane are two units."""
    return offset + sum(1 for character in text[:offset] if character > "\uffff")
