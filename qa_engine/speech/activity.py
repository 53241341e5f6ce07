"""Where somebody speaks in a channel: Silero VAD (inside the faster-whisper wheel) between two energy gates."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from qa_engine.calls import Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.levels import FRAME_S, Levels, measure_levels
from qa_engine.speech.spans import gaps, rounded, union
from qa_engine.speech.tones import find_tones

if TYPE_CHECKING:
    from faster_whisper.vad import VadOptions

# The customer's side is often quiet and band-limited; 0.35 instead of 0.5 keeps it (shared measurements in docs/speech.md).
THRESHOLD: Final = 0.35
MIN_SILENCE_S: Final = 0.5
# What the recogniser gets around a span: without it first and last syllables are cut.
PAD_S: Final = 0.3
TARGET_DBFS: Final = -20.0
MAX_GAIN_DB: Final = 36.0
# Nothing on a telephone line that is quieter than this is a voice: comfort noise lies about −60 dBFS.
QUIETEST_SPEECH_DBFS: Final = -58.0
_MIN_RANGE_DB: Final = 6.0
_BELOW_SPEECH_DB: Final = 30.0
_ABOVE_FLOOR_DB: Final = 6.0
_MIN_LOUD_S: Final = 0.08
_MAX_GROWTH_S: Final = 0.6
_MAX_GROWTH_FRAMES: Final = round(_MAX_GROWTH_S / FRAME_S)
_MAX_BREAK_FRAMES: Final = 5
_AS_LOUD_DB: Final = 10.0
_MIN_ALONE_S: Final = 0.1
_BLOCK_S: Final = 300
_LEAD_S: Final = 4  # the detector needs some sound before a block to settle


def voiced_spans(samples: Samples, levels: Levels | None = None) -> tuple[Span, ...]:
    """Spans of speech in one channel, (n,) float32 at 16 kHz; ordered, disjoint, at least 0.5 s apart, unpadded.

    The channel is brought to −20 dBFS first. Steady noise, digital silence, ringback and key tones are no speech;
    music and announcements are what the detector takes them for."""
    levels = levels or measure_levels(samples)
    if levels.speech_dbfs < QUIETEST_SPEECH_DBFS or levels.range_db < _MIN_RANGE_DB:
        return ()
    duration_s = len(samples) / SAMPLE_RATE_HZ
    gate_dbfs = _gate_dbfs(levels)
    gain = _gain(levels)
    tones = find_tones(samples)
    found: list[Span] = []
    for start_s in range(0, int(duration_s) + 1, _BLOCK_S):
        block = Span(max(0, start_s - _LEAD_S), min(start_s + _BLOCK_S, duration_s))
        if block.length_s <= 0 or not _is_loud(levels, block, gate_dbfs):
            continue
        spans = _detect(samples, block, gain, tones)
        found.extend(Span(max(s.start_s, start_s), s.end_s) for s in spans if s.end_s > start_s)
    for sound in _unexplained(levels, union([*found, *tones])):
        near = Span(max(0.0, sound.start_s - _LEAD_S), min(sound.end_s + _LEAD_S, duration_s))
        spans = _detect(samples, near, gain, tones)
        found.extend(span for span in spans if span.end_s > sound.start_s and span.start_s < sound.end_s)
    loud = [_grown(span, levels, gate_dbfs) for span in found if _is_loud(levels, span, gate_dbfs)]
    return rounded(union(loud, max_gap_s=MIN_SILENCE_S))


def _unexplained(levels: Levels, known: tuple[Span, ...]) -> tuple[Span, ...]:
    """Sound as loud as speech where none was found. After long silence the detector misses a single 嗯 that it
    hears when it starts afresh nearby."""
    loud = levels.frames_dbfs > levels.speech_dbfs - _AS_LOUD_DB
    explained = np.zeros(len(loud), np.bool_)
    for span in known:
        explained[int(span.start_s / FRAME_S) : math.ceil(span.end_s / FRAME_S)] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8))).reshape(-1, 2)
    alone = [
        Span(first * FRAME_S, last * FRAME_S)
        for first, last in edges.tolist()
        if (last - first) * FRAME_S >= _MIN_ALONE_S and not explained[first:last].any()
    ]
    return union(alone, max_gap_s=_LEAD_S)


def _grown(span: Span, levels: Levels, gate_dbfs: float) -> Span:
    """The detector takes time to be sure and misses soft onsets (a 嗯 before a 对): the span grows over sound
    that touches it, by at most `_MAX_GROWTH_S` on each side."""
    frames = levels.frames_dbfs
    first, last = int(span.start_s / FRAME_S), min(len(frames), math.ceil(span.end_s / FRAME_S))
    start = _edge(frames, gate_dbfs, first - 1, -1)
    end = _edge(frames, gate_dbfs, last, 1)
    return Span(min(span.start_s, (start + 1) * FRAME_S), max(span.end_s, end * FRAME_S))


def _edge(frames: npt.NDArray[np.float32], gate_dbfs: float, at: int, step: int) -> int:
    """First frame beyond the sound that reaches to `at`, going by `step`. Breaks of up to 0.1 s are passed."""
    edge, i = at, at
    while 0 <= i < len(frames) and abs(i - at) < _MAX_GROWTH_FRAMES and abs(i - edge) <= _MAX_BREAK_FRAMES:
        if frames[i] > gate_dbfs:
            edge = i + step
        i += step
    return edge


@cache
def _options() -> VadOptions:
    from faster_whisper.vad import VadOptions  # noqa: PLC0415  # 30 MiB that a process without sound need not hold

    return VadOptions(
        threshold=THRESHOLD,
        min_speech_duration_ms=60,
        min_silence_duration_ms=int(MIN_SILENCE_S * 1000),
        speech_pad_ms=0,
    )


def _detect(samples: Samples, block: Span, gain: float, tones: tuple[Span, ...]) -> list[Span]:
    from faster_whisper.vad import get_speech_timestamps  # noqa: PLC0415

    first = int(block.start_s * SAMPLE_RATE_HZ)
    part = np.clip(samples[first : int(block.end_s * SAMPLE_RATE_HZ)] * gain, -1.0, 1.0).astype(np.float32)
    for tone in tones:
        part[max(0, _index(tone.start_s) - first) : max(0, _index(tone.end_s) - first)] = 0.0
    found = get_speech_timestamps(part, _options())
    return [
        Span((first + item["start"]) / SAMPLE_RATE_HZ, (first + item["end"]) / SAMPLE_RATE_HZ)
        for item in found
    ]


def _index(time_s: float) -> int:
    return int(time_s * SAMPLE_RATE_HZ)


def _gain(levels: Levels) -> float:
    return float(10 ** (min(TARGET_DBFS - levels.speech_dbfs, MAX_GAIN_DB) / 20))


def _gate_dbfs(levels: Levels) -> float:
    floor = min(levels.floor_dbfs + _ABOVE_FLOOR_DB, levels.speech_dbfs - _ABOVE_FLOOR_DB)
    return max(floor, levels.speech_dbfs - _BELOW_SPEECH_DB, QUIETEST_SPEECH_DBFS)


def _is_loud(levels: Levels, span: Span, gate_dbfs: float) -> bool:
    return float(np.count_nonzero(levels.within(span) > gate_dbfs)) * FRAME_S >= _MIN_LOUD_S


def silence_spans(
    speech: tuple[tuple[Span, ...], ...], duration_s: float, *, min_s: float = 0.0
) -> tuple[Span, ...]:
    """Where no channel has speech."""
    return gaps(union(span for channel in speech for span in channel), duration_s, min_s=min_s)
