"""Ways through a queue of calls with one model: CallQA's, faster-whisper's own, and engines of another environment."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from time import perf_counter
from typing import Any, Final, TypeVar

import numpy as np

from qa_engine.calls import Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.batch import Asked, transcribe_many
from qa_engine.speech.engines.faster_whisper import FasterWhisper
from qa_engine.speech.error_rate import Errors, Rate, count_errors, pooled
from qa_engine.speech.transcribe import Recording, prepare
from tests.bench.throughput.short_calls import QueuedCall

T = TypeVar("T")
CORES: Final = cpu_count() or 1
ENGINES: Final = "CALLQA_BENCH_ENGINES"
"""Environment variable: a Python that has openai-whisper and pywhispercpp, which are too heavy to be asked for here."""
INSTALL: Final = "not installed: `pip install torch openai-whisper pywhispercpp` and name that Python in `CALLQA_BENCH_ENGINES`"
OTHERS: Final = {"openai": "openai-whisper `transcribe`", "cpp": "whisper.cpp (pywhispercpp)"}
_SCRIPT: Final = Path(__file__).parent / "engine_process.py"
_MOST_S: Final = 600

Texts = Mapping[str, Sequence[str]]
"""Call → what was heard on each channel."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way through some calls: seconds of recording, on the clock and on the processor. `errors` by channel, where the
    texts mean anything; `note` says what stopped it."""

    name: str
    calls: int
    audio_s: float
    wall_s: float
    cpu_s: float
    errors: tuple[Errors, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        """For somebody who watches it run."""
        return (
            self.note
            or f"{self.name}: {self.speed:.1f} × on {self.calls} calls, {self.wall_s:.1f} s, CPU {self.cpu_s:.1f} s"
        )

    @property
    def speed(self) -> float:
        """Seconds of recording a second."""
        return self.audio_s / self.wall_s if self.wall_s else 0.0

    @property
    def rate(self) -> Rate | None:
        return pooled(self.errors) if self.errors else None


def apart(way: Callable[..., T], *given: object, **named: object) -> T:
    """`way` in a process of its own: a model that CallQA loaded changes the allocator (`kept_memory`) for all that follow."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        made = pool.submit(way, *given, **named).result()
    print(f"  {made}", flush=True)
    return made


def timed(name: str, calls: Sequence[QueuedCall], work: Callable[[], Texts], *, judged: bool) -> Way:
    """Runs `work` on the calls; `judged`: its texts are compared with what was said."""
    start, used = perf_counter(), _cpu_s()
    heard = work()
    wall_s, cpu_s = perf_counter() - start, _cpu_s() - used
    errors = tuple(_errors(calls, heard)) if judged else ()
    return Way(name, len(calls), _audio_s(calls), wall_s, cpu_s, errors)


def ours(
    folder: Path, calls: Sequence[QueuedCall], *, judged: bool, workers: int = CORES, threads: int = 1
) -> Way:
    """`transcribe_many` over the queue, all it makes: voices, words with times, turns, signals."""
    recognizer = FasterWhisper(folder, name=folder.name, workers=workers, threads=threads)
    for _ in range(2):
        recognizer.recognize(
            np.zeros(SAMPLE_RATE_HZ, np.float32), (Span(0.0, 1.0),), language="zh", prompt=None
        )

    def work() -> Texts:
        queue = [Asked(one.id, lambda one=one: recording(one)) for one in calls]
        return {
            one.key: [
                "".join(turn.text for turn in one.made.transcript.turns if turn.channel == channel)
                for channel in (0, 1)
            ]
            for one in transcribe_many(queue, recognizer, threads=CORES)
            if one.made
        }

    return timed(f"CallQA `transcribe_many`, {workers} × {threads}", calls, work, judged=judged)


def recording(one: QueuedCall) -> Recording:
    """A queued call as the product gets it."""
    return Recording(one.audio, one.id, one.agent_channel, trust_channels=True)


