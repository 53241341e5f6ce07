"""A call as the objection rules look at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_engine.calls import Role, Turn
from qa_engine.objections.cues import Heard
from qa_engine.objections.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns, what was heard in each, and the taxonomy to read them by."""

    turns: Sequence[Turn]
    heard: Sequence[Heard]
    taxonomy: Taxonomy

    def has_turn_of(self, role: Role, start: int, end: int) -> bool:
        """Whether that role speaks in `[start, end)`."""
        return next(self.turns_of(role, start, end), None) is not None

    def turns_of(self, role: Role, start: int, end: int) -> Iterator[int]:
        """Numbers of that role's turns in `[start, end)`."""
        return (
            number for number in range(start, min(end, len(self.turns))) if self.turns[number].role is role
        )
