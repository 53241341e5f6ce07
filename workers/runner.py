"""Runs one job: claim, work, finish in one transaction. The same whether a message, a test or a retry asks."""

from __future__ import annotations

import time
from collections.abc import Collection
from enum import StrEnum

import structlog
from sqlalchemy.exc import DBAPIError

from models.call import clear_error, get_call
from models.database import session
from models.job_lease import Claim, Failure, claim, fail, finish, release
from models.stage_job import JobState, Queue, enqueue
from qa_engine.errors import CallQAError
from workers.heartbeat import Heartbeat
from workers.stages import SHOWN_AS, STAGES
from workers.stages.base import Outcome
from workers.tools import Tools

log = structlog.get_logger()


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


def run_job(tools: Tools, job_id: int | None = None, queues: Collection[Queue] = tuple(Queue)) -> Ran:
    """Runs the named job, or the most urgent due one of the queues; `Ran.NOTHING` where there is none to run.

    Raises only what stops the process, and `DatabaseUnreachable`: then the job's lease runs out by itself."""
    held = _take(tools, job_id, queues)
    if held is None:
        return Ran.NOTHING
    with structlog.contextvars.bound_contextvars(
        call_id=held.call_id, job_id=held.job_id, stage=held.stage.value
    ):
        return _work(tools, held)


def run_until_idle(tools: Tools) -> int:
    """Runs due jobs in this process until none is left; returns how many ran. For the CLI and tests."""
    ran = 0
    while run_job(tools) is not Ran.NOTHING:
        ran += 1
    return ran
