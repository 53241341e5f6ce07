"""Coaching plans: what is worked on with whom, the note with its evidence, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, Json, UtcDateTime, utc_now
from qa_engine.errors import BadInput, Conflict, NotFound

WINDOW_DAYS = 14


class PlanState(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    GIVEN = "given"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


_OPEN = (PlanState.DRAFT, PlanState.GIVEN, PlanState.RUNNING)


class CoachingPlanRow(SQLModel, table=True):
    """One behaviour of one agent. `finding` are the figures at the time, `clip` and `model_clip` stretches of calls
    (`qa_engine.coaching.note.Clip`). The time before is the 14 days up to `started_on`, the time after begins there and has
    14 or, once extended, 28 days. `is_holdout`: chosen like the others and coached later, to compare with. `round` counts
    the rounds of one behaviour, `parent_id` is the round before."""

    __tablename__ = "coaching_plan"
    __table_args__ = (
        Index("ix_coaching_plan_agent_id_item_id", "agent_id", "item_id"),
        Index("ix_coaching_plan_state_due_on", "state", "due_on"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    parent_id: int | None = Field(
        default=None, foreign_key="coaching_plan.id", ondelete="SET NULL", sa_type=BigId
    )
    round: int = 1
    agent_id: str = Field(foreign_key="agent.id", max_length=100)
    rubric: str = Field(max_length=200)
    item_id: str = Field(max_length=200)
    item_title: str = ""
    owner: str = Field(max_length=100)
    training: str = Field(default="", max_length=200)
    due_on: date
    state: str = Field(default=PlanState.DRAFT, max_length=20)
    is_holdout: bool = False
    situation: str = ""
    behaviour: str = ""
    impact: str = ""
    finding: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    clip: dict[str, Any] | None = Field(default=None, sa_type=Json)
    model_clip: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    given_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by: str = Field(default="", max_length=100)
    started_on: date | None = None
    extended: bool = False
    outcome: str | None = Field(default=None, max_length=20)
    judged_on: date | None = None
    effect: float | None = None
    effect_low: float | None = None
    effect_high: float | None = None
    verdict: dict[str, Any] | None = Field(default=None, sa_type=Json)

    @property
    def ends_on(self) -> date | None:
        """Last day of the time after."""
        if self.started_on is None:
            return None
        return self.started_on + timedelta(days=WINDOW_DAYS * (2 if self.extended else 1) - 1)

    def is_due(self, today: date) -> bool:
        """Whether it waits for somebody today."""
        if self.state == PlanState.RUNNING:
            return self.ends_on is not None and self.ends_on < today
        return self.state in {PlanState.DRAFT, PlanState.GIVEN} and self.due_on <= today


class CoachingListenRow(SQLModel, table=True):
    """One call of the blind second listen. `machine_reached` is kept from the day of the sample and never shown to the
    listener; `reached` is what a person heard, None until then."""

    __tablename__ = "coaching_listen"
    plan_id: int = Field(primary_key=True, foreign_key="coaching_plan.id", ondelete="CASCADE", sa_type=BigId)
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    place: int
    machine_reached: bool
    reached: bool | None = None
    heard_by: str = Field(default="", max_length=100)
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WrongState(Conflict):
    """The step does not follow from where the plan is."""

    code = "plan_state"


class NoName(BadInput):
    """Nobody signed."""

    code = "no_name"


def get_plan(opened: Session, plan_id: int) -> CoachingPlanRow:
    """Raises `NotFound`."""
    row = opened.get(CoachingPlanRow, plan_id)
    if row is None:
        raise NotFound(f"没有编号为 {plan_id} 的辅导计划", hint="请在辅导看板中核对编号")
    return row


def list_plans(
    opened: Session, *, agent_id: str | None = None, states: Sequence[str] = ()
) -> Sequence[CoachingPlanRow]:
    """Plans by due date, the next first."""
    wanted = select(CoachingPlanRow)
    if agent_id is not None:
        wanted = wanted.where(CoachingPlanRow.agent_id == agent_id)
    if states:
        wanted = wanted.where(col(CoachingPlanRow.state).in_(states))
    return opened.exec(wanted.order_by(col(CoachingPlanRow.due_on), col(CoachingPlanRow.id))).all()


def due_plans(opened: Session, *, today: date) -> Sequence[CoachingPlanRow]:
    """Plans that wait for somebody: drafts and handed-over ones whose day has come, and running ones whose time is over, so
    that the blind listen is due. By due date."""
    return [row for row in list_plans(opened, states=_OPEN) if row.is_due(today)]


def _require(row: CoachingPlanRow, state: PlanState, step: str) -> None:
    if row.state != state:
        raise WrongState(f"计划 {row.id} 现在是 {row.state},不能{step}", hint="请刷新页面查看它走到了哪一步")


def give(row: CoachingPlanRow) -> None:
    """The note is handed to the agent. Raises `WrongState`."""
    _require(row, PlanState.DRAFT, "发出")
    row.state = PlanState.GIVEN
    row.given_at = utc_now()


def acknowledge(row: CoachingPlanRow, *, name: str, today: date) -> None:
    """The agent has read it and goes to work: the time after begins today. Raises `WrongState`, `NoName`."""
    _require(row, PlanState.GIVEN, "确认")
    if not name.strip():
        raise NoName("确认需要写明姓名", hint="请填写您的姓名后再确认")
    row.state = PlanState.RUNNING
    row.acknowledged_at = utc_now()
    row.acknowledged_by = name.strip()
    row.started_on = today


def drop(row: CoachingPlanRow) -> None:
    """It will not be done. Raises `WrongState` where it is over already."""
    if row.state in {PlanState.DONE, PlanState.DROPPED}:
        raise WrongState(f"计划 {row.id} 已经结束", hint="需要再做时请新建一轮")
    row.state = PlanState.DROPPED


def next_round(row: CoachingPlanRow, *, today: date) -> CoachingPlanRow:
    """The circle anew: same agent and item, due in two weeks, a draft with the note to be written afresh."""
    return CoachingPlanRow(
        parent_id=row.id,
        round=row.round + 1,
        agent_id=row.agent_id,
        rubric=row.rubric,
        item_id=row.item_id,
        item_title=row.item_title,
        owner=row.owner,
        training=row.training,
        due_on=today + timedelta(days=WINDOW_DAYS),
        situation=row.situation,
        behaviour=row.behaviour,
        impact=row.impact,
        finding=row.finding,
        clip=row.clip,
        model_clip=row.model_clip,
    )


def listens_of(opened: Session, plan_id: int) -> Sequence[CoachingListenRow]:
    """The calls of the second listen, in their drawn order."""
    return opened.exec(
        select(CoachingListenRow)
        .where(CoachingListenRow.plan_id == plan_id)
        .order_by(col(CoachingListenRow.place))
    ).all()
