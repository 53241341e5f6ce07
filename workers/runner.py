"""Runs one job: claim, work, finish in one transaction. The same whether a message, a test or a retry asks."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from enum import StrEnum

import structlog
from sqlalchemy.exc import DBAPIError

from models.call import clear_error, get_call
from models.database import reading, session
from models.job_lease import Claim, Failure, claim, fail, finish, mates, release
from models.stage_job import IMPORTED, JobState, Queue, Stage, enqueue
from qa_engine.errors import CallQAError
from workers.heartbeat import Heartbeat
from workers.stages import SHOWN_AS, STAGES
from workers.stages.base import Outcome
from workers.stages.transcribe import run_together
from workers.tools import Tools

log = structlog.get_logger()


# With the one in hand sixteen calls: two channels each fill some batches, and their leases are not many.
MOST_MATES = 15


class Ran(StrEnum):
    """What came of a run. `nothing`: the job was done, taken or not yet due (a doubled or late message)."""

    NOTHING = "nothing"
    DONE = "done"
    FENCED = "fenced"
    RETRY = "retry"
    FAILED = "failed"
    QUARANTINED = "quarantined"


class _Fenced(Exception):
    """Rolls the finishing transaction back."""


ENDS = {JobState.WAITING: Ran.RETRY, JobState.FAILED: Ran.FAILED, JobState.QUARANTINED: Ran.QUARANTINED}


def _take(tools: Tools, job_id: int | None, queues: Collection[Queue]) -> Claim | None:
    with session(tools.engine) as opened:
        held = claim(
            opened, worker=tools.worker, lease_s=tools.settings.lease_s, job_id=job_id, queues=queues
        )
        if held is not None and held.stage in SHOWN_AS:
            call = get_call(opened, held.call_id)
            call.state = SHOWN_AS[held.stage]
            clear_error(call)
            opened.add(call)
        return held


def _finish(tools: Tools, held: Claim, outcome: Outcome) -> None:
    with session(tools.engine) as opened:
        if not finish(opened, held):
            raise _Fenced
        outcome.save(opened)
        for job in outcome.next_jobs:
            enqueue(opened, job)


def _failure(error: Exception) -> Failure:
    if isinstance(error, CallQAError):
        return Failure(error.code, error.message, error.hint, error.permanent)
    name = type(error).__name__
    return Failure(
        name, f"处理时出现意外错误({name})", "系统会自动重试;若最终失败,请查看日志后点击重试", permanent=False
    )


def _fail(tools: Tools, held: Claim, error: Exception) -> Ran:
    failure = _failure(error)
    with session(tools.engine) as opened:
        state = fail(opened, held, failure, max_attempts=tools.settings.max_attempts)
    known = isinstance(error, CallQAError)
    log.warning(
        "job.failed",
        error=failure.code,
        state=state,
        attempt=held.attempt,
        # the text of an unexpected error may quote a row; the stack is enough to find the fault
        exc_info=None if known or isinstance(error, DBAPIError) else error,
    )
    return Ran.FENCED if state is None else ENDS[state]


def _work(tools: Tools, held: Claim) -> Ran:
    started_s = time.monotonic()
    try:
        with Heartbeat(tools.engine, held, tools.settings.lease_s):
            _finish(tools, held, STAGES[held.stage](tools, held))
    except _Fenced:
        log.warning("job.fenced", attempt=held.attempt)
        return Ran.FENCED
    except Exception as error:  # noqa: BLE001 (whatever a stage raises is the job's failure, not the worker's)
        return _fail(tools, held, error)
    except BaseException:
        with session(tools.engine) as opened:
            release(opened, held)
        raise
    log.info("job.done", attempt=held.attempt, wall_s=round(time.monotonic() - started_s, 3))
    return Ran.DONE


def _mates(tools: Tools, held: Claim) -> list[Claim]:
    """More jobs like the one in hand, where the recogniser is faster with several. A job that failed before runs alone."""
    if held.stage is not Stage.TRANSCRIBE or held.engine_ver == IMPORTED or held.attempt > 1:
        return []
    with reading(tools.engine) as opened:
        waiting = mates(opened, held, most=MOST_MATES)
    taken = (_take(tools, job_id, tuple(Queue)) for job_id in waiting)
    return [one for one in taken if one is not None]


def _work_together(tools: Tools, held: Sequence[Claim]) -> Ran:
    """Each job is finished or failed as soon as it has ended; returns how the first one did."""
    started_s = time.monotonic()
    open_jobs = {job.job_id: job for job in held}
    ran: dict[int, Ran] = {}
    with ExitStack() as beating:
        for job in held:
            beating.enter_context(Heartbeat(tools.engine, job, tools.settings.lease_s))
        try:
            for job, ended in run_together(tools, held):
                with structlog.contextvars.bound_contextvars(call_id=job.call_id, job_id=job.job_id):
                    ran[job.job_id] = _end(tools, job, ended)
                del open_jobs[job.job_id]
        except Exception as error:  # noqa: BLE001 (no call's own fault: each is tried again, alone)
            for job in open_jobs.values():
                ran[job.job_id] = _fail(tools, job, error)
        except BaseException:
            with session(tools.engine) as opened:
                for job in open_jobs.values():
                    release(opened, job)
            raise
    log.info("jobs.done", jobs=len(held), wall_s=round(time.monotonic() - started_s, 3))
    return ran[held[0].job_id]


def _end(tools: Tools, held: Claim, ended: Outcome | Exception) -> Ran:
    if isinstance(ended, Exception):
        return _fail(tools, held, ended)
    try:
        _finish(tools, held, ended)
    except _Fenced:
        log.warning("job.fenced", attempt=held.attempt)
        return Ran.FENCED
    except Exception as error:  # noqa: BLE001 (what cannot be saved is that call's failure)
        return _fail(tools, held, error)
    return Ran.DONE


def run_job(tools: Tools, job_id: int | None = None, queues: Collection[Queue] = tuple(Queue)) -> Ran:
    """Runs the named job, or the most urgent due one of the queues; `Ran.NOTHING` where there is none to run.

    Raises only what stops the process, and `DatabaseUnreachable`: then the job's lease runs out by itself."""
    held = _take(tools, job_id, queues)
    if held is None:
        return Ran.NOTHING
    with structlog.contextvars.bound_contextvars(
        call_id=held.call_id, job_id=held.job_id, stage=held.stage.value
    ):
        more = _mates(tools, held)
        return _work_together(tools, [held, *more]) if more else _work(tools, held)


def run_until_idle(tools: Tools) -> int:
    """Runs due jobs in this process until none is left; returns how many ran. For the CLI and tests."""
    ran = 0
    while run_job(tools) is not Ran.NOTHING:
        ran += 1
    return ran
