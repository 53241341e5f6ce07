"""Appeals of agents against verdicts: one row an appeal, every step of it kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, Json, UtcDateTime, utc_now
from qa_engine.errors import NotFound
from qa_engine.quality.appeal import Appeal, State, Step


class AppealRow(SQLModel, table=True):
    """One item of one evaluation, contested by the agent whose call it is. `contested` is the verdict that stood when it was
    filed, by the machine (`judged_by` "") or a person; `wanted` what the agent holds to be right; `node` the evidence that it
    is about: {index, turn, start_s, end_s}, None for the item as a whole. `due_at` is the time of the step, or of the agent
    while a refusal waits; `version` counts the steps. `verdict` is what an overturned appeal came to."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "token", name="uq_appeal_evaluation_id_token"),
        Index("ix_appeal_state_due_at", "state", "due_at"),
        Index("ix_appeal_rubric_item_id", "rubric", "item_id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    evaluation_id: int = Field(foreign_key="evaluation.id", ondelete="CASCADE", index=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    rubric: str = Field(max_length=200)
    item_id: str = Field(max_length=200)
    contested: str = Field(max_length=10)
    judged_by: str = Field(default="", max_length=100)
    wanted: str = Field(max_length=10)
    node: dict[str, Any] | None = Field(default=None, sa_type=Json)
    reason: str = Field(max_length=20)
    text: str
    filed_by: str = Field(max_length=100, index=True)
    filed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    chain: list[str] = Field(sa_type=Json)
    state: str = Field(default=State.OPEN, max_length=20)
    step: str = Field(max_length=10)
    due_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 0
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verdict: str | None = Field(default=None, max_length=10)
    score_before: float | None = None
    score_after: float | None = None
    token: str = Field(max_length=64)


class AppealStepRow(SQLModel, table=True):
    """One act; rows are only ever added. `step` is where the appeal was, `state` and `due_at` what came of it; `is_late`
    whether the time of the step was over. `token` names it for the page that sent it: sending again changes nothing."""

    __tablename__ = "appeal_step"
    __table_args__ = (
        UniqueConstraint("appeal_id", "version", name="uq_appeal_step_appeal_id_version"),
        UniqueConstraint("appeal_id", "token", name="uq_appeal_step_appeal_id_token"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    appeal_id: int = Field(foreign_key="appeal.id", ondelete="CASCADE", sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    version: int
    act: str = Field(max_length=20)
    step: str = Field(max_length=10)
    state: str = Field(max_length=20)
    name: str = Field(max_length=100)
    parties: list[str] = Field(sa_type=Json)
    note: str = ""
    is_late: bool = False
    due_at: datetime = Field(sa_type=UtcDateTime)
    token: str = Field(max_length=64)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


ANSWERED = ("support", "refuse", "pass_on", "overturn")
"""Acts that answer an appeal: who did one of them does not answer it again."""


def get_appeal(opened: Session, appeal_id: int) -> AppealRow:
    """Raises `NotFound`."""
    row = opened.get(AppealRow, appeal_id)
    if row is None:
        raise NotFound(f"没有编号为 {appeal_id} 的申诉", hint="请从申诉列表进入")
    return row


def steps_of(opened: Session, appeal_id: int) -> Sequence[AppealStepRow]:
    """The log of an appeal, oldest first."""
    return opened.exec(
        select(AppealStepRow).where(AppealStepRow.appeal_id == appeal_id).order_by(col(AppealStepRow.version))
    ).all()


def appeals_of(opened: Session, call_id: str, rubric: str) -> Sequence[AppealRow]:
    """The appeals of a call under a form, oldest first."""
    return opened.exec(
        select(AppealRow)
        .where(AppealRow.call_id == call_id, AppealRow.rubric == rubric)
        .order_by(col(AppealRow.id))
    ).all()


def is_overdue(row: AppealRow, now: datetime) -> bool:
    """Whether the time of the step, or of the agent's answer to a refusal, is over."""
    return row.closed_at is None and row.due_at < now


def shown_state(row: AppealRow, now: datetime) -> State:
    """The state as people see it: a refusal that the agent let lie stands."""
    state = State(row.state)
    return State.KEPT if state is State.REFUSED and is_overdue(row, now) else state


def standing_appeal(row: AppealRow, steps: Sequence[AppealStepRow]) -> Appeal:
    """The appeal as the engine moves it."""
    return Appeal(
        tuple(Step(step) for step in row.chain),
        Step(row.step),
        row.filed_by,
        State(row.state),
        row.judged_by,
        tuple(step.name for step in steps if step.act in ANSWERED),
    )
