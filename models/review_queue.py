"""The queues of the QA floor: calls that are flagged, calls that were drawn, reviews that somebody else should look at, and
appeals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, select
from sqlmodel import Session, col

from models.agent import AgentRow
from models.analysis import ObjectionRow
from models.appeal import AppealRow
from models.call import CallRow
from models.columns import from_now
from models.database import lock_names
from models.evaluation import EvaluationRow
from models.review import ReviewRow
from models.review_claim import ReviewClaimRow, claim, claimed
from models.review_select import EVERYTHING, TROUBLE, Queue, QueueFilter, condition, filters, round_of
from qa_engine.scoring.evaluation import Result

PAGE = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that waits for a review. `whys` are auto_fail, unknown, complaint, do_not_call, sampled, second or appeals; `holder`
    has it in hand. `appeal_id`, `due_at` and `step` are those of an appeal."""

    evaluation_id: int
    round: int
    call_id: str
    rubric: str
    agent_id: str
    agent_name: str
    team_id: str
    campaign: str
    duration_s: float | None
    score: float | None
    score_low: float | None
    score_high: float | None
    pass_mark: float
    result: str
    whys: tuple[str, ...]
    since: datetime
    holder: str
    second_why: str = ""
    appeal_id: int | None = None
    due_at: datetime | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How long a queue is and since when its oldest call waits; None where it is empty."""

    n: int
    oldest: datetime | None


def backlog(
    opened: Session, queue: Queue, wanted: QueueFilter = EVERYTHING, *, name: str, today: date
) -> Backlog:
    """Length and age of a queue as `name` may work on it, claimed calls included."""
    asked = _asked(queue, wanted, name=name, today=today).order_by(None).subquery()
    n, oldest = opened.execute(select(func.count(), func.min(asked.c.since))).one()
    return Backlog(n, oldest)


def waiting(
    opened: Session, queue: Queue, wanted: QueueFilter = EVERYTHING, *, name: str, today: date
) -> Sequence[Waiting]:
    """The head of a queue, most pressing first."""
    rows = opened.execute(_asked(queue, wanted, name=name, today=today).limit(PAGE)).all()
    holders = claimed(opened, [row.evaluation_id for row in rows])
    troubles = _troubles(opened, [row.call_id for row in rows])
    return [_line(queue, row, holders, troubles) for row in rows]


def take_next(
    opened: Session, queue: Queue, wanted: QueueFilter = EVERYTHING, *, name: str, today: date
) -> Waiting | None:
    """Claims the first call that nobody has, the one first that this person had begun. None where there is none left."""
    lock_names(opened, f"review queue:{queue}")
    round_ = round_of(queue)
    mine = _held(round_, col(ReviewClaimRow.name) == name)
    others = _held(round_, col(ReviewClaimRow.name) != name)
    asked = _asked(queue, wanted, name=name, today=today)
    row = opened.execute(asked.where(mine).limit(1)).first() or (
        opened.execute(asked.where(~others).limit(1)).first()
    )
    if row is None or not claim(opened, row.evaluation_id, name=name, round_=round_):
        return None
    return _line(queue, row, {(row.evaluation_id, round_): name}, _troubles(opened, [row.call_id]))


def _held(round_: int, whose: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        col(ReviewClaimRow.evaluation_id) == col(EvaluationRow.id),
        col(ReviewClaimRow.round) == round_,
        col(ReviewClaimRow.lease_until) >= from_now(),
        whose,
    )


def _asked(queue: Queue, wanted: QueueFilter, *, name: str, today: date) -> Any:
    pressing, belongs = condition(queue, name=name, today=today)
    is_second, is_appeal = queue is Queue.SECOND, queue is Queue.APPEALS
    since: Any = col(EvaluationRow.created_at)
    second_why: Any = literal("")
    appeal: tuple[Any, ...] = (literal(None), literal(None), literal(""))
    if is_second:
        since, second_why = col(ReviewRow.submitted_at), col(ReviewRow.second_why)
    elif is_appeal:
        since, appeal = (
            col(AppealRow.filed_at),
            (col(AppealRow.id), col(AppealRow.due_at), col(AppealRow.step)),
        )
    asked: Any = (
        select(
            col(EvaluationRow.id).label("evaluation_id"),
            col(EvaluationRow.call_id).label("call_id"),
            col(EvaluationRow.rubric).label("rubric"),
            col(CallRow.agent_id).label("agent_id"),
            col(AgentRow.name).label("agent_name"),
            col(CallRow.team_id).label("team_id"),
            col(CallRow.campaign).label("campaign"),
            col(CallRow.duration_s).label("duration_s"),
            col(EvaluationRow.score).label("score"),
            col(EvaluationRow.score_low).label("score_low"),
            col(EvaluationRow.score_high).label("score_high"),
            col(EvaluationRow.pass_mark).label("pass_mark"),
            col(EvaluationRow.result).label("result"),
            since.label("since"),
            second_why.label("second_why"),
            *(one.label(label) for one, label in zip(appeal, ("appeal_id", "due_at", "step"), strict=True)),
        )
        .select_from(EvaluationRow)
        .join(CallRow, col(CallRow.id) == col(EvaluationRow.call_id))
    )
    if is_second:
        asked = asked.join(ReviewRow, col(ReviewRow.evaluation_id) == col(EvaluationRow.id))
    elif is_appeal:
        asked = asked.join(AppealRow, col(AppealRow.evaluation_id) == col(EvaluationRow.id))
    return (
        asked.outerjoin(AgentRow, col(AgentRow.id) == col(CallRow.agent_id))
        .where(belongs, *filters(wanted))
        .order_by(*pressing, since, col(EvaluationRow.id))
    )


def _troubles(opened: Session, call_ids: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = opened.execute(
        select(col(ObjectionRow.call_id), col(ObjectionRow.type)).where(
            col(ObjectionRow.call_id).in_(call_ids), col(ObjectionRow.type).in_(TROUBLE)
        )
    )
    for call_id, kind in rows:
        found.setdefault(call_id, set()).add(kind)
    return found


def _line(
    queue: Queue, row: Any, holders: Mapping[tuple[int, int], str], troubles: Mapping[str, set[str]]
) -> Waiting:
    whys: list[str] = []
    if row.result == Result.AUTO_FAIL:
        whys.append("auto_fail")
    whys += sorted(troubles.get(row.call_id, ()))
    if row.result == Result.NEEDS_REVIEW:
        whys.append("unknown")
    if queue is not Queue.FLAGGED:
        whys.append(queue.value)
    round_ = round_of(queue)
    return Waiting(
        evaluation_id=row.evaluation_id,
        round=round_,
        call_id=row.call_id,
        rubric=row.rubric,
        agent_id=row.agent_id or "",
        agent_name=row.agent_name or row.agent_id or "",
        team_id=row.team_id or "",
        campaign=row.campaign or "",
        duration_s=row.duration_s,
        score=row.score,
        score_low=row.score_low,
        score_high=row.score_high,
        pass_mark=row.pass_mark,
        result=row.result,
        whys=tuple(whys),
        since=row.since,
        holder=holders.get((row.evaluation_id, round_), ""),
        second_why=row.second_why,
        appeal_id=row.appeal_id,
        due_at=row.due_at,
        step=row.step,
    )
