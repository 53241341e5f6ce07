"""Whisper models in CTranslate2 form, run by faster-whisper."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np

from qa_engine.calls import EngineInfo, Span, Word
from qa_engine.errors import BadSettings, Where
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.calibration import Calibration, read_calibration
from qa_engine.speech.engines.base import Segment
from qa_engine.speech.engines.manifest import ModelManifest, read_manifest
from qa_engine.speech.engines.windows import MAX_WINDOW_S, Window, pack

# Punctuated Simplified Chinese in the style of such calls: Whisper answers in the script and punctuation of its prompt.
PROMPT_ZH: Final = (
    "您好，请问是王女士吗？我是客户经理，工号幺零三。本次通话会录音，您看现在方便吗？嗯，好的，您说吧。"
)
BATCH_WINDOWS: Final = 8
# Whisper's own thresholds: a text that compresses better repeats itself, one that is less likely is a guess.
MAX_COMPRESSION_RATIO: Final = 2.4
MIN_MEAN_LOGPROB: Final = -1.0
NO_SPEECH_PROBABILITY: Final = 0.6
_TARGET_PEAK: Final = 0.5
_MAX_GAIN: Final = 100.0
_FINGERPRINT_BYTES: Final = 1 << 20
_HOP: Final = 160
_FRAMES_PER_S: Final = SAMPLE_RATE_HZ // _HOP


@dataclass(frozen=True, slots=True)
class Decoding:
    """How text is searched for. `repetition_penalty` above 1 and `no_repeat_ngram` above 0 break loops."""

    beam_size: int
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a window gave: words at window times, and Whisper's own doubts."""

    words: tuple[Word, ...]
    mean_logprob: float
    compression_ratio: float
    no_speech: float

    @property
    def doubtful(self) -> bool:
        return self.mean_logprob < MIN_MEAN_LOGPROB or self.compression_ratio > MAX_COMPRESSION_RATIO

    @property
    def silent(self) -> bool:
        return self.no_speech > NO_SPEECH_PROBABILITY and self.mean_logprob < MIN_MEAN_LOGPROB


class FasterWhisper:
    """A CTranslate2 Whisper model from a local folder.

    The model is loaded by the first `recognize` of the process that uses it, because CTranslate2 does not survive
    a fork. Windows are decoded in batches at temperature 0. A doubtful window (likely a loop or a guess) is decoded
    again span by span with a wider beam and without repetition, and the more likely result is kept. Whisper's usual
    second look samples at rising temperatures; CTranslate2's sampler depends on all that the process decoded
    before, so the same call would give other texts on other days, which scores could not be traced to.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        device: str = "auto",
        compute_type: str = "default",
        threads: int = 0,
        beam_size: int | None = None,
        window_s: float | None = None,
        fill_s: float | None = None,
    ) -> None:
        manifest = read_manifest(folder)
        self._folder = folder
        self._device = device
        self._compute_type = compute_type
        self._threads = threads or len(os.sched_getaffinity(0))
        self._prompt = manifest.prompt if manifest.prompt is not None else "" if manifest.demo else PROMPT_ZH
        self._beam_size = beam_size or manifest.beam_size or (1 if manifest.demo else 5)
        self._window_s = window_s or manifest.window_s or MAX_WINDOW_S
        self._fill_s = fill_s or manifest.fill_s or self._window_s
        self._info = _info(folder, name, manifest)
        self._lock = threading.Lock()
        self._pipeline: Any = None
        self._pid = 0

    @property
    def info(self) -> EngineInfo:
        """`version` names faster-whisper, CTranslate2 and a fingerprint of the weights."""
        return self._info

    @property
    def calibration(self) -> Calibration | None:
        """What was learned about this model's confidence: a file beside it."""
        return read_calibration(self._folder)

    def recognize(
        self, samples: Samples, spans: Sequence[Span], *, language: str, prompt: str | None = None
    ) -> tuple[Segment, ...]:
        """One segment for each voiced span or window part that has words. See `Recognizer`."""
        windows = pack(samples, spans, max_s=self._window_s, fill_s=self._fill_s)
        chosen = self._prompt if prompt is None else prompt
        segments: list[Segment] = []
        for first in range(0, len(windows), BATCH_WINDOWS):
            batch = windows[first : first + BATCH_WINDOWS]
            heard = self._decode(samples, batch, language, chosen, Decoding(self._beam_size))
            for window, result in zip(batch, heard, strict=True):
                segments.extend(self._settle(samples, window, result, language))
        return tuple(segments)

    def _settle(self, samples: Samples, window: Window, heard: _Heard, language: str) -> Iterator[Segment]:
        """Segments of a window, after a second look where the first one is doubtful."""
        if not heard.doubtful or heard.silent:
            yield from () if heard.silent else _segments(window, heard)
            return
        alone = [w for piece in window.pieces for w in pack(samples, [piece.span], max_s=self._window_s)]
        careful = Decoding(max(5, self._beam_size), repetition_penalty=1.1, no_repeat_ngram=6)
        # Each span with a prompt of its own repeats the prompt's text on soft sounds: none here.
        second = [
            result
            for first in range(0, len(alone), BATCH_WINDOWS)
            for result in self._decode(samples, alone[first : first + BATCH_WINDOWS], language, "", careful)
        ]
        better = fmean(result.mean_logprob for result in second) > heard.mean_logprob
        if heard.compression_ratio <= MAX_COMPRESSION_RATIO and not better:
            yield from _segments(window, heard)
            return
        for piece, result in zip(alone, second, strict=True):
            if not result.silent and result.compression_ratio <= MAX_COMPRESSION_RATIO:
                yield from _segments(piece, result)

    def _decode(
        self, samples: Samples, windows: Sequence[Window], language: str, prompt: str, how: Decoding
    ) -> list[_Heard]:
        """Decodes windows as one batch: they lie on a tape that faster-whisper is told to cut again."""
        sounds = [_padded(_normalised(window.cut(samples))) for window in windows]
        ends = np.cumsum([len(sound) for sound in sounds]) / SAMPLE_RATE_HZ
        starts = [0.0, *ends[:-1].tolist()]
        found, _ = self._loaded().transcribe(
            np.concatenate(sounds),
            language=language,
            beam_size=how.beam_size,
            repetition_penalty=how.repetition_penalty,
            no_repeat_ngram_size=how.no_repeat_ngram,
            temperature=0.0,
            initial_prompt=prompt or None,
            word_timestamps=True,
            without_timestamps=True,
            clip_timestamps=[
                {"start": start, "end": end} for start, end in zip(starts, ends.tolist(), strict=True)
            ],
            batch_size=len(windows),
        )
        by_window: list[list[Any]] = [[] for _ in windows]
        for segment in found:
            # `seek` is the start in whole feature frames, cut off: often one frame before the window begins.
            nearest = np.abs(np.asarray(starts) - segment.seek / _FRAMES_PER_S).argmin()
            by_window[int(nearest)].append(segment)
        return [_heard(segments) for segments in by_window]

    def _loaded(self) -> Any:
        with self._lock:
            if self._pipeline is None or self._pid != os.getpid():
                self._pipeline = _load(self._folder, self._device, self._compute_type, self._threads)
                self._pid = os.getpid()
            return self._pipeline


