"""Figures of the appeals of some days, from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.appeal import ANSWERED, AppealRow, AppealStepRow, shown_state
from models.appeal_select import AppealFilter, conditions
from models.call import CallRow
from models.columns import utc_now
from qa_engine.quality.appeal import CLOSED, State
from qa_engine.quality.appeal_figures import (
    Answered,
    Overturned,
    Times,
    Told,
    decision_times,
    in_time,
    overturn_rate,
    overturned_by,
)
from qa_engine.quality.estimates import Share

USUAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class AppealReport:
    """Appeals filed from `first` to `last`: `states` counts them, `overdue` those that wait beyond their time."""

    first: date
    last: date
    filed: int
    states: dict[State, int]
    overdue: int
    rate: Share
    by_item: Sequence[Overturned]
    by_judge: Sequence[Overturned]
    by_decider: Sequence[Overturned]
    times: Times
    in_time: Sequence[tuple[str, Share]]


def appeal_report(
    opened: Session, wanted: AppealFilter, *, first: date, last: date, zone: ZoneInfo
) -> AppealReport:
    """The figures of the appeals that the asker may see."""
    now = utc_now()
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    query = (
        select(AppealRow)
        .join(CallRow, col(CallRow.id) == col(AppealRow.call_id))
        .where(col(AppealRow.filed_at) >= begin, col(AppealRow.filed_at) < end, *conditions(wanted))
    )
    rows = opened.exec(query).all()
    ids = {row.id for row in rows}
    answers = [
        (appeal_id, name, Answered(step, late))
        for appeal_id, name, step, late in opened.execute(
            select_columns(
                col(AppealStepRow.appeal_id),
                col(AppealStepRow.name),
                col(AppealStepRow.step),
                col(AppealStepRow.is_late),
            )
            .join(AppealRow, col(AppealRow.id) == col(AppealStepRow.appeal_id))
            .where(
                col(AppealStepRow.act).in_(ANSWERED),
                col(AppealRow.filed_at) >= begin,
                col(AppealRow.filed_at) < end,
            )
            .order_by(col(AppealStepRow.id))
        ).all()
        if appeal_id in ids
    ]
    last_word = {appeal_id: name for appeal_id, name, _ in answers}
    told = [_told(row, last_word.get(row.id or 0, ""), now) for row in rows]
    states = {state: sum(one.state is state for one in told) for state in State}
    decided = [one for one in told if one.decided_by]
    return AppealReport(
        first=first,
        last=last,
        filed=len(rows),
        states=states,
        overdue=sum(row.state == State.OPEN and row.due_at < now for row in rows),
        rate=overturn_rate(told),
        by_item=overturned_by(told, lambda one: (one.rubric, one.item_id)),
        by_judge=overturned_by(told, lambda one: (one.judged_by,)),
        by_decider=overturned_by(decided, lambda one: (one.decided_by,)),
        times=decision_times(told),
        in_time=in_time(answer for _, _, answer in answers),
    )


def _told(row: AppealRow, last_word: str, now: datetime) -> Told:
    state = shown_state(row, now)
    lapsed = state is State.KEPT and row.closed_at is None
    return Told(
        rubric=row.rubric,
        item_id=row.item_id,
        judged_by=row.judged_by,
        decided_by=last_word if state in CLOSED and state is not State.WITHDRAWN else "",
        state=state,
        filed_at=row.filed_at,
        closed_at=row.due_at if lapsed else row.closed_at,
    )
