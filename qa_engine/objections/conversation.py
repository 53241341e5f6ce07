"""A call as the objection rules look at it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qa_engine.calls import Role, Turn
from qa_engine.objections.cues import Hearing
from qa_engine.objections.features import Grams, grams
from qa_engine.objections.model import tables
from qa_engine.objections.taxonomy import Taxonomy

_SENTENCE = re.compile(r"[^。!?]+[。!?]*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`[start, end)` of a turn's normal form; `likely` are the classes of the `replies` table found in it."""

    start: int
    end: int
    likely: frozenset[str]


@dataclass(frozen=True)
class Conversation:
    """Turns, what was heard in each, and the taxonomy to read them by. The tables read the whole call at once, and
    only when they are asked."""

    turns: Sequence[Turn]
    heard: Hearing
    taxonomy: Taxonomy

    def has_turn_of(self, role: Role, start: int, end: int) -> bool:
        """Whether that role speaks in `[start, end)`."""
        numbers = self._numbers[role]
        return bisect_left(numbers, start) < bisect_left(numbers, end)

    def turns_of(self, role: Role, start: int, end: int) -> Iterator[int]:
        """Numbers of that role's turns in `[start, end)`."""
        numbers = self._numbers[role]
        return iter(numbers[bisect_left(numbers, start) : bisect_left(numbers, end)])

    @cached_property
    def _numbers(self) -> Mapping[Role, Sequence[int]]:
        return {role: [i for i, turn in enumerate(self.turns) if turn.role is role] for role in Role}

    @cached_property
    def customers(self) -> tuple[Sequence[int], Grams]:
        """The customer's turns and their features."""
        numbers = self._numbers[Role.CUSTOMER]
        return numbers, grams([self.heard[number].normal.text for number in numbers])

    @cached_property
    def reactions(self) -> Mapping[int, str]:
        """Customer turn → class of the `reactions` table, where it is sure enough."""
        limits = self.taxonomy.spec.table
        numbers, features = self.customers
        if limits is None or not numbers:
            return {}
        table = tables()["reactions"]
        shares = table.shares(features)
        sure = np.flatnonzero(shares.max(axis=1) >= limits.stance_from)
        best = shares[sure].argmax(axis=1).tolist()
        return {numbers[i]: table.classes[place] for i, place in zip(sure.tolist(), best, strict=True)}

    def sentences(self, numbers: Collection[int]) -> Mapping[int, Sequence[Sentence]]:
        """Agent turn → its sentences, for these turns: many at once cost little more than one."""
        limits = self.taxonomy.spec.table
        if limits is None:
            return {}
        said = [
            (number, hit) for number in numbers for hit in _SENTENCE.finditer(self.heard[number].normal.text)
        ]
        found: dict[int, list[Sentence]] = {number: [] for number in numbers}
        if said:
            texts = [hit.group() for _, hit in said]
            table = tables()["replies"]
            likely: list[frozenset[str]] = [frozenset()] * len(said)
            for i, place in np.argwhere(table.odds(grams(texts)) >= limits.step_from).tolist():
                likely[i] |= {table.classes[place]}
            for (number, hit), classes in zip(said, likely, strict=True):
                found[number].append(Sentence(hit.start(), hit.end(), classes))
        return found


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text begin and end."""
    return (hit.span() for hit in _SENTENCE.finditer(text))
