"""The stored analysis of a call and its objections as rows for filters and roll-ups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col

from models.call_measure import note_measures
from models.columns import BigId, Json, UtcDateTime, utc_now
from qa_engine.errors import NotFound
from qa_engine.scoring.evaluation import ObjectionFound


class AnalysisRow(SQLModel, table=True):
    """`callqa.analysis/1` of a call; `transcript_sha256` says of which transcript."""

    __tablename__ = "analysis"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    transcript_sha256: str = Field(max_length=64)
    document: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ObjectionRow(SQLModel, table=True):
    """One objection of the customer. `outcome` is resolved, open or lost; `start_s` seconds of the recording."""

    __tablename__ = "objection"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    type: str = Field(max_length=100, index=True)
    turn: int
    start_s: float | None = None
    outcome: str = Field(max_length=20)


def get_analysis(session: Session, call_id: str) -> dict[str, Any]:
    """The `callqa.analysis/1` document. Raises `NotFound` before the call is analysed."""
    row = session.get(AnalysisRow, call_id)
    if row is None:
        raise NotFound(f"通话 {call_id[:40]} 还没有分析结果", hint="请等待处理完成,或查看该通话的失败原因")
    return row.document


def save_analysis(
    session: Session,
    call_id: str,
    *,
    transcript_sha256: str,
    document: dict[str, Any],
    objections: Sequence[ObjectionFound],
) -> None:
    """Replaces the analysis of a call and its objections."""
    session.merge(AnalysisRow(call_id=call_id, transcript_sha256=transcript_sha256, document=document))
    session.execute(delete(ObjectionRow).where(col(ObjectionRow.call_id) == call_id))
    session.add_all(
        ObjectionRow(
            call_id=call_id,
            type=found.type,
            turn=found.turn,
            start_s=found.evidence.start_s if found.evidence else None,
            outcome=found.outcome,
        )
        for found in objections
    )
    note_measures(session, call_id, document)
    session.flush()
