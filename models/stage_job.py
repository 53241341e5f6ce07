"""The job table: what is to be done for which call. The database is the truth, a broker message only a hint."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, col, select

from models.call import CallRow, CallState
from models.columns import BigId, UtcDateTime, from_now
from models.database import is_postgresql


class Stage(StrEnum):
    """The stages of a call, in their order."""

    PROBE = "probe"
    TRANSCRIBE = "transcribe"
    ANALYZE = "analyze"
    SCORE = "score"
    ROLLUP = "rollup"


class Queue(StrEnum):
    """Where a stage runs: `asr` keeps a recogniser in memory, `light` never loads one."""

    ASR = "asr"
    LIGHT = "light"


IMPORTED = "imported"  # engine version of transcripts made elsewhere: no recogniser is needed


# Calls that are nearly done go first, so that results appear one by one and not all at the end.
URGENCY = {Stage.PROBE: 0, Stage.TRANSCRIBE: 0, Stage.ANALYZE: 1, Stage.SCORE: 2, Stage.ROLLUP: 3}


class JobState(StrEnum):
    """`failed`: a permanent error, no retry helps. `quarantined`: every attempt failed. Both have a retry button."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    QUARANTINED = "quarantined"


class StageJobRow(SQLModel, table=True):
    """One piece of work, unique in (call, stage, input, engine version): asking twice makes one job.

    `token` is the fence: who holds it may finish. `attempts` counts claims, a lost worker counts twice. Times
    are the database's clock. `published_until`: a message is out that long; after it the job is published again.
    """

    __tablename__ = "stage_job"
    __table_args__ = (
        UniqueConstraint("call_id", "stage", "input_sha", "engine_ver"),
        Index("ix_stage_job_due", "state", "queue", "not_before"),
        Index("ix_stage_job_lease", "state", "lease_until"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", max_length=32)
    stage: str = Field(max_length=20)
    queue: str = Field(max_length=20)
    input_sha: str = Field(max_length=64)
    engine_ver: str = Field(max_length=300)
    state: str = Field(default=JobState.WAITING, max_length=20)
    priority: int = 0
    attempts: int = 0
    lost: int = 0
    not_before: datetime = Field(sa_type=UtcDateTime)
    published_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    token: str | None = Field(default=None, max_length=32)
    worker: str | None = Field(default=None, max_length=200)
    error_class: str | None = Field(default=None, max_length=100)
    error_message: str | None = None
    error_hint: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work to be asked for. `input_sha` (hex SHA-256) names the data, `engine_ver` the code, model and rules;
    a higher `priority` goes first."""

    call_id: str
    stage: Stage
    input_sha: str
    engine_ver: str
    priority: int = 0

    @property
    def queue(self) -> Queue:
        """Only work that needs a recogniser goes where one is loaded."""
        heard = self.stage is Stage.TRANSCRIBE and self.engine_ver != IMPORTED
        return Queue.ASR if heard else Queue.LIGHT


@dataclass(frozen=True, slots=True)
class Progress:
    """How many calls have ended well (`done`, no_conversation among them), are being worked on, wait for their
    first stage, or ended badly (`failed`: permanent reason; `quarantined`: attempts used up)."""

    done: int
    running: int
    waiting: int
    failed: int
    quarantined: int

    @property
    def total(self) -> int:
        return self.done + self.running + self.waiting + self.failed + self.quarantined

    @property
    def open(self) -> int:
        """Calls on which work is still to come."""
        return self.running + self.waiting


def enqueue(session: Session, job: NewJob) -> bool:
    """Asks for a piece of work; False where the very same was asked for before, whatever became of it."""
    return enqueue_many(session, [job]) == 1


def enqueue_many(session: Session, jobs: Sequence[NewJob]) -> int:
    """Asks for up to a thousand pieces of work in one statement; returns how many of them are new."""
    if not jobs:
        return 0
    table = StageJobRow.__table__  # type: ignore[attr-defined]
    insert = postgresql_insert if is_postgresql(session) else sqlite_insert
    statement = (
        insert(table)
        .values([_values(job) for job in jobs])
        .on_conflict_do_nothing(index_elements=["call_id", "stage", "input_sha", "engine_ver"])
        .returning(table.c.id)
    )
    return len(session.execute(statement).all())


def _values(job: NewJob) -> dict[str, object]:
    return {
        "call_id": job.call_id,
        "stage": job.stage.value,
        "queue": job.queue.value,
        "input_sha": job.input_sha,
        "engine_ver": job.engine_ver,
        "state": JobState.WAITING.value,
        "priority": job.priority * 10 + URGENCY[job.stage],
        "attempts": 0,
        "lost": 0,
        "not_before": from_now(),
        "created_at": from_now(),
    }


def progress(session: Session, call_ids: Collection[str] | None = None) -> Progress:
    """Counts of all calls, or of the named ones."""
    counted = select(CallRow.state, func.count()).group_by(CallRow.state)
    broken = (
        select(func.count(func.distinct(CallRow.id)))
        .select_from(CallRow)
        .join(StageJobRow, col(StageJobRow.call_id) == CallRow.id)
        .where(CallRow.state == CallState.FAILED, StageJobRow.state == JobState.QUARANTINED)
    )
    if call_ids is not None:
        counted = counted.where(col(CallRow.id).in_(call_ids))
        broken = broken.where(col(CallRow.id).in_(call_ids))
    states: dict[str, int] = {state: number for state, number in session.exec(counted)}  # noqa: C416 (rows)
    quarantined = session.exec(broken).one()
    done = states.pop(CallState.DONE, 0) + states.pop(CallState.NO_CONVERSATION, 0)
    failed = states.pop(CallState.FAILED, 0) - quarantined
    waiting = states.pop(CallState.RECEIVED, 0)
    return Progress(done, sum(states.values()), waiting, failed, quarantined)
