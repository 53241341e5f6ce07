"""A month's scorecards as boards show them: cards, ranks, weights, and whether the month is closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.access.narrow import is_seen
from models.agent import names_of, teams_on
from models.scorecard import (
    ScheduleRow,
    ScoreMonthRow,
    approved_schedule,
    current_cards,
    month_of,
    preview,
)
from qa_engine.scorecards.cards import Card
from qa_engine.scorecards.documents import read_card, read_rank
from qa_engine.scorecards.preview import Move, with_weights
from qa_engine.scorecards.ranks import Rank, rank_cards
from qa_engine.scorecards.schedule import Period, Schedule
from qa_engine.scorecards.schedule_yaml import parse_schedule


@dataclass(frozen=True, slots=True)
class ScoreBoard:
    """The cards of `first` … `until`, best first, those without a score last. `ranks` by agent; `shrinks`: they are by
    figures drawn to the group. `kept` is the closed month, None while it is open. `teams` and `names` by agent."""

    first: date
    until: date
    schedule: Schedule
    version: int
    period: Period
    cards: tuple[Card, ...]
    ranks: Mapping[str, Rank]
    kept: ScoreMonthRow | None
    teams: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def shrinks(self) -> bool:
        return self.schedule.shrinks


def score_board(session: Session, month: date, *, today: date, team: str = "") -> ScoreBoard:
    """The kept cards and ranks of a closed month, else those of now. With a `team`, its members by their team of the last
    day, ranked among each other; figures stay drawn to everybody. An asker who may not see all gets the own cards with their
    ranks among all. Raises `NotFound` without weights, `NoWeights`."""
    first, last = month_of(month)
    kept = session.get(ScoreMonthRow, first)
    ranks: Mapping[str, Rank] = {}
    if kept is None:
        row, schedule = approved_schedule(session)
        version = row.version
        period, cards = current_cards(session, schedule, first, today=today)
    else:
        stored = session.get(ScheduleRow, (kept.schedule, kept.version))
        assert stored is not None, "versions of schedules are never deleted"
        schedule, version = parse_schedule(stored.text), kept.version
        period = schedule.on(first)
        cards = [read_card(document) for document in kept.cards]
        ranks = {one["key"]: read_rank(one["key"], one["rank"]) for one in kept.cards if one.get("rank")}
    until = min(last, max(today, first)) if kept is None else last
    teams = teams_on(session, until)
    if team:
        cards, ranks = [card for card in cards if teams.get(card.key) == team], {}
    ranks = ranks or {rank.key: rank for rank in rank_cards(cards)}
    seen = is_seen(teams)
    cards = [card for card in cards if seen(card.key)]
    ordered = sorted(cards, key=lambda card: (-(card.score if card.score is not None else -1), card.key))
    return ScoreBoard(
        first,
        until,
        schedule,
        version,
        period,
        tuple(ordered),
        ranks,
        kept,
        teams,
        names_of(session, [card.key for card in cards]),
    )


def preview_weights(
    session: Session, month: date, weights: Mapping[str, float], *, today: date
) -> list[Move]:
    """What other weights (0 to 1 by metric) would do to a month's scores and ranks, from what is stored now; nothing is
    stored. Raises `BadSchedule`, `NotFound`, `NoWeights`."""
    draft = with_weights(approved_schedule(session)[1], month_of(month)[0], weights)
    return preview(session, draft, month, today=today)
