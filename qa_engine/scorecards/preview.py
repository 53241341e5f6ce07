"""What a change of weights would do, before anybody approves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qa_engine.scorecards.cards import Card
from qa_engine.scorecards.ranks import Rank, rank_cards
from qa_engine.scorecards.schedule import BadSchedule, Schedule, check_schedule


def with_weights(schedule: Schedule, day: date, weights: Mapping[str, float]) -> Schedule:
    """The schedule with other weights, 0 to 1 by metric, in the period of a day; what weighs 0 is left out, what is not
    named keeps its weight. Raises `BadSchedule`, `NoWeights`."""
    period = schedule.on(day)
    known = {measure.metric for measure in period.measures}
    strange = sorted(weights.keys() - known)
    if strange:
        raise BadSchedule(
            f"时段「{period.name}」没有指标 {strange[0]}", hint="可改的指标:" + "、".join(sorted(known))
        )
    measures = tuple(
        replace(measure, weight=weight)
        for measure in period.measures
        if (weight := weights.get(measure.metric, measure.weight)) != 0
    )
    changed = replace(period, measures=measures)
    made = replace(schedule, periods=tuple(changed if one is period else one for one in schedule.periods))
    check_schedule(made)
    return made


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
