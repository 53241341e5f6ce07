"""What quality assurance adds to the figures: one small row a call, written when the call ends or is scored again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, SQLModel, col, select

from models.analysis import AnalysisRow, ObjectionRow
from models.call import CallRow
from models.dial_kpi import NOBODY, By, Cell, Period
from models.evaluation import get_evaluations
from qa_engine.kpi.sums import Sums
from qa_engine.scoring.critical import SEVERITIES

CLASSES = {name: name.removesuffix("_critical") for name in SEVERITIES}


class CallFiguresRow(SQLModel, table=True):
    """The additive figures of one call, of its current evaluations and its analysis; None = not measured. Fields are
    those of `qa_engine.kpi.sums.Sums`."""

    __tablename__ = "call_figures"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    evaluations: int = 0
    score_c: int = 0
    customer_right: int = 0
    customer_of: int = 0
    business_right: int = 0
    business_of: int = 0
    compliance_right: int = 0
    compliance_of: int = 0
    objections: int = 0
    resolved: int = 0
    response_ms: int | None = None
    shift_c: int | None = None


QUALITY_COUNTS = {"response_calls": "response_ms", "shift_calls": "shift_c"}
"""Calls that have a measure, counted."""
_SUMMED = tuple(name for name in CallFiguresRow.model_fields if name != "call_id")


def note_call(opened: Session, call_id: str) -> None:
    """Writes the call's row anew from what is stored about it."""
    row = CallFiguresRow(call_id=call_id)
    for found in get_evaluations(opened, call_id):
        if found.document.get("status") == "trial":
            continue
        if found.score is not None:
            row.evaluations += 1
            row.score_c += round(found.score * 100)
        for severity, counted in found.document.get("critical", {}).items():
            name = CLASSES.get(severity)
            if name is None or not counted["items"] or (counted["unknown"] and not counted["failed"]):
                continue  # an error is an error whatever else is open
            setattr(row, f"{name}_of", getattr(row, f"{name}_of") + 1)
            setattr(row, f"{name}_right", getattr(row, f"{name}_right") + (not counted["failed"]))
    for outcome in opened.exec(select(ObjectionRow.outcome).where(ObjectionRow.call_id == call_id)):
        row.objections += 1
        row.resolved += outcome == "resolved"
    analysis = opened.get(AnalysisRow, call_id)
    if analysis is not None:
        row.response_ms = _whole(analysis.document.get("signals", {}).get("response_time_s"), 1000)
        mood = (analysis.document.get("speakers", {}).get("customer") or {}).get("sentiment") or {}
        row.shift_c = _whole(mood.get("shift"), 100)
    opened.merge(row)
    opened.flush()


def _whole(value: float | None, times: int) -> int | None:
    return None if value is None else round(value * times)


def quality_cells(opened: Session, period: Period, *, agent_id: str | None = None) -> list[Cell]:
    """Of calls that have been listened to, by the source that handed them in; of one agent ("" = none) where named."""
    keys: list[Any] = [CallRow.source, CallRow.day, CallRow.agent_id, CallRow.team_id, CallRow.campaign]
    amounts = {name: func.sum(getattr(CallFiguresRow, name)) for name in _SUMMED}
    for name, of in QUALITY_COUNTS.items():
        amounts[name] = func.sum(case((getattr(CallFiguresRow, of).is_not(None), 1), else_=0))
    query = (
        select_columns(*keys, *amounts.values())
        .join(CallFiguresRow, col(CallFiguresRow.call_id) == col(CallRow.id))
        .group_by(*keys)
    )
    if agent_id is not None:
        query = query.where(col(CallRow.agent_id).is_not_distinct_from(agent_id or None))
    if period.first is not None:
        query = query.where(col(CallRow.day) >= period.first)
    if period.last is not None:
        query = query.where(col(CallRow.day) <= period.last)
    if period.source is not None:
        query = query.where(col(CallRow.source) == period.source)
    return [
        Cell(
            source,
            {
                By.DAY: str(day),
                By.AGENT: agent_id or NOBODY,
                By.TEAM: team_id or NOBODY,
                By.CAMPAIGN: campaign or NOBODY,
            },
            _sums(dict(zip(amounts, values, strict=True))),
        )
        for source, day, agent_id, team_id, campaign, *values in opened.execute(query)
    ]


def _sums(amounts: dict[str, Any]) -> Sums:
    return Sums(**{name: None if value is None else int(value) for name, value in amounts.items()})
