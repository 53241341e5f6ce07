"""What the list of calls asks the store: sort, page, summaries, and the values to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import case, exists, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.agent import AgentRow, TeamRow, in_region
from models.analysis import ObjectionRow
from models.call import CallRow
from models.call_filter import CallFilter, joined, when
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.recording import RecordingRow

MAX_PAGE_SIZE = 500


class Sort(StrEnum):
    """Orders of the list; each is made total by the call's id."""

    NEWEST = "newest"
    OLDEST = "oldest"
    SCORE_LOW = "score_low"
    SCORE_HIGH = "score_high"
    LONGEST = "longest"
    SHORTEST = "shortest"


@dataclass(frozen=True, slots=True)
class CallSummary:
    """One line of the list. Score fields are of the filter's rubric; None where it was not evaluated."""

    id: str
    source: str
    external_id: str | None
    filename: str
    agent_id: str | None
    agent_name: str
    team_id: str | None
    team_name: str
    campaign: str | None
    direction: str | None
    disposition: str | None
    started_at: datetime | None
    created_at: datetime
    duration_s: float | None
    state: str
    error_code: str | None
    error_message: str | None
    error_hint: str | None
    engine_name: str | None
    engine_model: str | None
    engine_demo: bool
    has_audio: bool
    rubric: str | None
    rubric_version: int | None
    score: float | None
    score_low: float | None
    score_high: float | None
    pass_mark: float | None
    result: str | None
    auto_fails: tuple[str, ...]
    objections: int
    objections_resolved: int


@dataclass(frozen=True, slots=True)
class CallPage:
    """A page of the list; `total` counts all calls of the filter."""

    calls: tuple[CallSummary, ...]
    total: int
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Values that occur, to choose from, in order. `agents` and `teams` are (id, name)."""

    agents: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]
    campaigns: tuple[str, ...]
    directions: tuple[str, ...]
    dispositions: tuple[str, ...]
    states: tuple[str, ...]
    rubrics: tuple[str, ...]
    results: tuple[str, ...]
    items: tuple[str, ...]
    objections: tuple[str, ...]


def _order(sort: Sort) -> list[Any]:
    unknown_last: dict[Sort, list[Any]] = {
        Sort.SCORE_LOW: [col(EvaluationRow.score).is_(None), col(EvaluationRow.score)],
        Sort.SCORE_HIGH: [col(EvaluationRow.score).is_(None), col(EvaluationRow.score).desc()],
        Sort.LONGEST: [col(CallRow.duration_s).is_(None), col(CallRow.duration_s).desc()],
        Sort.SHORTEST: [col(CallRow.duration_s).is_(None), col(CallRow.duration_s)],
        Sort.NEWEST: [when().desc()],
        Sort.OLDEST: [when()],
    }
    return [*unknown_last[sort], col(CallRow.id)]


def _objections(session: Session, call_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    rows = session.execute(
        select_columns(
            col(ObjectionRow.call_id),
            func.count(),
            func.count().filter(col(ObjectionRow.outcome) == "resolved"),
        )
        .where(col(ObjectionRow.call_id).in_(call_ids))
        .group_by(col(ObjectionRow.call_id))
    )
    return {call_id: (number, resolved) for call_id, number, resolved in rows}


# Every column the list shows, and none of the large ones beside them (peaks, documents).
_SHOWN: tuple[Any, ...] = (
    col(CallRow.id),
    col(CallRow.source),
    col(CallRow.external_id),
    func.coalesce(col(RecordingRow.filename), "").label("filename"),
    col(CallRow.agent_id),
    func.coalesce(col(AgentRow.name), "").label("agent_name"),
    col(CallRow.team_id),
    func.coalesce(col(TeamRow.name), "").label("team_name"),
    col(CallRow.campaign),
    col(CallRow.direction),
    col(CallRow.disposition),
    col(CallRow.started_at),
    col(CallRow.created_at),
    col(CallRow.duration_s),
    col(CallRow.state),
    col(CallRow.error_code),
    col(CallRow.error_message),
    col(CallRow.error_hint),
    col(CallRow.engine_name),
    col(CallRow.engine_model),
    col(CallRow.engine_demo),
    col(RecordingRow.audio_key).is_not(None).label("has_audio"),
    col(EvaluationRow.rubric),
    col(EvaluationRow.version).label("rubric_version"),
    col(EvaluationRow.score),
    col(EvaluationRow.score_low),
    col(EvaluationRow.score_high),
    col(EvaluationRow.pass_mark),
    col(EvaluationRow.result),
    col(EvaluationRow.auto_fails),
)


def list_calls(
    session: Session,
    wanted: CallFilter | None = None,
    *,
    page: int = 1,
    size: int = 50,
    sort: Sort = Sort.NEWEST,
) -> CallPage:
    """A page of calls, `page` counting from 1. Three statements, whatever the size."""
    chosen = wanted or CallFilter()
    size = max(1, min(size, MAX_PAGE_SIZE))
    page = max(1, page)
    total: int = session.execute(joined(chosen, select_columns(func.count()))).scalar_one()
    rows = session.execute(
        joined(chosen, select_columns(*_SHOWN)).order_by(*_order(sort)).limit(size).offset((page - 1) * size)
    ).all()
    objections = _objections(session, [row.id for row in rows])
    calls = tuple(_summary(row._asdict(), objections.get(row.id, (0, 0))) for row in rows)
    return CallPage(calls, total, page, size)


def _summary(values: dict[str, Any], objections: tuple[int, int]) -> CallSummary:
    values["auto_fails"] = tuple(values["auto_fails"] or ())
    values["has_audio"] = bool(values["has_audio"])
    return CallSummary(**values, objections=objections[0], objections_resolved=objections[1])


def summaries(
    session: Session, call_ids: Sequence[str], *, rubric: str | None = None
) -> dict[str, CallSummary]:
    """The list's lines of some calls, by id."""
    statement = joined(CallFilter(rubric=rubric), select_columns(*_SHOWN)).where(
        col(CallRow.id).in_(call_ids)
    )
    objections = _objections(session, call_ids)
    return {
        row.id: _summary(row._asdict(), objections.get(row.id, (0, 0))) for row in session.execute(statement)
    }