def theirs(folder: Path, calls: Sequence[QueuedCall], *, batched: bool, judged: bool) -> Way:
    """faster-whisper a channel at a time with its own voice activity and all cores; text alone, as is its default."""
    model = _model(folder, batched=batched)

    def work() -> Texts:
        return {
            one.id: [
                "".join(part.text for part in model.transcribe(channel, language="zh", vad_filter=True)[0])
                for channel in one.audio.samples
            ]
            for one in calls
        }

    what = "`BatchedInferencePipeline`" if batched else "`WhisperModel.transcribe`"
    return timed(f"faster-whisper {what}, 1 × {CORES}", calls, work, judged=judged)


def theirs_in_our_windows(folder: Path, calls: Sequence[QueuedCall], *, judged: bool) -> Way:
    """The batched pipeline in the windows that CallQA would make, with its beam and times of words: the same text quality, so
    that what is left is how the work is laid out. Finding the windows is not counted."""
    model = _model(folder, batched=True)
    recognizer = FasterWhisper(folder, name=folder.name)
    given = {
        one.id: [
            _joined([recognizer._cut(voice, window).sound for window in recognizer._windows(voice)])
            for voice in prepare(recording(one)).voices(recognizer)
        ]
        for one in calls
    }

    def work() -> Texts:
        return {
            one.id: [
                "".join(
                    part.text
                    for part in model.transcribe(
                        sound,
                        language="zh",
                        clip_timestamps=clips,
                        beam_size=recognizer._beam_size,
                        word_timestamps=True,
                    )[0]
                )
                if clips
                else ""
                for sound, clips in given[one.id]
            ]
            for one in calls
        }

    name = f"faster-whisper `BatchedInferencePipeline` in CallQA's windows, 1 × {CORES}"
    return timed(name, calls, work, judged=judged)


def others(engine: str, model: Path, calls: Sequence[QueuedCall], sounds: Path, *, judged: bool) -> Way:
    """An engine of `OTHERS` at its defaults, in the environment that `CALLQA_BENCH_ENGINES` names. `sounds`: an empty folder."""
    name = OTHERS[engine]
    python = os.environ.get(ENGINES)
    if not python:
        return Way(name, 0, 0.0, 0.0, 0.0, note=INSTALL)
    for at, one in enumerate(calls):
        for channel, samples in enumerate(one.audio.samples):
            np.save(sounds / f"{at:04}-{channel}.npy", samples)
    command = [python, "-P", str(_SCRIPT), engine, str(model), str(sounds)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=_MOST_S, check=True)
    except subprocess.TimeoutExpired:
        return Way(name, 0, 0.0, 0.0, 0.0, note=f"not done after {_MOST_S} s (n = {len(calls)})")
    except (subprocess.CalledProcessError, OSError) as error:
        said = getattr(error, "stderr", "") or str(error)
        return Way(name, 0, 0.0, 0.0, 0.0, note=f"failed: {said.strip().splitlines()[-1]}")
    made: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    heard = {
        one.id: [made["texts"][f"{at:04}-{channel}"] for channel in (0, 1)] for at, one in enumerate(calls)
    }
    errors = tuple(_errors(calls, heard)) if judged else ()
    named = f"{name}, {made['version']}"
    return Way(named, len(calls), _audio_s(calls), made["wall_s"], made["cpu_s"], errors)


def _model(folder: Path, *, batched: bool) -> Any:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=CORES)
    list(model.transcribe(np.zeros(SAMPLE_RATE_HZ, np.float32), language="zh")[0])
    return BatchedInferencePipeline(model) if batched else model


def _joined(sounds: Sequence[Samples]) -> tuple[Samples, list[dict[str, float]]]:
    """Windows one after the other, and where each of them lies."""
    ends = np.cumsum([len(sound) for sound in sounds]) / SAMPLE_RATE_HZ
    clips = [{"start": float(start), "end": float(end)} for start, end in pairwise([0.0, *ends])]
    return (np.concatenate(sounds) if sounds else np.zeros(0, np.float32)), clips


def _errors(calls: Sequence[QueuedCall], heard: Texts) -> list[Errors]:
    return [
        count_errors(f"{one.id}-{channel}", one.said[channel], text)
        for one in calls
        for channel, text in enumerate(heard.get(one.id, ("", "")))
    ]


def _audio_s(calls: Sequence[QueuedCall]) -> float:
    return sum(one.duration_s for one in calls)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
