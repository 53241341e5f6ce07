"""Scorecards as pages write them: cards with their ranks, metrics with n and interval, and moves of a what-if."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from api.pages.views.board import figure_text
from models.scorecard_board import ScoreBoard
from qa_engine.kpi.registry import BY_ID, Metric
from qa_engine.scorecards.cards import Card, Part, PartState
from qa_engine.scorecards.estimates import Method
from qa_engine.scorecards.pairs import guard_of
from qa_engine.scorecards.preview import Move
from qa_engine.scorecards.ranks import Rank

MOST = 120.0
"""The end of the score's scale."""


@dataclass(frozen=True, slots=True)
class PartView:
    """One metric of a card. `value` as measured, `drawn` as it scores, "" where they are the same; `own` the percentage
    that is the person's own; `href` opens the rows behind it."""

    metric: Metric
    state: PartState
    value: str
    n: str
    interval: str
    method: Method
    drawn: str
    own: float | None
    points: float | None
    share: float
    weight: float
    guard: Metric | None
    href: str


@dataclass(frozen=True, slots=True)
class CardView:
    """A card in a ranking. `places` are the ranks that chance leaves open; `ties_next`: cannot be told from the next."""

    key: str
    name: str
    team: str
    place: int | None
    places: str
    of: int
    ties_next: bool
    score: float | None
    half: float
    low: float
    high: float
    covered: float
    parts: tuple[PartView, ...]
    href: str


def places(rank: Rank | None) -> str:
    """`3–6`; one number where nothing is open; `–` without a rank."""
    if rank is None:
        return "–"
    return str(rank.best) if rank.best == rank.worst else f"{rank.best}–{rank.worst}"


def card_views(board: ScoreBoard) -> list[CardView]:
    """Every card of the board, in its order."""
    return [_card(board, card) for card in board.cards]


def _card(board: ScoreBoard, card: Card) -> CardView:
    rank = board.ranks.get(card.key)
    scope = {"agent": card.key, "from": board.first.isoformat(), "to": board.until.isoformat()}
    return CardView(
        key=card.key,
        name=board.names[card.key],
        team=board.teams.get(card.key, ""),
        place=rank.place if rank else None,
        places=places(rank),
        of=rank.of if rank else 0,
        ties_next=rank is not None and rank.ties_next,
        score=card.score,
        half=card.half,
        low=card.low or 0.0,
        high=card.high or 0.0,
        covered=card.covered * 100,
        parts=tuple(_part(part, f"/figures/{part.metric}?{urlencode(scope)}") for part in card.parts),
        href=f"/agents/{quote(card.key, safe='')}?{urlencode({'month': f'{board.first:%Y-%m}'})}",
    )


def _part(part: Part, href: str) -> PartView:
    metric, figure = BY_ID[part.metric], part.figure
    known = figure.low is not None and figure.high is not None
    guard = guard_of(part.metric)
    return PartView(
        metric=metric,
        state=part.state,
        value=figure_text(metric, figure.value),
        n="" if figure.method is Method.EXACT else f"{figure.n:,.0f}",
        interval=f"{figure_text(metric, figure.low)}–{figure_text(metric, figure.high)}" if known else "",
        method=figure.method,
        drawn=figure_text(metric, figure.drawn.value) if figure.drawn else "",
        own=figure.drawn.weight * 100 if figure.drawn else None,
        points=part.points,
        share=part.share * 100,
        weight=part.weight * 100,
        guard=BY_ID[guard] if guard else None,
        href=href,
    )


@dataclass(frozen=True, slots=True)
class MoveView:
    """One agent before and after other weights."""

    name: str
    old: float | None
    new: float | None
    change: float | None
    old_places: str
    new_places: str
    places: int | None


def move_views(moves: Sequence[Move], board: ScoreBoard) -> list[MoveView]:
    """Every move; with a team on the board, its members only."""
    return [
        MoveView(
            board.names[move.key],
            move.old.score,
            move.new.score,
            move.change,
            places(move.old_rank),
            places(move.new_rank),
            move.places,
        )
        for move in moves
        if move.key in board.names
    ]
