"""Who may work on a job: claim, heartbeat, finish, fail, release, recover. All conditional on the fencing token.

Library code never commits: each function runs in the caller's write transaction.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, update
from sqlmodel import Session, col, select

from models.call import CallRow, CallState, clear_error, set_failed
from models.columns import from_now
from models.stage_job import JobState, Queue, Stage, StageJobRow

BACKOFF_FIRST_S = 5.0
BACKOFF_LONGEST_S = 600.0
WORKER_LOST = "worker_lost"
LOST_MESSAGE = "处理该通话的工作进程多次意外退出"
LOST_HINT = "该录音可能触发了解码或识别缺陷;请检查录音后点击重试"


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in hand. `attempt` counts from 1; whoever presents `token` last got it last."""

    job_id: int
    call_id: str
    stage: Stage
    input_sha: str
    engine_ver: str
    token: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed: stable `code`, what people read, and whether another attempt could help."""

    code: str
    message: str
    hint: str
    permanent: bool


def backoff_s(attempt: int, *, jitter: float) -> float:
    """Seconds to wait after the given attempt (from 1): min(10 min, 5 s x 2^(attempt-1)), times jitter 0.5..1.5."""
    return float(min(BACKOFF_LONGEST_S, BACKOFF_FIRST_S * 2.0 ** min(attempt - 1, 20)) * jitter)


def _jitter() -> float:
    return random.uniform(0.5, 1.5)  # noqa: S311 (spreads retries, guards nothing)


def _due() -> list[ColumnElement[bool]]:
    return [col(StageJobRow.state) == JobState.WAITING, col(StageJobRow.not_before) <= from_now()]


def _held(claim: Claim) -> list[ColumnElement[bool]]:
    return [
        col(StageJobRow.id) == claim.job_id,
        col(StageJobRow.token) == claim.token,
        col(StageJobRow.state) == JobState.RUNNING,
    ]


def claim(
    session: Session,
    *,
    worker: str,
    lease_s: float,
    job_id: int | None = None,
    queues: Collection[Queue] = tuple(Queue),
) -> Claim | None:
    """Takes the named job, or the most urgent due one of the queues; None where there is nothing to take.

    One UPDATE … RETURNING with a fresh token; the attempt is counted before any work is done, so that a job
    which kills its worker still runs out of attempts. PostgreSQL skips rows that others are just claiming."""
    pick = select(StageJobRow.id).where(*_due())
    if job_id is not None:
        pick = pick.where(StageJobRow.id == job_id)
    else:
        pick = pick.where(col(StageJobRow.queue).in_([queue.value for queue in queues]))
    pick = pick.order_by(col(StageJobRow.priority).desc(), col(StageJobRow.id)).limit(1)
    token = secrets.token_hex(16)
    row = session.execute(
        update(StageJobRow)
        .where(col(StageJobRow.id) == pick.with_for_update(skip_locked=True).scalar_subquery(), *_due())
        .values(
            state=JobState.RUNNING.value,
            token=token,
            worker=worker,
            attempts=col(StageJobRow.attempts) + 1,
            lease_until=from_now(lease_s),
            published_until=None,
        )
        .returning(
            col(StageJobRow.id),
            col(StageJobRow.call_id),
            col(StageJobRow.stage),
            col(StageJobRow.input_sha),
            col(StageJobRow.engine_ver),
            col(StageJobRow.attempts),
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    return Claim(row[0], row[1], Stage(row[2]), row[3], row[4], token, row[5])


def mates(session: Session, held: Claim, *, most: int) -> tuple[int, ...]:
    """Due jobs that could be done together with a held one: same stage, same engine, never tried before, so that a recording
    which kills its worker takes others with it only once. At most half of those that wait: other workers want some too, and
    where only one does, it is left alone."""
    waiting = session.exec(
        select(StageJobRow.id)
        .where(
            *_due(),
            StageJobRow.stage == held.stage,
            StageJobRow.engine_ver == held.engine_ver,
            StageJobRow.attempts == 0,
        )
        .order_by(col(StageJobRow.priority).desc(), col(StageJobRow.id))
        .limit(2 * most)
    ).all()
    return tuple(job_id for job_id in waiting[: len(waiting) // 2] if job_id is not None)


def _changed(session: Session, conditions: list[ColumnElement[bool]], **values: object) -> bool:
    found = session.execute(
        update(StageJobRow)
        .where(*conditions)
        .values(**values)
        .returning(col(StageJobRow.id))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return found is not None


def renew(session: Session, held: Claim, lease_s: float) -> bool:
    """The heartbeat. False: the job was given to another; whatever comes of this attempt will be discarded."""
    return _changed(session, _held(held), lease_until=from_now(lease_s))


def finish(session: Session, held: Claim) -> bool:
    """Marks the job done; to be called first in the transaction that also saves the result and the next jobs.
    False: fenced, the caller must roll back and save nothing."""
    return _changed(
        session,
        _held(held),
        state=JobState.DONE.value,
        token=None,
        lease_until=None,
        finished_at=from_now(),
        error_class=None,
        error_message=None,
        error_hint=None,
    )


def release(session: Session, held: Claim) -> bool:
    """Gives the job back unharmed (the worker is asked to stop): the attempt does not count."""
    return _changed(
        session,
        _held(held),
        state=JobState.WAITING.value,
        token=None,
        lease_until=None,
        not_before=from_now(),
        attempts=col(StageJobRow.attempts) - 1,
    )


def fail(session: Session, held: Claim, failure: Failure, *, max_attempts: int) -> JobState | None:
    """Records a failed attempt: tried again later, or ended with its reason on the call. None: fenced."""
    ended: JobState | None = None
    if failure.permanent:
        ended = JobState.FAILED
    elif held.attempt >= max_attempts:
        ended = JobState.QUARANTINED
    state = ended or JobState.WAITING
    kept = _changed(
        session,
        _held(held),
        state=state.value,
        token=None,
        lease_until=None,
        not_before=from_now(backoff_s(held.attempt, jitter=_jitter())),
        error_class=failure.code[:100],
        error_message=failure.message,
        error_hint=failure.hint,
        finished_at=from_now() if ended else None,
    )
    if not kept:
        return None
    if ended:
        call = session.get_one(CallRow, held.call_id)
        set_failed(call, code=failure.code, message=failure.message, hint=failure.hint)
        session.add(call)
        session.flush()
    return state


def recover(
    session: Session, *, max_attempts: int, dead_workers: Collection[str] = ()
) -> tuple[tuple[int, JobState], ...]:
    """Takes back the jobs whose lease has run out, and those of workers known to be dead.

    A lost worker counts as a second attempt (the job is suspect), so the third loss of five attempts is the end:
    a recording that crashes the decoder is quarantined while its neighbours go on."""
    attempts = col(StageJobRow.attempts) + 1
    spent = attempts >= max_attempts
    gone: ColumnElement[bool] = col(StageJobRow.lease_until) < from_now()
    if dead_workers:
        gone = gone | col(StageJobRow.worker).in_(dead_workers)
    rows = session.execute(
        update(StageJobRow)
        .where(col(StageJobRow.state) == JobState.RUNNING, gone)
        .values(
            state=case((spent, JobState.QUARANTINED.value), else_=JobState.WAITING.value),
            attempts=attempts,
            lost=col(StageJobRow.lost) + 1,
            token=None,
            lease_until=None,
            not_before=from_now(),
            error_class=WORKER_LOST,
            error_message=LOST_MESSAGE,
            error_hint=LOST_HINT,
            finished_at=case((spent, from_now())),
        )
        .returning(col(StageJobRow.id), col(StageJobRow.call_id), col(StageJobRow.state))
        .execution_options(synchronize_session=False)
    ).all()
    for _, call_id, state in rows:
        if state == JobState.QUARANTINED:
            call = session.get_one(CallRow, call_id)
            set_failed(call, code=WORKER_LOST, message=LOST_MESSAGE, hint=LOST_HINT)
            session.add(call)
    session.flush()
    return tuple((job_id, JobState(state)) for job_id, _, state in rows)


def retry(session: Session, call_id: str) -> int:
    """The retry button: failed and quarantined jobs of a call start afresh. Returns how many there were."""
    rows = session.execute(
        update(StageJobRow)
        .where(
            col(StageJobRow.call_id) == call_id,
            col(StageJobRow.state).in_([JobState.FAILED.value, JobState.QUARANTINED.value]),
        )
        .values(
            state=JobState.WAITING.value,
            attempts=0,
            lost=0,
            not_before=from_now(),
            published_until=None,
            finished_at=None,
        )
        .returning(col(StageJobRow.id))
        .execution_options(synchronize_session=False)
    ).all()
    if rows:
        call = session.get_one(CallRow, call_id)
        clear_error(call)
        call.state = CallState.RECEIVED
        session.add(call)
        session.flush()
    return len(rows)
