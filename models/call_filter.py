"""Which calls are asked for: the filter that the list, the search, the queues and the exports share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col

from models.agent import AgentRow, TeamRow, in_region
from models.analysis import ObjectionRow
from models.call import CallRow
from models.call_measure import Mood, measured
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.recording import RecordingRow
from models.review import is_reviewed


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Every field that is set must hold. `rubric` chooses whose scores are shown and filtered; days are in the
    tenant's zone, both included; `states` is any of several; `text` looks into ids, agents' names and file names;
    silence and the agent's share of the talk are percent. `reviewed`: whether somebody has submitted a first review of it,
    under the chosen rubric where there is one."""

    rubric: str | None = None
    agent_id: str | None = None
    team_id: str | None = None
    region: str | None = None
    campaign: str | None = None
    direction: str | None = None
    disposition: str | None = None
    state: str | None = None
    states: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    result: str | None = None
    min_score: float | None = None
    max_score: float | None = None
    item: str | None = None
    verdict: str | None = None
    objection: str | None = None
    outcome: str | None = None
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    source: str | None = None
    text: str | None = None
    reviewed: bool | None = None
    mood: Mood | None = None
    min_silence: float | None = None
    max_silence: float | None = None
    min_talk: float | None = None
    max_talk: float | None = None


def _evaluated(wanted: CallFilter) -> ColumnElement[bool]:
    """Joins the current evaluation of the chosen rubric; without a choice, the first by rubric id."""
    current = and_(col(EvaluationRow.call_id) == col(CallRow.id), col(EvaluationRow.current).is_(True))
    if wanted.rubric is not None:
        return and_(current, col(EvaluationRow.rubric) == wanted.rubric)
    other = EvaluationRow.__table__.alias("other")  # type: ignore[attr-defined]
    first = (
        select_columns(func.min(other.c.rubric))
        .where(other.c.call_id == col(CallRow.id), other.c.current.is_(True))
        .correlate(CallRow)
        .scalar_subquery()
    )
    return and_(current, col(EvaluationRow.rubric) == first)


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    exact = {
        CallRow.agent_id: wanted.agent_id,
        CallRow.team_id: wanted.team_id,
        CallRow.campaign: wanted.campaign,
        CallRow.direction: wanted.direction,
        CallRow.disposition: wanted.disposition,
        CallRow.state: wanted.state,
        CallRow.source: wanted.source,
        EvaluationRow.result: wanted.result,
    }
    conditions = [col(column) == value for column, value in exact.items() if value is not None]
    if wanted.region is not None:
        conditions.append(in_region(col(CallRow.team_id), wanted.region))
    if wanted.states:
        conditions.append(col(CallRow.state).in_(wanted.states))
    ranges: list[tuple[Any, object, object]] = [
        (col(CallRow.day), wanted.first_day, wanted.last_day),
        (col(CallRow.duration_s), wanted.min_duration_s, wanted.max_duration_s),
        (col(EvaluationRow.score), wanted.min_score, wanted.max_score),
    ]
    for column, low, high in ranges:
        if low is not None:
            conditions.append(column >= low)
        if high is not None:
            conditions.append(column <= high)
    if wanted.item is not None or wanted.verdict is not None:
        conditions.append(_has_item(wanted))
    if wanted.objection is not None or wanted.outcome is not None:
        conditions.append(has_objection(col(CallRow.id), wanted.objection, wanted.outcome))
    if wanted.reviewed is not None:
        heard = is_reviewed(col(CallRow.id), wanted.rubric)
        conditions.append(heard if wanted.reviewed else ~heard)
    conditions += measured(
        col(CallRow.id),
        mood=wanted.mood,
        silence=(wanted.min_silence, wanted.max_silence),
        talk=(wanted.min_talk, wanted.max_talk),
    )
    if wanted.text:
        pattern = _like(wanted.text.strip())
        conditions.append(
            or_(
                col(CallRow.id).ilike(pattern, escape="\\"),
                col(CallRow.external_id).ilike(pattern, escape="\\"),
                col(CallRow.agent_id).ilike(pattern, escape="\\"),
                col(AgentRow.name).ilike(pattern, escape="\\"),
                col(RecordingRow.filename).ilike(pattern, escape="\\"),
            )
        )
    return conditions


def _has_item(wanted: CallFilter) -> ColumnElement[bool]:
    found = exists().where(col(EvaluationItemRow.evaluation_id) == col(EvaluationRow.id))
    if wanted.item is not None:
        found = found.where(col(EvaluationItemRow.item_id) == wanted.item)
    if wanted.verdict is not None:
        found = found.where(col(EvaluationItemRow.verdict) == wanted.verdict)
    return found


def has_objection(call_id: Any, kind: str | None, outcome: str | None = None) -> ColumnElement[bool]:
    """Whether the customer raised it in the call whose id that column holds; of any kind or outcome where None."""
    found = exists().where(col(ObjectionRow.call_id) == call_id)
    if kind is not None:
        found = found.where(col(ObjectionRow.type) == kind)
    if outcome is not None:
        found = found.where(col(ObjectionRow.outcome) == outcome)
    return found


def when() -> ColumnElement[Any]:
    """When a call was, as far as is known."""
    return func.coalesce(col(CallRow.started_at), col(CallRow.created_at))


def joined(wanted: CallFilter, statement: Any) -> Any:
    """`statement` over the calls of the filter, each with its evaluation under the chosen rubric, if any."""
    return (
        statement.select_from(CallRow)
        .outerjoin(AgentRow, col(AgentRow.id) == col(CallRow.agent_id))
        .outerjoin(TeamRow, col(TeamRow.id) == col(CallRow.team_id))
        .outerjoin(RecordingRow, col(RecordingRow.call_id) == col(CallRow.id))
        .outerjoin(EvaluationRow, _evaluated(wanted))
        .where(*_conditions(wanted))
    )


def filtered(wanted: CallFilter, statement: Any, *, with_score: bool) -> Any:
    """The calls of a filter, joined with their evaluation only where it is asked for: an order by score, or a filter."""
    asks_score = (wanted.result, wanted.min_score, wanted.max_score, wanted.item, wanted.verdict)
    if with_score or any(value is not None for value in asks_score) or wanted.text:
        return joined(wanted, statement)
    return statement.select_from(CallRow).where(*_conditions(wanted))
