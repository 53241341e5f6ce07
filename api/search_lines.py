"""The hits of a page of results as people read them: the turn around the words, who says them, and at which second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from api.pages.views.marks import place_words
from models.search import FoundCall, turns_of
from models.transcript import get_transcript
from qa_engine.calls import Role, Turn
from qa_engine.search.match import Hit
from qa_engine.search.text import forms

HITS_SHOWN = 3
AROUND = 40
"""Characters shown to either side of the words."""
LEAD_S = 2.0
"""Playback begins so long before the words."""


@dataclass(frozen=True, slots=True)
class HitPiece:
    """A run of text; `found` is "" outside the words, else "exact" or "sound"."""

    text: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class HitLine:
    """A turn with words that were found. `start_s` is where the first of them is said, `play_s` where one begins to listen."""

    turn: int
    role: Role
    start_s: float
    end_s: float
    pieces: tuple[HitPiece, ...]
    sounds: bool

    @property
    def play_s(self) -> float:
        return max(0.0, self.start_s - LEAD_S)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class CallHits:
    """The turns of a call that have hits, `lines` of `turns` in the order of the call; `hits` counts words."""

    call_id: str
    lines: tuple[HitLine, ...]
    turns: int
    hits: int
    sounds: bool


def call_hits(
    opened: Session, found: Sequence[FoundCall], *, most: int | None = HITS_SHOWN
) -> Mapping[str, CallHits]:
    """What to show of some calls, by call id; of each the `most` telling turns, None = all."""
    shown = turns_of(opened, [one.document_id for one in found])
    made: dict[str, CallHits] = {}
    for one in found:
        by_turn: defaultdict[int, list[Hit]] = defaultdict(list)
        for hit in one.match.hits:
            by_turn[hit.place.turn].append(hit)
        ranked = sorted(by_turn, key=lambda turn: (-len({hit.word for hit in by_turn[turn]}), turn))
        spoken = get_transcript(opened, one.call_id)[0].turns
        texts = [text for *_, text in shown[one.document_id]]
        lines = tuple(_line(turn, spoken[turn], texts[turn], by_turn[turn]) for turn in sorted(ranked[:most]))
        total = sum(len(_ranges(texts[turn], hits)) for turn, hits in by_turn.items())
        made[one.call_id] = CallHits(one.call_id, lines, len(by_turn), total, one.match.sounds)
    return made


def _ranges(text: str, hits: Sequence[Hit]) -> list[tuple[int, int, bool]]:
    """Characters of the turn, joined where hits touch; by sound only where nothing is spelled so."""
    looked_in = forms(text)
    found = sorted(
        (*looked_in[hit.place.form].original(hit.place.start, hit.place.end), hit.sounds) for hit in hits
    )
    joined: list[tuple[int, int, bool]] = []
    for start, end, sounds in found:
        if joined and start < joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], end), before[2] and sounds)
        else:
            joined.append((start, end, sounds))
    return joined


def _line(number: int, turn: Turn, text: str, hits: Sequence[Hit]) -> HitLine:
    ranges = _ranges(text, hits)
    first, last = max(0, ranges[0][0] - AROUND), min(len(text), ranges[-1][1] + AROUND)
    pieces: list[HitPiece] = [HitPiece("…")] if first else []
    at = first
    for start, end, sounds in ranges:
        if start > at:
            pieces.append(HitPiece(_shortened(text[at:start])))
        pieces.append(HitPiece(text[start:end], "sound" if sounds else "exact"))
        at = end
    if at < last:
        pieces.append(HitPiece(text[at:last]))
    if last < len(text):
        pieces.append(HitPiece("…"))
    start_s, end_s = _seconds(turn, ranges[0][0], ranges[0][1])
    return HitLine(number, turn.role, start_s, end_s, tuple(pieces), all(sounds for *_, sounds in ranges))


def _shortened(text: str) -> str:
    """What stands between two hits; the middle of a long stretch is left out."""
    return text if len(text) <= 2 * AROUND else f"{text[:AROUND]}…{text[-AROUND:]}"


def _seconds(turn: Turn, start: int, end: int) -> tuple[float, float]:
    """When those characters are said: by the words, or as if the turn were spoken evenly where it has none."""
    inside = [word.word for word in place_words(turn) if word.start < end and word.end > start]
    if inside:
        return inside[0].start_s, max(word.end_s for word in inside)
    each = (turn.end_s - turn.start_s) / max(1, len(turn.text))
    return turn.start_s + each * start, turn.start_s + each * end
