"""What people decided about evaluations: one review of a call and form a round, item by item, every change kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, UniqueConstraint, exists
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, Json, UtcDateTime, utc_now
from models.evaluation import EvaluationRow
from qa_engine.errors import NotFound
from qa_engine.quality.review import Decision, Reason
from qa_engine.scoring.evaluation import Verdict

FIRST, SECOND, APPEAL = 1, 2, 3
"""Rounds: the review, the second look at it, and what appeals came to, which begins as what stood before."""


class ReviewState(StrEnum):
    """Submitted reviews are what reports count; they can be opened again."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class ReviewRow(SQLModel, table=True):
    """The review of one evaluation in one round. All reviewers of a call work on the same row: `version` counts its changes.
    `score`, `score_low`, `score_high` and `result` are the call's with people's verdicts in it; None where the form of the
    time was not kept. `second_why` asks for a second look."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "round", name="uq_review_evaluation_id_round"),
        Index("ix_review_state_submitted_at", "state", "submitted_at"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    evaluation_id: int = Field(foreign_key="evaluation.id", ondelete="CASCADE", sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    rubric: str = Field(max_length=200)
    round: int = FIRST
    state: str = Field(default=ReviewState.DRAFT, max_length=20)
    version: int = 0
    opened_by: str = Field(max_length=100)
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    result: str | None = Field(default=None, max_length=20)
    wants_second: bool = False
    second_why: str = ""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    submitted_by: str = Field(default="", max_length=100)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReviewItemRow(SQLModel, table=True):
    """What stands for one item now. `version` is the review's version that brought it there."""

    __tablename__ = "review_item"
    review_id: int = Field(primary_key=True, foreign_key="review.id", ondelete="CASCADE", sa_type=BigId)
    item_id: str = Field(primary_key=True, max_length=200)
    verdict: str | None = Field(default=None, max_length=10)
    reason: str | None = Field(default=None, max_length=20)
    note: str = ""
    name: str = Field(max_length=100)
    version: int
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def decision(self) -> Decision:
        return Decision(
            Verdict(self.verdict) if self.verdict else None,
            Reason(self.reason) if self.reason else None,
            self.note,
        )


class ChangeKind(StrEnum):
    """What a line of the log did."""

    ITEM = "item"
    UNDO = "undo"
    SUBMIT = "submit"
    REOPEN = "reopen"
    SECOND = "second"


class ReviewChangeRow(SQLModel, table=True):
    """One change; lines are only ever added. `token` names it for the page that sent it, so that sending again after a lost
    answer changes nothing. `undoes` is the change that an undo takes back."""

    __tablename__ = "review_change"
    __table_args__ = (
        UniqueConstraint("review_id", "version", name="uq_review_change_review_id_version"),
        UniqueConstraint("review_id", "token", name="uq_review_change_review_id_token"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    review_id: int = Field(foreign_key="review.id", ondelete="CASCADE", sa_type=BigId)
    version: int
    kind: str = Field(max_length=10)
    item_id: str = Field(default="", max_length=200)
    before: dict[str, Any] | None = Field(default=None, sa_type=Json)
    after: dict[str, Any] | None = Field(default=None, sa_type=Json)
    name: str = Field(max_length=100)
    token: str = Field(max_length=64)
    undoes: int | None = Field(
        default=None, foreign_key="review_change.id", ondelete="CASCADE", sa_type=BigId
    )
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def get_evaluation(opened: Session, evaluation_id: int) -> EvaluationRow:
    """Raises `NotFound`."""
    row = opened.get(EvaluationRow, evaluation_id)
    if row is None:
        raise NotFound(f"没有编号为 {evaluation_id} 的评分", hint="请从通话页面进入复核")
    return row


def is_reviewed(call_id: Any, rubric: str | None) -> ColumnElement[bool]:
    """Whether the first review of a call was submitted; under any form where none is named."""
    found = exists().where(
        col(ReviewRow.call_id) == call_id,
        col(ReviewRow.round) == FIRST,
        col(ReviewRow.state) == ReviewState.SUBMITTED,
    )
    return found if rubric is None else found.where(col(ReviewRow.rubric) == rubric)


def in_force(opened: Session, evaluation_id: int) -> int:
    """The evaluation that took the place of this one under the same state of the form (its transcript was corrected); else
    itself. Reviews go over to it, and pages that were opened before find them there."""
    row = opened.get(EvaluationRow, evaluation_id)
    if row is None or row.current:
        return evaluation_id
    newer = opened.exec(
        select(EvaluationRow.id).where(
            EvaluationRow.call_id == row.call_id,
            EvaluationRow.rubric == row.rubric,
            EvaluationRow.rubric_sha256 == row.rubric_sha256,
            col(EvaluationRow.current).is_(True),
        )
    ).one_or_none()
    return newer or evaluation_id


def find_review(opened: Session, evaluation_id: int, round_: int = FIRST) -> ReviewRow | None:
    """The review of an evaluation; None where nobody has begun."""
    return opened.exec(
        select(ReviewRow).where(ReviewRow.evaluation_id == evaluation_id, ReviewRow.round == round_)
    ).one_or_none()


def items_of(opened: Session, review_id: int) -> Mapping[str, ReviewItemRow]:
    """What stands, by item."""
    rows = opened.exec(select(ReviewItemRow).where(ReviewItemRow.review_id == review_id)).all()
    return {row.item_id: row for row in rows}


def changes_of(opened: Session, review_id: int) -> Sequence[ReviewChangeRow]:
    """The log, oldest first."""
    return opened.exec(
        select(ReviewChangeRow)
        .where(ReviewChangeRow.review_id == review_id)
        .order_by(col(ReviewChangeRow.version))
    ).all()


def reviewed_verdicts(opened: Session, rubric: str) -> Mapping[tuple[str, str], Verdict]:
    """(call, item) → verdict of the submitted reviews of a form, the newest evaluation and round last and thus in force."""
    rows = opened.execute(
        select_columns(col(ReviewRow.call_id), col(ReviewItemRow.item_id), col(ReviewItemRow.verdict))
        .join(ReviewItemRow, col(ReviewItemRow.review_id) == col(ReviewRow.id))
        .where(
            col(ReviewRow.rubric) == rubric,
            col(ReviewRow.state) == ReviewState.SUBMITTED,
            col(ReviewItemRow.verdict).is_not(None),
        )
        .order_by(col(ReviewRow.evaluation_id), col(ReviewRow.round))
    ).all()
    return {(call_id, item_id): Verdict(verdict) for call_id, item_id, verdict in rows}
