"""A call on its way from recording to score, in this process."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import select

from models.analysis import get_analysis
from models.call import CallState
from models.columns import from_now
from models.database import reading, session
from models.evaluation import get_evaluations
from models.job_lease import claim, recover, retry
from models.migrations import upgrade
from models.recording import get_recording, unpack_peaks
from models.rollup import RollupDayRow
from models.stage_job import JobState, StageJobRow, progress
from models.transcript import get_transcript
from qa_engine.errors import Unavailable
from qa_engine.exchange import parse_call
from qa_engine.language.sentiment import snownlp_jieba_scores, window_sentiments
from tests.conftest import make_settings
from tests.sound import wav
from tests.workers.conftest import RUBRICS
from tests.workers.scene import (
    CALLS,
    TRANSCRIPTS,
    call_of,
    content,
    jobs_of,
    take_recording,
    take_transcripts,
    wait_for,
)
from workers import runner
from workers.runner import Ran, run_job, run_until_idle
from workers.stages.base import Outcome
from workers.tools import Tools

SAMPLE = TRANSCRIPTS[0]
AUDIO = SAMPLE.with_name("audio.opus")


def test_a_transcript_goes_through_all_stages(tools: Tools) -> None:
    (call_id,) = take_transcripts(tools.engine, tools.settings, 1)
    assert run_until_idle(tools) == 4
    stages = [(job.stage, job.state, job.attempts) for job in jobs_of(tools.engine)]
    assert stages == [
        ("transcribe", "done", 1),
        ("analyze", "done", 1),
        ("score", "done", 1),
        ("rollup", "done", 1),
    ]
    with reading(tools.engine) as opened:
        transcript, _ = get_transcript(opened, call_id)
        (evaluation,) = get_evaluations(opened, call_id)
        document = get_analysis(opened, call_id)
        (cell,) = opened.exec(select(RollupDayRow)).all()
    assert [turn.text for turn in transcript.turns] == [
        turn.text for turn in parse_call(SAMPLE.read_bytes()).transcript.turns
    ]
    assert evaluation.document["format"] == "callqa.evaluation/1"
    assert document["format"] == "callqa.analysis/1"
    assert cell.calls == 1
    call = call_of(tools.engine, call_id)
    assert (call.state, call.engine_name) == (CallState.DONE, transcript.engine.name)
    assert call.talk_s is not None


def test_the_setting_chooses_what_judges_the_mood(tmp_path: Path, database_url: str) -> None:
    settings = make_settings(
        tmp_path, database_url, rubrics_dir=RUBRICS, rubrics="short-form", sentiment="snownlp-jieba"
    )
    tools = Tools(settings)
    (call_id,) = take_transcripts(tools.engine, settings, 1)
    run_until_idle(tools)
    with reading(tools.engine) as opened:
        found = [turn["sentiment"]["score"] for turn in get_analysis(opened, call_id)["turns"]]
    tools.engine.dispose()
    turns = parse_call(SAMPLE.read_bytes()).transcript.turns
    assert found == [s.score for s in window_sentiments(turns, scorer=snownlp_jieba_scores)]
    assert found != [s.score for s in window_sentiments(turns)]


def test_a_recording_is_probed_before_its_transcript_is_read(tools: Tools) -> None:
    receipt = take_recording(tools.engine, tools.settings, AUDIO, transcript=SAMPLE)
    assert run_until_idle(tools) == 5
    with reading(tools.engine) as opened:
        recording = get_recording(opened, receipt.call_id)
    assert (recording.codec, recording.channels, recording.peaks_per_s) == ("opus", 2, 20)
    left, right = unpack_peaks(recording)
    assert len(left) == len(right)
    assert abs(len(left) / 20 - (recording.duration_s or 0)) < 0.1
    assert 0 < max(left) <= 127
    assert recording.playback_key is None  # browsers play Opus
    assert call_of(tools.engine, receipt.call_id).state == CallState.DONE


def test_a_telephone_codec_gets_a_copy_for_browsers(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "alaw.wav"
    path.write_bytes(_alaw(2.0))
    receipt = take_recording(tools.engine, tools.settings, path, transcript=SAMPLE)
    run_until_idle(tools)
    with reading(tools.engine) as opened:
        recording = get_recording(opened, receipt.call_id)
    assert recording.playback_mime == "audio/ogg"
    assert recording.playback_key is not None
    with tools.storage.open(recording.playback_key) as file:
        assert file.read(4) == b"OggS"


def _alaw(seconds: float) -> bytes:
    """A mono A-law WAV of silence, 8 kHz."""
    data = b"\xd5" * int(seconds * 8000)
    head = b"fmt " + (18).to_bytes(4, "little") + (6).to_bytes(2, "little") + (1).to_bytes(2, "little")
    head += (8000).to_bytes(4, "little") * 2 + (1).to_bytes(2, "little") + (8).to_bytes(2, "little") + b"\0\0"
    body = b"WAVE" + head + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


BAD = [
    ("short.wav", wav(0.2), "audio_too_short"),
]


@pytest.mark.parametrize(("name", "data", "code"), BAD, ids=[row[0] for row in BAD])
def test_what_only_decoding_tells_ends_the_call_with_its_reason(
    tools: Tools, tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(data)
    receipt = take_recording(tools.engine, tools.settings, tmp_path / name)
    good = take_transcripts(tools.engine, tools.settings, 1)[0]
    run_until_idle(tools)
    call = call_of(tools.engine, receipt.call_id)
    assert (call.state, call.error_code) == (CallState.FAILED, code)
    assert call.error_hint
    assert [job.attempts for job in jobs_of(tools.engine, receipt.call_id)] == [1]
    assert call_of(tools.engine, good).state == CallState.DONE


def test_a_call_without_a_turn_ends_as_no_conversation_and_counts(tools: Tools, tmp_path: Path) -> None:
    document = json.loads(SAMPLE.read_text())
    path = tmp_path / "silent.json"
    path.write_text(json.dumps({**document, "turns": []}))
    receipt = take_recording(tools.engine, tools.settings, AUDIO, transcript=path)
    run_until_idle(tools)
    call = call_of(tools.engine, receipt.call_id)
    assert (call.state, call.error_code) == (CallState.NO_CONVERSATION, "no_speech")
    assert call.error_message
    with reading(tools.engine) as opened:
        (cell,) = opened.exec(select(RollupDayRow)).all()
        assert get_evaluations(opened, receipt.call_id) == []
    assert (cell.calls, cell.no_conversation) == (1, 1)


def test_every_message_three_times_out_of_order_gives_a_clean_runs_content(
    tools: Tools, tmp_path: Path, sqlite_url: str
) -> None:
    calls = take_transcripts(tools.engine, tools.settings, 6)
    order = random.Random(7)
    failures: list[BaseException] = []
    ran: list[Ran] = []

    def deliver(job_ids: list[int]) -> None:
        try:
            ran.extend(run_job(tools, job_id) for job_id in job_ids)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    while any(job.state == JobState.WAITING for job in jobs_of(tools.engine)):
        job_ids = [job.id for job in jobs_of(tools.engine) if job.id is not None] * 3
        order.shuffle(job_ids)
        threads = [threading.Thread(target=deliver, args=(job_ids[n::3],)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    assert ran.count(Ran.DONE) == 4 * len(calls)
    assert ran.count(Ran.NOTHING) > 4 * len(calls)  # the doubled messages were there

    clean = Tools(
        make_settings(
            tmp_path / "clean",
            sqlite_url.replace("callqa.sqlite3", "clean.sqlite3"),
            rubrics_dir=tools.settings.rubrics_dir,
            rubrics="short-form",
        )
    )
    upgrade(clean.settings.database_url)
    take_transcripts(clean.engine, clean.settings, 6)
    run_until_idle(clean)
    assert content(tools.engine) == content(clean.engine)
    clean.engine.dispose()


def test_a_result_that_comes_too_late_is_thrown_away(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a stage computes, its lease runs out and another worker does the job."""
    (call_id,) = take_transcripts(tools.engine, tools.settings, 1)
    real = dict(runner.STAGES)
    other = Tools(tools.settings, worker="other")
    first = next(iter(jobs_of(tools.engine)))
    overtaken: list[Ran] = []

    def slow(own: Tools, job: runner.Claim) -> Outcome:
        outcome = real[job.stage](own, job)
        if own is tools and not overtaken:
            with session(own.engine) as opened:
                recover(opened, max_attempts=9, dead_workers=[own.worker])
            overtaken.append(run_job(other, first.id))

            def poison(_opened: object) -> None:
                raise AssertionError("a fenced result was saved")

            return replace(outcome, save=poison)
        return outcome

    monkeypatch.setattr(runner, "STAGES", dict.fromkeys(real, slow))
    assert run_job(tools, first.id) is Ran.FENCED
    assert overtaken == [Ran.DONE]
    monkeypatch.setattr(runner, "STAGES", real)
    run_until_idle(tools)
    assert call_of(tools.engine, call_id).state == CallState.DONE
    other.engine.dispose()


