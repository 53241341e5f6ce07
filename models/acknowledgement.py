"""Whether an agent has seen a score and agrees with it. What people change afterwards is to be seen anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from models.agent import TeamRow
from models.appeal import AppealRow
from models.call import CallRow
from models.columns import BigId, UtcDateTime, utc_now
from models.evaluation import EvaluationRow
from models.review import ReviewRow, ReviewState, get_evaluation, in_force
from models.review_standing import standing_review
from qa_engine.quality.appeal import State
from qa_engine.scoring.evaluation import Result

LOOK_BACK_DAYS = 28
"""Older scores ask for nothing any more."""
SHOWN = 50


class AckKind(StrEnum):
    """What an agent said to a score: an appeal is a row of its own."""

    SEEN = "seen"
    AGREE = "agree"


class AcknowledgementRow(SQLModel, table=True):
    """The score was shown to the agent, or the agent agreed with it; rows are only ever added. `score` is what was shown."""

    __tablename__ = "acknowledgement"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    evaluation_id: int = Field(foreign_key="evaluation.id", ondelete="CASCADE", index=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    kind: str = Field(max_length=10)
    score: float | None = None
    name: str = Field(max_length=100)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent has said to a score as it stands: `kind` None = not shown yet."""

    kind: AckKind | None
    name: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WaitingScore:
    """A score that waits for the agent's word. `is_human`: people had a say in it; `score` is theirs then."""

    evaluation_id: int
    call_id: str
    rubric: str
    title: str
    started_at: datetime | None
    day: date
    score: float | None
    result: str
    is_human: bool
    is_seen: bool


@dataclass(frozen=True, slots=True)
class TeamCount:
    """Scores that ask for the agent's word, by team: each is in exactly one of the four."""

    team_id: str
    team_name: str
    n: int
    agreed: int
    appealed: int
    seen: int
    unseen: int


def answer_of(opened: Session, evaluation: EvaluationRow) -> Answer:
    """The latest word to the score as it stands now."""
    assert evaluation.id is not None
    rows = _since_it_stands(opened, evaluation)
    if not rows:
        return Answer(None)
    agreed = next((row for row in rows if row.kind == AckKind.AGREE), None)
    said = agreed or rows[0]
    return Answer(AckKind(said.kind), said.name, said.at)


def shown_at(opened: Session, evaluation: EvaluationRow) -> datetime | None:
    """When the score as it stands was first shown to the agent."""
    rows = _since_it_stands(opened, evaluation)
    return rows[0].at if rows else None


def acknowledge(opened: Session, evaluation_id: int, kind: AckKind, *, name: str) -> Answer:
    """Keeps that the score was shown, or agreed with; twice changes nothing. Raises `NotFound`."""
    evaluation = get_evaluation(opened, in_force(opened, evaluation_id))
    assert evaluation.id is not None
    known = answer_of(opened, evaluation)
    if known.kind is kind or known.kind is AckKind.AGREE:
        return known
    review = standing_review(opened, evaluation.id)
    row = AcknowledgementRow(
        evaluation_id=evaluation.id,
        call_id=evaluation.call_id,
        kind=kind,
        score=review.score if review else evaluation.score,
        name=name,
    )
    opened.add(row)
    opened.flush()
    return Answer(kind, name, row.at)


def waiting_scores(opened: Session, *, today: date, agent_id: str | None = None) -> Sequence[WaitingScore]:
    """The newest scores that wait for an agent's word, of one agent or of all."""
    query = (
        select_columns(EvaluationRow, CallRow, _has(AckKind.SEEN).label("is_seen"))
        .join(CallRow, col(CallRow.id) == col(EvaluationRow.call_id))
        .where(_asks(today), ~_has(AckKind.AGREE), ~_appealed())
        .order_by(col(CallRow.day).desc(), col(EvaluationRow.id).desc())
        .limit(SHOWN)
    )
    if agent_id is not None:
        query = query.where(col(CallRow.agent_id) == agent_id)
    rows = opened.execute(query).all()
    reviews = _standing_of(opened, [evaluation.id for evaluation, _, _ in rows])
    return [
        _waiting(evaluation, call, reviews.get(evaluation.id), is_seen=bool(seen))
        for evaluation, call, seen in rows
    ]


def _waiting(
    evaluation: EvaluationRow, call: CallRow, review: ReviewRow | None, *, is_seen: bool
) -> WaitingScore:
    assert evaluation.id is not None
    return WaitingScore(
        evaluation_id=evaluation.id,
        call_id=call.id,
        rubric=evaluation.rubric,
        title=evaluation.title,
        started_at=call.started_at,
        day=call.day,
        score=review.score if review else evaluation.score,
        result=(review.result if review else None) or evaluation.result,
        is_human=review is not None,
        is_seen=is_seen,
    )


