"""Experiments: versions of a script, who gets which, what was spoken, and how they ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, Json, UtcDateTime, utc_now
from qa_engine.errors import Conflict, NotFound


class ExperimentState(StrEnum):
    """How far an experiment has come. `stopped`: by a guardrail, or by a person; `decided`: with a version that won."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    DECIDED = "decided"


class ExperimentRow(SQLModel, table=True):
    """Two versions compared. `versions` are `{"id", "title", "lines", "teams"}`; teams only where whole teams are assigned
    (`by_team`), otherwise leads are, by hash. `metric` decides and `least` is the difference that would be acted on, both
    written down before the first call; `base` is the usual share."""

    __tablename__ = "experiment"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    name: str = Field(max_length=200)
    campaign: str | None = Field(default=None, max_length=200)
    owner: str = Field(default="", max_length=100)
    metric: str = Field(max_length=40)
    base: float
    least: float
    by_team: bool = False
    versions: list[dict[str, Any]] = Field(sa_type=Json)
    state: str = Field(default=ExperimentState.DRAFT, max_length=20, index=True)
    starts_on: date | None = None
    ended_on: date | None = None
    winner: str | None = Field(default=None, max_length=40)
    says: str | None = Field(default=None, max_length=20)
    reason: str = ""
    sop_note: str = ""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ExperimentCallRow(SQLModel, table=True):
    """One call of an experiment: the version it should have had and the one that was heard (None: none, or not told
    apart)."""

    __tablename__ = "experiment_call"
    experiment_id: int = Field(
        primary_key=True, foreign_key="experiment.id", ondelete="CASCADE", sa_type=BigId
    )
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    assigned: str = Field(max_length=40)
    spoken: str | None = Field(default=None, max_length=40)
    score: float = 0.0
    start_s: float | None = None


class ExperimentOver(Conflict):
    """The step does not follow from where the experiment is."""

    code = "experiment_state"


def get_experiment(opened: Session, experiment_id: int) -> ExperimentRow:
    """Raises `NotFound`."""
    row = opened.get(ExperimentRow, experiment_id)
    if row is None:
        raise NotFound(f"没有编号为 {experiment_id} 的实验", hint="请在实验列表中核对编号")
    return row


def list_experiments(opened: Session) -> Sequence[ExperimentRow]:
    """The newest first."""
    return opened.exec(select(ExperimentRow).order_by(col(ExperimentRow.id).desc())).all()


def start(row: ExperimentRow, *, today: date) -> None:
    """From today its calls count. Raises `ExperimentOver`."""
    if row.state != ExperimentState.DRAFT:
        raise ExperimentOver(f"实验 {row.id} 已经开始过", hint="要再做一次请新建实验")
    row.state = ExperimentState.RUNNING
    row.starts_on = today


def stop(row: ExperimentRow, *, today: date, reason: str) -> None:
    """Ends it without a winner. Raises `ExperimentOver`."""
    if row.state != ExperimentState.RUNNING:
        raise ExperimentOver(f"实验 {row.id} 没有在进行", hint="只有进行中的实验可以停止")
    row.state = ExperimentState.STOPPED
    row.ended_on = today
    row.reason = reason
