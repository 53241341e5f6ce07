"""A call as the objection rules look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa_engine.calls import Role, Turn
from qa_engine.objections.cues import Heard
from qa_engine.objections.features import Grams, grams
from qa_engine.objections.model import tables
from qa_engine.objections.taxonomy import Taxonomy

_SENTENCE = re.compile(r"[^。!?]+[。!?]*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`[start, end)` of a turn's normal form; `odds` are those of the classes of the `replies` table."""

    start: int
    end: int
    odds: NDArray[np.float32]


@dataclass(frozen=True)
class Conversation:
    """Turns, what was heard in each, and the taxonomy to read them by. The tables read the whole call at once, and
    only when they are asked."""

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

    @cached_property
    def customers(self) -> tuple[Sequence[int], Grams]:
        """The customer's turns and their features."""
        numbers = tuple(self.turns_of(Role.CUSTOMER, 0, len(self.turns)))
        return numbers, grams([self.heard[number].normal.text for number in numbers])

    @cached_property
    def reactions(self) -> Mapping[int, NDArray[np.float32]]:
        """Customer turn → shares of the classes of the `reactions` table."""
        numbers, features = self.customers
        return dict(zip(numbers, tables()["reactions"].shares(features), strict=True)) if numbers else {}

    def sentences(self, numbers: Sequence[int]) -> Mapping[int, Sequence[Sentence]]:
        """Agent turn → its sentences, for these turns."""
        spans = [
            (number, *hit.span())
            for number in numbers
            for hit in _SENTENCE.finditer(self.heard[number].normal.text)
        ]
        found: dict[int, list[Sentence]] = {number: [] for number in numbers}
        if spans:
            texts = [self.heard[number].normal.text[start:end] for number, start, end in spans]
            for (number, start, end), odds in zip(spans, tables()["replies"].odds(grams(texts)), strict=True):
                found[number].append(Sentence(start, end, odds))
        return found


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text begin and end."""
    return (hit.span() for hit in _SENTENCE.finditer(text))
