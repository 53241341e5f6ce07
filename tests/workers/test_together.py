"""Several recordings in the recogniser at a time, each with a lease, an outcome and a fault of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from models.call import CallState
from models.database import session
from models.job_lease import Claim, claim, mates
from models.stage_job import JobState, Queue, Stage
from tests.sound import wav
from tests.workers.scene import call_of, jobs_of, take_recording
from workers import runner
from workers.runner import Ran, run_job
from workers.stages.base import Outcome
from workers.stages.transcribe import run_together
from workers.tools import Tools


@pytest.fixture
def waiting(tools: Tools, tmp_path: Path) -> list[str]:
    """Five recordings that wait to be heard: nobody speaks in them, so that each ends at once."""
    calls = []
    for number in range(5):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(wav(1.0 + number / 10, level=0))
        calls.append(take_recording(tools.engine, tools.settings, path, external_id=str(number)).call_id)
    for _ in calls:
        assert run_job(tools, queues=(Queue.LIGHT, Queue.ASR)) is Ran.DONE
    assert [job.stage for job in jobs_of(tools.engine) if job.state == JobState.WAITING] == [
        Stage.TRANSCRIBE
    ] * 5
    return calls


def states(tools: Tools, calls: Sequence[str]) -> list[CallState]:
    return [CallState(call_of(tools.engine, call).state) for call in calls]


def test_half_of_what_waits_is_taken_along(tools: Tools, waiting: list[str]) -> None:
    """One in hand and half of the other four; the rest is left to other workers."""
    assert run_job(tools, queues=(Queue.ASR,)) is Ran.DONE
    heard = [job for job in jobs_of(tools.engine) if job.stage == Stage.TRANSCRIBE]
    assert [job.state for job in heard].count(JobState.DONE) == 3
    assert states(tools, waiting).count(CallState.NO_CONVERSATION) == 3
    assert all(job.attempts == (1 if job.state == JobState.DONE else 0) for job in heard)


def test_a_lonely_call_takes_nobody_along(tools: Tools, waiting: list[str]) -> None:
    with session(tools.engine) as opened:
        held = [claim(opened, worker="w", lease_s=60, queues=(Queue.ASR,)) for _ in range(4)]
        assert held[0] is not None
        assert mates(opened, held[0], most=15) == ()


def test_a_job_that_was_tried_before_is_nobodys_mate(tools: Tools, waiting: list[str]) -> None:
    with session(tools.engine) as opened:
        for job in jobs_of(tools.engine)[-4:]:
            job.attempts = 1
            opened.merge(job)
    with session(tools.engine) as opened:
        held = claim(opened, worker="w", lease_s=60, queues=(Queue.ASR,))
        assert held is not None
        assert mates(opened, held, most=15) == ()


def test_one_that_fails_does_not_fail_its_mates(
    tools: Tools, waiting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def second_fails(tools: Tools, jobs: Sequence[Claim]) -> Iterator[tuple[Claim, Outcome | Exception]]:
        for number, (job, ended) in enumerate(run_together(tools, jobs)):
            yield job, RuntimeError("damaged") if number == 1 else ended

    monkeypatch.setattr(runner, "run_together", second_fails)
    assert run_job(tools, queues=(Queue.ASR,)) is Ran.DONE
    heard = [job for job in jobs_of(tools.engine) if job.stage == Stage.TRANSCRIBE]
    assert sorted((job.state, job.attempts) for job in heard) == [
        ("done", 1),
        ("done", 1),
        ("waiting", 0),
        ("waiting", 0),
        ("waiting", 1),  # to be tried again, alone
    ]
    assert [job.error_class for job in heard if job.attempts and job.state == "waiting"] == ["RuntimeError"]


def test_a_worker_that_is_stopped_gives_all_back_unharmed(
    tools: Tools, waiting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(tools: Tools, jobs: Sequence[Claim]) -> Iterator[tuple[Claim, Outcome | Exception]]:
        yield next(iter(run_together(tools, jobs)))
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run_together", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_job(tools, queues=(Queue.ASR,))
    heard = [job for job in jobs_of(tools.engine) if job.stage == Stage.TRANSCRIBE]
    assert sorted((job.state, job.attempts) for job in heard) == [("done", 1)] + [("waiting", 0)] * 4