def _standing_of(opened: Session, evaluation_ids: Sequence[int]) -> Mapping[int, ReviewRow]:
    """The submitted review of the last round, by evaluation."""
    rows = opened.exec(
        select(ReviewRow)
        .where(
            col(ReviewRow.evaluation_id).in_(evaluation_ids), col(ReviewRow.state) == ReviewState.SUBMITTED
        )
        .order_by(col(ReviewRow.round))
    ).all()
    return {row.evaluation_id: row for row in rows}


def team_counts(opened: Session, *, today: date) -> Sequence[TeamCount]:
    """How many scores were answered in what way, by team."""
    state: Any = case(
        (_appealed(), "appealed"),
        (_has(AckKind.AGREE), "agreed"),
        (_has(AckKind.SEEN), "seen"),
        else_="unseen",
    )
    told = (
        select_columns(col(CallRow.team_id).label("team_id"), state.label("state"))
        .select_from(EvaluationRow)
        .join(CallRow, col(CallRow.id) == col(EvaluationRow.call_id))
        .where(_asks(today))
        .subquery()
    )
    rows = opened.execute(
        select_columns(told.c.team_id, told.c.state, func.count()).group_by(told.c.team_id, told.c.state)
    ).all()
    names = {row.id: row.name or row.id for row in opened.exec(select(TeamRow)).all()}
    counts: dict[str, dict[str, int]] = {}
    for team_id, kind, n in rows:
        counts.setdefault(team_id or "", {})[kind] = n
    return [
        TeamCount(
            team, names.get(team, team), sum(of.values()), of.get("agreed", 0), of.get("appealed", 0),
            of.get("seen", 0), of.get("unseen", 0),
        )
        for team, of in sorted(counts.items())
    ]  # fmt: skip


def _since_it_stands(opened: Session, evaluation: EvaluationRow) -> Sequence[AcknowledgementRow]:
    assert evaluation.id is not None
    wanted = select(AcknowledgementRow).where(AcknowledgementRow.evaluation_id == evaluation.id)
    review = standing_review(opened, evaluation.id)
    if review is not None and review.submitted_at is not None:
        wanted = wanted.where(AcknowledgementRow.at >= review.submitted_at)
    return opened.exec(wanted.order_by(col(AcknowledgementRow.id))).all()


def _asks(today: date) -> ColumnElement[bool]:
    """Scores that the agent is asked about: those that people had a say in, and those that fail."""
    return and_(
        col(EvaluationRow.current).is_(True),
        col(CallRow.day) > today - timedelta(days=LOOK_BACK_DAYS),
        col(CallRow.agent_id).is_not(None),
        or_(
            col(EvaluationRow.result).in_((Result.FAIL.value, Result.AUTO_FAIL.value)),
            exists().where(
                col(ReviewRow.evaluation_id) == col(EvaluationRow.id),
                col(ReviewRow.state) == ReviewState.SUBMITTED,
            ),
        ),
    )


def _has(kind: AckKind) -> ColumnElement[bool]:
    """Whether the agent said this to the score as it stands."""
    return exists().where(
        col(AcknowledgementRow.evaluation_id) == col(EvaluationRow.id),
        col(AcknowledgementRow.kind) == kind.value,
        ~_reviewed_after(col(AcknowledgementRow.at), AcknowledgementRow),
    )


def _appealed() -> ColumnElement[bool]:
    """Whether an appeal is on its way, or the score as it stands was appealed against in vain."""
    return exists().where(
        col(AppealRow.evaluation_id) == col(EvaluationRow.id),
        or_(
            col(AppealRow.state).in_((State.OPEN.value, State.REFUSED.value)),
            and_(
                col(AppealRow.state) == State.KEPT.value,
                ~_reviewed_after(col(AppealRow.filed_at), AppealRow),
            ),
        ),
    )


def _reviewed_after(moment: Any, table: Any) -> ColumnElement[bool]:
    """Whether people changed the score after a moment of another table."""
    later = aliased(ReviewRow)
    return (
        exists()
        .where(
            later.evaluation_id == col(EvaluationRow.id),  # type: ignore[arg-type]
            later.state == ReviewState.SUBMITTED,  # type: ignore[arg-type]
            later.submitted_at > moment,
        )
        .correlate(EvaluationRow, table)
    )
