"""What the work grows with: calls, silence, the parts of a transcription, memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import numpy as np

from fixtures.builders.opus import encode_opus
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio, MediaInfo
from qa_engine.speech.engines.batches import recognize_all
from qa_engine.speech.engines.faster_whisper import FasterWhisper
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.media import decode
from qa_engine.speech.transcribe import finish, prepare
from tests.bench.throughput.short_calls import QueuedCall
from tests.bench.throughput.ways import Way, ours, recording

HOUR_S: Final = 3600.0
LINE_NOISE_DBFS: Final = -62.0


@dataclass(frozen=True, slots=True)
class Grown:
    """A run, and the seconds of speech that it had on all channels."""

    way: Way
    voiced_s: float


@dataclass(frozen=True, slots=True)
class Parts:
    """CPU seconds of each part over some calls, one thread."""

    decoding: float
    activity: float
    recognition: float
    signals: float

    @property
    def total(self) -> float:
        return self.decoding + self.activity + self.recognition + self.signals

    @property
    def beside(self) -> float:
        """What is not recognition, as a share of all."""
        return 1 - self.recognition / self.total


def voiced_s(calls: Sequence[QueuedCall]) -> float:
    """Seconds of speech on all channels, as the product finds them."""
    return sum(prepare(recording(one)).speech_s for one in calls)


def run(folder: Path, calls: Sequence[QueuedCall]) -> Grown:
    """CallQA's way through the calls."""
    return Grown(ours(folder, calls, judged=False), voiced_s(calls))


def with_silence(one: QueuedCall, share: float, *, seed: int = 1) -> QueuedCall:
    """The call followed by line noise for `share` of its length."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((2, round(share * one.audio.samples.shape[1])), np.float32)
    sound = np.concatenate([one.audio.samples, noise * 10 ** (LINE_NOISE_DBFS / 20)], axis=1)
    return replace(one, audio=Audio(sound.astype(np.float32), one.audio.info))


def silent_hour_s(*, seed: int = 2) -> float:
    """Seconds that an hour of line noise on two channels costs: prepared, found to have no voice."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((2, round(HOUR_S * SAMPLE_RATE_HZ)), np.float32)
    noise *= 10 ** (LINE_NOISE_DBFS / 20)
    call = QueuedCall(
        "silence", Audio(noise, MediaInfo("pcm", "wav", SAMPLE_RATE_HZ, 2, HOUR_S)), ("", ""), 0
    )
    start = perf_counter()
    try:
        prepare(recording(call))
    except NoSpeech:
        return perf_counter() - start
    raise AssertionError("a voice was found in noise")


def parts(folder: Path, calls: Sequence[QueuedCall], files: Path) -> Parts:
    """Decoding from Opus, voices and levels, recognition, turns and signals; without threads, so that each is its own."""
    recognizer = FasterWhisper(folder, name=folder.name, workers=1, threads=1)
    recognizer._loaded()
    paths = stored(calls, files)
    start = process_time()
    audios = [decode(path) for path in paths]
    decoded = process_time()
    prepared = [
        prepare(recording(replace(one, audio=audio))) for one, audio in zip(calls, audios, strict=True)
    ]
    active = process_time()
    voices = [one.voices(recognizer) for one in prepared]
    heard = iter(recognize_all(recognizer, [voice for own in voices for voice in own]))
    recognised = process_time()
    for one, own in zip(prepared, voices, strict=True):
        finish(one, [next(heard) for _ in own], recognizer)
    return Parts(decoded - start, active - decoded, recognised - active, process_time() - recognised)


def stored(calls: Sequence[QueuedCall], files: Path) -> list[Path]:
    """The calls as Opus files."""
    paths = [files / f"{at:04}.opus" for at in range(len(calls))]
    for path, one in zip(paths, calls, strict=True):
        path.write_bytes(encode_opus(one.audio.samples[:, ::2]))
    return paths


def peak_mb(folder: Path, files: Sequence[Path], times: int) -> float:
    """Most memory of a process of its own that transcribes the files `times` times over as one queue."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.throughput.growth",
        str(folder),
        str(times),
        *map(str, files),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(ended.stdout.split()[-1])


def _main() -> None:
    import resource

    from qa_engine.speech.batch import Asked, transcribe_many
    from qa_engine.speech.transcribe import Recording

    folder, times, *files = sys.argv[1:]
    # Full windows and no search: memory is that of calls and batches, the text is not looked at.
    recognizer = FasterWhisper(Path(folder), name="memory", workers=1, threads=0, beam_size=1, fill_s=28.0)
    queue = (
        Asked(f"{at}-{path}", lambda path=path: Recording(decode(path), path, 0, trust_channels=True))
        for at in range(int(times))
        for path in files
    )
    ended = sum(one.made is not None for one in transcribe_many(queue, recognizer))
    assert ended, "something was transcribed"
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    _main()
