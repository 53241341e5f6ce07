"""The transcript as the page shows it: turns with marked text, pauses between them, handling steps beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.pages.views.form import FormView
from api.pages.views.marks import Mark, Piece, PlacedWord, cut, place_words
from qa_engine.calls import Role, Span, Transcript, Turn
from qa_engine.scoring.evaluation import ObjectionFound

PAUSE_S = 3.0
"""Pauses from here on are printed between the turns."""
SILENCE_S = 1.5
"""Stretches without speech from here on are hatched in the waveform and can be skipped."""


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn. `objection` is a type id; `steps` are handling steps taken in it; `numbers` items whose evidence is
    the whole turn; `pause_s` is the silence before it, None where it is short."""

    index: int
    role: Role
    start_s: float
    end_s: float
    pieces: tuple[Piece, ...]
    words: tuple[PlacedWord, ...]
    text: str
    pause_s: float | None = None
    objection: str = ""
    steps: tuple[str, ...] = ()
    mood: str = ""
    numbers: tuple[tuple[int, str], ...] = field(default=())


def dialogue(
    transcript: Transcript,
    form: FormView | None,
    *,
    objections: Sequence[ObjectionFound] = (),
    analysis: Mapping[str, Any] | None = None,
    shown: Sequence[str] | None = None,
) -> tuple[TurnView, ...]:
    """All turns of a call with everything that is said about them. `shown` are the texts to print, as long as those
    of the transcript."""
    marks, whole = _marks(form)
    raised = {found.turn: found.type for found in objections}
    steps: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for found in objections:
        for step, taken in found.steps.items():
            steps[taken][step] = None
    moods = _moods(analysis)
    views: list[TurnView] = []
    heard_s = 0.0
    for index, turn in enumerate(transcript.turns):
        text = turn.text if shown is None else shown[index]
        words = place_words(turn)
        pause_s = turn.start_s - heard_s
        views.append(
            TurnView(
                index=index,
                role=turn.role,
                start_s=turn.start_s,
                end_s=turn.end_s,
                pieces=cut(text, marks[index], words),
                words=words,
                text=text,
                pause_s=pause_s if index and pause_s >= PAUSE_S else None,
                objection=raised.get(index, ""),
                steps=tuple(steps[index]),
                mood=moods.get(index, ""),
                numbers=tuple(sorted(whole[index].items())),
            )
        )
        heard_s = max(heard_s, turn.end_s)
    return tuple(views)


def _marks(form: FormView | None) -> tuple[defaultdict[int, list[Mark]], defaultdict[int, dict[int, str]]]:
    """Evidence by turn: with characters as marks, without as item number → verdict for the whole turn."""
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    whole: defaultdict[int, dict[int, str]] = defaultdict(dict)
    if form is None:
        return marks, whole
    by_id = {item.id: item for item in form.items}
    for item in form.evaluation.items:
        number = by_id[item.id].number
        for piece in item.evidence:
            if piece.turn is None:
                continue
            if piece.start is not None and piece.end is not None and piece.end > piece.start:
                marks[piece.turn].append(Mark(piece.start, piece.end, number, item.verdict.value))
            else:
                whole[piece.turn][number] = item.verdict.value
    return marks, whole


def _moods(analysis: Mapping[str, Any] | None) -> dict[int, str]:
    turns = (analysis or {}).get("turns", [])
    return {
        turn["turn"]: turn["sentiment"]["label"]
        for turn in turns
        if (turn.get("sentiment") or {}).get("label") in {"positive", "negative"}
    }


def silences(turns: Sequence[Turn], duration_s: float) -> tuple[Span, ...]:
    """Stretches of at least `SILENCE_S` in which no turn runs."""
    spans: list[Span] = []
    heard_s = 0.0
    for turn in turns:
        if turn.start_s - heard_s >= SILENCE_S:
            spans.append(Span(heard_s, turn.start_s))
        heard_s = max(heard_s, turn.end_s)
    if duration_s - heard_s >= SILENCE_S:
        spans.append(Span(heard_s, duration_s))
    return tuple(spans)


def overlaps(turns: Sequence[Turn]) -> tuple[Span, ...]:
    """Stretches in which both speakers talk."""
    spans: list[Span] = []
    for index, turn in enumerate(turns):
        for later in turns[index + 1 :]:
            if later.start_s >= turn.end_s:
                break
            if later.role is not turn.role:
                spans.append(Span(later.start_s, min(later.end_s, turn.end_s)))
    return tuple(spans)
