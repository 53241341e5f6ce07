"""Weight schedules with their versions, and months that were closed with inputs, weights and results."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from models.access.narrow import is_seen, whole_group
from models.agent import teams_on
from models.columns import Json, UtcDateTime, utc_now
from models.database import lock_names
from models.dial_kpi import By
from models.figures import read_figures
from qa_engine.errors import BadInput, Conflict, NotFound
from qa_engine.kpi.registry import BY_ID, Figure
from qa_engine.scorecards.cards import Card, make_cards
from qa_engine.scorecards.documents import Drift, card_document, drifts, rank_document, read_card
from qa_engine.scorecards.estimates import Estimate, estimate
from qa_engine.scorecards.preview import Move, compare_cards
from qa_engine.scorecards.ranks import rank_cards
from qa_engine.scorecards.schedule import Period, Schedule, metrics_of
from qa_engine.scorecards.schedule_yaml import parse_schedule


class MonthClosed(Conflict):
    """The month was closed before; its figures stay as they were."""

    code = "month_closed"


class Unnamed(BadInput):
    """Somebody must answer for it."""

    code = "unnamed"


class ScheduleRow(SQLModel, table=True):
    """One version of a weight schedule as it was written; scores use the newest approved one."""

    __tablename__ = "score_schedule"
    id: str = Field(primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    text: str
    approved_by: str = Field(default="", max_length=100)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ScoreMonthRow(SQLModel, table=True):
    """A closed month. `cards`: `callqa.scorecard/1` documents with every input, weight and result: each figure as it was
    measured and as it was drawn to the group, and the `rank` with which of the two it is `by`. Never written again."""

    __tablename__ = "score_month"
    month: date = Field(primary_key=True)
    schedule: str = Field(max_length=64)
    version: int
    period: str = Field(max_length=100)
    cards: list[Any] = Field(sa_type=Json)
    closed_by: str = Field(max_length=100)
    closed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def save_schedule(session: Session, text: str, *, file: str = "<schedule>") -> ScheduleRow:
    """Checks a schedule and stores it as a draft; the text of the newest version again gives that version. Raises
    `BadSchedule`."""
    schedule = parse_schedule(text, file=file)
    lock_names(session, f"score_schedule:{schedule.id}")
    newest = session.exec(
        select(ScheduleRow)
        .where(ScheduleRow.id == schedule.id)
        .order_by(col(ScheduleRow.version).desc())
        .limit(1)
    ).one_or_none()
    if newest is not None and newest.text == text:
        return newest
    row = ScheduleRow(id=schedule.id, version=newest.version + 1 if newest else 1, text=text)
    session.add(row)
    session.flush()
    return row


def schedules(session: Session) -> Sequence[ScheduleRow]:
    """All versions, newest first."""
    return session.exec(select(ScheduleRow).order_by(ScheduleRow.id, col(ScheduleRow.version).desc())).all()


def approve_schedule(session: Session, schedule_id: str, version: int, *, by: str) -> ScheduleRow:
    """Makes a version the one that scores. Raises `NotFound`, `Unnamed`."""
    row = session.get(ScheduleRow, (schedule_id, version))
    if row is None:
        raise NotFound(f"没有权重方案 {schedule_id[:64]} 的第 {version} 版", hint="先保存方案")
    row.approved_by, row.approved_at = _name(by), utc_now()
    session.add(row)
    session.flush()
    return row


def approved_schedule(session: Session) -> tuple[ScheduleRow, Schedule]:
    """The version that was approved last. Raises `NotFound`."""
    row = session.exec(
        select(ScheduleRow)
        .where(col(ScheduleRow.approved_at).is_not(None))
        .order_by(col(ScheduleRow.approved_at).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(
            "还没有批准的权重方案", hint="callqa scorecard schedule 文件,再 callqa scorecard approve"
        )
    return row, parse_schedule(row.text)


def _name(text: str) -> str:
    if not text.strip():
        raise Unnamed("缺少姓名", hint="写明由谁批准或结算")
    return text.strip()[:100]


def month_of(day: date) -> tuple[date, date]:
    """The first and last day of its month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def people_figures(
    session: Session, metrics: Sequence[str], *, first: date, last: date, by: By = By.AGENT
) -> Mapping[str, Mapping[str, Estimate]]:
    """Key → metric → estimate over the days of a range; calls of nobody are left out."""
    days: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for one in read_figures(session, metrics, first=first, last=last, by=by, daily=True):
        if one.key:
            days[one.key, one.metric].append(one.figure)
    found: dict[str, dict[str, Estimate]] = defaultdict(dict)
    for (key, metric), figures in days.items():
        found[key][metric] = estimate(BY_ID[metric], figures)
    return found


def current_cards(
    session: Session, schedule: Schedule, month: date, *, today: date
) -> tuple[Period, list[Card]]:
    """The cards of a month from what is stored now, up to today where it is not over: everybody's, because each is drawn to
    all. Raises `NoWeights`."""
    first, last = month_of(month)
    period = schedule.on(first)
    until = min(last, max(today, first - timedelta(days=1)))
    with whole_group():
        people = people_figures(session, metrics_of([period]), first=first, last=until)
    return period, make_cards(period, people, shrinks=schedule.shrinks)


def close_month(session: Session, month: date, *, by: str, today: date) -> ScoreMonthRow:
    """Keeps inputs, weights and results; later imports no longer change them. Raises `MonthClosed`, `Unnamed`,
    `NotFound`, and `BadInput` for a month that is not over."""
    first, last = month_of(month)
    lock_names(session, f"score_month:{first}")
    if session.get(ScoreMonthRow, first) is not None:
        raise MonthClosed(f"{first:%Y-%m} 已经结算", hint="结算后的成绩不再改变;差异见该月的差异表")
    if today <= last:
        raise BadInput(f"{first:%Y-%m} 还没有结束", hint=f"{last} 之后再结算")
    row, schedule = approved_schedule(session)
    period, cards = current_cards(session, schedule, first, today=today)
    ranks = {rank.key: rank for rank in rank_cards(cards)}
    kept = ScoreMonthRow(
        month=first,
        schedule=row.id,
        version=row.version,
        period=period.name,
        cards=[
            card_document(card) | {"rank": rank_document(ranks.get(card.key), shrinks=schedule.shrinks)}
            for card in cards
        ],
        closed_by=_name(by),
    )
    session.add(kept)
    session.flush()
    return kept


def month_drift(session: Session, month: date, *, today: date) -> list[Drift]:
    """What would come out otherwise today, by the weights of then. Raises `NotFound` where the month is open."""
    kept = session.get(ScoreMonthRow, month_of(month)[0])
    if kept is None:
        raise NotFound(f"{month:%Y-%m} 没有结算", hint="未结算的月份总是按现有数据计算")
    row = session.get(ScheduleRow, (kept.schedule, kept.version))
    assert row is not None
    cards = current_cards(session, parse_schedule(row.text), kept.month, today=today)[1]
    seen = is_seen(teams_on(session, month_of(month)[1]))
    found = drifts([read_card(document) for document in kept.cards], cards)
    return [one for one in found if seen(one.key)]


def preview(session: Session, draft: Schedule, month: date, *, today: date) -> list[Move]:
    """What the draft's weights would do to a month's scores and ranks. Raises `NotFound`, `NoWeights`."""
    now = current_cards(session, approved_schedule(session)[1], month, today=today)[1]
    seen = is_seen(teams_on(session, month_of(month)[1]))
    moves = compare_cards(now, current_cards(session, draft, month, today=today)[1])
    return [move for move in moves if seen(move.key)]
