"""kill -9 in the middle of `callqa demo`: nothing is lost, nothing is scored twice."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.call import CallRow, CallState
from models.database import open_database, reading
from models.evaluation import EvaluationRow
from models.settings import Settings
from models.stage_job import JobState, StageJobRow, progress
from tests.processes import callqa, kill_in_the_middle, serving
from tests.workers.scene import CALLS, jobs_of, wait_for

SAMPLES = ("credit-006", "edu-006", "tel-005", "tel-008", "wealth-006", "credit-005")
"""The shortest: a ten-second hang-up and a voicemail among them."""


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A folder with a few sample calls: sound and manifest, no transcripts."""
    folder = tmp_path / "calls"
    head, *rows = (CALLS / "calls.csv").read_text("utf-8").splitlines()
    for name in SAMPLES:
        (folder / name).mkdir(parents=True)
        shutil.copyfile(CALLS / name / "audio.opus", folder / name / "audio.opus")
    chosen = [row for row in rows if row.split(",")[1] in SAMPLES]
    (folder / "calls.csv").write_text("\n".join([head, *chosen]) + "\n", "utf-8")
    return folder


def ended(engine: Engine) -> int:
    with reading(engine) as opened:
        return progress(opened).done


@pytest.mark.slow
def test_every_call_is_scored_exactly_once_after_kills_in_the_middle(
    settings: Settings, tmp_path: Path, calls: Path
) -> None:
    engine = open_database(settings.database_url)
    with callqa(
        settings, "demo", "--no-serve", "--workers", "1", "--calls", str(calls), log=tmp_path / "demo.log"
    ) as demo:
        wait_for(lambda: ended(engine) >= 1 or not demo.alive(), what="a first call to end")
        assert demo.alive(), demo.text()
        first = kill_in_the_middle(engine, "transcribe")  # the demo starts another worker by itself …
        second = kill_in_the_middle(engine, "transcribe")  # … which is killed too, and the demo with it
        demo.kill()
    assert first.worker != second.worker
    with reading(engine) as opened:
        left = progress(opened)
        held = opened.get_one(StageJobRow, second.id)
    assert left.open > 0
    assert left.done >= 1
    assert left.total == len(SAMPLES)
    assert (held.state, held.token) == (
        JobState.RUNNING,
        second.token,
    )  # the dead worker's claim is still there

    with serving(settings, log=tmp_path / "serve.log") as (service, _):
        wait_for(lambda: ended(engine) == len(SAMPLES) or not service.alive(), what="all calls to end")
        assert service.stop() == 0, service.text()

    with reading(engine) as opened:
        calls_now = opened.exec(select(CallRow)).all()
        scored = Counter(row.call_id for row in opened.exec(select(EvaluationRow)))
    states = {str(call.external_id): call.state for call in calls_now}
    silent = {name for name, state in states.items() if state == CallState.NO_CONVERSATION}
    assert set(states) == set(SAMPLES)
    assert silent == {"tel-005"}  # nobody answers there
    assert {state for name, state in states.items() if name not in silent} == {CallState.DONE}
    assert scored == {call.id: 1 for call in calls_now if call.external_id not in silent}
    jobs = jobs_of(engine)
    assert {job.state for job in jobs} == {JobState.DONE}
    assert sum(job.lost for job in jobs) == 2
    assert {job.id for job in jobs if job.lost} == {first.id, second.id}
    engine.dispose()