def call_summary(session: Session, call_id: str, *, rubric: str | None = None) -> CallSummary | None:
    """The list's line of one call; None where there is no such call."""
    statement = joined(CallFilter(rubric=rubric), select_columns(*_SHOWN)).where(col(CallRow.id) == call_id)
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    return _summary(row._asdict(), _objections(session, [call_id]).get(call_id, (0, 0)))


def _values(session: Session, column: Any) -> tuple[str, ...]:
    found = session.execute(select_columns(column).where(column.is_not(None)).distinct().order_by(column))
    return tuple(found.scalars())


def facets(session: Session) -> Facets:
    """What the filters offer: only values that some call has."""
    agents = session.execute(
        select_columns(col(AgentRow.id), col(AgentRow.name))
        .where(exists().where(col(CallRow.agent_id) == col(AgentRow.id)))
        .order_by(col(AgentRow.id))
    )
    teams = session.execute(
        select_columns(col(TeamRow.id), col(TeamRow.name))
        .where(exists().where(col(CallRow.team_id) == col(TeamRow.id)))
        .order_by(col(TeamRow.id))
    )
    return Facets(
        agents=tuple((row[0], row[1]) for row in agents),
        teams=tuple((row[0], row[1]) for row in teams),
        campaigns=_values(session, col(CallRow.campaign)),
        directions=_values(session, col(CallRow.direction)),
        dispositions=_values(session, col(CallRow.disposition)),
        states=_values(session, col(CallRow.state)),
        rubrics=_values(session, col(EvaluationRow.rubric)),
        results=_values(session, col(EvaluationRow.result)),
        items=_values(session, col(EvaluationItemRow.item_id)),
        objections=_values(session, col(ObjectionRow.type)),
    )


def count_calls(session: Session, wanted: CallFilter | None = None) -> dict[tuple[str, str | None], int]:
    """Calls of the filter by (state, result of the chosen rubric); None for calls without an evaluation."""
    state, result = col(CallRow.state), col(EvaluationRow.result)
    rows = session.execute(
        joined(wanted or CallFilter(), select_columns(state, result, func.count())).group_by(state, result)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def objections_of(session: Session, call_ids: Sequence[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """(type, outcome) of each objection of these calls, in the order in which they were raised."""
    rows = session.execute(
        select_columns(col(ObjectionRow.call_id), col(ObjectionRow.type), col(ObjectionRow.outcome))
        .where(col(ObjectionRow.call_id).in_(call_ids))
        .order_by(col(ObjectionRow.turn), col(ObjectionRow.id))
    )
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for call_id, kind, outcome in rows:
        found[call_id] = (*found.get(call_id, ()), (kind, outcome))
    return found


def objection_counts(
    opened: Session,
    agent_id: str | None,
    team_id: str | None,
    campaign: str | None,
    *,
    first: date,
    last: date,
    region: str | None = None,
) -> list[tuple[str, int, int]]:
    """How often each kind of objection was raised and how often of that it was resolved, by type."""
    resolved = func.sum(case((col(ObjectionRow.outcome) == "resolved", 1), else_=0))
    query = (
        select_columns(col(ObjectionRow.type), func.count(), resolved)
        .join(CallRow, col(CallRow.id) == col(ObjectionRow.call_id))
        .where(col(CallRow.day) >= first, col(CallRow.day) <= last)
        .group_by(col(ObjectionRow.type))
    )
    for column, key in (
        (CallRow.agent_id, agent_id),
        (CallRow.team_id, team_id),
        (CallRow.campaign, campaign),
    ):
        if key is not None:
            query = query.where(col(column) == key)
    if region is not None:
        query = query.where(in_region(col(CallRow.team_id), region))
    return [(kind, n, int(done)) for kind, n, done in opened.execute(query)]
