"""What to publish: a small window of due jobs, by one dispatcher at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import UtcDateTime, from_now
from models.database import is_postgresql
from models.stage_job import JobState, Queue, StageJobRow


class LeaseRow(SQLModel, table=True):
    """A duty that one process has at a time: dispatching, watching the folder."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True, max_length=50)
    holder: str = Field(max_length=200)
    until: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class DueJob:
    """A job to publish."""

    job_id: int
    queue: Queue


def hold_lease(session: Session, name: str, *, holder: str, ttl_s: float) -> bool:
    """Takes or renews a duty; False while another holds it. One statement, by the database's clock."""
    table = LeaseRow.__table__  # type: ignore[attr-defined]
    insert = (postgresql_insert if is_postgresql(session) else sqlite_insert)(table)
    statement = insert.values(name=name, holder=holder, until=from_now(ttl_s)).on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "until": from_now(ttl_s)},
        where=or_(table.c.holder == holder, table.c.until < from_now()),
    )
    return session.execute(statement.returning(table.c.name)).first() is not None


def drop_lease(session: Session, name: str, *, holder: str) -> None:
    """Gives a duty up at shutdown, so that the next process need not wait."""
    session.execute(
        update(LeaseRow)
        .where(col(LeaseRow.name) == name, col(LeaseRow.holder) == holder)
        .values(until=from_now(-1.0))
        .execution_options(synchronize_session=False)
    )


def due_jobs(
    session: Session, queue: Queue, *, limit: int, exclude: Collection[int] = ()
) -> tuple[DueJob, ...]:
    """The most urgent due jobs of a queue, whether or not a message about them is out."""
    wanted = (
        select(StageJobRow.id)
        .where(
            StageJobRow.state == JobState.WAITING,
            StageJobRow.queue == queue,
            col(StageJobRow.not_before) <= from_now(),
        )
        .order_by(col(StageJobRow.priority).desc(), col(StageJobRow.id))
        .limit(limit)
    )
    if exclude:
        wanted = wanted.where(col(StageJobRow.id).not_in(exclude))
    return tuple(DueJob(job_id, queue) for job_id in session.exec(wanted) if job_id is not None)


def take_window(session: Session, queue: Queue, *, window: int, republish_s: float) -> tuple[DueJob, ...]:
    """Marks as published, and returns, as many due jobs as the window has room for.

    A message that the broker lost is published again after `republish_s`; one that came twice is harmless."""
    waiting = [StageJobRow.state == JobState.WAITING, StageJobRow.queue == queue]
    out = session.exec(
        select(func.count())
        .select_from(StageJobRow)
        .where(*waiting, col(StageJobRow.published_until) >= from_now())
    ).one()
    if out >= window:
        return ()
    unpublished = or_(
        col(StageJobRow.published_until).is_(None), col(StageJobRow.published_until) < from_now()
    )
    pick = (
        select(StageJobRow.id)
        .where(*waiting, col(StageJobRow.not_before) <= from_now(), unpublished)
        .order_by(col(StageJobRow.priority).desc(), col(StageJobRow.id))
        .limit(window - out)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(
        update(StageJobRow)
        .where(col(StageJobRow.id).in_(pick))
        .values(published_until=from_now(republish_s))
        .returning(col(StageJobRow.id))
        .execution_options(synchronize_session=False)
    ).all()
    return tuple(DueJob(job_id, queue) for job_id in sorted(row[0] for row in rows))
