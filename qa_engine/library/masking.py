"""Which milliseconds of a call say who somebody is, and what a stretch of it reads like without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qa_engine.calls import Role, Transcript, Turn
from qa_engine.language.entities import PII, Entity, find_entities
from qa_engine.language.placed_words import PlacedWord, place_words
from qa_engine.language.redaction import BLOCK, redact

Stretch: TypeAlias = tuple[int, int]
"""Milliseconds of the recording, the second one excluded."""
PAD_MS = 80
"""Recognisers set the borders of a word to about a tenth of a second: a digit must not be heard to end after the tone."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker says in a clip, with blocks for what is hidden; `at_ms` is from the start of the clip."""

    role: Role
    at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A stretch of a call as others may have it. `tones` are from the start of the clip; `found` of them cover what was
    recognised as personal, the others what a person marked."""

    lines: tuple[Line, ...]
    tones: tuple[Stretch, ...]
    found: int


def mask(transcript: Transcript, stretch: Stretch, *, marked: Iterable[Stretch] = ()) -> Masked:
    """The clip `stretch` of a call. Entities are looked for in the whole call, because a number is announced before it is
    said; `marked` are milliseconds of the recording that a person wants hidden too."""
    start, end = stretch
    entities = [tuple(one for one in own if one.kind in PII) for own in find_entities(transcript.turns)]
    by_hand = tuple(marked)
    found = joined(_inside(personal_stretches(transcript.turns, entities), stretch))
    hidden = joined([*found, *_inside(by_hand, stretch)])
    lines = [
        line
        for turn, own in zip(transcript.turns, entities, strict=True)
        if turn.end_s * 1000 > start and turn.start_s * 1000 < end
        for line in _line(turn, own, stretch, by_hand)
    ]
    return Masked(tuple(lines), tuple((a - start, b - start) for a, b in hidden), len(found))


def personal_stretches(turns: Sequence[Turn], entities: Sequence[Sequence[Entity]]) -> tuple[Stretch, ...]:
    """When what is personal is said, in the order of the call. Characters that no timed word covers are looked for between
    the words around them; a turn without times is hidden as a whole."""
    return joined(
        _said(turn, place_words(turn), entity)
        for turn, own in zip(turns, entities, strict=True)
        for entity in own
    )


def joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """In order, those that touch as one."""
    result: list[Stretch] = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def _said(turn: Turn, words: Sequence[PlacedWord], entity: Entity) -> Stretch:
    own = [word for word in words if word.start < entity.end and word.end > entity.start]
    covered = {place for word in own for place in range(word.start, word.end)}
    bare = [
        place
        for place in range(entity.start, entity.end)
        if place not in covered and turn.text[place].isalnum()
    ]
    start_s = min((word.word.start_s for word in own), default=turn.end_s)
    end_s = max((word.word.end_s for word in own), default=turn.start_s)
    if bare or not own:
        first, last = (bare[0], bare[-1]) if bare else (entity.start, entity.end)
        before = [word.word.end_s for word in words if word.end <= first]
        after = [word.word.start_s for word in words if word.start > last]
        start_s = min(start_s, before[-1] if before else turn.start_s)
        end_s = max(end_s, after[0] if after else turn.end_s)
    return max(0, round(start_s * 1000) - PAD_MS), round(end_s * 1000) + PAD_MS


def _inside(stretches: Iterable[Stretch], of: Stretch) -> list[Stretch]:
    cut = [(max(start, of[0]), min(end, of[1])) for start, end in stretches]
    return [(start, end) for start, end in cut if start < end]


def _line(turn: Turn, own: Sequence[Entity], stretch: Stretch, by_hand: Sequence[Stretch]) -> list[Line]:
    text = redact(turn.shown, own)
    words = place_words(turn)
    for start, end in by_hand:
        if not words and start < turn.end_s * 1000 and end > turn.start_s * 1000:
            text = BLOCK * len(text)
        hit = [word for word in words if word.word.start_s * 1000 < end and word.word.end_s * 1000 > start]
        if hit:
            text = text[: hit[0].start] + BLOCK * (hit[-1].end - hit[0].start) + text[hit[-1].end :]
    first, last = _heard(turn, words, stretch)
    said = text[first:last].strip()
    at_ms = max(0, round(turn.start_s * 1000) - stretch[0])
    return [Line(turn.role, at_ms, said)] if said else []


def _heard(turn: Turn, words: Sequence[PlacedWord], stretch: Stretch) -> Stretch:
    """The characters of a turn that are said inside: by the middles of its words, else by their share of its time."""
    start_s, end_s = stretch[0] / 1000, stretch[1] / 1000
    if not words:
        length = max(turn.end_s - turn.start_s, 0.001)
        share = [min(max((edge - turn.start_s) / length, 0.0), 1.0) for edge in (start_s, end_s)]
        return round(share[0] * len(turn.text)), round(share[1] * len(turn.text))
    inside = [
        place
        for place, word in enumerate(words)
        if start_s <= (word.word.start_s + word.word.end_s) / 2 < end_s
    ]
    if not inside:
        return 0, 0
    first, last = inside[0], inside[-1]
    begin = words[first].start if first else 0
    return begin, words[last + 1].start if last + 1 < len(words) else len(turn.text)
