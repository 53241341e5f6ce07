"""Day figures by agent and campaign. A cell is always recomputed whole from its calls: doing it twice, late or
out of order gives the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, case, delete, func
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, SQLModel, col, select

from models.analysis import ObjectionRow
from models.call import CallRow, CallState
from models.database import lock_names
from models.evaluation import EvaluationRow
from qa_engine.scoring.evaluation import Result

NOBODY = ""  # a key column cannot be NULL


class RollupDayRow(SQLModel, table=True):
    """A day (tenant's zone) x agent x campaign; empty key = unknown. `calls` counts ended calls, of which
    `no_conversation` had none; `talk_s` = agent + customer speech, seconds."""

    __tablename__ = "rollup_day"
    day: date = Field(primary_key=True)
    agent_id: str = Field(primary_key=True, max_length=100)
    campaign: str = Field(primary_key=True, max_length=200)
    calls: int = 0
    no_conversation: int = 0
    duration_s: float = 0.0
    talk_s: float = 0.0
    objections: int = 0
    resolved: int = 0


class RollupScoreRow(SQLModel, table=True):
    """The same cell under one rubric. `evaluated` calls, of which `scored` have a score; `sum_score` adds their
    scores, so that averages of any set of cells come out right."""

    __tablename__ = "rollup_score"
    day: date = Field(primary_key=True)
    agent_id: str = Field(primary_key=True, max_length=100)
    campaign: str = Field(primary_key=True, max_length=200)
    rubric: str = Field(primary_key=True, max_length=200)
    evaluated: int = 0
    scored: int = 0
    sum_score: float = 0.0
    passed: int = 0
    auto_fails: int = 0
    needs_review: int = 0


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def roll_up(session: Session, day: date, agent_id: str | None, campaign: str | None) -> None:
    """Recomputes one cell. The lock makes two workers on one cell take turns, so the later sees both calls."""
    agent, name = agent_id or NOBODY, campaign or NOBODY
    lock_names(session, f"rollup:{day}:{agent}:{name}")
    for table in (RollupDayRow, RollupScoreRow):
        session.execute(
            delete(table).where(
                col(table.day) == day, col(table.agent_id) == agent, col(table.campaign) == name
            )
        )
    in_cell = (
        col(CallRow.day) == day,
        func.coalesce(col(CallRow.agent_id), NOBODY) == agent,
        func.coalesce(col(CallRow.campaign), NOBODY) == name,
        col(CallRow.state).in_([CallState.DONE.value, CallState.NO_CONVERSATION.value]),
    )
    calls, silent, duration_s, talk_s = session.execute(
        select(
            func.count(),
            _count(col(CallRow.state) == CallState.NO_CONVERSATION),
            func.coalesce(func.sum(CallRow.duration_s), 0.0),
            func.coalesce(func.sum(CallRow.talk_s), 0.0),
        ).where(*in_cell)
    ).one()
    if not calls:
        return
    objections, resolved = session.execute(
        select(func.count(), _count(col(ObjectionRow.outcome) == "resolved"))
        .select_from(ObjectionRow)
        .join(CallRow, col(CallRow.id) == ObjectionRow.call_id)
        .where(*in_cell)
    ).one()
    session.add(
        RollupDayRow(
            day=day,
            agent_id=agent,
            campaign=name,
            calls=calls,
            no_conversation=silent,
            duration_s=round(duration_s, 3),
            talk_s=round(talk_s, 3),
            objections=objections,
            resolved=resolved,
        )
    )
    scores = session.execute(
        select_columns(
            col(EvaluationRow.rubric),
            func.count(),
            func.count(col(EvaluationRow.score)),
            func.coalesce(func.sum(col(EvaluationRow.score)), 0.0),
            _count(col(EvaluationRow.result) == Result.PASS.value),
            _count(col(EvaluationRow.result) == Result.AUTO_FAIL.value),
            _count(col(EvaluationRow.result) == Result.NEEDS_REVIEW.value),
        )
        .select_from(EvaluationRow)
        .join(CallRow, col(CallRow.id) == EvaluationRow.call_id)
        .where(*in_cell, col(EvaluationRow.current).is_(True))
        .group_by(col(EvaluationRow.rubric))
    ).all()
    session.add_all(
        RollupScoreRow(
            day=day,
            agent_id=agent,
            campaign=name,
            rubric=rubric,
            evaluated=evaluated,
            scored=scored,
            sum_score=round(total, 6),
            passed=passed,
            auto_fails=auto_fails,
            needs_review=review,
        )
        for rubric, evaluated, scored, total, passed, auto_fails, review in scores
    )
    session.flush()


def day_scores(session: Session, rubric: str, *, first: date, last: date) -> Sequence[RollupScoreRow]:
    """The cells of one rubric in a range of days, both ends included."""
    return session.exec(
        select(RollupScoreRow)
        .where(RollupScoreRow.rubric == rubric, RollupScoreRow.day >= first, RollupScoreRow.day <= last)
        .order_by(col(RollupScoreRow.day), RollupScoreRow.agent_id, RollupScoreRow.campaign)
    ).all()
