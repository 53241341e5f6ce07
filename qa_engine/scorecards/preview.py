"""What a change of weights would do, before anybody approves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_engine.scorecards.cards import Card
from qa_engine.scorecards.ranks import Rank, rank_cards


@dataclass(frozen=True, slots=True)
class Move:
    """One person before and after; `change` in points, `places` above 0 = climbs. None without a score on both sides."""

    key: str
    old: Card
    new: Card
    old_rank: Rank | None
    new_rank: Rank | None

    @property
    def change(self) -> float | None:
        if self.old.score is None or self.new.score is None:
            return None
        return self.new.score - self.old.score

    @property
    def places(self) -> int | None:
        if self.old_rank is None or self.new_rank is None:
            return None
        return self.old_rank.place - self.new_rank.place


def compare_cards(old: Sequence[Card], new: Sequence[Card]) -> list[Move]:
    """Everybody of both sides, in the order of the new ranks; those without a score last."""
    before, after = {card.key: card for card in old}, {card.key: card for card in new}
    old_ranks = {rank.key: rank for rank in rank_cards(old)}
    new_ranks = {rank.key: rank for rank in rank_cards(new)}
    moves = [
        Move(key, before[key], after[key], old_ranks.get(key), new_ranks.get(key))
        for key in before.keys() & after.keys()
    ]
    last = len(moves) + 1
    return sorted(moves, key=lambda move: (move.new_rank.place if move.new_rank else last, move.key))
