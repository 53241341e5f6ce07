"""Character error rate and speed of the product's own path, beside faster-whisper called the usual way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from fixtures.builders.demo_model.evaluate import DEMO_MODEL
from fixtures.builders.demo_model.scoring import Errors, Rate, count_errors, pooled
from qa_engine.calls import Call, Role
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.base import Recognizer
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import transcribe
from tests.bench.samples import Sample

if TYPE_CHECKING:
    from tests.bench.runs import Runs

THREADS = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One way to transcribe, over all calls: `wall_s` without decoding and without loading the model."""

    name: str
    rate: Rate
    wall_s: float
    calls: dict[str, Call]


def product_run(samples: Iterable[Sample]) -> Run:
    """As a worker does it: voice activity, packed windows, guards, turns."""
    recognizer = load_recognizer("demo", threads=THREADS)
    _warm(recognizer)
    errors: list[Errors] = []
    calls: dict[str, Call] = {}
    wall_s = 0.0
    for sample in samples:
        audio = decode(sample.audio)
        start = perf_counter()
        try:
            heard = transcribe(audio, recognizer, call_id=sample.id, agent_channel=sample.agent_channel)
        except NoSpeech:
            continue
        finally:
            wall_s += perf_counter() - start
        calls[sample.id] = call = Call(heard.transcript, sample.script.facts, heard.signals)
        for said, found in _sides(sample, call):
            errors.append(count_errors(sample.id, said, found))
    return Run("CallQA", pooled(errors), wall_s, calls)


def _warm(recognizer: Recognizer) -> None:
    from qa_engine.calls import Span

    recognizer.recognize(np.zeros(16_000, np.float32), (Span(0.0, 1.0),), language="zh", prompt=None)


def _sides(sample: Sample, call: Call) -> list[tuple[str, str]]:
    """Both roles apart where the roles are known; a mono recording as one stream in order of time."""
    if sample.agent_channel is None:
        return [_stream(sample.script, call)]
    return [(sample.said_by(role), sample.said_by(role, call)) for role in Role]


def _stream(script: Call, call: Call) -> tuple[str, str]:
    said, found = (
        "".join(turn.text for turn in sorted(version.transcript.turns, key=lambda turn: turn.start_s))
        for version in (script, call)
    )
    return said, found


def usual_run(samples: Iterable[Sample]) -> Run:
    """faster-whisper as its manual shows it: a channel at a time, its own voice activity filter, default beam."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(DEMO_MODEL), device="cpu", compute_type="int8", cpu_threads=THREADS)
    list(model.transcribe(np.zeros(16_000, np.float32), language="zh")[0])
    errors: list[Errors] = []
    wall_s = 0.0
    for sample in samples:
        audio = decode(sample.audio)
        said = [
            "".join(turn.text for turn in sample.script.transcript.turns if turn.channel in (None, channel))
            for channel in range(len(audio.samples))
        ]
        for channel, samples_of_channel in enumerate(audio.samples):
            start = perf_counter()
            segments, _ = model.transcribe(
                samples_of_channel, language="zh", vad_filter=True, word_timestamps=True
            )
            found = "".join(segment.text for segment in segments)
            wall_s += perf_counter() - start
            errors.append(count_errors(sample.id, said[channel], found))
    return Run("faster-whisper transcribe(vad_filter=True)", pooled(errors), wall_s, {})


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    ours, usual = runs.ours, usual_run(runs.samples)
    audio_s = sum(sample.script.transcript.duration_s for sample in runs.samples)
    return [
        "## Transcription of the sample calls",
        "",
        f"{len(runs.samples)} calls, {audio_s:.0f} s of recording, {THREADS} threads, decoding not counted.",
        "",
        "| way | CER | 95 % interval | seconds | × real time | speed against CallQA |",
        "|---|---|---|---|---|---|",
        *(
            f"| {run.name} | {run.rate.rate:.2%} | {run.rate.low:.2%}–{run.rate.high:.2%} | {run.wall_s:.1f} "
            f"| {audio_s / run.wall_s:.0f} | {ours.wall_s / run.wall_s:.2f} |"
            for run in (ours, usual)
        ),
        "",
    ]
