"""Ringback, dial and busy tones, key beeps: sound of one or two steady frequencies.

Voice activity models mostly ignore them, but not after a quiet line has been made louder.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from qa_engine.calls import Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.spans import union

_WINDOW: Final = 512  # 32 ms: bins of 31 Hz
_HOP: Final = 256
_BAND_BINS: Final = slice(6, 116)  # 190–3,600 Hz
_AT_A_TIME: Final = 4096
# Share of the power in the strongest peaks. A hummed 嗯 has two strong harmonics for up to half a second, so two
# frequencies must last longer than one to count as a tone.
_MIN_SHARE: Final = 0.93
_MAX_DRIFT_BINS: Final = 1
_MIN_FRAMES_ONE: Final = 20  # 320 ms
_MIN_FRAMES_TWO: Final = 40  # 640 ms
_MAX_LEVEL_SPREAD_DB: Final = 2.0
_MIN_POWER: Final = 1e-7


def find_tones(samples: Samples) -> tuple[Span, ...]:
    """Stretches that are nothing but one steady frequency (0.3 s and more) or two (0.6 s). (n,) float32, 16 kHz."""
    one, two, peak, level_db = _frame_features(samples)
    loud = level_db > 10 * np.log10(_MIN_POWER)
    spans = _runs((one > _MIN_SHARE) & loud, peak, level_db, _MIN_FRAMES_ONE)
    spans += _runs((two > _MIN_SHARE) & loud, peak, level_db, _MIN_FRAMES_TWO)
    return union(spans)


def _runs(
    tonal: npt.NDArray[np.bool_],
    peak: npt.NDArray[np.int64],
    level_db: npt.NDArray[np.float32],
    min_frames: int,
) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for i in range(1, len(tonal) + 1):
        goes_on = (
            i < len(tonal)
            and tonal[i]
            and tonal[start]
            and abs(int(peak[i]) - int(peak[start])) <= _MAX_DRIFT_BINS
        )
        if goes_on:
            continue
        if i - start >= min_frames and tonal[start] and _is_steady(level_db[start + 1 : i - 1]):
            spans.append(Span(start * _HOP / SAMPLE_RATE_HZ, (i * _HOP + _WINDOW - _HOP) / SAMPLE_RATE_HZ))
        start = i
    return spans


def _is_steady(level_db: npt.NDArray[np.float32]) -> bool:
    return float(np.std(level_db)) < _MAX_LEVEL_SPREAD_DB


def _frame_features(
    samples: Samples,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Share of power in one and in two peaks, strongest bin and level of each frame."""
    count = max(0, (len(samples) - _WINDOW) // _HOP + 1)
    one = np.zeros(count, np.float32)
    two = np.zeros(count, np.float32)
    peak = np.zeros(count, np.int64)
    level_db = np.full(count, -120.0, np.float32)
    hann = np.hanning(_WINDOW).astype(np.float32)
    for first in range(0, count, _AT_A_TIME):
        last = min(first + _AT_A_TIME, count)
        block = np.asarray(samples[first * _HOP : (last - 1) * _HOP + _WINDOW], np.float32)
        if float(np.max(np.abs(block))) ** 2 < _MIN_POWER:
            continue
        frames = np.lib.stride_tricks.sliding_window_view(block, _WINDOW)[::_HOP] * hann
        power = np.square(np.abs(np.fft.rfft(frames, axis=1)))[:, _BAND_BINS]
        total = power.sum(axis=1) + 1e-20
        first_peak, first_power = _take_peak(power)
        _, second_power = _take_peak(power)
        one[first:last] = first_power / total
        two[first:last] = (first_power + second_power) / total
        peak[first:last] = first_peak
        level_db[first:last] = 10 * np.log10(np.mean(np.square(frames), axis=1) * 2.67 + 1e-12)
    return one, two, peak, level_db


def _take_peak(power: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Strongest bin of each frame and the power of it and its two neighbours on both sides, which are zeroed."""
    rows = np.arange(len(power))
    best = power.argmax(axis=1)
    taken = np.zeros(len(power), power.dtype)
    for offset in range(-2, 3):
        column = np.clip(best + offset, 0, power.shape[1] - 1)
        taken += power[rows, column]
        power[rows, column] = 0
    return best, taken
