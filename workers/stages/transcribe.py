"""Turns the recording into who said what when, by the recogniser or from a transcript made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from sqlmodel import Session

from models.call import CallState, call_facts, get_call
from models.database import reading
from models.ingest import limits
from models.job_lease import Claim
from models.recording import RecordingRow, get_recording
from models.stage_job import IMPORTED, NewJob, Stage
from models.transcript import save_transcript, transcript_row
from qa_engine.calls import CallId, Ending, Signals, Transcript
from qa_engine.exchange import parse_call
from qa_engine.speech.batch import Asked, transcribe_many
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.line_sounds import nobody_spoke
from qa_engine.speech.media import decode
from qa_engine.speech.roles import checked_roles, trusts_channels
from qa_engine.speech.transcribe import Recording
from workers.stages.base import Outcome
from workers.tools import Tools

ANALYSIS_VERSION = "analyze/1"
ROLLUP_VERSION = "rollup/1"
NOBODY_TALKED = NoSpeech("录音中没有双方对话", hint="例如无人接听、语音信箱、语音菜单或振铃;该通话不评分")


def _imported(
    tools: Tools, recording: RecordingRow, call_id: str, *, trusted: bool
) -> tuple[Transcript, Signals | None]:
    assert recording.transcript_key is not None, "an imported call has its document"
    with tools.storage.open(recording.transcript_key) as file:
        call = parse_call(file.read(), file=recording.filename or None)
    if not call.transcript.turns:
        raise NOBODY_TALKED
    return replace(checked_roles(call.transcript, trusted=trusted), call_id=CallId(call_id)), None


def _open(tools: Tools, job: Claim) -> Recording:
    """The sound of a call, and what is known of it beforehand."""
    with reading(tools.engine) as opened:
        audio_key = get_recording(opened, job.call_id).audio_key
        call = get_call(opened, job.call_id)
        agent_channel, facts = call.agent_channel, call_facts(opened, call)
    assert audio_key is not None, "only a recording can be listened to"
    with tools.storage.local_copy(audio_key) as path:
        audio = decode(path, limits(tools.settings))
    return Recording(
        audio,
        CallId(job.call_id),
        agent_channel,
        trust_channels=trusts_channels(facts.extra),
        hot_words=tuple(tools.hot_words(facts)),
    )


def run_together(tools: Tools, jobs: Sequence[Claim]) -> Iterator[tuple[Claim, Outcome | Exception]]:
    """Jobs that need a recogniser, several in it at a time, in order; each has its own outcome or its own fault."""
    queue = [Asked(job, partial(_open, tools, job)) for job in jobs]
    for ended in transcribe_many(queue, tools.recognizer):
        if isinstance(ended.error, NoSpeech):
            yield ended.key, _no_conversation(ended.key, ended.error)
        elif ended.made is None:
            yield ended.key, ended.error or AssertionError("a call is made or fails")
        else:
            yield ended.key, _outcome(ended.key, ended.made.transcript, ended.made.signals)


def _no_conversation(job: Claim, reason: NoSpeech) -> Outcome:
    def save(opened: Session) -> None:
        call = get_call(opened, job.call_id)
        call.state = CallState.NO_CONVERSATION
        call.error_code, call.error_message, call.error_hint = reason.code, reason.message, reason.hint
        opened.add(call)

    return Outcome(save, (NewJob(job.call_id, Stage.ROLLUP, job.input_sha, ROLLUP_VERSION),))


def run(tools: Tools, job: Claim) -> Outcome:
    """A recording without speech is no error: the call ends as `no_conversation` with its reason."""
    if job.engine_ver != IMPORTED:
        ((_, ended),) = run_together(tools, [job])
        if isinstance(ended, Exception):
            raise ended
        return ended
    with reading(tools.engine) as opened:
        recording = get_recording(opened, job.call_id)
        trusted = trusts_channels(call_facts(opened, get_call(opened, job.call_id)).extra)
    try:
        transcript, signals = _imported(tools, recording, job.call_id, trusted=trusted)
    except NoSpeech as reason:
        return _no_conversation(job, reason)
    return _outcome(job, transcript, signals)


def _outcome(job: Claim, transcript: Transcript, signals: Signals | None) -> Outcome:
    row = transcript_row(job.call_id, transcript, signals)
    silent = signals is not None and signals.ending is Ending.NO_CONVERSATION
    heard = nobody_spoke(signals.line) if signals else ""
    quiet = _no_conversation(job, NoSpeech(f"{NOBODY_TALKED.message}{heard}", hint=NOBODY_TALKED.hint))

    def save(opened: Session) -> None:
        save_transcript(opened, row)
        call = get_call(opened, job.call_id)
        call.duration_s = row.duration_s
        call.engine_name, call.engine_model = row.engine_name, row.engine_model
        call.engine_version, call.engine_demo = row.engine_version, row.engine_demo
        opened.add(call)
        if silent:
            quiet.save(opened)

    if silent:
        return Outcome(save, quiet.next_jobs)
    return Outcome(save, (NewJob(job.call_id, Stage.ANALYZE, row.sha256, ANALYSIS_VERSION),))
