"""Targets as a tree, the rules that may move them, and the log of what moved."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, Json, UtcDateTime, utc_now
from qa_engine.errors import Conflict, NotFound
from qa_engine.targets.calibration import Calibration, DeclaredRule, Rule, calibrate
from qa_engine.targets.split import Portion
from qa_engine.targets.target import BadTarget, Scope, Target, check_children, check_target
from qa_engine.targets.working_days import WorkCalendar


class AlreadySplit(Conflict):
    """The target has children already."""

    code = "already_split"


class TargetRow(SQLModel, table=True):
    """One target; see `qa_engine.targets.target.Target`."""

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


class TargetChangeRow(SQLModel, table=True):
    """One calibration: value before and after, by which rule and inputs, why, and who approved."""

    __tablename__ = "target_change"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    target_id: str = Field(foreign_key="target.id", ondelete="CASCADE", index=True, max_length=32)
    rule: str = Field(max_length=20)
    before: float
    after: float
    formula: str = Field(max_length=300)
    inputs: dict[str, Any] = Field(sa_type=Json)
    happened: date
    reason: str = Field(max_length=500)
    approver: str = Field(max_length=100)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class TargetRuleRow(SQLModel, table=True):
    """A declared rule; a later declaration of the same rule holds from its own day on."""

    __tablename__ = "target_rule"
    rule: str = Field(primary_key=True, max_length=20)
    declared: date = Field(primary_key=True)
    floor: float
    cap: float
    elasticity: float = 1.0
    declared_by: str = Field(max_length=100)


class CalendarDayRow(SQLModel, table=True):
    """A day that is not as its weekday says: 0 = off, 1 = worked, other = a day of that weight."""

    __tablename__ = "calendar_day"
    day: date = Field(primary_key=True)
    factor: float
    note: str = Field(default="", max_length=100)


def work_calendar(session: Session) -> WorkCalendar:
    """Monday to Friday with the stored exceptions."""
    return WorkCalendar(factors={row.day: row.factor for row in session.exec(select(CalendarDayRow)).all()})


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


def targets_on(session: Session, day: date) -> Sequence[TargetRow]:
    """Targets that run on a day, parents before their children."""
    return session.exec(
        select(TargetRow)
        .where(TargetRow.starts <= day, TargetRow.ends >= day)
        .order_by(TargetRow.metric, col(TargetRow.created_at), TargetRow.id)
    ).all()


def children_of(session: Session, target_id: str) -> Sequence[TargetRow]:
    """The targets that it was split into."""
    return session.exec(
        select(TargetRow).where(TargetRow.parent_id == target_id).order_by(TargetRow.scope_id)
    ).all()


def save_split(
    session: Session, parent_id: str, scope: Scope, portions: Sequence[Portion], *, owners: dict[str, str]
) -> list[TargetRow]:
    """Stores the children of a target; their history is their baseline. Portions of nothing are left out. Raises
    `AlreadySplit`, `BadTarget`, `NotFound`."""
    parent = get_target(session, parent_id)
    if children_of(session, parent_id):
        raise AlreadySplit("这个目标已经拆分", hint="可在下级目标上继续拆分或校准")
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


def declare_rule(session: Session, declared: DeclaredRule, *, by: str) -> None:
    """Stores a rule; the same rule of the same day is replaced."""
    if not by.strip():
        raise BadTarget("缺少声明人", hint="写明由谁声明")
    if not 0 < declared.floor <= 1 <= declared.cap:
        raise BadTarget("规则的上下限应满足 0 < 下限 ≤ 1 ≤ 上限", hint="例如 0.5 与 1.5")
    session.merge(
        TargetRuleRow(
            rule=declared.rule.value,
            declared=declared.declared,
            floor=declared.floor,
            cap=declared.cap,
            elasticity=declared.elasticity,
            declared_by=by.strip(),
        )
    )
    session.flush()


def declared_rule(session: Session, rule: Rule, day: date) -> DeclaredRule | None:
    """The rule as it was last declared up to a day; the first later one where there was none yet."""
    rows = session.exec(
        select(TargetRuleRow).where(TargetRuleRow.rule == rule.value).order_by(col(TargetRuleRow.declared))
    ).all()
    known = [row for row in rows if row.declared <= day] or list(rows[:1])
    if not known:
        return None
    row = known[-1]
    return DeclaredRule(rule, row.declared, row.floor, row.cap, row.elasticity)


def calibrate_target(
    session: Session,
    target_id: str,
    rule: Rule,
    *,
    happened: date,
    amount: float,
    base: float,
    reason: str,
    approver: str,
) -> Calibration:
    """Moves a target by a declared rule and writes it down. Children are calibrated on their own. Raises
    `UndeclaredRule`, `BadTarget`, `NotFound`."""
    row = get_target(session, target_id)
    if not reason.strip() or not approver.strip():
        raise BadTarget("校准缺少原因或批准人", hint="两者都要写明,会记入日志")
    if not row.starts <= happened <= row.ends:
        raise BadTarget(f"{happened} 不在目标期内", hint=f"目标期为 {row.starts} 至 {row.ends}")
    made = calibrate(
        row.value, declared_rule(session, rule, happened), happened=happened, amount=amount, base=base
    )
    row.value = made.after
    session.add(row)
    session.add(
        TargetChangeRow(
            target_id=target_id,
            rule=rule.value,
            before=made.before,
            after=made.after,
            formula=made.formula,
            inputs={"amount": amount, "base": base},
            happened=happened,
            reason=reason.strip(),
            approver=approver.strip(),
        )
    )
    session.flush()
    return made


def changes_of(session: Session, target_id: str) -> Sequence[TargetChangeRow]:
    """The log of a target, oldest first."""
    return session.exec(
        select(TargetChangeRow)
        .where(TargetChangeRow.target_id == target_id)
        .order_by(col(TargetChangeRow.id))
    ).all()
