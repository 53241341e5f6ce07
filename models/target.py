"""Targets as a tree, from the company to the agent, and the working days that they are measured by."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import UtcDateTime, utc_now
from qa_engine.errors import Conflict, NotFound
from qa_engine.targets.split import Portion
from qa_engine.targets.target import Scope, Target, check_children, check_target
from qa_engine.targets.working_days import WorkCalendar


class AlreadySplit(Conflict):
    """The target has children already."""

    code = "already_split"


class TargetRow(SQLModel, table=True):
    """One target; see `qa_engine.targets.target.Target`. A withdrawn one stays, with those below it, and can come back."""

    __tablename__ = "target"
    __table_args__ = (Index("ix_target_starts_scope", "starts", "scope", "scope_id"),)
    id: str = Field(primary_key=True, max_length=32)
    parent_id: str | None = Field(
        default=None, foreign_key="target.id", ondelete="CASCADE", index=True, max_length=32
    )
    metric: str = Field(max_length=100)
    unit: str = Field(max_length=20)
    value: float
    scope: str = Field(max_length=20)
    scope_id: str = Field(default="", max_length=100)
    owner: str = Field(max_length=100)
    starts: date
    ends: date
    baseline: float
    stretch: float = 0.0
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def target(self) -> Target:
        return Target(
            self.metric,
            self.unit,
            self.value,
            Scope(self.scope),
            self.scope_id,
            self.owner,
            self.starts,
            self.ends,
            self.baseline,
            self.stretch,
        )


class CalendarDayRow(SQLModel, table=True):
    """A day that is not as its weekday says: 0 = off, 1 = worked, other = a day of that weight."""

    __tablename__ = "calendar_day"
    day: date = Field(primary_key=True)
    factor: float
    note: str = Field(default="", max_length=100)


def work_calendar(session: Session) -> WorkCalendar:
    """Monday to Friday with the stored exceptions."""
    return WorkCalendar(factors={row.day: row.factor for row in session.exec(select(CalendarDayRow)).all()})


def days_off(session: Session) -> frozenset[date]:
    """Stored days on which nobody works."""
    return frozenset(session.exec(select(col(CalendarDayRow.day)).where(col(CalendarDayRow.factor) == 0)))


def save_target(session: Session, target: Target, *, parent_id: str | None = None) -> TargetRow:
    """Checks and stores one target. Raises `BadTarget`."""
    check_target(target)
    row = TargetRow(
        id=secrets.token_hex(8),
        parent_id=parent_id,
        metric=target.metric,
        unit=target.unit,
        value=target.value,
        scope=target.scope.value,
        scope_id=target.scope_id,
        owner=target.owner.strip(),
        starts=target.first,
        ends=target.last,
        baseline=target.baseline,
        stretch=target.stretch,
    )
    session.add(row)
    session.flush()
    return row


def get_target(session: Session, target_id: str) -> TargetRow:
    """Raises `NotFound`."""
    row = session.get(TargetRow, target_id)
    if row is None:
        raise NotFound(f"没有目标 {target_id[:40]}", hint="用 callqa target list 查看目标")
    return row


def targets_on(session: Session, day: date, *, withdrawn: bool = False) -> Sequence[TargetRow]:
    """Targets that run on a day, or those of it that were `withdrawn`; parents before their children."""
    gone = col(TargetRow.withdrawn_at)
    return session.exec(
        select(TargetRow)
        .where(
            TargetRow.starts <= day,
            TargetRow.ends >= day,
            gone.is_not(None) if withdrawn else gone.is_(None),
        )
        .order_by(TargetRow.metric, col(TargetRow.created_at), TargetRow.id)
    ).all()


def targets_within(
    session: Session, *, first: date, last: date, scope: Scope, metrics: Collection[str] = ()
) -> Sequence[TargetRow]:
    """Targets of a scope that run on some day of a range; `metrics` empty = all."""
    query = select(TargetRow).where(
        TargetRow.starts <= last,
        TargetRow.ends >= first,
        TargetRow.scope == scope.value,
        col(TargetRow.withdrawn_at).is_(None),
    )
    if metrics:
        query = query.where(col(TargetRow.metric).in_(metrics))
    return session.exec(query.order_by(TargetRow.metric, TargetRow.scope_id, TargetRow.id)).all()


def children_of(session: Session, target_id: str) -> Sequence[TargetRow]:
    """The targets that it was split into, without withdrawn ones."""
    return session.exec(
        select(TargetRow)
        .where(TargetRow.parent_id == target_id, col(TargetRow.withdrawn_at).is_(None))
        .order_by(TargetRow.scope_id)
    ).all()


def save_split(
    session: Session, parent_id: str, scope: Scope, portions: Sequence[Portion], *, owners: dict[str, str]
) -> list[TargetRow]:
    """Stores the children of a target; their history is their baseline. Portions of nothing are left out. Raises
    `AlreadySplit`, `BadTarget`, `NotFound`."""
    parent = get_target(session, parent_id)
    if children_of(session, parent_id):
        raise AlreadySplit(
            "这个目标已经拆分", hint="可在下级目标上继续拆分或校准;要重新拆分,先撤回各下级目标"
        )
    whole = parent.target
    targets = [
        Target(
            whole.metric,
            whole.unit,
            portion.value,
            scope,
            portion.key,
            owners.get(portion.key) or whole.owner,
            whole.first,
            whole.last,
            portion.history,
        )
        for portion in portions
        if portion.value > 0
    ]
    check_children(whole, targets)
    return [save_target(session, target, parent_id=parent_id) for target in targets]
