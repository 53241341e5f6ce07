"""Which moments to propose as examples: sure ones first, and no two alike (maximal marginal relevance)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SAME = 1.0
SURENESS_WEIGHT = 0.7
"""Carbonell & Goldstein (1998) trade relevance against novelty with one weight; this one leans on being right, because
what is doubled outright (agent, call, wording) is left out anyway."""
ALIKE = 0.8
"""Two wordings that share so many of their pairs of characters are the same script read aloud twice."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of a call that shows an item or objection (`subject`) done well or badly. `sureness` is in 0..1."""

    call_id: str
    agent_id: str
    subject: str
    is_good: bool
    sureness: float
    text: str
    start_ms: int
    end_ms: int
    turn: int | None = None
    evaluation_id: int = 0
    rubric: str = ""


def likeness(one: Moment, other: Moment) -> float:
    """1 for the same call, agent or words; else the share of pairs of characters that both have (Jaccard)."""
    if one.call_id == other.call_id or (one.agent_id and one.agent_id == other.agent_id):
        return SAME
    mine, theirs = _pairs(one.text), _pairs(other.text)
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


def choose(moments: Sequence[Moment], n: int) -> tuple[Moment, ...]:
    """Up to `n` moments, the best first, none `ALIKE` to one before it. Equal ones stand by their call, so that the
    choice is the same every time."""
    left = sorted(moments, key=lambda one: (-one.sureness, one.call_id, one.start_ms, one.agent_id, one.text))
    nearest = [0.0] * len(left)
    chosen: list[Moment] = []
    while left and len(chosen) < n:
        gains = [
            SURENESS_WEIGHT * one.sureness - (1 - SURENESS_WEIGHT) * near
            for one, near in zip(left, nearest, strict=True)
        ]
        best = left[max(range(len(left)), key=lambda place: (gains[place], -place))]
        chosen.append(best)
        nearer = [max(near, likeness(one, best)) for one, near in zip(left, nearest, strict=True)]
        kept = [place for place, near in enumerate(nearer) if near < ALIKE and left[place] is not best]
        left, nearest = [left[place] for place in kept], [nearer[place] for place in kept]
    return tuple(chosen)


def _pairs(text: str) -> frozenset[str]:
    said = "".join(char for char in text if char.isalnum())
    return (
        frozenset(said[place : place + 2] for place in range(max(1, len(said) - 1))) if said else frozenset()
    )
