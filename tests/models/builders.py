"""Small calls, jobs and evaluations for the tests of the store."""

from __future__ import annotations

import itertools
from datetime import date

from sqlalchemy import Engine

from models.call import CallRow
from models.database import session
from models.stage_job import NewJob, Stage, enqueue
from qa_engine.calls import CallId, Role, Transcript, Turn, Word
from qa_engine.scoring.evaluation import Evaluation, ItemVerdict, Pins, Result, Verdict

SHA = "0" * 64
_numbers = itertools.count(1)


def add_call(engine: Engine, call_id: str | None = None, **values: object) -> str:
    """Stores a bare call."""
    number = next(_numbers)
    row = {
        "id": call_id or f"call{number}",
        "source": "test",
        "external_id": f"X{number}",
        "sha256": f"{number:064x}",
        "day": date(2026, 11, 2),
        **values,
    }
    with session(engine) as opened:
        opened.add(CallRow.model_validate(row))
    return str(row["id"])


def add_job(engine: Engine, call_id: str | None = None, stage: Stage = Stage.PROBE) -> int:
    """Asks for a job of a new call; returns the job's id."""
    from sqlmodel import select

    from models.stage_job import StageJobRow

    call = call_id or add_call(engine)
    with session(engine) as opened:
        assert enqueue(opened, NewJob(call, stage, SHA, "test/1"))
        job_id = opened.exec(
            select(StageJobRow.id).where(StageJobRow.call_id == call, StageJobRow.stage == stage)
        ).one()
    assert job_id is not None
    return job_id


def transcript(call_id: str = "c1") -> Transcript:
    """Two turns with words."""
    first = (Word("您好", 0.5, 0.9, 0.98), Word("这里是", 0.9, 1.3, 0.91), Word("安心保险", 1.3, 2.0))
    second = (Word("不", 2.5, 2.7, 0.7), Word("需要", 2.7, 3.1, 0.8))
    return Transcript(
        CallId(call_id),
        4.0,
        (
            Turn(Role.AGENT, 0.5, 2.0, "您好,这里是安心保险。", 0.95, first, 0),
            Turn(Role.CUSTOMER, 2.5, 3.1, "不需要。", 0.75, second, 1),
        ),
    )


def evaluation(
    call_id: str, *, score: float | None = 80.0, result: Result = Result.PASS, sha: str = SHA
) -> Evaluation:
    """One passed and one unknown item under the form `form`."""
    return Evaluation(
        CallId(call_id),
        "form",
        1,
        "质检表",
        score,
        70.0,
        90.0,
        60.0,
        result,
        (
            ItemVerdict("opening.identity", "表明身份", "opening", Verdict.PASS, 1.0, 10.0),
            ItemVerdict("closing.thanks", "致谢", "closing", Verdict.UNKNOWN, None, 5.0),
        ),
        "10×1 / 15",
        Pins("callqa 0", sha, SHA, "imported"),
    )
