"""Changes of targets: edits, withdrawal and return, and the log of these and of calibrations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, Json, UtcDateTime, utc_now
from models.target import TargetRow, children_of, get_target
from qa_engine.errors import Conflict
from qa_engine.targets.target import BadTarget, Target, check_children, check_target

EDITED, WITHDRAWN, RESTORED = "edit", "withdraw", "restore"
"""What the log calls the changes that follow no rule."""


class Withdrawn(Conflict):
    """The target was withdrawn, or was not."""

    code = "target_withdrawn"


class TargetChangeRow(SQLModel, table=True):
    """One change: value before and after, by which rule and inputs, why, and who approved. An edit's `inputs` are each
    changed field's [old, new]."""

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


def edit_target(
    session: Session, target_id: str, changed: Target, *, reason: str, by: str, today: date
) -> TargetRow:
    """Sets value, days, owner, baseline or stretch; metric and scope make another target. Targets above and below must
    still fit. Raises `BadTarget`, `Withdrawn`, `NotFound`."""
    row = live_target(session, target_id)
    require_names("修改", reason, by)
    before = row.target
    changed = replace(
        changed, metric=before.metric, unit=before.unit, scope=before.scope, scope_id=before.scope_id
    )
    check_target(changed)
    children = children_of(session, target_id)
    moves = (changed.value, changed.first, changed.last, changed.stretch) != (
        before.value, before.first, before.last, before.stretch,
    )  # fmt: skip
    if moves and children:
        check_children(changed, [child.target for child in children])
    if moves and row.parent_id:
        kin = [one.target for one in children_of(session, row.parent_id) if one.id != target_id]
        check_children(get_target(session, row.parent_id).target, [*kin, changed])
    row.value, row.owner, row.starts, row.ends = (
        changed.value, changed.owner.strip(), changed.first, changed.last,
    )  # fmt: skip
    row.baseline, row.stretch = changed.baseline, changed.stretch
    inputs = {
        name: [_written(old), _written(new)]
        for name in ("value", "owner", "first", "last", "baseline", "stretch")
        if (old := getattr(before, name)) != (new := getattr(row.target, name))
    }
    session.add(row)
    _note(session, row, EDITED, before=before.value, inputs=inputs, today=today, reason=reason, by=by)
    return row


def withdraw_target(session: Session, target_id: str, *, reason: str, by: str, today: date) -> int:
    """Takes a target and those below it back; returns how many. They stay stored and can come back. Raises `BadTarget`,
    `Withdrawn`, `NotFound`."""
    row = live_target(session, target_id)
    require_names("撤回", reason, by)
    now = utc_now()
    gone = _below(session, row)
    for one in gone:
        one.withdrawn_at = now
        session.add(one)
        _note(session, one, WITHDRAWN, before=one.value, inputs={}, today=today, reason=reason, by=by)
    return len(gone)


def restore_target(session: Session, target_id: str, *, by: str, today: date) -> int:
    """Brings a target back with those that went with it; returns how many. Raises `Withdrawn` where it is not gone or
    what is above it is, `BadTarget` where it no longer fits."""
    row = get_target(session, target_id)
    require_names("恢复", "-", by)
    if row.withdrawn_at is None:
        raise Withdrawn("这个目标没有撤回", hint="无需恢复")
    parent = get_target(session, row.parent_id) if row.parent_id else None
    if parent is not None and parent.withdrawn_at is not None:
        raise Withdrawn("上级目标已经撤回", hint="先恢复上级目标,下级会一起恢复")
    gone = _below(session, row, withdrawn_at=row.withdrawn_at)
    for one in gone:
        one.withdrawn_at = None
        session.add(one)
        _note(session, one, RESTORED, before=one.value, inputs={}, today=today, reason="-", by=by)
    session.flush()
    if parent is not None:
        _check_kin(session, parent)
    return len(gone)


def _check_kin(session: Session, parent: TargetRow) -> None:
    """Children may come back one after another: only more than the whole is refused."""
    whole, children = parent.target, [child.target for child in children_of(session, parent.id)]
    total, most = sum(child.value for child in children), whole.value * (1 + whole.stretch)
    if whole.is_additive and total > most * (1 + 1e-9):
        raise BadTarget(
            f"恢复后下级合计 {total:g},超过上级的 {most:g}", hint="上级已经重新拆分;先撤回新的下级目标"
        )


def live_target(session: Session, target_id: str) -> TargetRow:
    """Raises `Withdrawn`, `NotFound`."""
    row = get_target(session, target_id)
    if row.withdrawn_at is not None:
        raise Withdrawn("这个目标已经撤回", hint="先恢复,再修改")
    return row


def require_names(what: str, reason: str, by: str) -> None:
    """Raises `BadTarget` where a change has no reason or nobody who approved it."""
    if not reason.strip() or not by.strip():
        raise BadTarget(f"{what}缺少原因或批准人", hint="两者都要写明,会记入日志")


def _below(session: Session, row: TargetRow, *, withdrawn_at: datetime | None = None) -> list[TargetRow]:
    """The target and all below it that were withdrawn at this instant; None = that are live."""
    found, level = [row], [row.id]
    while level:
        gone = col(TargetRow.withdrawn_at)
        is_so = gone.is_(None) if withdrawn_at is None else gone == withdrawn_at
        rows = session.exec(select(TargetRow).where(col(TargetRow.parent_id).in_(level), is_so)).all()
        found += rows
        level = [one.id for one in rows]
    return found


def _written(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float | int) else str(value)


def _note(
    session: Session,
    row: TargetRow,
    rule: str,
    *,
    before: float,
    inputs: dict[str, Any],
    today: date,
    reason: str,
    by: str,
) -> None:
    session.add(
        TargetChangeRow(
            target_id=row.id,
            rule=rule,
            before=before,
            after=row.value,
            formula="",
            inputs=inputs,
            happened=today,
            reason=reason.strip()[:500],
            approver=by.strip()[:100],
        )
    )
    session.flush()


def changes_of(session: Session, target_id: str) -> Sequence[TargetChangeRow]:
    """The log of a target, oldest first."""
    return session.exec(
        select(TargetChangeRow)
        .where(TargetChangeRow.target_id == target_id)
        .order_by(col(TargetChangeRow.id))
    ).all()
