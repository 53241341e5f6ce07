"""Batches of windows through a CTranslate2 Whisper model: features, encoder, search, word times.

faster-whisper's own batched pipeline carries the end of the last word from one window to the next, so that the times of a
window depend on its neighbours in the batch, and its state does not bear two threads. Here windows know nothing of each
other: a call has the same words alone and among a hundred others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from qa_engine.calls import Word
from qa_engine.errors import BadSettings, Where
from qa_engine.speech.audio import Samples
from qa_engine.speech.engines.kept_memory import keep_memory

# Whisper's own thresholds: a text that compresses better repeats itself, one that is less likely is a guess.
MAX_COMPRESSION_RATIO: Final = 2.4
MIN_MEAN_LOGPROB: Final = -1.0
NO_SPEECH_PROBABILITY: Final = 0.6
_FRAMES: Final = 3000  # what the encoder takes: 30 s
_HOP: Final = 160
_OPENING: Final = "\"'“¿([{-"
_CLOSING: Final = "\"'.。,，!！?？:：”)]}、"
_SENTENCE_ENDS: Final = ".。!！?？"
_LONGEST_USUAL_WORD_S: Final = 0.7


@dataclass(frozen=True, slots=True)
class Decoding:
    """How text is searched for. `repetition_penalty` above 1 and `no_repeat_ngram` above 0 break loops. `max_tokens`
    None: as many as the model takes."""

    beam_size: int
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a window gave: words at window times, and Whisper's own doubts."""

    words: tuple[Word, ...]
    mean_logprob: float
    compression_ratio: float
    no_speech: float

    @property
    def doubtful(self) -> bool:
        """Likely a loop or a guess."""
        return self.mean_logprob < MIN_MEAN_LOGPROB or self.compression_ratio > MAX_COMPRESSION_RATIO

    @property
    def silent(self) -> bool:
        """Whisper itself doubts that anybody speaks."""
        return self.no_speech > NO_SPEECH_PROBABILITY and self.mean_logprob < MIN_MEAN_LOGPROB


def load(folder: Path, *, device: str, compute_type: str, threads: int, workers: int) -> Any:
    """The model, its weights shared by `workers` that each decode a batch at a time on `threads`. Raises BadSettings."""
    from ctranslate2 import get_cuda_device_count  # noqa: PLC0415  # starts thread pools: not before a fork
    from faster_whisper import WhisperModel  # noqa: PLC0415

    on_cpu = device == "cpu" or (device == "auto" and get_cuda_device_count() == 0)
    if on_cpu:
        keep_memory()
    # Hub models are float16, which CTranslate2 turns into float32 on a CPU; int8 is 1.7 times as fast there.
    chosen = "int8" if on_cpu and compute_type == "default" else compute_type
    try:
        return WhisperModel(
            str(folder),
            device=device,
            compute_type=chosen,
            cpu_threads=threads,
            num_workers=workers,
            local_files_only=True,
        )
    except (RuntimeError, ValueError) as error:
        raise BadSettings(
            f"模型无法载入(设备 {device},计算类型 {compute_type}):{error}",
            hint="请检查 CALLQA_WHISPER_MODEL、CALLQA_WHISPER_DEVICE 和 CALLQA_WHISPER_COMPUTE_TYPE",
            where=Where(str(folder)),
        ) from error


def decode_batch(
    model: Any, sounds: Sequence[Samples], *, language: str, prompt: str, how: Decoding
) -> list[Heard]:
    """One result a sound, each (n,) float32 at 16 kHz of at most 30 s, at temperature 0. Safe from several threads."""
    from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415
    from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens  # noqa: PLC0415

    tokenizer = Tokenizer(
        model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
    )
    start = model.get_prompt(
        tokenizer,
        previous_tokens=tokenizer.encode(prompt) if prompt else [],
        without_timestamps=True,
    )
    features, frames = _features(model.feature_extractor, sounds)
    encoded = _encoded(model.model, features)
    found = model.model.generate(
        encoded,
        [list(start) for _ in sounds],
        beam_size=how.beam_size,
        repetition_penalty=how.repetition_penalty,
        no_repeat_ngram_size=how.no_repeat_ngram,
        # CTranslate2 halves the length of Whisper's texts when it is given one.
        max_length=2 * (len(start) + how.max_tokens) if how.max_tokens else model.max_length,
        suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        return_scores=True,
        return_no_speech_prob=True,
    )
    texts = [[token for token in one.sequences_ids[0] if token < tokenizer.eot] for one in found]
    aligned = model.find_alignment(tokenizer, texts, encoded, frames)
    return [
        Heard(
            _words(words),
            one.scores[0] * len(one.sequences_ids[0]) / (len(one.sequences_ids[0]) + 1),
            get_compression_ratio(tokenizer.decode(text)),
            one.no_speech_prob,
        )
        for one, text, words in zip(found, texts, aligned, strict=True)
    ]


def _encoded(whisper: Any, features: Samples) -> Any:
    """What the decoder looks at, for a batch. On a CPU window by window: the encoder gains nothing from a batch there, and its
    attention would take that many times the memory, out of the caches."""
    from ctranslate2 import StorageView  # noqa: PLC0415

    if whisper.device != "cpu":
        return whisper.encode(StorageView.from_array(features))
    singly = [np.array(whisper.encode(StorageView.from_array(one[None]))) for one in features]
    return StorageView.from_array(np.concatenate(singly))


def _features(extractor: Any, sounds: Sequence[Samples]) -> tuple[Samples, list[int]]:
    """(batch, mels, 3000) float32, and how many frames of each are sound."""
    made = [extractor(np.pad(sound, (0, -len(sound) % _HOP)))[:, :-1][:, :_FRAMES] for sound in sounds]
    features = np.zeros((len(made), made[0].shape[0], _FRAMES), np.float32)
    for row, one in zip(features, made, strict=True):
        row[:, : one.shape[1]] = one
    return features, [one.shape[1] for one in made]


def _words(aligned: list[dict[str, Any]]) -> tuple[Word, ...]:
    """Words with marks joined to them. Attention that wanders stretches words at pauses: those at the edges of sentences
    and the first one are cut to twice the usual length, as faster-whisper does."""
    from faster_whisper.transcribe import merge_punctuations  # noqa: PLC0415

    lengths = [word["end"] - word["start"] for word in aligned if word["end"] > word["start"]]
    usual_s = min(_LONGEST_USUAL_WORD_S, float(np.median(lengths))) if lengths else 0.0
    most_s = 2 * usual_s
    for before, word in pairwise(aligned):
        if lengths and word["end"] - word["start"] > most_s:
            if word["word"] in _SENTENCE_ENDS:
                word["end"] = word["start"] + most_s
            elif before["word"] in _SENTENCE_ENDS:
                word["start"] = word["end"] - most_s
    merge_punctuations(aligned, _OPENING, _CLOSING)
    words = [word for word in aligned if word["word"].strip()]
    if words and words[0]["end"] > 2 * most_s and words[0]["end"] - words[0]["start"] > most_s:
        words[0]["start"] = words[0]["end"] - most_s
    return tuple(
        Word(word["word"], float(word["start"]), float(word["end"]), float(word["probability"]))
        for word in words
    )
