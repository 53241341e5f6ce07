"""Which appeals wait for whom, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.access.roles import Role, current_access
from models.appeal import ANSWERED, AppealRow, AppealStepRow
from models.call import CallRow
from models.columns import from_now
from qa_engine.quality.appeal import State, Step

PAGE = 200
_OWN_STEPS = {
    Role.TEAM_LEAD: ((Step.LEAD,), ()),
    Role.REVIEWER: ((Step.QA,), (Step.LEAD,)),
    Role.QA_MANAGER: ((Step.FINAL,), (Step.LEAD, Step.QA)),
}
"""Steps that a role answers, and those that it may take over once they are overdue."""


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """Every field that is set must hold."""

    state: State | None = None
    step: Step | None = None
    rubric: str | None = None
    item: str | None = None
    team_id: str | None = None
    agent_id: str | None = None
    filed_by: str | None = None
    since: datetime | None = None


EVERY_APPEAL = AppealFilter()


def waits_for(name: str) -> ColumnElement[bool]:
    """Appeals that this person may answer or take over now: not their own, nor those that they judged or answered before."""
    own, overdue = _steps()
    step, late = col(AppealRow.step), col(AppealRow.due_at) < from_now()
    answered = exists().where(
        col(AppealStepRow.appeal_id) == col(AppealRow.id),
        col(AppealStepRow.name) == name,
        col(AppealStepRow.act).in_(ANSWERED),
    )
    return and_(
        col(AppealRow.state) == State.OPEN.value,
        or_(step.in_(own), and_(step.in_(overdue), late)) if own else false(),
        col(AppealRow.filed_by) != name,
        col(AppealRow.judged_by) != name,
        ~answered,
    )


def _steps() -> tuple[list[str], list[str]]:
    access = current_access()
    if access is None:
        return [step.value for step in Step], []
    own, overdue = _OWN_STEPS.get(access.role, ((), ()))
    return [step.value for step in own], [step.value for step in overdue]


def count_waiting(opened: Session, name: str) -> int:
    """How many appeals wait for this person."""
    query = select_columns(func.count()).select_from(AppealRow).where(waits_for(name))
    return int(opened.execute(query).scalar_one())


def list_appeals(
    opened: Session, wanted: AppealFilter = EVERY_APPEAL, *, limit: int = PAGE
) -> Sequence[tuple[AppealRow, CallRow]]:
    """Appeals with their calls: open ones first by due time, then the newest."""
    query = select(AppealRow, CallRow).join(CallRow, col(CallRow.id) == col(AppealRow.call_id))
    for condition in conditions(wanted):
        query = query.where(condition)
    closed = col(AppealRow.closed_at).is_not(None)
    return opened.exec(
        query.order_by(closed, col(AppealRow.due_at).desc(), col(AppealRow.id).desc()).limit(limit)
    ).all()


def conditions(wanted: AppealFilter) -> list[ColumnElement[bool]]:
    """A filter as conditions on appeals joined with their calls."""
    exact = {
        AppealRow.state: wanted.state.value if wanted.state else None,
        AppealRow.step: wanted.step.value if wanted.step else None,
        AppealRow.rubric: wanted.rubric,
        AppealRow.item_id: wanted.item,
        CallRow.team_id: wanted.team_id,
        CallRow.agent_id: wanted.agent_id,
        AppealRow.filed_by: wanted.filed_by,
    }
    found = [col(column) == value for column, value in exact.items() if value is not None]
    if wanted.since is not None:
        found.append(col(AppealRow.filed_at) >= wanted.since)
    return found
