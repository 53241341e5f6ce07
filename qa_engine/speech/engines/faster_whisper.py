"""Whisper models in CTranslate2 form, run by faster-whisper."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any, Final, TypeAlias

import numpy as np

from qa_engine.calls import EngineInfo, Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.calibration import Calibration, read_calibration
from qa_engine.speech.engines.base import Segment, Voice
from qa_engine.speech.engines.layout import Layout, in_batches
from qa_engine.speech.engines.manifest import ModelManifest, read_manifest
from qa_engine.speech.engines.placed import placed
from qa_engine.speech.engines.prompt import PROMPT_ZH, with_hot_words
from qa_engine.speech.engines.sharing import Sharing, joined, share, words_apart
from qa_engine.speech.engines.whisper_decode import (
    MAX_COMPRESSION_RATIO,
    Decoding,
    Heard,
    decode_batch,
    load,
)
from qa_engine.speech.engines.windows import MAX_WINDOW_S, Window, pack

_Job: TypeAlias = tuple[tuple[str, str], Sequence[int]]
_TARGET_PEAK: Final = 0.5
_MAX_GAIN: Final = 100.0
_FINGERPRINT_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """A window of a voice, and its sound at the level that the features need."""

    voice: Voice
    window: Window
    sound: Samples

    @property
    def length_s(self) -> float:
        return len(self.sound) / SAMPLE_RATE_HZ


class FasterWhisper:
    """A CTranslate2 Whisper model from a local folder.

    The model is loaded by the first `recognize` of the process that uses it, because CTranslate2 does not survive
    a fork. Windows of all voices are decoded in batches at temperature 0. A doubtful window (likely a loop or a guess) is decoded
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
        workers: int = 0,
        batch: int = 0,
        sharing: Sharing | None = None,
    ) -> None:
        """`threads` of each of `workers`, which share the weights; 0 = a worker a core, or one with `threads` given."""
        manifest = read_manifest(folder)
        self._folder = folder
        self._device = device
        self._compute_type = compute_type
        layout = Layout(workers, threads, batch).filled()
        self._workers, self._threads, self._batch = layout.workers, layout.threads, layout.batch
        self._sharing = sharing or manifest.sharing
        self._prompt = manifest.prompt if manifest.prompt is not None else "" if manifest.demo else PROMPT_ZH
        self._beam_size = beam_size or manifest.beam_size or (1 if manifest.demo else 5)
        self._window_s = window_s or manifest.window_s or MAX_WINDOW_S
        self._fill_s = fill_s or manifest.fill_s or self._window_s
        self._info = _info(folder, name, manifest)
        self._lock = threading.Lock()
        self._model: Any = None
        self._pid = 0

    @property
    def info(self) -> EngineInfo:
        """`version` names faster-whisper, CTranslate2 and a fingerprint of the weights."""
        return self._info

    @property
    def calibration(self) -> Calibration | None:
        """What was learned about this model's confidence: a file beside it."""
        return read_calibration(self._folder)

    def prompt_with(self, hot_words: Sequence[str]) -> str | None:
        """Hot words before the model's own prompt; None for models that were made without prompts."""
        return with_hot_words(hot_words, self._prompt) if self._prompt else None

    def recognize(
        self, samples: Samples, spans: Sequence[Span], *, language: str, prompt: str | None = None
    ) -> tuple[Segment, ...]:
        """One segment for each voiced span or window part that has words. See `Recognizer`."""
        return self.recognize_all([Voice("", samples, tuple(spans), language, prompt)])[0]

    def recognize_all(self, voices: Sequence[Voice]) -> tuple[tuple[Segment, ...], ...]:
        """The segments of each voice. Windows of all of them are decoded together; see `BatchRecognizer`."""
        cuts = [self._cut(voice, window) for voice in voices for window in self._windows(voice)]
        heard = self._shared(cuts) if self._sharing is not Sharing.CHANNEL else self._first(cuts)
        segments: dict[Voice, list[Segment]] = {voice: [] for voice in voices}
        for cut, settled in zip(cuts, self._settled(cuts, heard), strict=True):
            segments[cut.voice].extend(settled)
        return tuple(tuple(segments[voice]) for voice in voices)

    def _windows(self, voice: Voice) -> tuple[Window, ...]:
        return pack(voice.samples, voice.spans, max_s=self._window_s, fill_s=self._fill_s)

    def _cut(self, voice: Voice, window: Window) -> _Cut:
        return _Cut(voice, window, _normalised(window.cut(voice.samples)))

    def _first(self, cuts: Sequence[_Cut]) -> list[Heard]:
        prompts = [self._prompt if cut.voice.prompt is None else cut.voice.prompt for cut in cuts]
        return self._decode(cuts, prompts, Decoding(self._beam_size))

    def _shared(self, cuts: Sequence[_Cut]) -> list[Heard]:
        """The first look where voices may share a window. What is doubtful there is heard again alone."""
        owners = [
            (
                cut.voice.call if self._sharing is Sharing.CALL else "",
                cut.voice.language,
                cut.voice.prompt,
            )
            for cut in cuts
        ]
        heard: list[Heard | None] = [None] * len(cuts)
        together = share([cut.length_s for cut in cuts], owners)
        sounds = [cut.sound for cut in cuts]
        joint = [
            replace(
                cuts[parts[0].index],
                sound=joined(parts, sounds) if len(parts) > 1 else sounds[parts[0].index],
            )
            for parts in together
        ]
        for parts, result in zip(together, self._first(joint), strict=True):
            if len(parts) > 1 and (result.doubtful or result.silent):
                continue
            for part, words in zip(parts, words_apart(parts, result.words), strict=True):
                heard[part.index] = replace(result, words=words)
        alone = [index for index, result in enumerate(heard) if result is None]
        for index, result in zip(alone, self._first([cuts[index] for index in alone]), strict=True):
            heard[index] = result
        return [result for result in heard if result is not None]

    def _settled(self, cuts: Sequence[_Cut], heard: Sequence[Heard]) -> list[tuple[Segment, ...]]:
        """The segments of each window, after a second look at the doubtful ones, span by span."""
        again = [
            (at, self._cut(cut.voice, window))
            for at, (cut, result) in enumerate(zip(cuts, heard, strict=True))
            if result.doubtful and not result.silent
            for piece in cut.window.pieces
            for window in pack(cut.voice.samples, [piece.span], max_s=self._window_s)
        ]
        careful = Decoding(max(5, self._beam_size), repetition_penalty=1.1, no_repeat_ngram=6)
        # Each span with a prompt of its own repeats the prompt's text on soft sounds: none here.
        results = self._decode([cut for _, cut in again], [""] * len(again), careful)
        second: dict[int, list[tuple[Window, Heard]]] = {}
        for (at, cut), result in zip(again, results, strict=True):
            second.setdefault(at, []).append((cut.window, result))
        return [
            tuple(_chosen(cut.window, result, second.get(at, [])))
            for at, (cut, result) in enumerate(zip(cuts, heard, strict=True))
        ]

    def _decode(self, cuts: Sequence[_Cut], prompts: Sequence[str], how: Decoding) -> list[Heard]:
        """Windows of one language and prompt go together, the long ones first so that a batch ends together; the workers
        take a batch each."""
        heard: dict[int, Heard] = {}
        by_kind: dict[tuple[str, str], list[int]] = {}
        for at, (cut, prompt) in enumerate(zip(cuts, prompts, strict=True)):
            by_kind.setdefault((cut.voice.language, prompt), []).append(at)
        batches = [
            (kind, batch)
            for kind, members in by_kind.items()
            for batch in in_batches(
                [cuts[at].length_s for at in members], members, most=self._batch, workers=self._workers
            )
        ]
        model = self._loaded() if batches else None

        def work(job: _Job) -> list[Heard]:
            (language, prompt), batch = job
            return decode_batch(
                model, [cuts[at].sound for at in batch], language=language, prompt=prompt, how=how
            )

        for (_, batch), results in zip(batches, self._run(work, batches), strict=True):
            heard.update(zip(batch, results, strict=True))
        return [heard[at] for at in range(len(cuts))]

    def _run(self, work: Callable[[_Job], list[Heard]], jobs: Sequence[_Job]) -> Iterable[list[Heard]]:
        if self._workers == 1 or len(jobs) < 2:
            return map(work, jobs)
        with ThreadPoolExecutor(self._workers, thread_name_prefix="whisper") as pool:
            return list(pool.map(work, jobs))

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None or self._pid != os.getpid():
                self._model = load(
                    self._folder,
                    device=self._device,
                    compute_type=self._compute_type,
                    threads=self._threads,
                    workers=self._workers,
                )
                self._pid = os.getpid()
            return self._model


def _chosen(window: Window, heard: Heard, second: Sequence[tuple[Window, Heard]]) -> Iterator[Segment]:
    """Segments of a window: of the more likely look, where there were two."""
    if heard.silent:
        return
    looped = heard.compression_ratio > MAX_COMPRESSION_RATIO
    better = bool(second) and fmean(result.mean_logprob for _, result in second) > heard.mean_logprob
    if not second or not (looped or better):
        yield from placed(window, heard.words)
        return
    for piece, result in second:
        if not result.silent and result.compression_ratio <= MAX_COMPRESSION_RATIO:
            yield from placed(piece, result.words)


def _normalised(sound: Samples) -> Samples:
    """Peak (99.9th percentile) at half scale: the level of the features depends on it."""
    peak = float(np.percentile(np.abs(sound), 99.9))
    gain = min(_TARGET_PEAK / peak, _MAX_GAIN) if peak > 0 else 1.0
    scaled: Samples = np.clip(sound * gain, -1.0, 1.0).astype(np.float32)
    return scaled


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
