"""Cards as documents: what a closed month keeps, and what differs when it is computed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa_engine.scorecards.cards import Card, Part, PartState
from qa_engine.scorecards.estimates import Estimate, Method
from qa_engine.scorecards.ranks import Rank
from qa_engine.statistics.shrinkage import Shrunk

FORMAT = "callqa.scorecard/1"
_SAME = 1e-9


def card_document(card: Card) -> dict[str, Any]:
    """The card with every input, weight and result, in plain JSON."""
    return {
        "format": FORMAT,
        "key": card.key,
        "score": card.score,
        "low": card.low,
        "high": card.high,
        "covered": card.covered,
        "parts": [_part(part) for part in card.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    figure, drawn = part.figure, part.figure.drawn
    return {
        "metric": part.metric,
        "weight": part.weight,
        "share": part.share,
        "state": part.state.value,
        "points": part.points,
        "points_low": part.low,
        "points_high": part.high,
        "value": figure.value,
        "n": figure.n,
        "low": figure.low,
        "high": figure.high,
        "method": figure.method.value,
        "drawn": [drawn.value, drawn.low, drawn.high, drawn.weight] if drawn else None,
    }


def read_card(document: Mapping[str, Any]) -> Card:
    """The card of a document; `card_document(read_card(d)) == d`."""
    parts = tuple(
        Part(
            one["metric"],
            one["weight"],
            one["share"],
            Estimate(
                one["value"],
                one["n"],
                one["low"],
                one["high"],
                Method(one["method"]),
                Shrunk(*one["drawn"]) if one["drawn"] else None,
            ),
            PartState(one["state"]),
            one["points"],
            one["points_low"],
            one["points_high"],
        )
        for one in document["parts"]
    )
    return Card(
        document["key"], document["score"], document["low"], document["high"], document["covered"], parts
    )


def rank_document(rank: Rank | None, *, shrinks: bool) -> dict[str, Any] | None:
    """The rank, and what it is `by`: figures `drawn` to the group, or `raw` ones. None without a score."""
    if rank is None:
        return None
    return {
        "place": rank.place,
        "best": rank.best,
        "worst": rank.worst,
        "of": rank.of,
        "ties_next": rank.ties_next,
        "by": "drawn" if shrinks else "raw",
    }


def read_rank(key: str, document: Mapping[str, Any]) -> Rank:
    """The rank of a document."""
    return Rank(
        key, document["place"], document["best"], document["worst"], document["of"], document["ties_next"]
    )


@dataclass(frozen=True, slots=True)
class Drift:
    """What later imports have changed in a closed month. `metric` None = the score; "" values = somebody new or gone."""

    key: str
    metric: str | None
    kept: float | None
    now: float | None


def drifts(kept: Sequence[Card], now: Sequence[Card]) -> list[Drift]:
    """Every score and figure that would come out otherwise today."""
    before, after = {card.key: card for card in kept}, {card.key: card for card in now}
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new = _values(before.get(key)), _values(after.get(key))
        found += [
            Drift(key, metric, old.get(metric), new.get(metric))
            for metric in dict.fromkeys([*old, *new])
            if _differs(old.get(metric), new.get(metric))
        ]
    return found


def _values(card: Card | None) -> dict[str | None, float | None]:
    if card is None:
        return {}
    return {None: card.score, **{part.metric: part.figure.value for part in card.parts}}


def _differs(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > _SAME * max(1.0, abs(one))
