"""Stored evaluations: columns to filter by, the full document, one row an item. Old ones are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, Json, UtcDateTime, utc_now
from models.database import lock_names
from qa_engine.scoring.evaluation import Evaluation


class EvaluationRow(SQLModel, table=True):
    """One call under one state of one rubric. `input_sha` covers transcript and facts. Exactly one evaluation of
    a call and rubric is `current`; a new rubric version, transcript or code adds a row beside the old."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint(
            "call_id",
            "rubric",
            "rubric_sha256",
            "lexicon_sha256",
            "code",
            "input_sha",
            name="uq_evaluation_pins",
        ),
        Index(
            "uq_evaluation_current",
            "call_id",
            "rubric",
            unique=True,
            sqlite_where=text("current = 1"),
            postgresql_where=text("current"),
        ),
        Index("ix_evaluation_rubric_result", "rubric", "result"),
        Index("ix_evaluation_rubric_score", "rubric", "score"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    rubric: str = Field(max_length=200)
    version: int
    title: str = ""
    rubric_sha256: str = Field(max_length=64)
    lexicon_sha256: str = Field(max_length=64)
    code: str = Field(max_length=100)
    input_sha: str = Field(max_length=64)
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    pass_mark: float
    result: str = Field(max_length=20)
    auto_fails: list[str] = Field(default_factory=list, sa_type=Json)
    document: dict[str, Any] = Field(sa_type=Json)
    current: bool = True
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class EvaluationItemRow(SQLModel, table=True):
    """The verdict of one item, for filters such as *calls that failed opening.identity*."""

    __tablename__ = "evaluation_item"
    __table_args__ = (Index("ix_evaluation_item_item_id_verdict", "item_id", "verdict"),)
    evaluation_id: int = Field(
        primary_key=True, foreign_key="evaluation.id", ondelete="CASCADE", sa_type=BigId
    )
    item_id: str = Field(primary_key=True, max_length=200)
    section: str = Field(default="", max_length=200)
    verdict: str = Field(max_length=10)
    weight: float
    credit: float | None = None
    auto_fail: str | None = Field(default=None, max_length=50)


def _same_pins(
    session: Session, evaluation: Evaluation, call_id: str, input_sha: str
) -> EvaluationRow | None:
    pins = evaluation.pins
    return session.exec(
        select(EvaluationRow).where(
            EvaluationRow.call_id == call_id,
            EvaluationRow.rubric == evaluation.rubric,
            EvaluationRow.rubric_sha256 == pins.rubric_sha256,
            EvaluationRow.lexicon_sha256 == pins.lexicon_sha256,
            EvaluationRow.code == pins.code,
            EvaluationRow.input_sha == input_sha,
        )
    ).one_or_none()


def _row(evaluation: Evaluation, call_id: str, input_sha: str, document: dict[str, Any]) -> EvaluationRow:
    pins = evaluation.pins
    return EvaluationRow(
        call_id=call_id,
        rubric=evaluation.rubric,
        version=evaluation.version,
        title=evaluation.title,
        rubric_sha256=pins.rubric_sha256,
        lexicon_sha256=pins.lexicon_sha256,
        code=pins.code,
        input_sha=input_sha,
        score=evaluation.score,
        score_low=evaluation.score_low,
        score_high=evaluation.score_high,
        pass_mark=evaluation.pass_mark,
        result=evaluation.result.value,
        auto_fails=list(evaluation.auto_fails),
        document=document,
    )


def save_evaluation(
    session: Session, evaluation: Evaluation, *, input_sha: str, document: dict[str, Any]
) -> EvaluationRow:
    """Stores an evaluation and makes it the current one of its rubric. The same pins and input give the row
    that is already there, untouched."""
    call_id = str(evaluation.call_id)
    # a re-score and the call's own pipeline may save at once; the index that allows one current row would refuse one
    lock_names(session, f"evaluation:{call_id}:{evaluation.rubric}")
    session.execute(
        update(EvaluationRow)
        .where(col(EvaluationRow.call_id) == call_id, col(EvaluationRow.rubric) == evaluation.rubric)
        .values(current=False)
        .execution_options(synchronize_session="fetch")
    )
    row = _same_pins(session, evaluation, call_id, input_sha)
    if row is not None:
        row.current = True
        session.add(row)
        session.flush()
        return row
    row = _row(evaluation, call_id, input_sha, document)
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(
        EvaluationItemRow(
            evaluation_id=row.id,
            item_id=item.id,
            section=item.section,
            verdict=item.verdict.value,
            weight=item.weight,
            credit=item.credit,
            auto_fail=item.auto_fail,
        )
        for item in evaluation.items
    )
    session.flush()
    return row


def get_evaluations(session: Session, call_id: str, *, history: bool = False) -> Sequence[EvaluationRow]:
    """The current evaluation of each rubric, by rubric id; with `history` all that were ever made, newest first."""
    wanted = select(EvaluationRow).where(EvaluationRow.call_id == call_id)
    if history:
        return session.exec(wanted.order_by(col(EvaluationRow.id).desc())).all()
    return session.exec(
        wanted.where(col(EvaluationRow.current).is_(True)).order_by(EvaluationRow.rubric)
    ).all()


def evaluation_page(
    session: Session, *, after: int = 0, size: int = 200, only_current: bool = False
) -> Sequence[EvaluationRow]:
    """The next evaluations by id, so that all of them can be walked in constant memory."""
    wanted = select(EvaluationRow).where(col(EvaluationRow.id) > after)
    if only_current:
        wanted = wanted.where(col(EvaluationRow.current).is_(True))
    return session.exec(wanted.order_by(col(EvaluationRow.id)).limit(size)).all()