def _load(folder: Path, device: str, compute_type: str, threads: int) -> Any:
    from ctranslate2 import get_cuda_device_count  # noqa: PLC0415  # starts thread pools: not before a fork
    from faster_whisper import BatchedInferencePipeline, WhisperModel  # noqa: PLC0415

    on_cpu = device == "cpu" or (device == "auto" and get_cuda_device_count() == 0)
    # Hub models are float16, which CTranslate2 turns into float32 on a CPU; int8 is 1.7 times as fast there.
    chosen = "int8" if on_cpu and compute_type == "default" else compute_type
    try:
        model = WhisperModel(
            str(folder), device=device, compute_type=chosen, cpu_threads=threads, local_files_only=True
        )
    except (RuntimeError, ValueError) as error:
        raise BadSettings(
            f"模型无法载入(设备 {device},计算类型 {compute_type}):{error}",
            hint="请检查 CALLQA_WHISPER_MODEL、CALLQA_WHISPER_DEVICE 和 CALLQA_WHISPER_COMPUTE_TYPE",
            where=Where(str(folder)),
        ) from error
    return BatchedInferencePipeline(model)


def _heard(segments: Sequence[Any]) -> _Heard:
    words = tuple(
        Word(
            word.word,
            float(word.start) - segment.seek / _FRAMES_PER_S,
            float(word.end) - segment.seek / _FRAMES_PER_S,
            float(word.probability),
        )
        for segment in segments
        for word in segment.words or ()
        if word.word.strip()
    )
    if not segments:
        return _Heard((), 0.0, 0.0, 0.0)
    return _Heard(
        words,
        fmean(float(s.avg_logprob) for s in segments),
        max(float(s.compression_ratio) for s in segments),
        max(float(s.no_speech_prob) for s in segments),
    )


def _segments(window: Window, heard: _Heard) -> Iterator[Segment]:
    """Words at their places in the recording, one segment for each piece of the window."""
    placed: dict[int, list[Word]] = {}
    for word in heard.words:
        middle = (word.start_s + word.end_s) / 2
        index = max((i for i, piece in enumerate(window.pieces) if piece.at_s <= middle), default=0)
        span = window.span_at(word.start_s, word.end_s)
        confidence = None if word.confidence is None else round(word.confidence, 3)
        placed.setdefault(index, []).append(
            Word(word.text.strip(), round(span.start_s, 3), round(span.end_s, 3), confidence)
        )
    for index in sorted(placed):
        words = tuple(placed[index])
        sure = [word.confidence for word in words if word.confidence is not None]
        yield Segment(
            words[0].start_s,
            max(word.end_s for word in words),
            "".join(word.text for word in words),
            words,
            round(fmean(sure), 3) if sure else None,
        )


def _normalised(sound: Samples) -> Samples:
    """Peak (99.9th percentile) at half scale: the level of the features depends on it."""
    peak = float(np.percentile(np.abs(sound), 99.9))
    gain = min(_TARGET_PEAK / peak, _MAX_GAIN) if peak > 0 else 1.0
    scaled: Samples = np.clip(sound * gain, -1.0, 1.0).astype(np.float32)
    return scaled


def _padded(sound: Samples) -> Samples:
    """Length rounded up to whole feature frames, so that window starts are exact on the tape."""
    return np.pad(sound, (0, -len(sound) % _HOP))


def _info(folder: Path, name: str, manifest: ModelManifest) -> EngineInfo:
    weights = hashlib.sha256()
    path = folder / "model.bin"
    size = path.stat().st_size
    weights.update(str(size).encode())
    with path.open("rb") as file:
        weights.update(file.read(_FINGERPRINT_BYTES))
        file.seek(max(0, size - _FINGERPRINT_BYTES))
        weights.update(file.read())
    made_by = (
        f"{version('faster-whisper')}+ctranslate2-{version('ctranslate2')}+weights-{weights.hexdigest()[:8]}"
    )
    return EngineInfo("faster-whisper", manifest.name or name, made_by, manifest.demo)
