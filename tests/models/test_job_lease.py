"""Who may work on a job: the rules that keep work from being lost or done twice in effect."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from models.call import CallRow, CallState
from models.columns import from_now
from models.database import reading, session
from models.job_lease import (
    Claim,
    Failure,
    backoff_s,
    claim,
    fail,
    finish,
    recover,
    release,
    renew,
    retry,
)
from models.stage_job import JobState, NewJob, Queue, Stage, StageJobRow, enqueue, progress
from tests.models.builders import SHA, add_call, add_job

TEMPORARY = Failure("unavailable", "数据库忙", "稍后重试", permanent=False)
BAD_MEDIA = Failure("not_audio", "不是音频", "请重新导出", permanent=True)


def job(engine: Engine, job_id: int) -> StageJobRow:
    with reading(engine) as opened:
        return opened.get_one(StageJobRow, job_id)


def take(engine: Engine, job_id: int | None = None, worker: str = "w1") -> Claim | None:
    with session(engine) as opened:
        return claim(opened, worker=worker, lease_s=60, job_id=job_id)


def taken(engine: Engine, job_id: int | None = None, worker: str = "w1") -> Claim:
    held = take(engine, job_id, worker)
    assert held is not None
    return held


def expire(engine: Engine, job_id: int) -> None:
    """As if the lease had run out."""
    with session(engine) as opened:
        opened.execute(
            update(StageJobRow).where(col(StageJobRow.id) == job_id).values(lease_until=from_now(-1))
        )


def make_due(engine: Engine) -> None:
    """As if the backoff were over."""
    with session(engine) as opened:
        opened.execute(update(StageJobRow).values(not_before=from_now(-1)))


def test_asking_twice_makes_one_job(engine: Engine) -> None:
    call_id = add_call(engine)
    same = NewJob(call_id, Stage.PROBE, SHA, "probe/1")
    with session(engine) as opened:
        assert enqueue(opened, same)
        assert not enqueue(opened, same)
        assert enqueue(opened, NewJob(call_id, Stage.PROBE, SHA, "probe/2"))


def test_a_claim_counts_the_attempt_before_any_work(engine: Engine) -> None:
    job_id = add_job(engine)
    held = taken(engine, job_id)
    row = job(engine, job_id)
    assert (row.state, row.attempts, row.token, row.worker) == ("running", 1, held.token, "w1")
    assert row.lease_until is not None
    assert held.attempt == 1


def test_a_taken_job_cannot_be_taken_again(engine: Engine) -> None:
    job_id = add_job(engine)
    taken(engine, job_id)
    assert take(engine, job_id, "w2") is None


def test_a_job_is_not_taken_before_its_time(engine: Engine) -> None:
    job_id = add_job(engine)
    with session(engine) as opened:
        opened.execute(update(StageJobRow).values(not_before=from_now(60)))
    assert take(engine, job_id) is None
    assert take(engine) is None


def test_calls_that_are_nearly_done_go_first(engine: Engine) -> None:
    first = add_job(engine, stage=Stage.PROBE)
    score = add_job(engine, stage=Stage.SCORE)
    assert taken(engine).job_id == score
    assert taken(engine).job_id == first


def test_a_worker_takes_only_from_its_queues(engine: Engine) -> None:
    add_job(engine, stage=Stage.TRANSCRIBE)
    with session(engine) as opened:
        assert claim(opened, worker="w", lease_s=60, queues=(Queue.LIGHT,)) is None
        assert claim(opened, worker="w", lease_s=60, queues=(Queue.ASR,)) is not None


def test_finish_ends_the_job(engine: Engine) -> None:
    held = taken(engine, add_job(engine))
    with session(engine) as opened:
        assert finish(opened, held)
    row = job(engine, held.job_id)
    assert (row.state, row.token, row.lease_until) == ("done", None, None)
    assert row.finished_at is not None


def test_a_zombie_is_fenced(engine: Engine) -> None:
    """A worker that was stopped for minutes wakes up after another has taken its job over, and even finished it."""
    job_id = add_job(engine)
    zombie = taken(engine, job_id, "zombie")
    expire(engine, job_id)
    with session(engine) as opened:
        assert recover(opened, max_attempts=5) == ((job_id, JobState.WAITING),)
    heir = taken(engine, job_id, "heir")
    with session(engine) as opened:
        assert not renew(opened, zombie, 60)
        assert not finish(opened, zombie)
        assert not release(opened, zombie)
        assert fail(opened, zombie, BAD_MEDIA, max_attempts=5) is None
    assert job(engine, job_id).token == heir.token
    with session(engine) as opened:
        assert finish(opened, heir)
        assert not finish(opened, zombie)
    assert job(engine, job_id).state == "done"


def test_a_late_finish_with_a_lease_that_nobody_took_over_counts(engine: Engine) -> None:
    """The token is the fence, not the clock: work that is right is not thrown away."""
    job_id = add_job(engine)
    held = taken(engine, job_id)
    expire(engine, job_id)
    with session(engine) as opened:
        assert finish(opened, held)


def test_the_heartbeat_moves_the_lease(engine: Engine) -> None:
    job_id = add_job(engine)
    held = taken(engine, job_id)
    expire(engine, job_id)
    with session(engine) as opened:
        assert renew(opened, held, 60)
        assert recover(opened, max_attempts=5) == ()


def test_a_temporary_error_is_tried_again_later(engine: Engine) -> None:
    held = taken(engine, add_job(engine))
    with session(engine) as opened:
        assert fail(opened, held, TEMPORARY, max_attempts=5) is JobState.WAITING
    row = job(engine, held.job_id)
    assert row.error_class == "unavailable"
    assert row.not_before > row.created_at
    assert take(engine, held.job_id) is None
    with reading(engine) as opened:
        assert opened.get_one(CallRow, held.call_id).state != CallState.FAILED


def test_a_permanent_error_ends_the_call_at_once_with_its_reason(engine: Engine) -> None:
    held = taken(engine, add_job(engine))
    with session(engine) as opened:
        assert fail(opened, held, BAD_MEDIA, max_attempts=5) is JobState.FAILED
    with reading(engine) as opened:
        call = opened.get_one(CallRow, held.call_id)
    assert (call.state, call.error_code, call.error_message, call.error_hint) == (
        "failed",
        "not_audio",
        "不是音频",
        "请重新导出",
    )


def test_the_last_attempt_quarantines(engine: Engine) -> None:
    job_id = add_job(engine)
    states = []
    for _ in range(3):
        make_due(engine)
        with session(engine) as opened:
            held = claim(opened, worker="w", lease_s=60, job_id=job_id)
            assert held is not None
            states.append(fail(opened, held, TEMPORARY, max_attempts=3))
    assert states == [JobState.WAITING, JobState.WAITING, JobState.QUARANTINED]
    with reading(engine) as opened:
        counted = progress(opened)
    assert (counted.quarantined, counted.failed, counted.total) == (1, 0, 1)


def test_the_third_lost_worker_of_five_attempts_quarantines(engine: Engine) -> None:
    job_id = add_job(engine)
    outcomes: list[tuple[int, JobState]] = []
    for _ in range(3):
        taken(engine, job_id)
        expire(engine, job_id)
        with session(engine) as opened:
            outcomes += recover(opened, max_attempts=5)
    assert [state for _, state in outcomes] == [JobState.WAITING, JobState.WAITING, JobState.QUARANTINED]
    row = job(engine, job_id)
    assert (row.lost, row.error_class) == (3, "worker_lost")
    with reading(engine) as opened:
        assert opened.get_one(CallRow, row.call_id).error_code == "worker_lost"


def test_jobs_of_a_dead_worker_come_back_before_their_lease_ends(engine: Engine) -> None:
    dead, alive = add_job(engine), add_job(engine)
    taken(engine, dead, "dead")
    taken(engine, alive, "alive")
    with session(engine) as opened:
        assert recover(opened, max_attempts=5, dead_workers=["dead"]) == ((dead, JobState.WAITING),)


def test_a_job_given_back_costs_no_attempt(engine: Engine) -> None:
    held = taken(engine, add_job(engine))
    with session(engine) as opened:
        assert release(opened, held)
    assert job(engine, held.job_id).attempts == 0
    assert taken(engine, held.job_id).attempt == 1


def test_the_retry_button_starts_afresh(engine: Engine) -> None:
    held = taken(engine, add_job(engine))
    with session(engine) as opened:
        fail(opened, held, BAD_MEDIA, max_attempts=5)
    with session(engine) as opened:
        assert retry(opened, held.call_id) == 1
        assert retry(opened, held.call_id) == 0
    with reading(engine) as opened:
        call = opened.get_one(CallRow, held.call_id)
    assert (call.state, call.error_code) == ("received", None)
    assert taken(engine, held.job_id).attempt == 1


@pytest.mark.parametrize(
    ("attempt", "jitter", "seconds"),
    [
        (1, 1.0, 5.0),
        (2, 1.0, 10.0),
        (3, 0.5, 10.0),
        (8, 1.0, 600.0),  # 640 s, capped
        (8, 1.5, 900.0),  # jitter spreads the cap as well
        (9999, 1.0, 600.0),  # no overflow
    ],
)
def test_backoff_doubles_to_ten_minutes(attempt: int, jitter: float, seconds: float) -> None:
    assert backoff_s(attempt, jitter=jitter) == seconds


@pytest.mark.parametrize("named", [True, False], ids=["by message", "next due"])
def test_a_race_for_jobs_gives_each_to_one_worker(engine: Engine, named: bool) -> None:
    """Eight workers get every message, or all look for work at once."""
    job_ids = [add_job(engine) for _ in range(12)]
    start = threading.Barrier(8)
    won: list[tuple[int, str]] = []
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            start.wait()
            for job_id in job_ids:
                held = take(engine, job_id if named else None, name)
                if held is not None:
                    won.append((held.job_id, name))
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    if not named:  # a skipped row is found on the next look
        while (held := take(engine)) is not None:
            won.append((held.job_id, "after"))
    assert Counter(job_id for job_id, _ in won) == Counter(job_ids)