def test_an_unexpected_error_is_retried_then_quarantined_then_retried_by_hand(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    (call_id,) = take_transcripts(tools.engine, tools.settings, 1)
    real = dict(runner.STAGES)

    def broken(_tools: Tools, _job: runner.Claim) -> Outcome:
        raise ZeroDivisionError("13800000000 said something")

    monkeypatch.setattr(runner, "STAGES", dict.fromkeys(real, broken))
    outcomes = []
    for _ in range(tools.settings.max_attempts):
        outcomes.append(run_job(tools))
        with session(tools.engine) as opened:
            opened.execute(update(StageJobRow).values(not_before=from_now(-1)))
    assert outcomes == [Ran.RETRY] * 4 + [Ran.QUARANTINED]
    assert run_job(tools) is Ran.NOTHING
    call = call_of(tools.engine, call_id)
    assert (call.state, call.error_code) == (CallState.FAILED, "ZeroDivisionError")
    assert "13800000000" not in f"{call.error_message}{call.error_hint}"
    with reading(tools.engine) as opened:
        assert progress(opened).quarantined == 1

    monkeypatch.setattr(runner, "STAGES", real)
    with session(tools.engine) as opened:
        assert retry(opened, call_id) == 1
    run_until_idle(tools)
    call = call_of(tools.engine, call_id)
    assert (call.state, call.error_code) == (CallState.DONE, None)


def test_something_that_is_away_is_tried_again(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    take_transcripts(tools.engine, tools.settings, 1)

    def away(_tools: Tools, _job: runner.Claim) -> Outcome:
        raise Unavailable("模型库无法访问", hint="请检查网络")

    monkeypatch.setattr(runner, "STAGES", dict.fromkeys(runner.STAGES, away))
    assert run_job(tools) is Ran.RETRY
    assert jobs_of(tools.engine)[0].error_class == "unavailable"


def test_a_worker_that_is_stopped_gives_its_job_back(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    take_transcripts(tools.engine, tools.settings, 1)

    def stopped(_tools: Tools, _job: runner.Claim) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "STAGES", dict.fromkeys(runner.STAGES, stopped))
    with pytest.raises(KeyboardInterrupt):
        run_job(tools)
    (job,) = jobs_of(tools.engine)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)


def test_the_heartbeat_keeps_a_long_job(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease is renewed while the stage computes: it ends later than it did when it was taken."""
    short = Tools(tools.settings.model_copy(update={"lease_s": 0.3}), worker="short")
    take_transcripts(short.engine, short.settings, 1)
    real = dict(runner.STAGES)
    leases: list[object] = []

    def long(own: Tools, job: runner.Claim) -> Outcome:
        leases.append(jobs_of(own.engine)[0].lease_until)
        wait_for(lambda: jobs_of(own.engine)[0].lease_until not in leases, what="a heartbeat")
        return real[job.stage](own, job)

    monkeypatch.setattr(runner, "STAGES", dict.fromkeys(real, long))
    assert run_job(short) is Ran.DONE
    short.engine.dispose()


def test_a_changed_rubric_is_used_at_once(tools: Tools, tmp_path: Path) -> None:
    source = (Path(str(tools.settings.rubrics_dir)) / "short-form.yaml").read_text()
    (tmp_path / "short-form.yaml").write_text(source)
    own = Tools(tools.settings.model_copy(update={"rubrics_dir": tmp_path}))
    before = own.scoring_version
    assert own.scoring_version == before
    (tmp_path / "short-form.yaml").write_text(source.replace("version: 1", "version: 2"))
    assert own.scoring_version != before
    assert own.plans()[0].rubric.version == 2
    own.engine.dispose()


def test_all_samples_are_there() -> None:
    """The fault tests need more calls than one worker ends in a moment."""
    assert len(TRANSCRIPTS) >= 30
    assert (CALLS / "calls.csv").is_file()


def test_claims_name_the_worker(tools: Tools) -> None:
    take_transcripts(tools.engine, tools.settings, 1)
    with session(tools.engine) as opened:
        held = claim(opened, worker=tools.worker, lease_s=60)
    assert held is not None
    assert jobs_of(tools.engine)[0].worker == tools.worker
