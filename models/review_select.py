"""What belongs to which queue, as conditions on evaluations and their calls.

The draw is random and nobody's choice: call ids are made of 59 random bits when a call comes in, so the first calls of an
agent's week by id are a simple random sample of that week, the same whoever looks. A stratum is one agent's week (Monday to
Sunday) under one form; each call in it is drawn with probability min(1, drawn / calls of the stratum)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.analysis import ObjectionRow
from models.appeal import AppealRow
from models.appeal_select import waits_for
from models.call import CallRow
from models.call_filter import has_objection
from models.call_measure import Mood, measured
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.review import APPEAL, FIRST, SECOND, ReviewRow, ReviewState
from qa_engine.scoring.evaluation import Result

LOOK_BACK_DAYS = 28
"""Older flagged calls leave the queue; they stay in the list of calls."""
DRAWN_A_WEEK = 3
"""Calls drawn of each agent and week: of 20 agents a reviewer hears 60 a week, and a month gives n = 12 an agent."""
TROUBLE = ("complaint", "do_not_call")
"""Objections that a person must hear about."""


class Queue(StrEnum):
    """The queues, in the order of the page."""

    FLAGGED = "flagged"
    SAMPLED = "sampled"
    SECOND = "second"
    APPEALS = "appeals"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Every field that is set must hold. `item` narrows to calls where that item failed or is unknown."""

    agent_id: str | None = None
    team_id: str | None = None
    campaign: str | None = None
    rubric: str | None = None
    item: str | None = None
    min_score: float | None = None
    max_score: float | None = None
    objection: str | None = None
    mood: Mood | None = None
    first_day: date | None = None
    last_day: date | None = None


EVERYTHING = QueueFilter()
_DONE, _SCORED, _OF = aliased(ReviewRow), aliased(EvaluationRow), aliased(CallRow)


def round_of(queue: Queue) -> int:
    """The round that a queue is about."""
    return {Queue.SECOND: SECOND, Queue.APPEALS: APPEAL}.get(queue, FIRST)


def condition(queue: Queue, *, name: str, today: date) -> tuple[list[Any], ColumnElement[bool]]:
    """Order by urgency, and what belongs to the queue."""
    current = col(EvaluationRow.current).is_(True)
    if queue is Queue.APPEALS:
        return [col(AppealRow.due_at)], waits_for(name)
    if queue is Queue.SECOND:
        other = and_(col(ReviewRow.round) == FIRST, col(ReviewRow.state) == ReviewState.SUBMITTED)
        return [], and_(
            other,
            col(ReviewRow.wants_second).is_(True),
            col(ReviewRow.submitted_by) != name,
            ~_reviewed(SECOND),
        )
    if queue is Queue.SAMPLED:
        return [], and_(current, col(EvaluationRow.id).in_(_drawn(today)), ~_reviewed(FIRST))
    trouble = exists().where(
        col(ObjectionRow.call_id) == col(CallRow.id), col(ObjectionRow.type).in_(TROUBLE)
    )
    doubtful = col(EvaluationRow.result).in_((Result.AUTO_FAIL.value, Result.NEEDS_REVIEW.value))
    pressing = case((col(EvaluationRow.result) == Result.AUTO_FAIL.value, 0), (trouble, 1), else_=2)
    recent = col(CallRow.day) > today - timedelta(days=LOOK_BACK_DAYS)
    return [pressing], and_(current, recent, or_(doubtful, trouble), ~_reviewed(FIRST))


def _reviewed(round_: int) -> ColumnElement[bool]:
    """Whether call and form have a submitted review: a new score of a call that was reviewed asks nobody again."""
    done = _DONE
    return exists().where(
        done.call_id == col(EvaluationRow.call_id),  # type: ignore[arg-type]
        done.rubric == col(EvaluationRow.rubric),  # type: ignore[arg-type]
        done.round == round_,  # type: ignore[arg-type]
        done.state == ReviewState.SUBMITTED,  # type: ignore[arg-type]
    )


def _drawn(today: date) -> Select[Any]:
    """Evaluations of the calls drawn of this week and the last, as one set of ids: few, and looked up by their key."""
    monday = today - timedelta(days=today.weekday())
    scored, of = _SCORED, _OF
    week = case((of.day >= monday, 0), else_=1)  # type: ignore[arg-type]
    place = func.row_number().over(partition_by=[scored.rubric, of.agent_id, week], order_by=of.id)  # type: ignore[list-item]
    strata = (
        select(scored.id.label("id"), place.label("place"))  # type: ignore[union-attr]
        .join(of, of.id == scored.call_id)  # type: ignore[arg-type]
        .where(
            scored.current.is_(True),  # type: ignore[attr-defined]
            of.day >= monday - timedelta(days=7),  # type: ignore[arg-type]
            of.day < monday + timedelta(days=7),  # type: ignore[arg-type]
        )
        .subquery()
    )
    return select(strata.c.id).where(strata.c.place <= DRAWN_A_WEEK)


def filters(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    """What the reader narrowed the queue to."""
    exact = {
        CallRow.agent_id: wanted.agent_id,
        CallRow.team_id: wanted.team_id,
        CallRow.campaign: wanted.campaign,
        EvaluationRow.rubric: wanted.rubric,
    }
    found = [col(column) == value for column, value in exact.items() if value is not None]
    if wanted.min_score is not None:
        found.append(col(EvaluationRow.score) >= wanted.min_score)
    if wanted.max_score is not None:
        found.append(col(EvaluationRow.score) <= wanted.max_score)
    if wanted.item is not None:
        found.append(
            exists().where(
                col(EvaluationItemRow.evaluation_id) == col(EvaluationRow.id),
                col(EvaluationItemRow.item_id) == wanted.item,
                col(EvaluationItemRow.verdict).in_(("fail", "unknown")),
            )
        )
    if wanted.objection is not None:
        found.append(has_objection(col(CallRow.id), wanted.objection))
    if wanted.first_day is not None:
        found.append(col(CallRow.day) >= wanted.first_day)
    if wanted.last_day is not None:
        found.append(col(CallRow.day) <= wanted.last_day)
    return found + measured(col(CallRow.id), mood=wanted.mood)
