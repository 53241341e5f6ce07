"""Figures of a call that lists are filtered by, one small row beside the analysis they come from."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlmodel import Field, Session, SQLModel, col

MARKED = 0.35
"""From here on a mood is positive, below its negative negative (docs/language.md)."""


class CallMeasureRow(SQLModel, table=True):
    """Shares are 0 to 1, moods of the customer -1 to 1; None = not measured."""

    __tablename__ = "call_measure"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    silence_share: float | None = None
    talk_share: float | None = None
    mood_end: float | None = None
    mood_min: float | None = None
    mood_shift: float | None = None


class Mood(StrEnum):
    """How the customer took the call."""

    ENDED_BAD = "ended_bad"
    ENDED_WELL = "ended_well"
    UPSET = "upset"
    WORSE = "worse"
    BETTER = "better"


def note_measures(opened: Session, call_id: str, document: dict[str, Any]) -> None:
    """Writes the row of a call from its `callqa.analysis/1`."""
    signals = document.get("signals", {})
    mood = (document.get("speakers", {}).get("customer") or {}).get("sentiment") or {}
    scores = [
        turn["sentiment"]["score"]
        for turn in document.get("turns", [])
        if turn.get("role") == "customer" and turn.get("sentiment")
    ]
    opened.merge(
        CallMeasureRow(
            call_id=call_id,
            silence_share=signals.get("silence_ratio"),
            talk_share=signals.get("talk_ratio"),
            mood_end=mood.get("end"),
            mood_min=min(scores, default=None),
            mood_shift=mood.get("shift"),
        )
    )


def _mood(mood: Mood) -> ColumnElement[bool]:
    end, low, shift = (
        col(CallMeasureRow.mood_end),
        col(CallMeasureRow.mood_min),
        col(CallMeasureRow.mood_shift),
    )
    return {
        Mood.ENDED_BAD: end < -MARKED,
        Mood.ENDED_WELL: end > MARKED,
        Mood.UPSET: low < -MARKED,
        Mood.WORSE: shift < -MARKED,
        Mood.BETTER: shift > MARKED,
    }[mood]


def measured(
    call_id: Any,
    *,
    mood: Mood | None = None,
    silence: tuple[float | None, float | None] = (None, None),
    talk: tuple[float | None, float | None] = (None, None),
) -> list[ColumnElement[bool]]:
    """Conditions on the call whose id that column holds. Ranges are percent, both ends included; what was not measured is
    in none."""
    found: list[ColumnElement[bool]] = [] if mood is None else [_mood(mood)]
    for column, (low, high) in (
        (col(CallMeasureRow.silence_share), silence),
        (col(CallMeasureRow.talk_share), talk),
    ):
        if low is not None:
            found.append(column >= low / 100)
        if high is not None:
            found.append(column <= high / 100)
    return [exists().where(col(CallMeasureRow.call_id) == call_id, *found)] if found else []
