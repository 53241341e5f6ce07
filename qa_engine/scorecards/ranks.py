"""Ranks that say what they cannot tell: the range of places that the differences leave open.

Mogstad, Romano, Shaikh & Wilhelm (2024), "Inference for ranks with applications to mobility across neighbourhoods and
academic achievement across countries": a place is one more than the number who are surely better. "Surely" is the
interval of the difference, at 95 % for all neighbours of one person together (Bonferroni)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from qa_engine.quality.estimates import Z95
from qa_engine.scorecards.cards import Card

_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Rank:
    """`place` by the score alone; with 95 % confidence the true place is in `best` … `worst`. Out of `of`.
    `ties_next`: cannot be told from the next place below."""

    key: str
    place: int
    best: int
    worst: int
    of: int
    ties_next: bool


def rank_cards(cards: Sequence[Card]) -> list[Rank]:
    """The ranks of all cards that have a score, best first; equal scores share a place."""
    scored = sorted(
        (card for card in cards if card.score is not None), key=lambda card: (-_score(card), card.key)
    )
    z = NormalDist().inv_cdf(1 - _ALPHA / 2 / max(len(scored) - 1, 1))
    return [
        Rank(
            card.key,
            1 + sum(_score(other) > _score(card) for other in scored),
            1 + sum(_is_better(other, card, z) for other in scored),
            len(scored) - sum(_is_better(card, other, z) for other in scored),
            len(scored),
            at + 1 < len(scored) and not _is_better(card, scored[at + 1], Z95),
        )
        for at, card in enumerate(scored)
    ]


def _score(card: Card) -> float:
    assert card.score is not None
    return card.score


def _is_better(one: Card, other: Card, z: float) -> bool:
    error = sqrt(one.half**2 + other.half**2) / Z95
    return _score(one) - _score(other) > z * error
